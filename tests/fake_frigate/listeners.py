"""The two listening sockets, and TLS that notices plain HTTP."""

import asyncio
from collections.abc import Coroutine
import contextlib
import socket
import ssl
from typing import Any, override

from aiohttp import web

from .answers import nginx_page

_TLS_HANDSHAKE = 0x16
_BACKLOG = 128
_MAX_TURNS = 10_000


class _PlainOnTls(asyncio.Protocol):
    """Answers plain HTTP on the TLS port the way nginx does."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for the answer."""
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        """Answer the first bytes, whatever they are."""
        text = "The plain HTTP request was sent to HTTPS port"
        page = nginx_page(400, f"400 {text}", text)
        head = (
            "HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\n"
            "Content-Type: text/html\r\n"
            f"Content-Length: {len(page.body)}\r\nConnection: close\r\n"
            "Strict-Transport-Security: max-age=63072000\r\n\r\n"
        )
        if isinstance(self._transport, asyncio.Transport):
            self._transport.write(head.encode() + page.body)
        self._transport.close()


class Listener:
    """A listening socket that can be closed and opened again on its port."""

    def __init__(self, server: web.Server, tls: ssl.SSLContext | None) -> None:
        """Serve with this server; `tls` makes it an HTTPS port."""
        self._server = server
        self._tls = tls
        self._socket: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._plain: set[asyncio.BaseTransport] = set()
        self.port = 0

    def open(self, host: str, port: int) -> None:
        """Listen; port 0 takes any free one."""
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError:
            listening.close()
            raise
        listening.listen(_BACKLOG)
        listening.setblocking(False)
        self.port = listening.getsockname()[1]
        self._socket = listening
        self._start(self._accept(listening))

    async def close(self) -> None:
        """Stop listening and end every connection at once."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        for transport in self._plain:
            if isinstance(transport, asyncio.Transport):
                transport.abort()
        self._plain.clear()
        await self._abort_connections()

    async def _abort_connections(self) -> None:
        for connection in self._server.connections:
            if connection.transport is not None:
                connection.transport.abort()
        # The handlers are cancelled when their connection is lost; no timer may be used
        # here, as a test may have frozen the clock that timers go by.
        for _ in range(_MAX_TURNS):
            if not self._server.connections:
                break
            await asyncio.sleep(0)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listening)
            except OSError:
                await asyncio.sleep(0)
                continue
            self._start(self._welcome(connection))

    async def _welcome(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            first = b"" if self._tls is None else await _peek(connection)
        except OSError:
            connection.close()
            return
        except asyncio.CancelledError:
            connection.close()
            raise
        # What a client does wrong in the handshake is its own business.
        with contextlib.suppress(OSError):
            if first and first[0] != _TLS_HANDSHAKE:
                transport, _ = await loop.connect_accepted_socket(
                    _PlainOnTls, connection
                )
                self._plain.add(transport)
                return
            await loop.connect_accepted_socket(self._server, connection, ssl=self._tls)


async def _peek(connection: socket.socket) -> bytes:
    """Return the first byte of a connection without taking it away."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(connection, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(connection)
    return connection.recv(1, socket.MSG_PEEK)
