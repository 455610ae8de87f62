"""Inspecting MP4 files: complete ones are accepted, others refused with the reason."""

from collections.abc import Callable
from pathlib import Path
import struct

import av
import pytest

from custom_components.frigate_http.mp4 import (
    Chunk,
    DamagedError,
    Mp4Error,
    NotMp4Error,
    NoVideoError,
    TruncatedError,
    VideoFile,
    inspect,
    join,
)

from .common import CLIPS
from .conftest import Record
from .material import EPOCH, Scene, cut

WHOLE = CLIPS / "whole.mp4"


def _written(folder: Path, body: bytes) -> Path:
    path = folder / "file.mp4"
    path.write_bytes(body)
    return path


def _box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _boxes(body: bytes | bytearray) -> list[tuple[bytes, int, int]]:
    """Return type, start and end of each top-level box."""
    found = []
    at = 0
    while at < len(body):
        size, kind = struct.unpack_from(">I4s", body, at)
        found.append((kind, at, at + size))
        at += size
    return found


@pytest.fixture
def ordinary(tmp_path: Path) -> Path:
    """Return a file that is not fragmented, with the moov box in front."""
    path = tmp_path / "ordinary.mp4"
    join([Chunk(inspect(WHOLE), 0, 60)], path)
    return path


@pytest.mark.parametrize(
    ("name", "video", "audio", "size"),
    [
        ("part0", 107, 338, 30262),
        ("part1", 104, 326, 47906),
        ("part2", 107, 337, 17282),
        ("whole", 308, 966, 86679),
    ],
)
def test_a_recorded_clip(name: str, video: int, audio: int, size: int) -> None:
    path = CLIPS / f"{name}.mp4"
    file = inspect(path)
    assert file.path == path
    assert file.bytes == size
    assert (file.video_packets, file.audio_packets) == (video, audio)
    assert file.seconds == pytest.approx(video / 5, abs=0.2)
    assert file.keyframe_interval == pytest.approx(2.0, abs=0.1)
    picture, sound = file.codecs
    assert (picture.name, picture.profile, picture.tag) == ("h264", "High", "avc1")
    assert (picture.width, picture.height) == (640, 360)
    assert (sound.name, sound.profile, sound.tag) == ("aac", "LC", "mp4a")
    assert (sound.rate, sound.channels) == (16000, 1)
    assert picture.extradata
    assert sound.extradata


def test_clips_of_one_camera_have_equal_codecs() -> None:
    clips = [inspect(CLIPS / f"part{number}.mp4") for number in range(3)]
    assert len({file.codecs for file in clips}) == 1


def test_an_ordinary_file(ordinary: Path) -> None:
    file = inspect(ordinary)
    assert (file.video_packets, file.audio_packets) == (308, 966)
    assert file.codecs == inspect(WHOLE).codecs


@pytest.mark.parametrize(
    "scene",
    [
        Scene(codec="libx265", b_frames=2),
        Scene(codec="libx265", tag="hvc1", sound=None),
        Scene(sound=None),
        Scene(b_frames=2, sound="silence"),
        Scene(rate=48000),
    ],
)
def test_whatever_a_camera_sends(
    recorded: Record, tmp_path: Path, scene: Scene
) -> None:
    path = cut(recorded(scene, 20), EPOCH + 2, EPOCH + 18, tmp_path / "clip.mp4")
    assert path is not None
    file = inspect(path)
    assert file.video_packets > 75
    assert (file.audio_packets > 0) is (scene.sound is not None)
    assert len(file.codecs) == (1 if scene.sound is None else 2)
    assert file.codecs[0].name == {"libx264": "h264", "libx265": "hevc"}[scene.codec]


def test_more_streams_are_ignored(tmp_path: Path) -> None:
    """An export of Frigate 0.18 has its chapters in a data stream."""
    path = tmp_path / "export.mp4"
    with av.open(str(WHOLE)) as source, av.open(str(path), "w") as output:
        video = source.streams.video[0]
        copy = output.add_stream_from_template(video, opaque=True)
        output.set_chapters(
            [
                {
                    "id": 1,
                    "start": 0,
                    "end": 30,
                    "time_base": type(video.time_base)(1, 1),
                    "metadata": {"title": "Person"},
                }
            ]
        )
        for packet in source.demux(video):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)
    with av.open(str(path)) as container:
        assert [stream.type for stream in container.streams] == ["video", "data"]
    file = inspect(path)
    assert (file.video_packets, file.audio_packets) == (308, 0)


@pytest.mark.parametrize("body", [b"", b"<html>\r\n<head>", b"Not found", b"\x00\x00"])
def test_not_an_mp4_file(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(NotMp4Error):
        inspect(_written(tmp_path, body))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        inspect(tmp_path / "none.mp4")


def _ends(body: bytes) -> list[int]:
    """Return offsets at which to truncate a file: at the ends of its boxes, and around them."""
    edges = [end for _, _, end in _boxes(body)][:-1]
    chosen = [*edges[:6], *edges[-4:]]
    near = [edge + step for edge in chosen for step in (-1, 0, 1, 7, 8, 9)]
    return [8, 20, *near, len(body) // 2, len(body) - 1]


@pytest.mark.parametrize("name", ["part0", "part1", "part2", "whole"])
def test_a_truncated_clip(tmp_path: Path, name: str) -> None:
    body = (CLIPS / f"{name}.mp4").read_bytes()
    for end in _ends(body):
        with pytest.raises(TruncatedError):
            inspect(_written(tmp_path, body[:end]))
    assert inspect(_written(tmp_path, body)).video_packets > 100


def test_a_truncated_ordinary_file(tmp_path: Path, ordinary: Path) -> None:
    body = ordinary.read_bytes()
    for end in _ends(body):
        with pytest.raises(TruncatedError):
            inspect(_written(tmp_path, body[:end]))
    assert inspect(_written(tmp_path, body)).video_packets == 308


def test_the_error_says_what_is_missing(tmp_path: Path) -> None:
    body = WHOLE.read_bytes()
    with pytest.raises(TruncatedError, match=r"\(mfra\) lacks its last 5 bytes"):
        inspect(_written(tmp_path, body[:-5]))


def test_a_fragment_without_mdat(tmp_path: Path) -> None:
    body = WHOLE.read_bytes()
    kinds = _boxes(body)
    moof = next(end for kind, _, end in kinds if kind == b"moof")
    with pytest.raises(DamagedError, match="'mfra' where its content belongs"):
        inspect(_written(tmp_path, body[:moof] + _box(b"mfra")))
    with pytest.raises(TruncatedError, match="content of its last fragment"):
        inspect(_written(tmp_path, body[:moof]))


def test_64_bit_box_sizes(tmp_path: Path, ordinary: Path) -> None:
    body = ordinary.read_bytes()
    _, begin, end = _boxes(body)[-1]
    large = struct.pack(">I4sQ", 1, b"mdat", end - begin + 8) + body[begin + 8 :]
    # The content moved by eight bytes, so the box before it gives them up.
    assert _boxes(body)[-2] == (b"free", begin - 8, begin)
    path = _written(tmp_path, body[: begin - 8] + large)
    assert inspect(path).video_packets == 308
    for cut_off in (1, 1000):
        with pytest.raises(TruncatedError):
            inspect(_written(tmp_path, path.read_bytes()[:-cut_off]))
        path = _written(tmp_path, body[: begin - 8] + large)
    with pytest.raises(TruncatedError, match="header of a box"):
        inspect(_written(tmp_path, body[: begin - 8] + large[:12]))


def test_a_box_that_extends_to_the_end(tmp_path: Path, ordinary: Path) -> None:
    body = bytearray(ordinary.read_bytes())
    _, begin, _ = _boxes(body)[-1]
    body[begin : begin + 4] = bytes(4)
    assert inspect(_written(tmp_path, bytes(body))).video_packets == 308
    # Its boxes are whole wherever it ends, but its packets are not.
    for cut_off in range(1, 500, 7):
        with pytest.raises(DamagedError, match=r"is not whole|are missing"):
            inspect(_written(tmp_path, bytes(body[:-cut_off])))


@pytest.mark.parametrize("header", [b"\x00\x00\x00\x07free", b"\x00\x00\x00\x01free"])
def test_a_box_smaller_than_its_header(tmp_path: Path, header: bytes) -> None:
    body = WHOLE.read_bytes() + header + bytes(8)
    with pytest.raises(DamagedError, match="smaller than its own header"):
        inspect(_written(tmp_path, body))


def test_too_many_boxes(tmp_path: Path) -> None:
    body = WHOLE.read_bytes() + 2**19 * b"\x00\x00\x00\x08free"
    with pytest.raises(DamagedError, match="too many boxes"):
        inspect(_written(tmp_path, body))


def _nothing_but_the_beginning(body: bytes) -> bytes:
    return body[: _boxes(body)[0][2]]


def _no_description(body: bytes) -> bytes:
    return body.replace(b"moov", b"free")


@pytest.mark.parametrize("change", [_nothing_but_the_beginning, _no_description])
def test_no_moov_box(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(TruncatedError, match="moov"):
        inspect(_written(tmp_path, change(WHOLE.read_bytes())))


def test_no_mdat_box(tmp_path: Path) -> None:
    body = WHOLE.read_bytes()
    end = _boxes(body)[1][2]
    with pytest.raises(TruncatedError, match="mdat"):
        inspect(_written(tmp_path, body[:end]))


def test_an_empty_moov_box(tmp_path: Path) -> None:
    body = WHOLE.read_bytes()
    with pytest.raises(NoVideoError):
        inspect(_written(tmp_path, body.replace(b"trak", b"free")))


@pytest.mark.parametrize("table", [b"stsc", b"stco", b"stts", b"ctts"])
def test_a_damaged_moov_box(tmp_path: Path, ordinary: Path, table: bytes) -> None:
    body = bytearray(ordinary.read_bytes())
    begin = body.find(table)
    body[begin + 8 : begin + 16] = b"\xff" * 8
    with pytest.raises(DamagedError, match=r"cannot be read|is not whole|are missing"):
        inspect(_written(tmp_path, bytes(body)))


def test_unknown_audio_codec(tmp_path: Path) -> None:
    body = WHOLE.read_bytes().replace(b"mp4a", b"zzzz").replace(b"esds", b"free")
    file = inspect(_written(tmp_path, body))
    assert (file.video_packets, file.audio_packets) == (308, 0)
    assert len(file.codecs) == 1


def test_unknown_video_codec(tmp_path: Path) -> None:
    body = WHOLE.read_bytes().replace(b"avc1", b"zzzz").replace(b"avcC", b"free")
    with pytest.raises(NoVideoError):
        inspect(_written(tmp_path, body))


def test_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(WHOLE)) as source, av.open(str(path), "w") as output:
        copy = output.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)
    with pytest.raises(NoVideoError, match="no video track"):
        inspect(path)


def test_an_empty_clip(recorded: Record, tmp_path: Path) -> None:
    segment = recorded(Scene(sound=None))[2]
    begin = segment.start
    path = cut([segment], begin - 20, begin, tmp_path / "clip.mp4")
    assert path is not None
    with pytest.raises(NoVideoError, match="empty"):
        inspect(path)


def test_a_playlist_is_not_followed(tmp_path: Path) -> None:
    """FFmpeg would open the files and URLs of a playlist."""
    body = f"#EXTM3U\n#EXTINF:1,\n{WHOLE}\n".encode()
    with pytest.raises(NotMp4Error):
        inspect(_written(tmp_path, body))


def test_a_path_that_looks_like_a_protocol(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "concat:a|b.mp4").write_bytes(WHOLE.read_bytes())
    monkeypatch.chdir(tmp_path)
    file = inspect(Path("concat:a|b.mp4"))
    assert file.video_packets == 308
    target = Path("http:joined.mp4")
    join([Chunk(file, 0, 60)], target)
    assert inspect(target).video_packets == 308


def test_all_errors_are_mp4_errors() -> None:
    for error in (NotMp4Error, TruncatedError, DamagedError, NoVideoError):
        assert issubclass(error, Mp4Error)
    assert not issubclass(Mp4Error, OSError)


def test_a_video_file_is_immutable() -> None:
    file = inspect(WHOLE)
    assert not hasattr(file, "__dict__")
    assert hash(file) == hash(inspect(WHOLE))
    assert isinstance(file, VideoFile)
