"""Which clips go into which file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
import math

from .check import Clip


@dataclass(frozen=True, slots=True)
class Part:
    """A clip, and what was asked for when it was cut; times are Unix seconds."""

    clip: Clip
    start: float
    end: float
    recorded: float | None = None
    """Seconds that were recorded between start and end (see `recorded_seconds`).

    Taken for the whole of it where unknown. It matters for still pictures alone, which
    look like a repetition of each other wherever one cuts them.
    """

    @property
    def overhang(self) -> float:
        """Seconds that the clip holds more than was asked for."""
        asked = self.end - self.start if self.recorded is None else self.recorded
        return self.clip.seconds - asked


def plan(parts: Iterable[Part], limit: float = math.inf) -> list[list[Part]]:
    """Group clips, in the order of time, into those that one file each can hold.

    A new group begins where the codecs change, and where a file would become longer
    than the limit in seconds.
    """
    groups: list[list[Part]] = []
    for part in parts:
        group = groups[-1] if groups else [part]
        fits = part.end - group[0].start <= limit
        if groups and fits and part.clip.codecs == group[0].clip.codecs:
            group.append(part)
        else:
            groups.append([part])
    return groups


def recorded_seconds(
    segments: Sequence[tuple[float, float]], start: float, end: float
) -> float:
    """Return the seconds of recording that Frigate cuts out for a range.

    Args:
        segments: start and end of each segment, as Frigate lists them.
        start: of the range, in Unix seconds.
        end: likewise.
    """
    return _before(segments, end) - _before(segments, start)


def _before(segments: Sequence[tuple[float, float]], time: float) -> float:
    """Count what lies before a time; Frigate cuts a segment at a whole second of it.

    Segments that follow each other may overlap by less than a second, as each begins at
    a whole second by its name, and ends where its content does.
    """
    return math.fsum(
        end - start if end <= time else int(time - start)
        for start, end in segments
        if start <= time
    )
