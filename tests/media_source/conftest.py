"""Fixtures of the tests of the media browser."""

from pathlib import Path

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.core import HomeAssistant

from .common import Browser


@pytest.fixture
async def hass(hass: HomeAssistant, tmp_path: Path) -> HomeAssistant:
    """Return a Home Assistant with a folder of its own for the cache of files."""
    hass.config.config_dir = str(tmp_path.resolve())
    return hass


@pytest.fixture
async def browser(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Browser:
    """Return the browser of Home Assistant's administrator."""
    return Browser(await hass_ws_client(hass))
