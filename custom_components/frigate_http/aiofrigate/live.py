"""Frigate's WebSocket `/ws`: live updates, and commands to cameras."""

import asyncio
from collections.abc import Callable
import contextlib
from dataclasses import dataclass
import json
import logging
import time
from typing import Never

import aiohttp

from .backoff import Backoff
from .error_mapping import error_from_exception, forgetting_causes
from .errors import (
    FrigateAuthError,
    FrigateConnectionError,
    FrigateError,
    FrigateLiveError,
)
from .transport import Transport, time_limit
from .websocket import open_websocket
from .ws_messages import parse_message
from .ws_updates import CameraActivity, Update

_LOGGER = logging.getLogger(__name__)

ANSWER_TIMEOUT = 15.0
"""Seconds in which Frigate sends the current state, once it was asked for."""


@dataclass(frozen=True, slots=True)
class LiveListener:
    """The callbacks of a live connection, which must neither raise an error nor block."""

    on_update: Callable[[Update], object]
    """Called with each update, in the order of arrival."""
    on_connect: Callable[[], object]
    """Called when Frigate has sent the current state, and again after each reconnect."""
    on_disconnect: Callable[[FrigateError], object]
    """Called after each failed attempt to connect, and when a connection ends."""


class Live:
    """The WebSocket over which Frigate pushes updates and takes commands.

    Frigate sends the current state only after the message `onConnect`, and then to every
    client that is connected. Updates during a gap are lost, so each connection begins
    with that message.
    """

    def __init__(self, transport: Transport) -> None:
        """Use the address and the login of a transport."""
        self._transport = transport
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._task: asyncio.Task[Never] | None = None
        self._woken = asyncio.Event()
        self._renews_login = True

    @property
    def is_open(self) -> bool:
        """Return whether commands can be sent."""
        return self._socket is not None and not self._socket.closed

    async def send(self, topic: str, payload: str) -> None:
        """Send a command, such as topic `front_door/detect/set` and payload `ON`.

        Frigate does not answer, and silently drops what the account may not do.

        Raises:
            FrigateLiveError: the WebSocket is not connected.
        """
        socket = self._socket
        if socket is None or socket.closed:
            raise FrigateLiveError("There is no live connection to Frigate")
        message = json.dumps({"topic": topic, "payload": payload})
        with forgetting_causes():
            try:
                await socket.send_str(message)
            except (aiohttp.ClientError, OSError) as err:
                raise FrigateLiveError(error_from_exception(err).message) from err

    async def request_state(self) -> None:
        """Ask for the current state anew, which arrives as updates.

        Nothing is done while the WebSocket is not connected: connecting asks as well.
        """
        with contextlib.suppress(FrigateLiveError):
            await self.send("onConnect", "")

    def start(self, listener: LiveListener) -> None:
        """Connect, and reconnect with growing delays until `stop` is called."""
        self._task = asyncio.create_task(self._run(listener), name="Frigate live")

    def wake(self) -> None:
        """Connect at once if there is no connection, because the server is back."""
        if not self.is_open:
            self._woken.set()

    async def stop(self) -> None:
        """Close the connection, if there is one; the listener is not called again."""
        if (task := self._task) is not None:
            self._task = None
            task.cancel()
            # Awaiting the task itself would raise its cancellation here.
            await asyncio.wait((task,))

    async def _run(self, listener: LiveListener) -> Never:
        backoff = Backoff()
        while True:
            began_at = time.monotonic()
            error = await self._stay_connected(listener)
            listener.on_disconnect(error)
            # A refusal right after a new login would cost one login each attempt, until
            # Frigate's rate limit is hit. The next HTTP request logs in if it has to.
            self._renews_login = not isinstance(error, FrigateAuthError)
            pause = backoff.pause(lasted=time.monotonic() - began_at)
            if await self._was_woken_within(pause):
                backoff.reset()

    async def _was_woken_within(self, seconds: float) -> bool:
        """Wait so many seconds, or until woken; return whether that ended the wait."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
                return True
        return False

    async def _stay_connected(self, listener: LiveListener) -> FrigateError:
        """Dispatch updates while one connection lasts, and return why it ended."""
        try:
            async with open_websocket(
                self._transport, "/ws", renews_login=self._renews_login
            ) as socket:
                self._socket = socket
                self._woken.clear()
                # Without this message, Frigate sends changes only and no current state.
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
        """Dispatch updates until Frigate has sent the current state.

        Its part `camera_activity` comes only as the answer to `onConnect`.

        Raises:
            FrigateConnectionError: it did not arrive in time.
        """
        async with time_limit(ANSWER_TIMEOUT):
            async for message in socket:
                if isinstance(_dispatch(message, on_update), CameraActivity):
                    return
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
