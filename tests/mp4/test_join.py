"""Joining chunks: the output file holds every recorded packet exactly once."""

import hashlib
import itertools
import json
import math
from pathlib import Path
import struct

import av
import pytest

from custom_components.frigate_http.mp4 import (
    Chunk,
    JoinCancelledError,
    NotJoinableError,
    group_chunks,
    inspect,
    join,
    recorded_seconds,
    without_nested,
)

from .common import CLIPS, Packet, chunk, contents, cut_chunks, packets
from .conftest import Record
from .material import EPOCH, Scene, Segment, cut

DAY = Scene(keyframes=2.0, b_frames=2)
NIGHT = Scene(keyframes=5.0, moving=False, sound="silence")


def _recorded_chunks(*, is_known: bool) -> list[Chunk]:
    """Return the chunks that were recorded from a real Frigate."""
    asked = json.loads((CLIPS / "range.json").read_text(encoding="utf-8"))
    listed = json.loads((CLIPS / "recordings.json").read_text(encoding="utf-8"))
    segments = [(each["start_time"], each["end_time"]) for each in listed]
    chunks = []
    for number in range(3):
        start = asked["start"] + asked["step"] * number
        end = start + asked["step"]
        recorded = recorded_seconds(segments, start, end) if is_known else None
        file = inspect(CLIPS / f"part{number}.mp4")
        chunks.append(Chunk(file, start, end, recorded))
    return chunks


def _has_rising_dts(track: list[Packet]) -> bool:
    return all(a.dts < b.dts for a, b in itertools.pairwise(track))


def _assert_equal_packets(joined: Path, whole: Path, tolerance: float = 0.002) -> None:
    """Compare a joined file with a single clip: content, order and timestamps."""
    for ours, theirs in zip(packets(joined), packets(whole), strict=True):
        assert [each.content for each in ours] == [each.content for each in theirs]
        assert _has_rising_dts(ours)
        if len(ours) < 2:
            continue
        # From the second packet on, as the timestamp of the first one is unreliable.
        assert [each.dts - ours[1].dts for each in ours[1:]] == pytest.approx(
            [each.dts - theirs[1].dts for each in theirs[1:]], abs=tolerance
        )
        assert [each.pts - each.dts for each in ours] == pytest.approx(
            [each.pts - each.dts for each in theirs], abs=tolerance
        )


def _assert_joined(
    segments: list[Segment],
    times: list[float],
    folder: Path,
    *,
    is_known: bool = True,
) -> None:
    """Join the chunks between these times, and compare them with a single clip."""
    chunks = cut_chunks(segments, times, folder, is_known=is_known)
    whole = cut(segments, times[0], times[-1], folder / "whole.mp4")
    assert whole is not None
    target = folder / "joined.mp4"
    joined = join(chunks, target)
    # Where a chunk ends with its segment, Frigate leaves less than an audio packet.
    _assert_equal_packets(target, whole, tolerance=0.07)
    file = inspect(target)
    assert (joined.path, joined.bytes) == (target, file.bytes)
    assert joined.video_packets == file.video_packets
    assert joined.audio_packets == file.audio_packets
    assert joined.seconds == pytest.approx(file.seconds, abs=0.15)


@pytest.mark.parametrize("is_known", [True, False])
def test_recorded_clips(tmp_path: Path, is_known: bool) -> None:
    target = tmp_path / "joined.mp4"
    chunks = _recorded_chunks(is_known=is_known)
    joined = join(chunks, target)
    assert (joined.video_packets, joined.audio_packets) == (308, 966)
    assert sum(each.file.video_packets for each in chunks) == 318
    assert sum(each.file.audio_packets for each in chunks) == 1001
    _assert_equal_packets(target, CLIPS / "whole.mp4", tolerance=0.0001)
    assert joined.seconds == pytest.approx(61.73, abs=0.01)


def test_the_moov_box_is_in_front(tmp_path: Path) -> None:
    target = tmp_path / "joined.mp4"
    join(_recorded_chunks(is_known=True), target)
    body, at, kinds = target.read_bytes(), 0, []
    while at < len(body):
        size, kind = struct.unpack_from(">I4s", body, at)
        kinds.append(kind)
        at += size
    assert [kind for kind in kinds if kind != b"free"] == [b"ftyp", b"moov", b"mdat"]


def test_the_joined_file_can_be_decoded(tmp_path: Path) -> None:
    target = tmp_path / "joined.mp4"
    join(_recorded_chunks(is_known=True), target)
    with av.open(str(target)) as container:
        times = [frame.pts or 0 for frame in container.decode(video=0)]
        assert len(times) == 308
        assert times == sorted(times)
        container.seek(0)
        assert sum(1 for _ in container.decode(audio=0)) == 966


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("late", [0.0, 0.6])
@pytest.mark.parametrize(
    "scene",
    [
        DAY,
        NIGHT,
        Scene(),
        Scene(b_frames=2),
        Scene(sound="silence"),
        Scene(fps=15, b_frames=2, moving=False),
        Scene(fps=15, keyframes=1.0, moving=False, sound="silence"),
        Scene(keyframes=5.0, b_frames=2, sound=None),
        Scene(keyframes=4.0, moving=False, sound=None),
        Scene(fps=12, rate=48000),
        Scene(codec="libx265", b_frames=2, keyframes=2.0),
        # Keyframe intervals that are no whole seconds, as most cameras have them.
        Scene(keyframes=1.4),
        Scene(keyframes=1.2, b_frames=2),
        Scene(fps=15, keyframes=3.6, b_frames=2, moving=False),
        Scene(keyframes=6.4, b_frames=2, sound="silence"),
    ],
    ids=repr,
)
def test_any_chunks_of_any_scene(
    recorded: Record, tmp_path: Path, scene: Scene, late: float, is_known: bool
) -> None:
    """Chunks that are cut anywhere join to the packets of a single clip."""
    segments = recorded(scene, 60, late)
    # Without audio, chunks must be long enough to show that the picture is static.
    shortest = 1 if scene.moving or scene.sound else 12
    for number in range(4):
        luck = hashlib.sha256(f"{scene} {late} {number}".encode()).digest()
        places = sorted({1 + byte % (57 // shortest) for byte in luck[:6]})
        times = [EPOCH + place * shortest for place in places]
        folder = tmp_path / str(number)
        folder.mkdir()
        _assert_joined(segments, times, folder, is_known=is_known)


@pytest.mark.parametrize(
    "scene",
    [
        Scene(keyframes=1.2, b_frames=2, moving=False, sound="silence"),
        Scene(fps=15, keyframes=1.2, moving=False, sound=None),
    ],
    ids=repr,
)
def test_recorded_seconds_decide_for_a_static_picture(
    recorded: Record, tmp_path: Path, scene: Scene
) -> None:
    """Without audio and motion, only Frigate's list of segments tells the overlap."""
    segments = recorded(scene, 60, 0.6)
    for first in range(4, 20):
        times = [EPOCH + place for place in (first, first + 12, first + 25, first + 37)]
        folder = tmp_path / str(first)
        folder.mkdir()
        _assert_joined(segments, times, folder)


def test_thirty_short_chunks(recorded: Record, tmp_path: Path) -> None:
    segments = recorded(DAY, 63, 0.6)
    times = [EPOCH + 1.0 + second for second in range(0, 62, 2)]
    _assert_joined(segments, times, tmp_path)


def test_one_chunk_is_copied(tmp_path: Path) -> None:
    target = tmp_path / "joined.mp4"
    joined = join(_recorded_chunks(is_known=True)[:1], target)
    assert (joined.video_packets, joined.audio_packets) == (107, 338)
    _assert_equal_packets(target, CLIPS / "part0.mp4")


def test_ordinary_files_are_joined_too(tmp_path: Path) -> None:
    chunks = []
    for number, each in enumerate(_recorded_chunks(is_known=True)):
        path = tmp_path / f"{number}.mp4"
        join([each], path)
        chunks.append(Chunk(inspect(path), each.start, each.end, each.recorded))
    joined = join(chunks, tmp_path / "joined.mp4")
    assert (joined.video_packets, joined.audio_packets) == (308, 966)
    _assert_equal_packets(tmp_path / "joined.mp4", CLIPS / "whole.mp4")


@pytest.mark.parametrize("scene", [DAY, NIGHT, Scene(), Scene(sound=None)])
@pytest.mark.parametrize("missing", [(2,), (3,), (2, 3), (1, 3)])
@pytest.mark.parametrize("step", [10, 15, 25])
def test_gaps(
    recorded: Record, tmp_path: Path, scene: Scene, missing: tuple[int, ...], step: int
) -> None:
    """Gaps are closed, between two chunks and inside of one."""
    segments = [
        segment
        for number, segment in enumerate(recorded(scene))
        if number not in missing
    ]
    times = [EPOCH + 3.0 + place for place in range(0, 57, step)]
    chunks = [
        chunk(segments, start, end, tmp_path)
        for start, end in itertools.pairwise(times)
        if any(start < each.end - 1 and each.start < end - 1 for each in segments)
    ]
    whole = cut(segments, times[0], times[-1], tmp_path / "whole.mp4")
    assert whole is not None
    join(chunks, tmp_path / "joined.mp4")
    # The gap is closed as Frigate closes it, within the duration of an audio packet.
    _assert_equal_packets(tmp_path / "joined.mp4", whole, tolerance=0.15)


def test_a_gap_between_chunks_is_closed(recorded: Record, tmp_path: Path) -> None:
    segments = recorded(DAY)
    before, after = segments[:2], segments[4:]
    start, end = before[0].start, after[-1].end
    middle = before[-1].end + 8
    chunks = [
        chunk(before, start, middle, tmp_path),
        chunk(after, middle, end, tmp_path),
    ]
    join(chunks, tmp_path / "joined.mp4")
    video, audio = packets(tmp_path / "joined.mp4")
    first, second = (packets(each.file.path) for each in chunks)
    assert len(video) == len(first[0]) + len(second[0])
    assert len(audio) == len(first[1]) + len(second[1])
    for track, seam, usual in (
        (video, len(first[0]), 0.2),
        (audio, len(first[1]), 0.064),
    ):
        around = itertools.pairwise(track[seam - 5 : seam + 5])
        steps = [after.dts - before.dts for before, after in around]
        assert min(steps) > 0
        assert max(steps) < 2 * usual


def test_a_nested_chunk_adds_no_packets(recorded: Record, tmp_path: Path) -> None:
    segments = recorded(DAY)
    outer = chunk(segments, EPOCH + 5, EPOCH + 25, tmp_path)
    inner = chunk(segments, EPOCH + 15, EPOCH + 18, tmp_path)
    ending = chunk(segments, EPOCH + 22, EPOCH + 25, tmp_path)
    following = chunk(segments, EPOCH + 25, EPOCH + 40, tmp_path)
    joined = join([outer, inner, ending, following], tmp_path / "joined.mp4")
    whole = cut(segments, EPOCH + 5, EPOCH + 40, tmp_path / "whole.mp4")
    assert whole is not None
    _assert_equal_packets(tmp_path / "joined.mp4", whole)
    assert joined.video_packets == len(contents(whole)[0])


def test_chunks_with_a_long_overlap(recorded: Record, tmp_path: Path) -> None:
    segments = recorded(NIGHT)
    chunks = [
        chunk(segments, EPOCH + 5, EPOCH + 27, tmp_path),
        chunk(segments, EPOCH + 19, EPOCH + 40, tmp_path),
    ]
    whole = cut(segments, EPOCH + 5, EPOCH + 40, tmp_path / "whole.mp4")
    assert whole is not None
    join(chunks, tmp_path / "joined.mp4")
    _assert_equal_packets(tmp_path / "joined.mp4", whole)


def test_consecutive_files_share_no_packets(recorded: Record, tmp_path: Path) -> None:
    """After the limit, the next file starts with the next packet."""
    segments = recorded(DAY, 60, 0.6)
    times = [EPOCH + 1.0 + second for second in range(0, 60, 7)]
    groups = group_chunks(cut_chunks(segments, times, tmp_path), 21)
    assert [len(group) for group in groups] == [3, 3, 2]
    video, audio = [], []
    for number, group in enumerate(groups):
        next_chunk = groups[number + 1][0] if number + 1 < len(groups) else None
        target = tmp_path / f"joined{number}.mp4"
        joined = join(group, target, next_chunk=next_chunk)
        pictures, sounds = contents(target)
        assert joined.video_packets == len(pictures)
        assert joined.audio_packets == len(sounds)
        video += pictures
        audio += sounds
    whole = cut(segments, times[0], times[-1], tmp_path / "whole.mp4")
    assert whole is not None
    assert (video, audio) == contents(whole)


def test_a_nested_next_chunk_trims_no_packets(recorded: Record, tmp_path: Path) -> None:
    segments = recorded(DAY)
    last = chunk(segments, EPOCH + 5, EPOCH + 25, tmp_path)
    inner = chunk(segments, EPOCH + 12, EPOCH + 15, tmp_path)
    joined = join([last], tmp_path / "joined.mp4", next_chunk=inner)
    assert joined.video_packets == last.file.video_packets


def test_a_change_of_codec_needs_another_file(recorded: Record, tmp_path: Path) -> None:
    small = recorded(DAY)
    large = recorded(Scene(width=128, keyframes=2.0, b_frames=2))
    chunks = [
        *cut_chunks(small, [EPOCH + 1, EPOCH + 11, EPOCH + 21], tmp_path),
        *cut_chunks(large, [EPOCH + 21.0, EPOCH + 31, EPOCH + 41], tmp_path),
    ]
    with pytest.raises(NotJoinableError, match="2 ways"):
        join(chunks, tmp_path / "joined.mp4")
    assert not (tmp_path / "joined.mp4").exists()
    groups = group_chunks(chunks)
    assert groups == [chunks[:2], chunks[2:]]
    for number, group in enumerate(groups):
        joined = join(group, tmp_path / f"joined{number}.mp4")
        assert joined.video_packets == pytest.approx(100, abs=12)


def test_joining_no_chunks_fails(tmp_path: Path) -> None:
    with pytest.raises(NotJoinableError):
        join([], tmp_path / "joined.mp4")


@pytest.mark.parametrize("tag", ["hvc1", "hev1"])
def test_codec_tag_and_sample_aspect_ratio_are_kept(
    recorded: Record, tmp_path: Path, tag: str
) -> None:
    for scene in (Scene(codec="libx265", tag=tag, pixels=(4, 3)), Scene(pixels=(4, 3))):
        chunks = cut_chunks(
            recorded(scene, 20), [EPOCH, EPOCH + 9, EPOCH + 18], tmp_path
        )
        target = tmp_path / "joined.mp4"
        join(chunks, target)
        assert inspect(target).codecs == chunks[0].file.codecs
        assert b"pasp" + struct.pack(">II", 4, 3) in target.read_bytes()


@pytest.mark.parametrize("scene", [DAY, Scene(), Scene(keyframes=4.0)])
def test_a_file_does_not_start_with_a_nested_chunk(
    recorded: Record, tmp_path: Path, scene: Scene
) -> None:
    """Where the recording stops right after a chunk starts, it holds only the overlap."""
    segments = recorded(scene)
    before, after = segments[:3], segments[4:]
    stop = math.floor(before[-1].end)
    times = [EPOCH + 5.0, EPOCH + 18.0, float(stop), stop + 8.0]
    chunks = [
        *cut_chunks(before, times, tmp_path),
        chunk(after, stop + 8.0, after[-1].end, tmp_path),
    ]
    # The first chunk has no chunk before it to compare with.
    kept = without_nested(chunks)
    assert kept == [*chunks[:2], chunks[3]]
    groups = group_chunks(kept, 20)
    assert len(groups) > 1
    video = []
    for number, group in enumerate(groups):
        next_chunk = groups[number + 1][0] if number + 1 < len(groups) else None
        target = tmp_path / f"joined{number}.mp4"
        join(group, target, next_chunk=next_chunk)
        video += contents(target)[0]
    whole = cut([*before, *after], times[0], after[-1].end, tmp_path / "whole.mp4")
    assert whole is not None
    assert video == contents(whole)[0]


def test_short_chunks_that_are_not_nested_are_kept(
    recorded: Record, tmp_path: Path
) -> None:
    segments = recorded(Scene())
    other = recorded(Scene(width=128, height=96))
    short = chunk(segments, EPOCH + 5, EPOCH + 7, tmp_path)
    next_one = chunk(segments, EPOCH + 7, EPOCH + 8, tmp_path)
    folder = tmp_path / "other"
    folder.mkdir()
    another = chunk(other, EPOCH + 8, EPOCH + 9, folder)
    chunks = [short, next_one, another]
    assert without_nested(chunks) == chunks
    assert without_nested([]) == []
    with pytest.raises(JoinCancelledError):
        without_nested(chunks, lambda: True)
