"""Live video of a realistic rate, whose frames say when they were sent, and who reads it."""

import asyncio
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
import re
import socket
import struct
from time import monotonic

from aiohttp import encode_basic_auth
import av
from yarl import URL

from tests.fake_frigate.fragments import TIMESCALE
from tests.fake_frigate.go2rtc_fragments import Muxer
from tests.fake_frigate.go2rtc_source import Medium, Packet, Source, scene
from tests.fake_frigate.go2rtc_stream import Stream

_FILLER = 12
"""The type of a NAL unit that decoders ignore."""
_STAMP = re.compile(rb"<(\d{8}) (\d{12})>")
_MEDIA: tuple[Medium, ...] = ("video", "audio")


@dataclass(frozen=True)
class Camera:
    """What a camera sends: H.264 with a keyframe a second, and AAC of 48 kHz.

    Small pictures are filled up to the bytes that those of such a camera have.
    """

    name: str
    source: Source
    keyframe: int
    """Bytes of each keyframe."""
    frame: int
    """Bytes of each other frame."""

    def packet(self, number: int) -> tuple[int, Packet]:
        """Return a packet by its number, without its stamp, and when it comes."""
        return self.source.at(number)

    def filled(self, packet: Packet, number: int) -> Packet:
        """Return a frame of its full size, which ends with its number and the time."""
        if packet.medium == "audio":
            return packet
        stamp = b"<%08d %012d>" % (number, monotonic() * 1e6)
        size = self.keyframe if packet.is_keyframe else self.frame
        size = max(size - len(packet.content), 64) - 4
        # Twice, as the packets of MPEG-TS may cut one of them in two.
        unit = bytes((_FILLER,)).ljust(size - 2 * len(stamp) - 1, b"\xff") + stamp * 2
        content = packet.content + struct.pack(">I", size) + unit + b"\x80"
        return Packet(packet.time, packet.medium, packet.is_keyframe, content)


MAIN = Camera(
    "5 Mbit/s, 25 fps", Source(scene=scene(fps=25, rate=48000)), 100_000, 21_500
)
SUBSTREAM = Camera(
    "0.5 Mbit/s, 10 fps", Source(scene=scene(fps=10, rate=48000)), 15_000, 4_600
)


class Sender:
    """Sends what a camera sends, in the place of a stream of the fake."""

    def __init__(self, stream: Stream, camera: Camera) -> None:
        """Begin with the first packet."""
        self._stream = stream
        self._camera = camera
        self._number = 0
        self.frames = 0

    async def send(self, seconds: float, *, begin: float | None = None) -> int:
        """Send some seconds, in real time if it begins at a time; return the packets."""
        first, start = self._number, self._camera.packet(self._number)[0]
        while (time := self._camera.packet(self._number)[0] - start) < (
            seconds * TIMESCALE
        ):
            if begin is not None:
                await asyncio.sleep(begin + time / TIMESCALE - monotonic())
            await self._send_one()
        return self._number - first

    async def _send_one(self) -> None:
        time, packet = self._camera.packet(self._number)
        self._number += 1
        packet = self._camera.filled(packet, self.frames)
        self.frames += packet.medium == "video"
        name = self._camera.source.names[packet.medium]
        for consumer in tuple(self._stream.consumers):
            if message := consumer.message(time, packet, name):
                await consumer.viewer.send(message)


@dataclass(eq=False)
class Reader:
    """Reads MPEG-TS over HTTP, and notes how late each frame is."""

    url: str
    delays: list[float] = field(default_factory=list)
    """Seconds from the sending of each frame to its last byte."""
    numbers: list[int] = field(default_factory=list)
    began: float = 0.0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> None:
        """Read until the end."""
        reader, writer = await self.open()
        rest = b""
        try:
            while data := await reader.read(2**20):
                self._note(rest + data, monotonic())
                rest = data[-60:]
        finally:
            writer.close()

    async def open(
        self, buffer: int | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Ask for the video; the system keeps so many bytes of it."""
        url = URL(self.url)
        connection = socket.socket()
        if buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.setblocking(False)
        self.began = monotonic()
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, (url.host, url.port))
        reader, writer = await asyncio.open_connection(
            sock=connection, limit=buffer or 2**20
        )
        # The old version of HTTP has no chunks.
        login = encode_basic_auth(url.user or "", url.password or "")
        writer.write(
            f"GET {url.path} HTTP/1.0\r\nHost: {url.host}:{url.port}\r\n"
            f"Authorization: {login}\r\n\r\n".encode()
        )
        return reader, writer

    async def until(self, number: int) -> None:
        """Wait for a frame."""
        while not self.numbers or self.numbers[-1] < number:
            self.news.clear()
            await self.news.wait()

    @property
    def lost(self) -> int:
        """Return how many frames are missing between the first one and the last one."""
        found = self.numbers
        return found[-1] - found[0] + 1 - len(found) if found else 0

    def _note(self, data: bytes, now: float) -> None:
        for found in _STAMP.finditer(data):
            number = int(found[1])
            if self.numbers and number <= self.numbers[-1]:
                continue
            self.numbers.append(number)
            self.delays.append(now - int(found[2]) / 1e6)
        self.news.set()


def messages(camera: Camera, seconds: float) -> tuple[bytes, int]:
    """Return some seconds as a file, and how many packets are in it."""
    source = camera.source
    muxer = Muxer([source.codec(medium) for medium in _MEDIA])
    parts = [muxer.init()]
    for number in count():
        time, packet = camera.packet(number)
        if time >= seconds * TIMESCALE:
            break
        packet = camera.filled(packet, number)
        parts.append(muxer.fragment(_MEDIA.index(packet.medium), time, packet))
    return b"".join(parts), len(parts) - 1


def remux(source: Path) -> None:
    """Copy all packets of a file into MPEG-TS with PyAV, which nobody reads."""
    with (
        av.open(str(source)) as whole,
        av.open("/dev/null", "w", format="mpegts") as copy,
    ):
        streams = {
            each.index: copy.add_stream_from_template(each) for each in whole.streams
        }
        for packet in whole.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream_index]
                copy.mux(packet)
