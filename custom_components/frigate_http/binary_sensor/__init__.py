"""Binary sensors: what is wrong, what is connected, what is running."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..aiofrigate import CameraConfig, CameraStats, Stats
from ..entity.base import CameraEntity, ServerEntity
from ..entity.dynamic import async_add_as_they_appear
from ..runtime import FrigateConfigEntry
from .live import async_add_live_binary_sensors

PARALLEL_UPDATES = 0

STALE_AFTER = 120.0
"""Age of the stats, in seconds, from which on Frigate has stopped to compute them."""


@dataclass(frozen=True, kw_only=True)
class ServerBinarySensorDescription(BinarySensorEntityDescription):
    """Something that is so or not so of the server."""

    is_on_fn: Callable[[Stats], bool | None]


@dataclass(frozen=True, kw_only=True)
class CameraBinarySensorDescription(BinarySensorEntityDescription):
    """Something that is so or not so of a camera."""

    is_on_fn: Callable[[CameraConfig, CameraStats], bool | None]


def _has_stream(camera: CameraConfig, stats: CameraStats) -> bool | None:
    if not camera.enabled or stats.camera_fps is None:
        return None
    return stats.camera_fps > 0


SERVER_BINARY_SENSORS: tuple[ServerBinarySensorDescription, ...] = (
    ServerBinarySensorDescription(
        key="stats_stale",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=lambda stats: None if stats.age is None else stats.age > STALE_AFTER,
    ),
)

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
        is_on_fn=lambda _camera, stats: stats.detection_enabled,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of the server and of every camera."""
    coordinator = entry.runtime_data.server
    async_add_entities(
        FrigateServerBinarySensor(coordinator, description)
        for description in SERVER_BINARY_SENSORS
    )
    async_add_as_they_appear(
        coordinator,
        async_add_entities,
        lambda coordinator: product(CAMERA_BINARY_SENSORS, coordinator.data.cameras),
        FrigateCameraBinarySensor,
    )
    async_add_live_binary_sensors(
        coordinator, entry.runtime_data.live, async_add_entities
    )


class FrigateServerBinarySensor(ServerEntity, BinarySensorEntity):
    """Something that is so or not so of the server."""

    entity_description: ServerBinarySensorDescription
    _state_attrs = ("_attr_is_on",)

    @override
    def _async_update_attrs(self) -> bool:
        if (stats := self.coordinator.data.stats) is None:
            return False
        self._attr_is_on = self.entity_description.is_on_fn(stats)
        return True


class FrigateCameraBinarySensor(CameraEntity, BinarySensorEntity):
    """Something that is so or not so of a camera."""

    entity_description: CameraBinarySensorDescription
    _state_attrs = ("_attr_is_on",)

    @override
    def _async_update_attrs(self) -> bool:
        if not self.is_told_of or (camera := self.camera_config) is None:
            return False
        stats = self.camera_stats
        self._attr_is_on = (
            None if stats is None else self.entity_description.is_on_fn(camera, stats)
        )
        return True
