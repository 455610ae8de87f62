"""The files of the recordings: each scene is recorded once, and then repeats for ever.

A scene has a dozen files of ten seconds. A segment that Frigate lists is one of them, or
its beginning where the segment ended early. Recording the usual scene takes half a second
and 2.5 MB; that happens at the first video somebody asks for, in a thread.

A scene with a clock shows when it was recorded. No two of its files are equal, and each is
recorded, in a twentieth of a second, when somebody asks for it.

For clips that are really large there is `NOISE`: a few files of 21 MB, recorded in three
seconds, of which a clip of 150 s takes 300 MB, one of a quarter of an hour 2 GB.
"""

import atexit
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
import itertools
import math
from pathlib import Path
import shutil
import tempfile
import threading

import av
from av.audio.stream import AudioStream
from av.error import FFmpegError
from av.video.stream import VideoStream
from PIL import Image

from tests.mp4 import material
from tests.mp4.material import Scene

from .footage import SEGMENT_SECONDS, Segment

NOISE = Scene(width=1280, height=720, noise=True)
_FILES = 12
_NOISY_FILES = 3
# A moment is a little later than it should be where a codec has no even time base.
_NEAR = 0.001
_FORMATS = {"jpg": "JPEG", "png": "PNG"}

_CLOCK_FILES = 1000

_busy = threading.RLock()
_numbers = itertools.count()


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="fake-frigate-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def new_path() -> Path:
    """Return where a new video can be written, which nobody else uses."""
    return _folder() / f"{next(_numbers)}.mp4"


@dataclass
class _SceneFiles:
    """The files of a scene, and what was made of them."""

    files: list[Path]
    made: dict[tuple[object, ...], Path] = field(default_factory=dict)

    def once(self, make: Callable[[Path], None], *key: object) -> Path:
        """Return the file of that key, which is made if it is not there yet."""
        with _busy:
            if key not in self.made:
                path = new_path()
                make(path)
                self.made[key] = path
            return self.made[key]


def _files_of(scene: Scene) -> _SceneFiles:
    with _busy:
        return _record(scene)


@cache
def _record(scene: Scene) -> _SceneFiles:
    assert SEGMENT_SECONDS % scene.keyframes == 0, "a keyframe at every tenth second"
    if scene.clock:
        return _SceneFiles([])
    count = _NOISY_FILES if scene.noise else _FILES
    # The first file is not like the others, and the last one is not full.
    seconds = (count + 2) * SEGMENT_SECONDS + scene.keyframes
    _first, *segments = material.record(_folder() / str(next(_numbers)), scene, seconds)
    whole = SEGMENT_SECONDS * scene.fps
    files = [each.path for each in segments if _frames(each.path) == whole]
    assert len(files) >= count
    return _SceneFiles(files[:count])


def _frames(path: Path) -> int:
    with av.open(str(path)) as video:
        return video.streams.video[0].frames


def file_of(segment: Segment) -> Path:
    """Return the file of a segment."""
    if segment.scene.clock:
        return _clock_file(segment.scene, segment.start, segment.duration)
    scene_files = _files_of(segment.scene)
    whole = scene_files.files[
        int(segment.start // SEGMENT_SECONDS) % len(scene_files.files)
    ]
    if segment.duration >= SEGMENT_SECONDS:
        return whole
    return scene_files.once(
        lambda path: _copy(whole, path, segment.duration), whole, segment.duration
    )


_clock_files: dict[tuple[Scene, float, float], Path] = {}


def _clock_file(scene: Scene, start: float, seconds: float) -> Path:
    key = scene, start, seconds
    with _busy:
        if key not in _clock_files:
            while len(_clock_files) >= _CLOCK_FILES:
                _clock_files.pop(next(iter(_clock_files))).unlink()
            path = new_path()
            material.record_file(path, scene, seconds, start)
            _clock_files[key] = path
        return _clock_files[key]


def video_of(scene: Scene, start: float, seconds: float, silent: bool) -> Path:
    """Return an ordinary video of that length, with the index in front.

    When it begins is only seen where the scene has a clock.
    """
    scene_files = _files_of(scene)
    key = seconds, silent, start if scene.clock else None

    def make(path: Path) -> None:
        count = int(seconds // SEGMENT_SECONDS) + 1
        files = [*itertools.islice(itertools.cycle(scene_files.files), count)]
        if scene.clock:
            starts = (start + SEGMENT_SECONDS * each for each in range(count))
            files = [_clock_file(scene, each, SEGMENT_SECONDS) for each in starts]
        parts = [material.Segment(each, 0, SEGMENT_SECONDS) for each in files]
        joined = material.cut(parts, -math.inf, math.inf, new_path())
        assert joined is not None
        _copy(joined, path, seconds, silent=silent)
        joined.unlink()

    return scene_files.once(make, *key)


def cut(segments: Sequence[Segment], start: float, end: float, target: Path) -> None:
    """Cut a clip; of impossible times nothing comes, not even the header."""
    parts = [material.Segment(file_of(each), each.start, each.end) for each in segments]
    try:
        material.cut(parts, start, end, target)
    except FFmpegError:
        target.with_suffix(".ffconcat").unlink()
        target.touch()


def _copy(source: Path, target: Path, seconds: float, *, silent: bool = False) -> None:
    """Copy what a video shows before a moment."""
    options = {"movflags": "faststart"}
    with (
        av.open(str(source)) as whole,
        av.open(str(target), "w", format="mp4", options=options) as part,
    ):
        copies = {
            each: part.add_stream_from_template(each, opaque=True)
            for each in whole.streams
            if isinstance(each, VideoStream)
            or (isinstance(each, AudioStream) and not silent)
        }
        # Files that are cut one after the other must count time in the same units.
        for each, copy in copies.items():
            copy.time_base = each.time_base
        end = _begin(whole.streams.video[0]) + seconds - _NEAR
        for packet in whole.demux(*copies):
            if packet.pts is None or packet.stream not in copies:
                continue
            if packet.pts * packet.time_base >= end:
                # What is decoded after this one may need it, so it ends here.
                del copies[packet.stream]
                continue
            packet.stream = copies[packet.stream]
            part.mux(packet)


def _begin(video: VideoStream) -> float:
    """Return when the first picture is shown, which B-frames put off."""
    return float((video.start_time or 0) * (video.time_base or 0))


def picture(segment: Segment, moment: float, kind: str, height: int | None) -> bytes:
    """Return the first picture at or after a moment; after the last one there is none."""
    offset = moment - segment.start
    with av.open(str(file_of(segment))) as video:
        video.seek(int(offset * av.time_base))
        for frame in video.decode(video=0):
            if frame.time is None or frame.time < offset - _NEAR:
                continue
            return _drawn(frame, kind, height or frame.height)
    return b""


def _drawn(frame: av.VideoFrame, kind: str, height: int) -> bytes:
    width = frame.width * height // frame.height
    picture = frame.reformat(width, height, "rgb24")
    (plane,) = picture.planes
    lines = "raw", "RGB", plane.line_size, 1
    out = BytesIO()
    Image.frombytes("RGB", (width, height), bytes(plane), *lines).save(
        out, _FORMATS[kind]
    )
    return out.getvalue()
