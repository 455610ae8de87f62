"""The sensor that tells until when a camera is snoozed."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.helpers.restore_state import ExtraStoredData, RestoreEntity
from homeassistant.util import dt as dt_util

from ..coordinator.server import ServerCoordinator
from ..entity.base import CameraEntity
from ..snoozes import Snoozes

SNOOZED_UNTIL = SensorEntityDescription(
    key="snoozed_until", device_class=SensorDeviceClass.TIMESTAMP
)


@dataclass(frozen=True, slots=True)
class _Stored(ExtraStoredData):
    """The data restored after a restart: the end, and the seconds until then."""

    until: str | None
    seconds_left: float

    @override
    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def snoozable(coordinator: ServerCoordinator) -> Iterator[tuple[str]]:
    """Yield every camera."""
    yield from ((camera,) for camera in coordinator.data.cameras)


class SnoozedSensor(CameraEntity, SensorEntity, RestoreEntity):
    """Until when a camera is snoozed; unknown while it is not.

    Frigate knows nothing of it, so it is available while Frigate is away.
    """

    # A camera may have other times in the future, and people rename entities.
    _attr_extra_state_attributes = {"kind": SNOOZED_UNTIL.key}
    _state_attrs = ("_attr_native_value",)

    def __init__(
        self, snoozes: Snoozes, coordinator: ServerCoordinator, camera: str
    ) -> None:
        """Initialize for a camera."""
        super().__init__(coordinator, SNOOZED_UNTIL, camera)
        self._snoozes = snoozes

    @property
    @override
    def extra_restore_state_data(self) -> _Stored:
        """Return the data to restore after a restart."""
        until = self._snoozes.until(self.camera)
        left = self._snoozes.seconds_left(self.camera)
        return _Stored(None if until is None else until.isoformat(), left)

    @override
    async def async_added_to_hass(self) -> None:
        """Restore the rest of the snooze."""
        if (stored := await self.async_get_last_extra_data()) is not None:
            found = stored.as_dict()
            until = dt_util.parse_datetime(str(found.get("until")))
            left = found.get("seconds_left")
            if until is not None and isinstance(left, float):
                self._snoozes.async_restore(self.camera, dt_util.as_utc(until), left)
        self.async_on_remove(
            self._snoozes.async_add_listener(
                self.camera, self._handle_coordinator_update
            )
        )
        await super().async_added_to_hass()

    @property
    @override
    def is_reachable(self) -> bool:
        """Return True, since it does not take Frigate to know it."""
        return True

    @override
    def _async_update_attrs(self) -> bool:
        self._attr_native_value = self._snoozes.until(self.camera)
        return self.camera_config is not None
