"""Listing, renaming and deleting exports."""

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
    BOTH,
    call,
    camera_entity,
    commands,
    person,
    set_up_admin,
    set_up_viewer,
)
from tests.services.export_calls import add, past, there

# Reading


@BOTH
async def test_get_exports(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    case = frigate.add_case("Break-in").id if frigate.state.is_018 else None
    (done,) = add(frigate, name="Done", case=case)
    (busy,) = add(frigate, camera="Portones", status="running", outcome="hang")
    shown = (await call(hass, "get_exports"))["exports"]
    assert isinstance(shown, list)
    by_id = {one["export_id"]: one for one in shown if isinstance(one, dict)}
    assert by_id.keys() == {done, busy}
    film = frigate.state.exporter.row(done)
    assert film is not None
    start = dt_util.as_local(dt_util.utc_from_timestamp(int(film.start)))
    assert by_id[done] == {
        "export_id": done,
        "camera": "front_door",
        "name": "Done",
        "start": start.isoformat(),
        "in_progress": False,
        "case_id": case,
        "url": f"{frigate.external_url}/exports/{film.file}",
    }
    # A file that is being written shows nothing.
    assert (by_id[busy]["in_progress"], by_id[busy]["url"]) == (True, None)

    async def ids(**fields: Any) -> set[str]:
        found = (await call(hass, "get_exports", **fields))["exports"]
        assert isinstance(found, list)
        return {str(one["export_id"]) for one in found if isinstance(one, dict)}

    assert await ids(in_progress=True) == {busy}
    assert await ids(in_progress=False) == {done}
    assert await ids(cameras=[camera_entity(hass, entry)]) == {done}
    assert await ids(cameras=camera_entity(hass, entry, "Portones")) == {busy}


async def test_only_cameras_limit_the_list(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "get_exports", cameras=["camera.garden"])
    assert caught.value.translation_key == "not_a_camera"
    assert frigate.requests == []


async def test_the_list_is_asked_for_once_more(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    (export_id,) = add(frigate)
    frigate.fail("/api/exports", Fault.drop_body(), times=1)
    found = (await call(hass, "get_exports"))["exports"]
    assert isinstance(found, list)
    assert [one["export_id"] for one in found if isinstance(one, dict)] == [export_id]
    assert len(sent(frigate, "/api/exports")) == 2


# Changing


@BOTH
async def test_rename_export(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    (export_id,) = add(frigate)
    name = "Ana/Bea: ../ñ"
    answer = await call(hass, "rename_export", export_id=export_id, name=name)
    assert answer == {"export_id": export_id, "name": name}
    assert frigate.state.exporter.exports[0].name == name
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "rename_export", export_id="front_door_gone00", name="x")
    assert str(caught.value).startswith("Frigate has no export front_door_gone00.")


@BOTH
async def test_delete_exports(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    ids = add(frigate, 3)
    frigate.clear_requests()
    wanted = [ids[0], ids[1], ids[0], "nope"]
    answer = await call(hass, "delete_exports", export_ids=wanted)
    assert answer == {
        "deleted": ids[:2],
        "failed": {
            "nope": "Frigate has no export nope. "
            "List the exports to see those that there are"
        },
    }
    assert there(frigate) == {ids[2]}
    assert len(commands(frigate)) == (1 if frigate.state.is_018 else 2)
    answer = await call(hass, "delete_exports", export_ids=ids[2])
    assert answer == {"deleted": [ids[2]], "failed": {}}


@BOTH
async def test_nothing_is_there_to_delete(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    (kept,) = add(frigate)
    frigate.clear_requests()
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "delete_exports", export_ids=[f"n{n}" for n in range(7)])
    assert caught.value.translation_key == "no_export_deleted"
    assert "no export n4." in str(caught.value)
    assert "n5" not in str(caught.value)
    assert commands(frigate) == []
    assert there(frigate) == {kept}


@BOTH
async def test_what_is_in_progress_stays(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    (done,) = add(frigate)
    (busy,) = add(frigate, status="running", outcome="hang")
    answer = await call(hass, "delete_exports", export_ids=[busy, done])
    assert answer["deleted"] == [done]
    assert isinstance(failed := answer["failed"], dict)
    assert failed.keys() == {busy}
    assert "progress export" in str(failed[busy]).replace("-", " ")
    with pytest.raises(HomeAssistantError, match="progress export") as caught:
        await call(hass, "delete_exports", export_ids=[busy])
    assert caught.value.translation_key == "no_export_deleted"
    # One whose work has died can be deleted, and must be, as it never ends.
    frigate.state.exporter.opens_files = False
    await call(hass, "delete_exports", export_ids=[busy])
    assert there(frigate) == set()


async def test_a_failure_in_the_middle(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    first, second, third = add(frigate, 3)
    frigate.fail(f"/api/export/{second}", Fault.status(502))
    answer = await call(hass, "delete_exports", export_ids=[first, second, third])
    assert answer["deleted"] == [first]
    assert isinstance(failed := answer["failed"], dict)
    assert failed.keys() == {second, third}
    assert there(frigate) == {second, third}
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "delete_exports", export_ids=[second, third])
    assert caught.value.translation_key == "outcome_unknown"
    frigate.clear_faults()
    answer = await call(hass, "delete_exports", export_ids=[second, third])
    assert answer == {"deleted": [second, third], "failed": {}}


@BOTH
async def test_a_viewer_changes_nothing(
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


async def test_people_must_be_administrators_to_change(
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
        ("rename_export", {"export_id": "../../config", "name": "x"}, "bad_characters"),
        ("rename_export", {"export_id": "a", "name": "n" * 257}, "too_long"),
        ("rename_export", {"export_id": "a", "name": ""}, "empty_field"),
        ("rename_export", {"export_id": ["a"], "name": "x"}, "not_a_text"),
        ("delete_exports", {"export_ids": []}, "empty_field"),
        ("delete_exports", {"export_ids": ["a", "b/c"]}, "bad_characters"),
        ("delete_exports", {"export_ids": [True]}, "not_a_text"),
        ("delete_exports", {"export_ids": ["a"] * 1001}, "too_many"),
    ],
)
async def test_a_mistake_in_a_change_is_found_before_anything_is_sent(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    action: str,
    fields: dict[str, Any],
    key: str,
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, action, **fields)
    assert caught.value.translation_key == key
    assert frigate.requests == []
