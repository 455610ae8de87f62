"""Players that read from the relay over the network, and what they have got."""

import asyncio
from collections.abc import Callable
import contextlib
from dataclasses import dataclass
import socket

import aiohttp

from tests.fake_frigate.real_time import real_time
from tests.fake_frigate.threads import threads_are_idle

_SIZE = 188
_LIMIT = 30
"""Seconds for what takes a moment, on a machine that is busy with other things."""
_TRACKS = {0x100: "video", 0x101: "audio"}


@dataclass(frozen=True)
class Packet:
    """A frame of MPEG-TS; `dts` is in seconds."""

    track: str
    dts: float
    begins_group: bool


class Packets(list[Packet]):
    """The frames of what was read, of which there is at least the beginning."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self._rest = b""
        self._begins_group = False

    def feed(self, data: bytes) -> None:
        """Read further data."""
        data = self._rest + data
        end = len(data) - len(data) % _SIZE
        self._rest = data[end:]
        for start in range(0, end, _SIZE):
            assert data[start] == 0x47
            pid = int.from_bytes(data[start + 1 : start + 3]) & 0x1FFF
            self._begins_group = self._begins_group or pid == 0
            if pid not in _TRACKS or not data[start + 1] & 0x40:
                continue
            pes = start + 4
            if data[start + 3] & 0x20:
                pes += 1 + data[pes]
            assert data[pes : pes + 3] == b"\0\0\1"
            # The second of two times is the DTS.
            at = pes + (14 if data[pes + 7] & 0x40 else 9)
            bits = int.from_bytes(data[at : at + 5])
            ticks = bits >> 3 & 7 << 30 | bits >> 2 & 0x7FFF << 15 | bits >> 1 & 0x7FFF
            self.append(Packet(_TRACKS[pid], ticks / 90_000, self._begins_group))
            self._begins_group = False


class Player:
    """Reads all that there is, until the end or until it leaves."""

    def __init__(self, url: str, *, keeps_data: bool = True) -> None:
        """Initialize; `begin` asks for the video."""
        self._url = url
        self._keeps_data = keeps_data
        self.data = bytearray()
        self.size = 0
        self.packets = Packets()
        self.status: int | None = None
        self.reads = asyncio.Event()
        """Unless it is set, nothing is taken from the connection."""
        self.reads.set()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> Player:
        """Ask for the video."""
        self._task = asyncio.ensure_future(self._read())
        return self

    async def _read(self) -> None:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=_small_socket),
            timeout=aiohttp.ClientTimeout(),
        )
        # No player asks again by itself.
        session._retry_connection = False
        async with session, session.get(self._url) as response:
            self.status = response.status
            while True:
                await self.reads.wait()
                if not (data := await response.content.readany()):
                    return
                self.size += len(data)
                if self._keeps_data:
                    self.data += data
                self.packets.feed(data)

    @property
    def frames(self) -> int:
        """Return how many frames of video there are so far."""
        return sum(packet.track == "video" for packet in self.packets)

    @property
    def has_ended(self) -> bool:
        """Return whether the other side has ended it."""
        return self._task is not None and self._task.done()

    async def end(self) -> None:
        """Wait until the other side ends it, in whichever way."""
        assert self._task is not None
        with contextlib.suppress(aiohttp.ClientError):
            await self._task

    async def leave(self) -> None:
        """Close the connection."""
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


def _small_socket(address: aiohttp.AddrInfoType) -> socket.socket:
    """Return a socket that holds little of what is not read."""
    family, kind, protocol, _, _ = address
    connection = socket.socket(family, kind, protocol)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 2**10)
    return connection


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so; a frozen clock does not keep it from being looked at."""
    end = real_time() + _LIMIT
    while not condition():
        assert real_time() < end, "It did not happen"
        await asyncio.sleep(0)
        await threads_are_idle()


def assert_in_step(packets: list[Packet]) -> None:
    """Check that no time goes back or jumps, and that the tracks stay together."""
    last: dict[str, float] = {}
    for packet in packets:
        if (before := last.get(packet.track)) is not None:
            assert before < packet.dts < before + 0.5
        last[packet.track] = packet.dts
        if len(last) == 2:
            # A packet of audio of the simulated camera lasts 0.064 s.
            assert abs(last["video"] - last["audio"]) < 0.12
    assert packets[0].begins_group
