"""The numbers of the stand-in."""

from typing import Any, override

from homeassistant.components.number import NumberEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import Facts
from .entity import OfficialEntity, add_entities


class OfficialNumber(OfficialEntity, NumberEntity):
    """A number in its range."""

    _attr_native_value = 30

    @override
    def describe(self, entry: ConfigEntry[Any], facts: Facts) -> None:
        """Take over the range."""
        super().describe(entry, facts)
        limits = facts["capabilities"] or {}
        self._attr_native_min_value = limits["min"]
        self._attr_native_max_value = limits["max"]
        self._attr_native_step = limits["step"]


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers."""
    add_entities(hass, entry, async_add_entities, "number", OfficialNumber)
