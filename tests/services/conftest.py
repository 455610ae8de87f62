"""Fixtures for the tests of the actions."""

import pytest

from custom_components.frigate_http.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.fake_frigate import FakeFrigate


@pytest.fixture
async def texts_of_errors(hass: HomeAssistant) -> None:
    """Let Home Assistant load the texts that errors are told in."""
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()


@pytest.fixture
def library(frigate: FakeFrigate) -> dict[str, list[str]]:
    """Return the people that the server begins with."""
    frigate.add_face("Eileen", 2)
    frigate.add_face("Ana_María", 1)
    frigate.add_face("Nobody_yet", 0)
    return frigate.state.faces
