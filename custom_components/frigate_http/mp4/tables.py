"""The tables of a fragmented MP4 file: where each packet is, and when, without reading it.

Frigate's clips are fragmented, and FFmpeg describes their packets in few forms, which are
read here. Of a file in any other form the packets themselves have to be read.
"""

from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
import os
from pathlib import Path
import struct
import sys
from typing import BinaryIO, NamedTuple

from .boxes import Box, iter_boxes
from .errors import Mp4Error

_HEADER_SIZE = 8
# No recording comes near, but a few bytes could ask for any amount of memory.
_MAX_DESCRIPTION, _MAX_PACKETS, _MAX_TRACKS = 16 * 2**20, 2**22, 8
# Samples that depend on others: FFmpeg takes only the rest for keyframes.
_NO_KEYFRAME = 0x01010000
_SAMPLE_ENTRIES = {b"avc1", b"avc3", b"hvc1", b"hev1", b"mp4a"}
# Flags of `tfhd` and `trun`, which say what the box contains.
_BASE_OFFSET, _ENTRY_INDEX, _BASE_IS_MOOF = 0x1, 0x2, 0x20000
_DEFAULT_DURATION, _DEFAULT_SIZE, _DEFAULT_FLAGS = 0x8, 0x10, 0x20
_DATA_OFFSET, _FIRST_FLAGS = 0x1, 0x4
_DURATIONS, _SIZES, _FLAGS, _SHIFTS = 0x100, 0x200, 0x400, 0x800


class _UnusualError(Exception):
    """The file has a form that is not read here."""


class _Defaults(NamedTuple):
    duration: int
    size: int
    flags: int


@dataclass(slots=True)
class TrackTable:
    """The packets of a track, in decoding order; times are in units of `timescale`."""

    trak: bytes
    """Content of the box that describes the track."""
    timescale: int
    is_video: bool
    defaults: _Defaults
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    """Position of each packet in the file."""
    sizes: array[int] = field(default_factory=lambda: array("I"))
    dts: array[int] = field(default_factory=lambda: array("q"))
    durations: array[int] = field(default_factory=lambda: array("I"))
    shifts: array[int] = field(default_factory=lambda: array("I"))
    """PTS less DTS of each packet."""
    keyframes: bytearray = field(default_factory=bytearray)
    runs: list[int] = field(default_factory=list)
    """Index of each packet from which on packets follow one another in the file."""

    @property
    def tick(self) -> float:
        """Return the unit of the times in seconds."""
        return 1 / self.timescale


def read_tables(path: Path, track_ids: Collection[int]) -> list[TrackTable] | None:
    """Return the tables of some tracks in this order; None if they don't say enough.

    Raises:
        OSError: the disk failed.
    """
    try:
        with path.open("rb", buffering=0) as file:
            return _read(file, track_ids)
    except _UnusualError, Mp4Error, struct.error:
        return None
    except LookupError, OverflowError, ValueError:
        return None


def boxes_of(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and content of the boxes in the content of another box.

    Raises:
        ValueError: the last one is not whole.
    """
    position = 0
    while position < len(body):
        size, kind = struct.unpack_from(">I4s", body, position)
        if not _HEADER_SIZE <= size <= len(body) - position:
            raise ValueError("A box does not fit into the box that contains it")
        yield kind, body[position + _HEADER_SIZE : position + size]
        position += size


def child_of(body: bytes, *kinds: bytes) -> bytes:
    """Return the content of a box within others, given by the types on the way to it.

    Raises:
        ValueError: there is none.
    """
    for kind in kinds:
        found = next(
            (content for each, content in boxes_of(body) if each == kind), None
        )
        if found is None:
            raise ValueError(f"There is no box {kind!r}")
        body = found
    return body


def _read(file: BinaryIO, track_ids: Collection[int]) -> list[TrackTable]:
    tables: dict[int, TrackTable] = {}
    moof: Box | None = None
    for box in iter_boxes(file, os.fstat(file.fileno()).st_size):
        if box.kind == "sidx" or (box.kind == "moov" and tables):
            raise _UnusualError
        if box.kind == "moov":
            tables = _read_moov(_content(file, box))
        elif moof is not None:
            _read_moof(_content(file, moof), moof, box, tables)
        moof = box if box.kind == "moof" else None
    if not set(track_ids) <= tables.keys():
        raise _UnusualError
    return [tables[track_id] for track_id in track_ids]


def _content(file: BinaryIO, box: Box) -> bytes:
    if box.size > _MAX_DESCRIPTION:
        raise _UnusualError
    file.seek(box.position + _HEADER_SIZE)
    return file.read(box.size - _HEADER_SIZE)


def _read_moov(body: bytes) -> dict[int, TrackTable]:
    tables: dict[int, TrackTable] = {}
    mvex = child_of(body, b"mvex")
    defaults = {
        numbers[1]: _Defaults(*numbers[3:])
        for kind, content in boxes_of(mvex)
        if kind == b"trex"
        for numbers in [struct.unpack(">6I", content)]
    }
    for kind, trak in boxes_of(body):
        if kind != b"trak":
            continue
        tkhd = child_of(trak, b"tkhd")
        (track_id,) = struct.unpack_from(">I", tkhd, 20 if tkhd[0] else 12)
        mdhd = child_of(trak, b"mdia", b"mdhd")
        (timescale,) = struct.unpack_from(">I", mdhd, 20 if mdhd[0] else 12)
        handler = child_of(trak, b"mdia", b"hdlr")[8:12]
        if track_id in tables or not timescale or not _is_plain(trak):
            raise _UnusualError
        if len(tables) == _MAX_TRACKS:
            raise _UnusualError
        tables[track_id] = TrackTable(
            trak, timescale, handler == b"vide", defaults[track_id]
        )
    return tables


def _is_plain(trak: bytes) -> bool:
    """Return whether all packets of a track are in fragments, and of one kind."""
    stbl = child_of(trak, b"mdia", b"minf", b"stbl")
    entries = child_of(stbl, b"stsd")
    return (
        # An edit list would move the times of the packets.
        all(kind != b"edts" for kind, _ in boxes_of(trak))
        and child_of(stbl, b"stts")[4:8] == bytes(4)
        and entries[4:8] == b"\0\0\0\1"
        and entries[12:16] in _SAMPLE_ENTRIES
    )


def _read_moof(
    body: bytes, moof: Box, mdat: Box, tables: dict[int, TrackTable]
) -> None:
    for kind, traf in boxes_of(body):
        if kind != b"traf":
            continue
        tfhd, tfdt, truns = b"", b"", []
        for each, content in boxes_of(traf):
            if each == b"tfhd":
                tfhd = content
            elif each == b"tfdt":
                tfdt = content
            elif each == b"trun":
                truns.append(content)
        (track_id,) = struct.unpack_from(">I", tfhd, 4)
        if (table := tables.get(track_id)) is None:
            raise _UnusualError
        base, defaults = _read_tfhd(tfhd, moof, table.defaults)
        (dts,) = struct.unpack_from(">Q" if tfdt[0] else ">I", tfdt, 4)
        begin, end = mdat.position + _HEADER_SIZE, mdat.position + mdat.size
        for trun in truns:
            # A few bytes can describe the same content as packets of every track.
            (count,) = struct.unpack_from(">I", trun, 4)
            if count + sum(len(one.dts) for one in tables.values()) > _MAX_PACKETS:
                raise _UnusualError
            dts = _read_trun(trun, table, base, defaults, dts)
            # Packets are copied in the order of the file, which has to be that of time.
            if table.offsets[table.runs[-1]] < begin:
                raise _UnusualError
            begin = table.offsets[-1] + table.sizes[-1]
            if begin > end:
                raise _UnusualError


def _read_tfhd(body: bytes, moof: Box, defaults: _Defaults) -> tuple[int, _Defaults]:
    """Return the position from which offsets count, and the defaults of a fragment."""
    flags, position = int.from_bytes(body[1:4]), 8
    base = moof.position
    if flags & _BASE_OFFSET:
        (base,) = struct.unpack_from(">Q", body, position)
        position += 8
    elif not flags & _BASE_IS_MOOF:
        raise _UnusualError
    values = list(defaults)
    if flags & _ENTRY_INDEX:
        if body[position : position + 4] != b"\0\0\0\1":
            raise _UnusualError
        position += 4
    for index, flag in enumerate((_DEFAULT_DURATION, _DEFAULT_SIZE, _DEFAULT_FLAGS)):
        if flags & flag:
            (values[index],) = struct.unpack_from(">I", body, position)
            position += 4
    return base, _Defaults(*values)


def _read_trun(
    body: bytes, table: TrackTable, base: int, defaults: _Defaults, dts: int
) -> int:
    """Add the packets of a run to a table; return the DTS after the last one."""
    flags = int.from_bytes(body[1:4])
    (count,) = struct.unpack_from(">I", body, 4)
    if not count or not flags & _DATA_OFFSET:
        raise _UnusualError
    (offset,) = struct.unpack_from(">i", body, 8)
    position = 12
    first_flags = None
    if flags & _FIRST_FLAGS:
        (first_flags,) = struct.unpack_from(">I", body, position)
        position += 4
    columns = _columns(body[position:], count, flags)
    durations = columns.get(_DURATIONS) or array("I", [defaults.duration]) * count
    sizes = columns.get(_SIZES) or array("I", [defaults.size]) * count
    shifts = columns.get(_SHIFTS) or array("I", [0]) * count
    kinds = columns.get(_FLAGS) or array("I", [defaults.flags]) * count
    if first_flags is not None:
        kinds[0] = first_flags
    # A shift with the highest bit set would be negative.
    if not min(sizes) or not min(durations) or max(shifts) >> 31:
        raise _UnusualError
    table.runs.append(len(table.dts))
    following = dts + sum(durations)
    times = array("q", accumulate(durations, initial=dts))
    table.dts += times[:-1]
    table.offsets += array("Q", accumulate(sizes, initial=base + offset))[:-1]
    table.sizes += sizes
    table.durations += durations
    table.shifts += shifts
    if table.is_video:
        table.keyframes += bytes(not kind & _NO_KEYFRAME for kind in kinds)
    else:
        table.keyframes += b"\1" * count
    return following


def _columns(body: bytes, count: int, flags: int) -> dict[int, array[int]]:
    """Return what a run says of each of its packets, by the flag for it."""
    present = [flag for flag in (_DURATIONS, _SIZES, _FLAGS, _SHIFTS) if flags & flag]
    values = array("I", body)
    if len(values) != count * len(present):
        raise _UnusualError
    if sys.byteorder == "little":
        values.byteswap()
    return {flag: values[at :: len(present)] for at, flag in enumerate(present)}
