"""Polls beside the server's own: how they fail, and who tells of it."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from tests.common import POLL, logged, pass_polls, pass_time, sent, state_of
from tests.fake_frigate import FakeFrigate, Fault

pytestmark = pytest.mark.usefixtures("fixed_time")

SUMMARY = "/api/review/summary"
REVIEWS_POLL = 30
ALERTS = ("sensor", "server:unreviewed_alerts")


async def test_a_server_that_is_down_is_not_asked_for_more(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    logged(caplog)
    frigate.fail("/api/", Fault.status(502))
    await pass_polls(hass, freezer, 2)
    assert state_of(hass, entry, *ALERTS) == STATE_UNAVAILABLE
    frigate.clear_requests()
    await pass_polls(hass, freezer, 6)
    assert sent(frigate, SUMMARY) == []
    frigate.clear_faults()
    await pass_polls(hass, freezer, 1)
    assert state_of(hass, entry, *ALERTS) == "0"
    down, up = logged(caplog)
    assert down.startswith("Error fetching Frigate data")
    assert up == "Fetching Frigate data recovered"


async def test_the_first_failing_poll_makes_the_server_poll_too(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    logged(caplog)
    frigate.fail("/api/", Fault.status(502))
    frigate.clear_requests()
    await entry.runtime_data.reviews.async_refresh_past_cache()
    assert sent(frigate, "/api/stats")
    # Neither of the two says anything of a first miss.
    assert logged(caplog) == []
    assert state_of(hass, entry, *ALERTS) == "0"
    await pass_polls(hass, freezer, 2)
    (line,) = logged(caplog)
    assert line.startswith("Error fetching Frigate data")
    assert state_of(hass, entry, *ALERTS) == STATE_UNAVAILABLE
    frigate.clear_faults()
    await pass_polls(hass, freezer, 2)
    assert state_of(hass, entry, *ALERTS) == "0"


async def test_a_request_that_fails_alone_is_logged_once(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    logged(caplog)
    frigate.fail(SUMMARY, Fault.status(500))
    await pass_polls(hass, freezer, 4)
    (line,) = logged(caplog)
    assert line.startswith("Error fetching Frigate reviews data")
    # An outage on top of it is one of the server's.
    await frigate.refuse()
    await pass_polls(hass, freezer, 4)
    (line,) = logged(caplog)
    assert line.startswith("Error fetching Frigate data")
    await frigate.resume()
    frigate.clear_faults()
    await pass_polls(hass, freezer, 2)
    assert len(logged(caplog)) == 2
    assert state_of(hass, entry, *ALERTS) == "0"


async def test_one_missed_poll_leaves_the_value(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    logged(caplog)
    reviews = entry.runtime_data.reviews
    frigate.fail(SUMMARY, Fault.status(500))
    await pass_time(hass, freezer, REVIEWS_POLL)
    # Sent out of turn, another failure proves no more than the first one.
    await reviews.async_refresh_past_cache()
    assert state_of(hass, entry, *ALERTS) == "0"
    frigate.clear_faults()
    frigate.review_starts("front_door")
    await pass_time(hass, freezer, REVIEWS_POLL)
    assert state_of(hass, entry, *ALERTS) == "1"

    frigate.fail(SUMMARY, Fault.status(500))
    await pass_time(hass, freezer, REVIEWS_POLL)
    assert state_of(hass, entry, *ALERTS) == "1"
    assert logged(caplog) == []
    await pass_time(hass, freezer, REVIEWS_POLL)
    assert state_of(hass, entry, *ALERTS) == STATE_UNAVAILABLE
    frigate.clear_faults()
    await pass_time(hass, freezer, REVIEWS_POLL)
    assert state_of(hass, entry, *ALERTS) == "1"
    assert len(logged(caplog)) == 2


async def test_a_pause_that_one_route_asks_for(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.fail(SUMMARY, Fault.status(429))
    await pass_time(hass, freezer, 2 * POLL)
    assert state_of(hass, entry, *ALERTS) == STATE_UNAVAILABLE
    frigate.clear_requests()
    frigate.clear_faults()
    await pass_polls(hass, freezer, 3)
    assert sent(frigate, SUMMARY) == []
    await pass_polls(hass, freezer, 2)
    assert state_of(hass, entry, *ALERTS) == "0"
