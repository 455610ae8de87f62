"""A stand-in for the official integration, which loads and unloads as that does.

It is our own, and knows nothing of the tests: copied to `custom_components/frigate`, a real
Home Assistant loads it too. What its entities are is given as data (`Facts`), in
`hass.data[FACTS]` or else in the file `FACTS_FILE` of the configuration folder.
"""

import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN, FACTS, FACTS_FILE, FAILS_TO_UNLOAD, MODEL, PLATFORMS


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Register the device of the server, and load all entities."""
    if FACTS not in hass.data:
        path = Path(hass.config.path(FACTS_FILE))
        text = await hass.async_add_executor_job(path.read_text, "utf-8")
        hass.data[FACTS] = json.loads(text)
    server = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        name="Frigate",
        manufacturer="Frigate",
        model=MODEL,
    )
    entry.runtime_data = server.id
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Unload all entities, unless that is to fail."""
    if hass.data.get(FAILS_TO_UNLOAD):
        return False
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
