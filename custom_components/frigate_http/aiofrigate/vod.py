"""Recordings as video on demand: HLS playlists, and the files that they name."""

from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from .byte_ranges import ByteRange
from .errors import (
    FrigateArgumentError,
    FrigateDataError,
    FrigateStartingError,
    FrigateTooLongError,
)
from .lanes import Lane
from .messages import Stream
from .playlists import FILE_NAME, MAX_PLAYLIST_BYTES, Playlist
from .resource import Resource
from .routes import Route, route
from .videos import VIEWER_SILENCE, Method, open_video

MAX_RANGE = 2.75 * 3600
"""Seconds of the longest period to ask for.

Frigate puts at most 1,080 recordings together. That is three hours of ten seconds each, but
a period may begin and end within one, and recordings are shorter after each restart.
"""

PLAYLIST_TYPES = ("application/vnd.apple.mpegurl", "application/x-mpegurl")
_NGINX_LIMIT = "503 Service Temporarily Unavailable"
_SHORTEST_REFUSED = 1080.0
"""Seconds: so many recordings of a shorter period would have less than a second each."""


class Vod(Resource):
    """Video of the recordings of one camera, in segments.

    Frigate does not reliably refuse a camera here: what it told one account it keeps for
    ten minutes, for every other one. It has to be checked before whether the account may
    see the camera. `If-Range` is never sent, because the answer to it does not end.

    A 404 of a playlist or a file means that nothing is recorded, or that the recording was
    deleted, or that there is no such camera, or that it is not allowed; `check` tells which.
    """

    async def check(self, camera: str, start: float, end: float) -> None:
        """Ask whether there is video of a period, and return if so.

        `GET /api/vod/{camera}/start/{start}/end/{end}`.

        Args:
            camera: name of the camera.
            start: seconds since the epoch, as `end`.
            end: end of the period.

        Raises:
            FrigateNotFoundError: nothing is recorded in this period.
            FrigateForbiddenError: the account may not see the camera.
            FrigateDataError: the answer is none of Frigate's.
        """
        target = route(
            "/api/vod/{camera}/start/{start}/end/{end}",
            camera=camera,
            start=start,
            end=end,
        )
        answer = await self._transport.request(
            "GET", target, lane=Lane.FOOTAGE, timeout=VIEWER_SILENCE
        )
        answer.json(dict)

    async def playlist(
        self, camera: str, start: float, end: float, file: str = "master.m3u8"
    ) -> Playlist:
        """Return a playlist (`GET /vod/{camera}/start/{start}/end/{end}/{file}`).

        The video begins at the keyframe before its start. Gaps between recordings are left
        out, so a position in it is no time of the clock.

        Args:
            camera: name of the camera.
            start: seconds since the epoch, as `end`.
            end: end of the period; what is not on disk yet is left out.
            file: `master.m3u8`, or a name in it.

        Raises:
            FrigateNotFoundError: there is none, see above.
            FrigateTooLongError: there are more recordings than fit, see `MAX_RANGE`.
            FrigateDataError: the answer is not a playlist.
        """
        with _limit_errors(end - start):
            answer = await self._transport.request(
                "GET",
                _file_route(camera, start, end, file, is_playlist=True),
                lane=Lane.FOOTAGE,
                timeout=VIEWER_SILENCE,
                max_bytes=MAX_PLAYLIST_BYTES,
            )
        text = answer.text()
        if answer.content_type not in PLAYLIST_TYPES:
            raise FrigateDataError("The answer is not a playlist", answer.status)
        return Playlist.parse(text)

    @asynccontextmanager
    async def file(
        self,
        camera: str,
        start: float,
        end: float,
        file: str,
        *,
        byte_range: ByteRange | None = None,
        method: Method = "GET",
    ) -> AsyncGenerator[Stream]:
        """Stream a file that a playlist names, or a part of it.

        `GET` or `HEAD /vod/{camera}/start/{start}/end/{end}/{file}`.

        Args:
            camera: name of the camera.
            start: that of the playlist, as `end`.
            end: end of the period.
            file: a name in the playlist.
            byte_range: the part of the file.
            method: `HEAD` for the headers alone.

        Raises:
            FrigateNotFoundError: on entering: there is none, see above.
            FrigateRangeError: on entering: the file ends before the range.
            FrigateTooLongError: on entering: there are more recordings than fit.
            FrigateError: on entering, for any other failure.
        """
        target = _file_route(camera, start, end, file, is_playlist=False)
        async with AsyncExitStack() as stack:
            with _limit_errors(end - start):
                stream = await stack.enter_async_context(
                    open_video(
                        self._transport,
                        target,
                        byte_range=byte_range,
                        method=method,
                        kinds=("video/", "audio/"),
                    )
                )
            yield stream


def _file_route(
    camera: str, start: float, end: float, file: str, *, is_playlist: bool
) -> Route:
    if not FILE_NAME.fullmatch(file) or file.endswith(".m3u8") is not is_playlist:
        raise FrigateArgumentError(f"Not a usable name of a file: {file[:100]!a}")
    return route(
        "/vod/{camera}/start/{start}/end/{end}/{file}",
        camera=camera,
        start=start,
        end=end,
        file=file,
    )


@contextmanager
def _limit_errors(period: float) -> Generator[None]:
    """Tell the limit of Frigate's nginx from a proxy that refuses or does not reach it."""
    try:
        yield
    except FrigateStartingError as err:
        is_limit = err.status == 503 and err.message.startswith(_NGINX_LIMIT)
        if is_limit and period >= _SHORTEST_REFUSED:
            raise FrigateTooLongError(err.message, err.status) from None
        raise
