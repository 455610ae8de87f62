"""Reading of `/api/stats` of every version, complete and with missing keys."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    CameraStats,
    DetectorStats,
    GpuStats,
    NpuStats,
    Stats,
    StorageStats,
    Usage,
    Version,
)
from tests.fake_frigate.state import is_since
from tests.versions import EVERY_VERSION, VERSIONS

from .conftest import recorded

RECORDINGS = "/media/frigate/recordings"


def _camera(**changes: Any) -> CameraStats:
    """Return a camera of which only the given values are known."""
    known = {
        "camera_fps": None,
        "process_fps": None,
        "skipped_fps": None,
        "detection_fps": None,
        "detection_enabled": None,
        "audio_rms": None,
        "audio_dbfs": None,
        "ffmpeg": Usage(),
        "capture": Usage(),
        "detect": Usage(),
        "connection_quality": None,
        "expected_fps": None,
        "reconnects_last_hour": None,
        "stalls_last_hour": None,
    }
    return CameraStats(**{**known, **changes})


def _stats_of(version: str) -> Any:
    return recorded(
        version, "full.stats" if is_since(version, "0.18") else "stats.5000"
    )


def test_recorded_stats_of_0_17_are_read() -> None:
    stats = Stats.from_api(_stats_of("0.17.2"))
    assert stats.cameras["front_door"] == _camera(
        camera_fps=3.0,
        process_fps=3.0,
        skipped_fps=0.0,
        detection_fps=3.0,
        detection_enabled=True,
        audio_rms=0.0,
        audio_dbfs=None,
        ffmpeg=Usage(1.2, 0.3),
        capture=Usage(0.2, 0.6),
        detect=Usage(1.5, 0.6),
    )
    assert stats.detectors == {"cpu1": DetectorStats(2.12)}
    assert stats.system == Usage(24.2, 4.8)
    assert stats.embeddings == {
        "face_recognition_speed": 10.13,
        "face_recognition": 0.2,
    }
    assert stats.storage[RECORDINGS] == StorageStats(258019.6, 28357.6, 75539.8)
    assert set(stats.storage) >= {RECORDINGS, "/media/frigate/clips", "/dev/shm"}
    assert stats.uptime == 267
    assert str(stats.version) == "0.17.2"
    assert stats.latest_version is None
    assert stats.last_updated == 1795451766
    assert (stats.camera_fps, stats.process_fps) == (6.0, 6.0)
    assert (stats.skipped_fps, stats.detection_fps) == (0.0, 6.0)
    assert (stats.gpus, stats.npus, stats.temperatures) == ({}, {}, {})


def test_recorded_stats_of_0_18_are_read() -> None:
    stats = Stats.from_api(_stats_of("0.18"))
    assert stats.cameras["front_door"] == _camera(
        camera_fps=3.0,
        process_fps=3.0,
        skipped_fps=0.0,
        detection_fps=2.7,
        detection_enabled=True,
        audio_rms=0.0,
        audio_dbfs=None,
        ffmpeg=Usage(1.1, 0.3),
        capture=Usage(0.3, 0.6),
        detect=Usage(1.3, 0.6),
        connection_quality="fair",
        expected_fps=3.0,
        reconnects_last_hour=1,
        stalls_last_hour=0,
    )
    assert stats.detectors == {"cpu1": DetectorStats(1.62)}
    assert stats.system == Usage(7.0, 5.1)
    assert str(stats.version) == "0.18.0"


def test_recorded_stats_of_an_account_that_may_see_one_camera_are_read() -> None:
    stats = Stats.from_api(recorded("0.18", "new.stats.8971.gate"))
    assert list(stats.cameras) == ["Portones"]
    assert stats.cameras["Portones"].ffmpeg == Usage(1.3, 0.3)


def test_recorded_stats_with_a_disabled_camera_are_read() -> None:
    for version in VERSIONS:
        stats = Stats.from_api(recorded(version, "camera-off.stats"))
        # The processes of this recording were not kept.
        assert stats.cameras["Portones"].ffmpeg == Usage()
        assert stats.cameras["Portones"].camera_fps == 3.0
        assert stats.uptime is None


def test_recorded_stats_of_0_16_are_read_with_the_sums_that_it_does_not_have() -> None:
    data = _stats_of("0.16.4")
    stats = Stats.from_api(data)
    assert (stats.camera_fps, stats.process_fps, stats.skipped_fps) == (10.2, 10.2, 0.0)
    assert stats.detection_fps == 14.5
    assert str(stats.version) == "0.16.4"
    assert stats.cameras["front_door"].camera_fps == 5.1


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"cameras": {"a": {"camera_fps": 5.04}, "b": {"camera_fps": 2.07}}}, 7.11),
        ({"cameras": {"a": {"camera_fps": 5.1}}, "camera_fps": 7}, 7.0),
        # What is there and not a number is not made up.
        ({"cameras": {"a": {"camera_fps": 5.1}}, "camera_fps": "many"}, None),
        ({"cameras": {"a": {"camera_fps": 5.1}, "b": {}}}, None),
        ({"cameras": {"a": {"camera_fps": 5.1}, "b": None}}, None),
        ({"cameras": {}}, None),
        ({}, None),
    ],
)
def test_a_sum_that_is_missing_is_computed(data: Any, expected: float | None) -> None:
    assert Stats.from_api(data).camera_fps == expected


# CPU


def test_changed_process_ids_do_not_change_the_stats() -> None:
    data = _stats_of("0.17.2")
    before = Stats.from_api(data)
    pids = {pid: str(int(pid) + 7) for pid in data["cpu_usages"] if pid.isdecimal()}
    # In another order as well, as the keys are nothing but numbers.
    data["cpu_usages"] = {
        pids.get(pid, pid): usage for pid, usage in reversed(data["cpu_usages"].items())
    }
    gone = Stats.from_api(data)
    assert gone.cameras["front_door"].ffmpeg == Usage()
    assert gone.system == before.system
    for camera in data["cameras"].values():
        for key in ("pid", "capture_pid", "ffmpeg_pid"):
            camera[key] += 7
    assert Stats.from_api(data) == before


@pytest.mark.parametrize(
    ("camera", "usages", "expected"),
    [
        ({"ffmpeg_pid": 7}, {"7": {"cpu": "1.5", "mem": "0.3"}}, Usage(1.5, 0.3)),
        ({"ffmpeg_pid": 7}, {"7": {"cpu": "1.5"}}, Usage(1.5, None)),
        ({"ffmpeg_pid": 7}, {"7": {"cpu": "", "mem": "-"}}, Usage()),
        ({"ffmpeg_pid": 7}, {"7": None}, Usage()),
        ({"ffmpeg_pid": 7}, {"8": {"cpu": "1.5"}}, Usage()),
        ({"ffmpeg_pid": 7}, {}, Usage()),
        ({"ffmpeg_pid": None}, {"7": {"cpu": "1.5"}}, Usage()),
        ({}, {"7": {"cpu": "1.5"}}, Usage()),
        # 0.18 says it itself, and a pid tells the memory only.
        (
            {"ffmpeg_pid": 7, "ffmpeg_cpu": "2.5"},
            {"7": {"cpu": "1.5", "mem": "0.3"}},
            Usage(2.5, 0.3),
        ),
        ({"ffmpeg_cpu": "2.5"}, {}, Usage(2.5, None)),
        ({"ffmpeg_cpu": "0.0"}, {}, Usage(0.0, None)),
        ({"ffmpeg_pid": 7, "ffmpeg_cpu": None}, {"7": {"cpu": "1.5"}}, Usage(1.5)),
        ({"ffmpeg_pid": 7, "ffmpeg_cpu": ""}, {}, Usage()),
    ],
)
def test_the_usage_of_a_process_is_read(
    camera: dict[str, Any], usages: dict[str, Any], expected: Usage
) -> None:
    stats = Stats.from_api({"cameras": {"a": camera}, "cpu_usages": usages})
    assert stats.cameras["a"] == _camera(ffmpeg=expected)


# Temperatures, GPUs, NPUs, storage


def test_temperatures_of_0_17_are_read() -> None:
    service = {"temperatures": {"apex_0": 41.5, "odd": "warm", "text": "39"}}
    assert Stats.from_api({"service": service}).temperatures == {
        "apex_0": 41.5,
        "text": 39.0,
    }
    nothings: tuple[Any, ...] = ({}, [], None, "")
    for nothing in nothings:
        assert Stats.from_api({"service": {"temperatures": nothing}}).temperatures == {}


def test_temperatures_of_0_18_are_read() -> None:
    detectors = {
        "coral1": {"inference_speed": 7.0, "temperature": 52},
        "coral2": {"inference_speed": 8.0, "temperature": None},
        "cpu1": {"inference_speed": 9.0},
        "odd": None,
    }
    stats = Stats.from_api({"detectors": detectors})
    assert stats.temperatures == {"coral1": 52.0}
    assert stats.detectors["odd"] == DetectorStats(None)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            {"gpu": "12.5%", "mem": "4.0%", "enc": "3%", "dec": "1.5%", "temp": "51"},
            GpuStats(12.5, 4.0, 3.0, 1.5, 51.0, None),
        ),
        (
            {"gpu": "12.5%", "mem": "-%", "compute": "4.0%", "dec": "8.5%"},
            GpuStats(12.5, None, None, 8.5, None, 4.0),
        ),
        ({"gpu": "12.5%", "mem": "-%"}, GpuStats(12.5, None, None, None, None, None)),
        ({"gpu": "12 %", "mem": "-"}, GpuStats(12.0, None, None, None, None, None)),
        ({"gpu": "", "mem": ""}, GpuStats(None, None, None, None, None, None)),
        ({"gpu": 0, "mem": 0.0}, GpuStats(0.0, 0.0, None, None, None, None)),
        ({}, GpuStats(None, None, None, None, None, None)),
        (None, GpuStats(None, None, None, None, None, None)),
        ("error", GpuStats(None, None, None, None, None, None)),
    ],
)
def test_gpu_stats_are_read(data: Any, expected: GpuStats) -> None:
    stats = Stats.from_api({"gpu_usages": {"Intel iGPU": data, "0": {}}})
    assert stats.gpus["Intel iGPU"] == expected
    assert list(stats.gpus) == ["Intel iGPU", "0"]


def test_npu_stats_are_read() -> None:
    usages = {
        "rockchip": {"npu": 33.3, "mem": "-%", "temp": 55.6},
        "axengine": {"npu": "7.0%", "mem": "-"},
    }
    stats = Stats.from_api({"npu_usages": usages})
    assert stats.npus == {
        "rockchip": NpuStats(33.3, None, 55.6),
        "axengine": NpuStats(7.0, None, None),
    }


@pytest.mark.parametrize(
    ("data", "percent"),
    [
        ({"total": 200, "used": 50, "free": 150}, 25.0),
        ({"total": "200", "used": "50"}, 25.0),
        ({"total": 200, "used": 0}, 0.0),
        ({"total": 0, "used": 0}, None),
        ({"total": 200}, None),
        ({"used": 200}, None),
        ({"total": None, "used": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_usage_of_a_file_system_is_read(data: Any, percent: float | None) -> None:
    stats = Stats.from_api({"service": {"storage": {RECORDINGS: data}}})
    assert stats.storage[RECORDINGS].used_percent == percent


# Versions and times


@pytest.mark.parametrize("latest", ["unknown", "disabled", "", None, 17])
def test_an_invalid_latest_version_is_unknown(latest: Any) -> None:
    service = {"version": "0.17.2-3d4dd3a", "latest_version": latest}
    stats = Stats.from_api({"service": service})
    assert stats.version == Version.parse("0.17.2-3d4dd3a")
    assert stats.latest_version is None


def test_the_latest_version_is_read() -> None:
    stats = Stats.from_api({"service": {"latest_version": "0.18.0"}})
    assert str(stats.latest_version) == "0.18.0"


@pytest.mark.parametrize(
    ("updated", "sent", "age"),
    [
        (1000, 1007, 7.0),
        (1000.5, 1007, 6.5),
        (1007, 1000, -7.0),
        (None, 1007, None),
        ("", 1007, None),
        (1000, None, None),
    ],
)
def test_the_age_of_the_stats_is_computed(
    updated: Any, sent: float | None, age: float | None
) -> None:
    moment = None if sent is None else datetime.fromtimestamp(sent, UTC)
    stats = Stats.from_api({"service": {"last_updated": updated}}, moment)
    assert stats.age == age


# Nothing


@pytest.mark.parametrize("nothing", [None, "", [], {}, 0, "-", False])
def test_missing_values_are_unknown_and_not_zero(nothing: Any) -> None:
    keys = ("cameras", "detectors", "embeddings", "cpu_usages", "service")
    stats = Stats.from_api(dict.fromkeys((*keys, "gpu_usages", "npu_usages"), nothing))
    assert stats == Stats.from_api({})
    for values in (stats.cameras, stats.detectors, stats.storage, stats.gpus):
        assert len(values) == 0
    for value in (stats.camera_fps, stats.uptime, stats.version, stats.last_updated):
        assert value is None
    assert stats.system == Usage()


@EVERY_VERSION
def test_a_camera_without_values_is_unknown(version: str) -> None:
    data = _stats_of(version)
    data["cameras"]["front_door"] = {}
    assert Stats.from_api(data).cameras["front_door"] == _camera()
    odds: tuple[Any, ...] = (None, [], "off", 3)
    for odd in odds:
        data["cameras"]["front_door"] = odd
        assert Stats.from_api(data).cameras["front_door"] == _camera()


@EVERY_VERSION
def test_a_missing_key_only_affects_its_own_value(version: str) -> None:
    def recorded_with_sound() -> dict[str, Any]:
        data: dict[str, Any] = _stats_of(version)
        data["cameras"]["front_door"]["audio_dBFS"] = -42.5
        return data

    whole = Stats.from_api(recorded_with_sound()).cameras["front_door"]
    for key in recorded_with_sound()["cameras"]["front_door"]:
        data = recorded_with_sound()
        del data["cameras"]["front_door"][key]
        rest = Stats.from_api(data).cameras["front_door"]
        changed = [name for name in whole.__slots__ if _differs(whole, rest, name)]
        # 0.18 tells the CPU twice, and either of the two is enough.
        assert len(changed) == (0 if key.endswith("_cpu") else 1), key


def _differs(first: CameraStats, second: CameraStats, name: str) -> bool:
    return bool(getattr(first, name) != getattr(second, name))


@EVERY_VERSION
def test_stats_of_equal_answers_are_equal(version: str) -> None:
    data = _stats_of(version)
    before = Stats.from_api(data)
    assert before == Stats.from_api(_stats_of(version))
    assert data == _stats_of(version)
    data["cameras"]["front_door"]["camera_fps"] = 2.9
    assert Stats.from_api(data) != before


def test_a_temperature_sensor_and_a_detector_may_have_the_same_name() -> None:
    stats = Stats.from_api(
        {
            "service": {"temperatures": {"coral": 41.5}},
            "detectors": {"coral": {"inference_speed": 7.0}},
        }
    )
    assert stats.temperatures == {"coral": 41.5}


@pytest.mark.parametrize("text", ["1_0", "\u0967"])
def test_strings_that_only_python_reads_as_numbers_are_unknown(text: str) -> None:
    assert Stats.from_api({"camera_fps": text}).camera_fps is None
