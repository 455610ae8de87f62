"""Fixtures for sessions and clients, and servers that send prepared bytes."""

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Coroutine,
    Iterable,
    Mapping,
)
from contextlib import asynccontextmanager
import json
import socket
import ssl
import struct
import traceback
from typing import Any, Protocol

import aiohttp
from aiohttp.abc import AbstractResolver
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.aiofrigate import Credentials, FrigateClient
from tests.clock import turns
from tests.fake_frigate import FakeFrigate, Request
from tests.fake_frigate.recorded import recorded_file
from tests.fake_frigate.threads import threads_are_idle

ADMIN: dict[str, Any] = {"username": "admin", "password": "frigate-admin-pass-1"}
VIEWER: dict[str, Any] = {"username": "viewer1", "password": "viewer-password-1"}
GATE: dict[str, Any] = {"username": "gate1", "password": "gate-password-1!"}


@pytest.fixture
def restreamed() -> bool:
    """Let all cameras have live video."""
    return True


GOOD_VERSION = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: 6\r\nConnection: close\r\n\r\n0.17.2"
)


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Leave the loop as it is, unlike the test plugin's fixture of this name.

    Its debug mode keeps a traceback of each callback, which takes as long as the rest.
    """


class Connect(Protocol):
    """Makes a client with a session of its own."""

    def __call__(
        self,
        url: str,
        *,
        verify: bool | ssl.SSLContext = False,
        resolver: AbstractResolver | None = None,
        **credentials: Any,
    ) -> FrigateClient:
        """Return the client; `credentials` are those of the library."""


@pytest.fixture
async def connect(socket_enabled: None) -> AsyncGenerator[Connect]:
    """Return a maker of clients, whose sessions end with the test."""
    sessions: list[aiohttp.ClientSession] = []

    def make(
        url: str,
        *,
        verify: bool | ssl.SSLContext = False,
        resolver: AbstractResolver | None = None,
        **credentials: Any,
    ) -> FrigateClient:
        session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            connector=aiohttp.TCPConnector(ssl=verify, resolver=resolver),
        )
        sessions.append(session)
        return FrigateClient(session, url, Credentials(**credentials))

    yield make
    for session in sessions:
        await session.close()


@pytest.fixture
async def session(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    """Return a session that does not verify certificates."""
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.CookieJar(unsafe=True),
        connector=aiohttp.TCPConnector(ssl=False),
    ) as session:
        yield session


@pytest.fixture
async def client(frigate: FakeFrigate, connect: Connect) -> FrigateClient:
    """Return a client on the port that needs no login."""
    return connect(frigate.internal_url)


async def works(client: FrigateClient) -> bool:
    """Return whether the server answers with stats."""
    return bool((await client.system.stats(fresh=True)).cameras)


def logins(frigate: FakeFrigate) -> int:
    """Return how many logins have reached the server."""
    return len(sent(frigate, "/api/login", "POST"))


def sent(frigate: FakeFrigate, path: str, method: str = "GET") -> list[Request]:
    """Return the requests of a route that have reached the server."""
    return [
        request
        for request in frigate.requests
        if (request.method, request.path) == (method, path)
    ]


async def after_silence[T](
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    call: Coroutine[Any, Any, T],
    seconds: float,
) -> T:
    """Start a call, move the clock once the server has the request, and return the result."""
    before = len(frigate.requests)
    task = asyncio.ensure_future(call)
    try:
        await frigate.wait_for_requests(before + 1)
        # So that what the server sends of its answer has arrived.
        await turns()
        freezer.tick(seconds)
        return await task
    finally:
        task.cancel()


def everything_of(err: BaseException) -> str:
    """Return everything of an error that a log may contain."""
    return "".join((str(err), repr(err), *traceback.format_exception(err)))


def recorded(version: str, name: str) -> Any:
    """Return the JSON of a recorded answer; newer versions have only what differs."""
    path = recorded_file(version, f"{name}.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    return content["json"] if "request" in content else content


def http_answer(
    status: int,
    body: bytes,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return the bytes of an HTTP response."""
    head = {
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        "Connection": "close",
        **(headers or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode() + body


type Reply = bytes | Iterable[bytes] | None


class WireServer:
    """Answers each connection with prepared bytes, and records the requests.

    Each piece of a reply is sent once the one before was read, and None resets the connection. When
    the replies are used up, it answers as a healthy `/api/version`.
    """

    def __init__(self, replies: Iterable[Reply]) -> None:
        """Prepare the replies, one for each connection."""
        self._replies = list(replies)
        self.heads: list[str] = []
        self.url = ""

    @property
    def targets(self) -> list[str]:
        """Return path and query of the requests, exactly as sent."""
        return [head.split(" ", 2)[1] for head in self.heads]

    async def answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head.decode("latin-1"))
        reply = self._replies.pop(0) if self._replies else GOOD_VERSION
        if reply is None:
            # Lingering for no time at all makes the kernel send a reset.
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            writer.transport.abort()
            return
        for piece in (reply,) if isinstance(reply, bytes) else reply:
            writer.write(piece)
            await writer.drain()
            await self._until_read()
        writer.close()

    @staticmethod
    async def _until_read() -> None:
        """Wait until the client has read a piece, and its threads have written it.

        A connection that is closed earlier loses what aiohttp has not handed on yet.
        """
        await turns(100)
        while not await threads_are_idle():
            await turns(50)


@asynccontextmanager
async def wire_server(*replies: Reply) -> AsyncIterator[WireServer]:
    """Yield a listening server."""
    prepared = WireServer(replies)
    async with await asyncio.start_server(prepared.answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        prepared.url = f"http://127.0.0.1:{port}"
        yield prepared


async def outcome_of(call: Awaitable[object]) -> BaseException | None:
    """Return the error of a call, or None."""
    try:
        await call
    except Exception as err:  # noqa: BLE001
        return err
    return None
