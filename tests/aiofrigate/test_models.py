"""Reading of versions, profiles, face libraries and configurations."""

from collections.abc import Mapping
import dataclasses
import importlib
import pkgutil
from typing import Any

import pytest

from custom_components.frigate_http import aiofrigate
from custom_components.frigate_http.aiofrigate import (
    MAX_NAME_LENGTH,
    CameraConfig,
    Config,
    Event,
    FaceLibrary,
    Identity,
    MqttConfig,
    Overlays,
    Profile,
    StillImage,
    Version,
)
from custom_components.frigate_http.aiofrigate.parsing import (
    as_bool,
    as_dict,
    as_float,
    as_int,
    as_str,
    as_strings,
)
from tests.versions import EVERY_VERSION, ONLY_016, VERSIONS

from .conftest import recorded

# Loose values


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0.0),
        (3, 3.0),
        (-2.5, -2.5),
        ("12.5", 12.5),
        ("12.5%", 12.5),
        (" 12.5 % ", 12.5),
        ("0", 0.0),
        ("1e3", 1000.0),
        ("", None),
        ("%", None),
        ("-", None),
        ("-%", None),
        ("n/a", None),
        ("12,5", None),
        ("5%%", None),
        ("0x10", None),
        ("nan", None),
        ("NaN%", None),
        ("inf", None),
        (float("nan"), None),
        (float("inf"), None),
        (float("-inf"), None),
        (10**400, None),
        ("1" * 5000, None),
        (True, None),
        (False, None),
        (None, None),
        ([], None),
        ([1], None),
        ({}, None),
        ({"value": 1}, None),
    ],
)
def test_numbers_are_read_or_unknown(value: Any, number: float | None) -> None:
    assert as_float(value) == number
    assert as_int(value) == (None if number is None else int(number))


@pytest.mark.parametrize("value", [None, 0, 1, 1.5, "", "x", [], ["a", 1, "b"], {}])
def test_other_types_are_unknown(value: Any) -> None:
    assert as_bool(value) is None
    assert as_str(value) == (value if value == "x" else None)
    assert as_dict(value) == {}
    assert as_strings(value) == (("a", "b") if value == ["a", 1, "b"] else ())
    assert as_bool(True) is True
    assert as_dict({"a": value}) == {"a": value}


@pytest.mark.parametrize("junk", [None, "", 5, ["x"], "x" * (MAX_NAME_LENGTH + 1)])
def test_the_names_of_mqtt_are_read_or_the_default(junk: Any) -> None:
    data = {"enabled": False, "topic_prefix": "home/nvr", "client_id": "nvr"}
    assert Config.from_api({"mqtt": data}).mqtt == MqttConfig(
        enabled=False, topic_prefix="home/nvr", client_id="nvr"
    )
    junk_only = dict.fromkeys(data, junk)
    for one in (junk, junk_only):
        assert Config.from_api({"mqtt": one}).mqtt == MqttConfig()


# Versions


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("0.17.2-3d4dd3a", "0.17.2"),
        ("0.17.2", "0.17.2"),
        ("v0.17.2", "0.17.2"),
        (" 0.18.0-e3fa701\n", "0.18.0"),
        ("0.18.0-beta1", "0.18.0-beta1"),
        ("0.18.0-beta1-e3fa701", "0.18.0-beta1"),
        ("0.18.0-RC2", "0.18.0-rc2"),
        ("0.18.0-dev-e3fa701", "0.18.0-dev"),
        ("0.14", "0.14"),
        ("1.0.0+build.5", "1.0.0"),
        ("0.17.0-0123456", "0.17.0"),
    ],
)
def test_a_version_is_shown_without_its_build(text: str, release: str) -> None:
    version = Version.parse(text)
    assert version is not None
    assert version.release == str(version) == release
    assert version.raw == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        None,
        17,
        0.17,
        [],
        {},
        "",
        "unknown",
        "disabled",
        "17",
        "0.",
        ".17",
        "x0.17.2",
        "0.17.2 and more",
        "<html>0.17.2</html>",
        '"0.17.2"',
        "\u0660.\u0661\u0667",
        f"{'9' * 5000}.1",
    ],
)
def test_an_invalid_version_is_unknown(text: Any) -> None:
    assert Version.parse(text) is None


def test_versions_are_compared_by_number() -> None:
    version = Version.parse("0.17.2-3d4dd3a")
    assert version is not None
    assert version.at_least(0, 14)
    assert version.at_least(0, 17)
    assert not version.at_least(0, 18)
    assert not version.at_least(1, 0)
    later = Version.parse("1.0.0")
    assert later is not None
    assert later.at_least(0, 18)


# Accounts


def test_a_recorded_profile_is_read() -> None:
    profile = Profile.from_api(recorded("0.17.2", "gate.profile"))
    assert profile == Profile("gateuser", "gate", ("Portones",))
    assert not profile.may_see("front_door")


@pytest.mark.parametrize("cameras", [None, "Portones", {}, 3])
def test_a_profile_without_cameras_may_see_all(cameras: Any) -> None:
    profile = Profile.from_api({"username": 3, "role": "", "allowed_cameras": cameras})
    assert profile == Profile(None, None, None)
    assert profile.may_see("anything")
    assert Profile.from_api({}) == profile


def test_a_profile_with_an_empty_list_may_see_none() -> None:
    profile = Profile.from_api({"allowed_cameras": []})
    assert profile.allowed_cameras == ()
    assert not profile.may_see("front_door")


@pytest.mark.parametrize(
    ("role", "cameras", "is_restricted"),
    [
        ("admin", ["gate"], False),
        ("viewer", ["gate"], False),
        ("gate", ["gate"], True),
        ("gate", None, True),
        (None, ["gate"], True),
        (None, None, False),
    ],
)
def test_an_account_is_restricted_by_its_role(
    role: str | None, cameras: list[str] | None, is_restricted: bool
) -> None:
    profile = Profile.from_api({"role": role, "allowed_cameras": cameras})
    assert profile.is_restricted is is_restricted


# Faces


def test_a_recorded_face_library_is_read() -> None:
    library = FaceLibrary.from_api(recorded("0.17.2", "faces.get.final"))
    assert library.people["Eileen"] == ("Eileen_1795451650.412624.webp",)
    assert "train" not in library.people
    assert library.train
    assert FaceLibrary.from_api({}) == FaceLibrary({}, ())


def test_an_invalid_face_library_is_empty() -> None:
    library = FaceLibrary.from_api({"Ana": ["a", 1, None], "Bo": "b", "train": None})
    assert library == FaceLibrary({"Ana": ("a",), "Bo": ()}, ())


# Configurations


@EVERY_VERSION
def test_a_recorded_configuration_is_read(version: str) -> None:
    config = Config.from_api(recorded(version, "config.full"))
    assert list(config.cameras) == ["front_door", "Portones"]
    assert config.cameras["front_door"] == CameraConfig(
        name="front_door",
        friendly_name=None,
        enabled=True,
        detect_width=320,
        detect_height=180,
        detect_enabled=True,
        record_enabled=True,
        records_always=True,
        motion_enabled=True,
        audio_enabled=False,
        labels=("person", "car"),
        sounds=tuple(
            recorded(version, "config.full")["cameras"]["front_door"]["audio"]["listen"]
        ),
        zones={},
        features={
            "enabled": True,
            "detect": True,
            "recordings": True,
            "snapshots": True,
            "motion": True,
            "audio": False,
            "notifications": True,
            "review_alerts": True,
            "review_detections": True,
            "improve_contrast": True,
            "object_descriptions": False,
            "review_descriptions": False,
            "motion_threshold": 30,
            "motion_contour_area": 10,
            "ptz_autotracker": False,
            "birdseye": False,
            "birdseye_mode": "objects",
        },
        switchable=frozenset(
            {
                "enabled",
                "detect",
                "recordings",
                "snapshots",
                "motion",
                "notifications",
                "review_alerts",
                "review_detections",
                "improve_contrast",
                "motion_threshold",
                "motion_contour_area",
            }
        ),
        recognizes_faces=True,
        reads_plates=False,
        describes_reviews=False,
        has_ptz=False,
        live_streams=("front_door",),
    )
    # Frigate names a stream of each camera, whether go2rtc has one or not.
    assert not config.streams
    assert config.stream_of("front_door") is None
    assert config.classifiers == {}
    assert config.profiles == ()
    assert not config.birdseye_restream
    assert not config.safe_mode


@pytest.mark.parametrize(
    ("birdseye", "autotracking", "switchable"),
    [
        ({"enabled": True}, {"enabled_in_config": True}, "both"),
        ({"enabled": False}, {"enabled_in_config": True}, "tracker"),
        ({}, {"enabled_in_config": False}, ""),
        (None, {}, "tracker"),
    ],
)
def test_birdseye_and_the_autotracker_are_switchable_where_they_are_configured(
    birdseye: Any, autotracking: dict[str, bool], switchable: str
) -> None:
    camera = {
        "birdseye": {"enabled": True, "mode": "motion"},
        "onvif": {"autotracking": {"enabled": False, **autotracking}},
    }
    config = Config.from_api({"birdseye": birdseye, "cameras": {"door": camera}})
    expected = {
        "both": {"birdseye", "birdseye_mode", "ptz_autotracker"},
        "tracker": {"ptz_autotracker"},
    }
    assert config.cameras["door"].switchable == expected.get(switchable, set())


@pytest.mark.parametrize("mode", ["sideways", "MOTION", True, 1, None, ["motion"]])
def test_a_mode_of_birdseye_that_is_not_known_is_none(mode: Any) -> None:
    camera = CameraConfig.from_api("door", {"birdseye": {"mode": mode}})
    assert "birdseye_mode" not in camera.features


@ONLY_016
def test_a_recorded_configuration_of_0_16_is_read(version: str) -> None:
    config = Config.from_api(recorded(version, "config.full"))
    assert list(config.cameras) == ["front_door", "Portones"]
    camera = config.cameras["front_door"]
    assert (camera.enabled, camera.record_enabled, camera.audio_enabled) == (
        True,
        True,
        True,
    )
    assert camera.labels == ("person", "car")
    assert config.streams == {"front_door", "Portones"}
    assert config.stream_of("front_door") == "front_door"
    assert list(camera.zones) == ["porch"]
    newer = {"object_descriptions", "review_descriptions"}
    assert camera.features.keys() == (
        Config.from_api(recorded("0.17.2", "config.full"))
        .cameras["front_door"]
        .features.keys()
        - newer
    )
    assert camera.recognizes_faces
    assert not camera.reads_plates
    assert config.roles == ("admin", "viewer")
    assert config.face_threshold == 0.9
    assert "amazon" in config.attributes
    assert config.auth_enabled
    assert not config.safe_mode


@pytest.mark.parametrize(
    ("live", "stream"),
    [
        ({"streams": {"Main": "gate_hd", "Sub": "gate"}}, "gate_hd"),
        ({"streams": {"Main": "gone", "Sub": "gate"}}, "gate"),
        ({"streams": {"Main": "gone"}}, None),
        (
            {"streams": {"Main": 5, "Odd": None, "Long": "x" * 256, "Sub": "gate"}},
            "gate",
        ),
        ({"streams": {"Main": "rtsp://10.0.0.1/", "Other": "exec:true"}}, None),
        ({"streams": ["gate"]}, None),
        ({"streams": None}, None),
        (None, None),
    ],
)
def test_the_stream_of_a_camera_is_the_first_that_exists(
    live: Any, stream: str | None
) -> None:
    names = ["gate", "gate_hd", "rtsp://10.0.0.1/", "exec:true", "", "x" * 256]
    config = Config.from_api(
        {
            "cameras": {"gate": {"live": live}},
            "go2rtc": {"streams": dict.fromkeys(names)},
        }
    )
    assert config.streams == {"gate", "gate_hd"}
    assert config.unusable_names == ("go2rtc.streams",)
    assert config.stream_of("gate") == stream
    assert config.stream_of("gate_hd") is None


def test_another_source_of_a_stream_is_noticed() -> None:
    def sources(**streams: Any) -> Mapping[str, int]:
        return Config.from_api({"go2rtc": {"streams": streams}}).sources

    address = "rtsp://me:password@192.0.2.7/main"
    before = sources(gate=[address], yard=address)
    assert before.keys() == {"gate", "yard"}
    assert before == sources(yard=address, gate=[address])
    assert before["gate"] != sources(gate=[address, "ffmpeg:gate#audio=aac"])["gate"]
    assert "password" not in repr(before)


@pytest.mark.parametrize("go2rtc", [None, [], {"streams": ["gate"]}, {"streams": None}])
def test_a_configuration_without_streams_is_read(go2rtc: Any) -> None:
    live = {"streams": {"gate": "gate"}}
    config = Config.from_api({"cameras": {"gate": {"live": live}}, "go2rtc": go2rtc})
    assert config.streams == frozenset()
    assert config.stream_of("gate") is None


@pytest.mark.parametrize(
    ("birdseye", "stream"),
    [
        ({"enabled": True, "restream": True}, "birdseye"),
        ({"enabled": True, "restream": False}, None),
        ({"enabled": False, "restream": True}, None),
        (None, None),
    ],
)
def test_the_view_of_all_cameras_is_a_stream_if_it_is_restreamed(
    birdseye: Any, stream: str | None
) -> None:
    config = Config.from_api({"birdseye": birdseye})
    assert config.stream_of("birdseye") == stream
    assert config.stream_of("gate") is None


@pytest.mark.parametrize(
    ("record", "is_always"),
    [
        ({"continuous": {"days": 3.0}}, True),
        ({"continuous": {"days": 0.5}, "enabled": False}, True),
        ({"continuous": {"days": 0}, "motion": {"days": 9}}, False),
        ({"continuous": {"days": 3}, "enabled_in_config": False}, False),
        ({"continuous": 3}, False),
        # Before Frigate 0.17.
        ({"retain": {"days": 1.0, "mode": "all"}}, True),
        ({"retain": {"days": 0.0, "mode": "all"}}, False),
        ({"retain": {"days": 1.0, "mode": "motion"}}, False),
        ({"retain": {"days": 1.0, "mode": "active_objects"}}, False),
        ({"retain": {"days": 1.0}}, False),
        ({}, False),
        (None, False),
    ],
)
def test_which_cameras_always_record(record: Any, is_always: bool) -> None:
    assert CameraConfig.from_api("a", {"record": record}).records_always is is_always


def test_the_recorded_cameras_of_0_16_always_record() -> None:
    config = Config.from_api(recorded("0.16.4", "config.full"))
    assert [one.records_always for one in config.cameras.values()] == [True, True]


def test_an_empty_configuration_is_read() -> None:
    assert Config.from_api({}) == Config(
        {}, False, False, None, ("admin", "viewer"), {}, (), 0.9, 0.9, frozenset()
    )
    config = Config.from_api({"cameras": {"a": {}, "b": None, "c": []}})
    assert config.cameras["a"] == CameraConfig(
        name="a",
        friendly_name=None,
        enabled=True,
        detect_width=None,
        detect_height=None,
        detect_enabled=None,
        record_enabled=False,
        records_always=False,
        motion_enabled=True,
        audio_enabled=False,
        labels=(),
        sounds=(),
        zones={},
        features={},
        switchable=frozenset(),
        recognizes_faces=False,
        reads_plates=False,
        describes_reviews=False,
        has_ptz=False,
    )
    assert list(config.cameras) == ["a", "b", "c"]


def test_what_custom_models_say_of_an_event_is_read() -> None:
    said = {"courier": "post", "courier_score": 0.9, "hat": "x" * 256, "hat_score": 1}
    said |= {"recognized_license_plate": "A", "recognized_license_plate_score": 1}
    said |= {"type": "object", "score": 0.8, "": "a", "_score": 1, "odd": 5}
    event = Event.from_api({"id": "1.0-a", "data": said | {"odd_score": 0.5}})
    assert event is not None
    assert event.attributes == (("courier", "post"),)
    many = {f"m{number}": "a" for number in range(100)}
    many |= {f"{model}_score": "1" for model in many}
    event = Event.from_api({"id": "1.0-a", "data": many})
    assert event is not None
    assert len(event.attributes) == 50


def test_triggers_and_models_of_objects_are_read() -> None:
    def model(*labels: Any, **details: Any) -> dict[str, Any]:
        return {"object_config": {"objects": [*labels]}, **details}

    config = Config.from_api(
        {
            "cameras": {
                "a": {
                    "objects": {
                        "track": ["person", "dog"],
                        "genai": {"enabled": False, "enabled_in_config": True},
                    },
                    "semantic_search": {
                        "triggers": {"x": {}, "y": {"enabled": False}, "": {}, "z": 1}
                    },
                },
                "b": {
                    "objects": {"track": ["car"], "genai": {"enabled": False}},
                    "semantic_search": {"triggers": ["x"]},
                },
                "c": {"objects": {"genai": {"enabled": True}}},
            },
            "classification": {
                "custom": {
                    "dogs": model("dog", 5),
                    "off": model("person", enabled=False),
                    "people": model("person", "car", enabled=True),
                    "nothing": model(),
                    "states": {"state_config": {"cameras": {"a": {}}}},
                    "odd": [],
                }
            },
        }
    )
    found = {
        name: (camera.triggers, camera.object_classifiers, camera.describes_objects)
        for name, camera in config.cameras.items()
    }
    assert found == {
        "a": (("x", "z"), ("dogs", "people"), True),
        "b": ((), ("people",), False),
        "c": ((), (), True),
    }
    assert config.classifiers == {"a": ("states",)}


def test_only_so_many_models_of_objects_are_read() -> None:
    model = {"object_config": {"objects": ["person"]}}
    config = Config.from_api(
        {
            "cameras": {"a": {"objects": {"track": ["person"]}}},
            "classification": {"custom": {f"model {one}": model for one in range(60)}},
        }
    )
    names = tuple(f"model {one}" for one in range(50))
    assert config.cameras["a"].object_classifiers == names


def test_disabled_features_are_read() -> None:
    off = {"enabled": False}
    camera = CameraConfig.from_api(
        "a", {**off, "detect": off, "record": off, "motion": off, "audio": off}
    )
    assert not camera.enabled
    assert camera.detect_enabled is False
    assert not camera.record_enabled
    assert not camera.motion_enabled
    assert not camera.audio_enabled


@pytest.mark.parametrize(
    ("birdseye", "restreamed"),
    [
        ({"enabled": True, "restream": True}, True),
        ({"enabled": True, "restream": False}, False),
        ({"enabled": False, "restream": True}, False),
        ({"enabled": True}, False),
        ({"enabled": "yes", "restream": 1}, False),
        (None, False),
    ],
)
def test_birdseye_is_available_if_it_is_restreamed(
    birdseye: Any, restreamed: bool
) -> None:
    assert Config.from_api({"birdseye": birdseye}).birdseye_restream is restreamed


def test_safe_mode_is_read() -> None:
    assert Config.from_api({"safe_mode": True, "cameras": {}}).safe_mode


# All of them


def _models() -> list[type]:
    found: dict[str, type] = {}
    for module in pkgutil.iter_modules(aiofrigate.__path__):
        loaded = importlib.import_module(f"{aiofrigate.__name__}.{module.name}")
        found |= {
            name: value
            for name, value in vars(loaded).items()
            if isinstance(value, type) and dataclasses.is_dataclass(value)
        }
    return list(found.values())


@pytest.mark.parametrize("model", _models(), ids=lambda model: model.__name__)
def test_every_model_is_frozen_and_slotted(model: Any) -> None:
    assert model.__dataclass_params__.frozen
    assert model.__dataclass_params__.eq
    assert "__slots__" in vars(model)
    assert "__dict__" not in dir(model)


def test_models_compare_by_value_and_do_not_change() -> None:
    assert Identity("a", "viewer") == Identity("a", "viewer")
    assert Identity("a", "viewer") != Identity("a", "admin")
    assert StillImage(b"1", "image/jpeg", False) != StillImage(b"2", "image/jpeg", True)
    for version in VERSIONS:
        data = recorded(version, "config.full")
        assert Config.from_api(data) == Config.from_api(
            recorded(version, "config.full")
        )
        changed = recorded(version, "config.full")
        changed["cameras"]["front_door"]["record"]["enabled"] = False
        assert Config.from_api(changed) != Config.from_api(data)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Identity("a", "viewer").role = "admin"  # type: ignore[misc]


def test_from_api_does_not_change_its_argument() -> None:
    for version in VERSIONS:
        data = recorded(version, "config.full")
        Config.from_api(data)
        assert data == recorded(version, "config.full")


def test_only_chosen_overlays_are_in_the_query() -> None:
    assert Overlays().as_query() == {}
    every = Overlays(True, True, True, True, True, True)
    names = {"bbox", "timestamp", "zones", "motion", "regions", "mask"}
    assert every.as_query() == dict.fromkeys(names, 1)
    assert Overlays(motion=True).as_query() == {"motion": 1}


@pytest.mark.parametrize(
    ("written", "threshold"),
    [(0.75, 0.75), (1, 1.0), (0, 0.0), ("0.5", 0.5), (None, 0.9), (7, 0.9), (-1, 0.9)],
)
@pytest.mark.parametrize(
    ("section", "field"), [("face_recognition", "face"), ("lpr", "plate")]
)
def test_the_score_from_which_a_recognition_counts_is_read(
    written: object, threshold: float, section: str, field: str
) -> None:
    config = Config.from_api({section: {"recognition_threshold": written}})
    assert getattr(config, f"{field}_threshold") == threshold


@EVERY_VERSION
def test_the_attributes_are_read_whatever_their_order(version: str) -> None:
    data = recorded(version, "config.full")
    config = Config.from_api(data)
    assert {"amazon", "face", "license_plate"} < config.attributes
    data["model"]["all_attributes"].reverse()
    assert Config.from_api(data) == config
