"""Sensors of exports, disabled by default."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory
from homeassistant.helpers.typing import StateType

from ..aiofrigate import Capabilities
from ..coordinator.exports import ExportsCoordinator, ExportsData
from ..coordinator.server import ServerCoordinator
from ..entity.base import ServerEntity


@dataclass(frozen=True, kw_only=True)
class ExportsSensorDescription(SensorEntityDescription):
    """A sensor of the exports."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    entity_registry_enabled_default: bool = False
    value_fn: Callable[[ExportsData], StateType | datetime]
    exists_fn: Callable[[Capabilities], bool | None] = lambda _capabilities: True


EXPORTS_SENSORS: tuple[ExportsSensorDescription, ...] = (
    ExportsSensorDescription(
        key="exports_in_progress",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data: data.in_progress,
    ),
    ExportsSensorDescription(
        key="exports",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data: len(data.exports),
    ),
    ExportsSensorDescription(
        key="last_export",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda data: data.last_finished,
    ),
    ExportsSensorDescription(
        key="export_progress",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data: data.progress and round(data.progress, 1),
        exists_fn=lambda capabilities: capabilities.has_export_jobs,
    ),
)


def exports_sensors(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[ExportsSensorDescription]]:
    """Yield the descriptions that this version of Frigate supports."""
    capabilities = coordinator.client.capabilities
    yield from ((one,) for one in EXPORTS_SENSORS if one.exists_fn(capabilities))


class FrigateExportsSensor(ServerEntity[ExportsCoordinator], SensorEntity):
    """A sensor of the exports."""

    entity_description: ExportsSensorDescription
    _state_attrs = ("_attr_native_value",)

    @override
    def _async_update_attrs(self) -> bool:
        # There is no data before the first response.
        data: ExportsData | None = self.coordinator.data
        if data is None:
            return False
        self._attr_native_value = self.entity_description.value_fn(data)
        return True
