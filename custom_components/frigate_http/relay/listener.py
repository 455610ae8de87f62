"""The HTTP server from which Home Assistant's players read the video of the relay."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field
import hmac
import secrets
import socket
from typing import Final

from aiohttp import encode_basic_auth, hdrs, web
from yarl import URL

from .video_stream import VideoStream

HOST: Final = "127.0.0.1"
CONTENT_TYPE: Final = "video/mp2t"
_USER: Final = "relay"
_SECRET_BYTES: Final = 32
_HEADERS: Final = {hdrs.CACHE_CONTROL: "no-store"}
_CHALLENGE: Final = {hdrs.WWW_AUTHENTICATE: 'Basic realm="Frigate video"'}
_SEND_BUFFER: Final = 256 * 2**10
"""Bytes that the system holds for a reader; left alone, it would be some MiB."""
_SHUTDOWN_TIMEOUT: Final = 1.0
"""Seconds for requests that are being answered; the readers have been ended before."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The path of a camera, which does not tell its name, and what opens it."""

    path: str
    key: str
    secret: str = field(repr=False)


class Listener:
    """An HTTP server that only this machine reaches, and only with a camera's secret."""

    def __init__(self, stream_of: Callable[[str], VideoStream | None]) -> None:
        """Initialize; `stream_of` returns the stream of a key, if it may be watched."""
        self._stream_of = stream_of
        self._places: dict[str, _Place] = {}
        self._paths: dict[str, _Place] = {}
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def async_start(self) -> None:
        """Listen on a port that is free."""
        # Whatever follows from a request must not run as the user who loads the entry.
        await asyncio.create_task(self._start(), context=Context())

    async def _start(self) -> None:
        app = web.Application()
        # One route for all, so that an unknown path is refused like a wrong secret.
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = runner = web.AppRunner(
            app,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=_SHUTDOWN_TIMEOUT,
        )
        await runner.setup()
        site = web.TCPSite(runner, HOST, 0)
        await site.start()
        self._port = runner.addresses[0][1]

    async def async_close(self) -> None:
        """Close the port and all connections."""
        if (runner := self._runner) is not None:
            self._runner = None
            await runner.cleanup()

    def url_of(self, key: str) -> str:
        """Return the URL of a key, which stays the same as long as the server runs.

        The secret is where Home Assistant masks it in logs.
        """
        if (place := self._places.get(key)) is None:
            path = f"/{len(self._places) + 1}.ts"
            place = _Place(path, key, secrets.token_urlsafe(_SECRET_BYTES))
            self._places[key] = self._paths[path] = place
        return str(
            URL.build(
                scheme="http",
                user=_USER,
                password=place.secret,
                host=HOST,
                port=self._port,
                path=place.path,
            )
        )

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        # A web page whose host name leads to this machine gets nothing.
        if request.host not in {f"{HOST}:{self._port}", f"localhost:{self._port}"}:
            raise web.HTTPForbidden
        if (place := self._authorized_place(request)) is None:
            raise web.HTTPUnauthorized(headers=_CHALLENGE)
        if request.method not in {hdrs.METH_GET, hdrs.METH_HEAD}:
            raise web.HTTPMethodNotAllowed(
                request.method, [hdrs.METH_GET, hdrs.METH_HEAD]
            )
        if (stream := self._stream_of(place.key)) is None:
            raise web.HTTPNotFound
        response = web.StreamResponse(headers=_HEADERS)
        response.content_type = CONTENT_TYPE
        response.force_close()
        if request.method == hdrs.METH_GET:
            await _pass_on(stream, request, response)
        return response

    def _authorized_place(self, request: web.Request) -> _Place | None:
        """Return the place that is asked for, if the secret is the one that opens it."""
        if (place := self._paths.get(request.path)) is None:
            return None
        given = request.headers.get(hdrs.AUTHORIZATION, "")
        expected = encode_basic_auth(_USER, place.secret)
        is_right = hmac.compare_digest(
            given.encode(errors="replace"), expected.encode()
        )
        return place if is_right else None


async def _pass_on(
    stream: VideoStream, request: web.Request, response: web.StreamResponse
) -> None:
    """Write the video to a reader until it ends, or until they leave.

    There is no answer before there is video: the status 503 lets a player fail as soon as
    it is known that there will be none, where it would else wait for as long as 30 seconds.
    """
    if (transport := request.transport) is None:
        return
    if (connection := transport.get_extra_info("socket")) is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
    # A reader who leaves is no error.
    with suppress(ConnectionError), stream.reader(transport.abort) as reader:
        if not (data := await reader.read()):
            raise web.HTTPServiceUnavailable
        await response.prepare(request)
        while data:
            await response.write(data)
            data = await reader.read()
        if transport.get_write_buffer_size():
            # Nobody waits for a reader who is this slow, the end of Home Assistant least.
            transport.abort()
