"""From the fragmented MP4 of a connection to MPEG-TS, packet by packet.

Nothing is encoded, and nothing is kept back: what goes in comes out at once.
"""

from collections.abc import Iterator
import struct
from typing import NamedTuple

from ..mp4 import DamagedError, NoVideoError
from ..mp4.fragments import Sample, Track, TrackKind, read_fragment, read_init
from .mpegts import TsWriter
from .timeline import TICKS, Timeline

_LENGTH = struct.Struct(">I")
_START = b"\0\0\0\1"
# It marks where a picture begins, so that a reader need not search for it.
_DELIMITER = b"\0\0\0\1\x09\xf0"
# Types of NAL units.
_SPS, _PPS, _AUD = 7, 8, 9
# A picture has some slices. The parts of a list are twice as many.
_MAX_UNITS = 512
_MAX_SHIFT = 5 * TICKS
_MAX_ADTS = 0x1FFF
# A packet of AAC-LC in which nothing is heard, by the number of channels, and its samples.
_SILENCE = {
    1: bytes.fromhex("00c800802380"),
    2: bytes.fromhex("210049900219002380"),
}
_SAMPLES, _MAX_RATE = 1024, 96_000
# Object types of AAC. Before that of its base comes an extension.
_LC, _SBR, _PS = 2, 5, 29

type _Content = list[bytes | memoryview]


class Chunk(NamedTuple):
    """A packet as MPEG-TS."""

    data: bytes
    starts_group: bool
    """Whether a new reader can begin here: PAT, PMT and a keyframe with SPS and PPS."""
    time: float
    """When it is decoded, in seconds of the timeline."""
    is_picture: bool = True
    """Whether it is one of video, whose number says when a player has seen enough."""


class Remuxer:
    """Turns the messages of one connection into MPEG-TS: H.264, and AAC where there is."""

    def __init__(self, init: bytes) -> None:
        """Read the first message.

        Raises:
            NoVideoError: there is no H.264.
            Mp4Error: the message is no description of a stream, or is damaged.
        """
        self._init = read_init(init)
        # Reversed, so that the first of several is taken.
        tracks = {each.kind: each for each in [*self._init.tracks.values()][::-1]}
        if (video := tracks.get(TrackKind.H264)) is None:
            raise NoVideoError("The stream has no H.264 video")
        self._video = video
        self._parameters = _parameter_sets(video.config)
        self._audio: Track | None = tracks.get(TrackKind.AAC)
        self._adts: int | None = None
        self._silence: _Content | None = None
        if self._audio is not None:
            self._adts, silence = _read_aac(self._audio.config)
            self._silence = self._in_adts(silence) if silence else None
        if self._adts is None:
            self._audio = None
        self._writer = TsWriter(has_audio=self.has_audio)
        self._has_begun = False

    @property
    def has_audio(self) -> bool:
        """Return whether there is sound besides the video."""
        return self._audio is not None

    def feed(self, message: bytes, timeline: Timeline) -> tuple[Chunk, ...]:
        """Return the packets of a message; the first one of all starts a group.

        Raises:
            Mp4Error: the message is damaged.
        """
        chunks: list[Chunk] = []
        for sample in read_fragment(message, self._init):
            if (content := self._content(sample)) is None:
                continue
            if not self._has_begun:
                self._has_begun = True
                timeline.restart()
            if (dts := timeline.place(sample)) is None:
                continue
            if sample.track is self._video:
                chunks.append(self._picture(sample, dts, content))
                chunks += self._missing_audio(timeline)
            else:
                chunks.append(self._sound(dts, content))
        return tuple(chunks)

    def _content(self, sample: Sample) -> _Content | None:
        """Return a packet in the form of MPEG-TS; None if it has to be left out."""
        if sample.track is self._video:
            if self._has_begun or sample.is_keyframe:
                return self._annex_b(sample.data, is_keyframe=sample.is_keyframe)
        elif sample.track is self._audio and self._has_begun:
            return self._in_adts(sample.data)
        return None

    def _picture(self, sample: Sample, dts: int, content: _Content) -> Chunk:
        shift = min(max(sample.cts, 0) * TICKS // self._video.timescale, _MAX_SHIFT)
        data = self._writer.video(dts, dts + shift, content)
        if sample.is_keyframe:
            data = self._writer.tables() + data
        return Chunk(data, sample.is_keyframe, dts / TICKS)

    def _sound(self, dts: int, content: _Content) -> Chunk:
        data = self._writer.audio(dts, content)
        return Chunk(data, False, dts / TICKS, is_picture=False)

    def _missing_audio(self, timeline: Timeline) -> Iterator[Chunk]:
        """Yield silence where audio should have come by now."""
        if self._audio is not None and self._silence is not None:
            duration = _SAMPLES * TICKS // min(self._audio.timescale, _MAX_RATE)
            for dts in timeline.silence(duration):
                yield self._sound(dts, self._silence)

    def _in_adts(self, packet: bytes | memoryview) -> _Content | None:
        """Return a packet of audio with its header; None if it is too large for one."""
        size = len(packet) + 7
        if self._adts is None or size > _MAX_ADTS:
            return None
        return [(self._adts | size << 13).to_bytes(7), packet]

    def _annex_b(self, data: memoryview, *, is_keyframe: bool) -> _Content | None:
        """Return a picture with start codes for sizes; None if it is damaged."""
        content: _Content = [_DELIMITER]
        kinds = set()
        position, end = 0, len(data)
        while position < end:
            if end - position <= _LENGTH.size or len(content) > 2 * _MAX_UNITS:
                return None
            (size,) = _LENGTH.unpack_from(data, position)
            position += _LENGTH.size
            if not 0 < size <= end - position:
                return None
            kind = data[position] & 0x1F
            if kind != _AUD:
                kinds.add(kind)
                content += (_START, data[position : position + size])
            position += size
        if is_keyframe and not {_SPS, _PPS} <= kinds:
            content.insert(1, self._parameters)
        return content


def _parameter_sets(config: bytes) -> bytes:
    """Return SPS and PPS of an `avcC` box with start codes."""
    found = b""
    try:
        if config[4] & 3 != 3:
            raise DamagedError("The sizes in the video have another form")
        position = 5
        for mask in (0x1F, 0xFF):
            count = config[position] & mask
            position += 1
            for _ in range(count):
                size = int.from_bytes(config[position : position + 2])
                position += 2 + size
                if not size or position > len(config):
                    raise DamagedError("The configuration of the video is damaged")
                found += _START + config[position - size : position]
    except IndexError as err:
        raise DamagedError("The configuration of the video is damaged") from err
    return found


def _read_aac(config: bytes) -> tuple[int | None, bytes | None]:
    """Return the ADTS header of a packet without its size, and a packet of silence.

    The one is None if ADTS has no words for it, the other if it is not known.
    """
    bits = int.from_bytes(config[:4].ljust(4, b"\0"))
    kind, rate, channels = bits >> 27, bits >> 23 & 15, bits >> 19 & 15
    silence = _SILENCE.get(channels) if kind == _LC else None
    if kind in (_SBR, _PS):
        kind = bits >> 10 & 31
    # A rate or an order of channels of its own would have to be written out.
    if not (1 <= kind <= 4 and rate < 13 and 1 <= channels <= 7):
        return None, None
    header = kind - 1 << 38 | rate << 34 | channels << 30
    return 0xFFF1 << 40 | header | 0x7FF << 2, silence
