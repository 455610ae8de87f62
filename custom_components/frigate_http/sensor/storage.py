"""Sensors that tell what the recordings of a camera take up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.const import UnitOfDataRate, UnitOfInformation

from ..aiofrigate import CameraStorage
from ..coordinator.server import ServerCoordinator
from ..coordinator.storage import StorageCoordinator
from ..entity.base import CameraEntity
from .base import HealthSensorDescription

_KIB_PER_SECOND = 1024 / 3600
"""KiB a second in a MiB an hour: no unit of Home Assistant is that small."""


@dataclass(frozen=True, kw_only=True)
class StorageSensorDescription(HealthSensorDescription):
    """A sensor with a figure of the storage of a camera."""

    value_fn: Callable[[CameraStorage], float | None]


def _bandwidth(storage: CameraStorage) -> float | None:
    found = storage.bandwidth
    return None if found is None else found * _KIB_PER_SECOND


STORAGE_SENSORS: tuple[StorageSensorDescription, ...] = (
    StorageSensorDescription(
        key="storage_used",
        # The parts of the server have a sensor with this key too.
        translation_key="camera_storage_used",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.MEBIBYTES,
        suggested_unit_of_measurement=UnitOfInformation.GIBIBYTES,
        suggested_display_precision=1,
        value_fn=lambda storage: storage.used,
    ),
    StorageSensorDescription(
        key="storage_bandwidth",
        device_class=SensorDeviceClass.DATA_RATE,
        native_unit_of_measurement=UnitOfDataRate.KIBIBYTES_PER_SECOND,
        suggested_display_precision=1,
        value_fn=_bandwidth,
    ),
)


def stored(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[StorageSensorDescription, str]]:
    """Yield the sensors of all cameras, if the account may read their storage."""
    if may_read_storage(coordinator):
        yield from product(STORAGE_SENSORS, coordinator.data.cameras)


def may_read_storage(coordinator: ServerCoordinator) -> bool:
    """Return whether the account may read what recordings take up."""
    needs_admin = coordinator.client.capabilities.lists_storage_for_administrators_only
    return coordinator.data.profile.is_admin or needs_admin is False


class CameraStorageSensor(CameraEntity, SensorEntity):
    """A figure of the storage of a camera, polled apart from its statistics."""

    entity_description: StorageSensorDescription
    _state_attrs = ("_attr_native_value",)

    def __init__(
        self,
        storage: StorageCoordinator,
        coordinator: ServerCoordinator,
        description: StorageSensorDescription,
        camera: str,
    ) -> None:
        """Initialize for a camera."""
        super().__init__(coordinator, description, camera)
        self._storage = storage

    @override
    async def async_added_to_hass(self) -> None:
        """Have Frigate asked for the storage."""
        self.async_on_remove(
            self._storage.async_add_listener(self._handle_coordinator_update)
        )
        await super().async_added_to_hass()

    @property
    @override
    def is_reachable(self) -> bool:
        """Return whether Frigate answers, also to the question for the storage."""
        return super().is_reachable and self._storage.last_update_success

    @property
    @override
    def unavailable_reason(self) -> str:
        """Return why the entity is unavailable, for the log."""
        if not self._storage.last_update_success:
            return str(self._storage.last_exception)
        return super().unavailable_reason

    @override
    def _async_update_attrs(self) -> bool:
        found = (self._storage.data or {}).get(self.camera)
        value = None if found is None else self.entity_description.value_fn(found)
        self._attr_native_value = self.entity_description.rounded(value)
        is_there = self.camera_config is not None
        return is_there and may_read_storage(self.coordinator)
