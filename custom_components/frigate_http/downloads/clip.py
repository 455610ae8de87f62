"""A clip of any length: fetched in chunks, checked, and joined without a seam."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
import math
from pathlib import Path
from threading import Event
from typing import override

from homeassistant.util.json import JsonObjectType

from ..aiofrigate import FrigateBadRequestError, Segment
from ..dates import as_local_iso
from ..errors import action_error
from ..mp4 import (
    Clip,
    NotMp4Error,
    NoVideoError,
    Part,
    Recording,
    TruncatedError,
    join,
    plan,
    without_nested,
)
from ..periods import Period
from .footage import async_wait_for_footage
from .job import Download, Job, Piece, part_names
from .jobs import async_film, with_retries
from .saving import async_save, run, wait_for_end

CHUNKS_AT_ONCE = 2
LONGEST_FILE = 7200.0
"""Seconds after which a joined clip goes on in another file."""
SHORTEST_GAP = 2.0
"""Seconds without recording from which on they are told."""
_LISTED_AT_ONCE = 3600.0
# So little may lie between two whole seconds, at which Frigate cuts.
_NEXT_TO_NOTHING = 2.0
_SHORTEST_CHUNK = 10.0


class _ShortError(TruncatedError):
    """A film that is whole, and shows less than was recorded."""

    def __init__(self, film: Clip) -> None:
        super().__init__(f"The film ends after {film.seconds:.0f} seconds")
        self.film = film


@dataclass(eq=False, kw_only=True)
class ClipJob(Job):
    """What one camera recorded in a period."""

    camera: str
    period: Period
    chunk: float
    """Seconds that are asked for at once."""
    join: bool
    """Whether the chunks become one film, or stay what they are."""
    _is_complete: bool = field(default=True, init=False)
    _lost: list[Period] = field(default_factory=list, init=False)
    """What was listed as recorded, and is deleted by now."""

    @property
    def _asked(self) -> Period:
        """Return the period in whole seconds, at which alone Frigate ends a clip."""
        start, end = math.floor(self.period.start), math.ceil(self.period.end)
        return Period(float(start), float(end))

    @override
    async def async_prepare(self) -> None:
        """Wait until the period is over and its end on the server's disk."""
        self._is_complete = await async_wait_for_footage(
            self.client, self.camera, self._asked
        )

    @override
    async def async_fetch(self, download: Download) -> JsonObjectType:
        """Fetch the chunks and make of them what is wanted."""
        segments = await self._segments()
        parts = await self._parts(download, segments)
        if not parts:
            raise action_error("nothing_recorded", camera=self.camera)
        if self.join:
            await self._join(download, parts)
        else:
            names = part_names(download.target, len(parts))
            for part, name in zip(parts, names, strict=True):
                film = part.clip
                self._add(download, [part], film.path, name, film.bytes, film.seconds)
        answer: JsonObjectType = {
            "start": as_local_iso(self.period.start),
            "end": as_local_iso(self.period.end),
            "gaps": [
                {"start": as_local_iso(gap.start), "end": as_local_iso(gap.end)}
                for gap in self._gaps(segments)
            ],
        }
        if not self._is_complete:
            answer["incomplete"] = True
        return answer

    async def _segments(self) -> list[Segment]:
        """Return what is recorded, asked for by the hour: the rows may be long."""
        found: dict[Segment, None] = {}
        for hour in _slices(self._asked, _LISTED_AT_ONCE):
            found |= dict.fromkeys(await self._listed(hour))
        return sorted(found, key=lambda segment: segment.start)

    async def _listed(self, period: Period) -> tuple[Segment, ...]:
        return await with_retries(
            lambda: self.client.recordings.segments(
                self.camera, period.start, period.end, fresh=True
            )
        )

    def _gaps(self, segments: list[Segment]) -> Iterator[Period]:
        """Yield the stretches of the period that the clip lacks."""
        wanted = self.period
        for gap in _merged([*_between(segments, wanted), *self._lost]):
            start, end = max(gap.start, wanted.start), min(gap.end, wanted.end)
            if end - start > SHORTEST_GAP:
                yield Period(start, end)

    async def _parts(self, download: Download, segments: list[Segment]) -> list[Part]:
        """Return the chunks that hold something, two of them fetched at once."""
        limit = asyncio.Semaphore(CHUNKS_AT_ONCE)
        recording = _recording(segments)
        chunks = [
            (chunk, recorded)
            for chunk in _slices(self._asked, self.chunk)
            if (recorded := recording.seconds(chunk.start, chunk.end)) > 0
        ]
        done = 0

        async def fetch(number: int, chunk: Period, recorded: float) -> Part | None:
            nonlocal done
            path = download.workspace / f"chunk{number:04}.mp4"
            async with limit:
                part = await self._part(path, chunk, recorded)
            done += 1
            # The last per cent belongs to the joining.
            download.progress(done, len(chunks) * 1.01)
            return part

        tasks = [
            asyncio.create_task(fetch(number, *one))
            for number, one in enumerate(chunks)
        ]
        try:
            found = await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            # However often that is cancelled: their threads are at work in the workspace.
            await wait_for_end(asyncio.gather(*tasks, return_exceptions=True))
        return [part for part in found if part is not None]

    async def _part(self, path: Path, chunk: Period, recorded: float) -> Part | None:
        """Return a chunk, or None if it holds nothing after all.

        Raises:
            FrigateError: the server does not give it.
            Mp4Error: what it gives is no whole film.
        """

        async def attempt() -> Part:
            await run(self.hass, partial(path.unlink, missing_ok=True))
            async with self.client.files.clip(
                self.camera, chunk.start, chunk.end
            ) as stream:
                await async_save(self.hass, stream, path)
            film = await async_film(self.hass, path)
            if _lacks(film, recorded):
                raise _ShortError(film)
            return Part(film, chunk.start, chunk.end, recorded)

        try:
            return await with_retries(attempt)
        except _ShortError as err:
            return await self._short_part(err.film, chunk)
        except FrigateBadRequestError:
            # It was recorded a moment ago, and is deleted by now.
            pass
        except NotMp4Error, NoVideoError:
            if recorded >= _NEXT_TO_NOTHING:
                raise
        self._lost.append(chunk)
        return None

    async def _short_part(self, film: Clip, chunk: Period) -> Part:
        """Return a chunk that is too short, and note what it lacks."""
        segments = sorted(await self._listed(chunk), key=lambda segment: segment.start)
        recorded = _recording(segments).seconds(chunk.start, chunk.end)
        if _lacks(film, recorded):
            # It is still listed, so that nobody can tell which part is missing.
            self._is_complete = False
            recorded = max(0.0, film.seconds - film.keyframe_interval)
        else:
            self._lost += _between(segments, chunk)
        return Part(film, chunk.start, chunk.end, recorded)

    async def _join(self, download: Download, parts: list[Part]) -> None:
        """Join what fits together; more files than one are numbered."""
        stop = Event()
        apart = partial(without_nested, parts, stop.is_set)
        groups = plan(await run(self.hass, apart, stop=stop.set), LONGEST_FILE)
        followers = [group[0] for group in groups[1:]] + [None]
        names = part_names(download.target, len(groups))
        for group, follower, name in zip(groups, followers, names, strict=True):
            path = download.workspace / f"joined{len(download.pieces):04}.mp4"
            job = partial(join, group, path, follower=follower, cancelled=stop.is_set)
            joined = await run(self.hass, job, stop=stop.set)
            self._add(download, group, path, name, joined.bytes, joined.seconds)
            # Together with what is made of them they would take the space twice.
            await run(self.hass, _remove, [part.clip.path for part in group])

    def _add(
        self,
        download: Download,
        parts: list[Part],
        path: Path,
        name: Path,
        n_bytes: int,
        seconds: float,
    ) -> None:
        """Let a film appear that is made of these chunks."""
        start = max(parts[0].start, self.period.start)
        end = min(parts[-1].end, self.period.end)
        download.pieces.append(Piece(path, name, n_bytes, seconds, start, end))


def _recording(segments: Iterable[Segment]) -> Recording:
    return Recording((segment.start, segment.end) for segment in segments)


def _lacks(film: Clip, recorded: float) -> bool:
    """Return whether a film is shorter than what Frigate has to cut it from."""
    return film.seconds < recorded - (1 + film.keyframe_interval)


def _between(segments: Iterable[Segment], period: Period) -> Iterator[Period]:
    """Yield the stretches of a period in which no segment lies; they are in order."""
    recorded_until = period.start
    for segment in segments:
        if (recorded_from := min(segment.start, period.end)) > recorded_until:
            yield Period(recorded_until, recorded_from)
        recorded_until = max(recorded_until, segment.end)
    if period.end > recorded_until:
        yield Period(recorded_until, period.end)


def _merged(periods: Iterable[Period]) -> list[Period]:
    """Return periods in order, those as one that overlap or touch each other."""
    found: list[Period] = []
    for period in sorted(periods, key=lambda each: each.start):
        if found and period.start <= found[-1].end:
            end = max(found[-1].end, period.end)
            found[-1] = Period(found[-1].start, end)
        else:
            found.append(period)
    return found


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink()


def _slices(period: Period, seconds: float) -> Iterator[Period]:
    """Yield a period in slices of about so many seconds.

    They meet at whole seconds, at which Frigate cuts, and none is much shorter: the last
    takes what would be too little for a slice of its own.
    """
    start = period.start
    while start < period.end:
        end = float(math.floor(start) + round(seconds))
        if period.end - end < min(seconds, _SHORTEST_CHUNK):
            end = period.end
        yield Period(start, end)
        start = end
