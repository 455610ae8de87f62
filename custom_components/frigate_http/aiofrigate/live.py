"""Frigate's WebSocket `/ws`: what happens, as it happens, and commands."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import json
import logging
import random
import time
from typing import Never

import aiohttp

from .error_mapping import error_from_exception
from .errors import (
    FrigateAuthError,
    FrigateConnectionError,
    FrigateError,
    FrigateLiveError,
)
from .transport import Transport
from .websocket import open_websocket
from .ws_messages import CameraActivity, Update, parse_message

_LOGGER = logging.getLogger(__name__)

FIRST_BACKOFF = 1.0
MAX_BACKOFF = 60.0
"""Seconds between two attempts to connect; doubled each time, and up to half shorter."""
_JITTER = random.SystemRandom()
ANSWER_TIMEOUT = 15.0
"""Seconds in which Frigate says what there is now, once it was asked."""


@dataclass(frozen=True, slots=True)
class LiveListener:
    """Who is told of what comes; none of these may raise an error or wait."""

    on_update: Callable[[Update], object]
    """Is called with all that comes, in its order."""
    on_connect: Callable[[], object]
    """Is called once Frigate has told all that there is now, anew after each gap."""
    on_disconnect: Callable[[FrigateError], object]
    """Is called after each attempt that failed, and when a connection ends."""


class Live:
    """The connection over which Frigate pushes.

    Frigate says nothing until it is asked what there is now, and tells that to
    everybody. What is said during a gap is lost: after each one it is asked again.
    """

    def __init__(self, transport: Transport) -> None:
        """Connect as a transport does."""
        self._transport = transport
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._task: asyncio.Task[Never] | None = None
        self._renews_login = True

    @property
    def is_open(self) -> bool:
        """Return whether commands can be sent."""
        return self._socket is not None and not self._socket.closed

    async def send(self, topic: str, payload: str) -> None:
        """Send a command, such as `front_door/detect/set` and `ON`.

        There is no answer: Frigate drops without a word what an account may not do.

        Raises:
            FrigateLiveError: there is no connection.
        """
        socket = self._socket
        if socket is None or socket.closed:
            raise FrigateLiveError("There is no live connection to Frigate")
        try:
            await socket.send_str(json.dumps({"topic": topic, "payload": payload}))
        except (aiohttp.ClientError, OSError) as err:
            raise FrigateLiveError(error_from_exception(err).message) from err

    def start(self, listener: LiveListener) -> None:
        """Stay connected until stopped; the pauses between attempts grow."""
        self._task = asyncio.create_task(self._run(listener), name="Frigate live")

    async def stop(self) -> None:
        """Close the connection, if there is one, and tell the listener nothing more."""
        if (task := self._task) is not None:
            self._task = None
            task.cancel()
            await asyncio.wait((task,))

    async def _run(self, listener: LiveListener) -> Never:
        backoff = FIRST_BACKOFF / 2
        while True:
            began_at = time.monotonic()
            error = await self._stay_connected(listener)
            listener.on_disconnect(error)
            # What is refused with a new login is not worth one each time; the next
            # request over HTTP makes one if it has to.
            self._renews_login = not isinstance(error, FrigateAuthError)
            # A connection that does not last is as good as none.
            has_lasted = time.monotonic() - began_at > MAX_BACKOFF
            backoff = FIRST_BACKOFF if has_lasted else min(backoff * 2, MAX_BACKOFF)
            await asyncio.sleep(backoff * _JITTER.uniform(0.5, 1))

    async def _stay_connected(self, listener: LiveListener) -> FrigateError:
        """Hand on what comes for as long as one connection lasts; return why it ended."""
        try:
            async with open_websocket(
                self._transport, "/ws", renews_login=self._renews_login
            ) as socket:
                self._socket = socket
                await self.send("onConnect", "")
                await self._receive_initial_state(socket, listener.on_update)
                listener.on_connect()
                async for message in socket:
                    _dispatch(message, listener.on_update)
        except FrigateError as err:
            return err
        finally:
            self._socket = None
        return FrigateConnectionError("The live connection ended")

    async def _receive_initial_state(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        on_update: Callable[[Update], object],
    ) -> None:
        """Hand on what comes until Frigate has told what there is now.

        Raises:
            FrigateConnectionError: it did not in time.
        """
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                async for message in socket:
                    if isinstance(_dispatch(message, on_update), CameraActivity):
                        return
        except TimeoutError as err:
            raise error_from_exception(err) from err
        raise FrigateConnectionError("The live connection ended before it began")


def _dispatch(
    message: aiohttp.WSMessage, on_update: Callable[[Update], object]
) -> Update | None:
    if message.type is not aiohttp.WSMsgType.TEXT:
        return None
    update = parse_message(message.data)
    if update is not None:
        on_update(update)
    return update
