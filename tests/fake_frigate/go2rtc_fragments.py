"""Fragmented MP4 as go2rtc writes it: a fragment is one frame of one track."""

from collections.abc import Sequence
import struct

from .fragments import KEYFRAME, MATRIX, OTHER, box, full
from .go2rtc_source import Codec, Packet

# The length of `moof`, and with it of the head of `mdat`.
_BEFORE_DATA = 108
# go2rtc takes a longer time, and the one before the first frame, for a mistake.
_AAC_SAMPLES = 1024
# The timestamps of cameras begin anywhere.
_FIRST_TIMESTAMP = 3_000_000_000


class Muxer:
    """Writes for one viewer; the times of each track begin at zero.

    A frame lasts as long as the one before it, which is all that go2rtc knows when it writes
    it. The first one lasts next to nothing, so that the second seems to come at once. Every
    frame of AAC lasts equally long, whether or not one has been lost.
    """

    def __init__(self, codecs: Sequence[Codec]) -> None:
        """Write these tracks."""
        self._codecs = codecs
        self._number = 0
        self._last = [0] * len(codecs)
        self._dts = [0] * len(codecs)

    def init(self) -> bytes:
        """Return `ftyp` and `moov`."""
        numbered = [*enumerate(self._codecs, 1)]
        header = struct.pack(">4IIH10x", 0, 0, 1000, 0, 0x10000, 0x100)
        last = struct.pack(">24xI", 0xFFFFFFFF)
        return box(b"ftyp", b"iso5", struct.pack(">I", 512), b"iso5iso6mp41") + box(
            b"moov",
            full(b"mvhd", 0, 0, header, MATRIX, last),
            *(_trak(number, codec) for number, codec in numbered),
            box(
                b"mvex",
                *(
                    full(b"trex", 0, 0, struct.pack(">5I", number, 1, 0, 0, 0))
                    for number, _ in numbered
                ),
            ),
        )

    def fragment(self, track: int, time: int, packet: Packet) -> bytes:
        """Return a frame of a track, by its index, that comes at a time in 1/90000 s."""
        codec, dts = self._codecs[track], self._dts[track]
        self._number += 1
        if codec.medium == "audio":
            duration, flags = _AAC_SAMPLES, KEYFRAME
        else:
            duration = self._since_last(track, time)
            flags = KEYFRAME if packet.is_keyframe else OTHER
        self._dts[track] += duration
        size = len(packet.content)
        defaults = struct.pack(">4I", track + 1, duration, size, flags)
        moof = box(
            b"moof",
            full(b"mfhd", 0, 0, struct.pack(">I", self._number)),
            box(
                b"traf",
                full(b"tfhd", 0, 0x20038, defaults),
                full(b"tfdt", 1, 0, struct.pack(">Q", dts)),
                full(b"trun", 0, 1, struct.pack(">2I", 1, _BEFORE_DATA)),
            ),
        )
        return moof + box(b"mdat", packet.content)

    def _since_last(self, track: int, time: int) -> int:
        rate = self._codecs[track].clock_rate
        timestamp = (_FIRST_TIMESTAMP + time) & 0xFFFFFFFF
        duration = (timestamp - self._last[track]) & 0xFFFFFFFF
        self._last[track] = timestamp
        if duration == 0 or duration > rate:
            duration = rate // 1000 + 1
            self._last[track] += duration
        return duration


def _trak(number: int, codec: Codec) -> bytes:
    is_video = codec.medium == "video"
    width, height = codec.size
    group, volume = (0, 0) if is_video else (1, 0x100)
    header = struct.pack(">5I8xHHHH", 0, 0, number, 0, 0, 0, group, volume, 0)
    size = struct.pack(">2I", width << 16, height << 16)
    media = struct.pack(">4IHH", 0, 0, codec.clock_rate, 0, 0x55C4, 0)
    handler, name = (b"vide", b"Video") if is_video else (b"soun", b"Sound")
    empty = [full(each, 0, 0, bytes(4)) for each in (b"stts", b"stsc")]
    empty += [full(b"stsz", 0, 0, bytes(8)), full(b"stco", 0, 0, bytes(4))]
    entry = _video_entry(codec) if is_video else _audio_entry(codec)
    return box(
        b"trak",
        full(b"tkhd", 0, 3, header, MATRIX, size),
        box(
            b"mdia",
            full(b"mdhd", 0, 0, media),
            full(b"hdlr", 0, 0, bytes(4), handler, bytes(12), name, b"Handler\0"),
            box(
                b"minf",
                full(b"vmhd", 0, 1, bytes(8))
                if is_video
                else full(b"smhd", 0, 0, bytes(4)),
                box(
                    b"dinf",
                    full(b"dref", 0, 0, struct.pack(">I", 1), full(b"url ", 0, 1)),
                ),
                box(
                    b"stbl",
                    full(b"stsd", 0, 0, struct.pack(">I", 1), entry),
                    *empty,
                ),
            ),
        ),
    )


def _video_entry(codec: Codec) -> bytes:
    kind, config = (b"avc1", b"avcC") if codec.name == "H264" else (b"hev1", b"hvcC")
    head = struct.pack(">6xH16x2H", 1, *codec.size)
    rest = struct.pack(">2I4xH32x2H", 72 << 16, 72 << 16, 1, 24, 0xFFFF)
    return box(
        kind,
        head + rest,
        box(config, codec.config),
        box(b"pasp", struct.pack(">2I", 1, 1)),
    )


def _audio_entry(codec: Codec) -> bytes:
    head = struct.pack(">6xH8x2H4xI", 1, 1, 16, codec.clock_rate << 16)
    config = codec.config
    inner = _descriptor(5, config)
    decoder = _descriptor(4, b"\x40\x15" + bytes(11) + inner)
    whole = _descriptor(3, bytes(3) + decoder + _descriptor(6, b"\x02"))
    return box(b"mp4a", head, full(b"esds", 0, 0, whole))


def _descriptor(kind: int, content: bytes) -> bytes:
    return bytes([kind, 0x80, 0x80, 0x80, len(content)]) + content
