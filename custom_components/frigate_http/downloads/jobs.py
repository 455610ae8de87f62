"""What can be downloaded in one piece: exports, events, and single pictures."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.util.json import JsonObjectType

from ..aiofrigate import (
    IMAGE_TYPE_BYTES,
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
from ..mp4 import Mp4Error, VideoFile, inspect
from ..periods import Period
from .footage import async_wait_for_footage
from .job import Download, Job, OutputFile
from .saving import async_append_stream, run_blocking

RETRY_DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between attempts: what restarts is back within a minute, or not soon."""
MAX_BROKEN_VIDEOS = 4
"""How often a film is asked for that is not whole."""
MAX_RETRY_DELAY = 60.0
"""Seconds for which a server may put off the next attempt."""
_RANGE_NOT_SATISFIABLE = 416
"""The status for a range that begins at the end of a file."""
_PARTIAL_CONTENT = 206
"""The status for a range."""
_EVENT_CLIP: EventMedia = "clip.mp4"


class RetryPolicy:
    """Asks again, after growing pauses, for what may be answered some time later."""

    def __init__(self) -> None:
        """Begin with the shortest pause."""
        self._failures = self._broken_videos = 0

    def reset(self) -> None:
        """Begin with the shortest pause again, as something has been achieved."""
        self._failures = 0

    async def run[T](self, request: Callable[[], Awaitable[T]]) -> T:
        """Return an answer, asked for until it comes or patience ends.

        Raises:
            FrigateError: the last attempt failed too, or another would in the same way.
            Mp4Error: the film is not whole, however often it is asked for.
        """
        while True:
            try:
                return await request()
            except FrigateError as err:
                if not _is_transient(err) or self._failures == len(RETRY_DELAYS):
                    raise
                delay = self._next_delay(err)
            except Mp4Error:
                # Frigate cuts a film short, under a good status, if it fails inside.
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
    """Return an answer, asked for with patience; see `Patience.answer`."""
    return await RetryPolicy().run(request)


def _is_transient(err: FrigateError) -> bool:
    """Return whether a failure may be over a little later."""
    if isinstance(err, FrigateConnectionError):
        return not isinstance(err, FrigateTLSError)
    return isinstance(err, (FrigateServerError, FrigateRateLimitError))


async def async_inspect(hass: HomeAssistant, path: Path) -> VideoFile:
    """Return what is in a film, which must be whole.

    Raises:
        Mp4Error: it is not.
    """
    return await run_blocking(hass, inspect, path)


@dataclass(eq=False, kw_only=True)
class ExportJob(Job):
    """The film of an export, resumed where a connection broke."""

    export_id: str
    watch: Callable[[], Awaitable[Export]]
    """Returns the export once it is finished."""
    _export: Export | None = field(default=None, init=False)
    _validator: str | None = field(default=None, init=False)

    @override
    async def async_prepare(self) -> None:
        """Wait for the export."""
        self._export = await self.watch()

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
                    largest = size
                    retry_policy.reset()
            try:
                return await async_inspect(self.hass, path)
            except Mp4Error:
                # Whatever is wrong with it, more of it does not help.
                await run_blocking(self.hass, _remove, path)
                raise

        video = await retry_policy.run(attempt)
        download.output_files.append(
            OutputFile(path, download.target, video.bytes, video.seconds)
        )
        return {"camera": export.camera, "start": as_local_iso(export.start)}

    async def _resume(self, download: Download, file: str, path: Path) -> None:
        """Fetch what is missing, or all of it where the server begins anew."""
        saved_bytes = await run_blocking(self.hass, _size, path)
        async with self.client.files.export(
            file, saved_bytes, self._validator
        ) as stream:
            if stream.status != _PARTIAL_CONTENT:
                await run_blocking(self.hass, _remove, path)
                saved_bytes = 0
                self._validator = stream.validator
            elif stream.offset != saved_bytes:
                # A part that fits nowhere: the next attempt asks for the whole.
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
                lambda saved: download.progress(saved_bytes + saved, total),
            )


@dataclass(eq=False, kw_only=True)
class EventJob(Job):
    """A film or a picture of an event."""

    event: Event
    media: EventMedia
    _is_complete: bool = field(default=True, init=False)

    @override
    async def async_prepare(self) -> None:
        """Wait until the end of an event that is to become a film is on the disk.

        Raises:
            HomeAssistantError: the event is not over yet.
        """
        event = self.event
        if self.media != _EVENT_CLIP:
            return
        if event.end is None:
            raise action_error("event_open", event=self.event.event_id)
        if event.camera is not None:
            start = event.end if event.start is None else event.start
            self._is_complete = await async_wait_for_footage(
                self.client, event.camera, Period(start, event.end)
            )

    @override
    async def async_fetch(self, download: Download) -> JsonObjectType:
        """Fetch it, from the beginning each time: Frigate makes it anew."""
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
                    lambda saved: download.progress(saved, total),
                )
            return await _async_check_output(self.hass, path, download.target)

        output_file = await with_retries(attempt)
        if self.media == _EVENT_CLIP:
            output_file = replace(
                output_file, start=self.event.start, end=self.event.end
            )
        download.output_files.append(output_file)
        return {} if self._is_complete else {"incomplete": True}


@dataclass(eq=False, kw_only=True)
class SnapshotJob(Job):
    """A picture of a camera: what it shows now, or what was recorded once."""

    camera: str
    timestamp: float | None
    """Seconds since the epoch; None means now."""

    @override
    async def async_prepare(self) -> None:
        """Wait until a moment that is seconds ago is on the disk."""
        if self.timestamp is not None:
            period = Period(self.timestamp - 1, self.timestamp)
            await async_wait_for_footage(self.client, self.camera, period)

    @override
    async def async_fetch(self, download: Download) -> JsonObjectType:
        """Fetch it in one piece, small as it is."""
        image = await with_retries(self._image)
        if self.timestamp is None and image.offline:
            raise action_error("entity_unavailable", entity=self.camera)
        path = download.workspace / "snapshot.jpg"
        await run_blocking(self.hass, path.write_bytes, image.content)
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


async def _async_check_output(
    hass: HomeAssistant, path: Path, target: Path
) -> OutputFile:
    """Return a file that is what its name says.

    Raises:
        Mp4Error: it is no whole film, but should be one.
        HomeAssistantError: it is no picture, but should be one.
    """
    if path.suffix == ".mp4":
        video = await async_inspect(hass, path)
        return OutputFile(path, target, video.bytes, video.seconds)
    if not await run_blocking(hass, _is_image, path):
        raise action_error("broken_file", message=path.name)
    return OutputFile(path, target, await run_blocking(hass, _size, path))


def _is_image(path: Path) -> bool:
    with path.open("rb") as file:
        return image_type(file.read(IMAGE_TYPE_BYTES)) is not None


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
