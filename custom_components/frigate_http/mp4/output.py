"""Writing an ordinary MP4 file whose content is copied from other files unread.

The box that describes the packets (`moov`) is in front, so that a player can begin before it
has the whole file.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import errno
from itertools import accumulate, chain, groupby, pairwise
import operator
import os
from pathlib import Path
import struct
import sys
from typing import BinaryIO

from .demuxing import Cancelled, check_cancelled
from .errors import DamagedError
from .tables import TrackTable, boxes_of, child_of

# Errors of file systems that cannot copy from one file to the other.
_UNSUPPORTED = {
    *(errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EPERM),
    *(errno.EBADF, errno.ETXTBSY),
}
_LARGEST = 2**32 - 1
_BLOCK = 2**20
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_FTYP = b"isom" + struct.pack(">I", 0x200) + b"isomiso2avc1mp41"


@dataclass(frozen=True, slots=True)
class Run:
    """Packets of one track that follow one another in a file."""

    track: OutputTrack
    offset: int
    size: int
    packets: int


@dataclass(slots=True)
class _Copy:
    """A range of bytes to copy from a file."""

    path: Path
    offset: int
    size: int


class OutputTrack:
    """A track of the output file; times are in units of its timescale."""

    def __init__(self, table: TrackTable) -> None:
        """Start an empty track that is encoded like another one."""
        self._trak = table.trak
        self._timescale = table.timescale
        self._is_video = table.is_video
        self._sizes = array("I")
        self._dts = array("q")
        self._shifts = array("I")
        self._keyframes = bytearray()
        self._last_duration = 0
        self._positions = array("Q")
        self._counts = array("I")

    @property
    def packets(self) -> int:
        """Return the number of packets so far."""
        return len(self._dts)

    @property
    def start(self) -> float:
        """Return the DTS of the first packet in seconds."""
        return self._dts[0] / self._timescale

    @property
    def end(self) -> float:
        """Return the end of the last packet in seconds."""
        return (self._dts[-1] + self._last_duration) / self._timescale

    def add(
        self, table: TrackTable, wanted: range, offset: float, first_delay: float
    ) -> Iterator[Run]:
        """Add packets of a file, and yield the runs to copy.

        Args:
            table: the packets of the file.
            wanted: indexes of the packets to add.
            offset: seconds to add to their timestamps.
            first_delay: seconds to add to the timestamp of the first packet of the file.
        """
        chosen = slice(wanted.start, max(wanted.start, wanted.stop))
        sizes = table.sizes[chosen]
        if not sizes:
            return
        ratio = table.tick * self._timescale
        later = offset * self._timescale
        dts = [round(each * ratio + later) for each in table.dts[chosen]]
        if not wanted.start:
            later += first_delay * self._timescale
            dts[0] = round(table.dts[0] * ratio + later)
        self._dts.extend(_rising(dts, self._dts[-1] if self._dts else None))
        self._shifts.extend(_scaled(table.shifts[chosen], ratio))
        self._last_duration = round(table.durations[chosen][-1] * ratio)
        self._sizes += sizes
        self._keyframes += table.keyframes[chosen]
        for begin, end in pairwise([*table.runs, len(table.dts)]):
            first, last = max(begin, wanted.start), min(end, wanted.stop)
            if first < last:
                size = sum(table.sizes[first:last])
                yield Run(self, table.offsets[first], size, last - first)

    def place(self, position: int, packets: int) -> None:
        """Note where the next packets are in the content of the output file."""
        self._positions.append(position)
        self._counts.append(packets)

    @property
    def movie_timescale(self) -> int:
        """Return the timescale of the file if this is its first track."""
        return self._timescale

    def duration(self, timescale: int) -> int:
        """Return the time at which the track ends, in units of a timescale."""
        begin, content, _ = self._presentation()
        return -(-(begin + content) * timescale // self._timescale)

    def _presentation(self) -> tuple[int, int, int]:
        """Return when the track is shown first, for how long, and its first shift."""
        first = self._dts[0] + self._shifts[0]
        last = (
            max(map(operator.add, self._dts, self._shifts, strict=True))
            + self._last_duration
        )
        return first, last - first, self._shifts[0]

    def box(self, timescale: int, base: int, *, wide: bool) -> bytes:
        """Return the box that describes the track.

        Args:
            timescale: that of the file.
            base: position of the content in the file.
            wide: whether positions take 64 bits.
        """
        mdia = child_of(self._trak, b"mdia")
        minf = child_of(mdia, b"minf")
        kept = [_box(kind, body) for kind, body in boxes_of(minf) if kind != b"stbl"]
        return _box(
            b"trak",
            self._tkhd(timescale),
            self._edts(timescale),
            _box(
                b"mdia",
                self._mdhd(child_of(mdia, b"mdhd")),
                _box(b"hdlr", child_of(mdia, b"hdlr")),
                _box(b"minf", *kept, self._stbl(base, wide=wide)),
            ),
        )

    def _tkhd(self, timescale: int) -> bytes:
        body = child_of(self._trak, b"tkhd")
        track_id = body[20:24] if body[0] else body[12:16]
        duration = self.duration(timescale)
        form, large = ("Q", 1) if duration > _LARGEST else ("I", 0)
        times = struct.pack(f">2{form}", 0, 0)
        length = struct.pack(f">I{form}", 0, duration)
        enabled = struct.pack(">I", large << 24 | 3)
        # What follows the times has the same form in each version.
        return _box(b"tkhd", enabled, times, track_id, length, body[-60:])

    def _edts(self, timescale: int) -> bytes:
        """Return the edit list: when the track starts, and with which time of its own."""
        begin, content, shift = self._presentation()
        # Rounded up, as players cut off what goes beyond.
        edits = [(-(-content * timescale // self._timescale), shift)]
        if (delay := begin * timescale // self._timescale) > 0:
            edits.insert(0, (delay, -1))
        is_large = max(map(max, edits)) > _LARGEST // 2
        body = struct.pack(">II", is_large << 24, len(edits))
        for duration, time in edits:
            form = ">QqI" if is_large else ">IiI"
            body += struct.pack(form, duration, time, 0x10000)
        return _box(b"edts", _box(b"elst", body))

    def _mdhd(self, body: bytes) -> bytes:
        duration = self._dts[-1] - self._dts[0] + self._last_duration
        form, large = ("Q", 1) if duration > _LARGEST else ("I", 0)
        numbers = struct.pack(
            f">I2{form}I{form}", large << 24, 0, 0, self._timescale, duration
        )
        # The language is the last of it in each version.
        return _box(b"mdhd", numbers, body[-4:])

    def _stbl(self, base: int, *, wide: bool) -> bytes:
        stbl = child_of(self._trak, b"mdia", b"minf", b"stbl")
        steps = (later - earlier for earlier, later in pairwise(self._dts))
        durations = _run_lengths(chain(steps, [self._last_duration]))
        tables = [
            _box(b"stsd", child_of(stbl, b"stsd")),
            _table(b"stts", len(durations) // 2, durations),
        ]
        if self._is_video and not all(self._keyframes):
            found = (at for at, is_one in enumerate(self._keyframes, 1) if is_one)
            keyframes = array("I", found)
            tables.append(_table(b"stss", len(keyframes), keyframes))
        if any(self._shifts):
            shifts = _run_lengths(self._shifts)
            tables.append(_table(b"ctts", len(shifts) // 2, shifts))
        runs = array("I")
        number = 1
        for count, group in groupby(self._counts):
            runs.extend((number, count, 1))
            number += sum(1 for _ in group)
        positions = array("Q" if wide else "I", (base + at for at in self._positions))
        sizes = struct.pack(">I", 0)
        return _box(
            b"stbl",
            *tables,
            _table(b"stsc", len(runs) // 3, runs),
            _box(b"stsz", bytes(4), sizes, _counted(len(self._sizes), self._sizes)),
            _table(b"co64" if wide else b"stco", len(positions), positions),
        )


class OutputFile:
    """The layout of an output file: what is copied into it from where."""

    def __init__(self, tables: Sequence[TrackTable]) -> None:
        """Start an empty file with tracks like those of another one."""
        self.tracks = [OutputTrack(table) for table in tables]
        self._copies: list[_Copy] = []
        self._size = 0

    def add(self, path: Path, runs: Iterable[Run]) -> None:
        """Add runs of a file, in the order in which they are there."""
        for run in sorted(runs, key=operator.attrgetter("offset")):
            run.track.place(self._size, run.packets)
            self._size += run.size
            last = self._copies[-1] if self._copies else None
            if last and last.path == path and last.offset + last.size == run.offset:
                last.size += run.size
            else:
                self._copies.append(_Copy(path, run.offset, run.size))

    def write(self, target: Path, cancelled: Cancelled) -> None:
        """Write the file.

        Raises:
            JoinCancelledError: `cancelled` returned True.
            DamagedError: a file has become shorter.
            OSError: the disk is full or failed.
        """
        with target.open("wb", buffering=0) as output:
            _write(output, self._header())
            for path, copies in groupby(self._copies, operator.attrgetter("path")):
                with path.open("rb", buffering=0) as source:
                    for each in copies:
                        check_cancelled(cancelled)
                        _copy(source, output, each)

    def _header(self) -> bytes:
        """Return all that precedes the content."""
        ftyp = _box(b"ftyp", _FTYP)
        # Room for the header itself, which grows with the number of packets.
        wide = self._size > _LARGEST - 2**28
        if wide:
            mdat = struct.pack(">I4sQ", 1, b"mdat", self._size + 16)
        else:
            mdat = _box(b"free") + struct.pack(">I4s", self._size + 8, b"mdat")
        base = len(ftyp) + len(self._moov(0, wide=wide)) + len(mdat)
        return ftyp + self._moov(base, wide=wide) + mdat

    def _moov(self, base: int, *, wide: bool) -> bytes:
        tracks = [track for track in self.tracks if track.packets]
        timescale = tracks[0].movie_timescale
        duration = max(track.duration(timescale) for track in tracks)
        form, large = ("Q", 1) if duration > _LARGEST else ("I", 0)
        mvhd = struct.pack(
            f">I2{form}I{form}IH10x",
            large << 24,
            0,
            0,
            timescale,
            duration,
            0x10000,
            0x100,
        )
        traks = [track.box(timescale, base, wide=wide) for track in tracks]
        next_id = struct.pack(">I", _LARGEST)
        return _box(b"moov", _box(b"mvhd", mvhd, _MATRIX, bytes(24), next_id), *traks)


@contextmanager
def possible_numbers() -> Iterator[None]:
    """Raise an error of the file if its numbers are too large for an MP4 file.

    Raises:
        DamagedError: they are.
    """
    try:
        yield
    except (OverflowError, struct.error) as err:
        raise DamagedError("The timestamps of the file are impossible") from err


def _rising(dts: list[int], last: int | None) -> list[int]:
    """Return timestamps that always rise, as MP4 requires."""
    before = dts[0] - 1 if last is None else last
    if dts[0] > before and all(one < two for one, two in pairwise(dts)):
        return dts
    return [*accumulate(dts, lambda one, two: max(two, one + 1), initial=before)][1:]


def _scaled(shifts: array[int], ratio: float) -> Iterable[int]:
    return shifts if ratio == 1 else (round(each * ratio) for each in shifts)


def _run_lengths(values: Iterable[int]) -> array[int]:
    """Return how often each value comes in a row, and the value."""
    found = array("I")
    for value, group in groupby(values):
        found.extend((sum(1 for _ in group), value))
    return found


def _box(kind: bytes, *parts: bytes) -> bytes:
    return b"".join((struct.pack(">I4s", 8 + sum(map(len, parts)), kind), *parts))


def _table(kind: bytes, count: int, numbers: array[int]) -> bytes:
    return _box(kind, bytes(4), _counted(count, numbers))


def _counted(count: int, numbers: array[int]) -> bytes:
    if sys.byteorder == "little":
        numbers = numbers[:]
        numbers.byteswap()
    return struct.pack(">I", count) + numbers.tobytes()


def _write(output: BinaryIO, body: bytes) -> None:
    view = memoryview(body)
    while view:
        view = view[output.write(view) :]


def _copy(source: BinaryIO, output: BinaryIO, what: _Copy) -> None:
    """Copy a range of bytes, in the kernel where it can do so."""
    position, left = what.offset, what.size
    while left:
        if not (done := _copy_some(source, output, position, left)):
            raise DamagedError("A file has become shorter since it was checked")
        position, left = position + done, left - done


def _copy_some(source: BinaryIO, output: BinaryIO, position: int, size: int) -> int:
    """Copy some bytes; return how many."""
    if hasattr(os, "copy_file_range"):
        try:
            return os.copy_file_range(
                source.fileno(), output.fileno(), size, offset_src=position
            )
        except OSError as err:
            if err.errno not in _UNSUPPORTED:
                raise
    source.seek(position)
    body = source.read(min(size, _BLOCK))
    _write(output, body)
    return len(body)
