"""Fixtures of the tests of the media browser."""

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.core import HomeAssistant

from .common import Browser


@pytest.fixture
async def browser(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Browser:
    """Return the browser of Home Assistant's administrator."""
    return Browser(await hass_ws_client(hass))
