"""The tables of a file say the same as its packets, or nothing at all."""

from array import array
from collections.abc import Callable
from dataclasses import replace
import os
from pathlib import Path
import random
import struct
import tracemalloc

import av
import pytest

from custom_components.frigate_http.mp4 import (
    Chunk,
    DamagedError,
    Mp4Error,
    inspect,
    join,
)
from custom_components.frigate_http.mp4.demuxing import open_mp4
from custom_components.frigate_http.mp4.output import OutputFile
from custom_components.frigate_http.mp4.tables import TrackTable, read_tables

from .common import CLIPS, cut_chunks, packets
from .conftest import Record
from .material import EPOCH, Scene, cut

SCENES = [
    Scene(),
    Scene(b_frames=2, keyframes=2.0),
    Scene(codec="libx265", b_frames=2, keyframes=1.4),
    Scene(codec="libx265", tag="hvc1", sound=None),
    Scene(sound=None, b_frames=2),
    Scene(fps=12, rate=48000),
]
RANDOM_CHANGES = 150

type Row = tuple[int, int, int, bool, int, int | None]


def rows_of_packets(path: Path) -> list[list[Row]]:
    """Return what FFmpeg says of each packet of each track."""
    with open_mp4(path) as source:
        found: dict[int, list[Row]] = {track.index: [] for track in source.tracks}
        for packet, dts in source.packets():
            row = (dts, packet.pts or 0, packet.duration or 0, packet.is_keyframe)
            found[packet.stream_index].append((*row, packet.size, packet.pos))
        return list(found.values())


def rows_of_tables(tables: list[TrackTable]) -> list[list[Row]]:
    """Return the same out of tables."""
    return [
        [
            (dts, dts + shift, duration, bool(is_keyframe), size, position)
            for dts, shift, duration, is_keyframe, size, position in zip(
                table.dts,
                table.shifts,
                table.durations,
                table.keyframes,
                table.sizes,
                table.offsets,
                strict=True,
            )
        ]
        for table in tables
    ]


def demuxed(chunk: Chunk) -> Chunk:
    """Return a chunk whose packets are read, as if its tables had an unknown form."""
    return replace(chunk, file=replace(chunk.file, track_ids=None))


@pytest.mark.parametrize("name", ["part0", "part1", "part2", "whole"])
def test_tables_of_recorded_clips(name: str) -> None:
    path = CLIPS / f"{name}.mp4"
    tables = inspect(path).tables()
    assert tables is not None
    assert rows_of_tables(tables) == rows_of_packets(path)


@pytest.mark.parametrize("scene", SCENES)
def test_tables_of_whatever_a_camera_sends(
    recorded: Record, tmp_path: Path, scene: Scene
) -> None:
    path = cut(recorded(scene, 20), EPOCH + 2, EPOCH + 18, tmp_path / "clip.mp4")
    assert path is not None
    tables = inspect(path).tables()
    assert tables is not None
    assert rows_of_tables(tables) == rows_of_packets(path)


@pytest.mark.parametrize("scene", SCENES)
def test_a_file_is_the_same_without_its_tables(
    recorded: Record, tmp_path: Path, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = [EPOCH + 3.0, EPOCH + 14, EPOCH + 27]
    chunks = cut_chunks(recorded(scene, 40, 0.6), times, tmp_path)
    assert all(chunk.file.track_ids for chunk in chunks)
    one, other, mixed = (tmp_path / f"{name}.mp4" for name in ("a", "b", "c"))
    joined = join(chunks, one)
    read = join([demuxed(chunk) for chunk in chunks], other)
    half = join([chunks[0], demuxed(chunks[1])], mixed)
    for each in (read, half):
        assert (joined.video_packets, joined.audio_packets) == (
            each.video_packets,
            each.audio_packets,
        )
        assert joined.seconds == pytest.approx(each.seconds, abs=0.0001)
    for path in (other, mixed):
        for ours, theirs in zip(packets(one), packets(path), strict=True):
            assert [each.content for each in ours] == [each.content for each in theirs]
            for kind in ("dts", "pts"):
                assert [getattr(each, kind) for each in ours] == pytest.approx(
                    [getattr(each, kind) for each in theirs], abs=0.0011
                )
    monkeypatch.setattr("custom_components.frigate_http.mp4.check.read_tables", _none)
    for chunk in chunks:
        file = inspect(chunk.file.path)
        assert file.track_ids is None
        assert file.seconds == pytest.approx(chunk.file.seconds, abs=1e-9)
        assert replace(file, track_ids=chunk.file.track_ids, seconds=0.0) == replace(
            chunk.file, seconds=0.0
        )


def _none(*_: object) -> None:
    """Return None, as for a form that is not known."""


def test_an_ordinary_file_has_to_be_read(tmp_path: Path) -> None:
    path = tmp_path / "joined.mp4"
    join([Chunk(inspect(CLIPS / "whole.mp4"), 0, 60)], path)
    assert inspect(path).tables() is None
    assert inspect(path).video_packets == 308


def _bytes_read(act: Callable[[], object]) -> int:
    """Return how many bytes something reads from files, as the kernel counts them."""

    def count() -> int:
        status = Path("/proc/self/io").read_text(encoding="ascii")
        return int(status.split("rchar:")[1].split()[0])

    before = count()
    act()
    return count() - before


def test_the_content_is_not_read_again_and_again(
    recorded: Record, tmp_path: Path
) -> None:
    """Checking reads the tables, and joining reads each byte about once."""
    segments = recorded(Scene(fps=15, keyframes=2.0, noise=True), 90)
    chunks = cut_chunks(segments, [EPOCH + at for at in (1.0, 41, 81)], tmp_path)
    size = sum(chunk.file.bytes for chunk in chunks)
    assert size > 3_000_000
    paths = [chunk.file.path for chunk in chunks]
    checked = _bytes_read(lambda: [inspect(path) for path in paths])
    joined = _bytes_read(lambda: join(chunks, tmp_path / "joined.mp4"))
    assert checked < size
    assert joined < size * 3 / 2


def test_a_copy_without_help_of_the_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunks = [Chunk(inspect(CLIPS / "whole.mp4"), 0, 60)]
    one, other, third = (tmp_path / f"{name}.mp4" for name in ("a", "b", "c"))
    join(chunks, one)

    def refuse(*_: object, **__: object) -> int:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "copy_file_range", refuse)
    join(chunks, other)
    monkeypatch.delattr(os, "copy_file_range")
    join(chunks, third)
    assert one.read_bytes() == other.read_bytes() == third.read_bytes()


def test_a_chunk_that_becomes_shorter(tmp_path: Path) -> None:
    path, target = tmp_path / "chunk.mp4", tmp_path / "joined.mp4"
    body = (CLIPS / "whole.mp4").read_bytes()
    path.write_bytes(body)
    chunk = Chunk(inspect(path), 0, 60)
    asked = 0

    def truncate_at_last() -> bool:
        nonlocal asked
        asked += 1
        if asked > chunk.file.video_packets + chunk.file.audio_packets:
            os.truncate(path, 40_000)
        return False

    with pytest.raises(DamagedError, match="shorter"):
        join([chunk], target, cancelled=truncate_at_last)
    assert not target.exists()
    path.write_bytes(body)
    assert join([chunk], target).video_packets == 308


def _changed(body: bytes, kind: bytes, at: int, value: bytes) -> bytes:
    """Return a file in which a box of each fragment is changed."""
    changed = bytearray(body)
    position = -1
    while (position := body.find(kind, position + 1)) > 0:
        changed[position + 4 + at : position + 4 + at + len(value)] = value
    return bytes(changed)


@pytest.mark.parametrize(
    ("kind", "at", "value"),
    [
        (b"trun", 4, b"\xff\xff\xff\xff"),
        (b"trun", 4, b"\0\0\0\0"),
        (b"trun", 8, b"\x7f\xff\xff\xff"),
        (b"trun", 1, b"\0\0\0"),
        (b"tfhd", 4, b"\0\0\0\7"),
        (b"tfhd", 1, b"\0\0\0"),
        (b"tfhd", 8, b"\xff" * 8),
        (b"tfdt", -4, b"free"),
        (b"traf", -8, b"\xff" * 4),
        (b"mdhd", 12, b"\0\0\0\0"),
        (b"stsd", 4, b"\0\0\0\2"),
        (b"mvex", -4, b"free"),
    ],
)
def test_a_form_that_is_not_known(
    tmp_path: Path, kind: bytes, at: int, value: bytes
) -> None:
    path = tmp_path / "clip.mp4"
    body = (CLIPS / "whole.mp4").read_bytes()
    path.write_bytes(_changed(body, kind, at, value))
    assert read_tables(path, (1, 2)) is None


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _in_two_runs(*, swapped: bool) -> bytes:
    """Return the first fragment of a clip, with its video described in two runs."""
    body = (CLIPS / "part0.mp4").read_bytes()
    moof, traf, trun, mdat = (
        body.index(kind) - 4 for kind in (b"moof", b"traf", b"trun", b"mdat")
    )
    size, count, offset = struct.unpack_from(">I8xIi", body, trun)
    rows = [body[at : at + 12] for at in range(trun + 24, trun + size, 12)]
    half, grows = count // 2, 16
    middle = sum(struct.unpack_from(">4xI", row)[0] for row in rows[:half])
    runs = [
        _box(b"trun", struct.pack(">IIi", 0xB01, len(part), begin) + b"".join(part))
        for part, begin in (
            (rows[:half], offset + grows),
            (rows[half:], offset + grows + middle),
        )
    ]
    if swapped:
        runs.reverse()
    fragment = bytearray(body[moof:trun] + b"".join(runs) + body[trun + size : mdat])
    struct.pack_into(">I", fragment, 0, len(fragment))
    (traf_size,) = struct.unpack_from(">I", body, traf)
    struct.pack_into(">I", fragment, traf - moof, traf_size + grows)
    (content,) = struct.unpack_from(">I", body, mdat)
    rest = body[mdat : mdat + content] + _box(b"mfra", b"")
    return body[:moof] + bytes(fragment) + rest


def test_runs_in_another_order_than_in_the_file(tmp_path: Path) -> None:
    """Packets are copied in the order of the file, which is then not that of time."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(_in_two_runs(swapped=False))
    tables = read_tables(path, (1,))
    assert tables is not None
    (ours,), (theirs, _) = rows_of_tables(tables), rows_of_packets(path)
    assert [row[:3] + row[4:] for row in ours] == [row[:3] + row[4:] for row in theirs]
    assert len(tables[0].runs) == 2
    path.write_bytes(_in_two_runs(swapped=True))
    assert read_tables(path, (1,)) is None
    assert inspect(path).video_packets == len(tables[0].dts)


def _with_tracks(number: int) -> bytes:
    """Return a clip that describes its first track so many times."""
    body = (CLIPS / "part0.mp4").read_bytes()
    moov = body.index(b"moov") - 4
    (moov_size,) = struct.unpack_from(">I", body, moov)
    trak, trex = (_whole(body, kind) for kind in (b"trak", b"trex"))
    traks = trexes = b""
    for track in range(10, 10 + number):
        traks += _with_id(trak, b"tkhd", 12, track)
        trexes += _with_id(trex, b"trex", 4, track)
    mvhd = _whole(body, b"mvhd")
    new = _box(b"moov", mvhd + traks + _box(b"mvex", trexes))
    return body[:moov] + new + body[moov + moov_size :]


def _whole(body: bytes, kind: bytes) -> bytes:
    start = body.index(kind) - 4
    (size,) = struct.unpack_from(">I", body, start)
    return body[start : start + size]


def _with_id(box: bytes, kind: bytes, at: int, track: int) -> bytes:
    place = box.index(kind) + 4 + at
    return box[:place] + struct.pack(">I", track) + box[place + 4 :]


def test_a_file_of_many_tracks_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(_with_tracks(8).replace(b"moof", b"free"))
    tables = read_tables(path, (10, 17))
    assert tables is not None
    assert [len(table.dts) for table in tables] == [0, 0]
    path.write_bytes(_with_tracks(9).replace(b"moof", b"free"))
    assert read_tables(path, (10, 18)) is None


def test_a_run_of_millions_of_packets_takes_no_memory(tmp_path: Path) -> None:
    """Twenty bytes can describe them, and each track may claim the same content."""
    path = tmp_path / "clip.mp4"
    body = bytearray((CLIPS / "part0.mp4").read_bytes())
    first = body.index(b"trun")
    second = body.index(b"trun", first + 4)
    # Only the offset of the content is told, and nothing of each packet.
    struct.pack_into(">II", body, second + 4, 1, 2**22)
    path.write_bytes(body)
    tracemalloc.start()
    try:
        assert read_tables(path, (1, 2)) is None
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * 2**20


def test_broken_tables_never_lead_beyond_the_file(tmp_path: Path) -> None:
    """Whatever is changed, the file is refused or all of its packets are in it."""
    path, target = tmp_path / "clip.mp4", tmp_path / "joined.mp4"
    body = (CLIPS / "part0.mp4").read_bytes()
    dice = random.Random(23)  # noqa: S311  (the same numbers each time)
    outcomes = []
    for _ in range(RANDOM_CHANGES):
        broken = bytearray(body)
        place = body.find(dice.choice([b"trak", b"moof", b"mvex", b"traf", b"trun"]))
        for _ in range(dice.choice((1, 1, 2, 8))):
            broken[place + dice.randrange(120)] = dice.choice((0, 1, 127, 255))
        path.write_bytes(broken)
        tables = read_tables(path, (1, 2))
        outcomes.append(tables is not None)
        for table in tables or ():
            for offset, size in zip(table.offsets, table.sizes, strict=True):
                assert offset + size <= len(body)
        try:
            joined = join([Chunk(inspect(path), 0, 20)], target)
        except Mp4Error:
            assert not target.exists()
            continue
        assert joined.video_packets > 0
        target.unlink()
    assert {*outcomes} == {True, False}


def test_more_than_four_gibibytes_and_a_long_time(tmp_path: Path) -> None:
    """Only the description is written, and the content is a hole in the file."""
    tables = read_tables(CLIPS / "whole.mp4", (1,))
    assert tables is not None
    table = tables[0]
    size, step, count = 2**29, 2**29, 12
    long = replace(
        table,
        offsets=array("Q", range(0, count * size, size)),
        sizes=array("I", [size] * count),
        dts=array("q", range(0, count * step, step)),
        durations=array("I", [step] * count),
        shifts=array("I", [0] * count),
        keyframes=bytearray(b"\1" * count),
        runs=[0],
    )
    output_file = OutputFile([long])
    track = output_file.tracks[0]
    output_file.add(tmp_path, track.add(long, range(count), 0.0, 0.0))
    path = tmp_path / "large.mp4"
    header = output_file._header()
    path.write_bytes(header)
    os.truncate(path, len(header) + count * size)
    assert struct.pack(">I4sQ", 1, b"mdat", count * size + 16) in header
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.frames == count
        assert stream.duration == count * step
        assert stream.index_entries[count - 1].pos == len(header) + (count - 1) * size
