"""Fragmented MP4 as the VOD module of nginx makes it out of the files of recordings.

An init segment is `ftyp` and `moov`; a media segment is one `moof` with a `traf` for each
track and one `mdat`. What has a single track is written by another part of the module,
which begins a media segment with `styp` and `sidx`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
import struct
from typing import Literal

import av
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

TIMESCALE = 90_000
_PER_MS = TIMESCALE // 1000
# The tracks take turns in a media segment, with about so much of each.
_TURN = TIMESCALE * 2 // 5
KEYFRAME, OTHER = 0x02000000, 0x01010000
MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

type Kind = Literal["v", "a"]


@dataclass(frozen=True)
class Sample:
    """A packet: when it is decoded, how much later it is shown, and its content."""

    dts: int
    shown_after: int
    is_keyframe: bool
    content: bytes


@dataclass(frozen=True)
class Track:
    """A track of a file, its times counted from its first packet."""

    kind: Kind
    description: bytes
    """Its `stsd` box."""
    samples: tuple[Sample, ...]
    size: tuple[int, int] = (0, 0)
    rate: float = 0.0


@dataclass(frozen=True)
class Part:
    """What a media segment shows of one file, in milliseconds."""

    tracks: Sequence[Track]
    begin: int
    duration: int


def box(kind: bytes, *content: bytes) -> bytes:
    """Return a box."""
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    """Return a box with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def boxes(data: bytes, path: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the boxes at a path, each with its header."""
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == path[0] and len(path) == 1:
            yield data[at : at + size]
        elif kind == path[0]:
            yield from boxes(data[at + 8 : at + size], path[1:])
        at += size


@lru_cache(maxsize=16)
def tracks_of(path: Path) -> tuple[Track, ...]:
    """Return the tracks of a file, video before audio."""
    place = b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"
    descriptions = [*boxes(path.read_bytes(), place)]
    with av.open(str(path)) as video:
        streams = sorted(video.streams, key=lambda each: each.type, reverse=True)
        return tuple(
            _track(video, each, descriptions[each.index])
            for each in streams
            if isinstance(each, VideoStream | AudioStream)
        )


def _track(
    video: av.container.InputContainer,
    stream: VideoStream | AudioStream,
    description: bytes,
) -> Track:
    video.seek(0)
    samples = []
    for packet in video.demux(stream):
        if packet.dts is not None and packet.pts is not None:
            dts, pts = (
                round(each * packet.time_base * TIMESCALE)
                for each in (packet.dts, packet.pts)
            )
            content = bytes(packet)
            samples.append(Sample(dts, pts - dts, packet.is_keyframe, content))
    # The lists of edits, which say that a file begins later than its packets, are ignored.
    first = samples[0].dts
    moved = tuple(
        Sample(each.dts - first, each.shown_after, each.is_keyframe, each.content)
        for each in samples
    )
    if isinstance(stream, AudioStream):
        return Track("a", description, moved)
    size = stream.codec_context.width, stream.codec_context.height
    return Track("v", description, moved, size, float(stream.average_rate or 0))


def codec_of(track: Track) -> str:
    """Return the codec as a playlist names it."""
    stsd = track.description
    if track.kind == "a":
        return "mp4a.40.2"
    if (place := stsd.find(b"avcC")) >= 0:
        return f"avc1.{stsd[place + 5 : place + 8].hex()}"
    place = stsd.index(b"hvcC")
    profile, compatible, level = struct.unpack_from(">xBI6xB", stsd, place + 4)
    order = int(f"{compatible:032b}"[::-1], 2)
    constraints = stsd[place + 10 : place + 16].rstrip(b"\0")
    tier = "H" if profile & 0x20 else "L"
    parts = [f"hvc1.{profile & 0x1F}", f"{order:X}", f"{tier}{level}"]
    return ".".join([*parts, *(f"{each:X}" for each in constraints)])


# Init segments


def init_segment(tracks: Sequence[Track], milliseconds: int) -> bytes:
    """Return the init segment of a video of that length."""
    duration = milliseconds * _PER_MS
    numbered = [*enumerate(tracks, 1)]
    defaults = [
        full(b"trex", 0, 0, struct.pack(">5I", number, 1, 0, 0, 0))
        for number, _ in numbered
    ]
    header = struct.pack(">4IIH10x", 0, 0, TIMESCALE, duration, 0x10000, 0x100)
    last = struct.pack(">24xI", 0xFFFFFFFF)
    return box(b"ftyp", b"isom", struct.pack(">I", 1), b"isomavc1") + box(
        b"moov",
        full(b"mvhd", 0, 0, header, MATRIX, last),
        box(b"mvex", *defaults),
        *(_trak(number, each, duration) for number, each in numbered),
    )


def _trak(number: int, track: Track, duration: int) -> bytes:
    is_video = track.kind == "v"
    width, height = track.size
    volume = 0 if is_video else 0x100
    header = struct.pack(">5I8xIHH", 0, 0, number, 0, duration, 0, volume, 0)
    size = struct.pack(">2I", width << 16, height << 16)
    media = struct.pack(">4II", 0, 0, TIMESCALE, duration, 0)
    handler, name = (b"vide", b"Video") if is_video else (b"soun", b"Sound")
    empty = [full(each, 0, 0, bytes(4)) for each in (b"stts", b"stsc")]
    empty += [full(b"stsz", 0, 0, bytes(8)), full(b"stco", 0, 0, bytes(4))]
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
                box(b"stbl", track.description, *empty),
            ),
        ),
    )


# Media segments


@dataclass(frozen=True)
class _Timed:
    """A sample at its place in the video, and how long it lasts there."""

    sample: Sample
    time: int
    duration: int


def media_segment(number: int, begin: int, parts: Sequence[Part], kinds: str) -> bytes:
    """Return a media segment that begins at a millisecond of the video.

    Without any picture it is empty.
    """
    tracks = [_timed(parts, begin, kind) for kind in kinds]
    if not all(tracks):
        return b""
    turns = [*_turns(tracks)]
    data = b"".join(each.sample.content for _, turn in turns for each in turn)
    draft = _moof(number - 1, begin, kinds, turns, 0)
    moof = _moof(number - 1, begin, kinds, turns, len(draft) + 8)
    head = b""
    if len(kinds) == 1:
        head = _head(begin, tracks[0], len(moof) + 8 + len(data))
    return head + moof + box(b"mdat", data)


def _timed(parts: Sequence[Part], begin: int, kind: str) -> list[_Timed]:
    timed = []
    for part in parts:
        first = part.begin * _PER_MS
        last = first + part.duration * _PER_MS
        found = [
            each
            for track in part.tracks
            if track.kind == kind
            for each in track.samples
            if first <= each.dts < last
        ]
        # The first sample begins and the last one ends with the part.
        times = [first, *(each.dts for each in found[1:]), last]
        start = begin * _PER_MS - first
        timed += [
            _Timed(each, start + time, until - time)
            for each, time, until in zip(found, times, times[1:], strict=False)
        ]
        begin += part.duration
    return timed


def _turns(tracks: Sequence[list[_Timed]]) -> Iterator[tuple[int, list[_Timed]]]:
    """Yield what the tracks, by their index, say in turn."""
    places = [0] * len(tracks)
    until = tracks[0][0].time
    while any(place < len(each) for place, each in zip(places, tracks, strict=True)):
        until += _TURN
        for index, track in enumerate(tracks):
            begin = places[index]
            while places[index] < len(track) and track[places[index]].time < until:
                places[index] += 1
            if begin < places[index]:
                yield index, track[begin : places[index]]


def _moof(
    number: int,
    begin: int,
    kinds: str,
    turns: Sequence[tuple[int, list[_Timed]]],
    place: int,
) -> bytes:
    runs: list[list[bytes]] = [[] for _ in kinds]
    for index, turn in turns:
        runs[index].append(_run(turn, place, kinds[index]))
        place += sum(len(each.sample.content) for each in turn)
    return box(
        b"moof",
        full(b"mfhd", 0, 0, struct.pack(">I", number)),
        *(
            box(
                b"traf",
                full(b"tfhd", 0, 0x20000, struct.pack(">I", index)),
                full(b"tfdt", 1, 0, struct.pack(">Q", begin * _PER_MS)),
                *each,
            )
            for index, each in enumerate(runs, 1)
        ),
    )


def _run(turn: Sequence[_Timed], place: int, kind: str) -> bytes:
    head = struct.pack(">2I", len(turn), place)
    if kind == "a":
        rows = (
            struct.pack(">2I", each.duration, len(each.sample.content)) for each in turn
        )
        return full(b"trun", 0, 0x301, head, *rows)
    rows = (
        struct.pack(
            ">4I",
            each.duration,
            len(each.sample.content),
            KEYFRAME if each.sample.is_keyframe else OTHER,
            each.sample.shown_after,
        )
        for each in turn
    )
    return full(b"trun", 1, 0xF01, head, *rows)


def _head(begin: int, track: Sequence[_Timed], size: int) -> bytes:
    """Return what comes before the `moof` of a single track."""
    duration = sum(each.duration for each in track)
    index = struct.pack(
        ">2IQQ2H3I", 1, TIMESCALE, begin * _PER_MS, 0, 0, 1, size, duration, 0x90000000
    )
    return box(b"styp", b"iso6", bytes(4), b"isomiso6dash") + full(b"sidx", 1, 0, index)
