"""Sensors with statistics of each camera."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.const import UnitOfSoundPressure
from homeassistant.helpers.typing import StateType

from ..aiofrigate import CameraStats, Capabilities
from ..commands import Commands
from ..coordinator.server import ServerCoordinator
from ..entity.control import FeatureEntity
from .base import HealthSensorDescription, fps, has_official_unit, percent

AUDIO = "audio"
SOUND_LEVEL = "sound_level"
DBFS = "dBFS"
CONNECTION_QUALITIES = ("excellent", "fair", "poor", "unusable")


@dataclass(frozen=True, kw_only=True)
class CameraSensorDescription(HealthSensorDescription):
    """A sensor with a statistic of a camera."""

    value_fn: Callable[[CameraStats], StateType]
    choices: tuple[str, ...] = ()
    """The options of an enum, as a tuple: the list in `options` would make this unhashable."""
    feature: str | None = None
    """A feature, without which there is no such statistic."""
    exists_fn: Callable[[Capabilities], bool | None] = lambda _capabilities: True


def _connection_quality(camera: CameraStats) -> str | None:
    # A later version of Frigate may send a value that is not among the options.
    quality = camera.connection_quality
    return quality if quality in CONNECTION_QUALITIES else None


def _has_connection_stats(capabilities: Capabilities) -> bool | None:
    return capabilities.has_connection_stats


CAMERA_SENSORS: tuple[CameraSensorDescription, ...] = (
    CameraSensorDescription(
        key="connection_quality",
        device_class=SensorDeviceClass.ENUM,
        choices=CONNECTION_QUALITIES,
        state_class=None,
        value_fn=_connection_quality,
        exists_fn=_has_connection_stats,
    ),
    CameraSensorDescription(
        **fps("camera_fps"), value_fn=lambda camera: camera.camera_fps
    ),
    CameraSensorDescription(
        **fps("process_fps"), value_fn=lambda camera: camera.process_fps
    ),
    CameraSensorDescription(
        **fps("skipped_fps"), value_fn=lambda camera: camera.skipped_fps
    ),
    CameraSensorDescription(
        **fps("detection_fps"), value_fn=lambda camera: camera.detection_fps
    ),
    CameraSensorDescription(
        **percent("ffmpeg_cpu_usage"), value_fn=lambda camera: camera.ffmpeg.cpu
    ),
    CameraSensorDescription(
        **percent("ffmpeg_memory_usage"), value_fn=lambda camera: camera.ffmpeg.memory
    ),
    CameraSensorDescription(
        **percent("capture_cpu_usage"), value_fn=lambda camera: camera.capture.cpu
    ),
    CameraSensorDescription(
        **percent("capture_memory_usage"),
        value_fn=lambda camera: camera.capture.memory,
    ),
    CameraSensorDescription(
        **percent("detect_cpu_usage"), value_fn=lambda camera: camera.detect.cpu
    ),
    CameraSensorDescription(
        **percent("detect_memory_usage"), value_fn=lambda camera: camera.detect.memory
    ),
    CameraSensorDescription(
        **fps("expected_fps"),
        value_fn=lambda camera: camera.expected_fps,
        exists_fn=_has_connection_stats,
    ),
    CameraSensorDescription(
        key="reconnects_last_hour",
        value_fn=lambda camera: camera.reconnects_last_hour,
        exists_fn=_has_connection_stats,
    ),
    CameraSensorDescription(
        key="stalls_last_hour",
        value_fn=lambda camera: camera.stalls_last_hour,
        exists_fn=_has_connection_stats,
    ),
    CameraSensorDescription(
        # The level is in dBFS, which the device class for sound pressure does not allow.
        key=SOUND_LEVEL,
        entity_category=None,
        native_unit_of_measurement=DBFS,
        suggested_display_precision=1,
        value_fn=lambda camera: camera.audio_dbfs,
        feature=AUDIO,
    ),
    CameraSensorDescription(
        key="sound_rms",
        entity_category=None,
        suggested_display_precision=1,
        value_fn=lambda camera: camera.audio_rms,
        feature=AUDIO,
    ),
)


def camera_sensors(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[CameraSensorDescription, str]]:
    """Yield the description and camera of each sensor that exists."""
    if coordinator.data.stats is None:
        return
    for name, camera in coordinator.data.cameras.items():
        for one in CAMERA_SENSORS:
            # It may be off at the moment, and on again without a new configuration.
            can_be_on = one.feature is None or one.feature in camera.switchable
            if can_be_on and one.exists_fn(coordinator.client.capabilities):
                yield one, name


class FrigateCameraSensor(FeatureEntity, SensorEntity):
    """A sensor with a statistic of a camera."""

    entity_description: CameraSensorDescription
    _state_attrs = ("_attr_native_value",)

    def __init__(
        self,
        commands: Commands,
        coordinator: ServerCoordinator,
        description: CameraSensorDescription,
        camera: str,
    ) -> None:
        """Initialize for a camera."""
        super().__init__(commands, coordinator, description, camera)
        if description.feature is not None:
            self._features = (description.feature,)
        if description.choices:
            self._attr_options = list(description.choices)
        if description.key == SOUND_LEVEL and has_official_unit(
            coordinator, str(self.unique_id), DBFS
        ):
            self._attr_device_class = SensorDeviceClass.SOUND_PRESSURE
            self._attr_native_unit_of_measurement = UnitOfSoundPressure.DECIBEL

    @override
    def _async_update_attrs(self) -> bool:
        if not self.is_reported:
            return False
        stats, description = self.camera_stats, self.entity_description
        self._attr_native_value = (
            description.rounded(description.value_fn(stats))
            if stats is not None and self._is_supported
            else None
        )
        return True

    @property
    def _is_supported(self) -> bool:
        """Return whether the statistic applies: sound levels need audio detection."""
        is_on = all(self.feature_value(one) is True for one in self._features)
        capabilities = self.coordinator.client.capabilities
        return is_on and bool(self.entity_description.exists_fn(capabilities))
