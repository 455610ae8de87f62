"""Diagnostics: what somebody who helps needs to see, and nothing that is secret.

Everything is chosen field by field from our own models. What Frigate sends as its
configuration, with the passwords of the cameras in it, is never passed on. Whatever
text is left, a server's message or a camera's name, goes through one mask.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
import re
from typing import Any, cast

from yarl import URL

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_PASSWORD, CONF_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.loader import async_get_integration

from .addresses import is_public
from .aiofrigate import RequestMetrics, Stats, redacted
from .const import (
    CONF_BROWSER_URL,
    CONF_CAMERAS,
    CONF_HEADERS,
    CONF_KEEP_DAYS,
    CONF_MJPEG_FPS,
    CONF_MJPEG_HEIGHT,
    CONF_OVERLAYS,
    CONF_PROXY_PASSWORD,
    CREDENTIAL_KEYS,
    DOMAIN,
)
from .coordinator.server import FrigateData, ServerCoordinator
from .dates import as_local_iso
from .errors import error_key_of_kind
from .inventory import camera_of_device
from .live.camera_state import CameraState
from .runtime import FrigateConfigEntry, FrigateRuntime

_DATA = (CONF_URL, CONF_VERIFY_SSL, *sorted(CREDENTIAL_KEYS))
_PASSWORDS = (CONF_PASSWORD, CONF_PROXY_PASSWORD, CONF_TOKEN)
_OPTIONS = (
    CONF_BROWSER_URL,
    CONF_CAMERAS,
    CONF_KEEP_DAYS,
    CONF_MJPEG_FPS,
    CONF_MJPEG_HEIGHT,
    CONF_OVERLAYS,
)
_LONG = 12
_HOST = re.compile(r"(https?://)([^\s/:?#\"'<>]+)", re.IGNORECASE)
# Values of headers that stand in many a text, and tell nobody anything.
_PLAIN_WORDS = frozenset(
    {"admin", "viewer", "true", "false", "on", "off", "yes", "no", "http", "https"}
)
_STATS = (
    "camera_fps",
    "process_fps",
    "skipped_fps",
    "detection_fps",
    "system",
    "detectors",
    "gpus",
    "npus",
    "storage",
    "temperatures",
    "embeddings",
    "uptime",
    "last_updated",
    "age",
)


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: FrigateConfigEntry
) -> dict[str, Any]:
    """Return what is known of a server, also while it is down or was never reached."""
    return await _diagnostics(hass, entry)


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: FrigateConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return the same, with no other camera than the device's own."""
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
        found |= {
            "account": _account(runtime.server),
            "server": _server(runtime.server, camera),
            "exports": _exports(runtime),
            "reviews": _reviews(runtime),
            "live": _live(runtime, camera),
            "profiles": _polling(runtime.profiles),
            "ptz": _polling(runtime.ptz),
            "requests": _requests(runtime.client.metrics),
            "errors": _errors(runtime.client.metrics),
        }
    return cast(dict[str, Any], _without_secrets(found, _secrets(entry)))


def _entry(entry: FrigateConfigEntry) -> dict[str, Any]:
    data = {key: entry.data[key] for key in _DATA if key in entry.data}
    # Which headers are sent is no secret, unlike what is in them.
    secret_keys = (CREDENTIAL_KEYS - {CONF_HEADERS}) | {*data.get(CONF_HEADERS, {})}
    return {
        "state": entry.state.value,
        "reason": entry.reason,
        "data": async_redact_data(data, secret_keys),
        "options": {
            key: entry.options[key] for key in _OPTIONS if key in entry.options
        },
    }


def _account(server: ServerCoordinator) -> dict[str, Any]:
    profile = server.profile
    return {
        "role": profile.role,
        "is_anonymous": profile.is_anonymous,
        "allowed_cameras": profile.allowed_cameras,
    }


def _server(server: ServerCoordinator, camera: str | None) -> dict[str, Any]:
    data = server.data
    faces = data.faces
    return {
        **_polling(server),
        "version": None if server.version is None else server.version.raw,
        "config": {
            "safe_mode": data.config.safe_mode,
            "auth_enabled": data.config.auth_enabled,
            "birdseye_restream": data.config.birdseye_restream,
            "roles": data.config.roles,
            "cameras": list(data.config.cameras),
        },
        "stats": None if data.stats is None else _stats(data.stats),
        "faces": None
        if faces is None
        else {
            "people": len(faces.people),
            "images": sum(map(len, faces.people.values())),
            "train": len(faces.train),
        },
        "cameras": {
            name: _camera(data, name)
            for name in data.cameras
            if camera is None or name == camera
        },
    }


def _stats(stats: Stats) -> dict[str, Any]:
    return {
        **{name: _plain(getattr(stats, name)) for name in _STATS},
        "latest_version": None
        if stats.latest_version is None
        else str(stats.latest_version),
    }


def _camera(data: FrigateData, name: str) -> dict[str, Any]:
    config = data.cameras[name]
    stats = None if data.stats is None else data.stats.cameras.get(name)
    return {
        "config": {
            "friendly_name": config.friendly_name,
            "enabled": config.enabled,
            "detect_width": config.detect_width,
            "detect_height": config.detect_height,
            "detect_enabled": config.detect_enabled,
            "record_enabled": config.record_enabled,
            "motion_enabled": config.motion_enabled,
            "audio_enabled": config.audio_enabled,
            "labels": config.labels,
            "sounds": config.sounds,
            "zones": list(config.zones),
            "features": dict(config.features),
            "switchable": sorted(config.switchable),
            "recognizes_faces": config.recognizes_faces,
            "reads_plates": config.reads_plates,
            "has_ptz": config.has_ptz,
        },
        "stats": _plain(stats),
    }


def _exports(runtime: FrigateRuntime) -> dict[str, Any]:
    data = runtime.exports.data
    if data is None:
        return _polling(runtime.exports)
    return {
        **_polling(runtime.exports),
        "exports": len(data.exports),
        "in_progress": data.in_progress,
        "jobs": [{"status": one.status, "progress": one.progress} for one in data.jobs],
        "files": None if data.files is None else len(data.files),
    }


def _reviews(runtime: FrigateRuntime) -> dict[str, Any]:
    return {**_polling(runtime.reviews), "unreviewed": _plain(runtime.reviews.data)}


def _live(runtime: FrigateRuntime, camera: str | None) -> dict[str, Any]:
    live = runtime.live
    return {
        **_polling(live),
        "is_pushing": live.is_pushing,
        "has_picture": live.is_current,
        "failures": live.failures,
        "cameras": {
            name: _sight(live.state.of(name))
            for name in runtime.server.data.cameras
            if camera is None or name == camera
        },
    }


def _sight(state: CameraState) -> dict[str, Any]:
    """Return what is known of a camera now; who was recognized is nobody's business."""
    return {
        "motion": state.motion,
        "totals": _plain(state.totals),
        "active": _plain(state.active),
        "sounds": None if state.sounds is None else sorted(state.sounds),
        "severity": state.severity,
        "has_snapshot": state.snapshot is not None,
        "states": dict(state.states),
        "features": {name: value for name, (value, _) in state.features.items()},
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
            "message": f"{type(err).__name__}: {err}",
        },
    }


def _requests(metrics: RequestMetrics) -> dict[str, Any]:
    return {
        " ".join(route): {
            "outcomes": dict(one.outcomes),
            "mean_ms": round(one.mean_ms, 1),
            "longest_ms": round(one.longest_ms, 1),
        }
        for route, one in sorted(metrics.routes.items())
    }


def _errors(metrics: RequestMetrics) -> list[dict[str, Any]]:
    return [
        {
            "route": " ".join(one.route),
            "key": error_key_of_kind(one.kind),
            "message": one.message,
            "times": one.times,
            "first": as_local_iso(one.first),
            "last": as_local_iso(one.last),
        }
        for one in metrics.errors
    ]


def _plain(value: Any) -> Any:
    """Return a model of figures as dictionaries."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return value


def _secrets(entry: FrigateConfigEntry) -> set[str]:
    """Return what must not be shown, wherever a server repeats it.

    A server's name on the internet is nobody's business either, and a long part of a
    path may be a token, as in the addresses of Home Assistant's own proxy.
    """
    urls = [
        URL(url)
        for url in (entry.data[CONF_URL], entry.options.get(CONF_BROWSER_URL, ""))
    ]
    hosts = {url.host for url in urls if url.host and is_public(url.host)}
    paths = {part for url in urls for part in url.parts if len(part) >= _LONG}
    headers = entry.data.get(CONF_HEADERS, {}).values()
    # A user's name is a word such as admin, which stands in many texts.
    credentials = (entry.data.get(key) for key in _PASSWORDS)
    return {
        *hosts,
        *paths,
        *(one for one in credentials if isinstance(one, str)),
        *(value for value in headers if value.lower() not in _PLAIN_WORDS),
    }


def _without_hosts(text: str) -> str:
    """Return a text without the names of hosts on the internet, whosever they are."""
    return _HOST.sub(
        lambda found: f"{found[1]}***" if is_public(found[2]) else found[0], text
    )


def _without_secrets(value: Any, secrets: Iterable[str]) -> Any:
    """Return the same with every text in it masked, keys included."""
    match value:
        case str():
            return _without_hosts(redacted(value, secrets))
        case Mapping():
            return {
                _without_secrets(key, secrets): _without_secrets(one, secrets)
                for key, one in value.items()
            }
        case list() | tuple():
            return [_without_secrets(one, secrets) for one in value]
        case _:
            return value
