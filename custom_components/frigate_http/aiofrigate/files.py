"""Files: clips, exports, and the media of events, streamed or read at once."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Literal

from aiohttp import hdrs

from .byte_ranges import ByteRange
from .images import MAX_IMAGE_BYTES, still_image
from .lanes import Lane
from .messages import Stream
from .models import StillImage
from .resource import Resource
from .routes import route
from .videos import Method, open_video, require_type

type EventMedia = Literal["clip.mp4", "snapshot.jpg", "thumbnail.jpg", "preview.gif"]


class Files(Resource):
    """Downloads from the cameras that the account may see.

    A successful status does not prove that a video is complete: Frigate pipes it from a
    process, and when that fails, the body just ends early.
    """

    @asynccontextmanager
    async def clip(
        self, camera: str, start: float, end: float
    ) -> AsyncGenerator[Stream]:
        """Stream a part of the recordings as MP4.

        `GET /api/{camera}/start/{start}/end/{end}/clip.mp4`. It begins at the keyframe
        before its start, and may be longer at both ends by up to a keyframe interval. The
        server tells no length and supports no ranges.

        Args:
            camera: name of the camera.
            start: seconds since the epoch, as `end`.
            end: end of the clip. Frigate silently leaves out what is not on disk yet.

        Raises:
            FrigateBadRequestError: on entering: nothing is recorded in this period.
            FrigateError: on entering, for any other failure.
        """
        template = "/api/{camera}/start/{start}/end/{end}/clip.mp4"
        target = route(template, camera=camera, start=start, end=end)
        async with self._transport.stream(target, lane=Lane.FILES) as stream:
            yield require_type(stream, "video/")

    @asynccontextmanager
    async def event(self, event_id: str, media: EventMedia) -> AsyncGenerator[Stream]:
        """Stream a video or an image of an event (`GET /api/events/{event_id}/{media}`).

        Raises:
            FrigateNotFoundError: on entering: there is no such event, or no such media.
            FrigateError: on entering, for any other failure.
        """
        kind = "video/" if media == "clip.mp4" else "image/"
        target = route(f"/api/events/{{event_id}}/{media}", event_id=event_id)
        async with self._transport.stream(target, lane=Lane.FILES) as stream:
            yield require_type(stream, kind)

    @asynccontextmanager
    async def export(
        self, file: str, offset: int = 0, validator: str | None = None
    ) -> AsyncGenerator[Stream]:
        """Stream the video of an export (`GET /exports/{file}`).

        The status is 206 if the server begins at the offset, which the stream then tells,
        and 200 if it begins at the start in spite of it.

        Args:
            file: name of the file.
            offset: the byte to begin at.
            validator: that of an earlier stream; if the file has changed since, the
                server sends it from the start.

        Raises:
            FrigateNotFoundError: on entering: there is no such file.
            FrigateError: on entering, for any other failure.
        """
        headers: dict[str, str] = {}
        if offset:
            headers[hdrs.RANGE] = f"bytes={offset}-"
            if validator is not None:
                headers[hdrs.IF_RANGE] = validator
        target = route("/exports/{file}", file=file)
        async with self._transport.stream(
            target, headers=headers, lane=Lane.FILES
        ) as stream:
            yield require_type(stream, "video/")

    @asynccontextmanager
    async def export_range(
        self,
        file: str,
        *,
        byte_range: ByteRange | None = None,
        method: Method = "GET",
    ) -> AsyncGenerator[Stream]:
        """Stream the video of an export, or a part of it, to somebody who watches it.

        `GET` or `HEAD /exports/{file}`. nginx remembers for two minutes that a file is not
        there, so it must not be asked for before the export has finished.

        Args:
            file: name of the file.
            byte_range: the part of the file.
            method: `HEAD` for the headers alone.

        Raises:
            FrigateNotFoundError: on entering: there is no such file.
            FrigateForbiddenError: on entering: the account may not see its camera, or, for
                a restricted role, there is no such file.
            FrigateRangeError: on entering: the file ends before the range.
            FrigateError: on entering, for any other failure.
        """
        target = route("/exports/{file}", file=file)
        async with open_video(
            self._transport, target, byte_range=byte_range, method=method
        ) as stream:
            yield stream

    async def frame(self, camera: str, timestamp: float) -> StillImage:
        """Return a frame of the recordings as an image in full resolution.

        `GET /api/{camera}/recordings/{timestamp}/snapshot.jpg`; `timestamp` is in seconds
        since the epoch.

        Raises:
            FrigateNotFoundError: nothing is recorded at this time.
            FrigateDataError: the answer is not an image.
        """
        template = "/api/{camera}/recordings/{timestamp}/snapshot.jpg"
        answer = await self._transport.request(
            "GET",
            route(template, camera=camera, timestamp=timestamp),
            lane=Lane.FILES,
            timeout=30.0,
            max_bytes=MAX_IMAGE_BYTES,
        )
        return still_image(answer)

    async def snapshot(self, event_id: str) -> StillImage:
        """Return the snapshot of an event (`GET /api/events/{event_id}/snapshot.jpg`).

        While the event is in progress, Frigate may replace it with a better one.

        Raises:
            FrigateNotFoundError: there is no such event, or it has no snapshot.
            FrigateDataError: the answer is not an image.
        """
        answer = await self._transport.request(
            "GET",
            route("/api/events/{event_id}/snapshot.jpg", event_id=event_id),
            lane=Lane.FILES,
            max_bytes=MAX_IMAGE_BYTES,
        )
        return still_image(answer)
