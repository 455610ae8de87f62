"""From the fragmented MP4 of a connection to MPEG-TS, packet by packet.

Nothing is encoded, and nothing is kept back: what goes in comes out at once.
"""

import struct
from typing import NamedTuple

from ..mp4 import DamagedError, NoVideoError
from ..mp4.fragments import Sample, TrackKind, read_fragment, read_init
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
# Extensions of AAC, before which the object type of its base comes.
_SBR, _PS = 5, 29


class Chunk(NamedTuple):
    """A packet as MPEG-TS."""

    data: bytes
    starts_group: bool
    """Whether a new reader can begin here: PAT, PMT and a keyframe with SPS and PPS."""
    time: float
    """When it is decoded, in seconds of the timeline."""


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
        audio = tracks.get(TrackKind.AAC)
        self._adts = _adts(audio.config) if audio else None
        self._audio = audio if self._adts is not None else None
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
        chunks = []
        for sample in read_fragment(message, self._init):
            if sample.track is self._video:
                chunk = self._feed_video(sample, timeline)
            elif sample.track is self._audio:
                chunk = self._feed_audio(sample, timeline)
            else:
                continue
            if chunk is not None:
                chunks.append(chunk)
        return tuple(chunks)

    def _feed_video(self, sample: Sample, timeline: Timeline) -> Chunk | None:
        is_keyframe = sample.is_keyframe
        if not (self._has_begun or is_keyframe):
            return None
        content = self._annex_b(sample.data, is_keyframe=is_keyframe)
        if content is None:
            return None
        if not self._has_begun:
            timeline.restart()
            self._has_begun = True
        if (dts := timeline.place(sample)) is None:
            return None
        shift = min(max(sample.cts, 0) * TICKS // self._video.timescale, _MAX_SHIFT)
        data = self._writer.video(dts, dts + shift, content)
        if is_keyframe:
            data = self._writer.tables() + data
        return Chunk(data, is_keyframe, dts / TICKS)

    def _feed_audio(self, sample: Sample, timeline: Timeline) -> Chunk | None:
        size = len(sample.data) + 7
        if not self._has_begun or self._adts is None or size > _MAX_ADTS:
            return None
        if (dts := timeline.place(sample)) is None:
            return None
        header = (self._adts | size << 13).to_bytes(7)
        data = self._writer.audio(dts, [header, sample.data])
        return Chunk(data, False, dts / TICKS)

    def _annex_b(
        self, data: memoryview, *, is_keyframe: bool
    ) -> list[bytes | memoryview] | None:
        """Return a picture with start codes for sizes; None if it is damaged."""
        content: list[bytes | memoryview] = [_DELIMITER]
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


def _adts(config: bytes) -> int | None:
    """Return the ADTS header of a packet without size; None if ADTS has no words for it."""
    bits = int.from_bytes(config[:4].ljust(4, b"\0"))
    kind, rate, channels = bits >> 27, bits >> 23 & 15, bits >> 19 & 15
    if kind in (_SBR, _PS):
        kind = bits >> 10 & 31
    # A rate or an order of channels of its own would have to be written out.
    if not (1 <= kind <= 4 and rate < 13 and 1 <= channels <= 7):
        return None
    return 0xFFF1 << 40 | kind - 1 << 38 | rate << 34 | channels << 30 | 0x7FF << 2
