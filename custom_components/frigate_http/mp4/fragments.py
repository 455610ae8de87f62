"""The packets of a live fragmented MP4 stream, which comes in messages.

The first message is the description (`ftyp`, `moov`). Each other one has fragments: a
`moof`, which says where the packets are, and an `mdat`, which contains them. Nothing is
copied. Every number comes from a server, so that all of them are checked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import repeat
import struct
from typing import NamedTuple

from .errors import DamagedError, NotMp4Error, TruncatedError
from .tables import boxes_of, child_of

# A description has less than a kilobyte for each track, and a message one packet. Many small
# ones that claim to last long would become a hundred times as much, with silence for sound.
_MAX_INIT, _MAX_TRACKS, _MAX_SAMPLES = 2**20, 8, 2**7
# Samples that depend on others are no keyframes.
_NO_KEYFRAME = 0x01010000
# Flags of `tfhd` and `trun`, which say what the box contains.
_BASE_OFFSET, _ENTRY_INDEX, _BASE_IS_MOOF = 0x1, 0x2, 0x20000
_DATA_OFFSET, _FIRST_FLAGS = 0x1, 0x4
_HEADER, _LARGE = struct.Struct(">I4s"), struct.Struct(">Q")
_NUMBER, _SIGNED = struct.Struct(">I"), struct.Struct(">i")
_TWO = struct.Struct(">II")
# What comes before the boxes in the entry of a video or an audio track.
_VIDEO_ENTRY, _AUDIO_ENTRY = 78, 28
_AAC = 0x40
# What go2rtc writes for a packet that is shown when it is decoded: the boxes before its content
# but for their numbers. All of its messages are of this form, unless there are B-frames.
_PLAIN_SIZE = 108
_PLAIN = (
    (slice(16), b"\0\0\0\x64moof\0\0\0\x10mfhd"),
    (slice(24, 44), b"\0\0\0\x4ctraf\0\0\0\x1ctfhd\0\x02\0\x38"),
    (slice(60, 72), b"\0\0\0\x14tfdt\1\0\0\0"),
    (slice(80, 100), b"\0\0\0\x14trun\0\0\0\1\0\0\0\1\0\0\0\x6c"),
)
_PLAIN_NUMBERS = struct.Struct(">44xIIII12xQ20xI4s")


class TrackKind(StrEnum):
    """What a track contains, as far as it is of use here."""

    H264 = "h264"
    AAC = "aac"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A track of a live stream."""

    id: int
    timescale: int
    """Units of its times in a second."""
    kind: TrackKind
    config: bytes
    """Content of `avcC` for H.264, `AudioSpecificConfig` for AAC."""
    defaults: tuple[int, int, int]
    """Duration, size and flags of packets that come without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Init:
    """The description of a live stream."""

    tracks: Mapping[int, Track]
    """By their ids."""


class Sample(NamedTuple):
    """A packet of a track; its times are in units of the track's timescale."""

    track: Track
    dts: int
    cts: int
    """PTS less DTS."""
    duration: int
    is_keyframe: bool
    data: memoryview


def read_init(message: bytes) -> Init:
    """Read the description of a live stream.

    Raises:
        NotMp4Error: the message is something else.
        DamagedError: the description is not complete, or out of all bounds.
    """
    if message[4:8] != b"ftyp":
        raise NotMp4Error("The stream does not begin with a description")
    if len(message) > _MAX_INIT:
        raise DamagedError("The description of the stream is too large")
    try:
        return Init(tracks=_read_moov(child_of(message, b"moov")))
    except (LookupError, ValueError, struct.error) as err:
        raise DamagedError("The description of the stream is damaged") from err


def read_fragment(message: bytes, init: Init) -> tuple[Sample, ...]:
    """Return the packets of a message in their order; `data` points into the message.

    Raises:
        TruncatedError: the end of the message is missing.
        DamagedError: the fragment contradicts itself or the description.
    """
    if (plain := _read_plain(message, init.tracks)) is not None:
        return (plain,)
    samples: list[Sample] = []
    view = memoryview(message)
    moof: tuple[int, int, int] | None = None
    try:
        for kind, begin, content, end in _boxes(view, 0, len(view)):
            if kind == b"moof":
                moof = begin, content, end
            elif kind == b"mdat":
                if moof is None:
                    raise DamagedError("A fragment has content without a description")
                samples += _read_moof(view, moof, (content, end), init.tracks)
                moof = None
            elif kind == b"moov":
                raise DamagedError("The stream describes itself once more")
            if len(samples) > _MAX_SAMPLES:
                raise DamagedError("A message has too many packets")
    except (LookupError, ValueError, struct.error) as err:
        raise DamagedError("A fragment of the stream is damaged") from err
    if moof is not None:
        raise TruncatedError("A fragment has no content")
    return tuple(samples)


def _read_plain(message: bytes, tracks: Mapping[int, Track]) -> Sample | None:
    """Return the packet of a message in go2rtc's form; None if it has any other."""
    if len(message) <= _PLAIN_SIZE:
        return None
    for part, content in _PLAIN:
        if message[part] != content:
            return None
    track_id, duration, size, flags, dts, mdat_size, mdat = _PLAIN_NUMBERS.unpack_from(
        message
    )
    track = tracks.get(track_id)
    if not len(message) - _PLAIN_SIZE == size == mdat_size - _HEADER.size:
        return None
    if track is None or mdat != b"mdat":
        return None
    is_keyframe = track.kind is not TrackKind.H264 or not flags & _NO_KEYFRAME
    return Sample(
        track, dts, 0, duration, is_keyframe, memoryview(message)[_PLAIN_SIZE:]
    )


def _boxes(
    view: memoryview, position: int, end: int
) -> Iterator[tuple[bytes, int, int, int]]:
    """Yield type, position, position of the content and end of the boxes in a range."""
    while position < end:
        if end - position < _HEADER.size:
            raise TruncatedError("A message ends within the header of a box")
        size, kind = _HEADER.unpack_from(view, position)
        content = position + _HEADER.size
        if size == 1 and end - content >= _LARGE.size:
            (size,) = _LARGE.unpack_from(view, content)
            content += _LARGE.size
        if size < content - position:
            raise DamagedError("A box is smaller than its own header")
        if size > end - position:
            raise TruncatedError("A box is larger than what contains it")
        yield kind, position, content, position + size
        position += size


def _read_moov(moov: bytes) -> dict[int, Track]:
    defaults = {
        numbers[1]: numbers[3:]
        for kind, content in boxes_of(child_of(moov, b"mvex"))
        if kind == b"trex"
        for numbers in [struct.unpack(">6I", content)]
    }
    tracks: dict[int, Track] = {}
    for kind, trak in boxes_of(moov):
        if kind != b"trak":
            continue
        tkhd = child_of(trak, b"tkhd")
        (track_id,) = _NUMBER.unpack_from(tkhd, 20 if tkhd[0] else 12)
        mdhd = child_of(trak, b"mdia", b"mdhd")
        (timescale,) = _NUMBER.unpack_from(mdhd, 20 if mdhd[0] else 12)
        if not timescale or track_id in tracks or len(tracks) == _MAX_TRACKS:
            raise DamagedError("The description of the stream contradicts itself")
        track_kind, config = _read_codec(child_of(trak, b"mdia"))
        tracks[track_id] = Track(
            id=track_id,
            timescale=timescale,
            kind=track_kind,
            config=config,
            defaults=defaults[track_id],
        )
    return tracks


def _read_codec(mdia: bytes) -> tuple[TrackKind, bytes]:
    """Return what a track contains, and the configuration of its codec."""
    handler = child_of(mdia, b"hdlr")[8:12]
    entries = child_of(mdia, b"minf", b"stbl", b"stsd")[8:]
    # Without one, the description says nothing of the packets.
    entry_kind, entry = next(boxes_of(entries), (b"", b""))
    if handler == b"vide" and entry_kind in (b"avc1", b"avc3"):
        return TrackKind.H264, child_of(entry[_VIDEO_ENTRY:], b"avcC")
    if handler == b"soun" and entry_kind == b"mp4a":
        return _read_esds(child_of(entry[_AUDIO_ENTRY:], b"esds")[4:])
    return TrackKind.OTHER, b""


def _read_esds(body: bytes) -> tuple[TrackKind, bytes]:
    """Return the configuration of AAC, which is three descriptors deep."""
    stream = _descriptor(body, 3)
    # Its id and flags come first. The flags would add fields that no live stream has.
    if stream[2] & 0xE0:
        return TrackKind.OTHER, b""
    decoder = _descriptor(stream[3:], 4)
    if decoder[0] != _AAC:
        return TrackKind.OTHER, b""
    return TrackKind.AAC, _descriptor(decoder[13:], 5)


def _descriptor(body: bytes, tag: int) -> bytes:
    """Return the content of the descriptor at the start; 7 bits of its size a byte."""
    if body[0] != tag:
        raise ValueError("The descriptors of a codec are in another order")
    size, position = 0, 1
    while body[position] & 0x80 and position < 4:
        size = size << 7 | body[position] & 0x7F
        position += 1
    size = size << 7 | body[position] & 0x7F
    content = body[position + 1 : position + 1 + size]
    if len(content) != size:
        raise ValueError("A descriptor does not fit into its box")
    return content


def _read_moof(
    view: memoryview,
    moof: tuple[int, int, int],
    mdat: tuple[int, int],
    tracks: Mapping[int, Track],
) -> list[Sample]:
    """Return the packets that a `moof` describes, all of which are in its `mdat`."""
    begin, content, end = moof
    samples: list[Sample] = []
    for kind, _, position, box_end in _boxes(view, content, end):
        if kind == b"traf":
            boxes = [
                (each, view[start:stop])
                for each, _, start, stop in _boxes(view, position, box_end)
            ]
            for sample in _read_traf(boxes, view, begin, mdat, tracks):
                samples.append(sample)
                if len(samples) > _MAX_SAMPLES:
                    raise DamagedError("A fragment has too many packets")
    if sum(len(sample.data) for sample in samples) > mdat[1] - mdat[0]:
        # A few bytes could describe the same content as packets again and again.
        raise DamagedError("The packets of a fragment overlap")
    return samples


def _read_traf(
    boxes: list[tuple[bytes, memoryview]],
    view: memoryview,
    base: int,
    mdat: tuple[int, int],
    tracks: Mapping[int, Track],
) -> Iterator[Sample]:
    """Yield the packets of a track; positions count from `base`, the `moof`."""
    found = dict(boxes)
    track, defaults = _read_tfhd(found[b"tfhd"], tracks)
    tfdt = found[b"tfdt"]
    (dts,) = (_LARGE if tfdt[0] else _NUMBER).unpack_from(tfdt, 4)
    is_video = track.kind is TrackKind.H264
    # A run that does not say where it begins follows the one before.
    position = -1
    for kind, body in boxes:
        if kind != b"trun":
            continue
        run = _Run(body, defaults)
        if run.offset is not None:
            position = base + run.offset
        if position < mdat[0]:
            raise DamagedError("The packets of a fragment are outside of it")
        for duration, size, flags, cts in run.rows():
            end = position + size
            if end > mdat[1]:
                raise DamagedError("A packet is larger than its fragment")
            is_keyframe = not (is_video and flags & _NO_KEYFRAME)
            yield Sample(track, dts, cts, duration, is_keyframe, view[position:end])
            dts += duration
            position = end


def _read_tfhd(
    body: memoryview, tracks: Mapping[int, Track]
) -> tuple[Track, tuple[int, int, int]]:
    """Return the track of a fragment, and the defaults of its packets."""
    flags, track_id = _TWO.unpack_from(body)
    if (track := tracks.get(track_id)) is None:
        raise DamagedError("A fragment is of an unknown track")
    if flags & _BASE_OFFSET or not flags & _BASE_IS_MOOF:
        raise DamagedError("A fragment counts from the start of a file")
    position = 12 if flags & _ENTRY_INDEX else 8
    values = list(track.defaults)
    for index, flag in enumerate((0x8, 0x10, 0x20)):
        if flags & flag:
            (values[index],) = _NUMBER.unpack_from(body, position)
            position += 4
    return track, (values[0], values[1], values[2])


class _Run:
    """A `trun` box: what it says of each packet."""

    def __init__(self, body: memoryview, defaults: tuple[int, int, int]) -> None:
        """Read how many packets it has, and where they begin."""
        flags, self.count = _TWO.unpack_from(body)
        position = 8
        self.offset: int | None = None
        if flags & _DATA_OFFSET:
            (self.offset,) = _SIGNED.unpack_from(body, position)
            position += 4
        self._first_flags: int | None = None
        if flags & _FIRST_FLAGS:
            (self._first_flags,) = _NUMBER.unpack_from(body, position)
            position += 4
        self._flags = flags
        self._rest = body[position:]
        self._defaults = defaults

    def rows(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield duration, size, flags and PTS less DTS of each packet."""
        present = [bool(self._flags & flag) for flag in (0x100, 0x200, 0x400, 0x800)]
        # FFmpeg takes the last number for signed in both versions of the box.
        row = struct.Struct(">" + "I" * sum(present[:3]) + "i" * present[3])
        if len(self._rest) != row.size * self.count:
            raise DamagedError("A run has another number of packets than it says")
        values = row.iter_unpack(self._rest) if row.size else repeat((), self.count)
        defaults = (*self._defaults, 0)
        for index, numbers in enumerate(values):
            found = iter(numbers)
            duration, size, flags, cts = (
                next(found) if given else default
                for given, default in zip(present, defaults, strict=True)
            )
            if not index and self._first_flags is not None:
                flags = self._first_flags
            yield duration, size, flags, cts
