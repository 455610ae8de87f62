"""A home that has the official integration, for the same server as ours."""

from collections.abc import Sequence

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate
from tests.official_home import load, official_entry, provide, register
from tests.official_registry import Official, device_settings_of, settings_of


@pytest.fixture
async def official(
    hass: HomeAssistant, frigate: FakeFrigate, house: Sequence[Official]
) -> MockConfigEntry:
    """Return the loaded entry of the official integration, with what its user has set."""
    provide(hass, house)
    entry = official_entry(frigate.internal_url)
    register(hass, entry, house, settings_of(house), device_settings_of(house))
    await load(hass, entry)
    return entry
