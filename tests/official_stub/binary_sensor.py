"""The binary sensors of the stand-in."""

from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import Facts
from .entity import OfficialEntity, add_entities


class OfficialBinarySensor(OfficialEntity, BinarySensorEntity):
    """A binary sensor, which is off."""

    _attr_is_on = False

    @override
    def describe(self, entry: ConfigEntry[Any], facts: Facts) -> None:
        """Take over the device class."""
        super().describe(entry, facts)
        if facts["device_class"] is not None:
            self._attr_device_class = BinarySensorDeviceClass(facts["device_class"])


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors."""
    add_entities(hass, entry, async_add_entities, "binary_sensor", OfficialBinarySensor)
