"""Sensors of what happens: counts, severities, faces, plates and states of things."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er, restore_state
from homeassistant.util import dt as dt_util
from tests.common import (
    CONFIG_READ,
    enable,
    is_registered,
    pass_polls,
    pass_time,
    snapshot_entry,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION, WITH_016

from .common import until_pushing, until_state
from .ways import Way

pytestmark = pytest.mark.usefixtures("fixed_time")

everything_on = pytest.mark.usefixtures("entity_registry_enabled_by_default")

SECONDS = 60


def sensor(key: str) -> tuple[str, str]:
    """Return where a sensor of the front door is found."""
    return "sensor", f"camera:front_door:{key}"


PERSONS = sensor("count:person")
ACTIVE_PERSONS = sensor("active_count:person")
CARS = sensor("count:car")
ALL = sensor("count:all")
ALL_ACTIVE = sensor("active_count:all")
ON_STEPS = sensor("zone:steps:count:person")
ACTIVE_ON_STEPS = sensor("zone:steps:active_count:person")
ALL_ON_STEPS = sensor("zone:steps:count:all")
REVIEW = sensor("review_status")
FACE = sensor("last_recognized_face")
PLATE = sensor("last_recognized_plate")
GATE = sensor("classification:gate_state")
LIVE = ("count", "active_count", "zone", "review_status", "last", "classification")


@pytest.fixture(autouse=True)
def _house(frigate: FakeFrigate) -> None:
    """Let there be a zone, plates to read, and a model that tells whether a gate is open."""
    frigate.add_zone("front_door", "steps", "The steps")
    frigate.state.cameras["front_door"].lpr = True
    frigate.state.cameras["Portones"].face_recognition = False
    frigate.state.classification["gate_state"] = ["front_door"]


def entry_with_plate(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return an entry in which somebody has enabled the sensor of the last plate."""
    entry = make_entry(frigate.internal_url)
    enable(hass, entry, PLATE)
    return entry


@WITH_016
@everything_on
async def test_entities(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.frigate_http.PLATFORMS", [Platform.SENSOR])
    frigate.state.cameras["front_door"].labels = ["person", "waste_bin"]
    frigate.remove_camera("Portones")
    frigate.describe("front_door")
    frigate.block_live()
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    for one in er.async_entries_for_config_entry(entity_registry, entry.entry_id):
        # All others are looked at with the rest of the platform.
        if not one.unique_id.startswith(
            tuple(f"{entry.entry_id}:camera:front_door:{kind}" for kind in LIVE)
        ):
            entity_registry.async_remove(one.entity_id)
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_what_is_on_by_default(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    prefix = f"{entry.entry_id}:camera:"
    found = {
        one.unique_id.removeprefix(prefix): one.disabled_by is None
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if one.domain == "sensor"
        and one.unique_id.removeprefix(prefix).partition(":")[2].startswith(LIVE)
    }
    on = {
        "front_door:review_status",
        "front_door:last_recognized_face",
        "front_door:classification:gate_state",
        # That camera recognizes nobody.
        "Portones:review_status",
    }
    labels = {"person", "car", "all"}
    off = {
        f"{camera}:{kind}:{label}"
        for camera in frigate.state.cameras
        for kind in ("count", "active_count")
        for label in labels
    } | {
        f"front_door:zone:steps:{kind}:{label}"
        for kind in ("count", "active_count")
        for label in labels - {"car"}
    }
    off.add("front_door:last_recognized_plate")
    assert found == {**dict.fromkeys(on, True), **dict.fromkeys(off, False)}


# Counts


@EVERY_VERSION
@everything_on
async def test_objects_are_counted(frigate: FakeFrigate, way: Way) -> None:
    entry = await way.set_up(make_entry(frigate.internal_url))

    async def shows(**numbers: int) -> None:
        expected = {
            PERSONS: numbers["persons"],
            CARS: numbers["cars"],
            ALL: numbers["persons"] + numbers["cars"],
            ON_STEPS: numbers["on_steps"],
            ALL_ON_STEPS: numbers["on_steps"],
        }
        active = {
            ACTIVE_PERSONS: numbers["active"],
            ALL_ACTIVE: numbers["active"] + numbers["cars"],
            ACTIVE_ON_STEPS: numbers["active_on_steps"],
        }
        await way.shows(
            entry,
            {one: str(number) for one, number in expected.items()}
            # Only a push tells what moves.
            | {
                one: str(number) if way.is_push else STATE_UNKNOWN
                for one, number in active.items()
            },
        )

    await shows(persons=0, cars=0, on_steps=0, active=0, active_on_steps=0)
    first = frigate.object_appears("front_door", zones=["steps"])
    second = frigate.object_appears("front_door")
    car = frigate.object_appears("front_door", "car")
    await shows(persons=2, cars=1, on_steps=1, active=2, active_on_steps=1)
    frigate.object_moves(first, stationary=True)
    await shows(persons=2, cars=1, on_steps=1, active=1, active_on_steps=0)
    frigate.object_leaves(first)
    await shows(persons=1, cars=1, on_steps=0, active=1, active_on_steps=0)
    frigate.object_leaves(second)
    frigate.object_leaves(car)
    await shows(persons=0, cars=0, on_steps=0, active=0, active_on_steps=0)


@everything_on
async def test_a_lost_connection_resets_what_is_pushed_again(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    frigate.object_appears("front_door")
    frigate.classified("front_door", "gate_state", "open")
    await until_state(hass, entry, *ACTIVE_PERSONS, "1")
    await until_state(hass, entry, *GATE, "open")

    frigate.block_live()
    frigate.drop_live()
    await until_state(hass, entry, *ACTIVE_PERSONS, STATE_UNKNOWN)
    assert state_of(hass, entry, *PERSONS) == "1"
    assert state_of(hass, entry, *GATE) == "open"

    frigate.unblock_live()
    await pass_time(hass, freezer, 61)
    await until_pushing(hass, entry, frigate)
    await until_state(hass, entry, *ACTIVE_PERSONS, "1")
    # Frigate tells only changes, and a gate may stay open for days.
    assert state_of(hass, entry, *GATE) == "open"
    frigate.classified("front_door", "gate_state", "closed")
    await until_state(hass, entry, *GATE, "closed")


# Reviews


@EVERY_VERSION
async def test_the_greatest_severity_is_shown(frigate: FakeFrigate, way: Way) -> None:
    entry = await way.set_up(make_entry(frigate.internal_url))
    await way.shows(entry, {REVIEW: "none"})
    review = frigate.review_starts("front_door", "detection")
    await way.shows(entry, {REVIEW: "detection"})
    frigate.review_changes(review, severity="alert")
    await way.shows(entry, {REVIEW: "alert"})
    frigate.review_ends(review)
    await way.shows(entry, {REVIEW: "none"})


# Faces and plates


@EVERY_VERSION
async def test_a_face_and_a_plate_are_shown_for_some_time(
    hass: HomeAssistant, frigate: FakeFrigate, way: Way, freezer: FrozenDateTimeFactory
) -> None:
    entry = await way.set_up(entry_with_plate(hass, frigate))
    await way.shows(entry, {FACE: STATE_UNKNOWN, PLATE: STATE_UNKNOWN})

    visitor = frigate.object_appears("front_door")
    frigate.face_recognized(visitor, "Eileen")
    frigate.plate_recognized(frigate.object_appears("front_door", "car"), "ABC123")
    await way.shows(entry, {FACE: "Eileen", PLATE: "ABC123"})
    frigate.object_leaves(visitor)
    visitor = frigate.object_appears("front_door")
    frigate.face_recognized(visitor, "Ana")
    await way.shows(entry, {FACE: "Ana", PLATE: "ABC123"})

    # They are still there, and yet it was that long ago.
    await pass_time(hass, freezer, SECONDS + 1)
    await way.shows(entry, {FACE: STATE_UNKNOWN, PLATE: STATE_UNKNOWN})

    frigate.object_leaves(visitor)
    frigate.face_recognized(frigate.object_appears("front_door"), "Ana")
    await way.shows(entry, {FACE: "Ana", PLATE: STATE_UNKNOWN})


@WITH_016
async def test_a_face_is_shown_once_frigate_is_sure_of_it(
    hass: HomeAssistant, frigate: FakeFrigate, way: Way
) -> None:
    entry = await way.set_up(entry_with_plate(hass, frigate))
    visitor = frigate.object_appears("front_door")
    frigate.face_recognized(visitor, "Ana", score=0.81)
    car = frigate.object_appears("front_door", "car")
    frigate.plate_recognized(car, "ABC123")
    await way.shows(entry, {FACE: STATE_UNKNOWN, PLATE: "ABC123"})
    frigate.face_recognized(visitor, "Ana", score=0.93)
    await way.shows(entry, {FACE: "Ana"})


async def test_recognized_again_the_time_starts_anew(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, entry_with_plate(hass, frigate))
    await until_pushing(hass, entry, frigate)
    visitor = frigate.object_appears("front_door")
    frigate.face_recognized(visitor, "Eileen")
    await until_state(hass, entry, *FACE, "Eileen")
    car = frigate.object_appears("front_door", "car")
    for plate in ("AAA111", "BBB222", "CCC333"):
        await pass_time(hass, freezer, SECONDS - 5)
        frigate.face_recognized(visitor, "Eileen")
        # What comes after it has come, so has it.
        frigate.plate_recognized(car, plate)
        await until_state(hass, entry, *PLATE, plate)
        assert state_of(hass, entry, *FACE) == "Eileen"
    # A face that nobody knows changes nothing.
    frigate.face_recognized(visitor, "unknown")
    frigate.plate_recognized(car, "DDD444")
    await until_state(hass, entry, *PLATE, "DDD444")
    assert state_of(hass, entry, *FACE) == "Eileen"
    await pass_time(hass, freezer, SECONDS + 1)
    assert state_of(hass, entry, *FACE) == STATE_UNKNOWN


async def test_with_no_time_the_last_one_is_shown_for_ever(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = make_entry(frigate.internal_url, options={"recognition_seconds": 0})
    await set_up(hass, entry)
    await until_pushing(hass, entry, frigate)
    visitor = frigate.object_appears("front_door")
    frigate.face_recognized(visitor, "Eileen")
    await until_state(hass, entry, *FACE, "Eileen")
    frigate.object_leaves(visitor)
    await pass_polls(hass, freezer, 20)
    assert state_of(hass, entry, *FACE) == "Eileen"


async def load_stored(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    *states: tuple[State, Mapping[str, Any]],
) -> None:
    """Let Home Assistant read states, and more, as if it had just been restarted."""
    last_seen = dt_util.utcnow().isoformat()
    stored = [
        {"state": state.as_dict(), "extra_data": extra, "last_seen": last_seen}
        for state, extra in states
    ]
    hass_storage[restore_state.STORAGE_KEY] = {
        "key": restore_state.STORAGE_KEY,
        "version": restore_state.STORAGE_VERSION,
        "data": stored,
    }
    await restore_state.async_get(hass).async_load()


@pytest.mark.parametrize(
    ("stored", "ago", "shown"),
    [
        ({"shown": "Eileen"}, SECONDS - 20, "Eileen"),
        ({"shown": "Eileen"}, SECONDS, STATE_UNKNOWN),
        ({"shown": None}, 1, STATE_UNKNOWN),
        ({}, 1, STATE_UNKNOWN),
    ],
)
async def test_a_face_outlasts_a_restart_for_what_is_left_of_its_time(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    stored: dict[str, str | None],
    ago: float,
    shown: str,
) -> None:
    seen_at = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp() - ago
    state = State("sensor.front_door_last_recognized_face", "Eileen")
    extra = {**stored, "seen_at": seen_at}
    await load_stored(hass, hass_storage, (state, extra))
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    await until_state(hass, entry, *FACE, shown)

    await pass_time(hass, freezer, 21)
    assert state_of(hass, entry, *FACE) == STATE_UNKNOWN


async def test_a_face_outlasts_a_reload(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    visitor = frigate.object_appears("front_door")
    frigate.face_recognized(visitor, "Eileen")
    await until_state(hass, entry, *FACE, "Eileen")
    frigate.object_leaves(visitor)
    freezer.tick(SECONDS - 10)
    await hass.config_entries.async_reload(entry.entry_id)
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *FACE) == "Eileen"
    await pass_time(hass, freezer, 11)
    assert state_of(hass, entry, *FACE) == STATE_UNKNOWN


# Classification


@EVERY_VERSION
async def test_a_classification_outlasts_a_reload_and_an_outage(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *GATE) == STATE_UNKNOWN
    frigate.classified("front_door", "gate_state", "open")
    await until_state(hass, entry, *GATE, "open")
    await hass.config_entries.async_reload(entry.entry_id)
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *GATE) == "open"

    await frigate.refuse()
    frigate.drop_live()
    await pass_polls(hass, freezer, 3)
    assert state_of(hass, entry, *GATE) == STATE_UNAVAILABLE
    # Also when Home Assistant is restarted while Frigate is away.
    await hass.config_entries.async_unload(entry.entry_id)
    await frigate.resume()
    await hass.config_entries.async_setup(entry.entry_id)
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *GATE) == "open"
    frigate.classified("front_door", "gate_state", "closed")
    await until_state(hass, entry, *GATE, "closed")
    await hass.config_entries.async_reload(entry.entry_id)
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *GATE) == "closed"


async def test_a_classification_outlasts_a_restart(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    frigate: FakeFrigate,
) -> None:
    state = State("sensor.front_door_gate_state_classification", STATE_UNAVAILABLE)
    extra = {"native_value": "open", "native_unit_of_measurement": None}
    await load_stored(hass, hass_storage, (state, extra))
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *GATE) == "open"
    frigate.classified("front_door", "gate_state", "closed")
    await until_state(hass, entry, *GATE, "closed")


async def test_a_model_may_classify_before_the_configuration_is_read(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    frigate.add_classification("door_state", "front_door")
    frigate.classified("front_door", "door_state", "closed")
    frigate.classified("front_door", "gate_state", "open")
    await until_state(hass, entry, *GATE, "open")
    await pass_time(hass, freezer, CONFIG_READ + 1)
    await pass_time(hass, freezer)
    door = sensor("classification:door_state")
    assert state_of(hass, entry, *door) == "closed"


# All of them


@EVERY_VERSION
async def test_an_outage(
    hass: HomeAssistant, frigate: FakeFrigate, way: Way, freezer: FrozenDateTimeFactory
) -> None:
    entry = await way.set_up(make_entry(frigate.internal_url))
    frigate.review_starts("front_door")
    await way.shows(entry, {REVIEW: "alert", FACE: STATE_UNKNOWN})
    await frigate.refuse()
    frigate.drop_live()
    await pass_polls(hass, freezer, 2)
    for one in (REVIEW, FACE, GATE):
        assert state_of(hass, entry, *one) == STATE_UNAVAILABLE

    await frigate.resume()
    await pass_time(hass, freezer)
    await pass_time(hass, freezer, 61)
    await way.shows(entry, {REVIEW: "alert", FACE: STATE_UNKNOWN, GATE: STATE_UNKNOWN})


@everything_on
async def test_what_leaves_the_configuration_is_removed(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    gone = (CARS, ON_STEPS, FACE, PLATE, GATE)
    camera = frigate.state.cameras["front_door"]
    camera.labels, camera.lpr, camera.face_recognition = ["person"], False, False
    camera.zones = {}
    frigate.state.classification = {}
    await pass_time(hass, freezer, CONFIG_READ)
    assert {state_of(hass, entry, *one) for one in gone} == {STATE_UNAVAILABLE}
    assert state_of(hass, entry, *REVIEW) != STATE_UNAVAILABLE
    await pass_time(hass, freezer, CONFIG_READ)
    assert not [one for one in gone if is_registered(hass, entry, *one)]
    assert is_registered(hass, entry, *PERSONS)

    frigate.state.classification["gate_state"] = ["front_door", "no_camera_of_ours"]
    await pass_time(hass, freezer, CONFIG_READ)
    assert state_of(hass, entry, *GATE) != STATE_UNAVAILABLE
