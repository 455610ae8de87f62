"""What the cameras have recorded: spans of time, cut into segments and previews."""

from collections.abc import Iterator
from dataclasses import dataclass, field
import math
from typing import TYPE_CHECKING
import zlib

if TYPE_CHECKING:
    from .state import ServerState

SEGMENT_SECONDS = 10
HOUR = 3600
# How long the cameras had been recording when the server began.
HISTORY = 2 * HOUR
# Files of previews begin and end a little off the second.
_FIRST_FRAME = 0.603972
_LAST_FRAME = 0.325659
_PAUSE = 0.2

type Span = tuple[float, float]


@dataclass(frozen=True)
class Segment:
    """One file of a recording, from second to second."""

    camera: str
    start: float
    end: float

    @property
    def number(self) -> int:
        """Return a number that is always the same for this segment."""
        return zlib.crc32(f"{self.camera}-{self.start}".encode())

    @property
    def duration(self) -> float:
        """Return the length in seconds."""
        return round(self.end - self.start, 3)

    @property
    def megabytes(self) -> float:
        """Return the size on the disk."""
        return round(0.02 * self.duration + self.number % 7 / 100, 2)


@dataclass
class Footage:
    """The recordings of all cameras.

    A camera without spans of its own has recorded since `since` and goes on; a segment is
    on the disk `lag` seconds after its end.
    """

    since: float = 0.0
    lag: float = 10.0
    spans: dict[str, list[Span]] = field(default_factory=dict)

    def of(self, camera: str) -> list[Span]:
        """Return the spans of a camera; the one that goes on has no end."""
        return self.spans.get(camera, [(self.since, math.inf)])

    def keep_only(self, camera: str, *spans: Span) -> None:
        """Let these be all recordings of a camera."""
        self.spans[camera] = list(spans)

    def cut(self, camera: str, start: float, end: float = math.inf) -> None:
        """Take a stretch out of the recordings, up to now or, without an end, for good."""
        parts: list[Span] = []
        for first, last in self.of(camera):
            parts += [(first, min(last, start)), (max(first, end), last)]
        self.spans[camera] = [each for each in parts if each[0] < each[1]]


def segments(state: ServerState, camera: str) -> Iterator[Segment]:
    """Return the segments of a camera that are on the disk, oldest first."""
    if (settings := state.cameras.get(camera)) is None or not settings.recording:
        return
    now, stopped = state.clock(), settings.stopped_at
    for start, end in sorted(state.footage.of(camera)):
        last = min(end, now)
        if end == math.inf:
            last = min(now - state.footage.lag, now if stopped is None else stopped)
        position = start
        while position < last:
            until = position + SEGMENT_SECONDS
            if end == math.inf and until > last:
                break
            # Now and then a file ends a little before the next one begins.
            short = _PAUSE if position // SEGMENT_SECONDS % 3 == 0 else 0
            yield Segment(camera, position, min(until - short, last))
            position = until


def anything_in(state: ServerState, camera: str, start: float, end: float) -> bool:
    """Whether the server finds recordings for a range, as exports and clips ask it.

    Swapped times find something: the range then lies within a segment, so to speak.
    """
    return any(
        start <= each.start <= end
        or start <= each.end <= end
        or (start > each.start and end < each.end)
        for each in segments(state, camera)
    )


def previews(state: ServerState, camera: str) -> list[Span]:
    """Return the previews of a camera: a file an hour, written when the hour is over."""
    begun: dict[int, float] = {}
    for each in segments(state, camera):
        begun.setdefault(int(each.start // HOUR), each.start)
    return [
        (start + _FIRST_FRAME, (hour + 1) * HOUR + _LAST_FRAME)
        for hour, start in sorted(begun.items())
        if hour < state.clock() // HOUR
    ]


def plain(value: float) -> float:
    """Return a time as the database gives it back: whole seconds without a point."""
    return int(value) if value == int(value) else value
