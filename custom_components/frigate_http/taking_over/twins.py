"""Which entity of ours continues each entity of the official integration."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from homeassistant.const import Platform

from ..aiofrigate import BIRDSEYE, CameraConfig, Capabilities, Config, Profile, Stats
from ..coordinator.server import FrigateData
from ..entity.labels import objects_of, sounds_of
from ..inventory import camera_unique_id_of, server_unique_id_of
from .official import OfficialId, as_place, splits


class Reason(StrEnum):
    """Why an entity of the official integration stays with it."""

    UNTICKED = "unticked"
    """The user wants it to stay."""
    SHARED_ZONE = "shared_zone"
    """It is of a zone of several cameras, which have entities of their own here."""
    NOT_CONFIGURED = "not_configured"
    """Its camera, zone, label, model or part is not in the configuration any more."""
    NOT_VISIBLE = "not_visible"
    """Its camera is hidden from the account, or not selected in the options."""
    NEEDS_ADMINISTRATOR = "needs_administrator"
    """Only administrators of Frigate have it here."""
    NOT_PROVIDED = "not_provided"
    """The server has it switched off, or does not tell it, so that ours does not exist."""
    NO_TWIN = "no_twin"
    """This integration has no such entity on purpose."""
    SAME_TWIN = "same_twin"
    """Another entity that moves becomes the same one of ours."""
    UNKNOWN = "unknown"
    """Its kind or name is not known here."""


class Aspect(StrEnum):
    """In what an entity of ours differs from the official one."""

    STATES = "states"
    UNIT = "unit"
    DEVICE_CLASS = "device_class"
    STATE_CLASS = "state_class"
    OPTIONS = "options"
    ATTRIBUTES = "attributes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a user of an entity has to know that moves."""

    aspect: Aspect
    theirs: str
    """What the official integration says, such as `NONE`; empty for nothing."""
    ours: str
    breaks_statistics: bool = False
    """Whether the long-term statistics cannot go on as they are."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `dataclasses.asdict` has returned."""
        return cls(**{**data, "aspect": Aspect(data["aspect"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownServer:
    """What is known of a server: it decides which entities of ours exist there."""

    config: Config
    profile: Profile
    cameras: Mapping[str, CameraConfig]
    """Those that get entities."""
    stats: Stats | None
    people: frozenset[str]
    capabilities: Capabilities

    @classmethod
    def from_data(cls, data: FrigateData, capabilities: Capabilities) -> Self:
        """Return what the coordinator of a loaded entry knows."""
        return cls(
            config=data.config,
            profile=data.profile,
            cameras=data.cameras,
            stats=data.stats,
            people=frozenset(data.faces.people if data.faces else ()),
            capabilities=capabilities,
        )

    @classmethod
    def from_answers(
        cls,
        *,
        config: Config,
        profile: Profile,
        stats: Stats | None,
        people: Collection[str],
        capabilities: Capabilities,
        selected: Collection[str] = (),
    ) -> Self:
        """Return what a server has answered before there is an entry.

        `selected` are the cameras of the options; empty for all.
        """
        cameras = {
            name: camera
            for name, camera in config.cameras.items()
            if profile.may_see(name) and (not selected or name in selected)
        }
        return cls(
            config=config,
            profile=profile,
            cameras=cameras,
            stats=stats,
            people=frozenset(people),
            capabilities=capabilities,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What an entity of ours is of; the unique id follows from it."""

    key: tuple[str, ...]
    camera: str | None = None
    """None for the server."""
    zone: str | None = None

    def unique_id(self, entry_id: str) -> str:
        """Return the unique id in a config entry."""
        if self.camera is None:
            return server_unique_id_of(entry_id, *self.key)
        return camera_unique_id_of(entry_id, self.camera, *self.key, zone=self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entity of ours that continues an official one, and in what it differs."""

    target: Target
    differences: tuple[Difference, ...]


type _Place = tuple[str, str | None]
"""A camera, or a zone of it."""
type _Find = Callable[[_Lookup], Target | Reason]
type _Fit = Callable[
    [KnownServer, CameraConfig, str | None, str], tuple[str, ...] | Reason | None
]
"""Returns the key for a place and the rest of a name; None if that is of another place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lookup:
    """A name of the official integration that is looked up."""

    server: KnownServer
    places: Mapping[str, tuple[_Place, ...]]
    """The cameras and zones by name; cameras can have zones of the same name."""
    name: str
    slug: str | None
    """The place of its device; None if it has no device."""

    def splits(self) -> Iterator[tuple[tuple[_Place, ...], str]]:
        """Yield the places with which the name begins, and the rest, longest first.

        Names can begin with each other, and the rest contains `_` too. The device knows
        better, but not whether a place still exists.
        """
        for first, rest in splits(self.name, self.places):
            if self.slug is None or self.slug == as_place(first):
                yield self.places[first], rest


def _of_camera(*key: str, needs: Callable[[CameraConfig], bool] | None = None) -> _Find:
    """Find the camera that has the name."""

    def _find(lookup: _Lookup) -> Target | Reason:
        camera = lookup.server.config.cameras.get(lookup.name)
        if camera is None:
            return Reason.NOT_CONFIGURED
        if lookup.name not in lookup.server.cameras:
            return Reason.NOT_VISIBLE
        if needs is not None and not needs(camera):
            return Reason.NOT_PROVIDED
        return Target(camera=lookup.name, key=key)

    return _find


def _of_place(fit: _Fit) -> _Find:
    """Find the camera or zone with which the name begins, if the rest fits."""

    def _find(lookup: _Lookup) -> Target | Reason:
        server = lookup.server
        for places, rest in lookup.splits():
            found = [
                (camera, zone, key)
                for camera, zone in places
                if (key := fit(server, server.config.cameras[camera], zone, rest))
            ]
            if len(found) > 1:
                return Reason.SHARED_ZONE
            for camera, zone, key in found:
                if camera not in server.cameras:
                    return Reason.NOT_VISIBLE
                if isinstance(key, Reason):
                    return key
                return Target(camera=camera, zone=zone, key=key)
        return Reason.NOT_CONFIGURED

    return _find


def _object(key: str) -> _Fit:
    return lambda _server, camera, zone, label: (
        (key, label) if label in objects_of(camera, zone) else None
    )


def _snapshot(
    _server: KnownServer, camera: CameraConfig, zone: str | None, label: str
) -> tuple[str, ...] | None:
    is_tracked = zone is None and label in camera.labels
    return ("last_snapshot", label) if is_tracked else None


def _sound(
    _server: KnownServer, camera: CameraConfig, zone: str | None, label: str
) -> tuple[str, ...] | None:
    return ("sound", label) if zone is None and label in sounds_of(camera) else None


def _sound_level(
    _server: KnownServer, camera: CameraConfig, zone: str | None, rest: str
) -> tuple[str, ...] | Reason | None:
    if zone is not None or rest != "dB":
        return None
    return ("sound_level",) if "audio" in camera.switchable else Reason.NOT_PROVIDED


def _state_model(
    server: KnownServer, camera: CameraConfig, zone: str | None, model: str
) -> tuple[str, ...] | None:
    models = server.config.classifiers.get(camera.name, ())
    return ("classification", model) if zone is None and model in models else None


def _object_model(
    _server: KnownServer, camera: CameraConfig, zone: str | None, model: str
) -> tuple[str, ...] | Reason | None:
    if model not in camera.object_classifiers:
        return None
    return ("object_classification", model) if zone is None else Reason.NO_TWIN


def _camera_fps(
    server: KnownServer, _camera: CameraConfig, zone: str | None, rest: str
) -> tuple[str, ...] | Reason | None:
    if zone is not None or rest not in (*_FPS, _EXPECTED_FPS):
        return None
    if rest == _EXPECTED_FPS and not server.capabilities.has_connection_stats:
        return Reason.NOT_PROVIDED
    return (f"{rest}_fps",)


def _control(features: Mapping[str, str]) -> _Fit:
    """Return the fit of settings of cameras, which only administrators have."""

    def _fit(
        server: KnownServer, camera: CameraConfig, zone: str | None, rest: str
    ) -> tuple[str, ...] | Reason | None:
        if zone is not None or (feature := features.get(rest)) is None:
            return None
        if not server.profile.is_admin:
            return Reason.NEEDS_ADMINISTRATOR
        return (feature,) if feature in camera.switchable else Reason.NOT_PROVIDED

    return _fit


def _part(key: str, parts: Callable[[KnownServer], Collection[str]]) -> _Find:
    """Find a part of the server that has the name."""
    return lambda lookup: (
        Target(key=(key, lookup.name))
        if lookup.name in parts(lookup.server)
        else Reason.NOT_PROVIDED
    )


def _named(name: str, key: str) -> _Find:
    """Find the only entity of its kind."""
    return lambda lookup: Target(key=(key,)) if lookup.name == name else Reason.UNKNOWN


def _no_twin(_lookup: _Lookup) -> Reason:
    return Reason.NO_TWIN


def _camera(lookup: _Lookup) -> Target | Reason:
    server = lookup.server
    if lookup.name != BIRDSEYE or BIRDSEYE in server.config.cameras:
        return _of_camera()(lookup)
    if not server.config.birdseye_restream:
        return Reason.NOT_PROVIDED
    return Target(key=(BIRDSEYE,))


def _fps(lookup: _Lookup) -> Target | Reason:
    if lookup.name in _FPS:
        return Target(key=(f"{lookup.name}_fps",))
    return _of_place(_camera_fps)(lookup)


def _profile(lookup: _Lookup) -> Target | Reason:
    server = lookup.server
    if not server.profile.is_admin:
        return Reason.NEEDS_ADMINISTRATOR
    if not server.config.profiles:
        return Reason.NOT_CONFIGURED
    return _named("profile", "profile")(lookup)


def _detectors(server: KnownServer) -> Collection[str]:
    return server.config.detectors if server.stats is None else server.stats.detectors


def _states(theirs: str, ours: str) -> Difference:
    return Difference(aspect=Aspect.STATES, theirs=theirs, ours=ours)


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
_NOTHING_YET = _states("Unknown", "unknown")
_NOTHING_NOW = _states("None", "unknown")


@dataclass(frozen=True, slots=True)
class Rule:
    """Which entity of ours continues those of a kind, and in what it differs."""

    domain: Platform
    find: _Find
    differences: tuple[Difference, ...] = ()


RULES: Mapping[str, Rule] = {
    "camera": Rule(
        Platform.CAMERA,
        _camera,
        (
            Difference(
                aspect=Aspect.ATTRIBUTES,
                theirs="client_id, camera_name, restream_type",
                ours="",
            ),
        ),
    ),
    "image_best_snapshot": Rule(Platform.IMAGE, _of_place(_snapshot)),
    "motion_sensor": Rule(Platform.BINARY_SENSOR, _of_camera("motion")),
    "occupancy_sensor": Rule(Platform.BINARY_SENSOR, _of_place(_object("occupancy"))),
    "audio_sensor": Rule(Platform.BINARY_SENSOR, _of_place(_sound)),
    "sensor_object_count": Rule(Platform.SENSOR, _of_place(_object("count"))),
    "sensor_active_object_count": Rule(
        Platform.SENSOR, _of_place(_object("active_count"))
    ),
    "sensor_fps": Rule(Platform.SENSOR, _fps),
    "sensor_status": Rule(Platform.SENSOR, _no_twin),
    "uptime": Rule(Platform.SENSOR, _named("frigate", "uptime")),
    "sensor_detector_speed": Rule(
        Platform.SENSOR, _part("inference_speed", _detectors)
    ),
    "gpu_load": Rule(
        Platform.SENSOR,
        _part("gpu_load", lambda server: server.stats.gpus if server.stats else ()),
    ),
    "sensor_temp": Rule(
        Platform.SENSOR,
        _part(
            "temperature",
            lambda server: server.stats.temperatures if server.stats else (),
        ),
    ),
    **{
        f"{process}_cpu_usage": Rule(
            Platform.SENSOR, _of_camera(f"{process}_cpu_usage")
        )
        for process in ("capture", "detect", "ffmpeg")
    },
    "sensor_sound_level": Rule(Platform.SENSOR, _of_place(_sound_level)),
    "sensor_review_status": Rule(
        Platform.SENSOR,
        _of_camera("review_status"),
        (_states("NONE, DETECTION, ALERT", "none, detection, alert"),),
    ),
    "sensor_recognized_face": Rule(
        Platform.SENSOR,
        _of_camera("last_recognized_face", needs=lambda one: one.recognizes_faces),
        (_NOTHING_YET, _NOTHING_NOW, _states("Jane Doe", "jane_doe")),
    ),
    "sensor_recognized_plate": Rule(
        Platform.SENSOR,
        _of_camera("last_recognized_plate", needs=lambda one: one.reads_plates),
        (_NOTHING_YET, _NOTHING_NOW, _states("My Car", "my_car")),
    ),
    "sensor_classification": Rule(
        Platform.SENSOR, _of_place(_state_model), (_NOTHING_YET,)
    ),
    "sensor_object_classification": Rule(
        Platform.SENSOR,
        _of_place(_object_model),
        (_NOTHING_NOW, _states("Delivery Van", "delivery_van")),
    ),
    "sensor_global_face": Rule(
        Platform.SENSOR,
        _part("last_camera", lambda server: server.people),
        (_NOTHING_YET,),
    ),
    "sensor_global_plate": Rule(Platform.SENSOR, _no_twin),
    "sensor_global_object_classification": Rule(Platform.SENSOR, _no_twin),
    "switch": Rule(
        Platform.SWITCH, _of_place(_control({one: one for one in _SWITCHES}))
    ),
    "number": Rule(Platform.NUMBER, _of_place(_control(_NUMBERS))),
    "select": Rule(Platform.SELECT, _profile, (_states("", "none"),)),
    "update": Rule(Platform.UPDATE, _named("frigate_server", "update")),
}
"""The kinds of the official integration."""


class Twins:
    """Finds the entities of ours that continue those of the official integration."""

    def __init__(self, server: KnownServer) -> None:
        """Learn the names of the cameras and zones."""
        self._server = server
        self._places: dict[str, tuple[_Place, ...]] = {}
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
    ) -> Found | Reason:
        """Return what continues an entity of a domain on the device of a place."""
        rule = RULES.get(official.kind)
        if rule is None or rule.domain != domain:
            return Reason.UNKNOWN
        lookup = _Lookup(
            server=self._server, places=self._places, name=official.name, slug=slug
        )
        target = rule.find(lookup)
        if isinstance(target, Reason):
            return target
        return Found(target=target, differences=rule.differences)
