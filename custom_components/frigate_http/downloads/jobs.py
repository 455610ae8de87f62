"""Downloads of a single file: exports, events and snapshots."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.util.json import JsonObjectType

from ..aiofrigate import (
    IMAGE_TYPE_BYTES,
    MAX_IMAGE_BYTES,
    Event,
    EventMedia,
    Export,
    FrigateBadRequestError,
    FrigateConnectionError,
    FrigateError,
    FrigateNotFoundError,
    FrigateRateLimitError,
    FrigateResponseError,
    FrigateServerError,
    FrigateTLSError,
    StillImage,
    image_type,
)
from ..dates import as_local_iso
from ..errors import action_error
from ..mp4 import Mp4Error, NotMp4Error, NoVideoError, VideoFile, inspect
from ..periods import Period
from .footage import async_wait_for_footage
from .job import Download, Job, OutputFile
from .limits import UNKNOWN_DURATION, check_space, max_bytes
from .saving import async_append_stream, run_blocking

RETRY_DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between retries: a restarting server is back within a minute, or not soon."""
MAX_BROKEN_VIDEOS = 4
"""How often to request a video that arrives truncated or damaged."""
MAX_RETRY_DELAY = 60.0
"""Maximum delay in seconds that a server may ask for with `Retry-After`."""
_RANGE_NOT_SATISFIABLE = 416
"""HTTP status for a range that starts at or after the end of the file."""
_PARTIAL_CONTENT = 206
"""HTTP status of a response with the requested range."""
_EVENT_CLIP: EventMedia = "clip.mp4"
IMAGE_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
}


class RetryPolicy:
    """Retries requests that failed with transient errors, after growing delays."""

    def __init__(self) -> None:
        """Start with the shortest delay."""
        self._failures = self._broken_videos = 0

    def reset(self) -> None:
        """Start with the shortest delay again, after some progress."""
        self._failures = 0

    async def run[T](self, request: Callable[[], Awaitable[T]]) -> T:
        """Run a request with retries, and return its result.

        Raises:
            FrigateError: the error is not transient, or the last retry failed too.
            Mp4Error: the video is still truncated or damaged after all retries.
        """
        while True:
            try:
                return await request()
            except FrigateError as err:
                if not _is_transient(err) or self._failures == len(RETRY_DELAYS):
                    raise
                delay = self._next_delay(err)
            except Mp4Error:
                # Frigate truncates a video, with status 200, if FFmpeg fails halfway.
                self._broken_videos += 1
                if self._broken_videos == MAX_BROKEN_VIDEOS:
                    raise
                delay = RETRY_DELAYS[self._broken_videos - 1]
            await asyncio.sleep(delay)

    def _next_delay(self, err: FrigateError) -> float:
        delay = RETRY_DELAYS[self._failures]
        self._failures += 1
        if isinstance(err, FrigateRateLimitError):
            return min(MAX_RETRY_DELAY, max(delay, err.retry_after))
        return delay


async def with_retries[T](request: Callable[[], Awaitable[T]]) -> T:
    """Run a request with a `RetryPolicy` of its own; see `RetryPolicy.run`."""
    return await RetryPolicy().run(request)


def _is_transient(err: FrigateError) -> bool:
    """Return whether an error is transient, so that a retry may succeed."""
    if isinstance(err, FrigateConnectionError):
        return not isinstance(err, FrigateTLSError)
    return isinstance(err, (FrigateServerError, FrigateRateLimitError))


async def async_inspect(hass: HomeAssistant, path: Path) -> VideoFile:
    """Check that a video is complete, and return what is in it.

    Raises:
        Mp4Error: the video is truncated or damaged.
    """
    return await run_blocking(hass, inspect, path)


@dataclass(eq=False, kw_only=True)
class ExportJob(Job):
    """Downloads the video of an export; resumes after a dropped connection."""

    export_id: str
    wait_until_finished: Callable[[], Awaitable[Export]]
    """Waits until the export is finished, and returns it."""
    camera_fields: Callable[[str | None], JsonObjectType] = lambda camera: {
        "camera": camera
    }
    """Returns the fields that name a camera in the response."""
    _export: Export | None = field(default=None, init=False)
    _validator: str | None = field(default=None, init=False)

    @override
    async def async_prepare(self) -> None:
        """Wait until the export is finished."""
        self._export = await self.wait_until_finished()

    @override
    async def async_fetch(self, download: Download) -> JsonObjectType:
        """Fetch the file of the export."""
        export = self._export
        if export is None or (file := export.file) is None:
            raise action_error("export_without_video", export=self.export_id)
        path = download.workspace / "export.mp4"
        retry_policy = RetryPolicy()
        largest = 0

        async def attempt() -> VideoFile:
            nonlocal largest
            try:
                await self._resume(download, file, path)
            except FrigateResponseError as err:
                if err.status != _RANGE_NOT_SATISFIABLE:
                    raise
            finally:
                if (size := await run_blocking(self.hass, _size, path)) > largest:
                    # Retries are for a server that is down, not for a slow download.
                    largest = size
                    retry_policy.reset()
            try:
                return await async_inspect(self.hass, path)
            except Mp4Error:
                # Resuming cannot repair the bytes that are already there.
                await run_blocking(self.hass, _remove, path)
                raise

        video = await retry_policy.run(attempt)
        download.output_files.append(
            OutputFile(path, download.target, video.bytes, video.seconds)
        )
        return {
            **self.camera_fields(export.camera),
            "start": as_local_iso(export.start),
        }

    async def _resume(self, download: Download, file: str, path: Path) -> None:
        """Fetch the missing range, or the whole file if the server does not resume."""
        saved_bytes = await run_blocking(self.hass, _size, path)
        async with self.client.files.export(
            file, saved_bytes, self._validator
        ) as stream:
            if stream.status != _PARTIAL_CONTENT:
                await run_blocking(self.hass, _remove, path)
                saved_bytes = 0
                self._validator = stream.validator
            elif stream.offset != saved_bytes:
                # The wrong range is of no use, so the next attempt starts over.
                await run_blocking(self.hass, _remove, path)
                raise FrigateConnectionError(
                    f"The answer does not go on at byte {saved_bytes}"
                )
            length = stream.content_length
            total = None if length is None else saved_bytes + length
            await async_append_stream(
                self.hass,
                stream,
                path,
                max_bytes(UNKNOWN_DURATION),
                lambda saved: download.progress(saved_bytes + saved, total),
            )


@dataclass(eq=False, kw_only=True)
class EventJob(Job):
    """Downloads the clip, snapshot, thumbnail or preview of an event."""

    event: Event
    media: EventMedia
    _is_complete: bool = field(default=True, init=False)

    @property
    def _seconds(self) -> float:
        """Return the duration of a clip; an image has none."""
        start, end = self.event.start, self.event.end
        if self.media != _EVENT_CLIP:
            return 0.0
        if start is None or end is None:
            return UNKNOWN_DURATION
        return max(0.0, end - start)

    @override
    async def async_prepare(self) -> None:
        """Wait until the end of the event is recorded, if its clip is downloaded.

        Raises:
            HomeAssistantError: the event has not ended yet, or will not do so soon.
        """
        event = self.event
        if self.media != _EVENT_CLIP:
            return
        if not event.has_ended:
            raise action_error("in_progress", id=self.event.event_id)
        if event.camera is not None and event.end is not None:
            start = event.end if event.start is None else event.start
            self._is_complete = await async_wait_for_footage(
                self.client, event.camera, Period(start, event.end)
            )

    @override
    async def async_fetch(self, download: Download) -> JsonObjectType:
        """Fetch the file; each retry starts over, as Frigate makes it for each request."""
        path = download.workspace / self.media

        async def attempt() -> OutputFile:
            await run_blocking(self.hass, _remove, path)
            async with self.client.files.event(
                self.event.event_id, self.media
            ) as stream:
                total = stream.content_length
                await async_append_stream(
                    self.hass,
                    stream,
                    path,
                    max_bytes(self._seconds),
                    lambda saved: download.progress(saved, total),
                )
            try:
                return await _async_check_output(self.hass, path, download.target)
            except NotMp4Error, NoVideoError:
                # Before 0.17, a clip without recordings is an empty file.
                await self._async_require_recordings()
                raise

        try:
            output_file = await with_retries(attempt)
        except FrigateBadRequestError as err:
            if self.media != _EVENT_CLIP or self.event.camera is None:
                raise
            raise action_error("nothing_recorded", camera=self.event.camera) from err
        if self.media == _EVENT_CLIP:
            output_file = replace(
                output_file, start=self.event.start, end=self.event.end
            )
        download.output_files.append(output_file)
        return {} if self._is_complete else {"incomplete": True}

    async def _async_require_recordings(self) -> None:
        """Raise HomeAssistantError if Frigate lists no recordings of the event."""
        camera, start, end = self.event.camera, self.event.start, self.event.end
        if camera is None or start is None or end is None:
            return
        if not await self.client.recordings.segments(camera, start, end, fresh=True):
            raise action_error("nothing_recorded", camera=camera)


@dataclass(eq=False, kw_only=True)
class SnapshotJob(Job):
    """Downloads a snapshot of a camera: the latest frame, or a recorded one."""

    camera: str
    timestamp: float | None
    """Seconds since the epoch; None means now."""

    @override
    async def async_prepare(self) -> None:
        """Wait until Frigate has written the recording of that time."""
        if self.timestamp is not None:
            period = Period(self.timestamp - 1, self.timestamp)
            await async_wait_for_footage(self.client, self.camera, period)

    @override
    async def async_fetch(self, download: Download) -> JsonObjectType:
        """Fetch the image and save it."""
        image = await with_retries(self._image)
        if self.timestamp is None and image.offline:
            raise action_error("entity_unavailable", entity=self.camera)
        path = download.workspace / "snapshot.jpg"
        await run_blocking(self.hass, _write, path, image.content)
        download.output_files.append(
            await _async_check_output(self.hass, path, download.target)
        )
        return {}

    async def _image(self) -> StillImage:
        if self.timestamp is None:
            return await self.client.media.latest_image(self.camera)
        try:
            return await self.client.files.frame(self.camera, self.timestamp)
        except (FrigateBadRequestError, FrigateNotFoundError) as err:
            raise action_error("nothing_recorded", camera=self.camera) from err


@dataclass(eq=False, kw_only=True)
class EventImageJob(Job):
    """Downloads an image of an event, in whatever format Frigate has it."""

    event_id: str
    media: EventMedia

    @override
    async def async_fetch(self, download: Download) -> JsonObjectType:
        """Fetch the image, and give the target the suffix that fits its content."""
        path = download.workspace / self.media

        async def attempt() -> None:
            await run_blocking(self.hass, _remove, path)
            async with self.client.files.event(self.event_id, self.media) as stream:
                await async_append_stream(self.hass, stream, path, MAX_IMAGE_BYTES)

        await with_retries(attempt)
        content_type = await run_blocking(self.hass, _image_type, path)
        if (suffix := IMAGE_SUFFIXES.get(content_type or "")) is None:
            raise action_error("broken_file", message=path.name)
        size = await run_blocking(self.hass, _size, path)
        target = download.target.with_suffix(suffix)
        download.output_files.append(OutputFile(path, target, size))
        return {}


async def _async_check_output(
    hass: HomeAssistant, path: Path, target: Path
) -> OutputFile:
    """Check that the content of a file fits its suffix, and return the output file.

    Raises:
        Mp4Error: the video is truncated or damaged.
        HomeAssistantError: the file is not an image.
    """
    if path.suffix == ".mp4":
        video = await async_inspect(hass, path)
        return OutputFile(path, target, video.bytes, video.seconds)
    if await run_blocking(hass, _image_type, path) is None:
        raise action_error("broken_file", message=path.name)
    return OutputFile(path, target, await run_blocking(hass, _size, path))


def _image_type(path: Path) -> str | None:
    with path.open("rb") as file:
        return image_type(file.read(IMAGE_TYPE_BYTES))


def _write(path: Path, content: bytes) -> None:
    check_space(path.parent, len(content))
    path.write_bytes(content)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
