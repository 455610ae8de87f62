"""What the sensors show: a table for each thing that has sensors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfInformation,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.helpers.typing import StateType

from ..aiofrigate import CameraConfig, CameraStats, Capabilities, FaceLibrary, Stats

FPS = "fps"
RECORDINGS = "/media/frigate/recordings"
CONNECTION_QUALITIES = ("excellent", "fair", "poor", "unusable")


@dataclass(frozen=True, kw_only=True)
class HealthSensorDescription(SensorEntityDescription):
    """A figure that tells how something is doing; off unless people look at it."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    entity_registry_enabled_default: bool = False
    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT


@dataclass(frozen=True, kw_only=True)
class ServerSensorDescription(HealthSensorDescription):
    """A figure of the server as a whole."""

    value_fn: Callable[[Stats], StateType | datetime]
    exists_fn: Callable[[Stats], bool] = lambda _stats: True


@dataclass(frozen=True, kw_only=True)
class PartSensorDescription(HealthSensorDescription):
    """A figure of each part of a kind: every detector, GPU, file system."""

    parts_fn: Callable[[Stats], Mapping[str, Any]]
    value_fn: Callable[[Any], StateType]
    exists_fn: Callable[[str], bool] = lambda _part: True
    on_for: tuple[str, ...] = ()
    """Parts for which this is on by default though it is off for others."""


@dataclass(frozen=True, kw_only=True)
class FacesSensorDescription(SensorEntityDescription):
    """A figure of the library of faces."""

    value_fn: Callable[[FaceLibrary], StateType]


@dataclass(frozen=True, kw_only=True)
class CameraSensorDescription(HealthSensorDescription):
    """A figure of a camera."""

    value_fn: Callable[[CameraStats], StateType]
    choices: tuple[str, ...] = ()
    """What an enum may be. The list in `options` would make this unhashable."""
    exists_fn: Callable[[CameraConfig, Capabilities], bool | None] = (
        lambda _camera, _capabilities: True
    )


def _started_at(stats: Stats) -> datetime | None:
    if stats.last_updated is None or stats.uptime is None:
        return None
    try:
        return datetime.fromtimestamp(stats.last_updated - stats.uptime, UTC)
    except ValueError, OverflowError, OSError:
        # No time that a calendar has.
        return None


def _connection_quality(camera: CameraStats) -> str | None:
    # A word that a later version may bring is no option of the sensor.
    quality = camera.connection_quality
    return quality if quality in CONNECTION_QUALITIES else None


def _has_connection_stats(
    _camera: CameraConfig, capabilities: Capabilities
) -> bool | None:
    return capabilities.has_connection_stats


def _has_audio(camera: CameraConfig, _capabilities: Capabilities) -> bool:
    return camera.audio_enabled


def _fps(key: str, *, on: bool = False) -> dict[str, Any]:
    """Return what the sensors of a rate have in common."""
    return {
        "key": key,
        "native_unit_of_measurement": FPS,
        "suggested_display_precision": 1,
        "entity_registry_enabled_default": on,
    }


def _percent(key: str, *, on: bool = False) -> dict[str, Any]:
    """Return what the sensors of a share have in common."""
    return {
        "key": key,
        "native_unit_of_measurement": PERCENTAGE,
        "suggested_display_precision": 1,
        "entity_registry_enabled_default": on,
    }


def _milliseconds(key: str, *, on: bool = False) -> dict[str, Any]:
    """Return what the sensors of a speed have in common."""
    return {
        "key": key,
        "device_class": SensorDeviceClass.DURATION,
        "native_unit_of_measurement": UnitOfTime.MILLISECONDS,
        "suggested_display_precision": 1,
        "entity_registry_enabled_default": on,
    }


def _storage(key: str) -> dict[str, Any]:
    """Return what the sensors of an amount of storage have in common."""
    return {
        "key": key,
        "device_class": SensorDeviceClass.DATA_SIZE,
        "native_unit_of_measurement": UnitOfInformation.MEBIBYTES,
        "suggested_unit_of_measurement": UnitOfInformation.GIBIBYTES,
        "suggested_display_precision": 1,
        "parts_fn": lambda stats: stats.storage,
    }


def _celsius(key: str) -> dict[str, Any]:
    """Return what the sensors of a temperature have in common."""
    return {
        "key": key,
        "device_class": SensorDeviceClass.TEMPERATURE,
        "native_unit_of_measurement": UnitOfTemperature.CELSIUS,
        "suggested_display_precision": 1,
    }


def _embeddings_speed(key: str) -> ServerSensorDescription:
    """Return the sensor of one kind of embedding, as the server names it."""
    return ServerSensorDescription(
        **_milliseconds(key),
        value_fn=lambda stats: stats.embeddings.get(key),
        exists_fn=lambda stats: key in stats.embeddings,
    )


SERVER_SENSORS: tuple[ServerSensorDescription, ...] = (
    ServerSensorDescription(
        **_fps("detection_fps", on=True), value_fn=lambda stats: stats.detection_fps
    ),
    ServerSensorDescription(
        key="uptime",
        device_class=SensorDeviceClass.UPTIME,
        entity_registry_enabled_default=True,
        state_class=None,
        value_fn=_started_at,
    ),
    ServerSensorDescription(
        **_fps("camera_fps"), value_fn=lambda stats: stats.camera_fps
    ),
    ServerSensorDescription(
        **_fps("process_fps"), value_fn=lambda stats: stats.process_fps
    ),
    ServerSensorDescription(
        **_fps("skipped_fps"), value_fn=lambda stats: stats.skipped_fps
    ),
    ServerSensorDescription(
        **_percent("system_cpu_usage"), value_fn=lambda stats: stats.system.cpu
    ),
    ServerSensorDescription(
        **_percent("system_memory_usage"), value_fn=lambda stats: stats.system.memory
    ),
    _embeddings_speed("face_recognition_speed"),
    _embeddings_speed("plate_recognition_speed"),
    _embeddings_speed("image_embedding_speed"),
    _embeddings_speed("text_embedding_speed"),
)

PART_SENSORS: tuple[PartSensorDescription, ...] = (
    PartSensorDescription(
        **_milliseconds("inference_speed", on=True),
        parts_fn=lambda stats: stats.detectors,
        value_fn=lambda detector: detector.inference_speed,
    ),
    PartSensorDescription(
        **_percent("storage_usage", on=True),
        parts_fn=lambda stats: stats.storage,
        value_fn=lambda storage: storage.used_percent,
        exists_fn=lambda mount: mount == RECORDINGS,
    ),
    PartSensorDescription(
        **_storage("storage_free"),
        value_fn=lambda storage: storage.free,
        on_for=(RECORDINGS,),
    ),
    PartSensorDescription(
        **_storage("storage_used"), value_fn=lambda storage: storage.used
    ),
    PartSensorDescription(
        **_storage("storage_total"), value_fn=lambda storage: storage.total
    ),
    PartSensorDescription(
        **_percent("gpu_load"),
        parts_fn=lambda stats: stats.gpus,
        value_fn=lambda gpu: gpu.load,
    ),
    PartSensorDescription(
        **_percent("gpu_memory"),
        parts_fn=lambda stats: stats.gpus,
        value_fn=lambda gpu: gpu.memory,
    ),
    PartSensorDescription(
        **_percent("gpu_encoder"),
        parts_fn=lambda stats: stats.gpus,
        value_fn=lambda gpu: gpu.encoder,
    ),
    PartSensorDescription(
        **_percent("gpu_decoder"),
        parts_fn=lambda stats: stats.gpus,
        value_fn=lambda gpu: gpu.decoder,
    ),
    PartSensorDescription(
        **_celsius("gpu_temperature"),
        parts_fn=lambda stats: {
            name: gpu for name, gpu in stats.gpus.items() if gpu.temperature is not None
        },
        value_fn=lambda gpu: gpu.temperature,
    ),
    PartSensorDescription(
        **_percent("npu_load"),
        parts_fn=lambda stats: stats.npus,
        value_fn=lambda npu: npu.load,
    ),
    PartSensorDescription(
        **_percent("npu_memory"),
        parts_fn=lambda stats: stats.npus,
        value_fn=lambda npu: npu.memory,
    ),
    PartSensorDescription(
        **_celsius("temperature"),
        parts_fn=lambda stats: stats.temperatures,
        value_fn=lambda temperature: temperature,
    ),
)

FACES_SENSORS: tuple[FacesSensorDescription, ...] = (
    FacesSensorDescription(
        key="known_faces",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda faces: len(faces.people),
    ),
    FacesSensorDescription(
        key="faces_to_train",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda faces: len(faces.train),
    ),
)

PERSON_SENSOR = SensorEntityDescription(
    key="face_images", state_class=SensorStateClass.MEASUREMENT
)

CAMERA_SENSORS: tuple[CameraSensorDescription, ...] = (
    CameraSensorDescription(
        key="connection_quality",
        device_class=SensorDeviceClass.ENUM,
        entity_registry_enabled_default=True,
        choices=CONNECTION_QUALITIES,
        state_class=None,
        value_fn=_connection_quality,
        exists_fn=_has_connection_stats,
    ),
    CameraSensorDescription(
        **_fps("camera_fps"), value_fn=lambda camera: camera.camera_fps
    ),
    CameraSensorDescription(
        **_fps("process_fps"), value_fn=lambda camera: camera.process_fps
    ),
    CameraSensorDescription(
        **_fps("skipped_fps"), value_fn=lambda camera: camera.skipped_fps
    ),
    CameraSensorDescription(
        **_fps("detection_fps"), value_fn=lambda camera: camera.detection_fps
    ),
    CameraSensorDescription(
        **_percent("ffmpeg_cpu_usage"), value_fn=lambda camera: camera.ffmpeg.cpu
    ),
    CameraSensorDescription(
        **_percent("ffmpeg_memory_usage"), value_fn=lambda camera: camera.ffmpeg.memory
    ),
    CameraSensorDescription(
        **_percent("capture_cpu_usage"), value_fn=lambda camera: camera.capture.cpu
    ),
    CameraSensorDescription(
        **_percent("capture_memory_usage"),
        value_fn=lambda camera: camera.capture.memory,
    ),
    CameraSensorDescription(
        **_percent("detect_cpu_usage"), value_fn=lambda camera: camera.detect.cpu
    ),
    CameraSensorDescription(
        **_percent("detect_memory_usage"), value_fn=lambda camera: camera.detect.memory
    ),
    CameraSensorDescription(
        **_fps("expected_fps"),
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
        # dBFS is not dB: the device class for sound pressure does not fit.
        key="sound_level",
        entity_category=None,
        native_unit_of_measurement="dBFS",
        suggested_display_precision=1,
        value_fn=lambda camera: camera.audio_dbfs,
        exists_fn=_has_audio,
    ),
    CameraSensorDescription(
        key="sound_rms",
        entity_category=None,
        suggested_display_precision=1,
        value_fn=lambda camera: camera.audio_rms,
        exists_fn=_has_audio,
    ),
)
