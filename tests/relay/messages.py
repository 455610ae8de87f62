"""What a connection brings, and what is in the MPEG-TS made of it."""

from collections.abc import Iterable, Iterator, Sequence
import io
from typing import NamedTuple

import av

from custom_components.frigate_http.relay.remux import Chunk, Remuxer
from custom_components.frigate_http.relay.timeline import Timeline
from tests.fake_frigate.fragments import TIMESCALE
from tests.fake_frigate.go2rtc_fragments import Muxer
from tests.fake_frigate.go2rtc_source import CAMERA, Medium, Packet, Source

PACKET = 188
VIDEO, AUDIO = 0x100, 0x101


class Message(NamedTuple):
    """A message, when it comes in seconds, and the packet that it contains."""

    time: float
    packet: Packet
    data: bytes


class Connection:
    """The messages of a connection to a camera that begins at a time of the camera."""

    def __init__(self, source: Source = CAMERA, start: float = 0) -> None:
        """Connect; the first packet is a keyframe."""
        self._source = source
        self.media: tuple[Medium, ...] = ("video",)
        if source.audio == "AAC":
            self.media += ("audio",)
        self._muxer = Muxer([source.codec(medium) for medium in self.media])
        self._index = source.index(round(start * TIMESCALE))
        self.init = self._muxer.init()

    def messages(self, seconds: float, without: str = "") -> Iterator[Message]:
        """Yield what the next seconds bring; what is `without` never came."""
        end = self._source.at(self._index)[0] + seconds * TIMESCALE
        while (found := self._source.at(self._index))[0] < end:
            time, packet = found
            self._index += 1
            if packet.medium not in self.media or packet.medium == without:
                continue
            track = self.media.index(packet.medium)
            data = self._muxer.fragment(track, time, packet)
            yield Message(time / TIMESCALE, packet, data)


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        """Begin at no special time."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class Relayed:
    """A timeline, and what went through it as it came, in real time."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.clock = Clock()
        self.timeline = Timeline(self.clock)
        self.chunks: list[Chunk] = []

    def feed(self, remuxer: Remuxer, messages: Iterable[Message]) -> list[Chunk]:
        """Feed messages; return what became of them."""
        found: list[Chunk] = []
        last: float | None = None
        for time, _, data in messages:
            self.clock.now += 0 if last is None else time - last
            last = time
            found += remuxer.feed(data, self.timeline)
        self.chunks += found
        return found

    @property
    def data(self) -> bytes:
        """Return the whole stream."""
        return joined(self.chunks)


def joined(chunks: Sequence[Chunk]) -> bytes:
    """Return chunks as a player reads them."""
    return b"".join(chunk.data for chunk in chunks)


class Pes(NamedTuple):
    """What one or more packets of MPEG-TS contain."""

    pid: int
    content: bytes

    @property
    def packet(self) -> bytes:
        """Return the content without the header of a packet of video or audio."""
        assert self.content[:3] == b"\0\0\1"
        return self.content[9 + self.content[8] :]


def payloads(data: bytes) -> list[Pes]:
    """Return the content of MPEG-TS, a part for each start of something."""
    assert not len(data) % PACKET
    found: list[Pes] = []
    for at in range(0, len(data), PACKET):
        packet = data[at : at + PACKET]
        assert packet[0] == 0x47
        pid = int.from_bytes(packet[1:3]) & 0x1FFF
        assert packet[3] & 0x10
        begin = 5 + packet[4] if packet[3] & 0x20 else 4
        assert begin < PACKET
        if packet[1] & 0x40:
            found.append(Pes(pid, packet[begin:]))
        else:
            last = found.pop()
            assert last.pid == pid
            found.append(Pes(pid, last.content + packet[begin:]))
    return found


class Read(NamedTuple):
    """A packet as a player has it; times in seconds."""

    dts: float
    pts: float
    is_keyframe: bool
    content: bytes


def read(data: bytes) -> dict[str, list[Read]]:
    """Return what a player has of a stream, by the kind of the track."""
    found: dict[str, list[Read]] = {}
    with av.open(io.BytesIO(data), "r", format="mpegts") as container:
        for packet in container.demux():
            if packet.dts is None or packet.pts is None:
                continue
            base = float(packet.time_base)
            found.setdefault(packet.stream.type, []).append(
                Read(
                    packet.dts * base,
                    packet.pts * base,
                    packet.is_keyframe,
                    bytes(packet),
                )
            )
    return found


def units(content: bytes) -> list[bytes]:
    """Return the units of a picture in Annex B."""
    return content.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]
