"""Which entity of ours continues each entity of the official integration."""

from collections.abc import Collection, Mapping

from homeassistant.const import Platform

from ..aiofrigate import BIRDSEYE
from ..entity.labels import objects_of, sounds_of
from .finding import (
    Find,
    Fit,
    Lookup,
    Place,
    Reason,
    Spot,
    Target,
    named,
    of_camera,
    of_place,
    one_of,
    part,
)
from .known import KnownServer
from .official import OfficialId

_FPS = ("camera", "process", "skipped", "detection")
_EXPECTED_FPS = "expected"
_SWITCHES = (
    "detect",
    "motion",
    "recordings",
    "snapshots",
    "improve_contrast",
    "review_alerts",
    "review_detections",
    "object_descriptions",
    "review_descriptions",
    "audio",
    "ptz_autotracker",
)
_NUMBERS = {"contour_area": "motion_contour_area", "threshold": "motion_threshold"}


def _sound_level(at: Spot) -> tuple[str, ...] | Reason | None:
    if at.rest != "dB":
        return None
    return ("sound_level",) if "audio" in at.camera.switchable else Reason.NOT_PROVIDED


def _object_model(at: Spot) -> tuple[str, ...] | Reason | None:
    if at.rest not in at.camera.object_classifiers:
        return None
    return Reason.NO_TWIN if at.zone else ("object_classification", at.rest)


def _camera_fps(at: Spot) -> tuple[str, ...] | Reason | None:
    if at.rest not in (*_FPS, _EXPECTED_FPS):
        return None
    if at.rest == _EXPECTED_FPS and not at.server.capabilities.has_connection_stats:
        return Reason.NOT_PROVIDED
    return (f"{at.rest}_fps",)


def _control(features: Mapping[str, str]) -> Fit:
    """Return the fit of settings of cameras, which only administrators have."""

    def _fit(at: Spot) -> tuple[str, ...] | Reason | None:
        if (feature := features.get(at.rest)) is None:
            return None
        if not at.server.profile.is_admin:
            return Reason.NEEDS_ADMINISTRATOR
        return (feature,) if feature in at.camera.switchable else Reason.NOT_PROVIDED

    return _fit


def _no_twin(_lookup: Lookup) -> Reason:
    return Reason.NO_TWIN


def _camera(lookup: Lookup) -> Target | Reason:
    server = lookup.server
    if lookup.name != BIRDSEYE or BIRDSEYE in server.config.cameras:
        return of_camera()(lookup)
    if not server.config.birdseye_restream:
        return Reason.NOT_PROVIDED
    return Target(key=(BIRDSEYE,))


def _fps(lookup: Lookup) -> Target | Reason:
    if lookup.name in _FPS:
        return Target(key=(f"{lookup.name}_fps",))
    return of_place(_camera_fps)(lookup)


def _profile(lookup: Lookup) -> Target | Reason:
    server = lookup.server
    if not server.profile.is_admin:
        return Reason.NEEDS_ADMINISTRATOR
    if not server.config.profiles:
        return Reason.NOT_CONFIGURED
    return named("profile", "profile")(lookup)


def _detectors(server: KnownServer) -> Collection[str]:
    return server.config.detectors if server.stats is None else server.stats.detectors


def _objects(key: str) -> Find:
    fit = one_of(key, lambda at: objects_of(at.camera, at.zone))
    return of_place(fit, in_zones=True)


_SENSORS: Mapping[str, Find] = {
    "sensor_object_count": _objects("count"),
    "sensor_active_object_count": _objects("active_count"),
    "sensor_fps": _fps,
    "sensor_status": _no_twin,
    "uptime": named("frigate", "uptime"),
    "sensor_detector_speed": part("inference_speed", _detectors),
    "gpu_load": part("gpu_load", lambda one: one.stats.gpus if one.stats else ()),
    "sensor_temp": part(
        "temperature", lambda one: one.stats.temperatures if one.stats else ()
    ),
    "capture_cpu_usage": of_camera("capture_cpu_usage"),
    "detect_cpu_usage": of_camera("detect_cpu_usage"),
    "ffmpeg_cpu_usage": of_camera("ffmpeg_cpu_usage"),
    "sensor_sound_level": of_place(_sound_level),
    "sensor_review_status": of_camera("review_status"),
    "sensor_recognized_face": of_camera(
        "last_recognized_face", needs=lambda one: one.recognizes_faces
    ),
    "sensor_recognized_plate": of_camera(
        "last_recognized_plate", needs=lambda one: one.reads_plates
    ),
    "sensor_classification": of_place(
        one_of(
            "classification",
            lambda at: at.server.config.classifiers.get(at.camera.name, ()),
        )
    ),
    "sensor_object_classification": of_place(_object_model, in_zones=True),
    "sensor_global_face": part("last_camera", lambda one: one.people),
    "sensor_global_plate": _no_twin,
    "sensor_global_object_classification": _no_twin,
}
RULES: Mapping[str, tuple[Platform, Find]] = {
    "camera": (Platform.CAMERA, _camera),
    "image_best_snapshot": (
        Platform.IMAGE,
        of_place(one_of("last_snapshot", lambda at: at.camera.labels)),
    ),
    "motion_sensor": (Platform.BINARY_SENSOR, of_camera("motion")),
    "occupancy_sensor": (Platform.BINARY_SENSOR, _objects("occupancy")),
    "audio_sensor": (
        Platform.BINARY_SENSOR,
        of_place(one_of("sound", lambda at: sounds_of(at.camera))),
    ),
    "switch": (Platform.SWITCH, of_place(_control({one: one for one in _SWITCHES}))),
    "number": (Platform.NUMBER, of_place(_control(_NUMBERS))),
    "select": (Platform.SELECT, _profile),
    "update": (Platform.UPDATE, named("frigate_server", "update")),
    **{kind: (Platform.SENSOR, find) for kind, find in _SENSORS.items()},
}
"""The kinds of the official integration: their domain, and how the twin is found."""


class Twins:
    """Finds the entities of ours that continue those of the official integration."""

    def __init__(self, server: KnownServer) -> None:
        """Learn the names of the cameras and zones."""
        self._server = server
        self._places: dict[str, tuple[Place, ...]] = {}
        for camera in server.config.cameras.values():
            for zone in camera.zones:
                self._places[zone] = (
                    *self._places.get(zone, ()),
                    (camera.name, zone),
                )
        # Of a zone that is called like a camera, the official integration has no entities.
        self._places |= {name: ((name, None),) for name in server.config.cameras}

    def find(
        self, official: OfficialId, domain: str, slug: str | None
    ) -> Target | Reason:
        """Return what continues an entity of a domain on the device of a place."""
        of_domain, find = RULES.get(official.kind, (None, _no_twin))
        if of_domain != domain:
            return Reason.UNKNOWN
        return find(
            Lookup(
                server=self._server, places=self._places, name=official.name, slug=slug
            )
        )
