"""Previews: low-quality videos that Frigate makes of each hour."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from .byte_ranges import ByteRange
from .errors import FrigateArgumentError, FrigateNotFoundError
from .messages import Stream
from .parsing import as_name, as_str, as_timestamp
from .resource import Resource
from .routes import route
from .thumbnails import clips_path
from .videos import Method, open_video

_NONE_YET = "No previews"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The preview video of one hour, or of the part of it that was recorded."""

    camera: str | None
    path: str
    """Path on the server, such as `/clips/previews/<camera>/<start>-<end>.mp4`."""
    media_type: str | None
    start: float | None
    """Seconds since the epoch, as `end`."""
    end: float | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"camera", "src", "type", "start", "end"}`; None without a path."""
        if (path := as_str(data.get("src"))) is None:
            return None
        return cls(
            camera=as_name(data.get("camera")),
            path=path,
            media_type=as_name(data.get("type")),
            start=as_timestamp(data.get("start")),
            end=as_timestamp(data.get("end")),
        )


class Previews(Resource):
    """Previews of the cameras that the account may see."""

    async def list(self, camera: str, start: float, end: float) -> tuple[Preview, ...]:
        """Return the previews that overlap a period.

        `GET /api/preview/{camera}/start/{start}/end/{end}`. The current hour has none:
        Frigate writes each preview at the full hour.

        Args:
            camera: name of the camera.
            start: seconds since the epoch, as `end`.
            end: end of the period.

        Raises:
            FrigateForbiddenError: the account may not see the camera, or there is none.
            FrigateDataError: the answer is not a list of previews.
        """
        template = "/api/preview/{camera}/start/{start}/end/{end}"
        target = route(template, camera=camera, start=start, end=end)
        try:
            answer = await self._transport.request("GET", target)
        except FrigateNotFoundError as err:
            if err.message.startswith(_NONE_YET):
                return ()
            raise
        return answer.models(Preview.from_api, "A preview without a path")

    @asynccontextmanager
    async def video(
        self,
        camera: str,
        preview: Preview,
        *,
        method: Method = "GET",
        byte_range: ByteRange | None = None,
    ) -> AsyncGenerator[Stream]:
        """Stream a preview, or a part of it.

        `GET` or `HEAD /clips/previews/{camera}/{file}`.

        Args:
            camera: name of the camera.
            preview: the preview, as it was listed.
            method: `HEAD` for the headers alone.
            byte_range: the part of the file.

        Raises:
            FrigateArgumentError: on entering: it is not a file of the camera.
            FrigateNotFoundError: on entering: it was deleted since.
            FrigateRangeError: on entering: the file ends before the range.
            FrigateError: on entering, for any other failure.
        """
        if (path := clips_path(f"previews/{camera}", preview.path)) is None:
            raise FrigateArgumentError(f"Not a usable path: {preview.path[:200]!a}")
        target = route(
            "/clips/previews/{camera}/{file}", camera=camera, file=path.split("/")[-1]
        )
        async with open_video(
            self._transport, target, byte_range=byte_range, method=method
        ) as stream:
            yield stream

    @asynccontextmanager
    async def of_range(
        self,
        camera: str,
        start: float,
        end: float,
        *,
        method: Method = "GET",
        byte_range: ByteRange | None = None,
    ) -> AsyncGenerator[Stream]:
        """Stream a preview of a range: small, without sound, and sped up.

        `GET` or `HEAD /api/{camera}/start/{start}/end/{end}/preview.mp4`. Frigate makes it
        of its preview frames, those of the current hour included.

        Args:
            camera: name of the camera.
            start: seconds since the epoch, as `end`.
            end: end of the range.
            method: `HEAD` for the headers alone.
            byte_range: the part of the file.

        Raises:
            FrigateNotFoundError: on entering: there is no preview of this range.
            FrigateForbiddenError: on entering: the account may not see the camera.
            FrigateRangeError: on entering: the file ends before the range.
            FrigateError: on entering, for any other failure.
        """
        template = "/api/{camera}/start/{start}/end/{end}/preview.mp4"
        target = route(template, camera=camera, start=start, end=end)
        async with open_video(
            self._transport, target, byte_range=byte_range, method=method
        ) as stream:
            yield stream
