"""Creating exports, and waiting until what they are made of is on the disk."""

import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
from tests.clock import in_time
from tests.common import sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import (
    INVALID,
    call,
    camera_entity,
    commands,
    reason,
    set_up_admin,
    set_up_viewer,
)
from tests.services.export_calls import create, past, refused, there
from tests.versions import EVERY_VERSION, SINCE_018


@EVERY_VERSION
async def test_create_export(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    frigate.clear_requests()
    period = past()
    answer = await create(
        hass,
        entry,
        **period,
        name="Ana at the door",
        image_path="/media/frigate/clips/front_door-1-abc.jpg",
    )
    (made,) = frigate.state.exporter.exports
    assert answer == {
        "export_id": made.id,
        "camera": "front_door",
        "entity_id": "camera.front_door",
        "start": dt_util.as_local(
            dt_util.utc_from_timestamp(period["start_time"])
        ).isoformat(),
        "end": dt_util.as_local(
            dt_util.utc_from_timestamp(period["end_time"])
        ).isoformat(),
    }
    assert (made.name, made.speed, made.source) == ("Ana at the door", 1, "recordings")
    assert (made.start, made.end) == (period["start_time"], period["end_time"])
    assert made.image_path == "/media/frigate/clips/front_door-1-abc.jpg"
    # What ended long ago is on the disk, and nobody listens to the list of exports.
    assert [request.method for request in frigate.requests] == ["POST"]


@EVERY_VERSION
async def test_a_time_lapse(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    answer = await create(hass, entry, playback="timelapse_25x")
    (made,) = frigate.state.exporter.exports
    assert (made.id, made.speed) == (answer["export_id"], 25)
    # Without stats the version is asked for.
    frigate.fail("/api/stats", Fault.status(500))
    await entry.runtime_data.server.async_refresh_past_cache()
    await create(hass, entry, playback="timelapse_25x")
    assert [one.speed for one in frigate.state.exporter.exports] == [25, 25]


@EVERY_VERSION
async def test_previews_as_a_source_are_not_waited_for(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.clear_requests()
    fields = {"start_time": time.time() - 40, "end_time": time.time() - 1}
    await create(hass, entry, source="preview", **fields)
    assert frigate.state.exporter.exports[0].source == "preview"
    assert [request.method for request in frigate.requests] == ["POST"]


@EVERY_VERSION
async def test_a_viewer_account_can_export(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_viewer(hass, frigate)
    answer = await create(hass, entry, wait_for_result=True)
    assert there(frigate) == {answer["export_id"]}


async def test_several_cameras(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    frigate.record_only("Portones")
    door, gate = (camera_entity(hass, entry, one) for one in ("front_door", "Portones"))
    fields: dict[str, Any] = {"entity_id": [door, gate], **past()}
    answer = await call(hass, "create_export", **fields)
    assert answer.keys() == {door, gate}
    (made,) = frigate.state.exporter.exports
    assert isinstance(found := answer[door], dict)
    assert found["export_id"] == made.id
    assert answer[gate] == {
        "error": "The camera Portones has no recordings for this period. "
        "Check the period, and make sure that recording is on"
    }


@EVERY_VERSION
async def test_nothing_was_recorded(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    long_ago = {"start_time": 1000, "end_time": 2000}
    assert await refused(hass, entry, **long_ago) == "nothing_recorded"
    assert await create(hass, entry)


@SINCE_018
async def test_a_full_queue(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    frigate.state.exporter.room = 0
    frigate.state.exporter.held = True
    assert await refused(hass, entry) == "export_queue_full"
    frigate.state.exporter.room = 1
    assert await create(hass, entry)


@EVERY_VERSION
@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Fault.status(400), "bad_request"),
        (Fault.status(401), "invalid_auth"),
        (Fault.status(403), "forbidden"),
        (Fault.status(404), "not_found"),
        (Fault.status(422), "bad_request"),
        (Fault.status(429), "rate_limited"),
        (Fault.status(500), "server_error"),
        (Fault.status(502), "outcome_unknown"),
        (Fault.json({"success": True}), "not_frigate"),
        (Fault.drop_body(), "outcome_unknown"),
        (Fault.drop(), "outcome_unknown"),
    ],
)
async def test_errors_of_the_server(
    hass: HomeAssistant, frigate: FakeFrigate, fault: Fault, key: str
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.clear_requests()
    frigate.fail("/api/export/", fault)
    assert await refused(hass, entry) == key
    # A command is never repeated.
    assert len(commands(frigate)) == 1
    frigate.clear_faults()
    assert await create(hass, entry)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"image_path": "/etc/passwd"}, "bad_image_path"),
        ({"image_path": "/media/frigate/clips/../../etc/passwd"}, "bad_image_path"),
        ({"image_path": "/media/frigate/clips/"}, "bad_image_path"),
        ({"image_path": "/media/frigate/clips/a\n.jpg"}, "field image_path"),
        ({"name": "n" * 257}, "field name"),
        ({"name": "a\x00b"}, "field name"),
        ({"name": " "}, "field name"),
        ({"playback": "fast"}, "field playback"),
        ({"source": "moon"}, "field source"),
        ({"timeout": 0}, "field timeout"),
        ({"timeout": 3601}, "field timeout"),
        ({"timeout": 1.5}, "field timeout"),
        ({"start_time": 2000, "end_time": 1000}, "bad_times"),
        ({"start_time": 1795451836000, "end_time": 1795451896000}, "not_a_time"),
        ({"end_time": 4102444800}, "end_ahead"),
        ({"start_time": 4102444800, "end_time": 4102444900}, "bad_times"),
        ({"duration": 10}, "bad_period"),
    ],
)
async def test_invalid_fields_send_nothing(
    hass: HomeAssistant, frigate: FakeFrigate, fields: dict[str, Any], key: str
) -> None:
    entry = await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(INVALID) as caught:
        await create(hass, entry, **fields)
    assert reason(caught.value) == key
    assert frigate.requests == []


async def test_a_period_must_be_given(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "create_export", entity_id=camera_entity(hass, entry))
    assert caught.value.translation_key == "bad_period"
    assert frigate.requests == []


# Waiting for the recordings


@pytest.mark.usefixtures("fixed_time")
@EVERY_VERSION
async def test_recent_recordings_are_waited_for(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    entity_id = camera_entity(hass, entry)
    begun = time.time()
    answer, waited = await in_time(
        freezer, call(hass, "create_export", entity_id=entity_id, duration=30)
    )
    assert isinstance(found := answer[entity_id], dict)
    assert "incomplete" not in found
    (made,) = frigate.state.exporter.exports
    assert (made.start, made.end) == (begun - 30, begun)
    assert 10 <= waited <= 22
    for request in sent(frigate, "/api/front_door/recordings"):
        assert request.headers["X-Cache-Bypass"] == "1"
        window = float(request.query["before"]) - float(request.query["after"])
        assert window <= 300


@pytest.mark.usefixtures("fixed_time")
@EVERY_VERSION
async def test_an_end_in_the_future_is_waited_for(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    end = time.time() + 100
    fields = {"start_time": end - 200, "end_time": end}
    answer, waited = await in_time(freezer, create(hass, entry, **fields), 5)
    assert "incomplete" not in answer
    assert 110 <= waited <= 130
    asked = sent(frigate, "/api/front_door/recordings")
    assert 1 <= len(asked) <= 10


@pytest.mark.usefixtures("fixed_time")
async def test_a_camera_that_stopped_recording(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.cut_recordings("front_door", time.time() - 40)
    fields = {"start_time": time.time() - 100, "end_time": time.time() - 10}
    answer, waited = await in_time(freezer, create(hass, entry, **fields))
    assert answer["incomplete"] is True
    assert 50 <= waited <= 53
    assert there(frigate) == {answer["export_id"]}


@pytest.mark.usefixtures("fixed_time")
async def test_lost_connections_do_not_end_the_wait(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.fail("/api/front_door/recordings", Fault.drop_body(), times=1)
    # Each time it is asked twice.
    frigate.fail("/api/front_door/recordings", Fault.drop(), times=2)
    fields = {"start_time": time.time() - 100, "end_time": time.time()}
    answer, _waited = await in_time(freezer, create(hass, entry, **fields))
    assert "incomplete" not in answer
    assert len(sent(frigate, "/api/front_door/recordings")) > 3


async def test_a_permanent_error_ends_the_wait(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.fail("/api/front_door/recordings", Fault.status(403), times=1)
    fields = {"start_time": time.time() - 100, "end_time": time.time() - 30}
    assert await refused(hass, entry, **fields) == "forbidden"
    assert frigate.state.exporter.exports == []
    assert await create(hass, entry, **fields)
