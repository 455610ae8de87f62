"""Binary sensors with statistics of each camera."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory

from ..aiofrigate import CameraConfig, CameraStats
from ..coordinator.server import ServerCoordinator
from ..entity.base import CameraEntity


@dataclass(frozen=True, kw_only=True)
class CameraBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a camera."""

    is_on_fn: Callable[[CameraConfig, CameraStats], bool | None]


def _has_stream(camera: CameraConfig, stats: CameraStats) -> bool | None:
    if not camera.enabled or stats.camera_fps is None:
        return None
    return stats.camera_fps > 0


CAMERA_BINARY_SENSORS: tuple[CameraBinarySensorDescription, ...] = (
    CameraBinarySensorDescription(
        key="stream",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=_has_stream,
    ),
    CameraBinarySensorDescription(
        key="detector_process",
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_on_fn=lambda _camera, stats: stats.detection_enabled,
    ),
)


def camera_binary_sensors(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[CameraBinarySensorDescription, str]]:
    """Yield the description and camera of each binary sensor."""
    yield from product(CAMERA_BINARY_SENSORS, coordinator.data.cameras)


class FrigateCameraBinarySensor(CameraEntity, BinarySensorEntity):
    """A binary sensor of a camera."""

    entity_description: CameraBinarySensorDescription
    _state_attrs = ("_attr_is_on",)

    @override
    def _async_update_attrs(self) -> bool:
        if not self.is_reported or (camera := self.camera_config) is None:
            return False
        stats = self.camera_stats
        self._attr_is_on = (
            None if stats is None else self.entity_description.is_on_fn(camera, stats)
        )
        return True
