"""Selects: the profile of a server; of a camera its preset and when birdseye shows it."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..runtime import FrigateConfigEntry
from .birdseye import async_add_birdseye_selects
from .preset import async_add_preset_selects
from .profile import async_add_profile_select

# Each command waits until Frigate has applied it.
PARALLEL_UPDATES = 4


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the selects that the configuration and the role of this account allow."""
    runtime = entry.runtime_data
    async_add_profile_select(runtime.profiles, runtime.commands, async_add_entities)
    async_add_birdseye_selects(runtime.server, runtime.commands, async_add_entities)
    async_add_preset_selects(
        runtime.ptz, runtime.commands, runtime.movements, async_add_entities
    )
