"""Listing and renaming exports, and who may change them."""

import math
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.util import dt as dt_util
from tests.common import reauths, sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import (
    INVALID,
    at,
    call,
    camera_entity,
    person,
    reason,
    set_up_admin,
    set_up_viewer,
)
from tests.services.export_calls import add, past, there
from tests.versions import EVERY_VERSION, SINCE_018

# Reading


@EVERY_VERSION
async def test_get_exports(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    case = frigate.add_case("Break-in").id if frigate.state.is_018 else None
    (done,) = add(frigate, name="Done", case=case)
    (busy,) = add(frigate, camera="Portones", status="running", outcome="hang")
    shown = (await call(hass, "get_exports"))["exports"]
    assert isinstance(shown, list)
    by_id = {one["export_id"]: one for one in shown if isinstance(one, dict)}
    assert by_id.keys() == {done, busy}
    video = frigate.state.exporter.row(done)
    assert video is not None
    start = dt_util.as_local(dt_util.utc_from_timestamp(int(video.start)))
    assert by_id[done] == {
        "export_id": done,
        "camera": "front_door",
        "entity_id": "camera.front_door",
        "name": "Done",
        "start": start.isoformat(),
        "in_progress": False,
        "queued": False,
        "case_id": case,
        "url": f"{frigate.external_url}/exports/{video.file}",
        "media_content_id": (
            f"media-source://frigate_http/{entry.entry_id}/export/{done}"
        ),
        "video": f"/api/frigate_http/{entry.entry_id}/export/{done}/video.mp4",
    }
    # A file that is being written shows nothing.
    assert by_id[busy]["in_progress"] is True
    for key in ("url", "media_content_id", "video"):
        assert by_id[busy][key] is None, key

    async def ids(**fields: Any) -> set[str]:
        found = (await call(hass, "get_exports", **fields))["exports"]
        assert isinstance(found, list)
        return {str(one["export_id"]) for one in found if isinstance(one, dict)}

    assert await ids(in_progress=True) == {busy}
    assert await ids(in_progress=False) == {done}
    assert await ids(cameras=[camera_entity(hass, entry)]) == {done}
    assert await ids(cameras=camera_entity(hass, entry, "Portones")) == {busy}


async def test_invalid_cameras(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "get_exports", cameras=["camera.garden"])
    assert caught.value.translation_key == "not_a_camera"
    assert frigate.requests == []


async def test_the_list_is_retried_once(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    (export_id,) = add(frigate)
    frigate.fail("/api/exports", Fault.drop_body(), times=1)
    found = (await call(hass, "get_exports"))["exports"]
    assert isinstance(found, list)
    assert [one["export_id"] for one in found if isinstance(one, dict)] == [export_id]
    assert len(sent(frigate, "/api/exports")) == 2


@SINCE_018
async def test_queued_exports_are_listed(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    # The version is asked for where the stats have never told it.
    frigate.fail("/api/stats", Fault.status(500))
    entry = await set_up(hass, make_entry(frigate.internal_url))
    exporter, case = frigate.state.exporter, frigate.add_case("Break-in").id
    exporter.held = True
    (done,) = add(frigate)
    (waiting,) = add(frigate, name="Mine", status="waiting", case=case)
    start = exporter.waiting[0].start
    shown = (await call(hass, "get_exports"))["exports"]
    assert isinstance(shown, list)
    assert shown[0] == {
        "export_id": waiting,
        "camera": "front_door",
        "entity_id": "camera.front_door",
        "name": "Mine",
        "start": at(start),
        "in_progress": True,
        "queued": True,
        "case_id": case,
        "url": None,
        "media_content_id": None,
        "video": None,
    }

    async def ids(**fields: Any) -> list[str]:
        found = (await call(hass, "get_exports", **fields))["exports"]
        assert isinstance(found, list)
        return [str(one["export_id"]) for one in found if isinstance(one, dict)]

    assert await ids() == [waiting, done]
    assert await ids(in_progress=True) == [waiting]
    assert await ids(in_progress=False) == [done]
    assert await ids(cameras=camera_entity(hass, entry)) == [waiting, done]
    assert await ids(cameras=camera_entity(hass, entry, "Portones")) == []
    # While it is made it is in both lists of Frigate's, and in ours once.
    exporter.held = False
    exporter.looks_until_done = math.inf
    shown = (await call(hass, "get_exports", in_progress=True))["exports"]
    assert isinstance(shown, list)
    (busy,) = shown
    assert isinstance(busy, dict)
    assert (busy["export_id"], busy["queued"]) == (waiting, False)


# Changing


@EVERY_VERSION
async def test_rename_export(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    (export_id,) = add(frigate)
    name = "Ana/Bea: ../ñ"
    answer = await call(hass, "rename_export", export_id=export_id, name=name)
    assert answer == {"export_id": export_id, "name": name}
    assert frigate.state.exporter.exports[0].name == name
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "rename_export", export_id="front_door_gone00", name="x")
    assert str(caught.value).startswith("Frigate does not know front_door_gone00.")


@SINCE_018
async def test_queued_exports_cannot_be_renamed(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    exporter = frigate.state.exporter
    exporter.held, exporter.looks_until_done = True, 0
    (waiting,) = add(frigate, name="Old", status="waiting")
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "rename_export", export_id=waiting, name="New")
    assert caught.value.translation_key == "in_progress"
    assert waiting in str(caught.value)
    assert exporter.exports[0].name == "Old"
    exporter.held = False
    await call(hass, "rename_export", export_id=waiting, name="New")
    assert exporter.exports[0].name == "New"


@EVERY_VERSION
async def test_a_viewer_account_cannot_change_exports(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    (export_id,) = add(frigate)
    for action, fields in (
        ("rename_export", {"export_id": export_id, "name": "x"}),
        ("delete_exports", {"export_ids": [export_id]}),
    ):
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, action, **fields)
        assert caught.value.translation_key == "forbidden"
    assert there(frigate) == {export_id}
    assert not reauths(hass)


async def test_changing_exports_needs_an_administrator(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_admin(hass, frigate)
    (export_id,) = add(frigate)
    frigate.clear_requests()
    guest = await person(hass, is_admin=False)
    rename = {"export_id": export_id, "name": "Mine"}
    for action, fields in (
        ("rename_export", rename),
        ("delete_exports", {"export_ids": [export_id]}),
    ):
        with pytest.raises(Unauthorized):
            await call(hass, action, guest, **fields)
    assert frigate.requests == []
    await call(hass, "get_exports", guest)
    entity_id = camera_entity(hass, entry)
    await call(hass, "create_export", guest, entity_id=entity_id, **past())
    owner = await person(hass, is_admin=True)
    await call(hass, "rename_export", owner, **rename)
    assert len(frigate.state.exporter.exports) == 2


@pytest.mark.parametrize(
    ("action", "fields", "key"),
    [
        (
            "rename_export",
            {"export_id": "../../config", "name": "x"},
            "field export_id",
        ),
        ("rename_export", {"export_id": "a", "name": "n" * 257}, "field name"),
        ("rename_export", {"export_id": "a", "name": ""}, "field name"),
        ("rename_export", {"export_id": ["a"], "name": "x"}, "field export_id"),
        ("get_exports", {"in_progress": "perhaps"}, "field in_progress"),
        ("get_exports", {"cameras": "sensor.x"}, "field cameras"),
        ("delete_exports", {"export_ids": []}, "field export_ids"),
        ("delete_exports", {"export_ids": ["a", "b/c"]}, "field export_ids"),
        ("delete_exports", {"export_ids": [True]}, "field export_ids"),
        ("delete_exports", {"export_ids": ["a"] * 1001}, "field export_ids"),
    ],
)
async def test_invalid_fields_send_nothing(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    action: str,
    fields: dict[str, Any],
    key: str,
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(INVALID) as caught:
        await call(hass, action, **fields)
    assert reason(caught.value) == key
    assert frigate.requests == []
