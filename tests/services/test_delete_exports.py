"""Deleting exports, and what of them stays."""

import time

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.clock import in_time
from tests.common import logged
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.exports import row
from tests.services.common import call, commands, set_up_admin
from tests.services.export_calls import add, there
from tests.versions import EVERY_VERSION, SINCE_018


@EVERY_VERSION
async def test_delete_exports(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    ids = add(frigate, 3)
    frigate.clear_requests()
    wanted = [ids[0], ids[1], ids[0], "nope"]
    answer = await call(hass, "delete_exports", export_ids=wanted)
    assert answer == {
        "deleted": ids[:2],
        "failed": {
            "nope": "Frigate does not know nope. "
            "Check the name or ID, including upper and lower case; "
            "deleted items cannot be restored"
        },
    }
    assert there(frigate) == {ids[2]}
    assert len(commands(frigate)) == (1 if frigate.state.is_018 else 2)
    answer = await call(hass, "delete_exports", export_ids=ids[2])
    assert answer == {"deleted": [ids[2]], "failed": {}}


@EVERY_VERSION
async def test_unknown_exports_raise(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    (kept,) = add(frigate)
    frigate.clear_requests()
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "delete_exports", export_ids=[f"n{n}" for n in range(7)])
    assert caught.value.translation_key == "all_failed"
    assert "not know n4." in str(caught.value)
    assert "n5" not in str(caught.value)
    assert commands(frigate) == []
    assert there(frigate) == {kept}


async def test_an_error_after_the_first_deletion(
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


@EVERY_VERSION
async def test_an_export_that_vanishes_does_not_keep_the_others(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    ids = add(frigate, 3)
    exports = frigate.state.exporter.exports
    rows = [row(frigate.state, one) for one in exports]
    frigate.fail("/api/exports$", Fault.json(rows), times=1)
    exports.remove(exports[1])
    frigate.clear_requests()
    answer = await call(hass, "delete_exports", export_ids=ids)
    assert answer == {
        "deleted": [ids[0], ids[2]],
        "failed": {
            ids[1]: f"Frigate does not know {ids[1]}. "
            "Check the name or ID, including upper and lower case; "
            "deleted items cannot be restored"
        },
    }
    assert there(frigate) == set()
    # All at once, and as that was refused, each for itself.
    assert len(commands(frigate)) == (4 if frigate.state.is_018 else 3)


@EVERY_VERSION
async def test_other_errors_contain_the_message_of_the_server(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    (export_id,) = add(frigate)
    for fault, words in (
        (Fault.status(400), "request is not valid"),
        (Fault.status(404), "could not find this"),
    ):
        frigate.fail("/api/export(/|s/delete)", fault)
        with pytest.raises(HomeAssistantError, match=words) as caught:
            await call(hass, "delete_exports", export_ids=[export_id])
        assert caught.value.translation_key == "all_failed"
    assert there(frigate) == {export_id}
    frigate.clear_faults()
    await call(hass, "delete_exports", export_ids=[export_id])
    assert there(frigate) == set()


@EVERY_VERSION
async def test_failures_are_logged(
    hass: HomeAssistant, frigate: FakeFrigate, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    first, second = add(frigate, 2)
    logged(caplog)
    fields = {"export_ids": [first, "gone"]}
    await hass.services.async_call(DOMAIN, "delete_exports", fields, blocking=True)
    (line,) = logged(caplog)
    assert line.startswith(
        "frigate_http.delete_exports for gone: Frigate does not know gone. "
    )
    assert there(frigate) == {second}
    fields = {"export_ids": [second]}
    await hass.services.async_call(DOMAIN, "delete_exports", fields, blocking=True)
    assert logged(caplog) == []
    assert there(frigate) == set()


# In progress


@EVERY_VERSION
@pytest.mark.parametrize("has_file", [True, False])
async def test_exports_in_progress_are_kept(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    has_file: bool,
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    (done,) = add(frigate)
    (busy,) = add(frigate, status="running", outcome="hang")
    exporter, is_newer = frigate.state.exporter, frigate.state.is_018
    exporter.opens_files = has_file
    frigate.clear_requests()

    def open_file() -> None:
        exporter.opens_files = True

    deletion = call(hass, "delete_exports", export_ids=[busy, done])
    answer, waited = await in_time(freezer, deletion, meanwhile={5: open_file})
    assert answer == {
        "deleted": [done],
        "failed": {busy: f"{busy} is still in progress. Try again after it ends"},
    }
    # 0.18 tells of the work on it, and 0.17 refuses only once there is a file.
    assert len(commands(frigate)) == (1 if is_newer else 2)
    assert (waited >= 10) is not is_newer
    assert there(frigate) == {busy}
    with pytest.raises(HomeAssistantError, match="still in progress") as caught:
        await in_time(freezer, call(hass, "delete_exports", export_ids=[busy]))
    assert caught.value.translation_key == "all_failed"
    # Finished, it goes, and no video is left behind.
    exporter.exports[0].outcome, exporter.looks_until_done = "done", 0
    exporter.advance(time.time())
    await call(hass, "delete_exports", export_ids=[busy])
    assert exporter.exports == []


@EVERY_VERSION
async def test_failed_exports_in_progress_are_deleted(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    (dead,) = add(frigate, status="running", outcome="die")
    deletion = call(hass, "delete_exports", export_ids=dead)
    answer, _waited = await in_time(freezer, deletion)
    assert answer == {"deleted": [dead], "failed": {}}
    assert there(frigate) == set()


@SINCE_018
async def test_queued_exports_are_kept(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    exporter = frigate.state.exporter
    exporter.held, exporter.looks_until_done = True, 0
    (waiting,) = add(frigate, status="waiting")
    frigate.clear_requests()
    with pytest.raises(HomeAssistantError, match="still in progress") as caught:
        await call(hass, "delete_exports", export_ids=[waiting])
    assert caught.value.translation_key == "all_failed"
    assert commands(frigate) == []
    exporter.held = False
    exporter.advance(time.time())
    exporter.advance(time.time())
    await call(hass, "delete_exports", export_ids=[waiting])
    assert exporter.exports == []


@SINCE_018
async def test_nothing_is_deleted_without_the_list_of_jobs(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    (export_id,) = add(frigate)
    frigate.clear_requests()
    frigate.fail("/api/jobs/export", Fault.status(500))
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "delete_exports", export_ids=[export_id])
    assert caught.value.translation_key == "server_error"
    assert commands(frigate) == []
    frigate.clear_faults()
    await call(hass, "delete_exports", export_ids=[export_id])
    assert there(frigate) == set()
