"""Pictures of cameras, still and moving."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from .errors import FrigateDataError
from .exchange import Query, Stream
from .models import Overlays, StillImage
from .transport import Transport

MAX_IMAGE_BYTES = 16 * 2**20


class Media:
    """What the cameras see."""

    def __init__(self, transport: Transport) -> None:
        """Speak through a transport."""
        self._transport = transport

    async def latest_image(
        self, camera: str, *, height: int | None = None
    ) -> StillImage:
        """Return the newest picture as JPEG (`GET /api/<camera>/latest.jpg`).

        Args:
            camera: name of the camera, or `birdseye` where that is restreamed.
            height: in pixels; the size that Frigate detects at unless given.

        Raises:
            FrigateDataError: the answer is not a picture.
            FrigateError: anything else but a good answer.
        """
        query: Query | None = None if height is None else {"height": height}
        answer = await self._transport.request(
            "GET", "api", camera, "latest.jpg", query=query, max_bytes=MAX_IMAGE_BYTES
        )
        answer.refuse_html()
        if not answer.content_type.startswith("image/") or not answer.body:
            raise FrigateDataError("The answer is not a picture", answer.status)
        offline = answer.headers.get("x-frigate-offline", "").lower() == "true"
        return StillImage(answer.body, answer.content_type, offline)

    @asynccontextmanager
    async def mjpeg(
        self, camera: str, *, fps: int, height: int, overlays: Overlays | None = None
    ) -> AsyncGenerator[Stream]:
        """Open the moving picture (`GET /api/<camera>`), endless multipart JPEG.

        Args:
            camera: name of the camera; birdseye has no moving picture.
            fps: pictures a second, at least 1.
            height: in pixels, at least 1.
            overlays: what Frigate draws into it.

        Raises:
            FrigateDataError: on entering, if the answer is not a moving picture.
            FrigateError: on entering, for anything else but a good answer.
        """
        query = {"fps": fps, "height": height, **(overlays or Overlays()).as_query()}
        async with self._transport.stream("api", camera, query=query) as stream:
            if not stream.content_type.lower().startswith("multipart/"):
                raise FrigateDataError("The answer is not a moving picture", 200)
            yield stream
