"""Sensors of downloads, disabled by default."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.sensor import (
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.typing import StateType

from ..coordinator.server import ServerCoordinator
from ..downloads.manager import DownloadManager
from ..entity.base import KeyedEntity
from ..inventory import server_device_info, server_unique_id


@dataclass(frozen=True, kw_only=True)
class DownloadSensorDescription(SensorEntityDescription):
    """A sensor of the download manager."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    entity_registry_enabled_default: bool = False
    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT
    value_fn: Callable[[DownloadManager], StateType]


DOWNLOAD_SENSORS: tuple[DownloadSensorDescription, ...] = (
    DownloadSensorDescription(
        key="active_downloads", value_fn=lambda downloads: downloads.active
    ),
    DownloadSensorDescription(
        key="download_progress",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=lambda downloads: downloads.percent,
    ),
)


class FrigateDownloadSensor(KeyedEntity, SensorEntity):
    """A sensor of the download manager, which is always available: it needs no server."""

    _attr_should_poll = False
    entity_description: DownloadSensorDescription

    def __init__(
        self,
        downloads: DownloadManager,
        server: ServerCoordinator,
        description: DownloadSensorDescription,
    ) -> None:
        """Initialize for a description."""
        self.entity_description = description
        self._downloads = downloads
        self._attr_translation_key = description.key
        self._attr_unique_id = server_unique_id(server.config_entry, description.key)
        self._attr_device_info = server_device_info(server)
        self._attr_native_value = description.value_fn(self._downloads)

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the download manager."""
        self.async_on_remove(self._downloads.async_add_listener(self._update))

    @callback
    def _update(self) -> None:
        value = self.entity_description.value_fn(self._downloads)
        if value != self._attr_native_value:
            self._attr_native_value = value
            self.async_write_ha_state()
