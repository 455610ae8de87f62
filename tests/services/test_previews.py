"""Previews: the short videos of each hour."""

import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
from tests.clock import in_time
from tests.common import sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import call, camera_entity, set_up_viewer
from tests.versions import EVERY_VERSION

HOUR = 3600


@pytest.mark.usefixtures("fixed_time")
@EVERY_VERSION
async def test_get_previews(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    noon = int(time.time())
    door, gate = (camera_entity(hass, entry, one) for one in ("front_door", "Portones"))
    frigate.record_only("Portones")
    fields: dict[str, Any] = {"start_time": noon - HOUR + 1, "end_time": noon - 60}
    answer = await call(hass, "get_previews", entity_id=[door, gate], **fields)
    assert answer[gate] == {"previews": []}
    assert isinstance(found := answer[door], dict)
    assert isinstance(previews := found["previews"], list)
    start, end = (noon - HOUR + 0.603972, noon + 0.325659)
    assert previews == [
        {
            "start": dt_util.as_local(dt_util.utc_from_timestamp(start)).isoformat(),
            "end": dt_util.as_local(dt_util.utc_from_timestamp(end)).isoformat(),
            "media_type": "video/mp4",
            "url": f"{frigate.internal_url}/clips/previews/front_door/"
            f"{start:.6f}-{end:.6f}.mp4",
            "video": f"/api/frigate_http/{entry.entry_id}/preview/front_door/{start}/{end}"
            "/preview.mp4",
        }
    ]


@pytest.mark.usefixtures("fixed_time")
@EVERY_VERSION
async def test_the_current_hour_has_no_preview(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    freezer.tick(-300)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    door = camera_entity(hass, entry)
    now = time.time()
    fields: dict[str, Any] = {"entity_id": door, "start_time": now - 60}
    answer = await call(hass, "get_previews", **fields, end_time=now)
    assert answer == {door: {"previews": []}}
    # An end ahead is waited for; with it the hour is over.
    answer, waited = await in_time(
        freezer, call(hass, "get_previews", **fields, end_time=now + 301), 5
    )
    assert 300 <= waited <= 310
    assert isinstance(found := answer[door], dict)
    assert isinstance(previews := found["previews"], list)
    assert len(previews) == 1


async def test_a_viewer_account_sees_previews(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_viewer(hass, frigate)
    door = camera_entity(hass, entry)
    answer = await call(hass, "get_previews", entity_id=door, duration=2 * HOUR)
    assert isinstance(found := answer[door], dict)
    assert found["previews"]


async def test_errors_of_the_server(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    door = camera_entity(hass, entry)
    for fault, key in (
        (Fault.status(403), "forbidden"),
        (Fault.status(404), "not_found"),
        (Fault.html(), "not_frigate"),
    ):
        frigate.fail("/api/preview/", fault, times=1)
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "get_previews", entity_id=door, duration=HOUR)
        assert caught.value.translation_key == key
    frigate.fail("/api/preview/", Fault.drop_body(), times=1)
    assert await call(hass, "get_previews", entity_id=door, duration=2 * HOUR)


async def test_a_url_outside_the_server_is_left_out(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    door = camera_entity(hass, entry)
    frigate.fail("/api/preview/", Fault.json([{"src": "@elsewhere.example/a.mp4"}]))
    answer = await call(hass, "get_previews", entity_id=door, duration=HOUR)
    assert answer == {
        door: {
            "previews": [
                {
                    "start": None,
                    "end": None,
                    "media_type": None,
                    "url": None,
                    "video": None,
                }
            ]
        }
    }


async def test_invalid_fields_send_nothing(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.clear_requests()
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "get_previews", entity_id=camera_entity(hass, entry))
    assert caught.value.translation_key == "bad_period"
    assert sent(frigate, "/api/preview/") == []
    assert frigate.requests == []
