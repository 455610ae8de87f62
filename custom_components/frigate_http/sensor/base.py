"""The base of the sensors with statistics of the server, its parts and its cameras."""

from dataclasses import dataclass
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, Platform, UnitOfTime
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er

from ..const import CONF_TAKEN_OVER, DOMAIN
from ..coordinator.server import ServerCoordinator

FPS = "fps"
SETTLED_AFTER = 120
"""Seconds of uptime until Frigate has measured everything that it can measure."""


@dataclass(frozen=True, kw_only=True)
class HealthSensorDescription(SensorEntityDescription):
    """A diagnostic measurement, disabled by default."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    entity_registry_enabled_default: bool = False
    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT
    decimals: int = 1

    def rounded[T](self, value: T) -> T | float:
        """Return a value rounded, because unrounded floats would change with every poll."""
        if not isinstance(value, float):
            return value
        # Adding zero turns -0.0 into 0.0.
        return round(value, self.decimals) + 0.0


def stats_read_at(coordinator: ServerCoordinator) -> tuple[float, ...]:
    """Return when the configuration and the stats were read; both change for a new look."""
    stats = coordinator.data.stats
    updated = None if stats is None else stats.last_updated
    return (coordinator.config_read_at, updated or 0.0)


def stats_are_settled(coordinator: ServerCoordinator) -> bool:
    """Return whether what the stats lack is not only still to be measured."""
    stats = coordinator.data.stats
    uptime = None if stats is None else stats.uptime
    return uptime is not None and uptime >= SETTLED_AFTER


@callback
def has_official_unit(
    coordinator: ServerCoordinator, unique_id: str, own_unit: str | None
) -> bool:
    """Return whether a sensor was taken over with a unit that is not ours.

    It has to keep that unit, as its statistics would stop. Sensors that are new later get
    it too, to be like the others.
    """
    registry = er.async_get(coordinator.hass)
    entity_id = registry.async_get_entity_id(Platform.SENSOR, DOMAIN, unique_id)
    if entity_id is None or (row := registry.async_get(entity_id)) is None:
        return bool(coordinator.config_entry.data.get(CONF_TAKEN_OVER))
    return row.unit_of_measurement not in (None, own_unit)


def fps(key: str, *, on: bool = False) -> dict[str, Any]:
    """Return the common fields of frame rate sensors."""
    return {
        "key": key,
        "native_unit_of_measurement": FPS,
        "suggested_display_precision": 1,
        "entity_registry_enabled_default": on,
    }


def percent(key: str, *, on: bool = False) -> dict[str, Any]:
    """Return the common fields of percentage sensors."""
    return {
        "key": key,
        "native_unit_of_measurement": PERCENTAGE,
        "suggested_display_precision": 1,
        "entity_registry_enabled_default": on,
    }


def milliseconds(key: str, *, on: bool = False) -> dict[str, Any]:
    """Return the common fields of sensors in milliseconds."""
    return {
        "key": key,
        "device_class": SensorDeviceClass.DURATION,
        "native_unit_of_measurement": UnitOfTime.MILLISECONDS,
        "suggested_display_precision": 1,
        "entity_registry_enabled_default": on,
    }
