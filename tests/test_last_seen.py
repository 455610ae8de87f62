"""When and where each person of the face library was seen last."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.coordinator.people import PEOPLE_INTERVAL
from custom_components.frigate_http.dates import as_datetime
from custom_components.frigate_http.live.sightings import Sighting, Sightings
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from tests.common import entity_id, is_registered, pass_polls, pass_time, sent, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.state import WrongClock
from tests.live.common import until_pushing, until_state
from tests.live.test_sensor import load_stored
from tests.live.ways import LIVE_POLL
from tests.versions import WITH_016

pytestmark = pytest.mark.usefixtures("fixed_time")
everything_on = pytest.mark.usefixtures("entity_registry_enabled_by_default")

HOUR = 3600
PAUSE = PEOPLE_INTERVAL.total_seconds()


@pytest.fixture
def offset() -> float:
    """Return the seconds by which Frigate's clock is ahead."""
    return 0.0


@pytest.fixture
def frigate_options(offset: float) -> dict[str, Any]:
    return {"faces": {"Ana": 1, "Eileen": 1}, "clock": WrongClock(offset)}


def seen(person: str) -> tuple[str, str]:
    """Return the sensor that says when a person was seen."""
    return "sensor", f"server:last_seen:{person}"


def camera(person: str) -> tuple[str, str]:
    """Return the sensor that says where a person was seen."""
    return "sensor", f"server:last_camera:{person}"


def at(seconds: float) -> str:
    """Return a time as a state."""
    found = as_datetime(seconds)
    assert found is not None
    return found.isoformat(timespec="seconds")


def now() -> float:
    """Return the time of Home Assistant."""
    return dt_util.utcnow().timestamp()


def asked(frigate: FakeFrigate) -> list[str]:
    """Return whom Frigate was asked for."""
    queries = (one.query for one in sent(frigate, "/api/events"))
    return [query["sub_labels"] for query in queries if "sub_labels" in query]


async def test_they_are_off_by_default_and_then_nobody_is_asked_for(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.add_event("front_door", sub_label="Ana", ago=HOUR, duration=20)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    registry = er.async_get(hass)
    for one in (seen("Ana"), camera("Ana")):
        found = registry.async_get(entity_id(hass, entry, *one) or "")
        assert found is not None
        assert found.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    await pass_time(hass, freezer, PAUSE)
    assert asked(frigate) == []


@WITH_016
@everything_on
async def test_frigate_is_asked_once_for_each_person(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.add_event("front_door", sub_label="Ana", ago=2 * HOUR, duration=20)
    last = frigate.add_event("Portones", sub_label="Ana", ago=HOUR, duration=20)
    last.data["sub_label_score"] = 0.95
    # A name that somebody assigned has no score.
    frigate.add_face("Tom", 1)
    assigned = frigate.add_event("front_door", sub_label="Tom", ago=HOUR, duration=20)
    del assigned.data["sub_label_score"]
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    assert asked(frigate) == ["Ana"]
    assert state_of(hass, entry, *seen("Ana")) == at(last.start_time)
    state = hass.states.get(entity_id(hass, entry, *camera("Ana")) or "")
    assert state is not None
    assert state.state == "Portones"
    fields = {"camera": "Portones", "entity_id": "camera.portones"}
    assert state.attributes | fields == state.attributes
    for _ in range(3):
        await pass_time(hass, freezer, PAUSE)
    assert sorted(asked(frigate)) == ["Ana", "Eileen", "Tom"]
    assert state_of(hass, entry, *seen("Tom")) == at(assigned.start_time)
    assert state_of(hass, entry, *seen("Eileen")) == STATE_UNKNOWN
    assert state_of(hass, entry, *camera("Eileen")) == STATE_UNKNOWN


@everything_on
async def test_what_does_not_count(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    """Frigate is not sure of Ana, Eileen is a car, and Tom was at another camera."""
    frigate.add_face("Tom", 1)
    ana = frigate.add_event("front_door", sub_label="Ana", duration=20)
    ana.data["sub_label_score"] = 0.81
    frigate.add_event("front_door", "car", sub_label="Eileen", duration=20)
    frigate.add_event("Portones", sub_label="Tom", duration=20)
    options = {"cameras": ["front_door"]}
    entry = await set_up(hass, make_entry(frigate.internal_url, options=options))
    await until_pushing(hass, entry, frigate)
    for _ in range(2):
        await pass_time(hass, freezer, PAUSE)
    people = ["Ana", "Eileen", "Tom"]
    assert sorted(asked(frigate)) == people
    assert {state_of(hass, entry, *seen(one)) for one in people} == {STATE_UNKNOWN}
    visitor = frigate.object_appears("front_door")
    frigate.face_recognized(visitor, "Ana", score=0.81)
    frigate.face_recognized(visitor, "Ana", score=0.95)
    await until_state(hass, entry, *seen("Ana"), at(now()))
    await until_state(hass, entry, *camera("Ana"), "Front door")


@everything_on
async def test_recognitions_count_pushed_and_polled(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    frigate.face_recognized(frigate.object_appears("front_door"), "Ana")
    await until_state(hass, entry, *camera("Ana"), "Front door")
    assert state_of(hass, entry, *seen("Ana")) == at(now())
    assert state_of(hass, entry, *seen("Eileen")) == STATE_UNKNOWN

    frigate.block_live()
    frigate.drop_live()
    await until_state(hass, entry, "binary_sensor", "server:live_connection", "off")
    await pass_time(hass, freezer, HOUR)
    visitor = frigate.object_appears("Portones")
    frigate.face_recognized(visitor, "Ana")
    frigate.write_events()
    await pass_time(hass, freezer, LIVE_POLL)
    assert state_of(hass, entry, *camera("Ana")) == "Portones"
    seen_at = state_of(hass, entry, *seen("Ana"))
    assert at(visitor.start_time) <= seen_at <= at(now())
    # She is still there, and yet it is that long ago.
    await pass_time(hass, freezer, LIVE_POLL)
    assert state_of(hass, entry, *seen("Ana")) == seen_at


@everything_on
async def test_after_a_gap_frigate_is_asked_again(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    for _ in range(3):
        await pass_time(hass, freezer, PAUSE)
    assert asked(frigate) == ["Ana", "Eileen"]
    frigate.drop_live()
    missed = frigate.add_event("Portones", sub_label="Eileen", ago=3, duration=2)
    await until_state(hass, entry, "binary_sensor", "server:live_connection", "off")
    await until_pushing(hass, entry, frigate)
    for _ in range(3):
        await pass_time(hass, freezer, PAUSE)
    assert asked(frigate) == ["Ana", "Eileen"] * 2
    assert state_of(hass, entry, *seen("Eileen")) == at(missed.start_time)


@everything_on
async def test_what_is_restored_gives_way_to_what_is_newer(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    frigate.face_recognized(frigate.object_appears("front_door"), "Ana")
    await until_state(hass, entry, *camera("Ana"), "Front door")
    seen_at = state_of(hass, entry, *seen("Ana"))
    freezer.tick(HOUR)
    # The face library is all that answers now.
    frigate.fail("/api/events", Fault.status(503))
    await hass.config_entries.async_reload(entry.entry_id)
    assert state_of(hass, entry, *seen("Ana")) == seen_at
    assert state_of(hass, entry, *camera("Ana")) == "Front door"
    frigate.clear_faults()
    newer = frigate.add_event("Portones", sub_label="Ana", ago=60, duration=20)
    for _ in range(3):
        await pass_time(hass, freezer, 60)
    assert state_of(hass, entry, *seen("Ana")) == at(newer.start_time)
    assert state_of(hass, entry, *camera("Ana")) == "Portones"


STORED: dict[str, dict[str, Any]] = {
    "Ana": {"camera": "garden", "seen_at": 1795400000.5},
    # A clock was wrong once; and what somebody has edited.
    "Eileen": {"camera": "garden", "seen_at": 1895400000.0},
    "Bea": {"camera": ["garden"], "seen_at": 1795400000},
    "Cleo": {"camera": "garden", "seen_at": "soon"},
    "Dora": {"seen_at": 1795400000},
    "Eva": {},
}


@everything_on
async def test_what_is_stored_is_restored_if_it_can_be(
    hass: HomeAssistant, frigate: FakeFrigate, hass_storage: dict[str, Any]
) -> None:
    stored = list[tuple[State, dict[str, Any]]]()
    for name, extra in STORED.items():
        if name not in frigate.state.faces:
            frigate.add_face(name, 1)
        sensor = f"sensor.frigate_{name.lower()}_last_camera"
        stored.append((State(sensor, "Garden"), extra))
    await load_stored(hass, hass_storage, *stored)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    unknown = dict.fromkeys(STORED, STATE_UNKNOWN)
    found = {name: state_of(hass, entry, *camera(name)) for name in STORED}
    assert found == unknown | {"Ana": "Garden"}
    found = {name: state_of(hass, entry, *seen(name)) for name in STORED}
    assert found == unknown | {"Ana": at(1795400000.5)}
    for name in ("Ana", "Bea"):
        frigate.face_recognized(frigate.object_appears("front_door"), name)
        await until_state(hass, entry, *camera(name), "Front door")


@everything_on
async def test_a_name_with_a_comma_is_only_recognized(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.add_face("Ana, Eileen", 1)
    frigate.add_event("front_door", sub_label="Ana", ago=HOUR, duration=20)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    for _ in range(4):
        await pass_time(hass, freezer, PAUSE)
    assert sorted(asked(frigate)) == ["Ana", "Eileen"]
    both = "Ana, Eileen"
    assert state_of(hass, entry, *seen(both)) == STATE_UNKNOWN
    frigate.face_recognized(frigate.object_appears("front_door"), both)
    await until_state(hass, entry, *camera(both), "Front door")


@pytest.mark.parametrize("offset", [7200.0, -7200.0])
@everything_on
async def test_the_clock_of_the_server_is_corrected(
    hass: HomeAssistant, frigate: FakeFrigate, offset: float
) -> None:
    frigate.add_event("front_door", sub_label="Ana", ago=HOUR, duration=20)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    found = dt_util.parse_datetime(state_of(hass, entry, *seen("Ana")))
    assert found is not None
    # What Frigate says of its clock is up to half a minute old.
    assert abs(found.timestamp() - (now() - HOUR)) < 30


@everything_on
async def test_they_follow_the_face_library(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    faces = frigate.state.faces
    faces["Anna"] = faces.pop("Ana")
    await pass_polls(hass, freezer, 1)
    assert state_of(hass, entry, *seen("Ana")) == STATE_UNAVAILABLE
    assert state_of(hass, entry, *seen("Anna")) == STATE_UNKNOWN
    await pass_polls(hass, freezer, 1)
    for one in (seen, camera):
        assert not is_registered(hass, entry, *one("Ana"))
        assert is_registered(hass, entry, *one("Anna"))
        assert is_registered(hass, entry, *one("Eileen"))
    await hass.config_entries.async_unload(entry.entry_id)
    # Also somebody who went while Home Assistant was off.
    del faces["Eileen"]
    await hass.config_entries.async_setup(entry.entry_id)
    await pass_polls(hass, freezer, 2)
    assert not is_registered(hass, entry, *seen("Eileen"))
    assert is_registered(hass, entry, *seen("Anna"))


def test_the_last_sightings_are_kept_of_so_many_people() -> None:
    sightings = Sightings()
    last = Sighting(camera="yard", seen_at=10.0)
    sightings.add("Ana", last)
    sightings.add("Ana", Sighting(camera="door", seen_at=9.0))
    assert sightings.of("Ana") == last
    for number in range(1000):
        sightings.add(f"{number}", Sighting(camera="door", seen_at=float(number)))
    assert sightings.of("Ana") is None
    assert sightings.of("0") is not None
