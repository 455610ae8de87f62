"""Fixtures for the tests of the actions."""

import pytest

from custom_components.frigate_http.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component


@pytest.fixture
async def texts_of_errors(hass: HomeAssistant) -> None:
    """Let Home Assistant load the texts that errors are told in."""
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
