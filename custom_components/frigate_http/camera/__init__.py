"""Cameras: still images and MJPEG streams."""

from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..entity.dynamic import async_add_and_remove, async_add_as_they_appear
from ..runtime import FrigateConfigEntry
from .birdseye import BIRDSEYE, FrigateBirdseye
from .frigate_camera import FrigateCamera

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add every camera, and Birdseye if Frigate restreams it."""
    coordinator = entry.runtime_data.server
    async_add_as_they_appear(
        coordinator,
        async_add_entities,
        lambda coordinator: ((camera,) for camera in coordinator.data.cameras),
        partial(FrigateCamera, entry.runtime_data.commands),
    )
    async_add_and_remove(
        coordinator,
        async_add_entities,
        {BIRDSEYE.key},
        lambda coordinator: ((),) if coordinator.data.config.birdseye_restream else (),
        FrigateBirdseye,
        of_server=True,
    )
