"""Binary sensors that tell whether the cameras record."""

from collections.abc import Iterator
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory

from ..commands import Commands
from ..coordinator.gaps import GapsCoordinator
from ..coordinator.server import ServerCoordinator
from ..entity.control import FeatureEntity

RECORDING_PROBLEM = BinarySensorEntityDescription(
    key="recording_problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


def always_recorded(coordinator: ServerCoordinator) -> Iterator[tuple[str]]:
    """Yield the cameras that are to record also when nothing happens."""
    for name, camera in coordinator.data.cameras.items():
        if camera.records_always:
            yield (name,)


class RecordingProblemSensor(FeatureEntity, BinarySensorEntity):
    """Whether Frigate gets pictures of a camera and has recorded none for 5 minutes.

    It is unknown while the camera or its recordings are off.
    """

    _features = ("enabled", "recordings")
    _state_attrs = ("_attr_is_on",)

    def __init__(
        self,
        gaps: GapsCoordinator,
        commands: Commands,
        coordinator: ServerCoordinator,
        camera: str,
    ) -> None:
        """Initialize for a camera."""
        super().__init__(commands, coordinator, RECORDING_PROBLEM, camera)
        self._gaps = gaps

    @override
    async def async_added_to_hass(self) -> None:
        """Have Frigate asked about the camera."""
        self.async_on_remove(
            self._gaps.async_add_listener(self._handle_coordinator_update, self.camera)
        )
        await super().async_added_to_hass()

    @property
    @override
    def is_reachable(self) -> bool:
        """Return whether Frigate answers, also to the question for recordings."""
        return super().is_reachable and self._gaps.last_update_success

    @property
    @override
    def unavailable_reason(self) -> str:
        """Return why the entity is unavailable, for the log."""
        if not self._gaps.last_update_success:
            return str(self._gaps.last_exception)
        return super().unavailable_reason

    @override
    def _async_update_attrs(self) -> bool:
        if (config := self.camera_config) is None or not config.records_always:
            return False
        self._attr_is_on = self._gaps.has_stopped(self.camera)
        return True
