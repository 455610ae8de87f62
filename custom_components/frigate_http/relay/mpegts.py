"""MPEG-TS of one H.264 and one AAC track, a packet at a time.

FFmpeg's muxer, as PyAV has it, keeps one packet back until the next one comes, and writes
tables by the clock or with each picture. Here each packet goes out at once, and each group of
pictures begins with the tables.
"""

import struct

_SIZE, _ROOM = 188, 184
_PMT_PID, _VIDEO_PID, _AUDIO_PID = 0x1000, 0x100, 0x101
_VIDEO_ID, _AUDIO_ID = 0xE0, 0xC0
# How long before its time a packet comes, in ticks of 90 kHz.
_LEAD = 63_000
_MAX_PES = 0xFFFF
_HEADER = struct.Struct(">BHB")


class TsWriter:
    """Writes the packets of a connection; times are in ticks of 90 kHz."""

    def __init__(self, *, has_audio: bool) -> None:
        """Initialize; says whether there is AAC beside H.264."""
        streams = struct.pack(">BHH", 0x1B, 0xE000 | _VIDEO_PID, 0xF000)
        if has_audio:
            streams += struct.pack(">BHH", 0x0F, 0xE000 | _AUDIO_PID, 0xF000)
        pat = struct.pack(">HH", 1, 0xE000 | _PMT_PID)
        pmt = struct.pack(">HH", 0xE000 | _VIDEO_PID, 0xF000) + streams
        self._tables = ((0, _table(0, pat)), (_PMT_PID, _table(2, pmt)))
        self._tables_counter = 0
        self._video, self._audio = _Pid(_VIDEO_PID), _Pid(_AUDIO_PID)

    def tables(self) -> bytes:
        """Return PAT and PMT, with which a reader can begin."""
        counter = self._tables_counter
        self._tables_counter = counter + 1 & 15
        return b"".join(
            _HEADER.pack(0x47, 0x4000 | pid, 0x10 | counter) + table
            for pid, table in self._tables
        )

    def video(self, dts: int, pts: int, content: list[bytes | memoryview]) -> bytes:
        """Return a picture (Annex B), with the clock (PCR)."""
        header = _pes_header(_VIDEO_ID, dts, pts, sum(map(len, content)))
        clock = (dts - _LEAD & 0x1FFFFFFFF) << 15 | 0x7E00
        return self._video.packets(
            0x10, clock.to_bytes(6), b"".join((header, *content))
        )

    def audio(self, dts: int, content: list[bytes | memoryview]) -> bytes:
        """Return a packet of audio (ADTS)."""
        header = _pes_header(_AUDIO_ID, dts, dts, sum(map(len, content)))
        return self._audio.packets(0, b"", b"".join((header, *content)))


class _Pid:
    """The packets of one track, which are numbered from 0 to 15."""

    def __init__(self, pid: int) -> None:
        self._first = 0x4000 | pid
        self._pid = pid
        self._counter = 0
        self._headers = [_HEADER.pack(0x47, pid, 0x10 | count) for count in range(16)]
        # The first packet says that no number was lost.
        self._flags = 0x80

    def packets(self, flags: int, clock: bytes, pes: bytes) -> bytes:
        """Return what one PES packet is cut into."""
        flags |= self._flags
        self._flags = 0
        fields = bytes((1 + len(clock), flags)) + clock if flags else b""
        first = _ROOM - len(fields)
        parts: list[bytes] = [b"", b"", pes[:first]]
        full, rest = divmod(max(len(pes) - first, 0), _ROOM)
        if len(pes) < first:
            fields = _stuffed(fields, first - len(pes))
        parts[0] = _HEADER.pack(
            0x47, self._first, (0x30 if fields else 0x10) | self._counter
        )
        parts[1] = fields
        following = self._counter + 1
        if full:
            headers = self._headers
            order = headers[following & 15 :] + headers[: following & 15]
            middle = [b""] * (2 * full)
            middle[::2] = (order * (full // 16 + 1))[:full]
            end = first + full * _ROOM
            middle[1::2] = [pes[at : at + _ROOM] for at in range(first, end, _ROOM)]
            parts += middle
        if rest:
            number = following + full & 15
            parts.append(_HEADER.pack(0x47, self._pid, 0x30 | number))
            parts.append(_stuffed(b"", _ROOM - rest))
            parts.append(pes[-rest:])
        self._counter = following + full + bool(rest) & 15
        return b"".join(parts)


def _stuffed(fields: bytes, count: int) -> bytes:
    """Return an adaptation field that is longer by a number of bytes."""
    size = len(fields) + count
    if size == 1:
        return b"\0"
    return bytes((size - 1,)) + (fields[1:] or b"\0").ljust(size - 1, b"\xff")


def _pes_header(stream_id: int, dts: int, pts: int, size: int) -> bytes:
    """Return the header of a PES packet; a large one of video has no size."""
    times = _time(2, pts) if pts == dts else _time(3, pts) + _time(1, dts)
    size += 3 + len(times)
    size = size if size <= _MAX_PES else 0
    flags = 0x8480 if pts == dts else 0x84C0
    return struct.pack(">IHHB", 0x100 | stream_id, size, flags, len(times)) + times


def _time(mark: int, ticks: int) -> bytes:
    """Return a time as PES headers have it: 33 bits between marks."""
    high, middle, low = ticks >> 30 & 7, ticks >> 15 & 0x7FFF, ticks & 0x7FFF
    return (mark << 36 | high << 33 | middle << 17 | low << 1 | 0x100010001).to_bytes(5)


def _table(table_id: int, content: bytes) -> bytes:
    """Return the payload of the packet that contains a table."""
    section = struct.pack(">BHHBBB", table_id, 0xB000 | len(content) + 9, 1, 0xC1, 0, 0)
    section += content
    return (b"\0" + section + _crc(section).to_bytes(4)).ljust(_ROOM, b"\xff")


def _crc(data: bytes) -> int:
    """Return the checksum of a table (CRC-32/MPEG-2)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = crc << 1 ^ (0x104C11DB7 if crc & 0x80000000 else 0)
    return crc
