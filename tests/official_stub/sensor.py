"""The sensors of the stand-in."""

from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import Facts
from .entity import OfficialEntity, add_entities


class OfficialSensor(OfficialEntity, SensorEntity):
    """A sensor with a number, or with a word."""

    @override
    def describe(self, entry: ConfigEntry[Any], facts: Facts) -> None:
        """Take over the unit and the classes, and have a state that fits them."""
        super().describe(entry, facts)
        if facts["device_class"] is not None:
            self._attr_device_class = SensorDeviceClass(facts["device_class"])
        if facts["capabilities"] is not None:
            self._attr_state_class = SensorStateClass.MEASUREMENT
        self._attr_native_unit_of_measurement = facts["unit"]
        self._attr_native_value = "NONE" if facts["unit"] is None else 1


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors."""
    add_entities(hass, entry, async_add_entities, "sensor", OfficialSensor)
