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

from ..aiofrigate import CameraStats
from ..commands import Commands
from ..coordinator.server import ServerCoordinator
from ..entity.control import FeatureEntity


@dataclass(frozen=True, kw_only=True)
class CameraBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a camera."""

    is_on_fn: Callable[[CameraStats], bool | None]
    feature: str | None = None
    """A feature, without which it is unknown."""


def _has_stream(stats: CameraStats) -> bool | None:
    return None if stats.camera_fps is None else stats.camera_fps > 0


CAMERA_BINARY_SENSORS: tuple[CameraBinarySensorDescription, ...] = (
    CameraBinarySensorDescription(
        key="stream",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=_has_stream,
        # Frigate keeps reporting the last rate of a camera that is switched off.
        feature="enabled",
    ),
    CameraBinarySensorDescription(
        key="detector_process",
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_on_fn=lambda stats: stats.detection_enabled,
    ),
)


def camera_binary_sensors(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[CameraBinarySensorDescription, str]]:
    """Yield the description and camera of each binary sensor."""
    yield from product(CAMERA_BINARY_SENSORS, coordinator.data.cameras)


class FrigateCameraBinarySensor(FeatureEntity, BinarySensorEntity):
    """A binary sensor of a camera."""

    entity_description: CameraBinarySensorDescription
    _state_attrs = ("_attr_is_on",)

    def __init__(
        self,
        commands: Commands,
        coordinator: ServerCoordinator,
        description: CameraBinarySensorDescription,
        camera: str,
    ) -> None:
        """Initialize for a camera."""
        super().__init__(commands, coordinator, description, camera)
        if description.feature is not None:
            self._features = (description.feature,)

    @override
    def _async_update_attrs(self) -> bool:
        if not self.is_reported:
            return False
        stats = self.camera_stats
        is_off = any(self.feature_value(one) is False for one in self._features)
        self._attr_is_on = (
            None if stats is None or is_off else self.entity_description.is_on_fn(stats)
        )
        return True
