"""Live images of cameras: the latest frame, and MJPEG streams."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from .errors import FrigateDataError
from .images import MAX_IMAGE_BYTES, is_mjpeg, still_image
from .lanes import Lane
from .messages import Stream
from .models import Overlays, StillImage
from .resource import Resource
from .routes import Query, route


class Media(Resource):
    """Live images of the cameras that the account may see."""

    async def latest_image(
        self, camera: str, *, height: int | None = None
    ) -> StillImage:
        """Return the latest frame (`GET /api/{camera}/latest.jpg`).

        Args:
            camera: name of the camera, or `birdseye` if that is restreamed.
            height: pixels; the height that Frigate detects at unless given.

        Raises:
            FrigateDataError: the answer is not an image.
        """
        query: Query | None = None if height is None else {"height": height}
        answer = await self._transport.request(
            "GET",
            route("/api/{camera}/latest.jpg", camera=camera),
            query=query,
            lane=Lane.PICTURES,
            max_bytes=MAX_IMAGE_BYTES,
        )
        return still_image(answer)

    @asynccontextmanager
    async def mjpeg(
        self, camera: str, *, fps: int, height: int, overlays: Overlays | None = None
    ) -> AsyncGenerator[Stream]:
        """Open an MJPEG stream (`GET /api/{camera}`); see `images.jpeg_frames`.

        Args:
            camera: name of the camera; birdseye has no MJPEG stream.
            fps: frames per second, at least 1.
            height: pixels, at least 1.
            overlays: what Frigate draws into the frames.

        Raises:
            FrigateDataError: on entering, if the answer is not an MJPEG stream.
            FrigateError: on entering, for any other failure.
        """
        query = {"fps": fps, "height": height, **(overlays or Overlays()).as_query()}
        target = route("/api/{camera}", camera=camera)
        async with self._transport.stream(
            target, query=query, lane=Lane.LIVE_VIEWS
        ) as stream:
            if not is_mjpeg(stream.content_type):
                raise FrigateDataError("The answer is not an MJPEG stream", 200)
            yield stream
