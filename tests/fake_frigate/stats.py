"""`/api/stats`: numbers that move with the clock, and with nothing else."""

from dataclasses import dataclass
from typing import Any
import zlib

from .answers import Answer, json_answer
from .call import Call
from .route import route
from .state import Camera, ServerState

INTERVAL = 15
_CMDLINE_WIDTH = 414
_DISKS = ("/media/frigate/recordings", "/media/frigate/clips", "/tmp/cache")


@dataclass(frozen=True)
class _Process:
    pid: int
    cmdline: str
    cpu: str
    mem: str
    camera: str | None = None


class _Snapshot:
    """The statistics as they were computed last."""

    def __init__(self, state: ServerState) -> None:
        self.state = state
        self.tick = self._tick_at(state.clock())
        self.first_pid = 1000 + 4000 * (state.restarts % 7)
        self.listens = any(each.audio for each in state.cameras.values())
        self.processes: dict[str, _Process] = {}
        self._collect_processes()

    def _tick_at(self, time: float) -> int:
        return int(time - self.state.started_at) // INTERVAL

    def wave(
        self,
        name: str,
        low: float,
        high: float,
        digits: int = 2,
        tick: int | None = None,
    ) -> float:
        """Return a number that is always the same for this name at this time."""
        tick = self.tick if tick is None else tick
        share = zlib.crc32(f"{name}/{tick}".encode()) / 0xFFFFFFFF
        return round(low + share * (high - low), digits)

    def _add(self, key: str, cmdline: str, camera: str | None = None) -> None:
        pid = self.first_pid + 17 * len(self.processes)
        cpu = str(self.wave(f"{key}.cpu", 0.2, 2.5, 1))
        mem = str(self.wave(f"{key}.mem", 0.3, 0.9, 1))
        self.processes[key] = _Process(pid, cmdline, cpu, mem, camera)

    def _collect_processes(self) -> None:
        self._add("recording", "frigate.recording_manager")
        self._add("review_segment", "frigate.review_segment_manager")
        self._add("embeddings", "frigate.embeddings_manager")
        for name in self.state.detectors:
            self._add(f"detector:{name}", f"frigate.detector:{name}")
        if self.state.is_018 or (self.listens and not self.state.is_017):
            self._add("audio_detector", "frigate.audio_manager")
        for name in self.state.cameras:
            self._add(f"process:{name}", f"frigate.process:{name}", name)
            self._add(f"capture:{name}", f"frigate.capture:{name}", name)
            self._add(f"ffmpeg:{name}", "ffmpeg", name)

    def camera(self, name: str, camera: Camera) -> dict[str, Any]:
        """Return the numbers of one camera."""
        alive = camera.alive
        fps = self._fps(name, camera)
        detecting = alive and camera.detect_enabled
        # The process that listens, to whatever camera, writes a number for each of them.
        silence = 0.0 if self.listens else 0
        values: dict[str, Any] = {
            "camera_fps": fps if alive else self._last_fps(name, camera),
            "process_fps": fps if alive else 0.0,
            "skipped_fps": 0.0,
            "detection_fps": self.wave(f"{name}.detect", 0.0, camera.fps, 1)
            if detecting
            else 0.0,
            "detection_enabled": camera.detect_enabled,
            "pid": self.processes[f"process:{name}"].pid,
            "capture_pid": self.processes[f"capture:{name}"].pid,
            "ffmpeg_pid": self.processes[f"ffmpeg:{name}"].pid,
            "audio_rms": silence,
            "audio_dBFS": silence,
        }
        if camera.audio and alive:
            values |= self._audio(name, camera)
        return values | self._quality(name, camera) if self.state.is_018 else values

    def _fps(self, name: str, camera: Camera, tick: int | None = None) -> float:
        return self.wave(f"{name}.fps", camera.fps * 0.95, camera.fps * 1.03, 1, tick)

    def _last_fps(self, name: str, camera: Camera) -> float:
        """Return the rate that nobody resets when a camera is switched off."""
        if camera.frozen_at is None or camera.frozen_at < self.state.started_at:
            return 0.0
        return self._fps(name, camera, self._tick_at(camera.frozen_at))

    def _audio(self, name: str, camera: Camera) -> dict[str, float]:
        rms, dbfs = camera.audio_rms, camera.audio_dbfs
        return {
            "audio_rms": self.wave(f"{name}.rms", 40, 900) if rms is None else rms,
            "audio_dBFS": self.wave(f"{name}.db", -58, -31) if dbfs is None else dbfs,
        }

    def _quality(self, name: str, camera: Camera) -> dict[str, Any]:
        quality = camera.connection_quality
        if quality is None:
            quality = "excellent" if camera.alive else "unusable"
        ffmpeg = self.processes[f"ffmpeg:{name}"]
        return {
            "connection_quality": quality,
            "expected_fps": camera.fps,
            "reconnects_last_hour": camera.reconnects,
            "stalls_last_hour": camera.stalls,
            "ffmpeg_cpu": ffmpeg.cpu if camera.alive else None,
            "capture_cpu": self.processes[f"capture:{name}"].cpu,
            "detect_cpu": self.processes[f"process:{name}"].cpu,
        }

    def detector(self, name: str) -> dict[str, Any]:
        """Return the numbers of one detector."""
        process = self.processes[f"detector:{name}"]
        values: dict[str, Any] = {
            "inference_speed": self.wave(f"{name}.speed", 1.2, 12.0),
            "detection_start": 0.0,
            "pid": process.pid,
        }
        if self.state.is_018:
            if name in self.state.temperatures:
                values["temperature"] = self.state.temperatures[name]
            values |= {"cpu": process.cpu, "mem": process.mem}
        return values | self.state.detectors[name]

    def cpu_usages(self, cameras: set[str], *, with_cmdline: bool) -> dict[str, Any]:
        """Return the load of the machine and of each process, keyed by its id."""
        system = {
            "cpu": str(self.wave("system.cpu", 7, 35, 1)),
            "mem": str(self.wave("system.mem", 4.5, 5.2, 1)),
        }
        usages: dict[str, Any] = {"frigate.full_system": system}
        for process in sorted(self.processes.values(), key=lambda each: each.pid):
            if process.camera is not None and process.camera not in cameras:
                continue
            usage = {"cpu": process.cpu, "cpu_average": "0", "mem": process.mem}
            if with_cmdline:
                usage["cmdline"] = self._cmdline(process)
            usages[str(process.pid)] = usage
        return usages

    def _cmdline(self, process: _Process) -> str:
        # 0.17 reads the name back with the padding of the process table.
        if self.state.is_018 or not self.state.is_017 or process.cmdline == "ffmpeg":
            return process.cmdline
        return process.cmdline.ljust(_CMDLINE_WIDTH)

    def service(self) -> dict[str, Any]:
        """Return what is known of the whole service."""
        state = self.state
        uptime = self.tick * INTERVAL
        values: dict[str, Any] = {
            "uptime": uptime,
            "version": state.version_string,
            "latest_version": state.latest_version,
            "storage": self._storage(),
        }
        if not state.is_018:
            values["temperatures"] = dict(state.temperatures)
        return values | {"last_updated": int(state.started_at) + uptime}

    def _storage(self) -> dict[str, Any]:
        used = self.wave("disk", 28000, 31000, 1)
        disk = {"total": 258019.6, "used": used, "free": round(103897.4 - used, 1)}
        storage: dict[str, Any] = {
            path: {**disk, "mount_type": "ext4"} for path in _DISKS
        }
        storage["/dev/shm"] = {
            "total": 24105.6,
            "used": 9.8,
            "free": 24095.8,
            "mount_type": "tmpfs",
        }
        if self.state.is_017:
            storage["/dev/shm"] |= {
                "available": 24055.6,
                "camera_frame_size": 3.8000000000000003,
                "shm_frame_count": 50,
                "min_shm": 126,
            }
        return storage | self.state.storage

    def process_list(self) -> dict[str, Any]:
        """Return the processes that belong to no camera and no detector."""
        result: dict[str, Any] = {}
        for key in ("recording", "review_segment", "embeddings", "audio_detector"):
            if (process := self.processes.get(key)) is None:
                continue
            result[key] = {"pid": process.pid}
            if self.state.is_018:
                result[key] |= {"cpu": process.cpu, "mem": process.mem}
        return result


def _merge(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    result = dict(values)
    for key, change in changes.items():
        old = result.get(key)
        both = isinstance(old, dict) and isinstance(change, dict)
        result[key] = _merge(old, change) if both else change  # type: ignore[arg-type]
    return result


def build_stats(state: ServerState, role: str = "admin") -> dict[str, Any]:
    """Return the statistics as a role gets them."""
    shot = _Snapshot(state)
    every = {name: shot.camera(name, each) for name, each in state.cameras.items()}
    # 0.17 shows everything to everybody.
    visible = set(state.allowed_cameras(role) if state.is_018 else every)
    embeddings = dict(state.embeddings)
    if state.face_recognition:
        embeddings = {
            "face_recognition_speed": shot.wave("faces.speed", 5, 14),
            "face_recognition": shot.wave("faces", 0, 0.4, 1),
        } | embeddings
    stats: dict[str, Any] = {
        "cameras": {name: each for name, each in every.items() if name in visible},
        "detectors": {name: shot.detector(name) for name in state.detectors},
    }
    sums = ("camera_fps", "process_fps", "skipped_fps", "detection_fps")
    for key in sums if state.is_017 else sums[-1:]:
        stats[key] = round(sum(each[key] for each in every.values()), 2)
    stats["embeddings"] = embeddings
    if state.gpus:
        stats["gpu_usages"] = dict(state.gpus)
    if state.npus:
        stats["npu_usages"] = dict(state.npus)
    stats["cpu_usages"] = shot.cpu_usages(
        visible, with_cmdline=not state.is_018 or role == "admin"
    )
    if state.bandwidths:
        stats["bandwidth_usages"] = dict(state.bandwidths)
    stats["service"] = shot.service()
    stats["processes"] = shot.process_list()
    return _merge(stats, state.stats_overrides)


def stats_route(call: Call) -> Answer:
    """Answer with the statistics of the last quarter of a minute."""
    return json_answer(build_stats(call.state, call.role))


ROUTES = (route("GET", "/stats", stats_route),)
