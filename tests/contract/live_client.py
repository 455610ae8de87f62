"""A client of `/ws` for the tests of the fake."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import itertools
import json
from typing import Any

import aiohttp
from yarl import URL

from tests.fake_frigate import FakeFrigate

from .client import bearer

ON_CONNECT = {"topic": "onConnect", "payload": ""}
# What a test pushes last, to know that nothing else is on its way.
_END = "end of the messages"
_NUMBERS = itertools.count()

type Message = tuple[str, Any]


class LiveClient:
    """A socket, and what came out of it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, topic: str, payload: Any) -> None:
        await self.socket.send_json({"topic": topic, "payload": payload})

    async def next(self) -> Message:
        message = await self.socket.receive_json()
        assert message.keys() == {"topic", "payload"}
        return message["topic"], message["payload"]

    async def received(self, server: FakeFrigate) -> list[Message]:
        """Return everything that has been pushed so far."""
        number = next(_NUMBERS)
        server.push(_END, number)
        messages = []
        while (message := await self.next()) != (_END, number):
            messages.append(message)
        return [each for each in messages if each[0] != _END]

    async def answers(
        self, server: FakeFrigate, topic: str, payload: Any
    ) -> list[Message]:
        """Send a message and return everything that is pushed because of it."""
        before = len(server.live_received)
        await self.send(topic, payload)
        await server.wait_for_live_received(before + 1)
        return await self.received(server)


def live_url(server: FakeFrigate, *, internal: bool = False) -> URL:
    """Return the address of the sockets."""
    base = server.internal_url if internal else server.external_url
    return URL(f"{base}/ws")


@asynccontextmanager
async def listen(
    session: aiohttp.ClientSession,
    server: FakeFrigate,
    user: str | None = "admin",
    **options: Any,
) -> AsyncIterator[LiveClient]:
    """Open a socket as a user at the external port, or at the internal one."""
    if user is not None:
        options = {**bearer(server, user), **options}
    url = live_url(server, internal=user is None)
    before = len(server.live_clients)
    async with session.ws_connect(url, ssl=False, **options) as socket:
        await server.wait_for_live(before + 1)
        yield LiveClient(socket)


def payload_of(messages: list[Message], topic: str) -> Any:
    """Return the parsed payload of the only message with this topic."""
    (payload,) = [payload for each, payload in messages if each == topic]
    return json.loads(payload)
