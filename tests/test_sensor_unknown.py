"""The sensors where nothing is known: unknown, which is not 0."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from tests.common import CONFIG_READ, add_everything, pass_time, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.stats import build_stats
from tests.versions import SINCE_018

pytestmark = pytest.mark.usefixtures("fixed_time")

RECORDINGS = "/media/frigate/recordings"


def sensor(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> str:
    return state_of(hass, entry, "sensor", key)


def _without(*path: str) -> Callable[[dict[str, Any]], None]:
    def take_out(stats: dict[str, Any]) -> None:
        for step in path[:-1]:
            stats = stats[step]
        del stats[path[-1]]

    return take_out


def _with(value: Any, *path: str) -> Callable[[dict[str, Any]], None]:
    def put_in(stats: dict[str, Any]) -> None:
        for step in path[:-1]:
            stats = stats[step]
        stats[path[-1]] = value

    return put_in


CAMERA = ("cameras", "front_door")
GPU = ("gpu_usages", "intel-gpu")


LEFT_OUT: tuple[tuple[Callable[[dict[str, Any]], None], str], ...] = (
    (_with("many", "detection_fps"), "server:detection_fps"),
    (_with("many", "camera_fps"), "server:camera_fps"),
    (_with("many", "process_fps"), "server:process_fps"),
    (_with("many", "skipped_fps"), "server:skipped_fps"),
    (_without("service", "uptime"), "server:uptime"),
    (_without("service", "last_updated"), "server:uptime"),
    (_without("service"), "server:uptime"),
    (_with(1e18, "service", "last_updated"), "server:uptime"),
    (_with(1795454964000, "service", "last_updated"), "server:uptime"),
    (_with(-1e18, "service", "uptime"), "server:uptime"),
    (_without("service"), f"server:storage_free:{RECORDINGS}"),
    (_without("service", "storage"), f"server:storage_used:{RECORDINGS}"),
    (
        _with({}, "service", "storage"),
        f"server:storage_usage:{RECORDINGS}",
    ),
    (_without("service", "temperatures"), "server:temperature:apex_0"),
    (_with({}, "service", "temperatures"), "server:temperature:apex_0"),
    (_without("cpu_usages"), "server:system_cpu_usage"),
    (_without("cpu_usages", "frigate.full_system"), "server:system_memory_usage"),
    (_without("cpu_usages"), "camera:front_door:ffmpeg_cpu_usage"),
    (_without(*CAMERA, "ffmpeg_pid"), "camera:front_door:ffmpeg_memory_usage"),
    (_with(None, *CAMERA, "pid"), "camera:front_door:detect_cpu_usage"),
    (_without("embeddings"), "server:face_recognition_speed"),
    (_with({}, "embeddings"), "server:text_embedding_speed"),
    (
        _with("-", "embeddings", "text_embedding_speed"),
        "server:text_embedding_speed",
    ),
    (_without("detectors", "cpu1"), "server:inference_speed:cpu1"),
    (_with({}, "detectors"), "server:inference_speed:cpu1"),
    (
        _without("detectors", "cpu1", "inference_speed"),
        "server:inference_speed:cpu1",
    ),
    (_without("gpu_usages"), "server:gpu_load:intel-gpu"),
    (_with({}, "gpu_usages"), "server:gpu_load:intel-gpu"),
    (_with("", *GPU, "gpu"), "server:gpu_load:intel-gpu"),
    (_with("-", *GPU, "gpu"), "server:gpu_load:intel-gpu"),
    (_with("-%", *GPU, "mem"), "server:gpu_memory:intel-gpu"),
    (_with("", *GPU, "enc"), "server:gpu_encoder:intel-gpu"),
    (_with("-", *GPU, "dec"), "server:gpu_decoder:intel-gpu"),
    (_without(*GPU, "temp"), "server:gpu_temperature:intel-gpu"),
    (_with(None, "gpu_usages"), "server:gpu_load:intel-gpu"),
    (_without("npu_usages"), "server:npu_load:rknn"),
    (_with("-", "npu_usages", "rknn", "mem"), "server:npu_memory:rknn"),
    (_without(*CAMERA), "camera:front_door:camera_fps"),
    (_without(*CAMERA, "camera_fps"), "camera:front_door:camera_fps"),
    (_without(*CAMERA, "process_fps"), "camera:front_door:process_fps"),
    (_without(*CAMERA, "skipped_fps"), "camera:front_door:skipped_fps"),
    (_without(*CAMERA, "detection_fps"), "camera:front_door:detection_fps"),
    (_without(*CAMERA, "audio_dBFS"), "camera:front_door:sound_level"),
    (_without(*CAMERA, "audio_rms"), "camera:front_door:sound_rms"),
    # Silence has no level; 0 would be as loud as can be.
    (_with(0, *CAMERA, "audio_dBFS"), "camera:front_door:sound_level"),
    (_with("many", *CAMERA, "camera_fps"), "camera:front_door:camera_fps"),
)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_missing_value_is_unknown_and_not_zero(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    subtests: pytest.Subtests,
) -> None:
    add_everything(frigate)
    gpu = {"gpu": "12.5%", "mem": "3", "enc": 0, "dec": "1.5%", "temp": 51}
    frigate.state.gpus["intel-gpu"] = gpu
    frigate.state.npus["rknn"] = {"npu": 7.5, "mem": 2}
    entry = await set_up(hass, make_entry(frigate.internal_url))
    for number, (change, key) in enumerate(LEFT_OUT):
        with subtests.test(key, number=number):
            assert sensor(hass, entry, key) not in (STATE_UNKNOWN, STATE_UNAVAILABLE)
            stats = deepcopy(build_stats(frigate.state))
            change(stats)
            frigate.fail("/api/stats", Fault.json(stats))
            await pass_time(hass, freezer)
            assert sensor(hass, entry, key) == STATE_UNKNOWN

        frigate.clear_faults()
        await pass_time(hass, freezer)
        assert sensor(hass, entry, key) not in (STATE_UNKNOWN, STATE_UNAVAILABLE)


@SINCE_018
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_missing_value_of_newer_versions_is_unknown_and_not_zero(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    add_everything(frigate)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    keys = ("server:gpu_compute:intel-gpu", "server:npu_temperature:rknn")
    before = {key: sensor(hass, entry, key) for key in keys}
    assert before == dict(zip(keys, ("4.0", "55.6"), strict=True))

    stats = deepcopy(build_stats(frigate.state))
    _without(*GPU, "compute")(stats)
    _with("-", "npu_usages", "rknn", "temp")(stats)
    frigate.fail("/api/stats", Fault.json(stats))
    await pass_time(hass, freezer)
    assert {sensor(hass, entry, key) for key in keys} == {STATE_UNKNOWN}

    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert {key: sensor(hass, entry, key) for key in keys} == before


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_sound_is_unknown_once_audio_is_switched_off(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    add_everything(frigate)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    level = "camera:front_door:sound_level"
    assert sensor(hass, entry, level) not in (STATE_UNKNOWN, STATE_UNAVAILABLE)

    frigate.state.cameras["front_door"].audio = False
    await pass_time(hass, freezer, CONFIG_READ)
    assert sensor(hass, entry, level) == STATE_UNKNOWN

    frigate.state.cameras["front_door"].audio = True
    await pass_time(hass, freezer, CONFIG_READ)
    assert sensor(hass, entry, level) not in (STATE_UNKNOWN, STATE_UNAVAILABLE)


async def test_an_absurd_time_at_the_start_costs_no_other_sensor(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.state.stats_overrides = {"service": {"last_updated": 1e18}}
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert sensor(hass, entry, "server:uptime") == STATE_UNKNOWN
    assert sensor(hass, entry, "server:detection_fps") != STATE_UNKNOWN

    frigate.state.stats_overrides = {}
    await pass_time(hass, freezer)
    assert sensor(hass, entry, "server:uptime") != STATE_UNKNOWN
