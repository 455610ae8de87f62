"""A Home Assistant that has an assistant."""

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component


@pytest.fixture(autouse=True)
async def _exposed_entities(hass: HomeAssistant) -> None:
    """Let entities be exposed."""
    assert await async_setup_component(hass, "homeassistant", {})
