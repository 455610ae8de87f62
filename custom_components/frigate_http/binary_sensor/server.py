"""Binary sensors of the server."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory

from ..aiofrigate import Stats
from ..entity.base import ServerEntity

STALE_AFTER = 120.0
"""Age of the statistics in seconds above which Frigate has stopped updating them."""


@dataclass(frozen=True, kw_only=True)
class ServerBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of the server."""

    is_on_fn: Callable[[Stats], bool | None]


SERVER_BINARY_SENSORS: tuple[ServerBinarySensorDescription, ...] = (
    ServerBinarySensorDescription(
        key="stats_stale",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=lambda stats: None if stats.age is None else stats.age > STALE_AFTER,
    ),
)


class FrigateServerBinarySensor(ServerEntity, BinarySensorEntity):
    """A binary sensor of the server."""

    entity_description: ServerBinarySensorDescription
    _state_attrs = ("_attr_is_on",)

    @override
    def _async_update_attrs(self) -> bool:
        if (stats := self.coordinator.data.stats) is None:
            return False
        self._attr_is_on = self.entity_description.is_on_fn(stats)
        return True
