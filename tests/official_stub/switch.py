"""The switches of the stand-in."""

from typing import Any

from homeassistant.components.switch import SwitchEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import OfficialEntity, add_entities


class OfficialSwitch(OfficialEntity, SwitchEntity):
    """A switch, which is on."""

    _attr_is_on = True


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches."""
    add_entities(hass, entry, async_add_entities, "switch", OfficialSwitch)
