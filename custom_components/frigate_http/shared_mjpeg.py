"""MJPEG streams that several viewers watch: each comes from the server once."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Hashable
from contextlib import (
    AbstractAsyncContextManager,
    aclosing,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from contextvars import Context
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .aiofrigate import FrigateClosedError, FrigateError, Stream, jpeg_frames
from .const import LOGGER

SILENCE: Final = 10.0
"""Seconds without a frame after which a stream is closed."""
LINGER: Final = 5.0
"""Seconds for which a stream stays open after its last viewer, who may come back."""
VIEWER_SILENCE: Final = 60.0
"""Seconds after which a viewer is given up who has not taken a whole frame."""
_RENEWAL: Final = 1.0
"""Seconds after which these times begin anew; a timer for each frame would cost more."""
_PART = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n%b\r\n\r\n"

type Opener = Callable[[], AbstractAsyncContextManager[Stream]]


class SharedMjpeg[Key: Hashable]:
    """The streams that are open; all who watch the same one share it."""

    def __init__(self, name: str) -> None:
        """Begin with none; the name is that of the tasks."""
        self._name = name
        self._streams: dict[Key, SharedStream] = {}

    @asynccontextmanager
    async def async_watch(
        self, hass: HomeAssistant, entry: ConfigEntry, key: Key, opener: Opener
    ) -> AsyncGenerator[SharedStream]:
        """Watch a stream, which is opened for the first viewer.

        Args:
            hass: Home Assistant.
            entry: the server; when it is unloaded, the stream ends.
            key: what distinguishes this stream from all others.
            opener: opens the stream.

        Raises:
            FrigateError: on entering, if there is no stream.
        """
        stream = self._streams.get(key)
        if stream is None or stream.task.done():
            stream = self._start(hass, entry, key, opener)
        with stream.viewer():
            await stream.opened()
            yield stream

    def close(self) -> None:
        """End all streams, and with them their viewers."""
        for key, stream in [*self._streams.items()]:
            self._end(key, stream)

    def _start(
        self, hass: HomeAssistant, entry: ConfigEntry, key: Key, opener: Opener
    ) -> SharedStream:
        self._streams[key] = stream = SharedStream(lambda: self._end(key, stream))
        # Others will watch it too, so it must not run as the user who is first.
        stream.task = Context().run(
            entry.async_create_background_task,
            hass,
            stream.run(opener),
            f"{entry.title} {self._name}",
        )
        stream.task.add_done_callback(stream.ended)
        return stream

    def _end(self, key: Key, stream: SharedStream) -> None:
        # Forgotten before it has ended, as nobody may join it any more.
        if self._streams.get(key) is stream:
            del self._streams[key]
        stream.task.cancel()


class SharedStream:
    """A stream of the server, of which only the last frame is kept.

    A viewer who is slow goes on with that one, so that nothing piles up for anybody.
    """

    task: asyncio.Task[FrigateError | None]

    def __init__(self, end: Callable[[], None]) -> None:
        """Begin without a frame; `end` is called when nobody watches any more."""
        self._end = end
        self._changed = asyncio.Event()
        self._closing: asyncio.TimerHandle | None = None
        self._is_open = False
        self._limits = set[asyncio.Timeout]()
        self._number = 0
        self._part = b""
        self._viewers = 0

    @contextmanager
    def viewer(self) -> Generator[None]:
        """Count a viewer; some seconds after the last one has left, the stream ends."""
        self._viewers += 1
        self._keep()
        try:
            yield
        finally:
            self._viewers -= 1
            if not self._viewers and not self.task.done():
                loop = asyncio.get_running_loop()
                self._closing = loop.call_later(LINGER, self._end)

    def _keep(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None

    async def opened(self) -> None:
        """Wait until the server sends the stream.

        Raises:
            FrigateError: it does not, or the config entry is unloaded.
        """
        while not self._is_open:
            if self.task.done():
                err = None if self.task.cancelled() else self.task.result()
                raise err or FrigateClosedError("The client is closed")
            await self._changed.wait()

    async def deliver(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        """Write the last frame and each further one, until the stream or the viewer ends.

        Args:
            write: writes a part of the answer, and waits while the viewer is slow.
        """
        clock, number = asyncio.get_running_loop().time, 0
        seconds = 0 if self.task.done() else VIEWER_SILENCE
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds) as limit:
                self._limits.add(limit)
                renewed = clock()
                try:
                    while (latest := await self._next(number)) != number:
                        number = latest
                        await write(self._part)
                        if (now := clock()) >= renewed + _RENEWAL:
                            limit.reschedule(now + VIEWER_SILENCE)
                            renewed = now
                finally:
                    self._limits.discard(limit)

    async def _next(self, number: int) -> int:
        """Return the number of the last frame, after the given one; the same at the end."""
        while self._number == number and not self.task.done():
            await self._changed.wait()
        return self._number

    async def run(self, opener: Opener) -> FrigateError | None:
        """Take all frames from the server; return the error that has ended them."""
        clock = asyncio.get_running_loop().time
        try:
            async with opener() as stream, aclosing(jpeg_frames(stream)) as frames:
                self._is_open = True
                self._wake()
                async with asyncio.timeout(SILENCE) as limit:
                    renewed = clock()
                    async for jpeg in frames:
                        self._part = _PART % jpeg
                        self._number += 1
                        self._wake()
                        if (now := clock()) >= renewed + _RENEWAL:
                            limit.reschedule(now + SILENCE)
                            renewed = now
                        # Viewers who keep up take each frame, also when several come at once.
                        await asyncio.sleep(0)
        except FrigateError as err:
            return err
        except TimeoutError:
            LOGGER.debug("An MJPEG stream has fallen silent")
        return None

    def ended(self, _task: object) -> None:
        """Let the viewers end, also those who are in the middle of a frame."""
        self._keep()
        self._end()
        self._wake()
        now = asyncio.get_running_loop().time()
        # Those whom this wakes take the last frame before.
        for limit in self._limits:
            limit.reschedule(now)

    def _wake(self) -> None:
        self._changed.set()
        self._changed.clear()
