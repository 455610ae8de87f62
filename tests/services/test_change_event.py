"""Events: ended, deleted, kept and labelled."""

from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from tests.common import sent
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import (
    INVALID,
    at,
    call,
    camera_entity,
    commands,
    invalid,
    person,
    reason,
    set_up_admin,
    set_up_viewer,
)
from tests.versions import EVERY_VERSION

UNKNOWN = "1795451690.505339-k5o8yi"
COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("end_event", {}),
    ("delete_event", {}),
    ("retain_event", {}),
    ("set_event_sub_label", {"sub_label": "Ana"}),
    ("set_event_description", {"description": "Ana waits"}),
)
each_command = pytest.mark.parametrize(
    ("action", "data"), COMMANDS, ids=[name for name, _data in COMMANDS]
)


@EVERY_VERSION
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
    assert frigate.state.database.events == {}


@each_command
@EVERY_VERSION
async def test_an_unknown_event(
    hass: HomeAssistant, frigate: FakeFrigate, action: str, data: dict[str, Any]
) -> None:
    await set_up_admin(hass, frigate)
    for event_id in (UNKNOWN, "nobody"):
        with pytest.raises(HomeAssistantError, match=f"not know {event_id}") as caught:
            await call(hass, action, event_id=event_id, **data)
        assert caught.value.translation_key == "not_known"
    # Events that are not new are asked for once.
    assert len(commands(frigate)) == 2
    event = frigate.add_event("front_door")
    await call(hass, action, event_id=event.id, **data)


async def test_a_new_event_that_never_reaches_the_database(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_admin(hass, frigate)
    door = camera_entity(hass, entry)
    frigate.hold_events()
    answer: Any = await call(hass, "create_event", entity_id=door, label="doorbell")
    event_id = answer[door]["event_id"]
    with pytest.raises(HomeAssistantError, match="not know"):
        await call(hass, "retain_event", event_id=event_id)
    assert len(sent(frigate, f"/api/events/{event_id}/retain")) == 4
    frigate.release_events()
    await call(hass, "retain_event", event_id=event_id)
    assert frigate.state.database.events[event_id].retained


@each_command
async def test_changing_events_needs_an_administrator(
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
    assert frigate.state.database.events == {event.id: event}


@each_command
@pytest.mark.parametrize(
    "event_id", ["", "../users", "a/b", "a%2fb", "x" * 200, None, ["a"], {}, "a b"]
)
async def test_invalid_event_ids(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    action: str,
    data: dict[str, Any],
    event_id: Any,
) -> None:
    await set_up_admin(hass, frigate)
    assert await invalid(hass, action, event_id=event_id, **data) == "field event_id"
    assert commands(frigate) == []


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("end_event", {"end_time": "tomorrow"}, "not_a_time"),
        ("end_event", {"end_time": "2999-01-01 00:00"}, "end_ahead"),
        ("set_event_sub_label", {"sub_label": "x" * 101}, "field sub_label"),
        ("retain_event", {"retain": None}, "field retain"),
        ("set_event_sub_label", {"sub_label": None}, "field sub_label"),
        ("set_event_sub_label", {"sub_label": "Ana", "score": 0}, "field score"),
        ("set_event_sub_label", {"sub_label": "Ana", "score": 90}, "field score"),
    ],
)
async def test_invalid_fields(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    action: str,
    data: dict[str, Any],
    key: str,
) -> None:
    await set_up_admin(hass, frigate)
    with pytest.raises(INVALID) as caught:
        await call(hass, action, event_id=UNKNOWN, **data)
    assert reason(caught.value) == key
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
    with pytest.raises(HomeAssistantError, match="cannot be restored"):
        await call(hass, "delete_event", event_id=event.id)


@EVERY_VERSION
async def test_no_event_ends_before_it_began(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    event = frigate.add_event("front_door", duration=None)
    for end in (0, event.start_time - 5.1, at(event.start_time - 3600)):
        with pytest.raises(ServiceValidationError) as caught:
            await call(hass, "end_event", event_id=event.id, end_time=end)
        assert caught.value.translation_key == "bad_times"
    assert commands(frigate) == []
    assert event.end_time is None
    # What somebody creates begins a little before its id does.
    end = event.start_time - 4.9
    await call(hass, "end_event", event_id=event.id, end_time=end)
    assert event.end_time == pytest.approx(end)
