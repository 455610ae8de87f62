"""Which clips go into which file."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
import math

from .check import VideoFile


@dataclass(frozen=True, slots=True)
class Chunk:
    """A clip, and what was asked for when it was cut; times are Unix seconds."""

    file: VideoFile
    start: float
    end: float
    recorded: float | None = None
    """Seconds that were recorded between start and end (see `recorded_seconds`).

    Taken for the whole of it where unknown. It matters for still pictures alone, which
    look like a repetition of each other wherever one cuts them.
    """

    @property
    def excess_seconds(self) -> float:
        """Seconds that the clip holds more than was asked for."""
        asked = self.end - self.start if self.recorded is None else self.recorded
        return self.file.seconds - asked


def group_chunks(chunks: Iterable[Chunk], limit: float = math.inf) -> list[list[Chunk]]:
    """Group clips, in the order of time, into those that one file each can hold.

    A new group begins where the codecs change, and where a file would become longer
    than the limit in seconds.
    """
    groups: list[list[Chunk]] = []
    for chunk in chunks:
        group = groups[-1] if groups else [chunk]
        fits = chunk.end - group[0].start <= limit
        if groups and fits and chunk.file.codecs == group[0].file.codecs:
            group.append(chunk)
        else:
            groups.append([chunk])
    return groups


class SegmentIndex:
    """The segments of a recording, which tell how much of a range was recorded.

    Finding that out takes no longer for a day than for a minute.
    """

    def __init__(self, segments: Iterable[tuple[float, float]]) -> None:
        """Take start and end of each segment, as Frigate lists them."""
        self._segments = sorted(segments)
        self._starts = [start for start, _ in self._segments]
        lengths = (end - start for start, end in self._segments)
        self._lengths = list(accumulate(lengths, initial=0.0))
        self._latest = list(accumulate((end for _, end in self._segments), max))

    def seconds(self, start: float, end: float) -> float:
        """Return the seconds of recording that Frigate cuts out for a range.

        Args:
            start: of the range, in Unix seconds.
            end: likewise.
        """
        return round(self._before(end) - self._before(start), 6)

    def _before(self, time: float) -> float:
        """Count what lies before a time; Frigate cuts a segment at a whole second of it.

        Segments that follow each other may overlap by less than a second, as each begins
        at a whole second by its name, and ends where its content does.
        """
        number = bisect_right(self._starts, time)
        found = self._lengths[number]
        while number and self._latest[number - 1] > time:
            number -= 1
            start, end = self._segments[number]
            if end > time:
                found -= end - start - int(time - start)
        return found


def recorded_seconds(
    segments: Iterable[tuple[float, float]], start: float, end: float
) -> float:
    """Return the seconds of recording in one range; see `Recording` for many."""
    return SegmentIndex(segments).seconds(start, end)
