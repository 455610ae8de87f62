"""Helpers for the tests of live video: who watches, and what arrives there."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
import struct
import threading

import av

from homeassistant.components.camera import Camera, CameraEntityFeature
from homeassistant.components.camera.helper import get_camera_from_entity_id
from homeassistant.components.stream import Stream
from homeassistant.components.stream.core import StreamOutput
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.go2rtc_source import LOOP, Medium, Source
from tests.fake_frigate.real_time import real_time

CAMERA = "camera.front_door"
STREAM = "front_door"
# Segments as short as Home Assistant allows, so that little video is enough for one.
SHORT_SEGMENTS = {"stream": {"segment_duration": 2, "part_duration": 0.2}}
# Seconds: how often one looks, how long one waits, and what is sent at once.
_TURN, _LIMIT, _PATIENCE, _STEP = 0.005, 20, 0.1, 0.5
_TICKS = 90_000
_PICTURES = {1, 5}


async def happens(
    frigate: FakeFrigate, condition: Callable[[], object], seconds: float
) -> bool:
    """Return whether something happens in that time; also while the clock stands still.

    What happens in the threads of Home Assistant's players wakes nobody.
    """
    end = real_time() + seconds
    while not condition():
        if real_time() > end:
            return False
        await frigate.go2rtc.sleep(_TURN)
    return True


async def until(frigate: FakeFrigate, condition: Callable[[], object]) -> None:
    """Wait until something has happened in a thread."""
    assert await happens(frigate, condition, _LIMIT), "it has not happened"


def _differs[T](before: T, value: Callable[[], T]) -> bool:
    return value() != before


async def play(
    frigate: FakeFrigate,
    output: StreamOutput,
    condition: Callable[[], object],
    key: str = STREAM,
) -> None:
    """Send video until something has happened, no faster than it is played."""

    def progress() -> tuple[int, int]:
        segment = output.last_segment
        return output.last_sequence, len(segment.parts) if segment else 0

    end = real_time() + _LIMIT
    while not condition():
        assert real_time() < end, "it has not happened"
        before = progress()
        await frigate.go2rtc[key].push(_STEP)
        # A player that only begins makes no progress, but needs more.
        await happens(frigate, partial(_differs, before, progress), _PATIENCE)


def has_video(hass: HomeAssistant, entity: str = CAMERA) -> bool:
    """Return whether the state of a camera offers video."""
    state = hass.states.get(entity)
    assert state is not None
    return bool(state.attributes["supported_features"] & CameraEntityFeature.STREAM)


def camera_entity(hass: HomeAssistant, entity: str = CAMERA) -> Camera:
    """Return the entity itself, as Home Assistant's players have it."""
    return get_camera_from_entity_id(hass, entity)


def stream_of(hass: HomeAssistant, entity: str = CAMERA) -> Stream:
    """Return the stream that a camera has."""
    stream = camera_entity(hass, entity).stream
    assert stream is not None
    return stream


@dataclass(frozen=True)
class Packet:
    """A frame of a file: its number at the camera, and its time here and there in seconds."""

    number: int
    time: float
    time_at_camera: float


def packets(file: str | Path | BytesIO, source: Source) -> dict[Medium, list[Packet]]:
    """Return the frames of a file that a camera has sent within eight seconds."""
    sent: dict[Medium, dict[object, tuple[int, int]]] = {"video": {}, "audio": {}}
    for each in source.packets:
        found = sent[each.medium]
        found[_essence(each.medium, each.content)] = (len(found), each.time)
    read: dict[Medium, list[Packet]] = {"video": [], "audio": []}
    with av.open(file, "r") as container:
        for packet in container.demux():
            if packet.pts is None or packet.time_base is None:
                continue
            medium: Medium = "video" if packet.stream.type == "video" else "audio"
            number, time = sent[medium][_essence(medium, bytes(packet))]
            here = float(packet.pts * packet.time_base)
            read[medium].append(Packet(number, here, time / _TICKS))
    return read


def _essence(medium: Medium, content: bytes) -> object:
    """Return what of a frame no container changes: of video its slices."""
    if medium == "audio":
        return content
    units, place = [], 0
    while place < len(content):
        (size,) = struct.unpack_from(">I", content, place)
        units.append(content[place + 4 : place + 4 + size])
        place += 4 + size
    return tuple(unit for unit in units if unit[0] & 0x1F in _PICTURES)


def is_gapless(found: list[Packet], source: Source, medium: Medium) -> bool:
    """Return whether each frame follows the one before it at the camera."""
    total = sum(each.medium == medium for each in source.packets)
    first = found[0].number
    expected = [(first + index) % total for index in range(len(found))]
    return [packet.number for packet in found] == expected


def skew(read: dict[Medium, list[Packet]]) -> float:
    """Return by how many seconds sound and picture are out of step, at the most.

    In an MP4 file, the very first packet of sound begins with the file, come what may.
    """
    loop = LOOP / _TICKS
    first = read["video"][0]
    shifts = [
        (packet.time - packet.time_at_camera - first.time + first.time_at_camera)
        for packet in (*read["video"], *read["audio"][1:])
    ]
    return max(abs((shift + loop / 2) % loop - loop / 2) for shift in shifts)


async def watch(
    hass: HomeAssistant, frigate: FakeFrigate, entity: str = CAMERA, key: str = STREAM
) -> Stream:
    """Open the camera as a browser does, and wait until it sees something."""
    stream = await camera_entity(hass, entity).async_create_stream()
    assert stream is not None
    output = stream.add_provider("hls")
    await stream.start()
    await play(frigate, output, lambda: output.last_segment, key)
    return stream


async def until_stopped(frigate: FakeFrigate, key: str = STREAM) -> None:
    """Wait for the end of all players, who notice it when a frame comes."""
    while not await happens(frigate, lambda: not players(), _PATIENCE):
        await frigate.go2rtc[key].push(frames=1)


def players() -> list[threading.Thread]:
    """Return the threads in which Home Assistant reads video."""
    return [each for each in threading.enumerate() if each.name == "stream_worker"]
