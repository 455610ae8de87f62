"""A server whose pictures move fast enough for tests, and the way to them."""

from collections.abc import AsyncGenerator

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.const import CONF_MJPEG_FPS, CONF_MJPEG_HEIGHT
from homeassistant.core import HomeAssistant
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate

from .wire_viewer import Door


@pytest.fixture
def restreamed() -> bool:
    """Let all cameras have live video."""
    return True


@pytest.fixture
async def fast_entry(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return an entry with many small frames a second."""
    options = {CONF_MJPEG_FPS: 30, CONF_MJPEG_HEIGHT: 120}
    return await set_up(hass, make_entry(frigate.internal_url, options=options))


@pytest.fixture
async def door(
    hass: HomeAssistant,
    fast_entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> AsyncGenerator[Door]:
    """Yield where viewers come in; they leave with the end of the test."""
    door = await Door.open(hass, hass_client)
    yield door
    door.close()
