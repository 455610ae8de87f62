"""The sensors: what they show, and above all what they show where nothing is known."""

from datetime import UTC, datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from homeassistant.const import STATE_UNKNOWN, EntityCategory, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from tests.common import (
    add_everything,
    entity_id,
    is_registered,
    pass_polls,
    pass_time,
    snapshot_entry,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.stats import build_stats
from tests.versions import EVERY_VERSION, SINCE_018, WITH_016

pytestmark = pytest.mark.usefixtures("fixed_time")

RECORDINGS = "/media/frigate/recordings"
PEOPLE = {"faces": {"Eileen": 2, "Ana": 0}, "train": 3}

everything_on = pytest.mark.usefixtures("entity_registry_enabled_by_default")


def sensor(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> str:
    return state_of(hass, entry, "sensor", key)


def sensor_state(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> State:
    state = hass.states.get(entity_id(hass, entry, "sensor", key) or "")
    assert state is not None
    return state


@WITH_016
@everything_on
async def test_entities(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.frigate_http.PLATFORMS", [Platform.SENSOR])
    add_everything(frigate)
    # So that what is shown is always what was polled.
    frigate.block_live()
    freezer.tick(600)
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


@EVERY_VERSION
async def test_what_is_on_by_default_and_what_is_diagnostic(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    add_everything(frigate)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    sensors = [one for one in entities if one.domain == "sensor"]

    def key(one: er.RegistryEntry) -> str:
        return one.unique_id.removeprefix(f"{entry.entry_id}:")

    of_faces = {
        "server:known_faces",
        "server:faces_to_train",
        "server:face_images:Eileen",
        "server:face_images:Ana_María",
    }
    of_reviews = {"server:unreviewed_alerts", "server:unreviewed_detections"}
    of_life = {
        f"camera:{camera}:{kind}"
        for camera in frigate.state.cameras
        for kind in (
            "review_status",
            "last_recognized_face",
            "object_classification:courier",
            "snoozed_until",
        )
    }
    of_people = {
        f"server:{kind}:{person}"
        for kind in ("last_seen", "last_camera")
        for person in ("Eileen", "Ana_María")
    }
    on_by_default = {key(one) for one in sensors if one.disabled_by is None}
    assert on_by_default == of_faces | of_reviews | of_life | {
        "server:detection_fps",
        "server:inference_speed:cpu1",
        "server:uptime",
        f"server:storage_usage:{RECORDINGS}",
        f"server:storage_free:{RECORDINGS}",
    }
    diagnostic = {
        key(one) for one in sensors if one.entity_category is EntityCategory.DIAGNOSTIC
    }
    # What a microphone hears tells nothing about how the camera is doing.
    sound = {"camera:front_door:sound_level", "camera:front_door:sound_rms"}
    counts = {key(one) for one in sensors if "count:" in key(one)}
    suspended = {f"camera:{one}:suspended_until" for one in frigate.state.cameras}
    no_diagnostics = of_faces | of_reviews | of_life | of_people | sound | counts
    assert diagnostic == {key(one) for one in sensors} - no_diagnostics - suspended


@WITH_016
@everything_on
async def test_the_sensors_follow_the_stats(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    seen = set()
    for _ in range(4):
        stats = build_stats(frigate.state)
        camera = stats["cameras"]["front_door"]
        rates = ("camera_fps", "process_fps", "skipped_fps", "detection_fps")
        expected = {
            f"server:{rate}": sum(one[rate] for one in stats["cameras"].values())
            for rate in rates
        } | {
            "server:inference_speed:cpu1": stats["detectors"]["cpu1"][
                "inference_speed"
            ],
            "server:system_cpu_usage": stats["cpu_usages"]["frigate.full_system"][
                "cpu"
            ],
            "server:face_recognition_speed": stats["embeddings"][
                "face_recognition_speed"
            ],
            "camera:front_door:camera_fps": camera["camera_fps"],
            "camera:front_door:detection_fps": camera["detection_fps"],
        }
        shown = {key: float(sensor(hass, entry, key)) for key in expected}
        assert shown == {key: round(float(value), 1) for key, value in expected.items()}
        seen.add(tuple(shown.values()))
        await pass_time(hass, freezer)
    assert len(seen) == 4


def with_decimals(number: float) -> dict[str, Any]:
    """Return stats that tell a number wherever a number with decimals may stand."""
    rates = ("camera_fps", "process_fps", "skipped_fps", "detection_fps")
    rated = dict.fromkeys(rates, number)
    shares = {"cpu": str(number), "mem": f"{number}%"}
    space = dict.fromkeys(("total", "used", "free"), number * 1024)
    return {
        **rated,
        "cameras": {
            "front_door": rated | {"audio_rms": number, "audio_dBFS": -number},
        },
        "cpu_usages": {"frigate.full_system": shares},
        "detectors": {"cpu1": {"inference_speed": number, "temperature": number}},
        "embeddings": {"face_recognition_speed": number},
        "gpu_usages": {
            "intel-gpu": {"gpu": f"{number}%", "temp": number, "compute": number}
        },
        "npu_usages": {"rknn": {"npu": number, "mem": number, "temp": number}},
        "service": {"storage": {RECORDINGS: space}, "temperatures": {"apex": number}},
    }


ROUNDED = {
    "server:camera_fps": "12.3",
    "server:skipped_fps": "12.3",
    "server:system_cpu_usage": "12.3",
    "server:system_memory_usage": "12.3",
    "server:inference_speed:cpu1": "12.3",
    "server:face_recognition_speed": "12.3",
    "server:gpu_load:intel-gpu": "12.3",
    "server:gpu_temperature:intel-gpu": "12.3",
    "server:npu_load:rknn": "12.3",
    "server:npu_memory:rknn": "12.3",
    # A file system may be as small as a hundredth of that.
    f"server:storage_free:{RECORDINGS}": "12.35",
    f"server:storage_used:{RECORDINGS}": "12.35",
    f"server:storage_total:{RECORDINGS}": "12.35",
    f"server:storage_usage:{RECORDINGS}": "100.0",
    "camera:front_door:camera_fps": "12.3",
    "camera:front_door:detection_fps": "12.3",
    "camera:front_door:sound_level": "-12.3",
    "camera:front_door:sound_rms": "12.3",
}


@EVERY_VERSION
@everything_on
async def test_numbers_are_rounded(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    add_everything(frigate)
    frigate.state.stats_overrides = with_decimals(12.345678901234567)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    temperature = "apex" if not frigate.state.is_018 else "cpu1"
    expected = ROUNDED | {f"server:temperature:{temperature}": "12.3"}
    if frigate.state.is_018:
        newer = ("server:gpu_compute:intel-gpu", "server:npu_temperature:rknn")
        expected |= dict.fromkeys(newer, "12.3")
    assert {key: sensor(hass, entry, key) for key in expected} == expected

    before = {key: sensor_state(hass, entry, key).last_reported for key in expected}
    frigate.state.stats_overrides = with_decimals(12.345678999999999)
    await pass_time(hass, freezer)
    assert before == {
        key: sensor_state(hass, entry, key).last_reported for key in expected
    }

    frigate.state.stats_overrides = with_decimals(99.91)
    await pass_time(hass, freezer)
    assert sensor(hass, entry, "server:camera_fps") == "99.9"


@everything_on
async def test_there_is_no_zero_below_zero(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    add_everything(frigate)
    frigate.state.stats_overrides = {"cameras": {"front_door": {"audio_dBFS": -0.04}}}
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert sensor(hass, entry, "camera:front_door:sound_level") == "0.0"


@EVERY_VERSION
@everything_on
async def test_cpu_and_memory_of_a_camera_whose_processes_are_new(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    pids = {"ffmpeg": "ffmpeg_pid", "capture": "capture_pid", "detect": "pid"}
    seen_pids = set()
    for _ in range(3):
        stats = build_stats(frigate.state)
        camera = stats["cameras"]["front_door"]
        seen_pids.add(camera["pid"])
        for process, pid in pids.items():
            usage = stats["cpu_usages"][str(camera[pid])]
            cpu = sensor(hass, entry, f"camera:front_door:{process}_cpu_usage")
            memory = sensor(hass, entry, f"camera:front_door:{process}_memory_usage")
            assert (cpu, memory) == (usage["cpu"], usage["mem"])
        # A restart gives every process another number.
        frigate.restart()
        await pass_time(hass, freezer)
    assert len(seen_pids) == 3


@SINCE_018
@everything_on
async def test_frigate_0_18_reports_the_cpu_usage_of_a_camera(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    own = {"ffmpeg_cpu": "61.5", "capture_cpu": "2.5", "detect_cpu": "0.0"}
    frigate.state.stats_overrides = {"cameras": {"front_door": own}}
    await pass_time(hass, freezer)
    for key, value in own.items():
        assert sensor(hass, entry, f"camera:front_door:{key}_usage") == value


@SINCE_018
@everything_on
async def test_the_connection_of_a_camera(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    camera = frigate.state.cameras["front_door"]
    camera.reconnects, camera.stalls, camera.fps = 4, 7, 5
    for quality in ("poor", "fair", "unusable", "excellent"):
        camera.connection_quality = quality
        await pass_time(hass, freezer)
        assert sensor(hass, entry, "camera:front_door:connection_quality") == quality
    assert sensor(hass, entry, "camera:front_door:reconnects_last_hour") == "4"
    assert sensor(hass, entry, "camera:front_door:stalls_last_hour") == "7"
    assert sensor(hass, entry, "camera:front_door:expected_fps") == "5.0"

    # A word of a version to come is unknown, and no trouble.
    camera.connection_quality = "superb"
    await pass_time(hass, freezer)
    key = "camera:front_door:connection_quality"
    assert sensor(hass, entry, key) == STATE_UNKNOWN
    camera.connection_quality = "fair"
    await pass_time(hass, freezer)
    assert sensor(hass, entry, key) == "fair"


@everything_on
async def test_0_17_has_no_sensors_of_the_connection(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    for key in (
        "connection_quality",
        "expected_fps",
        "reconnects_last_hour",
        "stalls_last_hour",
    ):
        assert not is_registered(hass, entry, "sensor", f"camera:front_door:{key}")


@EVERY_VERSION
@everything_on
async def test_sound_is_shown_where_audio_is_on(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    camera = frigate.state.cameras["front_door"]
    camera.audio, camera.audio_dbfs, camera.audio_rms = True, -42.5, 320.25
    entry = await set_up(hass, make_entry(frigate.internal_url))

    level = sensor_state(hass, entry, "camera:front_door:sound_level")
    assert level.state == "-42.5"
    assert level.attributes["unit_of_measurement"] == "dBFS"
    assert "device_class" not in level.attributes
    assert sensor(hass, entry, "camera:front_door:sound_rms") == "320.2"
    assert not is_registered(hass, entry, "sensor", "camera:Portones:sound_level")


async def test_uptime_is_when_frigate_started_and_does_not_drift(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    def started() -> datetime:
        return datetime.fromisoformat(sensor(hass, entry, "server:uptime"))

    first = started()
    assert first == datetime(2026, 11, 23, 12, tzinfo=UTC)
    for off_by in (1, -1, 2):
        frigate.state.stats_overrides = {}
        uptime = build_stats(frigate.state)["service"]["uptime"] + off_by
        frigate.state.stats_overrides = {"service": {"uptime": uptime}}
        await pass_time(hass, freezer)
        assert started() == first

    frigate.state.stats_overrides = {}
    freezer.tick(500)
    frigate.restart()
    await pass_polls(hass, freezer, 2)
    assert started() == datetime.fromtimestamp(frigate.state.started_at, UTC)
    assert started() > first


async def test_storage_of_the_recordings(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    def recordings(**values: Any) -> None:
        frigate.state.storage[RECORDINGS] = values

    recordings(total=204800.0, used=51200.0, free=147456.0)
    await pass_time(hass, freezer)
    percent = f"server:storage_usage:{RECORDINGS}"
    free = f"server:storage_free:{RECORDINGS}"
    assert sensor(hass, entry, percent) == "25.0"
    assert sensor(hass, entry, free) == "144.0"
    assert sensor_state(hass, entry, free).attributes["unit_of_measurement"] == "GiB"

    recordings(total=0, used=0, free=0)
    await pass_time(hass, freezer)
    assert sensor(hass, entry, percent) == STATE_UNKNOWN
    assert float(sensor(hass, entry, free)) == 0

    recordings(total=1000)
    await pass_time(hass, freezer)
    assert sensor(hass, entry, percent) == STATE_UNKNOWN
    assert sensor(hass, entry, free) == STATE_UNKNOWN


@pytest.mark.parametrize("frigate_options", [PEOPLE])
async def test_faces_and_people(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert sensor(hass, entry, "server:known_faces") == "2"
    assert sensor(hass, entry, "server:faces_to_train") == "3"
    assert sensor(hass, entry, "server:face_images:Eileen") == "2"
    assert sensor(hass, entry, "server:face_images:Ana") == "0"
    assert not is_registered(hass, entry, "sensor", "server:face_images:train")

    frigate.state.train.clear()
    frigate.add_face("Eileen", 5)
    frigate.add_face("Old_Tom", 1)
    await pass_time(hass, freezer)
    assert sensor(hass, entry, "server:known_faces") == "3"
    assert sensor(hass, entry, "server:faces_to_train") == "0"
    assert sensor(hass, entry, "server:face_images:Eileen") == "7"
    tom = sensor_state(hass, entry, "server:face_images:Old_Tom")
    assert tom.name == "Frigate Face images of Old Tom"


async def test_an_empty_library_has_no_faces_and_none_to_train(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    # Frigate answers {} while it has no folder of faces.
    assert sensor(hass, entry, "server:known_faces") == "0"
    assert sensor(hass, entry, "server:faces_to_train") == "0"


@everything_on
async def test_shares_of_a_gpu_may_have_a_percent_sign(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.gpus["a"] = {"gpu": "12.5%", "mem": "7", "enc": 0, "dec": "0.0%"}
    entry = await set_up(hass, make_entry(frigate.internal_url))
    shown = [
        sensor(hass, entry, f"server:gpu_{what}:a")
        for what in ("load", "memory", "encoder", "decoder")
    ]
    assert [float(one) for one in shown] == [12.5, 7, 0, 0]
    # Only some tell these.
    for what in ("temperature", "compute"):
        assert not is_registered(hass, entry, "sensor", f"server:gpu_{what}:a")


@SINCE_018
@everything_on
async def test_the_compute_load_of_a_gpu_and_the_temperature_of_an_npu(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    gpu = {"gpu": "12.5%", "mem": "-%", "compute": "4.0%", "dec": "8.5%"}
    frigate.state.gpus["Intel iGPU"] = gpu
    frigate.state.npus |= {
        "rockchip": {"npu": 33.3, "mem": "-%", "temp": 55.6},
        "axengine": {"npu": "7.0%", "mem": "-"},
    }
    entry = await set_up(hass, make_entry(frigate.internal_url))
    compute = sensor_state(hass, entry, "server:gpu_compute:Intel iGPU")
    assert compute.name == "Frigate Intel iGPU GPU compute load"
    assert (compute.state, compute.attributes["unit_of_measurement"]) == ("4.0", "%")
    temperature = sensor_state(hass, entry, "server:npu_temperature:rockchip")
    assert temperature.name == "Frigate Rockchip NPU temperature"
    assert temperature.state == "55.6"
    assert temperature.attributes["unit_of_measurement"] == "°C"
    without = ("sensor", "server:npu_temperature:axengine")
    assert not is_registered(hass, entry, *without)

    # It can be read only later.
    frigate.state.npus["axengine"]["temp"] = 41
    await pass_time(hass, freezer)
    assert state_of(hass, entry, *without) == "41.0"


@EVERY_VERSION
@everything_on
async def test_temperatures_stand_where_the_version_keeps_them(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    # 0.17 lists them by sensor, 0.18 has them with the detector.
    name = "cpu1" if frigate.state.is_018 else "apex_0"
    frigate.state.temperatures[name] = 46.25
    entry = await set_up(hass, make_entry(frigate.internal_url))
    state = sensor_state(hass, entry, f"server:temperature:{name}")
    assert (state.state, state.attributes["unit_of_measurement"]) == ("46.2", "°C")


@everything_on
async def test_mounts_are_called_by_their_last_folder(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.storage["/"] = {"total": 8, "used": 2, "free": 6}
    entry = await set_up(hass, make_entry(frigate.internal_url))

    def name(mount: str) -> str:
        return sensor_state(hass, entry, f"server:storage_total:{mount}").name

    assert name("/dev/shm") == "Frigate Shm total storage"
    assert name("/tmp/cache") == "Frigate Cache total storage"
    assert name("/") == "Frigate / total storage"


@everything_on
async def test_no_two_entities_of_a_device_have_the_same_name(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    add_everything(frigate)
    # Some chips are both, under one name.
    frigate.state.gpus["rockchip"] = {"gpu": "12.5%", "mem": "3.1%"}
    frigate.state.npus["rockchip"] = {"npu": 7.5, "mem": "-"}
    entry = await set_up(hass, make_entry(frigate.internal_url))
    names = [
        (one.device_id, one.domain, one.original_name)
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    ]
    assert len(names) > 50
    assert len(set(names)) == len(names)
