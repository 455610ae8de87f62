"""Cameras: video, still images and MJPEG streams."""

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
    runtime = entry.runtime_data
    async_add_as_they_appear(
        runtime.server,
        async_add_entities,
        lambda coordinator: ((camera,) for camera in coordinator.data.cameras),
        partial(FrigateCamera, runtime.commands, runtime.video, runtime.relay),
    )
    async_add_and_remove(
        runtime.server,
        async_add_entities,
        {BIRDSEYE.key},
        lambda coordinator: ((),) if coordinator.data.config.birdseye_restream else (),
        partial(FrigateBirdseye, runtime.video, runtime.relay),
        of_server=True,
    )
