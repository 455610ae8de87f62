"""Sensors with statistics of the whole server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.const import UnitOfTime
from homeassistant.helpers.typing import StateType

from ..aiofrigate import Stats
from ..coordinator.server import ServerCoordinator
from ..dates import as_datetime
from ..entity.base import ServerEntity
from .base import HealthSensorDescription, fps, has_official_unit, milliseconds, percent


@dataclass(frozen=True, kw_only=True)
class ServerSensorDescription(HealthSensorDescription):
    """A statistic of the whole server."""

    value_fn: Callable[[Stats], StateType | datetime]
    exists_fn: Callable[[Stats], bool] = lambda _stats: True


def _started_at(stats: Stats) -> datetime | None:
    if stats.last_updated is None or stats.uptime is None:
        return None
    return as_datetime(stats.last_updated - stats.uptime)


def _embeddings_speed(key: str) -> ServerSensorDescription:
    """Return the description of the speed of one kind of embedding."""
    return ServerSensorDescription(
        **milliseconds(key),
        value_fn=lambda stats: stats.embeddings.get(key),
        exists_fn=lambda stats: key in stats.embeddings,
    )


UPTIME = ServerSensorDescription(
    key="uptime",
    device_class=SensorDeviceClass.UPTIME,
    entity_registry_enabled_default=True,
    state_class=None,
    value_fn=_started_at,
)
# The official integration has statistics of the seconds.
_OFFICIAL_UPTIME = ServerSensorDescription(
    key=UPTIME.key,
    device_class=SensorDeviceClass.DURATION,
    native_unit_of_measurement=UnitOfTime.SECONDS,
    value_fn=lambda stats: stats.uptime,
)
SERVER_SENSORS: tuple[ServerSensorDescription, ...] = (
    ServerSensorDescription(
        **fps("detection_fps", on=True), value_fn=lambda stats: stats.detection_fps
    ),
    UPTIME,
    ServerSensorDescription(
        **fps("camera_fps"), value_fn=lambda stats: stats.camera_fps
    ),
    ServerSensorDescription(
        **fps("process_fps"), value_fn=lambda stats: stats.process_fps
    ),
    ServerSensorDescription(
        **fps("skipped_fps"), value_fn=lambda stats: stats.skipped_fps
    ),
    ServerSensorDescription(
        **percent("system_cpu_usage"), value_fn=lambda stats: stats.system.cpu
    ),
    ServerSensorDescription(
        **percent("system_memory_usage"), value_fn=lambda stats: stats.system.memory
    ),
    _embeddings_speed("face_recognition_speed"),
    _embeddings_speed("plate_recognition_speed"),
    _embeddings_speed("image_embedding_speed"),
    _embeddings_speed("text_embedding_speed"),
)


def server_sensors(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[ServerSensorDescription]]:
    """Yield the descriptions that the server has values for."""
    if (stats := coordinator.data.stats) is not None:
        yield from ((one,) for one in SERVER_SENSORS if one.exists_fn(stats))


class FrigateServerSensor(ServerEntity, SensorEntity):
    """A statistic of the whole server."""

    entity_description: ServerSensorDescription
    # The computed start time drifts by a second; the device class keeps the state stable.
    _state_attrs = ("state",)

    def __init__(
        self, coordinator: ServerCoordinator, description: ServerSensorDescription
    ) -> None:
        """Initialize for a server."""
        super().__init__(coordinator, description)
        if description is UPTIME and has_official_unit(
            coordinator, str(self.unique_id), None
        ):
            self.entity_description = _OFFICIAL_UPTIME

    @override
    def _async_update_attrs(self) -> bool:
        if (stats := self.coordinator.data.stats) is None:
            return False
        description = self.entity_description
        self._attr_native_value = description.rounded(description.value_fn(stats))
        return True
