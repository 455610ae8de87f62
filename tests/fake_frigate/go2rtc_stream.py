"""A stream of go2rtc: what a camera sends, and who watches it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .fragments import TIMESCALE
from .go2rtc_fragments import Muxer
from .go2rtc_source import Codec, Packet, Source
from .real_time import real_time
from .requests import Port

# How often a live stream sends what has come since the last time.
_TICK = 0.02


@dataclass(eq=False)
class Viewer:
    """A socket, open or not: what it asked for, and what it was told.

    `parameters` are those beside `src`, `received` its messages, parsed where they were
    JSON, and `answers` the text messages that were sent to it.
    """

    src: str | None
    parameters: list[tuple[str, str]]
    port: Port
    user: str
    role: str
    received: list[Any] = field(default_factory=list)
    answers: list[dict[str, str]] = field(default_factory=list)
    socket: web.WebSocketResponse = field(default_factory=web.WebSocketResponse)
    transport: asyncio.Transport | None = None

    async def send(self, frame: str | bytes) -> None:
        """Send a frame, and wait while the other side does not read."""
        try:
            if isinstance(frame, bytes):
                await self.socket.send_bytes(frame)
            else:
                await self.socket.send_str(frame)
        except ConnectionError:
            # Whoever reads from the socket notices the loss as well.
            return

    def drop(self) -> None:
        """End the connection at once, without a word."""
        if self.transport is not None:
            self.transport.abort()


@dataclass(eq=False)
class Consumer:
    """Hands the tracks that a viewer has asked for on to it."""

    viewer: Viewer
    codecs: Sequence[Codec]
    muxer: Muxer = field(init=False)
    has_begun: bool = field(init=False)

    def __post_init__(self) -> None:
        """Wait for a keyframe, unless there is no video."""
        self.muxer = Muxer(self.codecs)
        self.has_begun = [each.medium for each in self.codecs] == ["audio"]

    def message(self, time: int, packet: Packet, name: str) -> bytes:
        """Return what a packet becomes; nothing before the first keyframe."""
        for track, codec in enumerate(self.codecs):
            if (codec.medium, codec.name) == (packet.medium, name):
                is_video = packet.medium == "video"
                self.has_begun = self.has_begun or (is_video and packet.is_keyframe)
                if self.has_begun:
                    return self.muxer.fragment(track, time, packet)
        return b""


class Stream:
    """A stream, and what a test may do to it.

    `source` is what its camera sends; with another one, those who watch already get its
    frames without new headers, as far as they have such a track. With a `fault`, go2rtc does
    not reach the camera, and says so with this text. While it is `silent`, nothing comes of
    it although time goes on. `burst` is how many packets, from the next keyframe on, arrive
    together in the first message after the headers. `script` replaces all answers.
    """

    def __init__(
        self,
        url: str,
        source: Source,
        changed: Callable[[], None],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """Begin with nobody, at the beginning of a second."""
        self.url = url
        self.fault: str | None = None
        self.silent = False
        self.burst = 0
        self.script: Sequence[str | bytes] | None = None
        self.handshakes = 0
        self.viewers: list[Viewer] = []
        """The sockets that are open."""
        self.consumers: list[Consumer] = []
        self._source = source
        self._changed = changed
        self._sleep = sleep
        self._next = 0
        self._time = 0
        self._is_live = False
        self._pace: asyncio.Task[None] | None = None
        self._reached = asyncio.Event()
        self._reached.set()

    @property
    def source(self) -> Source:
        """Return what the camera sends."""
        return self._source

    @source.setter
    def source(self, source: Source) -> None:
        self._source = source
        # It begins with a keyframe.
        self._time = -(-self._time // TIMESCALE) * TIMESCALE
        self._next = source.index(self._time)

    @property
    def time(self) -> float:
        """Return how many seconds of video there have been."""
        return self._time / TIMESCALE

    # Sending

    async def push(self, seconds: float = 0, *, frames: int = 0) -> None:
        """Send what comes in the next seconds, or up to the next so many frames, at once.

        It returns when all of it is on its way, so that it takes as long as the reader does.
        """
        self._time += round(seconds * TIMESCALE)
        while (due := self._source.at(self._next))[0] < self._time or frames:
            time, packet = due
            frames -= bool(frames) and packet.medium == "video"
            self._next += 1
            self._time = max(self._time, time)
            await self._send(time, packet)
        self._time = max(self._time, due[0]) if not seconds else self._time

    async def push_raw(self, frame: str | bytes) -> None:
        """Send a frame to everybody, whatever it is."""
        for viewer in self.viewers:
            await viewer.send(frame)

    async def _send(self, time: int, packet: Packet) -> None:
        if self.silent:
            return
        name = self._source.names[packet.medium]
        for consumer in tuple(self.consumers):
            if message := consumer.message(time, packet, name):
                await consumer.viewer.send(message)

    def run_live(self) -> None:
        """Send all by itself from now on, in real time while somebody watches."""
        self._is_live = True
        self._keep_pace()

    def stop_live(self) -> None:
        """Send only what is pushed."""
        self._is_live = False
        if self._pace is not None:
            self._pace.cancel()
            self._pace = None

    def _keep_pace(self) -> None:
        if self._is_live and self.consumers and self._pace is None:
            self._pace = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        begin = real_time() - self.time
        try:
            while self.consumers:
                await self._sleep(_TICK)
                await self.push(max(0.0, real_time() - begin - self.time))
        finally:
            if self._pace is asyncio.current_task():
                self._pace = None

    # Whoever watches

    async def attach(self, consumer: Consumer) -> None:
        """Let a consumer have what comes from now on."""
        if self.burst:
            # All others get these packets as well, and what comes before them.
            await self.push(-self._time % TIMESCALE / TIMESCALE)
            await consumer.viewer.send(await self._burst(consumer))
        self.consumers.append(consumer)
        self._changed()
        self._keep_pace()

    async def _burst(self, consumer: Consumer) -> bytes:
        messages = []
        for _ in range(self.burst):
            time, packet = self._source.at(self._next)
            name = self._source.names[packet.medium]
            messages.append(consumer.message(time, packet, name))
            await self._send(time, packet)
            self._next += 1
            self._time = self._source.at(self._next)[0]
        return b"".join(messages)

    def enter(self, viewer: Viewer) -> None:
        """Note that a socket has been opened."""
        self.handshakes += 1
        self.viewers.append(viewer)

    def forget(self, viewer: Viewer) -> None:
        """Note that a socket has ended."""
        self.viewers.remove(viewer)
        self.consumers = [each for each in self.consumers if each.viewer is not viewer]
        self._changed()

    async def reached(self) -> None:
        """Wait until the camera is reached."""
        await self._reached.wait()

    # Letting down

    def hold(self) -> None:
        """Go on trying to reach the camera, so that nobody is answered until `release`."""
        self._reached.clear()

    def release(self) -> None:
        """Reach the camera."""
        self._reached.set()

    def detach(self) -> None:
        """Send nothing to the sockets of now any more; they stay open."""
        self.consumers = []
        self._changed()

    def drop(self) -> None:
        """End every connection at once, without a word."""
        for viewer in self.viewers:
            viewer.drop()
