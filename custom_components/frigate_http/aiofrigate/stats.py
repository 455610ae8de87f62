"""The answer of `/api/stats` as frozen data, the same for Frigate 0.17 and 0.18.

CPU and memory are per cent, speeds milliseconds, storage MiB, temperatures °C and
rates per second. A value is None where the server does not tell it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from .models import Version
from .parsing import as_bool, as_dict, as_float, as_int, as_str


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process uses of the machine, in per cent."""

    cpu: float | None = None
    memory: float | None = None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"cpu": "1.5", "mem": "0.6"}`."""
        return cls(as_float(data.get("cpu")), as_float(data.get("mem")))


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStats:
    """How one camera is doing."""

    camera_fps: float | None
    process_fps: float | None
    skipped_fps: float | None
    detection_fps: float | None
    detection_enabled: bool | None
    audio_rms: float | None
    audio_dbfs: float | None
    """dB below full scale; None also for silence, which has no such figure."""
    ffmpeg: Usage
    capture: Usage
    detect: Usage
    connection_quality: str | None
    """excellent, fair, poor or unusable; 0.18 and later, as all that follow."""
    expected_fps: float | None
    reconnects_last_hour: int | None
    stalls_last_hour: int | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any], usages: Mapping[str, Any]) -> Self:
        """Read one value of `cameras`, and its processes from `cpu_usages`."""

        def usage(pid_key: str, cpu_key: str) -> Usage:
            # 0.18 names the camera's CPU itself; 0.17 only by a pid that changes.
            by_pid = Usage.from_api(as_dict(usages.get(str(data.get(pid_key)))))
            own = as_float(data.get(cpu_key))
            return Usage(by_pid.cpu if own is None else own, by_pid.memory)

        return cls(
            camera_fps=as_float(data.get("camera_fps")),
            process_fps=as_float(data.get("process_fps")),
            skipped_fps=as_float(data.get("skipped_fps")),
            detection_fps=as_float(data.get("detection_fps")),
            detection_enabled=as_bool(data.get("detection_enabled")),
            audio_rms=as_float(data.get("audio_rms")),
            # Frigate says 0 for silence too, which would be as loud as can be.
            audio_dbfs=as_float(data.get("audio_dBFS")) or None,
            ffmpeg=usage("ffmpeg_pid", "ffmpeg_cpu"),
            capture=usage("capture_pid", "capture_cpu"),
            detect=usage("pid", "detect_cpu"),
            connection_quality=as_str(data.get("connection_quality")),
            expected_fps=as_float(data.get("expected_fps")),
            reconnects_last_hour=as_int(data.get("reconnects_last_hour")),
            stalls_last_hour=as_int(data.get("stalls_last_hour")),
        )


@dataclass(frozen=True, slots=True)
class DetectorStats:
    """How one detector is doing."""

    inference_speed: float | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read one value of `detectors`."""
        return cls(as_float(data.get("inference_speed")))


@dataclass(frozen=True, slots=True)
class GpuStats:
    """How busy a GPU is."""

    load: float | None
    memory: float | None
    encoder: float | None
    decoder: float | None
    temperature: float | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read one value of `gpu_usages`; `"-"` and `""` mean unknown."""
        return cls(
            as_float(data.get("gpu")),
            as_float(data.get("mem")),
            as_float(data.get("enc")),
            as_float(data.get("dec")),
            as_float(data.get("temp")),
        )


@dataclass(frozen=True, slots=True)
class NpuStats:
    """How busy an NPU is."""

    load: float | None
    memory: float | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read one value of `npu_usages`."""
        return cls(as_float(data.get("npu")), as_float(data.get("mem")))


@dataclass(frozen=True, slots=True)
class StorageStats:
    """How full a file system is, in MiB."""

    total: float | None
    used: float | None
    free: float | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read one value of `service.storage`."""
        return cls(
            as_float(data.get("total")),
            as_float(data.get("used")),
            as_float(data.get("free")),
        )

    @property
    def used_percent(self) -> float | None:
        """Return the share that is used."""
        if self.used is None or not self.total:
            return None
        return self.used / self.total * 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """How the server and its cameras are doing."""

    cameras: Mapping[str, CameraStats]
    """Only those that the account may see."""
    detectors: Mapping[str, DetectorStats]
    gpus: Mapping[str, GpuStats]
    npus: Mapping[str, NpuStats]
    storage: Mapping[str, StorageStats]
    """By mount point, such as `/media/frigate/recordings`."""
    temperatures: Mapping[str, float]
    """By sensor (0.17) or detector (0.18)."""
    embeddings: Mapping[str, float | None]
    """As the server names them, such as `face_recognition_speed`."""
    camera_fps: float | None
    process_fps: float | None
    skipped_fps: float | None
    detection_fps: float | None
    system: Usage
    uptime: int | None
    """Seconds since Frigate started."""
    version: Version | None
    latest_version: Version | None
    """None also where Frigate does not look, or does not know."""
    last_updated: float | None
    """When Frigate computed this, in seconds since the epoch."""
    age: float | None
    """Seconds from then until the server sent this, by the server's own clock."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any], sent: datetime | None = None) -> Self:
        """Read the object of `/api/stats`, sent at the given time."""
        service = as_dict(data.get("service"))
        usages = as_dict(data.get("cpu_usages"))
        detectors = as_dict(data.get("detectors"))
        updated = as_float(service.get("last_updated"))
        return cls(
            cameras={
                name: CameraStats.from_api(as_dict(camera), usages)
                for name, camera in as_dict(data.get("cameras")).items()
            },
            detectors=_each(detectors, DetectorStats.from_api),
            gpus=_each(data.get("gpu_usages"), GpuStats.from_api),
            npus=_each(data.get("npu_usages"), NpuStats.from_api),
            storage=_each(service.get("storage"), StorageStats.from_api),
            temperatures=_temperatures(service, detectors),
            embeddings={
                name: as_float(value)
                for name, value in as_dict(data.get("embeddings")).items()
            },
            camera_fps=as_float(data.get("camera_fps")),
            process_fps=as_float(data.get("process_fps")),
            skipped_fps=as_float(data.get("skipped_fps")),
            detection_fps=as_float(data.get("detection_fps")),
            system=Usage.from_api(as_dict(usages.get("frigate.full_system"))),
            uptime=as_int(service.get("uptime")),
            version=Version.parse(service.get("version")),
            latest_version=Version.parse(service.get("latest_version")),
            last_updated=updated,
            age=sent.timestamp() - updated if sent and updated is not None else None,
        )


def _each[T](data: Any, read: Callable[[Mapping[str, Any]], T]) -> dict[str, T]:
    return {name: read(as_dict(value)) for name, value in as_dict(data).items()}


def _temperatures(
    service: Mapping[str, Any], detectors: Mapping[str, Any]
) -> dict[str, float]:
    """Return the temperatures: 0.17 lists them, 0.18 keeps them with the detectors."""
    found = {
        **as_dict(service.get("temperatures")),
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
