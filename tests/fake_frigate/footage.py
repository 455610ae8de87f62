"""What the cameras have recorded: spans of time, cut into segments and previews."""

from collections.abc import Iterator
from dataclasses import dataclass, field
import math
from typing import TYPE_CHECKING
import zlib

from tests.mp4.material import Scene

if TYPE_CHECKING:
    from .state import ServerState

# What a camera records unless a test says otherwise: larger than what it detects in, and
# with B-frames, of which the recorded clips overlap by two packets more.
SCENE = Scene(width=384, height=216, b_frames=2)
SEGMENT_SECONDS = 10
HOUR = 3600
# How long the cameras had been recording when the server began.
HISTORY = 2 * HOUR
# Files of previews begin and end a little off the second.
_FIRST_FRAME = 0.603972
_LAST_FRAME = 0.325659

type Span = tuple[float, float]


@dataclass(frozen=True)
class Segment:
    """One file of a recording, from second to second; `until` the next one can begin."""

    camera: str
    start: float
    end: float
    until: float
    scene: Scene = SCENE
    size: float | None = None

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
        """Return the size on the disk, in MB of 2^20 bytes."""
        if self.size is not None:
            return self.size
        return round(0.02 * self.duration + self.number % 7 / 100, 2)


@dataclass
class Footage:
    """The recordings of all cameras.

    A camera without spans of its own has recorded since `since` and goes on; a segment is
    on the disk `lag` seconds after its end, and what came before `written` is as well, even
    if the segment then ends early. `scenes` says what a camera shows from when on.
    `listed` names each file of a camera, from second to second, where they are not regular.
    `lost` names files that are no longer there, although the database still has them, by
    their camera and their start. `keyframes_unknown` says that ffprobe runs out of time.
    `megabytes` is what each segment of a camera says it takes, whatever is in its file.
    """

    since: float = 0.0
    lag: float = 10.0
    written: float = -math.inf
    spans: dict[str, list[Span]] = field(default_factory=dict)
    scenes: dict[str, list[tuple[float, Scene]]] = field(default_factory=dict)
    listed: dict[str, list[Span]] = field(default_factory=dict)
    lost: set[tuple[str, float]] = field(default_factory=set)
    keyframes_unknown: bool = False
    megabytes: dict[str, float] = field(default_factory=dict)

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

    def show(self, camera: str, scene: Scene, since: float) -> None:
        """Let a camera show a scene, beginning with the next segment after a moment."""
        scenes = self.scenes.setdefault(camera, [])
        scenes.append((since, scene))
        scenes.sort(key=lambda each: each[0])

    def scene(self, camera: str, moment: float) -> Scene:
        """Return what a camera shows at a moment."""
        shown = SCENE
        for since, scene in self.scenes.get(camera, []):
            if since <= moment:
                shown = scene
        return shown


def _lost(scene: Scene) -> float:
    """Return how much is missing where the last frame of a file was lost.

    B-frames that refer to it are lost as well.
    """
    group = scene.b_frames + 1
    interval = round(scene.fps * scene.keyframes)
    return ((interval - 1) % group or group) / scene.fps


def segments(
    state: ServerState, camera: str, after: float = -math.inf, before: float = math.inf
) -> Iterator[Segment]:
    """Return the segments of a camera that are on the disk, oldest first.

    A window leaves out most of what lies before and after it.
    """
    if (settings := state.cameras.get(camera)) is None or not settings.recording:
        return
    now, stopped, footage = state.clock(), settings.stopped_at, state.footage
    size = footage.megabytes.get(camera)
    if camera in footage.listed:
        for start, end in footage.listed[camera]:
            if start <= before and end >= after and end <= now - footage.lag:
                scene = footage.scene(camera, start)
                yield Segment(camera, start, end, end, scene, size)
        return
    for start, end in sorted(footage.of(camera)):
        last, whole = min(end, now), math.inf
        if end == math.inf:
            end_of_all = now if stopped is None else stopped
            whole = min(end_of_all, now - footage.lag)
            last = max(whole, min(end_of_all, footage.written))
        left_out = int(max(0, min(after, last) - start) // SEGMENT_SECONDS)
        position = start + max(0, left_out - 1) * SEGMENT_SECONDS
        while position < last and not position > before:
            until = position + SEGMENT_SECONDS
            if until > whole:
                if position >= footage.written:
                    break
                until = min(until, last)
            scene = footage.scene(camera, position)
            # Now and then a file ends a little before the next one begins.
            short = _lost(scene) if position // SEGMENT_SECONDS % 3 == 0 else 0
            finish = min(until - short, last)
            yield Segment(camera, position, finish, min(until, end), scene, size)
            position = until


def found_in(
    state: ServerState, camera: str, start: float, end: float
) -> list[Segment]:
    """Return the recordings of a range, as the server looks for them for a clip.

    Swapped times find something: the range then lies within a segment, so to speak.
    """
    window = min(start, end), max(start, end)
    return [
        each
        for each in segments(state, camera, *window)
        if start <= each.start <= end
        or start <= each.end <= end
        or (start > each.start and end < each.end)
    ]


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
