"""Films and pictures of the past, as bodies that are read bit by bit or at once."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Literal

from aiohttp import hdrs

from .error_mapping import one_line
from .errors import FrigateDataError
from .images import MAX_IMAGE_BYTES, still_image
from .lanes import Lane
from .messages import Stream
from .models import StillImage
from .resource import Resource
from .routes import route

type EventMedia = Literal["clip.mp4", "snapshot.jpg", "thumbnail.jpg", "preview.gif"]


class Files(Resource):
    """What can be downloaded of the cameras that the account may see.

    A good status proves nothing about a film: Frigate pipes it from a process, and what
    fails there ends the body early.
    """

    @asynccontextmanager
    async def clip(
        self, camera: str, start: float, end: float
    ) -> AsyncGenerator[Stream]:
        """Open what was recorded (`GET /api/<camera>/start/<s>/end/<e>/clip.mp4`).

        It begins at the keyframe before its start, and is up to a keyframe interval
        longer than asked for at either side. Neither length nor ranges are known.

        Args:
            camera: name of the camera.
            start: in seconds since the epoch, as `end`.
            end: what is not on the disk yet is missing without a word.

        Raises:
            FrigateBadRequestError: on entering: nothing is recorded there.
            FrigateError: on entering, for anything else but a good answer.
        """
        template = "/api/{camera}/start/{start}/end/{end}/clip.mp4"
        target = route(template, camera=camera, start=start, end=end)
        async with self._transport.stream(target) as stream:
            yield _require_type(stream, "video/")

    @asynccontextmanager
    async def event(self, event_id: str, media: EventMedia) -> AsyncGenerator[Stream]:
        """Open a film or picture of an event (`GET /api/events/<id>/<media>`).

        Raises:
            FrigateNotFoundError: on entering: there is no such event, or it has none.
            FrigateError: on entering, for anything else but a good answer.
        """
        kind = "video/" if media == "clip.mp4" else "image/"
        target = route(f"/api/events/{{event_id}}/{media}", event_id=event_id)
        async with self._transport.stream(target) as stream:
            yield _require_type(stream, kind)

    @asynccontextmanager
    async def export(
        self, file: str, offset: int = 0, validator: str | None = None
    ) -> AsyncGenerator[Stream]:
        """Open the film of an export, from a byte on (`GET /exports/<file>`).

        The status is 206 where the server begins at an offset, which the stream tells,
        and 200 where it begins at the start all the same.

        Args:
            file: name of the file.
            offset: the byte to begin with.
            validator: the stream's of an earlier answer; if the file is another one by
                now, it is sent from the start.

        Raises:
            FrigateNotFoundError: on entering: there is no such file.
            FrigateError: on entering, for anything else but a good answer.
        """
        headers: dict[str, str] = {}
        if offset:
            headers[hdrs.RANGE] = f"bytes={offset}-"
            if validator is not None:
                headers[hdrs.IF_RANGE] = validator
        target = route("/exports/{file}", file=file)
        async with self._transport.stream(target, headers=headers) as stream:
            yield _require_type(stream, "video/")

    async def frame(self, camera: str, moment: float) -> StillImage:
        """Return a picture cut from the recording, in full resolution.

        `GET /api/<camera>/recordings/<moment>/snapshot.jpg`; `moment` is in seconds since
        the epoch.

        Raises:
            FrigateNotFoundError: nothing is recorded there.
            FrigateDataError: the answer is not a picture.
            FrigateError: anything else but a good answer.
        """
        template = "/api/{camera}/recordings/{moment}/snapshot.jpg"
        answer = await self._transport.request(
            "GET",
            route(template, camera=camera, moment=moment),
            lane=Lane.FILES,
            timeout=30.0,
            max_bytes=MAX_IMAGE_BYTES,
        )
        return still_image(answer)

    async def snapshot(self, event_id: str) -> StillImage:
        """Return the best picture of an event (`GET /api/events/<id>/snapshot.jpg`).

        While the event goes on, there may be a better one later.

        Raises:
            FrigateNotFoundError: there is no such event, or it has no picture.
            FrigateDataError: the answer is not a picture.
            FrigateError: anything else but a good answer.
        """
        answer = await self._transport.request(
            "GET",
            route("/api/events/{event_id}/snapshot.jpg", event_id=event_id),
            lane=Lane.FILES,
            max_bytes=MAX_IMAGE_BYTES,
        )
        return still_image(answer)


def _require_type(stream: Stream, kind: str) -> Stream:
    if not stream.content_type.lower().startswith(kind):
        raise FrigateDataError(
            f"The answer is {one_line(stream.content_type) or 'nothing known'}",
            stream.status,
        )
    return stream
