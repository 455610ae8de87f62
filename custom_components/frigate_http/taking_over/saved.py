"""Waits until Home Assistant has saved what it knows, each file of which it saves apart.

Rows in a registry whose config entry the next start does not know are removed. So nothing
moves to an entry, or away from one that is removed, before the other file is saved.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import Any

from homeassistant import config_entries
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.storage import Store

from ..const import CONF_TAKEN_OVER, CONF_UNDO

_TIMEOUT = 20.0
"""Seconds; Home Assistant saves config entries after one, and its registries after ten."""
_INTERVAL = 0.25


async def async_entries_are_saved(
    hass: HomeAssistant, own: ConfigEntry, old: ConfigEntry
) -> bool:
    """Wait until our entry is saved with what it asks for, and the old one as disabled."""

    def _is_saved(stored: dict[str, Any]) -> bool:
        entries = {one["entry_id"]: one for one in stored["entries"]}
        ours, theirs = entries.get(own.entry_id), entries.get(old.entry_id)
        if ours is None or theirs is None or theirs["disabled_by"] is None:
            return False
        asked = (CONF_TAKEN_OVER, CONF_UNDO)
        return all(ours["data"].get(key) == own.data.get(key) for key in asked)

    return await _async_wait(
        hass,
        _is_saved,
        config_entries.STORAGE_KEY,
        config_entries.STORAGE_VERSION,
        config_entries.STORAGE_VERSION_MINOR,
    )


async def async_registries_are_saved(
    hass: HomeAssistant, own_id: str, rows: Collection[str]
) -> bool:
    """Wait until none of these entities and devices is saved as one of our entry."""

    def _is_saved(stored: dict[str, Any]) -> bool:
        found = (*stored.get("entities", ()), *stored.get("devices", ()))
        return all(
            one["config_entry_id"] != own_id for one in found if one["id"] in rows
        )

    return all(
        [
            await _async_wait(
                hass,
                _is_saved,
                registry.STORAGE_KEY,
                registry.STORAGE_VERSION_MAJOR,
                registry.STORAGE_VERSION_MINOR,
            )
            for registry in (dr, er)
        ]
    )


async def _async_wait(
    hass: HomeAssistant,
    is_saved: Callable[[dict[str, Any]], bool],
    key: str,
    version: int,
    minor_version: int,
) -> bool:
    """Look at a file of Home Assistant's until it is saved, or for long enough."""
    for _ in range(int(_TIMEOUT / _INTERVAL)):
        store = Store[dict[str, Any]](
            hass, version, key, minor_version=minor_version, read_only=True
        )
        stored = await store.async_load()
        if stored is not None and is_saved(stored):
            return True
        await asyncio.sleep(_INTERVAL)
    return False
