"""A client of `/live/mse/api/ws` for the tests of the fake."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from yarl import URL

from tests.fake_frigate import FakeFrigate

from .client import bearer

OURS = "avc1.640029,mp4a.40.2"


class VideoClient:
    """A socket, and what came out of it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def ask(self, codecs: Any = "", kind: str = "mse") -> Any:
        """Ask for the video and return the answer."""
        await self.socket.send_json({"type": kind, "value": codecs})
        return await self.text()

    async def text(self) -> Any:
        return await self.socket.receive_json()

    async def binary(self) -> bytes:
        return await self.socket.receive_bytes()


def video_url(
    server: FakeFrigate, *sources: str, internal: bool = False, **others: str
) -> URL:
    """Return the address of the socket of a stream."""
    base = server.internal_url if internal else server.external_url
    query = [("src", source) for source in sources] + [*others.items()]
    return URL(f"{base}/live/mse/api/ws").with_query(query)


@asynccontextmanager
async def watch(
    session: aiohttp.ClientSession,
    server: FakeFrigate,
    src: str = "front_door",
    user: str | None = "admin",
    **options: Any,
) -> AsyncIterator[VideoClient]:
    """Open a socket as a user at the external port, or at the internal one."""
    if user is not None:
        options = {**bearer(server, user), **options}
    url = video_url(server, src, internal=user is None)
    async with session.ws_connect(url, ssl=False, max_msg_size=0, **options) as socket:
        yield VideoClient(socket)
