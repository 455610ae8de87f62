"""The updates of the stand-in."""

from typing import Any

from homeassistant.components.update import UpdateEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import OfficialEntity, add_entities


class OfficialUpdate(OfficialEntity, UpdateEntity):
    """The server, which is up to date."""

    _attr_installed_version = _attr_latest_version = "0.18.0"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the updates."""
    add_entities(hass, entry, async_add_entities, "update", OfficialUpdate)
