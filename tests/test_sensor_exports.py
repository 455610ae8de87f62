"""The sensors of the exports: off, unless somebody looks at them."""

from datetime import UTC, datetime
import time

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.common import (
    ADMIN,
    entity_id,
    is_registered,
    pass_time,
    reauths,
    sent,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import call, camera_entity
from tests.versions import EVERY_VERSION, SINCE_018

KEYS = ("exports_in_progress", "exports", "last_export", "export_progress")
GATE = {"username": "gate1", "password": "gate-password-1!"}
SHOWN = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")


def shown(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> str:
    """Return the state of a sensor."""
    return state_of(hass, entry, "sensor", f"server:{key}")


def finished(frigate: FakeFrigate, ended_at: float, **settings: str) -> str:
    """Return the id of a finished export."""
    now = time.time()
    camera = settings.get("camera", "front_door")
    return frigate.add_export(camera, now - 900, now - 600, ended_at=ended_at).id


async def export(hass: HomeAssistant, camera: str) -> None:
    """Export a minute that is on the disk."""
    start = time.time() - 180
    await call(hass, "create_export", entity_id=camera, start_time=start, duration=60)


@EVERY_VERSION
async def test_nothing_is_polled_unless_somebody_looks(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    registry = er.async_get(hass)
    keys = KEYS if frigate.state.is_018 else KEYS[:-1]
    for key in keys:
        found = entity_id(hass, entry, "sensor", f"server:{key}")
        assert found is not None
        assert registry.entities[found].disabled
    assert is_registered(hass, entry, "sensor", "server:export_progress") is (
        frigate.state.is_018
    )
    await pass_time(hass, freezer, 120)
    assert sent(frigate, "/api/exports") == []
    assert entry.runtime_data.exports.data is None


@SHOWN
@EVERY_VERSION
async def test_the_figures_follow_at_once(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.exporter.outcome = "hang"
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert shown(hass, entry, "exports") == "0"
    assert shown(hass, entry, "last_export") == STATE_UNKNOWN

    door = camera_entity(hass, entry)
    await export(hass, door)
    assert shown(hass, entry, "exports_in_progress") == "1"
    assert shown(hass, entry, "exports") == "1"

    (made,) = frigate.state.exporter.exports
    made.outcome = "done"
    frigate.state.exporter.looks_until_done = 0
    await call(hass, "rename_export", export_id=made.id, name="Mine")
    assert shown(hass, entry, "exports_in_progress") == "0"
    assert datetime.fromisoformat(shown(hass, entry, "last_export")).timestamp() == (
        pytest.approx(time.time(), abs=5)
    )

    await call(hass, "delete_exports", export_ids=made.id)
    assert shown(hass, entry, "exports") == "0"
    assert shown(hass, entry, "last_export") == STATE_UNKNOWN


@SHOWN
@EVERY_VERSION
async def test_a_failed_export_is_seen_at_once(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    exporter = frigate.state.exporter
    exporter.outcome = "hang"
    door = camera_entity(hass, entry)
    await export(hass, door)
    assert shown(hass, entry, "exports_in_progress") == "1"
    exporter.exports[0].outcome, exporter.looks_until_done = "fail", 0
    await export(hass, door)
    assert shown(hass, entry, "exports_in_progress") == "1"
    assert shown(hass, entry, "exports") == "1"


@SHOWN
@EVERY_VERSION
async def test_the_last_export_is_the_one_finished_last(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    ended = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
    finished(frigate, ended.timestamp())
    finished(frigate, ended.timestamp() - 60)
    busy = frigate.add_export("front_door", time.time() - 60, time.time())
    busy.status, busy.outcome = "running", "hang"
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert shown(hass, entry, "exports") == "3"
    assert datetime.fromisoformat(shown(hass, entry, "last_export")) == ended


@SHOWN
@SINCE_018
async def test_work_is_polled_often_until_it_is_done(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    exporter = frigate.state.exporter
    assert shown(hass, entry, "export_progress") == STATE_UNKNOWN
    exporter.outcome, exporter.progress = "hang", 12.5
    door = camera_entity(hass, entry)
    for _ in range(4):
        await export(hass, door)
    # The fourth waits in the queue.
    assert shown(hass, entry, "exports_in_progress") == "4"
    assert shown(hass, entry, "exports") == "3"
    assert shown(hass, entry, "export_progress") == "12.5"

    exporter.progress = 50
    await pass_time(hass, freezer, 7)
    assert shown(hass, entry, "export_progress") == "50.0"
    for made in exporter.exports:
        made.outcome = "done"
    exporter.looks_until_done = 0
    exporter.advance(time.time())
    exporter.advance(time.time())
    await pass_time(hass, freezer, 7)
    assert shown(hass, entry, "exports_in_progress") == "0"
    assert shown(hass, entry, "exports") == "4"
    assert shown(hass, entry, "export_progress") == STATE_UNKNOWN

    asked = len(sent(frigate, "/api/exports"))
    await pass_time(hass, freezer, 30)
    assert len(sent(frigate, "/api/exports")) == asked
    await pass_time(hass, freezer, 40)
    assert len(sent(frigate, "/api/exports")) == asked + 1


@SHOWN
@EVERY_VERSION
async def test_an_export_that_never_ends_is_polled_less_and_less(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    """As Frigate 0.17 never ends a time-lapse with certain settings of FFmpeg."""
    entry = await set_up(hass, make_entry(frigate.internal_url))
    exporter = frigate.state.exporter
    exporter.outcome, exporter.looks_until_seen = "hang", 0
    door = camera_entity(hass, entry)
    await export(hass, door)

    async def polls(minutes: int) -> int:
        frigate.clear_requests()
        for _ in range(minutes * 12):
            await pass_time(hass, freezer, 5)
        return len(sent(frigate, "/api/exports"))

    assert await polls(1) >= 6
    often, seldom, last = await polls(9), await polls(20), await polls(30)
    assert often <= 25
    assert seldom <= 15
    assert last <= 8
    assert await polls(30) == 6
    assert shown(hass, entry, "exports_in_progress") == "1"

    # Whatever happens is followed as usual, and then rarely again.
    await export(hass, door)
    assert await polls(1) >= 6
    assert shown(hass, entry, "exports_in_progress") == "2"
    for made in exporter.exports:
        made.outcome = "done"
    exporter.looks_until_done = 0
    exporter.advance(time.time())
    exporter.advance(time.time())
    await pass_time(hass, freezer, 60)
    assert shown(hass, entry, "exports_in_progress") == "0"
    assert 9 <= await polls(10) <= 11


@SHOWN
@EVERY_VERSION
async def test_a_restricted_role_is_not_shown_the_files(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    finished(frigate, time.time() - 60, camera="Portones")
    finished(frigate, time.time() - 60)
    entry = await set_up(hass, make_entry(frigate.external_url, **GATE))
    assert shown(hass, entry, "exports") == "1"
    is_unknown = shown(hass, entry, "last_export") == STATE_UNKNOWN
    assert is_unknown is frigate.state.is_018


@SHOWN
@EVERY_VERSION
@pytest.mark.parametrize(
    "fault", [Fault.html(), Fault.status(401), Fault.status(404), Fault.json({})]
)
async def test_a_proxy_may_hide_the_files(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    fault: Fault,
) -> None:
    finished(frigate, time.time() - 60)
    frigate.fail("/exports/", fault)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert shown(hass, entry, "exports") == "1"
    assert shown(hass, entry, "last_export") == STATE_UNKNOWN
    assert not reauths(hass)
    frigate.clear_faults()
    await pass_time(hass, freezer, 61)
    assert shown(hass, entry, "last_export") != STATE_UNKNOWN


@SHOWN
@EVERY_VERSION
async def test_a_failure_and_the_recovery(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.fail("/api/exports", Fault.status(500))
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert shown(hass, entry, "exports") == STATE_UNAVAILABLE
    frigate.clear_faults()
    await pass_time(hass, freezer, 61)
    assert shown(hass, entry, "exports") == "0"
    frigate.fail("/api/exports", Fault.status(500))
    await pass_time(hass, freezer, 61)
    assert shown(hass, entry, "exports") == "0"
    await pass_time(hass, freezer, 61)
    assert shown(hass, entry, "exports") == STATE_UNAVAILABLE
    frigate.clear_faults()
    await pass_time(hass, freezer, 61)
    assert shown(hass, entry, "exports") == "0"


@SHOWN
async def test_a_lost_login_asks_for_a_new_one(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    frigate.fail("/api/exports", Fault.status(401))
    await pass_time(hass, freezer, 61)
    assert shown(hass, entry, "exports") == STATE_UNAVAILABLE
    assert reauths(hass)[0]["handler"] == DOMAIN
    # A new login loads the entry anew.
    frigate.clear_faults()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert shown(hass, entry, "exports") == "0"


@SHOWN
@SINCE_018
async def test_without_stats_the_queue_is_asked_for_all_the_same(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.exporter.held = True
    frigate.add_export("front_door", time.time() - 90, time.time(), status="waiting")
    frigate.fail("/api/stats", Fault.status(500))
    await pass_time(hass, freezer, 15)
    await pass_time(hass, freezer, 61)
    assert shown(hass, entry, "exports_in_progress") == "1"
    # Where they have never told the version, that is asked for.
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert shown(hass, entry, "exports_in_progress") == "1"
    assert sent(frigate, "/api/version")
    frigate.clear_faults()
    await pass_time(hass, freezer, 15)
    frigate.clear_requests()
    await pass_time(hass, freezer, 61)
    assert shown(hass, entry, "exports_in_progress") == "1"
    assert sent(frigate, "/api/version") == []


# A new export that the server shows late


@SHOWN
@EVERY_VERSION
async def test_a_new_export_is_followed_although_it_shows_late(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    door = camera_entity(hass, entry)
    exporter = frigate.state.exporter
    exporter.outcome, exporter.looks_until_seen = "hang", 2
    frigate.fail("/api/jobs/export$", Fault.json([]), times=2)
    await export(hass, door)
    assert shown(hass, entry, "exports_in_progress") == "0"
    for total in ("0", "1"):
        await pass_time(hass, freezer, 6)
        assert shown(hass, entry, "exports") == total
    assert shown(hass, entry, "exports_in_progress") == "1"
    exporter.exports[0].outcome, exporter.looks_until_done = "done", 0
    await pass_time(hass, freezer, 6)
    await pass_time(hass, freezer, 6)
    assert shown(hass, entry, "exports_in_progress") == "0"
    assert shown(hass, entry, "last_export") != STATE_UNKNOWN
    # Then all is calm again.
    frigate.clear_requests()
    await pass_time(hass, freezer, 30)
    assert sent(frigate, "/api/exports") == []


@SHOWN
@EVERY_VERSION
async def test_a_new_export_that_never_shows_is_not_looked_for_long(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    door = camera_entity(hass, entry)
    frigate.state.exporter.outcome, frigate.state.exporter.looks_until_done = (
        "vanish",
        0,
    )
    await export(hass, door)
    frigate.clear_requests()
    for _ in range(8):
        await pass_time(hass, freezer, 6)
    assert len(sent(frigate, "/api/exports")) == 2
    await pass_time(hass, freezer, 30)
    assert len(sent(frigate, "/api/exports")) == 3
    assert shown(hass, entry, "exports") == "0"


@SHOWN
@EVERY_VERSION
async def test_a_new_export_is_followed_through_a_fault(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    door = camera_entity(hass, entry)
    frigate.fail("/api/exports", Fault.status(500), times=1)
    await export(hass, door)
    assert shown(hass, entry, "exports") == "0"
    await pass_time(hass, freezer, 6)
    assert shown(hass, entry, "exports") == "1"


# The files


@SHOWN
@EVERY_VERSION
@pytest.mark.parametrize(
    "fault", [Fault.status(502), Fault.status(500), Fault.drop(), Fault.drop_body()]
)
async def test_a_passing_fault_of_the_files_changes_nothing(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    fault: Fault,
) -> None:
    older = finished(frigate, time.time() - 3600)
    finished(frigate, time.time() - 60)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    before = shown(hass, entry, "last_export")
    assert before != STATE_UNKNOWN
    frigate.fail("/exports/", fault)
    for _ in range(3):
        await pass_time(hass, freezer, 61)
        assert shown(hass, entry, "last_export") == before
    # A video that is gone does not count all the same.
    exports = frigate.state.exporter.exports
    exports[:] = [one for one in exports if one.id == older]
    await pass_time(hass, freezer, 61)
    assert shown(hass, entry, "last_export") < before
    assert shown(hass, entry, "exports") == "1"
    frigate.clear_faults()
    finished(frigate, time.time())
    await pass_time(hass, freezer, 61)
    assert shown(hass, entry, "last_export") > before


@SHOWN
@EVERY_VERSION
@pytest.mark.parametrize(
    "fault", [Fault.status(401), Fault.redirect("https://login.example/")]
)
async def test_files_behind_another_login_are_no_lost_login(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    fault: Fault,
) -> None:
    finished(frigate, time.time() - 60)
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    assert shown(hass, entry, "last_export") != STATE_UNKNOWN
    frigate.fail("/exports/", fault)
    for _ in range(3):
        await pass_time(hass, freezer, 61)
        assert shown(hass, entry, "last_export") == STATE_UNKNOWN
        assert shown(hass, entry, "exports") == "1"
    assert len(sent(frigate, "/api/login")) == 1
    # One that is lost indeed is made anew at once, and nobody is asked.
    frigate.revoke_sessions()
    await pass_time(hass, freezer, 61)
    assert shown(hass, entry, "exports") == "1"
    assert len(sent(frigate, "/api/login")) == 2
    assert not reauths(hass)
    frigate.clear_faults()
    await pass_time(hass, freezer, 61)
    assert shown(hass, entry, "last_export") != STATE_UNKNOWN
