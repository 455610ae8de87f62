"""The sensors that count what is left to review."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.common import entity_id, pass_time, reauths, sent, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION

pytestmark = pytest.mark.usefixtures("fixed_time")

SUMMARY = "/api/review/summary"
ALERTS = ("sensor", "server:unreviewed_alerts")
DETECTIONS = ("sensor", "server:unreviewed_detections")
POLL = 30


@EVERY_VERSION
async def test_they_count_the_last_day(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    # Frigate sums up nothing to null.
    assert state_of(hass, entry, *ALERTS) == "0"
    assert state_of(hass, entry, *DETECTIONS) == "0"
    frigate.add_review("front_door", ago=86300)
    frigate.add_review("front_door", ago=80000)
    frigate.add_review("Portones", "detection")
    await pass_time(hass, freezer, POLL)
    assert state_of(hass, entry, *ALERTS) == "2"
    assert state_of(hass, entry, *DETECTIONS) == "1"
    for _ in range(4):
        await pass_time(hass, freezer, POLL)
    assert state_of(hass, entry, *ALERTS) == "1"


async def test_how_they_are_shown(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    for key, name, unit in (
        (ALERTS, "Frigate Unreviewed alerts", "alerts"),
        (DETECTIONS, "Frigate Unreviewed detections", "detections"),
    ):
        found = entity_id(hass, entry, *key)
        assert found is not None
        state = hass.states.get(found)
        assert state is not None
        assert state.name == name
        assert state.attributes["unit_of_measurement"] == unit
        assert state.attributes["state_class"] == "measurement"


async def test_they_fail_alone_and_recover(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.add_review("front_door")
    for fault in (Fault.status(500), Fault.json({}), Fault.status(404)):
        frigate.fail(SUMMARY, fault)
        await pass_time(hass, freezer, POLL)
        assert state_of(hass, entry, *ALERTS) != STATE_UNAVAILABLE
        await pass_time(hass, freezer, POLL)
        assert state_of(hass, entry, *ALERTS) == STATE_UNAVAILABLE
        assert state_of(hass, entry, "sensor", "server:detection_fps") != (
            STATE_UNAVAILABLE
        )
        frigate.clear_faults()
        await pass_time(hass, freezer, POLL)
        assert state_of(hass, entry, *ALERTS) == "1"
    odd = {"total_alert": "x", "reviewed_alert": 0}
    frigate.fail(SUMMARY, Fault.json({"last24Hours": odd}))
    await pass_time(hass, freezer, POLL)
    assert state_of(hass, entry, *ALERTS) == STATE_UNKNOWN
    frigate.clear_faults()
    await pass_time(hass, freezer, POLL)
    assert state_of(hass, entry, *ALERTS) == "1"
    assert not reauths(hass)


async def test_they_are_not_there_before_the_first_answer(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.fail(SUMMARY, Fault.status(502))
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert state_of(hass, entry, *ALERTS) == STATE_UNAVAILABLE
    frigate.clear_faults()
    await pass_time(hass, freezer, POLL)
    assert state_of(hass, entry, *ALERTS) == "0"


async def test_nothing_is_polled_that_nobody_looks_at(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    registry = er.async_get(hass)
    for key in (ALERTS, DETECTIONS):
        found = entity_id(hass, entry, *key)
        assert found is not None
        by = er.RegistryEntryDisabler.USER
        registry.async_update_entity(found, disabled_by=by)
    await hass.config_entries.async_reload(entry.entry_id)
    frigate.clear_requests()
    await pass_time(hass, freezer, POLL)
    await entry.runtime_data.reviews.async_refresh_past_cache()
    assert sent(frigate, SUMMARY) == []
