"""A home that has the official integration, for the same server as ours."""

from collections.abc import Generator, Sequence
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate
from tests.official_home import load, official_entry, provide, register
from tests.official_registry import (
    Official,
    add_house,
    device_settings_of,
    official_entities,
    settings_of,
)


@pytest.fixture
def house(frigate: FakeFrigate) -> Sequence[Official]:
    """Let the server have two cameras, and return what the official integration has of them."""
    add_house(frigate)
    return official_entities(frigate.state)


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


@pytest.fixture
def saved_at_once(hass_storage: dict[str, Any]) -> Generator[None]:
    """Let Home Assistant save its config entries at once, not after a second."""
    with patch("homeassistant.config_entries.SAVE_DELAY", 0):
        yield
