"""A relay that nothing but the test tells what to serve."""

from collections.abc import AsyncGenerator

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.aiofrigate import FrigateClient
from custom_components.frigate_http.connection import async_create_client
from custom_components.frigate_http.relay.relay import Relay
from homeassistant.core import HomeAssistant
from tests.common import ADMIN
from tests.conftest import make_entry
from tests.fake_frigate import FakeFrigate


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Leave the loop as it is, unlike the test plugin's fixture of this name.

    Its debug mode keeps a traceback of each callback, which takes as long as the rest.
    """


@pytest.fixture
def restreamed() -> bool:
    """Let all cameras have live video."""
    return True


@pytest.fixture
async def config_entry(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return a config entry, of which nothing is set up; it logs in."""
    entry = make_entry(frigate.external_url, **ADMIN)
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def client(hass: HomeAssistant, config_entry: MockConfigEntry) -> FrigateClient:
    """Return the client of the entry."""
    return async_create_client(hass, config_entry.data)


@pytest.fixture
async def relay(
    hass: HomeAssistant, config_entry: MockConfigEntry, client: FrigateClient
) -> AsyncGenerator[Relay]:
    """Return a relay that serves both cameras."""
    relay = Relay(hass, config_entry, client)
    await relay.async_start()
    relay.serve({"front_door": "front_door", "Portones": "Portones"})
    yield relay
    await relay.async_close()
    client.close()
    await hass.async_block_till_done(wait_background_tasks=True)
