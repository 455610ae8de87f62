"""Buttons: restart Frigate and move cameras."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..entity.dynamic import async_add_as_they_appear
from ..runtime import FrigateConfigEntry
from .ptz import async_add_ptz_buttons
from .restart import FrigateRestartButton, restart_buttons

PARALLEL_UPDATES = 1


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons that the role of this account allows."""
    runtime = entry.runtime_data
    async_add_as_they_appear(
        runtime.server, async_add_entities, restart_buttons, FrigateRestartButton
    )
    async_add_ptz_buttons(runtime.ptz, runtime.movements, async_add_entities)
