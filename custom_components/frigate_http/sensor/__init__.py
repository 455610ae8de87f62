"""Sensors of the server, its hardware and its cameras."""

from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..entity.dynamic import async_add_as_they_appear
from ..runtime import FrigateConfigEntry
from .camera import FrigateCameraSensor, camera_sensors
from .downloads import DOWNLOAD_SENSORS, FrigateDownloadSensor
from .exports import FrigateExportsSensor, exports_sensors
from .faces import FrigateFacesSensor, FrigatePersonSensor, faces_sensors, people
from .live import async_add_live_sensors
from .parts import FrigatePartSensor, part_sensors
from .reviews import REVIEWS_SENSORS, FrigateReviewsSensor
from .server import FrigateServerSensor, server_sensors

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add all sensors, and those of cameras and parts that appear later."""
    runtime = entry.runtime_data
    add = partial(async_add_as_they_appear, runtime.server, async_add_entities)
    add(server_sensors, FrigateServerSensor)
    add(part_sensors, FrigatePartSensor)
    add(faces_sensors, FrigateFacesSensor)
    add(people, FrigatePersonSensor)
    add(camera_sensors, partial(FrigateCameraSensor, runtime.commands))
    add(
        exports_sensors,
        lambda _server, one: FrigateExportsSensor(runtime.exports, one),
    )
    async_add_entities(
        FrigateDownloadSensor(runtime.downloads, runtime.server, one)
        for one in DOWNLOAD_SENSORS
    )
    async_add_entities(
        FrigateReviewsSensor(runtime.reviews, one) for one in REVIEWS_SENSORS
    )
    async_add_live_sensors(runtime.server, runtime.live, async_add_entities)
