"""The selects of the stand-in."""

from typing import Any, override

from homeassistant.components.select import SelectEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import Facts
from .entity import OfficialEntity, add_entities


class OfficialSelect(OfficialEntity, SelectEntity):
    """A select of which nothing is chosen."""

    @override
    def describe(self, entry: ConfigEntry[Any], facts: Facts) -> None:
        """Take over the options."""
        super().describe(entry, facts)
        self._attr_options = (facts["capabilities"] or {})["options"]


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the selects."""
    add_entities(hass, entry, async_add_entities, "select", OfficialSelect)
