"""The sensor that tells until when Frigate sends no notifications of a camera."""

from collections.abc import Iterator
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ..aiofrigate import CameraConfig
from ..coordinator.live import LiveCoordinator
from ..coordinator.server import ServerCoordinator
from ..dates import as_datetime
from ..entity.live import LiveEntity
from ..live.camera_state import CameraState
from ..live.topics import Kind, Topic

SUSPENDED_UNTIL = SensorEntityDescription(
    key="suspended_until",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_registry_enabled_default=False,
)


def notifying(coordinator: ServerCoordinator) -> Iterator[tuple[str]]:
    """Yield the cameras whose notifications the configuration turns on."""
    for name, camera in coordinator.data.cameras.items():
        if "notifications" in camera.switchable:
            yield (name,)


class SuspendedSensor(LiveEntity, SensorEntity):
    """Until when Frigate sends no notifications of a camera; unknown while it sends them.

    Frigate 0.17 does not tell that a suspension is over, so that our clock ends it.
    """

    _needs_push = True
    _state_attrs = ("_attr_native_value",)

    def __init__(
        self, live: LiveCoordinator, coordinator: ServerCoordinator, camera: str
    ) -> None:
        """Initialize for a camera."""
        topic = Topic(Kind.SUSPENSIONS, camera)
        super().__init__(live, coordinator, SUSPENDED_UNTIL, camera, topic)
        self._ends_at: float | None = None
        self._until: datetime | None = None
        self._cancel: CALLBACK_TYPE | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the suspensions, until the entity is removed."""
        self.async_on_remove(self._cancel_end)
        await super().async_added_to_hass()

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        if state.suspended_until != self._ends_at:
            self._ends_at = state.suspended_until
            self._set_until()
        is_past = self._until is None or self._until <= dt_util.utcnow()
        self._attr_native_value = None if is_past else self._until
        return "notifications" in config.switchable

    def _set_until(self) -> None:
        """Take the end over once, as what is known of the server's clock changes."""
        self._cancel_end()
        clock = self.coordinator.client.clock
        self._until = as_datetime(clock.ours(self._ends_at)) if self._ends_at else None
        if self._until is not None and self._until > dt_util.utcnow():
            self._cancel = async_track_point_in_utc_time(
                self.hass, self._end, self._until
            )

    @callback
    def _end(self, _now: datetime) -> None:
        self._handle_coordinator_update()

    @callback
    def _cancel_end(self) -> None:
        if self._cancel is not None:
            self._cancel()
