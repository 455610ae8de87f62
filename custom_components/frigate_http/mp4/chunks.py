"""Chunks of a recording, and their grouping into output files."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
import math

from .check import VideoFile


@dataclass(frozen=True, slots=True)
class Chunk:
    """The file of one request, and the requested range in seconds since the epoch."""

    file: VideoFile
    start: float
    end: float
    recorded: float | None = None
    """Seconds that were recorded between start and end (see `recorded_seconds`).

    None means unknown, and counts as the whole range. It matters only for a static picture,
    where the packets alone don't show how far two chunks overlap.
    """

    @property
    def excess_seconds(self) -> float:
        """Return how many seconds longer the file is than what was requested."""
        asked = self.end - self.start if self.recorded is None else self.recorded
        return self.file.seconds - asked


def group_chunks(chunks: Iterable[Chunk], limit: float = math.inf) -> list[list[Chunk]]:
    """Group chunks, in the order of time, into one group for each output file.

    A new group starts where the codecs change, and where the output file would become
    longer than `limit` seconds.
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
    """An index of segments, which tells how much of a time range was recorded.

    A look-up is a binary search over running totals, so that the time for it hardly grows
    with the number of segments.
    """

    def __init__(self, segments: Iterable[tuple[float, float]]) -> None:
        """Index segments, each given by its start and end as Frigate lists them."""
        self._segments = sorted(segments)
        self._starts = [start for start, _ in self._segments]
        lengths = (end - start for start, end in self._segments)
        self._lengths = list(accumulate(lengths, initial=0.0))
        self._latest = list(accumulate((end for _, end in self._segments), max))

    def seconds(self, start: float, end: float) -> float:
        """Return how many seconds of recording Frigate returns for a range.

        Args:
            start: start of the range, in seconds since the epoch.
            end: end of the range, likewise.
        """
        return round(self._before(end) - self._before(start), 6)

    def _before(self, time: float) -> float:
        """Return the seconds recorded before a time.

        Frigate cuts a segment at a whole second of it. Consecutive segments may overlap by
        less than a second: the file name gives the start in whole seconds, while the end
        follows from the content.
        """
        number = bisect_right(self._starts, time)
        found = self._lengths[number]
        # Segments that are still going on at that time count in part.
        while number and self._latest[number - 1] > time:
            number -= 1
            start, end = self._segments[number]
            if end > time:
                found -= end - start - int(time - start)
        return found


def recorded_seconds(
    segments: Iterable[tuple[float, float]], start: float, end: float
) -> float:
    """Return the seconds recorded in one range; use `SegmentIndex` for many ranges."""
    return SegmentIndex(segments).seconds(start, end)
