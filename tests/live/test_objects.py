"""What is only pushed about objects: unknown faces, triggers, classifications, descriptions."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.frigate_http.const import EVENT_ACTIVITY
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from tests.common import is_available, is_registered, pass_time, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION, ONLY_016, WITH_016

from .common import until, until_pushing, until_state
from .test_event import EventPayload
from .test_hostile_pushes import push, until_read

FACE = ("event", "camera:front_door:face")
TRIGGER = ("event", "camera:front_door:trigger")
CLASSIFICATION = ("event", "camera:front_door:classification")
DESCRIPTION = ("event", "camera:front_door:description")
COURIER = ("sensor", "camera:front_door:object_classification:courier")
PUSHED_ONLY = (TRIGGER, CLASSIFICATION, DESCRIPTION, COURIER)
LIVE_POLL = 5
SECONDS = 60
"""For which a result is shown."""

pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")


@pytest.fixture
def house(frigate: FakeFrigate) -> FakeFrigate:
    """Return a server that understands all that it can of what one camera sees."""
    frigate.add_face("Ana", 1)
    if frigate.state.is_017:
        frigate.describe("front_door", objects=True)
        frigate.add_trigger("front_door", "parcel")
        frigate.add_object_classifier("courier", "person")
    return frigate


@pytest.fixture
async def entry(hass: HomeAssistant, house: FakeFrigate) -> MockConfigEntry:
    """Return an entry that everything is pushed to."""
    added = await set_up(hass, make_entry(house.internal_url))
    await until_pushing(hass, added, house)
    return added


def links(entry: MockConfigEntry, event_id: str) -> dict[str, str]:
    """Return the paths to an event."""
    base = f"/api/frigate_http/{entry.entry_id}/event/{event_id}"
    return {
        "thumbnail": f"{base}/thumbnail",
        "snapshot": f"{base}/snapshot",
        "clip": f"{base}/clip.mp4",
    }


# Unknown faces


@WITH_016
async def test_an_unknown_face_is_told_once_when_its_object_ends(
    hass: HomeAssistant, house: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, FACE)
    stranger, doubtful, ana, back_turned = (
        house.object_appears("front_door") for _ in range(4)
    )
    for _ in range(2):
        house.face_unknown(stranger)
        house.face_recognized(doubtful, "Ana", score=0.81)
        house.face_unknown(ana)
    house.face_recognized(ana, "Ana", score=0.95)
    house.face_unknown(ana)
    await until(hass, lambda: len(told.types) == 1)
    for event in (ana, back_turned, doubtful, stranger):
        house.object_leaves(event)
    await until(hass, lambda: len(told.types) == 3)
    house.face_unknown(stranger)
    house.face_recognized(house.object_appears("front_door"), "Tom")
    await until(hass, lambda: len(told.types) == 4)
    assert [
        (one["event_type"], one["name"], one["event_id"]) for one in told.attributes
    ][:3] == [
        ("recognized", "Ana", ana.id),
        ("unknown", None, doubtful.id),
        ("unknown", None, stranger.id),
    ]
    assert told.types[3] == "recognized"
    nobody = {"camera": "front_door", "entity_id": "camera.front_door", "score": None}
    nobody |= links(entry, stranger.id)
    assert told.attributes[2] | nobody == told.attributes[2]


async def test_whoever_has_a_name_at_the_end_is_not_unknown(
    hass: HomeAssistant, house: FakeFrigate, entry: MockConfigEntry
) -> None:
    """Somebody named it by hand; a logo and the result of a model are no names."""
    told = EventPayload(hass, entry, FACE)
    house.state.attributes = ["amazon", "face"]
    await entry.runtime_data.server.async_refresh_config()
    named, driver, postman = (house.object_appears("front_door") for _ in range(3))
    for event in (named, driver, postman):
        house.face_unknown(event)
    named.sub_label, driver.sub_label = "Neighbor", "amazon"
    house.object_classified(postman, "courier", "post")
    for event in (named, driver, postman):
        house.object_leaves(event)
    await until(hass, lambda: len(told.types) == 2)
    assert [one["event_id"] for one in told.attributes] == [driver.id, postman.id]


async def test_a_face_that_is_looked_at_after_the_end_counts(
    hass: HomeAssistant, house: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, FACE)
    late, named, in_time = (house.object_appears("front_door") for _ in range(3))
    named.sub_label = "Ana"
    house.object_leaves(late)
    house.object_leaves(named)
    for _ in range(2):
        house.face_unknown(named)
        house.face_unknown(late)
    # Frigate was slow: the name comes when it was told already that there is none.
    house.face_recognized(late, "Ana")
    house.face_unknown(late)
    house.face_unknown(in_time)
    house.object_leaves(in_time)
    await until(hass, lambda: len(told.types) == 3)
    assert told.types == ["unknown", "recognized", "unknown"]
    assert [one["event_id"] for one in told.attributes] == [
        late.id,
        late.id,
        in_time.id,
    ]


async def test_a_restart_in_the_middle_of_a_visit(
    hass: HomeAssistant, house: FakeFrigate, entry: MockConfigEntry
) -> None:
    stranger, ana = (house.object_appears("front_door") for _ in range(2))
    house.face_unknown(stranger)
    house.face_recognized(ana, "Ana")
    await until_state(
        hass, entry, "sensor", "camera:front_door:last_recognized_face", "Ana"
    )
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until_pushing(hass, entry, house)
    told = EventPayload(hass, entry, FACE)
    # Ana was recognized before, of which nothing is said any more.
    house.face_unknown(ana)
    house.face_unknown(stranger)
    house.object_leaves(ana)
    house.object_leaves(stranger)
    await until(hass, lambda: len(told.types) == 1)
    assert told.attributes[0]["event_id"] == stranger.id


async def test_an_end_in_a_gap_is_not_told(
    hass: HomeAssistant, house: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, FACE)
    gone, named, still_there = (house.object_appears("front_door") for _ in range(3))
    for event in (gone, named, still_there):
        house.face_unknown(event)
    await until_read(hass, entry, house)
    house.drop_live()
    house.object_leaves(gone)
    house.face_recognized(named, "Ana")
    house.write_events()
    await until(hass, lambda: told.types == ["recognized"])
    await until_pushing(hass, entry, house)
    house.object_leaves(named)
    house.object_leaves(still_there)
    await until(hass, lambda: len(told.types) == 2)
    assert told.attributes[1]["event_id"] == still_there.id
    assert told.types[1] == "unknown"


async def test_polling_tells_no_unknown_face(
    hass: HomeAssistant,
    fixed_time: None,
    house: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    house.block_live()
    entry = await set_up(hass, make_entry(house.internal_url))
    told = EventPayload(hass, entry, FACE)
    stranger = house.object_appears("front_door")
    house.face_unknown(stranger)
    house.write_events()
    await pass_time(hass, freezer, LIVE_POLL)
    house.object_leaves(stranger)
    visitor = house.object_appears("front_door")
    house.face_recognized(visitor, "Ana")
    house.write_events()
    await pass_time(hass, freezer, LIVE_POLL)
    assert told.types == ["recognized"]


@EVERY_VERSION
async def test_what_a_model_says_of_somebody_is_no_face(
    hass: HomeAssistant,
    fixed_time: None,
    house: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    house.block_live()
    entry = await set_up(hass, make_entry(house.internal_url))
    told = EventPayload(hass, entry, FACE)
    postman, ana = (house.object_appears("front_door") for _ in range(2))
    house.object_classified(postman, "courier", "post", score=0.95)
    house.face_recognized(ana, "Ana", score=0.95)
    house.write_events()
    await pass_time(hass, freezer, LIVE_POLL)
    assert [one["name"] for one in told.attributes] == ["Ana"]


# Triggers


@EVERY_VERSION
async def test_every_trigger_fires(
    hass: HomeAssistant, house: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, TRIGGER)
    assert state_of(hass, entry, *TRIGGER) == STATE_UNKNOWN
    first, second = (house.object_appears("front_door") for _ in range(2))
    house.trigger_fires(first, "parcel", score=0.87)
    house.trigger_fires(second, "parcel", score=0.9)
    # One that has just been made, and a similarity that is off the scale.
    house.add_trigger("front_door", "ladder")
    house.trigger_fires(first, "ladder", score=1.7)
    house.trigger_fires(first, "parcel", score=0.87)
    await until(hass, lambda: len(told.types) == 4)
    assert [
        (one["name"], one["score"], one["event_id"]) for one in told.attributes
    ] == [
        ("parcel", 0.87, first.id),
        ("parcel", 0.9, second.id),
        ("ladder", 1.7, first.id),
        ("parcel", 0.87, first.id),
    ]
    assert {*told.types} == {"triggered"}
    expected = {"camera": "front_door", "entity_id": "camera.front_door"}
    expected |= links(entry, second.id)
    assert told.attributes[1] | expected == told.attributes[1]


# Classification


@EVERY_VERSION
async def test_a_result_fires_once_an_object(
    hass: HomeAssistant, house: FakeFrigate, entry: MockConfigEntry
) -> None:
    house.add_object_classifier("hat", "person", kind="attribute")
    told = EventPayload(hass, entry, CLASSIFICATION)
    first, second = (house.object_appears("front_door") for _ in range(2))
    for _ in range(3):
        house.object_classified(first, "courier", "post", score=0.87)
        # A model that the configuration does not have yet.
        house.object_classified(first, "hat", "yes")
        house.object_classified(second, "courier", "post")
    house.object_classified(first, "courier", "parcel service")
    await until(hass, lambda: len(told.types) == 4)
    assert [
        (one["model"], one["result"], one["score"], one["event_id"])
        for one in told.attributes
    ] == [
        ("courier", "post", 0.87, first.id),
        ("hat", "yes", 0.91, first.id),
        ("courier", "post", 0.91, second.id),
        ("courier", "parcel service", 0.91, first.id),
    ]
    assert {*told.types} == {"classified"}
    assert told.attributes[0] | links(entry, first.id) == told.attributes[0]
    await until_state(hass, entry, *COURIER, "parcel service")
    # The new model gets its sensor, with what it has said meanwhile.
    await entry.runtime_data.server.async_refresh_config()
    hat = ("sensor", "camera:front_door:object_classification:hat")
    await until_state(hass, entry, *hat, "yes")


async def test_a_result_of_before_a_restart_is_not_told_again(
    hass: HomeAssistant, house: FakeFrigate, entry: MockConfigEntry
) -> None:
    house.add_object_classifier("hat", "person", kind="attribute")
    told = EventPayload(hass, entry, CLASSIFICATION)
    visitor = house.object_appears("front_door")
    house.write_events()
    for model, result in (("courier", "post"), ("hat", "yes")):
        house.object_classified(visitor, model, result)
    await until(hass, lambda: len(told.types) == 2)
    assert await hass.config_entries.async_reload(entry.entry_id)
    # Also while the first poll is under way.
    await house.wait_for_live(1)
    for _ in range(2):
        house.object_classified(visitor, "courier", "post")
        house.object_classified(visitor, "hat", "yes")
        await until_pushing(hass, entry, house)
    house.object_classified(visitor, "hat", "no")
    await until(hass, lambda: len(told.types) == 3)
    assert told.attributes[2]["result"] == "no"


async def test_a_result_is_shown_for_some_time_and_over_a_reload(
    hass: HomeAssistant,
    fixed_time: None,
    house: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert state_of(hass, entry, *COURIER) == STATE_UNKNOWN
    visitor = house.object_appears("front_door")
    house.object_classified(visitor, "courier", "post")
    await until_state(hass, entry, *COURIER, "post")
    await pass_time(hass, freezer, SECONDS - 10)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until_pushing(hass, entry, house)
    assert state_of(hass, entry, *COURIER) == "post"
    await pass_time(hass, freezer, 11)
    assert state_of(hass, entry, *COURIER) == STATE_UNKNOWN


@EVERY_VERSION
async def test_which_cameras_have_what(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.cameras["Portones"].labels = ["car"]
    frigate.add_object_classifier("courier", "person")
    frigate.add_object_classifier("make", "car", "truck")
    frigate.add_trigger("Portones", "van", enabled=False)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    places = {
        (camera, key)
        for camera in ("front_door", "Portones")
        for key in (
            "object_classification:courier",
            "object_classification:make",
            "classification",
            "trigger",
            "description",
        )
        for domain in ("sensor", "event")
        if is_registered(hass, entry, domain, f"camera:{camera}:{key}")
    }
    assert places == {
        ("front_door", "object_classification:courier"),
        ("front_door", "object_classification:make"),
        ("front_door", "classification"),
        ("Portones", "object_classification:make"),
        ("Portones", "classification"),
    }
    # What is configured now appears, and what is not any more goes.
    frigate.state.cameras["Portones"].triggers["van"].enabled = True
    del frigate.state.object_classifiers["make"]
    for _ in range(2):
        await entry.runtime_data.server.async_refresh_config()
        await hass.async_block_till_done(wait_background_tasks=True)
    assert is_registered(hass, entry, "event", "camera:Portones:trigger")
    for domain, key in (
        ("sensor", "object_classification:make"),
        ("event", "classification"),
    ):
        assert not is_registered(hass, entry, domain, f"camera:Portones:{key}")


@ONLY_016
async def test_old_servers_have_none_of_it(
    hass: HomeAssistant, house: FakeFrigate, entry: MockConfigEntry
) -> None:
    for domain, key in PUSHED_ONLY:
        assert not is_registered(hass, entry, domain, key)


# Descriptions


@EVERY_VERSION
async def test_a_description_is_told_also_after_the_end(
    hass: HomeAssistant, house: FakeFrigate, entry: MockConfigEntry
) -> None:
    told = EventPayload(hass, entry, DESCRIPTION)
    activity = async_capture_events(hass, EVENT_ACTIVITY)
    here, gone = (
        house.object_appears("front_door", label) for label in ("person", "car")
    )
    house.object_described(here, "A man with a dog")
    house.object_leaves(gone)
    house.object_described(gone, "{{ 1 + 1 }} <b>A red car</b>" + "." * 5000)
    before = house.add_event("front_door", "person", ago=3600, duration=10)
    house.object_described(before, "Of before")
    await until(hass, lambda: len(told.types) == 3)
    assert [(one["event_id"], one["label"]) for one in told.attributes] == [
        (here.id, "person"),
        (gone.id, "car"),
        (before.id, None),
    ]
    texts = [str(one["description"]) for one in told.attributes]
    assert texts[0] == "A man with a dog"
    assert texts[1].startswith("{{ 1 + 1 }} <b>A red car</b>...")
    assert len(texts[1]) == 4000
    assert told.attributes[0] | links(entry, here.id) == told.attributes[0]
    assert [one.data["event_id"] for one in activity] == [here.id, gone.id, before.id]
    assert all("description" not in one.data for one in activity)


# The live connection


async def test_without_the_live_connection_there_is_none_of_it(
    hass: HomeAssistant,
    fixed_time: None,
    house: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    visitor = house.object_appears("front_door")
    house.object_classified(visitor, "courier", "post")
    house.trigger_fires(visitor, "parcel")
    await until_state(hass, entry, *COURIER, "post")
    fired_at = state_of(hass, entry, *TRIGGER)
    house.block_live()
    house.drop_live()
    await until(
        hass,
        lambda: not any(is_available(hass, entry, *one) for one in PUSHED_ONLY),
    )
    await pass_time(hass, freezer, LIVE_POLL)
    assert {state_of(hass, entry, *one) for one in PUSHED_ONLY} == {STATE_UNAVAILABLE}
    # Faces are polled.
    assert is_available(hass, entry, *FACE)
    house.unblock_live()
    await until_pushing(hass, entry, house)
    await until_state(hass, entry, *TRIGGER, fired_at)
    told = EventPayload(hass, entry, TRIGGER)
    house.trigger_fires(visitor, "parcel")
    await until(hass, lambda: told.types == ["triggered"])


# What no Frigate sends

ODD: tuple[Any, ...] = (None, True, 5, -1.5, "", "x" * 256, [], ["a"], {}, {"a": "b"})
MESSAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "triggers": ("triggers", {"camera": 1, "name": 1, "event_id": 1}),
    "classification": (
        "tracked_object_update",
        {"camera": 1, "id": 1, "model": 1, "sub_label": 1},
    ),
    "description": ("tracked_object_update", {"camera": 1, "id": 1, "description": 1}),
    "face": ("tracked_object_update", {"camera": 1, "id": 1, "name": 1, "score": 1}),
}
GOOD = {
    "camera": "front_door",
    "id": "1.0-odd",
    "event_id": "1.0-odd",
    "name": None,
    "score": 0.9,
    "model": "courier",
    "sub_label": "post",
    "description": "A car",
}


async def test_bad_payloads_change_nothing(
    hass: HomeAssistant,
    house: FakeFrigate,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = {one: EventPayload(hass, entry, one) for one in (FACE, *PUSHED_ONLY[:3])}
    caplog.clear()
    for kind, (topic, keys) in MESSAGES.items():
        good = {key: GOOD[key] for key in keys} | {"type": kind}
        if kind == "triggers":
            good["name"] = "parcel"
        for key in [*keys, "type"]:
            if (kind, key) in {("triggers", "type"), ("face", "score")}:
                continue
            for odd in ODD:
                # Only these are what Frigate may mean.
                is_text = key == "description" and odd == "x" * 256
                if is_text or (kind == "face" and key == "name" and odd is None):
                    continue
                push(house, (topic, good | {key: odd}))
        for payload in (5, "text", "[]", '["a"]', "null", "{", '"front_door"'):
            house.push(topic, payload)
    # A face of which nothing can be said is none, whatever happens to the object.
    push(
        house,
        (
            "events",
            {
                "type": "end",
                "after": {"id": "1.0-odd", "camera": "front_door", "label": "person"},
            },
        ),
    )
    # Of these three, every object is another one, and the camera is not ours.
    for number in range(3):
        push(
            house,
            ("triggers", {"camera": "x", "name": "parcel", "event_id": f"{number}"}),
        )
    visitor = house.object_appears("front_door")
    house.trigger_fires(visitor, "parcel")
    house.object_classified(visitor, "courier", "post")
    house.object_described(visitor, "Fine")
    house.face_unknown(visitor)
    house.object_leaves(visitor)
    await until(hass, lambda: bool(told[FACE].types))
    assert {
        one: [found["event_id"] for found in payload.attributes]
        for one, payload in told.items()
    } == {one: [visitor.id] for one in told}
    await until_state(hass, entry, *COURIER, "post")
    assert not [one for one in caplog.records if one.levelname in ("WARNING", "ERROR")]
