"""What all entities of the stand-in have in common."""

from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN, FACTS, MODEL, Facts


class OfficialEntity(Entity):
    """An entity with the given facts."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def describe(self, entry: ConfigEntry[Any], facts: Facts) -> None:
        """Name it, and say of which device it is."""
        self._facts = facts
        self._attr_unique_id = f"{entry.entry_id}:{facts['kind']}:{facts['name']}"
        self._attr_name = facts["title"]
        self._attr_icon = facts["icon"]
        self._attr_entity_registry_enabled_default = facts["enabled"]
        if facts["category"] is not None:
            self._attr_entity_category = EntityCategory(facts["category"])
        device = facts["device"]
        if not device:
            self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})
            return
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, f"{entry.entry_id}:{device}")},
            name=facts["device_name"],
            manufacturer="Frigate",
            model=MODEL,
            via_device_id=entry.runtime_data,
        )


def add_entities(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    add: AddConfigEntryEntitiesCallback,
    platform: str,
    make: Callable[[], OfficialEntity],
) -> None:
    """Add all entities of a platform."""
    entities = list[OfficialEntity]()
    for facts in hass.data[FACTS]:
        if facts["platform"] == platform:
            entities.append(make())
            entities[-1].describe(entry, facts)
    add(entities)
