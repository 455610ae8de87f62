"""What the user of a home sees of it, before and after taking over."""

from dataclasses import dataclass
from typing import Any

from custom_components.frigate_http.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.official_registry import OFFICIAL

type Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Entities and devices of both integrations, by the ids of their rows."""

    entities: Rows
    devices: Rows

    def of(self, platform: str) -> Rows:
        """Return the entities of an integration."""
        return {
            key: row
            for key, row in self.entities.items()
            if row["platform"] == platform
        }


def look(hass: HomeAssistant) -> Seen:
    """Return all that is kept of entities and devices of both integrations."""
    entities, devices = er.async_get(hass), dr.async_get(hass)
    entries = [
        entry.entry_id
        for domain in (OFFICIAL, DOMAIN)
        for entry in hass.config_entries.async_entries(domain)
    ]
    return Seen(
        entities={
            row.id: _entity(hass, row)
            for row in entities.entities.values()
            if row.platform in (OFFICIAL, DOMAIN)
        },
        devices={
            device.id: _device(device)
            for entry_id in entries
            for device in dr.async_entries_for_config_entry(devices, entry_id)
        },
    )


def _entity(hass: HomeAssistant, row: er.RegistryEntry) -> dict[str, Any]:
    device = dr.async_get(hass).async_get(row.device_id) if row.device_id else None
    return {
        "platform": row.platform,
        "config_entry_id": row.config_entry_id,
        "unique_id": row.unique_id,
        "device_id": row.device_id,
        "area": row.area_id or (device and device.area_id),
        **kept_of_entity(row),
    }


def kept_of_entity(row: er.RegistryEntry) -> dict[str, Any]:
    """Return what a user has set, which nothing may change."""
    disabled = None if row.disabled_by == "config_entry" else row.disabled_by
    return {
        "entity_id": row.entity_id,
        "name": row.name,
        "icon": row.icon,
        "labels": row.labels,
        "categories": dict(row.categories),
        "aliases": [str(one) for one in row.aliases],
        "disabled_by": disabled,
        "hidden_by": row.hidden_by,
        "exposure": dict(row.options.get("conversation", {})),
    }


KEPT = (
    "entity_id",
    "name",
    "icon",
    "labels",
    "categories",
    "aliases",
    "disabled_by",
    "hidden_by",
    "exposure",
)
"""What stays the same of an entity that moves."""


def _device(device: dr.DeviceEntry) -> dict[str, Any]:
    return {
        "config_entry_id": device.config_entry_id,
        "identifiers": device.identifiers,
        "shown": device.name_by_user or device.name,
        "name_by_user": device.name_by_user,
        "area": device.area_id,
        "labels": device.labels,
    }
