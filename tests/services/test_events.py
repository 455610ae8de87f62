"""Events: which of them a query finds."""

from typing import Any

import pytest
import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.common import sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import (
    INVALID,
    at,
    call,
    camera_entity,
    reason,
    set_up_admin,
    set_up_viewer,
)
from tests.versions import EVERY_VERSION

MEDIA = "media-source://frigate_http"


def ids(answer: Any) -> list[str]:
    """Return the ids of the events in an answer."""
    return [event["event_id"] for event in answer["events"]]


@EVERY_VERSION
async def test_get_events(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry_id = (await set_up_viewer(hass, frigate)).entry_id
    assert await call(hass, "get_events") == {"events": []}
    event = frigate.add_event("front_door", sub_label="Ana", zones=["yard"], score=0.5)
    running = frigate.add_event("Portones", "car", ago=10, duration=None)
    frigate.describe("front_door", objects=True)
    frigate.object_described(event, "A woman with a dog")
    answer: Any = await call(hass, "get_events")
    assert ids(answer) == [running.id, event.id]
    assert (answer["events"][0]["end"], answer["events"][0]["in_progress"]) == (
        None,
        True,
    )
    assert event.end_time is not None
    path = f"/api/frigate_http/{entry_id}/event/{event.id}"
    assert answer["events"][1] == {
        "event_id": event.id,
        "camera": "front_door",
        "entity_id": "camera.front_door",
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
        "description": "A woman with a dog",
        "media_content_id": f"{MEDIA}/{entry_id}/event/mp4/{event.id}",
        "snapshot_media_content_id": f"{MEDIA}/{entry_id}/snapshot/{event.id}",
        "thumbnail": f"{path}/thumbnail",
        "snapshot": f"{path}/snapshot",
        "clip": f"{path}/clip.mp4",
    }


@EVERY_VERSION
async def test_what_an_event_does_not_have_is_not_named(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    frigate.add_event("Portones", ago=900, duration=600)
    frigate.add_event("Portones", ago=800, duration=580)
    frigate.add_event("Portones", ago=700, duration=None)
    frigate.add_event("Portones", ago=300, duration=None, has_clip=False)
    frigate.add_event("Portones", ago=200, has_snapshot=False)
    answer: Any = await call(hass, "get_events")
    assert [
        (
            media and media.split("/")[4:6],
            snapshot and snapshot.split("/")[4],
        )
        for media, snapshot in (
            (one["media_content_id"], one["snapshot_media_content_id"])
            for one in answer["events"]
        )
    ] == [
        (["event", "mp4"], None),
        (None, "snapshot"),
        # What a single file cannot hold is played in segments.
        (["event", "hls"], "snapshot"),
        (["event", "mp4"], "snapshot"),
        (["event", "hls"], "snapshot"),
    ]
    assert [
        (one["clip"] is None, one["snapshot"] is None) for one in answer["events"]
    ] == [
        (False, True),
        (True, False),
        *[(False, False)] * 3,
    ]


@EVERY_VERSION
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
        ({"labels": "all", "zones": ["all"], "sub_labels": "all"}, [new, ana, old]),
        ({"zones": ["yard"]}, [old]),
        ({"sub_labels": ["Ana", "Eileen"]}, [ana]),
        ({"start_time": now - 700, "end_time": at(now - 60)}, [ana]),
        ({"start_time": now - 700, "end_time": now + 500}, [new, ana]),
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
        ({"cameras": []}, "field cameras"),
        ({"cameras": ["sun.sun"]}, "field cameras"),
        ({"cameras": ["camera.nobody"]}, "not_a_camera"),
        ({"labels": ["car,person"]}, "field labels"),
        ({"labels": ["x" * 101]}, "field labels"),
        ({"labels": ["name"] + [str(number) for number in range(50)]}, "field labels"),
        ({"zones": ["a\nb"]}, "field zones"),
        ({"sub_labels": ""}, "field sub_labels"),
        ({"in_progress": "maybe"}, "field in_progress"),
        ({"has_clip": []}, "field has_clip"),
        ({"limit": 0}, "field limit"),
        ({"limit": 1001}, "field limit"),
        ({"limit": 1.5}, "field limit"),
        ({"start_time": 1795451690505}, "not_a_time"),
        ({"start_time": 20, "end_time": 10}, "bad_times"),
        ({"start_time": "yesterday"}, "not_a_time"),
        ({"start_time": "2999-01-01 00:00"}, "bad_times"),
        ({"start_time": 10, "end_time": 20, "duration": 5}, "bad_period"),
    ],
)
async def test_invalid_filters(
    hass: HomeAssistant, frigate: FakeFrigate, data: dict[str, Any], key: str
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(INVALID) as caught:
        await call(hass, "get_events", **data)
    assert reason(caught.value) == key
    assert sent(frigate, "/api/events") == []


async def test_unknown_fields_are_refused(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(vol.Invalid):
        await call(hass, "get_events", color="red")
    assert sent(frigate, "/api/events") == []


async def test_a_query_is_retried_once(
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
