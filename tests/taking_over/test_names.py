"""Whatever cameras, zones, labels and models are called: each name is read as it was written."""

from collections.abc import Iterator, Mapping, Sequence
import random
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import Capabilities, Config, Profile
from custom_components.frigate_http.live.camera_state import ALL
from custom_components.frigate_http.taking_over.finding import Reason, Target
from custom_components.frigate_http.taking_over.known import KnownServer
from custom_components.frigate_http.taking_over.official import (
    OfficialId,
    as_place,
    read_unique_id,
    splits,
)
from custom_components.frigate_http.taking_over.twins import Twins

# Their combinations begin with each other, and with what comes behind a name.
PARTS = ("front", "door", "all", "person", "dB", "motion", "review", "camera", "ñ", "2")
CAMERA_PARTS = tuple(part for part in PARTS if part.isascii())


def server(cameras: Mapping[str, Any], **config: Any) -> KnownServer:
    return KnownServer.from_answers(
        config=Config.from_api({"cameras": cameras, **config}),
        profile=Profile("admin", "admin", None),
        stats=None,
        people=(),
        capabilities=Capabilities(),
    )


def camera(*labels: str, zones: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    return {
        "objects": {"track": [*labels]},
        "zones": {zone: {"objects": []} for zone in zones},
        **more,
    }


def find(
    known: KnownServer, kind: str, name: str, place: str | None, domain: str = "sensor"
) -> Target | Reason:
    """Return what an entity becomes that is on the device of a camera or zone."""
    slug = None if place is None else as_place(place)
    return Twins(known).find(OfficialId(kind=kind, name=name), domain, slug)


def counted(known: KnownServer) -> Iterator[tuple[str, str, str | None, str]]:
    """Yield the camera or zone, its camera, the zone, and a label, as they are counted."""
    for name, one in known.config.cameras.items():
        for label in (*one.labels, ALL):
            yield name, name, None, label
            yield from ((zone, name, zone, label) for zone in one.zones)


def made_up(rng: random.Random, parts: Sequence[str]) -> str:
    return rng.choice("_-").join(rng.choices(parts, k=rng.randint(1, 3)))


@pytest.mark.parametrize("seed", range(40))
def test_every_name_is_read_as_it_was_written(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    zones = {made_up(rng, PARTS) for _ in range(6)}
    cameras = {made_up(rng, CAMERA_PARTS) for _ in range(6)}
    # Of a zone that is called like a camera or like another zone, there are no entities.
    zones = {one for one in zones if as_place(one) not in map(as_place, cameras)}
    labels = {made_up(rng, PARTS) for _ in range(5)}
    owners = {zone: rng.choice(sorted(cameras)) for zone in sorted(zones)}
    known = server(
        {
            name: camera(
                *rng.sample(sorted(labels), 2),
                zones=[zone for zone, owner in owners.items() if owner == name],
            )
            for name in sorted(cameras)
        }
    )
    right: dict[tuple[str, str | None], set[Target]] = {}
    for place, name, zone, label in counted(known):
        target = Target(camera=name, zone=zone, key=("count", label))
        right.setdefault((f"{place}_{label}", place), set()).add(target)
        right.setdefault((f"{place}_{label}", None), set()).add(target)
    for (name, device), targets in right.items():
        assert find(known, "sensor_object_count", name, device) in targets, name
        if device is not None:
            unknown = find(known, "sensor_object_count", f"{device}_cow", device)
            assert unknown is Reason.NOT_CONFIGURED
    assert len(right) > len(labels)


def test_the_device_tells_apart_what_is_called_alike() -> None:
    known = server(
        {
            "front": camera("door_person", "person", zones=["front_door_porch"]),
            "front_door": camera("person", "porch_person"),
        }
    )

    def found(name: str, place: str | None) -> Target | Reason:
        return find(known, "sensor_object_count", name, place)

    name = "front_door_person"
    of_front = Target(camera="front", key=("count", "door_person"))
    of_door = Target(camera="front_door", key=("count", "person"))
    assert found(name, "front") == of_front
    assert found(name, "front_door") == of_door
    # Without its device, the longest name wins.
    assert found(name, None) == of_door
    assert found("front_door_door_person", None) is Reason.NOT_CONFIGURED
    porch = Target(camera="front", zone="front_door_porch", key=("count", "person"))
    assert found("front_door_porch_person", "front_door_porch") == porch
    assert found("front_door_porch_person", None) == porch
    # It is gone, although its name begins like that of a camera.
    assert found("front_gate_person", "front_gate") is Reason.NOT_CONFIGURED
    assert found("front_door_person", "front_door_person") is Reason.NOT_CONFIGURED


def test_a_name_is_split_at_each_underscore_behind_a_known_one() -> None:
    known = {"a", "a_b", "", "a_b_c_"}
    assert list(splits("a_b_c__d", known)) == [
        ("a_b_c_", "d"),
        ("a_b", "c__d"),
        ("a", "b_c__d"),
    ]
    assert list(splits("a", known)) == []
    assert list(splits("_a", known)) == []
    assert list(splits("a_", known)) == [("a", "")]


@pytest.mark.parametrize(
    ("unique_id", "found"),
    [
        ("E:switch:a_b", OfficialId(kind="switch", name="a_b")),
        ("E:switch:a:b:c", OfficialId(kind="switch", name="a:b:c")),
        ("E:switch:", None),
        ("E::a", None),
        ("E:switch", None),
        ("E", None),
        ("", None),
        ("EE:switch:a", None),
        ("frigate_front_door_switch", None),
    ],
)
def test_a_unique_id_is_read(unique_id: str, found: OfficialId | None) -> None:
    assert read_unique_id("E", unique_id) == found


def test_a_zone_of_several_cameras_stays_unless_one_alone_counts() -> None:
    zones = {"street": {"objects": ["person"]}}
    known = server(
        {
            "a": {"objects": {"track": ["person", "car"]}, "zones": zones},
            "b": {
                "objects": {"track": ["person"]},
                "zones": {"street": {"objects": ["dog"]}, "a": {}},
            },
        }
    )
    kind = "sensor_active_object_count"
    assert find(known, kind, "street_all", "street") is Reason.SHARED_ZONE
    person = Target(camera="a", zone="street", key=("active_count", "person"))
    assert find(known, kind, "street_person", "street") == person
    assert find(known, kind, "street_cat", "street") is Reason.NOT_CONFIGURED
    # A zone that is called like a camera has no entities of its own.
    assert find(known, kind, "a_car", "a") == Target(
        camera="a", key=("active_count", "car")
    )


MODELS = {
    "gate": {"state_config": {"cameras": {"a": {}}}},
    "courier": {"object_config": {"objects": ["person"]}},
}
ONVIF = {
    "host": "1.2.3.4",
    "autotracking": {"enabled": False, "enabled_in_config": True},
}


def of_a(*key: str) -> Target:
    return Target(camera="a", key=key)


def of_server(*key: str) -> Target:
    return Target(key=key)


@pytest.mark.parametrize(
    ("domain", "kind", "name", "found"),
    [
        ("camera", "camera", "a", of_a()),
        ("camera", "camera", "hidden", Reason.NOT_VISIBLE),
        ("camera", "camera", "gone", Reason.NOT_CONFIGURED),
        ("camera", "camera", "birdseye", of_server("birdseye")),
        ("sensor", "camera", "a", Reason.UNKNOWN),
        ("camera", "camera_snapshots", "a_person", Reason.UNKNOWN),
        ("binary_sensor", "motion_sensor", "a", of_a("motion")),
        ("binary_sensor", "motion_sensor", "a_person", Reason.NOT_CONFIGURED),
        ("binary_sensor", "audio_sensor", "a_fire_alarm", of_a("sound", "fire_alarm")),
        ("binary_sensor", "audio_sensor", "yard_bark", Reason.NOT_CONFIGURED),
        ("sensor", "sensor_fps", "skipped", of_server("skipped_fps")),
        ("sensor", "sensor_fps", "a_skipped", of_a("skipped_fps")),
        ("sensor", "sensor_fps", "hidden_skipped", Reason.NOT_VISIBLE),
        ("sensor", "sensor_fps", "a_expected", Reason.NOT_PROVIDED),
        ("sensor", "sensor_fps", "a_bogus", Reason.NOT_CONFIGURED),
        ("sensor", "sensor_sound_level", "a_dB", of_a("sound_level")),
        ("sensor", "sensor_sound_level", "hidden_dB", Reason.NOT_VISIBLE),
        ("sensor", "sensor_classification", "a_gate", of_a("classification", "gate")),
        (
            "sensor",
            "sensor_object_classification",
            "a_courier",
            of_a("object_classification", "courier"),
        ),
        ("sensor", "sensor_object_classification", "yard_courier", Reason.NO_TWIN),
        ("sensor", "sensor_object_classification", "a_gone", Reason.NOT_CONFIGURED),
        ("sensor", "sensor_global_plate", "own_car", Reason.NO_TWIN),
        ("sensor", "sensor_global_face", "Ana", Reason.NOT_PROVIDED),
        (
            "sensor",
            "sensor_detector_speed",
            "cpu_1",
            of_server("inference_speed", "cpu_1"),
        ),
        ("sensor", "sensor_detector_speed", "gone", Reason.NOT_PROVIDED),
        ("sensor", "gpu_load", "intel", Reason.NOT_PROVIDED),
        ("sensor", "uptime", "frigate", of_server("uptime")),
        ("sensor", "uptime", "other", Reason.UNKNOWN),
        ("switch", "switch", "a_review_alerts", of_a("review_alerts")),
        ("switch", "switch", "a_ptz_autotracker", of_a("ptz_autotracker")),
        ("switch", "switch", "a_recordings", Reason.NOT_PROVIDED),
        ("switch", "switch", "a_clips", Reason.NOT_CONFIGURED),
        ("number", "number", "a_contour_area", of_a("motion_contour_area")),
        ("number", "number", "yard_contour_area", Reason.NOT_CONFIGURED),
        ("select", "select", "profile", of_server("profile")),
        ("update", "update", "frigate_server", of_server("update")),
        ("sensor", "sensor_sublabel_count", "a_person_m_c", Reason.UNKNOWN),
    ],
)
def test_each_kind_becomes_what_this_server_provides(
    domain: str, kind: str, name: str, found: Target | Reason
) -> None:
    cameras = {
        "a": camera(
            "person",
            zones=["yard"],
            audio={
                "enabled": False,
                "enabled_in_config": True,
                "listen": ["fire_alarm"],
            },
            review={"alerts": {"enabled": True, "enabled_in_config": True}},
            record={"enabled": False, "enabled_in_config": False},
            motion={"contour_area": 10},
            onvif=ONVIF,
        ),
        "hidden": camera("person", audio={"enabled": True, "enabled_in_config": True}),
    }
    known = KnownServer.from_answers(
        config=Config.from_api(
            {
                "cameras": cameras,
                "birdseye": {"enabled": True, "restream": True},
                "classification": {"custom": MODELS},
                "detectors": {"cpu_1": {"type": "cpu"}},
                "profiles": {"night": {}},
            }
        ),
        profile=Profile("admin", "admin", ("a",)),
        stats=None,
        people=(),
        capabilities=Capabilities(),
    )
    assert find(known, kind, name, None, domain) == found


@pytest.mark.parametrize("domain", ["switch", "number", "select"])
def test_who_is_no_administrator_has_no_controls(domain: str) -> None:
    names = {"switch": "a_detect", "number": "a_threshold", "select": "profile"}
    known = KnownServer.from_answers(
        config=Config.from_api({"cameras": {"a": camera("person")}}),
        profile=Profile("viewer1", "viewer", None),
        stats=None,
        people=(),
        capabilities=Capabilities(),
    )
    found = find(known, domain, names[domain], None, domain)
    assert found is Reason.NEEDS_ADMINISTRATOR
