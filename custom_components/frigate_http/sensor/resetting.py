"""Sensors of what was seen last, which reset to unknown after a configurable time."""

from abc import abstractmethod
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.restore_state import ExtraStoredData, RestoreEntity
from homeassistant.util import dt as dt_util

from ..aiofrigate import CameraConfig, ObjectClassified, Recognized
from ..const import CONF_RECOGNITION_SECONDS, DEFAULT_RECOGNITION_SECONDS
from ..coordinator.live import LiveCoordinator
from ..coordinator.server import ServerCoordinator
from ..entity.live import LiveEntity
from ..live.camera_state import CameraState
from ..live.topics import Topic


@dataclass(frozen=True, slots=True)
class _Shown(ExtraStoredData):
    """What is restored after a restart."""

    shown: str | None
    seen_at: float

    @override
    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class ResettingSensor(LiveEntity, SensorEntity, RestoreEntity):
    """What was seen last, until it is so long ago that it says nothing about now."""

    _state_attrs = ("_attr_native_value",)

    def __init__(
        self,
        live: LiveCoordinator,
        coordinator: ServerCoordinator,
        description: EntityDescription,
        camera: str,
        topic: Topic,
    ) -> None:
        """Initialize with the topic of what is shown."""
        super().__init__(live, coordinator, description, camera, topic)
        self._seconds: int = coordinator.config_entry.options.get(
            CONF_RECOGNITION_SECONDS, DEFAULT_RECOGNITION_SECONDS
        )
        self._last: Recognized | ObjectClassified | None = None
        self._seen_at = 0.0
        self._cancel_end: CALLBACK_TYPE | None = None

    @abstractmethod
    def _last_of(self, state: CameraState) -> Recognized | ObjectClassified | None:
        """Return what was seen last since the start."""

    @abstractmethod
    def _is_configured(self, config: CameraConfig) -> bool:
        """Return whether the camera still looks for it."""

    @property
    @override
    def extra_restore_state_data(self) -> _Shown:
        """Return the data to restore after a restart."""
        value = self._attr_native_value
        return _Shown(None if value is None else str(value), self._seen_at)

    @override
    async def async_added_to_hass(self) -> None:
        """Restore what was seen last for the rest of its time."""
        self.async_on_remove(self._drop_end)
        if (stored := await self.async_get_last_extra_data()) is not None:
            shown, seen_at = (stored.as_dict().get(key) for key in ("shown", "seen_at"))
            if isinstance(shown, str) and isinstance(seen_at, float):
                self._show(shown, seen_at)
        await super().async_added_to_hass()

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        last = self._last_of(state)
        # The same face on another object is a new recognition, which restarts the time.
        if last is not None and last is not self._last and last.shown is not None:
            self._last = last
            self._show(last.shown, dt_util.utcnow().timestamp())
        return self._is_configured(config)

    def _show(self, shown: str, seen_at: float) -> None:
        """Show what was seen until its time, counted from `seen_at`, is over."""
        left = seen_at + self._seconds - dt_util.utcnow().timestamp()
        if self._seconds and left <= 0:
            return
        self._drop_end()
        self._attr_native_value, self._seen_at = shown, seen_at
        if self._seconds:
            self._cancel_end = async_call_later(self.hass, left, self._end)

    @callback
    def _end(self, _now: datetime) -> None:
        self._cancel_end = None
        self._attr_native_value = None
        self.async_write_ha_state()

    @callback
    def _drop_end(self) -> None:
        if self._cancel_end is not None:
            self._cancel_end()
            self._cancel_end = None
