"""Exports: creating, watching, listing, renaming and deleting them."""

import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import CONF_BROWSER_URL
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
from tests.services.footage_time import in_time

NEWER = pytest.mark.parametrize("frigate_options", [{"version": "0.18"}], ids=["0.18"])


def past(seconds: float = 60) -> dict[str, float]:
    """Return the fields of a period whose recordings are on the disk for long."""
    end = int(time.time()) - 120
    return {"start_time": end - seconds, "end_time": end}


async def create(
    hass: HomeAssistant, entry: MockConfigEntry, **fields: Any
) -> dict[str, Any]:
    """Export from one camera and return its part of the answer."""
    entity_id = camera_entity(hass, entry)
    fields = {**past(), **fields}
    answer = await call(hass, "create_export", entity_id=entity_id, **fields)
    assert answer.keys() == {entity_id}
    found = answer[entity_id]
    assert isinstance(found, dict)
    return found


async def refused(hass: HomeAssistant, entry: MockConfigEntry, **fields: Any) -> str:
    """Return the key of the error that an export ends with."""
    with pytest.raises(HomeAssistantError) as caught:
        await create(hass, entry, **fields)
    assert caught.value.translation_key is not None
    return caught.value.translation_key


def add(frigate: FakeFrigate, count: int = 1, **settings: Any) -> list[str]:
    """Return the ids of exports that are added to the server."""
    camera, end = settings.pop("camera", "front_door"), int(time.time()) - 600
    return [
        frigate.add_export(camera, end - 60 - number, end, **settings).id
        for number in range(count)
    ]


def there(frigate: FakeFrigate) -> set[str]:
    """Return the ids of the exports that the server has."""
    return {one.id for one in frigate.state.exporter.rows()}


# Creating


@BOTH
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


@BOTH
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


@BOTH
async def test_previews_as_a_source_are_not_waited_for(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.clear_requests()
    fields = {"start_time": time.time() - 40, "end_time": time.time() - 1}
    await create(hass, entry, source="preview", **fields)
    assert frigate.state.exporter.exports[0].source == "preview"
    assert [request.method for request in frigate.requests] == ["POST"]


@BOTH
async def test_a_viewer_may_export(hass: HomeAssistant, frigate: FakeFrigate) -> None:
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
        "error": "The camera Portones recorded nothing in that time. "
        "Check the time, and that recording is on"
    }


@BOTH
async def test_nothing_was_recorded(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    long_ago = {"start_time": 1000, "end_time": 2000}
    assert await refused(hass, entry, **long_ago) == "nothing_recorded"
    assert await create(hass, entry)


@NEWER
async def test_a_full_queue(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    frigate.state.exporter.room = 0
    frigate.state.exporter.held = True
    assert await refused(hass, entry) == "export_queue_full"
    frigate.state.exporter.room = 1
    assert await create(hass, entry)


@BOTH
@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Fault.status(400), "bad_request"),
        (Fault.status(401), "invalid_auth"),
        (Fault.status(403), "forbidden"),
        (Fault.status(404), "not_found"),
        (Fault.status(422), "validation"),
        (Fault.status(429), "rate_limited"),
        (Fault.status(500), "server_error"),
        (Fault.status(502), "starting"),
        (Fault.json({"success": True}), "not_frigate"),
        (Fault.drop_body(), "cannot_connect"),
    ],
)
async def test_the_server_refuses(
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
        ({"image_path": "/media/frigate/clips/a\n.jpg"}, "bad_characters"),
        ({"name": "n" * 257}, "too_long"),
        ({"name": "a\x00b"}, "bad_characters"),
        ({"name": " "}, "empty_field"),
        ({"playback": "fast"}, "not_a_choice"),
        ({"source": "moon"}, "not_a_choice"),
        ({"timeout": 0}, "not_between"),
        ({"timeout": 3601}, "not_between"),
        ({"timeout": 1.5}, "not_whole"),
        ({"start_time": 2000, "end_time": 1000}, "start_after_end"),
        ({"start_time": 1795451836000, "end_time": 1795451896000}, "milliseconds"),
        ({"end_time": 4102444800}, "end_ahead"),
        ({"start_time": 4102444800, "end_time": 4102444900}, "start_ahead"),
        ({"duration": 10}, "period_twice"),
    ],
)
async def test_a_mistake_is_found_before_anything_is_sent(
    hass: HomeAssistant, frigate: FakeFrigate, fields: dict[str, Any], key: str
) -> None:
    entry = await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(ServiceValidationError) as caught:
        await create(hass, entry, **fields)
    assert caught.value.translation_key == key
    assert frigate.requests == []


async def test_a_period_must_be_given(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "create_export", entity_id=camera_entity(hass, entry))
    assert caught.value.translation_key == "no_period"
    assert frigate.requests == []


# Waiting for the recordings


@pytest.mark.usefixtures("fixed_time")
@BOTH
async def test_the_last_seconds_are_waited_for(
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
@BOTH
async def test_an_end_ahead_is_waited_for(
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
async def test_a_camera_that_records_no_more(
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
async def test_silence_does_not_end_the_waiting(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.fail("/api/front_door/recordings", Fault.drop_body(), times=3)
    fields = {"start_time": time.time() - 100, "end_time": time.time()}
    answer, _waited = await in_time(freezer, create(hass, entry, **fields))
    assert "incomplete" not in answer
    assert len(sent(frigate, "/api/front_door/recordings")) > 3


async def test_a_refusal_ends_the_waiting(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.fail("/api/front_door/recordings", Fault.status(403), times=1)
    fields = {"start_time": time.time() - 100, "end_time": time.time() - 30}
    assert await refused(hass, entry, **fields) == "forbidden"
    assert frigate.state.exporter.exports == []
    assert await create(hass, entry, **fields)


# Waiting for the result


@BOTH
async def test_the_result_is_waited_for(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(
        hass,
        make_entry(
            frigate.internal_url,
            options={CONF_BROWSER_URL: "https://frigate.example/nvr/"},
        ),
    )
    frigate.state.exporter.looks_until_seen = 0 if frigate.state.is_018 else 2
    answer = await create(hass, entry, name="Mine", wait_for_result=True)
    (made,) = frigate.state.exporter.exports
    assert answer["export_id"] == made.id
    assert (answer["name"], answer["in_progress"]) == ("Mine", False)
    assert answer["url"] == f"https://frigate.example/nvr/exports/{made.file}"
    looks = sent(frigate, f"/api/exports/{made.id}")
    assert all(look.headers["X-Cache-Bypass"] == "1" for look in looks)


@NEWER
async def test_an_export_that_waits_in_the_queue(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    exporter = frigate.state.exporter
    exporter.held, exporter.duration = True, 0

    def go_on() -> None:
        exporter.held = False

    answer, waited = await in_time(
        freezer, create(hass, entry, wait_for_result=True), meanwhile={30: go_on}
    )
    assert answer["in_progress"] is False
    assert 30 <= waited <= 36
    # It asks less and less often.
    assert len(sent(frigate, f"/api/exports/{answer['export_id']}")) <= 30


@NEWER
async def test_a_queue_that_is_forgotten(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.exporter.held = True
    with pytest.raises(HomeAssistantError) as caught:
        await in_time(
            freezer,
            create(hass, entry, wait_for_result=True),
            meanwhile={10: frigate.restart},
        )
    assert caught.value.translation_key == "export_vanished"


@BOTH
@pytest.mark.parametrize("outcome", ["fail", "vanish"])
async def test_an_export_that_comes_to_nothing(
    hass: HomeAssistant, frigate: FakeFrigate, outcome: Any
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.exporter.outcome = outcome
    frigate.state.exporter.message = "No space left."
    with pytest.raises(HomeAssistantError) as caught:
        await create(hass, entry, wait_for_result=True)
    failed = frigate.state.is_018 and outcome == "fail"
    assert caught.value.translation_key == (
        "export_failed" if failed else "export_vanished"
    )
    assert ("(No space left)" in str(caught.value)) is failed
    frigate.state.exporter.outcome = "done"
    assert await create(hass, entry, wait_for_result=True)


@pytest.mark.parametrize(
    ("hidden_for", "is_found"), [(3, True), (1000, False)], ids=["late", "never"]
)
async def test_a_row_that_comes_late(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    hidden_for: int,
    is_found: bool,
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    exporter = frigate.state.exporter
    exporter.looks_until_seen, exporter.duration = hidden_for, 0
    watched = in_time(freezer, create(hass, entry, wait_for_result=True), 0.5)
    if is_found:
        answer, _waited = await watched
        assert answer["in_progress"] is False
    else:
        with pytest.raises(HomeAssistantError, match="has vanished"):
            await watched


@BOTH
async def test_an_export_that_hangs(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.exporter.outcome = "hang"
    with pytest.raises(HomeAssistantError) as caught:
        await in_time(freezer, create(hass, entry, wait_for_result=True, timeout=90))
    (made,) = frigate.state.exporter.exports
    assert str(caught.value) == (
        f"The export {made.id} is still in progress after 90 seconds. "
        "Look for it in Frigate later, or wait longer"
    )


@BOTH
async def test_silence_does_not_end_the_watch(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.fail("/api/exports/", Fault.drop_body(), times=3)
    answer, _waited = await in_time(freezer, create(hass, entry, wait_for_result=True))
    assert answer["in_progress"] is False
    # Unless it lasts until the time is up.
    frigate.fail("/api/exports/", Fault.status(502))
    with pytest.raises(HomeAssistantError) as caught:
        await in_time(freezer, create(hass, entry, wait_for_result=True, timeout=20))
    assert caught.value.translation_key == "starting"


@BOTH
async def test_a_refusal_ends_the_watch(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.fail("/api/exports/", Fault.status(403), times=1)
    assert await refused(hass, entry, wait_for_result=True) == "forbidden"
    assert await create(hass, entry, wait_for_result=True)


@NEWER
async def test_an_export_that_is_put_into_a_case(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    case, exporter = frigate.add_case("Break-in"), frigate.state.exporter
    exporter.outcome = "hang"

    def assign() -> None:
        exporter.exports[0].case = case.id

    def finish() -> None:
        exporter.exports[0].outcome = "done"

    answer, waited = await in_time(
        freezer,
        create(hass, entry, wait_for_result=True),
        meanwhile={5: assign, 10: finish},
    )
    assert (answer["in_progress"], waited > 10) == (False, True)
    # Deleted in the web interface, it is in no list any more.
    exporter.exports.clear()
    with pytest.raises(HomeAssistantError, match="has vanished"):
        await in_time(
            freezer,
            create(hass, entry, wait_for_result=True),
            meanwhile={5: assign, 10: exporter.exports.clear},
        )


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
    assert caught.value.translation_key == "starting"
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
