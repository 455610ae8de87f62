"""Binary sensors of the server and its cameras."""

from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..entity.dynamic import async_add_and_remove, async_add_as_they_appear
from ..runtime import FrigateConfigEntry
from .camera import FrigateCameraBinarySensor, camera_binary_sensors
from .live import async_add_live_binary_sensors
from .recordings import RECORDING_PROBLEM, RecordingProblemSensor, always_recorded
from .server import SERVER_BINARY_SENSORS, FrigateServerBinarySensor

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of the server and of every camera."""
    runtime = entry.runtime_data
    async_add_entities(
        FrigateServerBinarySensor(runtime.server, description)
        for description in SERVER_BINARY_SENSORS
    )
    async_add_as_they_appear(
        runtime.server,
        async_add_entities,
        camera_binary_sensors,
        partial(FrigateCameraBinarySensor, runtime.commands),
    )
    async_add_and_remove(
        runtime.server,
        async_add_entities,
        {RECORDING_PROBLEM.key},
        always_recorded,
        partial(RecordingProblemSensor, runtime.gaps, runtime.commands),
    )
    async_add_live_binary_sensors(runtime.server, runtime.live, async_add_entities)
