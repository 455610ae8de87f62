"""The base classes of all entities."""

from abc import abstractmethod
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from ..aiofrigate import CameraConfig, CameraStats
from ..const import LOGGER
from ..coordinator.on_demand import OnDemandCoordinator
from ..coordinator.server import ServerCoordinator
from ..inventory import (
    camera_device_info,
    camera_unique_id,
    server_device_info,
    server_unique_id,
)

_OBJECT_IDS = {
    "motion_contour_area": "contour_area",
    "motion_threshold": "threshold",
    "update": "server",
}
"""How entity ids name a key where the official integration has another word for it."""


class KeyedEntity(Entity):
    """An entity whose id is made of its key, and is the same in every language.

    Its name is translated, its id is not, so that it fits examples from anywhere, also
    those for the official integration.
    """

    _attr_has_entity_name = True
    _subject: tuple[str, ...] = ()
    """What stands in front of the key: a zone, a label, a part of the server."""

    @property
    @override
    def suggested_object_id(self) -> str | None:
        """Return what follows the device's name; None for the camera itself."""
        description: EntityDescription | None
        if (description := getattr(self, "entity_description", None)) is None:
            return None
        key = description.key
        return " ".join((*self._subject, _OBJECT_IDS.get(key, key)))


class FrigateEntity[
    CoordinatorT: ServerCoordinator | OnDemandCoordinator[Any] = ServerCoordinator
](KeyedEntity, CoordinatorEntity[CoordinatorT]):
    """An entity that writes its state only when one of its own attributes changed.

    Otherwise, each poll would write the state of every entity of every camera.
    """

    _state_attrs: tuple[str, ...] = ()
    """Names of the attributes that, together with availability, make up the state."""

    @abstractmethod
    def _async_update_attrs(self) -> bool:
        """Update attributes from the coordinator's data; return whether it has the values."""

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the coordinator and read its current data."""
        await super().async_added_to_hass()
        self._attr_available = self.is_reachable and self._async_update_attrs()

    @property
    def is_reachable(self) -> bool:
        """Return whether what tells the value of this entity is reachable."""
        return self.coordinator.last_update_success

    @property
    @override
    def available(self) -> bool:
        """Return whether the server is reachable and has a value for this entity."""
        return self._attr_available

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._async_write_if_changed()

    def _async_write_if_changed(self) -> bool:
        """Update, and write the state if it changed; return whether it did."""
        before, was_available = self._snapshot(), self._attr_available
        self._attr_available = self.is_reachable and self._async_update_attrs()
        if self._attr_available != was_available:
            self._log_availability()
        if has_changed := self._snapshot() != before:
            self.async_write_ha_state()
        return has_changed

    @property
    def unavailable_reason(self) -> str:
        """Return why the entity is unavailable, for the log."""
        if not self.is_reachable:
            return str(self.coordinator.last_exception)
        return "Frigate does not report it at the moment"

    def _log_availability(self) -> None:
        if self._attr_available:
            LOGGER.debug("%s is available again", self.entity_id)
        else:
            LOGGER.debug(
                "%s is unavailable: %s", self.entity_id, self.unavailable_reason
            )

    def _snapshot(self) -> tuple[object, ...]:
        return (
            self._attr_available,
            *(getattr(self, name) for name in self._state_attrs),
        )


class ServerEntity[
    CoordinatorT: ServerCoordinator | OnDemandCoordinator[Any] = ServerCoordinator
](FrigateEntity[CoordinatorT]):
    """An entity on the device of the server."""

    def __init__(
        self, coordinator: CoordinatorT, description: EntityDescription
    ) -> None:
        """Show what the description says."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_translation_key = description.key
        self._attr_unique_id = server_unique_id(
            coordinator.config_entry, description.key
        )
        self._attr_device_info = server_device_info(
            coordinator.server
            if isinstance(coordinator, OnDemandCoordinator)
            else coordinator
        )


class CameraEntity(FrigateEntity):
    """An entity on the device of a camera."""

    def __init__(
        self,
        coordinator: ServerCoordinator,
        description: EntityDescription | None,
        camera: str,
    ) -> None:
        """Show what the description says; without one, this is the camera itself."""
        super().__init__(coordinator)
        self.camera = camera
        self._attr_unique_id = camera_unique_id(coordinator.config_entry, camera)
        self._attr_device_info = camera_device_info(coordinator, camera)
        if description is not None:
            self.entity_description = description
            self._attr_translation_key = description.translation_key or description.key
            self._attr_unique_id += f":{description.key}"

    @property
    def camera_config(self) -> CameraConfig | None:
        """Return the camera's configuration, or None if it is gone."""
        return self.coordinator.data.cameras.get(self.camera)

    @property
    def is_reported(self) -> bool:
        """Return whether the camera is configured and there are statistics."""
        return (
            self.camera_config is not None and self.coordinator.data.stats is not None
        )

    @property
    def camera_stats(self) -> CameraStats | None:
        """Return the camera's stats, or None if there are none."""
        stats = self.coordinator.data.stats
        return None if stats is None else stats.cameras.get(self.camera)
