"""`/ws`: the sockets that are open, and what is pushed to them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
import json
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from .activity import Activity
from .answers import NGINX, Answer
from .live_rights import Payload, as_seen_by
from .requests import Port

if TYPE_CHECKING:
    from .auth import Verdict
    from .call import Call
    from .state import ServerState

# What the library behind `/ws` makes of a request that is no handshake.
_NO_HANDSHAKE = b"A server error occurred.  Please contact the administrator."


@dataclass(eq=False)
class LiveClient:
    """One open socket, and what still has to be sent to it."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    port: Port
    user: str
    role: str
    muted: bool = False
    waiting: asyncio.Queue[str | bytes] = field(default_factory=asyncio.Queue)

    async def write(self) -> None:
        """Send what waits, in its order, for as long as the socket is open."""
        try:
            while True:
                frame = await self.waiting.get()
                if isinstance(frame, bytes):
                    await self.socket.send_bytes(frame)
                else:
                    await self.socket.send_str(frame)
        except ConnectionError:
            # Whoever reads from the socket notices the loss as well.
            return

    def mute(self) -> None:
        """Neither read nor write any more, without a word to the other side."""
        self.muted = True
        self.transport.pause_reading()


def is_handshake(call: Call) -> bool:
    """Whether a client wants to open a socket, wherever that may lead."""
    return call.headers.get("Upgrade", "").lower() == "websocket"


def handshake(call: Call, verdict: Verdict) -> Answer:
    """Return the answer to a request for `/ws`, 101 if it is a good one."""
    proper = (
        is_handshake(call)
        and call.method == "GET"
        and "Sec-WebSocket-Key" in call.headers
        and call.headers.get("Sec-WebSocket-Version") in ("8", "13")
    )
    if not proper:
        return Answer(500, _NO_HANDSHAKE, "text/plain")
    return Answer(101, listener=(verdict.user, verdict.role))


class Live:
    """Everybody who listens, and everything they have said."""

    def __init__(self, state: ServerState) -> None:
        """Begin with nobody."""
        self._state = state
        self.clients: list[LiveClient] = []
        self.received: list[Any] = []
        self.refusal: Answer | None = None
        self.changed: Callable[[], None] = lambda: None
        self.command: Callable[[LiveClient, str, Any], None] = lambda *_: None
        self.activity = Activity()

    @property
    def audible(self) -> list[LiveClient]:
        """Return the clients whose messages still reach the server."""
        return [each for each in self.clients if not each.muted]

    async def serve(
        self, request: web.BaseRequest, port: Port, user: str, role: str
    ) -> web.StreamResponse:
        """Open a socket and listen to it until it is closed."""
        socket = web.WebSocketResponse(compress=False)
        socket.headers["Server"] = NGINX
        await socket.prepare(request)
        assert request.transport is not None
        client = LiveClient(socket, request.transport, port, user, role)
        writer = asyncio.ensure_future(client.write())
        self.clients.append(client)
        self.changed()
        try:
            async for message in socket:
                self._hear(client, message)
        finally:
            writer.cancel()
            self.clients.remove(client)
            self.changed()
        return socket

    def _hear(self, client: LiveClient, message: aiohttp.WSMessage) -> None:
        try:
            content = json.loads(message.data)
        except ValueError:
            content = message.data
        self.received.append(content)
        if isinstance(content, dict):
            topic = content.get("topic")
            if isinstance(topic, str):
                self.command(client, topic, content.get("payload"))
        self.changed()

    # Pushing

    def publish(self, topic: str, payload: Payload) -> None:
        """Push to everybody who may see it."""
        whole = json.dumps({"topic": topic, "payload": payload})
        for client in self.clients:
            if not self._state.is_018 or not self._state.restricted(client.role):
                self._push(client, whole)
                continue
            seen = as_seen_by(self._state, client.role, topic, payload)
            if seen is not None:
                self._push(client, json.dumps({"topic": topic, "payload": seen}))

    def publish_json(self, topic: str, value: Any) -> None:
        """Push a value as JSON inside of a text, as Frigate does with all but numbers."""
        self.publish(topic, json.dumps(value))

    def push_raw(self, frame: str | bytes) -> None:
        """Push a frame to everybody, whatever it is."""
        for client in self.clients:
            self._push(client, frame)

    @staticmethod
    def _push(client: LiveClient, frame: str | bytes) -> None:
        if not client.muted:
            client.waiting.put_nowait(frame)

    # Ending

    def restart(self) -> None:
        """Be gone, and know of nothing any more."""
        self.activity = Activity()
        self.drop()

    def drop(self) -> None:
        """End every connection at once, without a word."""
        for client in self.clients:
            client.transport.abort()
