"""Diagnostics: the fields that help to find a fault, chosen one by one.

Nothing that a server or a person wrote as text is among them: an error is shown by its
translation key and class. Names of cameras, detectors and labels are, because entities
are made of them.
"""

from collections.abc import Mapping
from typing import Any, cast

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.loader import async_get_integration

from .aiofrigate import (
    CameraConfig,
    CameraStats,
    Config,
    DetectorStats,
    ExportJob,
    GpuStats,
    Mask,
    NpuStats,
    Profile,
    RequestMetrics,
    ReviewSummary,
    RouteMetrics,
    ServerClock,
    Stats,
    StorageStats,
    Usage,
    mask_url,
    redact,
)
from .const import (
    CONF_BROWSER_URL,
    CONF_CAMERAS,
    CONF_HEADERS,
    CONF_KEEP_DAYS,
    CONF_LIVE_VIEW,
    CONF_MJPEG_FPS,
    CONF_MJPEG_HEIGHT,
    CONF_OVERLAYS,
    CONF_RECOGNITION_SECONDS,
    CREDENTIAL_KEYS,
    DOMAIN,
)
from .coordinator.live import LiveCoordinator
from .coordinator.server import ServerCoordinator
from .dates import as_local_iso
from .errors import error_key_of_class
from .inventory import camera_of_device
from .live.camera_state import CameraState
from .relay.video_stream import StreamState
from .runtime import FrigateConfigEntry, FrigateRuntime

_DATA = (CONF_URL, CONF_VERIFY_SSL, *sorted(CREDENTIAL_KEYS))
_OPTIONS = (
    *(CONF_BROWSER_URL, CONF_CAMERAS, CONF_KEEP_DAYS, CONF_LIVE_VIEW),
    *(CONF_MJPEG_FPS, CONF_MJPEG_HEIGHT, CONF_OVERLAYS, CONF_RECOGNITION_SECONDS),
)
# Other roles and mount points have names that somebody chose.
_ROLES = ("admin", "viewer", None)
_MOUNT_POINTS = (
    *("/media/frigate/recordings", "/media/frigate/clips"),
    *("/tmp/cache", "/dev/shm"),  # noqa: S108 - read from the stats, never opened
)
_FIELDS: dict[type, tuple[str, ...]] = {
    CameraConfig: (
        *("enabled", "detect_width", "detect_height", "detect_enabled"),
        *(
            "record_enabled",
            "records_always",
            "motion_enabled",
            "audio_enabled",
            "labels",
            "sounds",
        ),
        *("features", "switchable", "recognizes_faces", "reads_plates"),
        *("describes_reviews", "describes_objects", "has_ptz"),
    ),
    CameraState: ("motion", "totals", "active", "sounds", "knows_severity"),
    CameraStats: (
        *("camera_fps", "process_fps", "skipped_fps", "detection_fps", "expected_fps"),
        *("detection_enabled", "audio_rms", "audio_dbfs", "ffmpeg", "capture"),
        *("detect", "reconnects_last_hour", "stalls_last_hour"),
    ),
    Config: ("safe_mode", "auth_enabled", "birdseye_restream"),
    DetectorStats: ("inference_speed",),
    ExportJob: ("is_active", "progress"),
    GpuStats: ("load", "memory", "encoder", "decoder", "temperature", "compute"),
    LiveCoordinator: ("is_pushing", "is_current", "failures"),
    NpuStats: ("load", "memory", "temperature"),
    Profile: ("is_anonymous", "allowed_cameras"),
    ReviewSummary: ("unreviewed_alerts", "unreviewed_detections"),
    RouteMetrics: ("outcomes", "mean_ms", "longest_ms"),
    ServerClock: ("offset", "lowest", "highest"),
    Stats: (
        *("camera_fps", "process_fps", "skipped_fps", "detection_fps", "system"),
        *("detectors", "gpus", "npus", "temperatures", "uptime", "last_updated", "age"),
    ),
    StorageStats: ("total", "used", "free"),
    StreamState: ("is_open", "readers", "has_data", "reconnects"),
    Usage: ("cpu", "memory"),
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: FrigateConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of a server, also while it is down or was never reached."""
    return await _diagnostics(hass, entry)


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: FrigateConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return the same, with the details of the device's own camera only."""
    return await _diagnostics(hass, entry, camera_of_device(entry, device))


async def _diagnostics(
    hass: HomeAssistant, entry: FrigateConfigEntry, camera: str | None = None
) -> dict[str, Any]:
    integration = await async_get_integration(hass, DOMAIN)
    found: dict[str, Any] = {
        "integration_version": str(integration.version),
        "entry": _entry(entry),
    }
    # Missing while the setup is tried again.
    runtime: FrigateRuntime | None = getattr(entry, "runtime_data", None)
    if runtime is not None:
        names = [name for name in runtime.server.data.cameras if camera in {None, name}]
        found |= {
            "account": _account(runtime.server.profile),
            "server": _server(runtime.server, names),
            "exports": _exports(runtime),
            "reviews": {
                **_polling(runtime.reviews),
                "unreviewed": runtime.reviews.data,
            },
            "live": _live(runtime.live, names),
            "video": _video(runtime, camera),
            "profiles": _polling(runtime.profiles),
            "ptz": _polling(runtime.ptz),
            "requests": {
                " ".join(route): metrics
                for route, metrics in sorted(runtime.client.metrics.routes.items())
            },
            "errors": _errors(runtime.client.metrics),
        }
    mask = str if runtime is None else runtime.client.mask
    return cast(dict[str, Any], _masked(_as_json(found), mask))


def _entry(entry: FrigateConfigEntry) -> dict[str, Any]:
    data = {key: entry.data[key] for key in _DATA if key in entry.data}
    options = {key: entry.options[key] for key in _OPTIONS if key in entry.options}
    for urls, key in ((data, CONF_URL), (options, CONF_BROWSER_URL)):
        if key in urls:
            urls[key] = mask_url(urls[key])
    # Which headers are sent is no secret, unlike their values.
    secret_keys = (CREDENTIAL_KEYS - {CONF_HEADERS}) | {*data.get(CONF_HEADERS, {})}
    return {
        "state": entry.state.value,
        "reason": entry.error_reason_translation_key,
        "data": async_redact_data(data, secret_keys),
        "options": options,
    }


def _account(profile: Profile) -> dict[str, Any]:
    role = profile.role
    return {**_as_json(profile), "role": role if role in _ROLES else "other"}


def _server(server: ServerCoordinator, names: list[str]) -> dict[str, Any]:
    data = server.data
    stats, faces = data.stats, data.faces
    return {
        **_polling(server),
        "version": None if server.version is None else server.version.raw,
        "clock": server.client.clock,
        "config": {**_as_json(data.config), "cameras": list(data.config.cameras)},
        "stats": None if stats is None else _stats(stats),
        "faces": None
        if faces is None
        else {
            "people": len(faces.people),
            "images": sum(map(len, faces.people.values())),
            "train": len(faces.train),
        },
        "cameras": {
            name: {
                "config": {
                    **_as_json(data.cameras[name]),
                    "zones": len(data.cameras[name].zones),
                },
                "stats": None if stats is None else stats.cameras.get(name),
            }
            for name in names
        },
    }


def _stats(stats: Stats) -> dict[str, Any]:
    storage = {
        path: stats.storage[path] for path in _MOUNT_POINTS if path in stats.storage
    }
    return {**_as_json(stats), "storage": storage}


def _exports(runtime: FrigateRuntime) -> dict[str, Any]:
    found, data = _polling(runtime.exports), runtime.exports.data
    if data is not None:
        found |= {
            "exports": len(data.exports),
            "in_progress": data.in_progress,
            "jobs": data.jobs,
            "files": None if data.files is None else len(data.files),
        }
    return found


def _live(live: LiveCoordinator, names: list[str]) -> dict[str, Any]:
    states = {name: live.state.of(name) for name in names}
    return {
        **_polling(live),
        **_as_json(live),
        "cameras": {
            name: {
                **_as_json(state),
                "has_snapshot": state.snapshot is not None,
                "features": {key: value for key, (value, _) in state.features.items()},
            }
            for name, state in states.items()
        },
    }


def _video(runtime: FrigateRuntime, camera: str | None) -> dict[str, Any]:
    """Return what each camera and Birdseye show and why, and what is relayed of them."""
    return {
        key: {
            "shows": "video" if decision.plays else "pictures",
            "why": decision.why,
            "codecs": decision.codecs,
            **_as_json(state),
            "error": None if state.error is None else type(state.error).__name__,
        }
        for key, decision in runtime.video.decisions.items()
        if camera in {None, key}
        for state in (runtime.relay.state_of(key),)
    }


def _polling(coordinator: DataUpdateCoordinator[Any]) -> dict[str, Any]:
    interval, err = coordinator.update_interval, coordinator.last_exception
    return {
        "last_update_success": coordinator.last_update_success,
        "update_interval": None if interval is None else interval.total_seconds(),
        "last_error": None
        if err is None
        else {
            "key": getattr(err, "translation_key", None),
            "kind": type(err).__name__,
        },
    }


def _errors(metrics: RequestMetrics) -> list[dict[str, Any]]:
    return [
        {
            "route": " ".join(one.route),
            "key": error_key_of_class(one.kind),
            "kind": one.kind.__name__,
            "times": one.times,
            "first": as_local_iso(one.first),
            "last": as_local_iso(one.last),
        }
        for one in metrics.errors
    ]


def _masked(value: Any, mask: Mask) -> Any:
    """Return JSON with all that our client sends masked, should the server repeat it."""
    match value:
        case str():
            return mask(value)
        case dict():
            return {mask(key): _masked(one, mask) for key, one in value.items()}
        case list():
            return [_masked(one, mask) for one in value]
        case _:
            return value


def _as_json(value: Any) -> Any:
    """Return the chosen fields of models as dictionaries, with names masked."""
    if (fields := _FIELDS.get(type(value))) is not None:
        return {name: _as_json(getattr(value, name)) for name in fields}
    match value:
        case str():
            return redact(value)
        case Mapping():
            return {_as_json(key): _as_json(one) for key, one in value.items()}
        case set() | frozenset():
            return sorted(map(_as_json, value))
        case list() | tuple():
            return list(map(_as_json, value))
        case _:
            return value
