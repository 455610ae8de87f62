"""Models of `/api/stats`, the same for all versions of Frigate.

CPU, GPU and memory are in percent, inference and embedding speeds in milliseconds,
storage in MiB, temperatures in °C, and rates in frames per second. A value is None if
the server does not send it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from .models import Version
from .parsing import (
    as_bool,
    as_dict,
    as_float,
    as_int,
    as_items,
    as_name,
    as_timestamp,
    unusable_names,
)

_NAMES = (
    "cameras",
    "detectors",
    "gpu_usages",
    "npu_usages",
    "embeddings",
    "service.storage",
    "service.temperatures",
)

_GPU_ERROR = "error-gpu"
"""What 0.17 lists instead of a GPU that it cannot read."""


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU and memory usage of a process, in percent."""

    cpu: float | None = None
    memory: float | None = None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"cpu": "1.5", "mem": "0.6"}`."""
        return cls(as_float(data.get("cpu")), as_float(data.get("mem")))


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStats:
    """Stats of one camera."""

    camera_fps: float | None
    process_fps: float | None
    skipped_fps: float | None
    detection_fps: float | None
    detection_enabled: bool | None
    audio_rms: float | None
    audio_dbfs: float | None
    """Audio level in dBFS; None also for silence, which has no level."""
    ffmpeg: Usage
    capture: Usage
    detect: Usage
    connection_quality: str | None
    """`excellent`, `fair`, `poor` or `unusable`; since 0.18, as all that follow."""
    expected_fps: float | None
    reconnects_last_hour: int | None
    stalls_last_hour: int | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any], usages: Mapping[str, Any]) -> Self:
        """Read one item of `cameras`, and its processes from `cpu_usages`."""

        def usage(pid_key: str, cpu_key: str) -> Usage:
            # 0.18 sends the CPU usage with the camera, 0.17 only by process id.
            by_pid = Usage.from_api(as_dict(usages.get(str(as_int(data.get(pid_key))))))
            own = as_float(data.get(cpu_key))
            return Usage(by_pid.cpu if own is None else own, by_pid.memory)

        return cls(
            camera_fps=as_float(data.get("camera_fps")),
            process_fps=as_float(data.get("process_fps")),
            skipped_fps=as_float(data.get("skipped_fps")),
            detection_fps=as_float(data.get("detection_fps")),
            detection_enabled=as_bool(data.get("detection_enabled")),
            audio_rms=as_float(data.get("audio_rms")),
            # Frigate sends 0 for silence, but 0 dBFS is the highest possible level.
            audio_dbfs=as_float(data.get("audio_dBFS")) or None,
            ffmpeg=usage("ffmpeg_pid", "ffmpeg_cpu"),
            capture=usage("capture_pid", "capture_cpu"),
            detect=usage("pid", "detect_cpu"),
            connection_quality=as_name(data.get("connection_quality")),
            expected_fps=as_float(data.get("expected_fps")),
            reconnects_last_hour=as_int(data.get("reconnects_last_hour")),
            stalls_last_hour=as_int(data.get("stalls_last_hour")),
        )


@dataclass(frozen=True, slots=True)
class DetectorStats:
    """Stats of one detector."""

    inference_speed: float | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read one item of `detectors`."""
        return cls(as_float(data.get("inference_speed")))


@dataclass(frozen=True, slots=True)
class GpuStats:
    """Stats of one GPU."""

    load: float | None
    memory: float | None
    encoder: float | None
    decoder: float | None
    temperature: float | None
    compute: float | None
    """Load of the compute engines, such as by detectors; since 0.18."""
    vendor: str | None = None
    """Since 0.18."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read one item of `gpu_usages`; `"-"` and `""` mean unknown."""
        return cls(
            as_float(data.get("gpu")),
            as_float(data.get("mem")),
            as_float(data.get("enc")),
            as_float(data.get("dec")),
            as_float(data.get("temp")),
            as_float(data.get("compute")),
            as_name(data.get("vendor")),
        )


@dataclass(frozen=True, slots=True)
class NpuStats:
    """Stats of one NPU."""

    load: float | None
    memory: float | None
    temperature: float | None
    """Since 0.18."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read one item of `npu_usages`."""
        return cls(
            as_float(data.get("npu")),
            as_float(data.get("mem")),
            as_float(data.get("temp")),
        )


@dataclass(frozen=True, slots=True)
class StorageStats:
    """Usage of a file system, in MiB."""

    total: float | None
    used: float | None
    free: float | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read one item of `service.storage`."""
        return cls(
            as_float(data.get("total")),
            as_float(data.get("used")),
            as_float(data.get("free")),
        )

    @property
    def used_percent(self) -> float | None:
        """Return the used share, in percent."""
        if self.used is None or not self.total:
            return None
        return self.used / self.total * 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Stats of the server and its cameras."""

    cameras: Mapping[str, CameraStats]
    """Only those that the account may see."""
    detectors: Mapping[str, DetectorStats]
    gpus: Mapping[str, GpuStats]
    npus: Mapping[str, NpuStats]
    storage: Mapping[str, StorageStats]
    """By mount point, such as `/media/frigate/recordings`."""
    temperatures: Mapping[str, float]
    """By sensor (0.17) or by detector (0.18)."""
    embeddings: Mapping[str, float | None]
    """Speeds by Frigate's names, such as `face_recognition_speed`."""
    camera_fps: float | None
    """Of all cameras, as the three that follow."""
    process_fps: float | None
    skipped_fps: float | None
    detection_fps: float | None
    system: Usage
    uptime: int | None
    """Seconds since Frigate started."""
    version: Version | None
    latest_version: Version | None
    """None if Frigate does not check for updates, or does not know."""
    last_updated: float | None
    """When Frigate computed the stats, in seconds since the epoch."""
    age: float | None
    """Seconds from then until they were sent, by the server's clock as far as it is known."""
    has_gpu_error: bool = False
    """Whether Frigate cannot read a GPU, which is not among `gpus` then."""
    unusable_names: tuple[str, ...] = ()
    """Paths such as `service.storage` where names are left out: empty, too long or too many."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any], sent: datetime | None = None) -> Self:
        """Read the object of `/api/stats`, which was sent at the given time."""
        service = as_dict(data.get("service"))
        usages = as_dict(data.get("cpu_usages"))
        detectors = as_items(data.get("detectors"))
        gpus = dict(as_items(data.get("gpu_usages")))
        has_gpu_error = gpus.pop(_GPU_ERROR, None) is not None
        updated = as_timestamp(service.get("last_updated"))
        cameras = {
            name: CameraStats.from_api(as_dict(camera), usages)
            for name, camera in as_items(data.get("cameras")).items()
        }
        return cls(
            cameras=cameras,
            detectors=_each(detectors, DetectorStats.from_api),
            gpus=_each(gpus, GpuStats.from_api),
            has_gpu_error=has_gpu_error,
            npus=_each(data.get("npu_usages"), NpuStats.from_api),
            storage=_each(service.get("storage"), StorageStats.from_api),
            temperatures=_temperatures(service, detectors),
            embeddings={
                name: as_float(value)
                for name, value in as_items(data.get("embeddings")).items()
            },
            camera_fps=_total(data, "camera_fps", cameras),
            process_fps=_total(data, "process_fps", cameras),
            skipped_fps=_total(data, "skipped_fps", cameras),
            detection_fps=_total(data, "detection_fps", cameras),
            system=Usage.from_api(as_dict(usages.get("frigate.full_system"))),
            uptime=as_int(service.get("uptime")),
            version=Version.parse(service.get("version")),
            latest_version=Version.parse(service.get("latest_version")),
            last_updated=updated,
            age=sent.timestamp() - updated if sent and updated is not None else None,
            unusable_names=unusable_names(data, _NAMES),
        )


def _each[T](data: Any, read: Callable[[Mapping[str, Any]], T]) -> dict[str, T]:
    return {name: read(as_dict(value)) for name, value in as_items(data).items()}


def _total(
    data: Mapping[str, Any], key: str, cameras: Mapping[str, CameraStats]
) -> float | None:
    """Return the number of all cameras; 0.16 has the sum of only one of them."""
    if key in data:
        return as_float(data[key])
    values = [getattr(camera, key) for camera in cameras.values()]
    return None if not values or None in values else round(sum(values), 2)


def _temperatures(
    service: Mapping[str, Any], detectors: Mapping[str, Any]
) -> dict[str, float]:
    """Return the temperatures: 0.17 lists them, 0.18 has them in the detectors."""
    found = {
        **as_items(service.get("temperatures")),
        **{
            name: one["temperature"]
            for name, one in detectors.items()
            if "temperature" in as_dict(one)
        },
    }
    return {
        name: number
        for name, value in found.items()
        if (number := as_float(value)) is not None
    }
