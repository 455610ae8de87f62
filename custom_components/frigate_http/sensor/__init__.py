"""Sensors of the server, its hardware and its cameras."""

from functools import partial

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    async_get_current_platform,
)

from ..coordinator.server import ServerCoordinator
from ..entity.dynamic import Evidence, async_add_and_remove, async_add_as_they_appear
from ..runtime import FrigateConfigEntry
from .base import stats_are_settled, stats_read_at
from .camera import FrigateCameraSensor, camera_sensors
from .downloads import DOWNLOAD_SENSORS, FrigateDownloadSensor
from .exports import FrigateExportsSensor, exports_sensors
from .faces import FrigateFacesSensor, FrigatePersonSensor, faces_sensors, people
from .last_seen import SightingSensor, sightings
from .live import async_add_live_sensors
from .parts import (
    PART_SENSORS,
    FrigatePartSensor,
    is_missing_for_the_moment,
    part_sensors,
)
from .renaming import PartRenaming
from .reviews import REVIEWS_SENSORS, FrigateReviewsSensor
from .server import SERVER_SENSORS, FrigateServerSensor, server_sensors
from .snoozed import SnoozedSensor, snoozable
from .storage import CameraStorageSensor, stored

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add all sensors, and those of cameras and parts that appear later."""
    runtime = entry.runtime_data
    add = partial(async_add_as_they_appear, runtime.server, async_add_entities)
    _async_add_stats_sensors(runtime.server, async_add_entities)
    add(faces_sensors, FrigateFacesSensor)
    add(people, FrigatePersonSensor)
    add(sightings, partial(SightingSensor, runtime.live, runtime.people))
    add(camera_sensors, partial(FrigateCameraSensor, runtime.commands))
    add(snoozable, lambda server, one: SnoozedSensor(runtime.snoozes, server, one))
    add(stored, partial(CameraStorageSensor, runtime.storage))
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


@callback
def _async_add_stats_sensors(
    server: ServerCoordinator, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of the server and of its parts, which only the stats tell of."""
    add = partial(async_add_and_remove, server, async_add_entities, of_server=True)
    add(
        {one.key for one in SERVER_SENSORS},
        server_sensors,
        FrigateServerSensor,
        evidence=Evidence(read_at=stats_read_at, is_conclusive=stats_are_settled),
    )
    add(
        {one.key for one in PART_SENSORS},
        part_sensors,
        FrigatePartSensor,
        evidence=Evidence(read_at=stats_read_at, is_kept=is_missing_for_the_moment),
        before_adding=PartRenaming(
            server, async_get_current_platform()
        ).async_take_over,
    )
