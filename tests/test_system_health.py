"""System health: a line for every server."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components.frigate_http.const import DOMAIN
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.common import VIEWER, pass_polls, pass_time
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.live.common import PUSH, until_pushing, until_state

pytestmark = pytest.mark.usefixtures("fixed_time")

GOOD = "reachable, version 0.17.2, role admin, no login, pushed"


@pytest.fixture(autouse=True)
async def _system_health(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "system_health", {})


async def test_a_server_has_one_line(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    assert await get_system_health_info(hass, DOMAIN) == {"servers": 1, "Frigate": GOOD}

    frigate.fail("/api/", Fault.status(502))
    frigate.clear_requests()
    await pass_polls(hass, freezer, 2)
    polls = len(frigate.requests)
    down = {"type": "failed", "error": "unreachable"}
    assert await get_system_health_info(hass, DOMAIN) == {"servers": 1, "Frigate": down}
    # Nobody is asked for it.
    assert len(frigate.requests) == polls

    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert await get_system_health_info(hass, DOMAIN) == {"servers": 1, "Frigate": GOOD}


async def test_each_of_several_servers_has_its_line(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    viewer = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    await until_state(hass, entry, *PUSH, "on")
    await until_state(hass, viewer, *PUSH, "on")
    assert await get_system_health_info(hass, DOMAIN) == {
        "servers": 2,
        f"Frigate ({frigate.internal_url})": GOOD,
        f"Frigate ({frigate.external_url})": "reachable, version 0.17.2, role viewer, pushed",
    }


async def test_servers_that_are_not_set_up(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.fail("/api/", Fault.status(502))
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert await get_system_health_info(hass, DOMAIN) == {
        "servers": 1,
        "Frigate": {"type": "failed", "error": "setup_retry"},
    }
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    assert await get_system_health_info(hass, DOMAIN) == {"servers": 0}

    frigate.clear_faults()
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await until_pushing(hass, entry, frigate)
    assert await get_system_health_info(hass, DOMAIN) == {"servers": 1, "Frigate": GOOD}


async def test_a_server_with_few_details(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.fail("/api/stats", Fault.status(500))
    frigate.fail("/api/profile", Fault.json({}))
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    assert await get_system_health_info(hass, DOMAIN) == {
        "servers": 1,
        "Frigate": "reachable, version unknown, role unknown, pushed",
    }
