"""A client of `/live/mse/api/ws` for the tests of the fake."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
import struct
from typing import Any, NamedTuple

import aiohttp
import av
from yarl import URL

from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.go2rtc_stream import Stream, Viewer

from .client import bearer
from .vod_client import boxes

OURS = "avc1.640029,mp4a.40.2"
_LOUD = 0.2
_END = "that was all"


class Fragment(NamedTuple):
    """What a message says about its frame; times are those of the track."""

    number: int
    track: int
    duration: int
    size: int
    flags: int
    dts: int
    content: bytes


def fragment_of(message: bytes) -> Fragment:
    """Read a message that is one frame."""
    found = dict(boxes(message))
    assert [*found] == [
        *("moof", "moof/mfhd", "moof/traf", "moof/traf/tfhd", "moof/traf/tfdt"),
        *("moof/traf/trun", "mdat"),
    ]
    (number,) = struct.unpack(">4xI", found["moof/mfhd"])
    head, track, duration, size, flags = struct.unpack(">5I", found["moof/traf/tfhd"])
    assert head == 0x20038
    (dts,) = struct.unpack(">4xQ", found["moof/traf/tfdt"])
    run = struct.unpack(">3I", found["moof/traf/trun"])
    assert run == (1, 1, len(message) - size)
    return Fragment(number, track, duration, size, flags, dts, found["mdat"])


def beeps(video: bytes) -> list[float]:
    """Return when the beeps of a video begin, to a millisecond or two, in seconds."""
    found: list[float] = []
    with av.open(BytesIO(video), "r") as container:
        rate = container.streams.audio[0].rate
        for frame in container.decode(audio=0):
            samples = memoryview(bytes(frame.planes[0])).cast("f")
            step = rate // 1000
            for at in range(0, frame.samples, step):
                if max(map(abs, samples[at : at + step])) > _LOUD:
                    time = (frame.time or 0) + at / rate
                    if not found or time > found[-1] + 0.5:
                        found.append(round(time, 3))
    return found


class VideoClient:
    """A socket, and what came out of it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, viewer: Viewer) -> None:
        self.socket = socket
        self.viewer = viewer

    async def ask(self, codecs: Any = "", kind: str = "mse") -> Any:
        """Ask for the video and return the answer."""
        await self.socket.send_json({"type": kind, "value": codecs})
        return await self.text()

    async def text(self) -> Any:
        return await self.socket.receive_json()

    async def binary(self) -> bytes:
        return await self.socket.receive_bytes()

    async def pushed(
        self, stream: Stream, seconds: float = 0, *, frames: int = 0
    ) -> list[bytes]:
        """Let a stream send, and return what arrives of it."""

        async def push() -> None:
            await stream.push(seconds, frames=frames)
            await self.viewer.send(_END)

        pushing = asyncio.ensure_future(push())
        messages = []
        while (message := await self.socket.receive()).data != _END:
            assert message.type is aiohttp.WSMsgType.BINARY
            messages.append(message.data)
        await pushing
        return messages


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
    before = len(server.go2rtc.viewers)
    async with session.ws_connect(url, ssl=False, max_msg_size=0, **options) as socket:
        await server.go2rtc.wait_for_handshakes(before + 1)
        yield VideoClient(socket, server.go2rtc.viewers[-1])
