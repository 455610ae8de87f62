"""What cameras send to go2rtc: a clock that moves and a beep a second, encoded once a process.

The picture is a `scene_clock` from 0 to 7 seconds, over and over, and at its top wanders a
mark, so that no two frames of these eight seconds are equal. A beep begins with each second.
"""

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
import struct
from typing import Any, Literal

from PIL import Image, ImageDraw

from tests.mp4.material import Scene, record_file
from tests.mp4.scene_clock import clock_luma

from .fragments import TIMESCALE, Kind, Track, tracks_of
from .recording_files import new_path

type Medium = Literal["video", "audio"]

LOOP_SECONDS = 8
LOOP = LOOP_SECONDS * TIMESCALE
_FPS = 20
_AAC_SAMPLES = 1024
_FILLER = 12


@dataclass(frozen=True)
class Clock:
    """Draws a clock, and above it a mark that is elsewhere in each frame."""

    width: int = 320
    height: int = 180
    fps: int = _FPS

    def __call__(self, second: int, number: int) -> Image.Image:
        """Return the picture of a second, which is a frame of this number."""
        size = self.width, self.height
        picture = Image.frombytes("L", size, clock_luma(second, *size))
        draw, mark = ImageDraw.Draw(picture), self.width // 16
        bottom = self.height // 30
        draw.rectangle((0, 0, self.width, bottom), fill=16)
        left = number * (self.width - mark) // (LOOP_SECONDS * self.fps)
        draw.rectangle((left, 0, left + mark, bottom), fill=235)
        return picture.convert("RGB")


def scene(
    width: int = 320, height: int = 180, fps: int = _FPS, **encoding: Any
) -> Scene:
    """Return a scene with a keyframe a second."""
    return Scene(
        width=width,
        height=height,
        fps=fps,
        clock=True,
        paint=Clock(width, height, fps),
        sound="beep",
        **encoding,
    )


_SCENE = scene()


@dataclass(frozen=True)
class Packet:
    """A frame of a track; `time` is when it comes within the loop, in 1/90000 s."""

    time: int
    medium: Medium
    is_keyframe: bool
    content: bytes


@dataclass(frozen=True)
class Codec:
    """A track, as go2rtc knows it: `mime` is what it calls it, `config` its first headers."""

    medium: Medium
    name: str
    mime: str
    clock_rate: int
    config: bytes
    size: tuple[int, int] = (0, 0)


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a camera sends.

    `audio` is go2rtc's name of its sound: AAC, None, or one without content such as PCMA.
    `padding` makes each keyframe that many bytes larger, and `lost` is how many packets of
    AAC are lost in eight seconds; a clock of the sound that is slow does the same.
    """

    scene: Scene = _SCENE
    audio: str | None = "AAC"
    padding: int = 0
    lost: int = 0

    @property
    def names(self) -> dict[Medium, str]:
        """Return the codecs by their medium, the video first."""
        video = "H265" if self.scene.codec == "libx265" else "H264"
        names: dict[Medium, str] = {"video": video}
        return names if self.audio is None else names | {"audio": self.audio}

    @property
    def packets(self) -> tuple[Packet, ...]:
        """Return what it sends in the eight seconds, in its order."""
        return _packets(self)

    def codec(self, medium: Medium) -> Codec:
        """Return a track of it."""
        return _codec(self, medium)

    def index(self, time: int) -> int:
        """Return the number of the first packet that does not come before a time."""
        loops, rest = divmod(time, LOOP)
        packets = self.packets
        return loops * len(packets) + bisect_left(
            packets, rest, key=lambda each: each.time
        )

    def at(self, index: int) -> tuple[int, Packet]:
        """Return a packet by its number, and when it comes since the beginning."""
        loops, rest = divmod(index, len(self.packets))
        packet = self.packets[rest]
        return loops * LOOP + packet.time, packet


CAMERA = Source()
"""H.264 and AAC: what a camera of the fake sends."""
WITHOUT_AUDIO = Source(audio=None)
PCM = Source(audio="PCMA")
"""Its sound fits nobody who asks for AAC, and is left out."""
H265 = Source(scene=scene(codec="libx265"), audio="PCMA")
"""Nothing of it fits whoever asks for H.264 and AAC: codecs not matched."""
H265_AAC = Source(scene=scene(codec="libx265"))
"""Whoever asks for H.264 and AAC hears it only: there is no error."""
LARGER = Source(scene=scene(384, 216, preset="superfast"))
"""As CAMERA, with another size and another profile of H.264."""
HUGE = Source(padding=5 * 1024 * 1024)
"""As CAMERA, with keyframes that are larger than 4 MiB."""
LOSSY = Source(lost=2)
"""As CAMERA, but go2rtc does not notice the loss: the sound comes ever earlier."""
SLOW = Source(scene=scene(fps=2))
"""As CAMERA, with few frames: for hours of video."""
BIRDSEYE = WITHOUT_AUDIO


@lru_cache(maxsize=16)
def _tracks(scene: Scene) -> dict[Kind, Track]:
    path = new_path()
    # A little more, so that the end of the loop is none of the encoder.
    record_file(path, scene, LOOP_SECONDS + 0.25, 0)
    tracks = {each.kind: each for each in tracks_of(path)}
    path.unlink()
    return tracks


@lru_cache(maxsize=16)
def _packets(source: Source) -> tuple[Packet, ...]:
    tracks, codec = _tracks(source.scene), source.codec("video")
    headers = _parameter_sets(codec.config)[0] if codec.name == "H264" else b""
    filler = _filler(source.padding)
    packets = []
    for each in tracks["v"].samples:
        content = each.content
        if each.is_keyframe:
            content = headers + content + filler
        packets.append(Packet(each.dts, "video", each.is_keyframe, content))
    if source.audio == "AAC":
        lasts = Fraction(_AAC_SAMPLES * TIMESCALE, source.scene.rate)
        for number, each in enumerate(tracks["a"].samples):
            time = round(number * lasts)
            if time < LOOP - source.lost * lasts:
                packets.append(Packet(time, "audio", True, each.content))
    packets.sort(key=lambda each: each.time)
    return tuple(each for each in packets if each.time < LOOP)


@lru_cache(maxsize=32)
def _codec(source: Source, medium: Medium) -> Codec:
    name = source.names[medium]
    if medium == "audio":
        stsd = _tracks(source.scene)["a"].description
        # The decoder's configuration is the innermost descriptor of the box.
        place = stsd.index(b"\x05\x80\x80\x80") + 4
        config = stsd[place + 1 : place + 1 + stsd[place]]
        return Codec(medium, name, "mp4a.40.2", source.scene.rate, config)
    track = _tracks(source.scene)["v"]
    config = _inside(track.description, b"avcC" if name == "H264" else b"hvcC")
    if name == "H264":
        # What comes behind the headers is left out.
        config = config[: _parameter_sets(config)[1]]
    mime = _avc1(*config[1:4]) if name == "H264" else "hvc1.1.6.L153.B0"
    return Codec(medium, name, mime, TIMESCALE, config, track.size)


def _inside(stsd: bytes, kind: bytes) -> bytes:
    place = stsd.index(kind)
    (size,) = struct.unpack_from(">I", stsd, place - 4)
    return stsd[place + 4 : place - 4 + size]


def _avc1(profile: int, compatible: int, level: int) -> str:
    """Return the name of a profile, which go2rtc makes one that every player knows."""
    profile = profile if profile in (0x42, 0x4D) else 0x64
    compatible = compatible if compatible in (0xE0, 0x40) else 0
    level = level if level in (30, 31, 40) else 41
    return f"avc1.{profile:02X}{compatible:02X}{level:02X}"


def _parameter_sets(config: bytes) -> tuple[bytes, int]:
    """Return the headers that come before each keyframe, and where they end."""
    found, place = [], 5
    for mask in (0x1F, 0xFF):
        count = config[place] & mask
        place += 1
        for _ in range(count):
            (size,) = struct.unpack_from(">H", config, place)
            found.append(config[place + 2 : place + 2 + size])
            place += 2 + size
    sets = b"".join(struct.pack(">I", len(each)) + each for each in found)
    return sets, place


def _filler(size: int) -> bytes:
    """Return a unit that decoders ignore."""
    if not size:
        return b""
    return struct.pack(">IB", size, _FILLER) + b"\xff" * (size - 2) + b"\x80"
