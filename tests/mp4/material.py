"""Recordings as Frigate keeps them, and clips cut from them as Frigate cuts them.

The pictures and the sound are made up, the files are real: FFmpeg's own encoders, its
segmenter and its `concat` demuxer, which are what Frigate runs as a command.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
import hashlib
import math
from pathlib import Path
import struct
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream
from PIL import Image

from .scene_clock import clock_luma

EPOCH = 1_795_452_940.0
BEEP_HERTZ = 1000
BEEP_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The video and audio of a camera, and their encoding."""

    width: int = 96
    height: int = 64
    fps: int = 5
    keyframes: float = 1.0
    """Seconds from one keyframe to the next."""
    b_frames: int = 0
    moving: bool = True
    noise: bool = False
    """Whether each frame is noise, which makes large files."""
    clock: bool = False
    """Whether each frame shows when it was recorded, see `scene_clock`."""
    paint: Callable[[int, int], Image.Image] | None = None
    """Draws such a frame, of a second and with a number; without it, the clock is all of it."""
    sound: str | None = "tone"
    """`tone`, `beep`, `silence`, or `None` for a camera without a microphone.

    A beep begins with each second, a tone is noise all the time.
    """
    rate: int = 16000
    codec: str = "libx264"
    preset: str = "ultrafast"
    """Of the encoder; a slower one makes H.264 of another profile."""
    tag: str | None = None
    """Codec tag, if it is not the usual one."""
    pixels: tuple[int, int] = (1, 1)
    """Sample aspect ratio."""
    seed: int = 1

    @property
    def options(self) -> dict[str, str]:
        """Options of the video encoder."""
        every = str(round(self.fps * self.keyframes))
        if self.codec == "libx265":
            told = f"log-level=none:pools=1:frame-threads=1:bframes={self.b_frames}"
            told += f":keyint={every}:min-keyint={every}:scenecut=0"
            return {"preset": self.preset, "x265-params": told}
        return {
            "preset": self.preset,
            "crf": "30",
            "threads": "1",
            "g": every,
            "keyint_min": every,
            "sc_threshold": "0",
            "bf": str(self.b_frames),
            "x264-params": "b-adapt=0",
        }


@dataclass(frozen=True)
class Segment:
    """A file of about ten seconds, with the bounds that Frigate lists for it."""

    path: Path
    start: float
    end: float


def record(
    folder: Path, scene: Scene, seconds: float, start: float = EPOCH
) -> list[Segment]:
    """Record a scene into a folder, in segments of ten seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    options = {"segment_time": "10", "segment_format": "mp4", "reset_timestamps": "1"}
    pattern = str(folder / "%05d.mp4")
    with av.open(pattern, "w", format="segment", options=options) as output:
        _encode(output, scene, seconds, start)
    return list(_listed(sorted(folder.glob("*.mp4")), scene.fps, start))


def record_file(path: Path, scene: Scene, seconds: float, start: float) -> None:
    """Record a single file that begins at a moment."""
    with av.open(str(path), "w", format="mp4") as output:
        _encode(output, scene, seconds, start)


def _listed(paths: list[Path], fps: int, start: float) -> Iterator[Segment]:
    """Give segments their times: a name holds whole seconds, and is where one begins."""
    for path in paths:
        with av.open(str(path)) as segment:
            seconds = (segment.duration or 0) / av.time_base
            frames = segment.streams.video[0].frames
        begin = float(math.floor(start))
        yield Segment(path, begin, round(begin + seconds, 6))
        start += frames / fps


def _encode(
    output: OutputContainer, scene: Scene, seconds: float, start: float
) -> None:
    # The encoders' own names are literals to the type checker, and ours comes from a scene.
    video = cast(
        VideoStream,
        output.add_stream(scene.codec, scene.fps, dict(scene.options)),
    )
    video.width, video.height, video.pix_fmt = scene.width, scene.height, "yuv420p"
    video.codec_context.sample_aspect_ratio = Fraction(*scene.pixels)
    if scene.tag is not None:
        video.codec_context.codec_tag = scene.tag
    audio = None
    if scene.sound is not None:
        audio = output.add_stream("aac", scene.rate)
        audio.layout = "mono"
    frames = _pictures(scene, round(seconds * scene.fps), start)
    sounds = _sounds(scene, seconds)
    sound = next(sounds, None)
    for number, frame in enumerate(frames, 1):
        output.mux(video.encode(frame))
        while audio and sound and (sound.pts or 0) * scene.fps < number * scene.rate:
            output.mux(audio.encode(sound))
            sound = next(sounds, None)
    output.mux(video.encode(None))
    if audio:
        output.mux(audio.encode(None))


def _noise(count: int, *numbers: int) -> bytes:
    """Return pseudorandom bytes, the same for the same numbers."""
    return hashlib.shake_128(repr(numbers).encode()).digest(count)


def _pictures(scene: Scene, count: int, start: float) -> Iterator[av.VideoFrame]:
    """Draw the video frames: a static background, and in it what moves; or a clock."""
    width, height = scene.width, scene.height
    yard = _noise(width, scene.seed) * height
    for number in range(count):
        frame = av.VideoFrame(width, height, "yuv420p")
        grey = bytearray(yard)
        if scene.clock:
            # Half a frame more, as no frame begins at quite the time it is given.
            second = math.floor(start + (number + 0.5) / scene.fps)
            if scene.paint is not None:
                yield _painted(scene.paint(second, number), number, scene.fps)
                continue
            grey[:] = clock_luma(second, width, height)
        elif scene.noise:
            grey[:] = _noise(width * height, scene.seed, number)
        elif scene.moving:
            for row in range(height // 4, height // 2):
                left = row * width
                grey[left : left + 24] = _noise(24, scene.seed, number, row)
        _fill(frame.planes[0], bytes(grey), width)
        for plane in frame.planes[1:]:
            plane.update(b"\x80" * plane.buffer_size)
        frame.pts, frame.time_base = number, Fraction(1, scene.fps)
        yield frame


def _painted(picture: Image.Image, number: int, fps: int) -> av.VideoFrame:
    """Return a picture as a frame, whose colors have half the size."""
    frame = av.VideoFrame(picture.width, picture.height, "yuv420p")
    for plane, band in zip(frame.planes, picture.convert("YCbCr").split(), strict=True):
        _fill(plane, band.resize((plane.width, plane.height)).tobytes(), plane.width)
    frame.pts, frame.time_base = number, Fraction(1, fps)
    return frame


def _fill(plane: av.video.plane.VideoPlane, grey: bytes, width: int) -> None:
    pad = bytes(plane.line_size - width)
    rows = (grey[at : at + width] for at in range(0, len(grey), width))
    plane.update(b"".join(row + pad for row in rows))


def _sounds(scene: Scene, seconds: float) -> Iterator[av.AudioFrame]:
    """Make the audio frames: silence, or noise in which no two packets are equal."""
    if scene.sound is None:
        return
    for number in range(math.ceil(seconds * scene.rate / 1024)):
        frame = av.AudioFrame("fltp", "mono", 1024)
        body = bytearray(4096)
        if scene.sound in ("tone", "beep"):
            # One byte of four is random, and one makes a small float of it.
            body[2::4] = _noise(1024, scene.seed, number)
            body[3::4] = b"\x3c" * 1024
        if scene.sound == "beep":
            _beep(body, number * 1024, scene.rate)
        frame.planes[0].update(bytes(body))
        frame.pts, frame.time_base = number * 1024, Fraction(1, scene.rate)
        frame.sample_rate = scene.rate
        yield frame


def _beep(body: bytearray, position: int, rate: int) -> None:
    """Put what belongs to the beginning of a second into the samples at a position."""
    for index in range(1024):
        place = (position + index) % rate
        if place < rate * BEEP_SECONDS:
            value = 0.5 * math.sin(place * math.tau * BEEP_HERTZ / rate)
            struct.pack_into("<f", body, 4 * index, value)


def cut(
    segments: Sequence[Segment], start: float, end: float, target: Path
) -> Path | None:
    """Cut a clip as `GET /api/<camera>/start/<s>/end/<e>/clip.mp4` does, if there is one."""
    chosen = [each for each in segments if _is_wanted(each, start, end)]
    if not chosen:
        return None
    lines = ["ffconcat version 1.0"]
    for each in chosen:
        lines.append(f"file '{each.path}'")
        if each.start < start:
            lines.append(f"inpoint {int(start - each.start)}")
        if each.end > end:
            lines.append(f"outpoint {int(end - each.start)}")
    playlist = target.with_suffix(".ffconcat")
    playlist.write_text("\n".join(lines) + "\n", encoding="utf-8")
    movflags = {"movflags": "frag_keyframe+empty_moov"}
    with (
        av.open(str(playlist), format="concat", options={"safe": "0"}) as source,
        av.open(str(target), "w", format="mp4", options=movflags) as output,
    ):
        _copy(source, output)
    playlist.unlink()
    return target


def _is_wanted(segment: Segment, start: float, end: float) -> bool:
    return (
        start <= segment.start <= end
        or start <= segment.end <= end
        or (segment.start < start and segment.end > end)
    )


def _copy(source: InputContainer, output: OutputContainer) -> None:
    """Copy packets as the FFmpeg command does, which keeps the DTS rising."""
    streams = {
        stream.index: _like(stream, output)
        for stream in source.streams
        if isinstance(stream, (VideoStream, AudioStream))
    }
    # Also where nothing follows: the header of an empty clip is sent all the same.
    output.start_encoding()
    latest: dict[int, int] = {}
    for packet in source.demux():
        if packet.dts is None or packet.stream.index not in streams:
            continue
        index = packet.stream.index
        least = latest.get(index, packet.dts - 1) + 1
        if packet.dts < least:
            packet.dts = least
            packet.pts = max(packet.pts or least, least)
        latest[index] = packet.dts
        packet.stream = streams[index]
        output.mux(packet)


def _like(
    stream: VideoStream | AudioStream, output: OutputContainer
) -> VideoStream | AudioStream:
    copy = output.add_stream_from_template(stream, opaque=True)
    copy.codec_context.codec_tag = stream.codec_context.codec_tag
    # Older versions of PyAV count in units of their own, which the command does not.
    copy.time_base = stream.time_base
    return copy
