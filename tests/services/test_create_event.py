"""Events that somebody creates, and who may do so."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.common import sent, take_away
from tests.fake_frigate import FakeFrigate
from tests.services.common import (
    INVALID,
    call,
    camera_entity,
    commands,
    reason,
    set_up_admin,
    set_up_viewer,
)
from tests.versions import EVERY_VERSION


@EVERY_VERSION
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
    events = frigate.state.database.events
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
    event = frigate.state.database.events[event_id]
    assert event.end_time == pytest.approx(frigate.state.clock(), abs=10)
    ends = sent(frigate, f"/api/events/{event_id}/end")
    assert [request.status for request in ends] == [404, 200]


async def test_create_event_with_defaults(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_admin(hass, frigate)
    await call(
        hass, "create_event", entity_id=camera_entity(hass, entry), label="doorbell"
    )
    (event,) = frigate.state.database.pending
    assert event.end_time is not None
    assert event.end_time - event.start_time == pytest.approx(30 + 5)
    assert (event.has_clip, event.sub_label, event.data["score"]) == (True, None, 0)


async def test_create_event_fails_for_one_camera(
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
    with pytest.raises(HomeAssistantError, match="failed in every case") as caught:
        await call(hass, "create_event", **targets)
    assert "is unavailable" in str(caught.value)
    frigate.state.cameras["Portones"] = gone
    answer = await call(hass, "create_event", **targets)
    assert "event_id" in answer[gate]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"label": ""}, "field label"),
        ({"label": "../users"}, "field label"),
        ({"label": "a/b"}, "field label"),
        ({"label": ".."}, "field label"),
        ({"label": "x" * 10_000_000}, "field label"),
        ({"sub_label": "a\x00"}, "field sub_label"),
        ({"duration": -1}, "not_a_duration"),
        ({"duration": False}, "not_a_duration"),
        ({"duration": "soon"}, "not_a_duration"),
        ({"include_recording": "perhaps"}, "field include_recording"),
        ({"score": 1.5}, "field score"),
        ({"score": "sure"}, "field score"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_invalid_fields(
    hass: HomeAssistant, frigate: FakeFrigate, data: dict[str, Any], key: str
) -> None:
    entry = await set_up_admin(hass, frigate)
    fields = {"entity_id": camera_entity(hass, entry), "label": "doorbell", **data}
    with pytest.raises(INVALID) as caught:
        await call(hass, "create_event", **fields)
    assert reason(caught.value) == key
    assert commands(frigate) == []


@EVERY_VERSION
async def test_a_viewer_account_cannot_create_events(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_viewer(hass, frigate)
    door = camera_entity(hass, entry)
    with pytest.raises(HomeAssistantError, match="Required: admin") as caught:
        await call(hass, "create_event", entity_id=door, label="doorbell")
    assert caught.value.translation_key == "forbidden"
    assert frigate.state.database.pending == []
