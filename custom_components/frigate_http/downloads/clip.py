"""Clips of any length: requested in chunks, checked, and joined into output files."""

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
    Chunk,
    NotMp4Error,
    NoVideoError,
    SegmentIndex,
    TruncatedError,
    VideoFile,
    group_chunks,
    join,
    without_nested,
)
from ..periods import Period
from .footage import async_wait_for_footage
from .job import Download, Job, OutputFile, numbered_paths
from .jobs import async_inspect, with_retries
from .limits import check_clip_size, check_space, max_bytes
from .saving import async_append_stream, run_blocking, wait_for_end

PARALLEL_CHUNKS = 2
MAX_FILE_DURATION = 7200.0
"""Maximum duration of an output file in seconds; a longer clip gets several files."""
MIN_GAP = 2.0
"""Minimum duration of a gap in the recording, in seconds, to be reported."""
_SEGMENT_LIST_RANGE = 3600.0
# Frigate cuts at whole seconds, so that less than this may yield no video at all.
_MIN_RECORDED = 2.0
_MIN_CHUNK_DURATION = 10.0


class _TooShortError(TruncatedError):
    """The video is complete, but shorter than the recording."""

    def __init__(self, video: VideoFile) -> None:
        super().__init__(f"The video ends after {video.seconds:.0f} seconds")
        self.video = video


@dataclass(eq=False, kw_only=True)
class ClipJob(Job):
    """Downloads what one camera recorded in a period."""

    camera: str
    period: Period
    chunk_duration: float
    """Duration of one chunk in seconds."""
    join: bool
    """Whether to join the chunks, or to publish each as an output file of its own."""
    size_limit: int | None = None
    """The most bytes that all chunks may have together; None if only the disk limits it."""
    _saved: dict[Path, int] = field(default_factory=dict, init=False)
    _is_complete: bool = field(default=True, init=False)
    _deleted: list[Period] = field(default_factory=list, init=False)
    """Periods that Frigate listed as recorded, but has deleted since."""

    @property
    def _whole_second_period(self) -> Period:
        """Return the period extended to whole seconds, as Frigate cuts at these only."""
        start, end = math.floor(self.period.start), math.ceil(self.period.end)
        return Period(float(start), float(end))

    @override
    async def async_prepare(self) -> None:
        """Wait until Frigate has recorded the period and written it to its disk."""
        self._is_complete = await async_wait_for_footage(
            self.client, self.camera, self._whole_second_period
        )

    @override
    async def async_fetch(self, download: Download) -> JsonObjectType:
        """Fetch all chunks, join them if requested, and report gaps in the recording."""
        segments = await self._async_segments()
        chunks = await self._async_fetch_chunks(download, segments)
        if not chunks:
            raise action_error("nothing_recorded", camera=self.camera)
        if self.join:
            await self._async_join(download, chunks)
        else:
            names = numbered_paths(download.target, len(chunks))
            for chunk, name in zip(chunks, names, strict=True):
                video = chunk.file
                self._add_output_file(
                    download, [chunk], video.path, name, video.bytes, video.seconds
                )
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

    async def _async_segments(self) -> list[Segment]:
        """Return the segments of the period, sorted by start.

        They are listed by the hour, as Frigate's response grows with the number of segments.
        """
        found: dict[Segment, None] = {}
        for hour in _split(self._whole_second_period, _SEGMENT_LIST_RANGE):
            found |= dict.fromkeys(await self._async_list_segments(hour))
        return sorted(found, key=lambda segment: segment.start)

    async def _async_list_segments(self, period: Period) -> tuple[Segment, ...]:
        return await with_retries(
            lambda: self.client.recordings.segments(
                self.camera, period.start, period.end, fresh=True
            )
        )

    def _gaps(self, segments: list[Segment]) -> Iterator[Period]:
        """Yield the gaps: the parts of the period that are not recorded or deleted."""
        wanted = self.period
        for gap in _merged([*_unrecorded(segments, wanted), *self._deleted]):
            start, end = max(gap.start, wanted.start), min(gap.end, wanted.end)
            if end - start > MIN_GAP:
                yield Period(start, end)

    async def _async_fetch_chunks(
        self, download: Download, segments: list[Segment]
    ) -> list[Chunk]:
        """Fetch all chunks in which something is recorded, two in parallel."""
        limit = asyncio.Semaphore(PARALLEL_CHUNKS)
        segment_index = _segment_index(segments)
        requests = [
            (period, recorded)
            for period in _split(self._whole_second_period, self.chunk_duration)
            if (recorded := segment_index.seconds(period.start, period.end)) > 0
        ]
        done = 0

        async def fetch(number: int, period: Period, recorded: float) -> Chunk | None:
            nonlocal done
            path = download.workspace / f"chunk{number:04}.mp4"
            async with limit:
                chunk = await self._async_fetch_chunk(path, period, recorded)
            done += 1
            # Joining takes the last percent.
            download.progress(done, len(requests) * 1.01)
            return chunk

        tasks = [
            asyncio.create_task(fetch(number, *request))
            for number, request in enumerate(requests)
        ]
        try:
            found = await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            # Executor threads cannot be cancelled, and the workspace must not be removed
            # while they still write to it.
            await wait_for_end(asyncio.gather(*tasks, return_exceptions=True))
        return [chunk for chunk in found if chunk is not None]

    async def _async_fetch_chunk(
        self, path: Path, period: Period, recorded: float
    ) -> Chunk | None:
        """Fetch one chunk; return None if Frigate has no recording for it after all.

        Raises:
            FrigateError: the request failed.
            Mp4Error: the response is not a complete video.
        """

        async def attempt() -> Chunk:
            # Frigate makes the chunk anew for each request, so that it cannot be resumed.
            await run_blocking(self.hass, partial(path.unlink, missing_ok=True))
            async with self.client.files.clip(
                self.camera, period.start, period.end
            ) as stream:
                limit = max_bytes(period.end - period.start)
                await async_append_stream(
                    self.hass, stream, path, limit, partial(self._count, path)
                )
            video = await async_inspect(self.hass, path)
            if _is_too_short(video, recorded):
                raise _TooShortError(video)
            return Chunk(video, period.start, period.end, recorded)

        try:
            return await with_retries(attempt)
        except _TooShortError as err:
            return await self._async_short_chunk(err.video, period)
        except FrigateBadRequestError:
            # It was listed a moment ago, and has been deleted since.
            pass
        except NotMp4Error, NoVideoError:
            # Before 0.17, a chunk without recordings is an empty file.
            if recorded >= _MIN_RECORDED and await self._async_recorded(period) > 0:
                raise
        self._deleted.append(period)
        return None

    def _count(self, path: Path, saved: int) -> None:
        """Count the bytes of a chunk, and give up if all of them are too many."""
        self._saved[path] = saved
        if self.size_limit is not None:
            check_clip_size(sum(self._saved.values()), self.size_limit)

    async def _async_recorded(self, period: Period) -> float:
        """Return how many seconds of a period Frigate lists now."""
        segments = await self._async_list_segments(period)
        return _segment_index([*segments]).seconds(period.start, period.end)

    async def _async_short_chunk(self, video: VideoFile, period: Period) -> Chunk:
        """Accept a chunk that stays too short, and note what is missing."""
        segments = sorted(
            await self._async_list_segments(period), key=lambda segment: segment.start
        )
        recorded = _segment_index(segments).seconds(period.start, period.end)
        if _is_too_short(video, recorded):
            # Frigate still lists all of it, so there is no telling what is missing.
            self._is_complete = False
            recorded = max(0.0, video.seconds - video.keyframe_interval)
        else:
            self._deleted += _unrecorded(segments, period)
        return Chunk(video, period.start, period.end, recorded)

    async def _async_join(self, download: Download, chunks: list[Chunk]) -> None:
        """Join the chunks into as few output files as codecs and maximum duration allow."""
        stop = Event()
        drop_nested = partial(without_nested, chunks, stop.is_set)
        distinct = await run_blocking(self.hass, drop_nested, stop=stop.set)
        groups = group_chunks(distinct, MAX_FILE_DURATION)
        next_chunks = [group[0] for group in groups[1:]] + [None]
        names = numbered_paths(download.target, len(groups))
        for group, next_chunk, name in zip(groups, next_chunks, names, strict=True):
            path = download.workspace / f"joined{len(download.output_files):04}.mp4"
            size = sum(chunk.file.bytes for chunk in group)
            await run_blocking(self.hass, check_space, download.workspace, size)
            job = partial(
                join, group, path, next_chunk=next_chunk, cancelled=stop.is_set
            )
            joined = await run_blocking(self.hass, job, stop=stop.set)
            self._add_output_file(
                download, group, path, name, joined.bytes, joined.seconds
            )
            # Keeping the joined chunks would take twice the space on the disk.
            await run_blocking(self.hass, _remove, [chunk.file.path for chunk in group])

    def _add_output_file(
        self,
        download: Download,
        chunks: list[Chunk],
        path: Path,
        name: Path,
        n_bytes: int,
        seconds: float,
    ) -> None:
        """Add the output file that is made of these chunks."""
        start = max(chunks[0].start, self.period.start)
        end = min(chunks[-1].end, self.period.end)
        download.output_files.append(
            OutputFile(path, name, n_bytes, seconds, start, end)
        )


def _segment_index(segments: Iterable[Segment]) -> SegmentIndex:
    return SegmentIndex((segment.start, segment.end) for segment in segments)


def _is_too_short(video: VideoFile, recorded: float) -> bool:
    """Return whether a video is shorter than its recording, beyond Frigate's cutting."""
    # Frigate cuts at whole seconds and at keyframes, which may shorten a complete chunk.
    return video.seconds < recorded - (1 + video.keyframe_interval)


def _unrecorded(segments: Iterable[Segment], period: Period) -> Iterator[Period]:
    """Yield the parts of a period without a segment; the segments must be sorted."""
    recorded_until = period.start
    for segment in segments:
        if (recorded_from := min(segment.start, period.end)) > recorded_until:
            yield Period(recorded_until, recorded_from)
        recorded_until = max(recorded_until, segment.end)
    if period.end > recorded_until:
        yield Period(recorded_until, period.end)


def _merged(periods: Iterable[Period]) -> list[Period]:
    """Return sorted periods, with overlapping and adjacent ones merged."""
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


def _split(period: Period, seconds: float) -> Iterator[Period]:
    """Split a period into chunks of about `seconds`.

    Chunks meet at whole seconds, as Frigate cuts there. A remainder that would be too short
    for a chunk of its own is added to the last chunk.
    """
    start = period.start
    while start < period.end:
        end = float(math.floor(start) + round(seconds))
        if period.end - end < min(seconds, _MIN_CHUNK_DURATION):
            end = period.end
        yield Period(start, end)
        start = end
