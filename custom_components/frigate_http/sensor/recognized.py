"""Sensors of the last recognized face and license plate."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.restore_state import ExtraStoredData, RestoreEntity
from homeassistant.util import dt as dt_util

from ..aiofrigate import CameraConfig, Recognized
from ..const import CONF_RECOGNITION_SECONDS, DEFAULT_RECOGNITION_SECONDS
from ..coordinator.live import LiveCoordinator
from ..coordinator.server import ServerCoordinator
from ..entity.live import LiveEntity
from ..live.camera_state import CameraState
from ..live.topics import Kind, Topic


@dataclass(frozen=True, kw_only=True)
class RecognizedSensorDescription(SensorEntityDescription):
    """A kind of recognition of a camera."""

    kind: Kind
    exists_fn: Callable[[CameraConfig], bool]
    last_fn: Callable[[CameraState], Recognized | None]


RECOGNIZED_SENSORS: tuple[RecognizedSensorDescription, ...] = (
    RecognizedSensorDescription(
        key="last_recognized_face",
        kind=Kind.FACES,
        exists_fn=lambda camera: camera.recognizes_faces,
        last_fn=lambda state: state.face,
    ),
    RecognizedSensorDescription(
        key="last_recognized_plate",
        kind=Kind.PLATES,
        exists_fn=lambda camera: camera.reads_plates,
        last_fn=lambda state: state.plate,
    ),
)


def recognizing(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[RecognizedSensorDescription, str]]:
    """Yield the description and camera of each sensor that exists."""
    for name, camera in coordinator.data.cameras.items():
        for description in RECOGNIZED_SENSORS:
            if description.exists_fn(camera):
                yield description, name


@dataclass(frozen=True, slots=True)
class _Shown(ExtraStoredData):
    """The data restored after a restart: the recognition and its time."""

    shown: str | None
    seen_at: float

    @override
    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class RecognizedSensor(LiveEntity, SensorEntity, RestoreEntity):
    """The last recognition, which resets to unknown after a configurable time.

    While it is polled, an object counts as recognized once, and not anew as long as it
    stays.
    """

    entity_description: RecognizedSensorDescription
    _state_attrs = ("_attr_native_value",)

    def __init__(
        self,
        live: LiveCoordinator,
        coordinator: ServerCoordinator,
        description: RecognizedSensorDescription,
        camera: str,
    ) -> None:
        """Initialize for a camera."""
        topic = Topic(description.kind, camera)
        super().__init__(live, coordinator, description, camera, topic)
        self._seconds: int = coordinator.config_entry.options.get(
            CONF_RECOGNITION_SECONDS, DEFAULT_RECOGNITION_SECONDS
        )
        self._last: Recognized | None = None
        self._seen_at = 0.0
        self._cancel_end: CALLBACK_TYPE | None = None

    @property
    @override
    def extra_restore_state_data(self) -> _Shown:
        """Return the data to restore after a restart."""
        value = self._attr_native_value
        return _Shown(None if value is None else str(value), self._seen_at)

    @override
    async def async_added_to_hass(self) -> None:
        """Restore the last recognition for the rest of its time."""
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
        last = self.entity_description.last_fn(state)
        # The same face on another object is a new recognition, which restarts the time.
        if last is not None and last is not self._last and last.shown is not None:
            self._last = last
            self._show(last.shown, dt_util.utcnow().timestamp())
        return self.entity_description.exists_fn(config)

    def _show(self, shown: str, seen_at: float) -> None:
        """Show a recognition until its time, counted from `seen_at`, is over."""
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
