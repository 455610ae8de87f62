"""What the sensors of the server, its parts and its cameras have in common."""

from dataclasses import dataclass
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime

FPS = "fps"


@dataclass(frozen=True, kw_only=True)
class HealthSensorDescription(SensorEntityDescription):
    """A figure that tells how something is doing; off unless people look at it."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    entity_registry_enabled_default: bool = False
    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT
    decimals: int = 1

    def rounded[T](self, value: T) -> T | float:
        """Return a value as it is kept: a float would differ a little at every poll."""
        if not isinstance(value, float):
            return value
        # Without the sum, a little below zero would become -0.0.
        return round(value, self.decimals) + 0.0


def fps(key: str, *, on: bool = False) -> dict[str, Any]:
    """Return what the sensors of a rate have in common."""
    return {
        "key": key,
        "native_unit_of_measurement": FPS,
        "suggested_display_precision": 1,
        "entity_registry_enabled_default": on,
    }


def percent(key: str, *, on: bool = False) -> dict[str, Any]:
    """Return what the sensors of a share have in common."""
    return {
        "key": key,
        "native_unit_of_measurement": PERCENTAGE,
        "suggested_display_precision": 1,
        "entity_registry_enabled_default": on,
    }


def milliseconds(key: str, *, on: bool = False) -> dict[str, Any]:
    """Return what the sensors of a speed have in common."""
    return {
        "key": key,
        "device_class": SensorDeviceClass.DURATION,
        "native_unit_of_measurement": UnitOfTime.MILLISECONDS,
        "suggested_display_precision": 1,
        "entity_registry_enabled_default": on,
    }
