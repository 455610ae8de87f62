"""Events: found, created, ended, deleted, kept and labelled."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.util import dt as dt_util
from tests.common import sent, take_away
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import (
    BOTH,
    call,
    camera_entity,
    commands,
    person,
    set_up_admin,
    set_up_viewer,
)

UNKNOWN = "1795451690.505339-k5o8yi"
COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("end_event", {}),
    ("delete_event", {}),
    ("retain_event", {}),
    ("set_event_sub_label", {"sub_label": "Ana"}),
)
each_command = pytest.mark.parametrize(
    ("action", "data"), COMMANDS, ids=[name for name, _data in COMMANDS]
)


def ids(answer: Any) -> list[str]:
    """Return the ids of the events in an answer."""
    return [event["event_id"] for event in answer["events"]]


def at(seconds: float) -> str:
    """Return a moment as an answer holds it."""
    return dt_util.as_local(dt_util.utc_from_timestamp(seconds)).isoformat()


# Finding


@BOTH
async def test_get_events(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_viewer(hass, frigate)
    assert await call(hass, "get_events") == {"events": []}
    event = frigate.add_event("front_door", sub_label="Ana", zones=["yard"], score=0.5)
    running = frigate.add_event("Portones", "car", ago=10, duration=None)
    answer: Any = await call(hass, "get_events")
    assert ids(answer) == [running.id, event.id]
    assert (answer["events"][0]["end"], answer["events"][0]["in_progress"]) == (
        None,
        True,
    )
    assert event.end_time is not None
    assert answer["events"][1] == {
        "event_id": event.id,
        "camera": "front_door",
        "label": "person",
        "sub_label": "Ana",
        "zones": ["yard"],
        "start": at(event.start_time),
        "end": at(event.end_time),
        "has_clip": True,
        "has_snapshot": True,
        "score": 0.5,
        "retained": False,
        "in_progress": False,
    }


@BOTH
async def test_events_are_filtered(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    old = frigate.add_event("Portones", "car", ago=5000, zones=["yard"]).id
    ana = frigate.add_event("front_door", ago=600, sub_label="Ana").id
    dog = frigate.add_event("front_door", "dog", ago=9, duration=None, has_clip=False)
    now, new = frigate.state.clock(), dog.id
    gate = camera_entity(hass, entry, "Portones")
    filters: tuple[tuple[dict[str, Any], list[str]], ...] = (
        ({"cameras": [gate]}, [old]),
        ({"cameras": gate, "labels": "car"}, [old]),
        ({"labels": ["person", "dog"]}, [new, ana]),
        ({"zones": ["yard"]}, [old]),
        ({"sub_labels": ["Ana", "Eileen"]}, [ana]),
        ({"start_time": now - 700, "end_time": at(now - 60)}, [ana]),
        ({"duration": {"minutes": 20}}, [new, ana]),
        ({"limit": 1}, [new]),
        ({"in_progress": True}, [new]),
        ({"in_progress": False}, [ana, old]),
        ({"has_clip": True}, [ana, old]),
        ({"has_snapshot": False}, []),
    )
    for data, expected in filters:
        assert ids(await call(hass, "get_events", **data)) == expected, data


async def test_a_role_for_some_cameras_sees_their_events(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    account = {"username": "gate1", "password": "gate-password-1!"}
    await set_up(hass, make_entry(frigate.external_url, **account))
    frigate.add_event("front_door")
    own = frigate.add_event("Portones").id
    assert ids(await call(hass, "get_events")) == [own]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"cameras": []}, "empty_field"),
        ({"cameras": ["sun.sun"]}, "not_a_camera"),
        ({"labels": ["car,person"]}, "comma"),
        ({"labels": ["x" * 101]}, "too_long"),
        ({"labels": ["name"] + [str(number) for number in range(50)]}, "too_many"),
        ({"zones": ["a\nb"]}, "bad_characters"),
        ({"sub_labels": ""}, "empty_field"),
        ({"limit": 0}, "not_between"),
        ({"limit": 1001}, "not_between"),
        ({"limit": 1.5}, "not_whole"),
        ({"start_time": 1795451690505}, "milliseconds"),
        ({"start_time": 20, "end_time": 10}, "start_after_end"),
        ({"start_time": "yesterday"}, "not_a_time"),
        ({"start_time": "2999-01-01 00:00"}, "start_ahead"),
        ({"start_time": 10, "end_time": 20, "duration": 5}, "period_twice"),
    ],
)
async def test_what_no_query_may_ask(
    hass: HomeAssistant, frigate: FakeFrigate, data: dict[str, Any], key: str
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "get_events", **data)
    assert caught.value.translation_key == key
    assert sent(frigate, "/api/events") == []


@pytest.mark.parametrize(
    "data", [{"in_progress": "maybe"}, {"has_clip": []}, {"colour": "red"}]
)
async def test_what_no_query_knows(
    hass: HomeAssistant, frigate: FakeFrigate, data: dict[str, Any]
) -> None:
    await set_up_admin(hass, frigate)
    with pytest.raises(vol.Invalid):
        await call(hass, "get_events", **data)
    assert sent(frigate, "/api/events") == []


async def test_a_query_is_sent_twice_at_most(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.fail("/api/events", Fault.drop_body(), times=1)
    assert await call(hass, "get_events") == {"events": []}
    frigate.fail("/api/events", Fault.status(502))
    with pytest.raises(HomeAssistantError, match="Frigate is starting"):
        await call(hass, "get_events")
    frigate.clear_faults()
    assert await call(hass, "get_events") == {"events": []}


# Creating


@BOTH
async def test_create_event(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    door, gate = (camera_entity(hass, entry, n) for n in ("front_door", "Portones"))
    answer: Any = await call(
        hass,
        "create_event",
        entity_id=[door, gate],
        label="doorbell",
        sub_label="Ring",
        duration="00:00:05.5",
        include_recording=False,
        score="0.5",
    )
    assert answer.keys() == {door, gate}
    await call(hass, "get_events")
    events = frigate.state.story.events
    for entity_id, camera in ((door, "front_door"), (gate, "Portones")):
        event = events[answer[entity_id]["event_id"]]
        assert (event.camera, event.label) == (camera, "doorbell")
        assert (event.sub_label, event.has_clip) == ("Ring", False)
        assert event.end_time is not None
        # Frigate takes whole seconds, and adds what it recorded before.
        assert event.end_time - event.start_time == pytest.approx(6 + 5)
        assert event.data["score"] == 0.5


@pytest.mark.parametrize("duration", [0, "0", "00:00:00", {"seconds": 0}])
async def test_an_event_that_lasts_until_it_is_ended(
    hass: HomeAssistant, frigate: FakeFrigate, duration: Any
) -> None:
    entry = await set_up_admin(hass, frigate)
    door = camera_entity(hass, entry)
    answer: Any = await call(
        hass, "create_event", entity_id=door, label="doorbell", duration=duration
    )
    event_id = answer[door]["event_id"]
    # The first command comes before Frigate has written the event down.
    assert await call(hass, "end_event", event_id=event_id) == {"event_id": event_id}
    event = frigate.state.story.events[event_id]
    assert event.end_time == pytest.approx(frigate.state.clock(), abs=10)
    ends = sent(frigate, f"/api/events/{event_id}/end")
    assert [request.status for request in ends] == [404, 200]


async def test_the_usual_event(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    await call(
        hass, "create_event", entity_id=camera_entity(hass, entry), label="doorbell"
    )
    (event,) = frigate.state.story.pending
    assert event.end_time is not None
    assert event.end_time - event.start_time == pytest.approx(30 + 5)
    assert (event.has_clip, event.sub_label, event.data["score"]) == (True, None, 0)


async def test_an_event_for_some_of_the_cameras(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    door, gate = (camera_entity(hass, entry, n) for n in ("front_door", "Portones"))
    targets: dict[str, Any] = {"entity_id": [door, gate], "label": "doorbell"}
    gone = take_away(frigate, "Portones")
    answer: Any = await call(hass, "create_event", **targets)
    assert "event_id" in answer[door]
    assert "not a valid camera" in answer[gate]["error"]
    assert gate in caplog.text
    hass.states.async_set(door, "unavailable")
    with pytest.raises(HomeAssistantError, match="It worked for none") as caught:
        await call(hass, "create_event", **targets)
    assert "is not available" in str(caught.value)
    frigate.state.cameras["Portones"] = gone
    answer = await call(hass, "create_event", **targets)
    assert "event_id" in answer[gate]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"label": ""}, "empty_field"),
        ({"label": "../users"}, "bad_characters"),
        ({"label": "a/b"}, "bad_characters"),
        ({"label": ".."}, "bad_characters"),
        ({"label": "x" * 10_000_000}, "too_long"),
        ({"sub_label": "a\x00"}, "bad_characters"),
        ({"duration": -1}, "not_a_duration"),
        ({"duration": False}, "not_a_duration"),
        ({"duration": "soon"}, "not_a_duration"),
        ({"score": 1.5}, "not_between"),
        ({"score": "sure"}, "not_between"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_what_is_no_event(
    hass: HomeAssistant, frigate: FakeFrigate, data: dict[str, Any], key: str
) -> None:
    entry = await set_up_admin(hass, frigate)
    fields = {"entity_id": camera_entity(hass, entry), "label": "doorbell", **data}
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "create_event", **fields)
    assert caught.value.translation_key == key
    assert commands(frigate) == []


@BOTH
async def test_a_viewer_creates_no_event(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_viewer(hass, frigate)
    door = camera_entity(hass, entry)
    with pytest.raises(HomeAssistantError, match="Required: admin") as caught:
        await call(hass, "create_event", entity_id=door, label="doorbell")
    assert caught.value.translation_key == "forbidden"
    assert frigate.state.story.pending == []


# Changing


@BOTH
async def test_an_event_is_changed(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    event = frigate.add_event("front_door", duration=None)
    one: dict[str, Any] = {"event_id": event.id}
    assert await call(hass, "retain_event", **one) == {**one, "retained": True}
    assert event.retained
    answer = await call(hass, "retain_event", **one, retain=False)
    assert answer == {**one, "retained": False}
    assert not event.retained

    answer = await call(
        hass, "set_event_sub_label", **one, sub_label=" Ana ", score=0.5
    )
    assert answer == {**one, "sub_label": "Ana", "score": 0.5}
    assert (event.sub_label, event.data["sub_label_score"]) == ("Ana", 0.5)
    answer = await call(hass, "set_event_sub_label", **one, sub_label="", score=0.5)
    assert answer == {**one, "sub_label": None, "score": None}
    assert event.sub_label is None

    end = event.start_time + 7
    await call(hass, "end_event", **one, end_time=at(end))
    assert event.end_time == pytest.approx(end)
    assert await call(hass, "delete_event", **one) == one
    assert frigate.state.story.events == {}


@each_command
@BOTH
async def test_an_event_that_there_is_not(
    hass: HomeAssistant, frigate: FakeFrigate, action: str, data: dict[str, Any]
) -> None:
    await set_up_admin(hass, frigate)
    for event_id in (UNKNOWN, "nobody"):
        with pytest.raises(HomeAssistantError, match=f"no event {event_id}") as caught:
            await call(hass, action, event_id=event_id, **data)
        assert caught.value.translation_key == "no_event"
    # Events that are not new are asked for once.
    assert len(commands(frigate)) == 2
    event = frigate.add_event("front_door")
    await call(hass, action, event_id=event.id, **data)


async def test_an_event_that_never_gets_there(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_admin(hass, frigate)
    door = camera_entity(hass, entry)
    frigate.hold_events()
    answer: Any = await call(hass, "create_event", entity_id=door, label="doorbell")
    event_id = answer[door]["event_id"]
    with pytest.raises(HomeAssistantError, match="no event"):
        await call(hass, "retain_event", event_id=event_id)
    assert len(sent(frigate, f"/api/events/{event_id}/retain")) == 4
    frigate.release_events()
    await call(hass, "retain_event", event_id=event_id)
    assert frigate.state.story.events[event_id].retained


@each_command
async def test_who_may_not_change_events(
    hass: HomeAssistant, frigate: FakeFrigate, action: str, data: dict[str, Any]
) -> None:
    await set_up_viewer(hass, frigate)
    event = frigate.add_event("front_door")
    with pytest.raises(HomeAssistantError, match="Check its role") as caught:
        await call(hass, action, event_id=event.id, **data)
    assert caught.value.translation_key == "forbidden"
    frigate.clear_requests()
    guest = await person(hass, is_admin=False)
    with pytest.raises(Unauthorized):
        await call(hass, action, guest, event_id=event.id, **data)
    assert commands(frigate) == []
    assert frigate.state.story.events == {event.id: event}


@each_command
@pytest.mark.parametrize(
    "event_id", ["", "../users", "a/b", "a%2fb", "x" * 200, None, ["a"], {}, "a b"]
)
async def test_what_is_no_id(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    action: str,
    data: dict[str, Any],
    event_id: Any,
) -> None:
    await set_up_admin(hass, frigate)
    with pytest.raises(ServiceValidationError, match="field event_id"):
        await call(hass, action, event_id=event_id, **data)
    assert commands(frigate) == []


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("end_event", {"end_time": "tomorrow"}, "not_a_time"),
        ("end_event", {"end_time": "2999-01-01 00:00"}, "end_ahead"),
        ("set_event_sub_label", {"sub_label": "x" * 101}, "too_long"),
        ("set_event_sub_label", {"sub_label": None}, "not_a_text"),
        ("set_event_sub_label", {"sub_label": "Ana", "score": 0}, "not_between"),
        ("set_event_sub_label", {"sub_label": "Ana", "score": 90}, "not_between"),
    ],
)
async def test_what_no_event_takes(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    action: str,
    data: dict[str, Any],
    key: str,
) -> None:
    await set_up_admin(hass, frigate)
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, action, event_id=UNKNOWN, **data)
    assert caught.value.translation_key == key
    assert commands(frigate) == []


async def test_a_command_without_an_answer_is_not_sent_again(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    event = frigate.add_event("front_door")
    frigate.fail("/api/events/", Fault.drop_body())
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "delete_event", event_id=event.id)
    assert caught.value.translation_key == "outcome_unknown"
    assert len(commands(frigate)) == 1
    frigate.clear_faults()
    # Frigate had done it.
    assert await call(hass, "get_events") == {"events": []}
    with pytest.raises(HomeAssistantError, match="does not come back"):
        await call(hass, "delete_event", event_id=event.id)
