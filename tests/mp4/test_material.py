"""The generated recordings are cut as Frigate cuts real ones."""

import itertools
from pathlib import Path

import av
from PIL import Image
import pytest

from .common import contents, packets
from .conftest import Record
from .material import EPOCH, Scene, Segment, cut, record_file
from .scene_clock import corner, put_clock, read_clock

# As the recorded camera does: B-frames, and two seconds between keyframes.
SCENE = Scene(keyframes=2.0, b_frames=2)


def _video(path: Path | None) -> list[str]:
    assert path is not None
    return contents(path)[0]


def _whole(segment: Segment, folder: Path) -> list[str]:
    """Return the video packets of a segment, as a clip holds them."""
    return _video(cut([segment], segment.start, segment.end, folder / "whole.mp4"))


def test_a_recording_is_made_of_segments_with_whole_seconds(recorded: Record) -> None:
    segments = recorded(SCENE, late=0.6)
    assert len(segments) == 6
    assert all(segment.start.is_integer() for segment in segments)
    assert all(9 < segment.end - segment.start < 12 for segment in segments)
    holes = [second.start - first.end for first, second in itertools.pairwise(segments)]
    # As Frigate's own do: by their times, segments overlap a little, or leave holes.
    assert all(-1 < hole < 1 for hole in holes)


def test_a_segment_comes_with_the_end_of_the_one_before(
    recorded: Record, tmp_path: Path
) -> None:
    """`s .. e`, previous segment ends at `s`: up to a keyframe interval of that one."""
    _, before, segment, *_ = recorded(SCENE)
    own = _whole(segment, tmp_path)
    assert before.end == segment.start
    found = _video(
        cut([before, segment], segment.start, segment.end, tmp_path / "a.mp4")
    )
    extra = found[: -len(own)]
    assert found[-len(own) :] == own
    assert 0 < len(extra) <= 10
    assert extra == _whole(before, tmp_path)[-len(extra) :]


def test_a_segment_comes_alone(recorded: Record, tmp_path: Path) -> None:
    """`s+0.01 .. e`, `next.start > e`: exactly the segment."""
    _, segment, _, after, *_ = recorded(SCENE)
    found = cut([segment, after], segment.start + 0.01, segment.end, tmp_path / "a.mp4")
    assert _video(found) == _whole(segment, tmp_path)


def test_a_segment_comes_with_two_packets_of_the_next(
    recorded: Record, tmp_path: Path
) -> None:
    """`s+0.01 .. e`, `next.start <= e`: about two packets of the next."""
    _, segment, after, *_ = recorded(SCENE)
    found = cut([segment, after], segment.start + 0.01, segment.end, tmp_path / "a.mp4")
    assert _video(found) == _whole(segment, tmp_path) + _whole(after, tmp_path)[:2]


def test_a_segment_is_cut_at_a_whole_second(recorded: Record, tmp_path: Path) -> None:
    """`s .. e-0.01`: up to a second too short."""
    _, segment, after, *_ = recorded(SCENE)
    end = segment.end - 0.01
    found = cut([segment, after], segment.start + 0.01, end, tmp_path / "a.mp4")
    own = _whole(segment, tmp_path)
    # The last second, less the two packets that are decoded before it is shown.
    assert _video(found) == own[:-3]


def test_a_clip_begins_at_a_keyframe(recorded: Record, tmp_path: Path) -> None:
    _, segment, *_ = recorded(SCENE)
    found = cut([segment], segment.start + 5.9, segment.end, tmp_path / "a.mp4")
    own = _whole(segment, tmp_path)
    # Five seconds in, the keyframe before is at four.
    assert _video(found) == own[20:]


def test_the_first_packet_of_a_clip_is_stretched(
    recorded: Record, tmp_path: Path
) -> None:
    segments = recorded(SCENE)
    found = cut(segments, EPOCH + 15, EPOCH + 19, tmp_path / "a.mp4")
    assert found is not None
    video, _ = packets(found)
    steps = [b.dts - a.dts for a, b in itertools.pairwise(video)]
    assert steps[0] > steps[1] + 0.01
    assert steps[1:] == pytest.approx([0.2] * len(steps[1:]), abs=0.001)


def test_a_clip_is_fragmented_and_has_an_index(
    recorded: Record, tmp_path: Path
) -> None:
    found = cut(recorded(SCENE), EPOCH, EPOCH + 19, tmp_path / "a.mp4")
    assert found is not None
    body = found.read_bytes()
    assert body.count(b"moof") > 5
    assert body.find(b"moov") < 50
    assert b"mfra" in body[-500:]


def test_nothing_recorded_is_no_clip(recorded: Record, tmp_path: Path) -> None:
    segments = recorded(SCENE)
    assert cut(segments, EPOCH - 60, EPOCH - 30, tmp_path / "a.mp4") is None


def test_an_empty_clip_is_a_file_all_the_same(recorded: Record, tmp_path: Path) -> None:
    segment = recorded(Scene(sound=None))[2]
    found = cut([segment], segment.start - 20, segment.start, tmp_path / "a.mp4")
    assert found is not None
    with av.open(str(found)) as container:
        assert [packet.dts for packet in container.demux()] == [None]


def test_a_painted_picture_shows_its_second_in_the_corner(tmp_path: Path) -> None:
    def paint(second: int, _number: int) -> Image.Image:
        picture = Image.new("RGB", (256, 144), "orange")
        put_clock(picture, second)
        return picture

    scene = Scene(width=256, height=144, clock=True, paint=paint)
    record_file(tmp_path / "video.mp4", scene, 3, EPOCH)
    with av.open(str(tmp_path / "video.mp4"), "r") as video:
        shown = [_picture(each) for each in video.decode(video.streams.video[0])]
    seconds = [read_clock(corner(each)) for each in shown]
    assert seconds == [int(EPOCH) + number // scene.fps for number in range(15)]
    red, green, blue = shown[0].resize((1, 1), box=(0, 0, 128, 72)).tobytes()
    assert (red > 230, 140 < green < 190, blue < 40) == (True, True, True)


def _picture(frame: av.VideoFrame) -> Image.Image:
    (plane,) = frame.reformat(format="rgb24").planes
    size, lines = (frame.width, frame.height), ("raw", "RGB", plane.line_size, 1)
    return Image.frombytes("RGB", size, bytes(plane), *lines)
