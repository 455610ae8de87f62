"""Models of the parts of `/api/config` that a client needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import Any, Self

from .models import BUILT_IN_ROLES, FeatureValue
from .parsing import (
    as_bool,
    as_dict,
    as_float,
    as_int,
    as_items,
    as_name,
    as_names,
    as_stream,
    unusable_names,
)

# Where the configuration has names of its own.
_NAMES = (
    "cameras",
    "cameras.*.zones",
    "cameras.*.objects.track",
    "cameras.*.audio.listen",
    "cameras.*.semantic_search.triggers",
    "auth.roles",
    "detectors",
    "classification.custom",
    "profiles",
    "go2rtc.streams",
)
BIRDSEYE = "birdseye"
"""The stream of all cameras together; it is not in the list of streams."""
BIRDSEYE_MODE = "birdseye_mode"
"""The feature that says when a camera is in that stream, of which these are the values."""
BIRDSEYE_MODES = ("continuous", "motion", "objects")
_MAX_OBJECT_MODELS = 50
"""Models of objects that are read: every camera is compared with each of them."""
# Attributes belong to other objects, and Frigate does not count them.
_ATTRIBUTES = frozenset({"face", "license_plate"})

_TOPIC_PREFIX = "frigate"
"""Frigate's own default."""
DEFAULT_RECOGNITION_THRESHOLD = 0.9
"""Frigate's own default, for faces and for license plates."""

# Paths of the features below a camera, by the name with which a feature is set.
_FEATURES: Mapping[str, tuple[str, ...]] = {
    "enabled": ("enabled",),
    "detect": ("detect", "enabled"),
    "recordings": ("record", "enabled"),
    "snapshots": ("snapshots", "enabled"),
    "motion": ("motion", "enabled"),
    "audio": ("audio", "enabled"),
    "notifications": ("notifications", "enabled"),
    "review_alerts": ("review", "alerts", "enabled"),
    "review_detections": ("review", "detections", "enabled"),
    "improve_contrast": ("motion", "improve_contrast"),
    "object_descriptions": ("objects", "genai", "enabled"),
    "review_descriptions": ("review", "genai", "enabled"),
    "motion_threshold": ("motion", "threshold"),
    "motion_contour_area": ("motion", "contour_area"),
    "ptz_autotracker": ("onvif", "autotracking", "enabled"),
    "birdseye": ("birdseye", "enabled"),
    BIRDSEYE_MODE: ("birdseye", "mode"),
}
# Frigate switches these on only if the configuration file enables them.
_WANT_CONFIGURATION = frozenset(
    {
        "enabled",
        "recordings",
        "audio",
        "notifications",
        "review_alerts",
        "review_detections",
        "object_descriptions",
        "review_descriptions",
        "ptz_autotracker",
    }
)
# Without birdseye itself, Frigate lets these be set, and nothing happens.
_WANT_BIRDSEYE = frozenset({BIRDSEYE, BIRDSEYE_MODE})


@dataclass(frozen=True, slots=True)
class ZoneConfig:
    """A zone of a camera."""

    name: str
    friendly_name: str | None
    labels: tuple[str, ...]
    """Labels that are detected there; empty for all labels of the camera."""

    @classmethod
    def from_api(cls, name: str, data: Mapping[str, Any]) -> Self:
        """Read one item of `zones` of a camera."""
        return cls(
            name, as_name(data.get("friendly_name")), as_names(data.get("objects"))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraConfig:
    """The configuration of a camera."""

    name: str
    friendly_name: str | None
    enabled: bool
    detect_width: int | None
    """Pixels, as `detect_height`."""
    detect_height: int | None
    detect_enabled: bool | None
    record_enabled: bool
    records_always: bool
    """Whether its configuration is to record also when nothing happens."""
    motion_enabled: bool
    audio_enabled: bool
    labels: tuple[str, ...]
    """Labels of the objects that are tracked and counted."""
    sounds: tuple[str, ...]
    """Labels of the sounds that are detected."""
    zones: Mapping[str, ZoneConfig]
    features: Mapping[str, FeatureValue]
    """Values of the features that can be set at runtime, by the name to set them."""
    switchable: frozenset[str]
    """The features that Frigate can switch on, see `enabled_in_config`."""
    recognizes_faces: bool
    reads_plates: bool
    describes_reviews: bool
    """Whether a language model describes review items, as configured: it can be paused."""
    has_ptz: bool
    """Whether Frigate can move the camera, by ONVIF."""
    live_streams: tuple[str, ...] = ()
    """Names of streams for live video, the first choice first; they need not exist."""
    triggers: tuple[str, ...] = ()
    """Names of the enabled triggers of semantic search."""
    object_classifiers: tuple[str, ...] = ()
    """Names of the custom models that classify objects which this camera tracks."""
    describes_objects: bool = False
    """Whether the configuration lets a language model describe events; see `features` for now."""

    @classmethod
    def from_api(
        cls,
        name: str,
        data: Mapping[str, Any],
        object_classifiers: Mapping[str, frozenset[str]] = MappingProxyType({}),
        *,
        has_birdseye: bool = False,
    ) -> Self:
        """Read one item of `cameras` of `/api/config`; all cameras share models and birdseye."""
        detect, audio = as_dict(data.get("detect")), as_dict(data.get("audio"))
        tracked = as_names(as_dict(data.get("objects")).get("track"))
        triggers = as_items(as_dict(data.get("semantic_search")).get("triggers"))
        features = dict(_features(data))
        return cls(
            name=name,
            friendly_name=as_name(data.get("friendly_name")),
            enabled=features.get("enabled") is not False,
            detect_width=as_int(detect.get("width")),
            detect_height=as_int(detect.get("height")),
            detect_enabled=as_bool(detect.get("enabled")),
            record_enabled=features.get("recordings") is True,
            records_always=_records_always(as_dict(data.get("record"))),
            # What is not said is not switched off.
            motion_enabled=features.get("motion") is not False,
            audio_enabled=features.get("audio") is True,
            labels=tuple(label for label in tracked if label not in _ATTRIBUTES),
            sounds=as_names(audio.get("listen")),
            zones={
                zone: ZoneConfig.from_api(zone, as_dict(one))
                for zone, one in as_items(data.get("zones")).items()
            },
            features=features,
            switchable=frozenset(
                feature
                for feature in features
                if _is_switchable(data, feature)
                and (has_birdseye or feature not in _WANT_BIRDSEYE)
            ),
            recognizes_faces=_is_enabled(data, "face_recognition"),
            reads_plates=_is_enabled(data, "lpr"),
            describes_reviews=_is_configured(data, "review_descriptions"),
            has_ptz=as_name(as_dict(data.get("onvif")).get("host")) is not None,
            live_streams=_live_streams(as_dict(data.get("live"))),
            triggers=tuple(
                trigger
                for trigger, one in triggers.items()
                if as_dict(one).get("enabled") is not False
            ),
            object_classifiers=tuple(
                model
                for model, labels in object_classifiers.items()
                if not labels.isdisjoint(tracked)
            ),
            describes_objects=_is_configured(data, "object_descriptions"),
        )


def _records_always(record: Mapping[str, Any]) -> bool:
    """Return whether recordings are kept that show neither motion nor objects."""
    if record.get("enabled_in_config") is False:
        return False
    if (continuous := record.get("continuous")) is None:
        # Before Frigate 0.17, the mode says which of them are kept for these days.
        continuous = as_dict(record.get("retain"))
        if continuous.get("mode") != "all":
            return False
    return (as_float(as_dict(continuous).get("days")) or 0) > 0


def _live_streams(live: Mapping[str, Any]) -> tuple[str, ...]:
    return as_names([*as_items(live.get("streams")).values()])


def _features(camera: Mapping[str, Any]) -> Iterator[tuple[str, FeatureValue]]:
    for feature, path in _FEATURES.items():
        value = _section(camera, path).get(path[-1])
        found: FeatureValue | None
        if feature == BIRDSEYE_MODE:
            found = value if value in BIRDSEYE_MODES else None
        else:
            found = value if isinstance(value, bool) else as_int(value)
        if found is not None:
            yield feature, found


def _is_switchable(camera: Mapping[str, Any], feature: str) -> bool:
    if feature not in _WANT_CONFIGURATION:
        return True
    section = _section(camera, _FEATURES[feature])
    return section.get("enabled_in_config") is not False


def _is_configured(camera: Mapping[str, Any], feature: str) -> bool:
    """Return whether the file switches a feature on, also if it is off at the moment."""
    section = _section(camera, _FEATURES[feature])
    return any(section.get(key) is True for key in ("enabled", "enabled_in_config"))


def _section(camera: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any]:
    for step in path[:-1]:
        camera = as_dict(camera.get(step))
    return camera


def _is_enabled(data: Mapping[str, Any], section: str) -> bool:
    return as_dict(data.get(section)).get("enabled") is True


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttConfig:
    """How the server publishes by MQTT, which this client does not need."""

    enabled: bool = True
    topic_prefix: str = _TOPIC_PREFIX
    client_id: str | None = None
    """None if the server does not tell it."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `mqtt` of `/api/config`."""
        return cls(
            enabled=data.get("enabled") is not False,
            topic_prefix=as_name(data.get("topic_prefix")) or _TOPIC_PREFIX,
            client_id=as_name(data.get("client_id")),
        )


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of the server."""

    cameras: Mapping[str, CameraConfig]
    birdseye_restream: bool
    safe_mode: bool
    """Whether Frigate rejected its configuration, and runs without cameras."""
    auth_enabled: bool | None
    """Whether authentication is enabled on the port for logins."""
    roles: tuple[str, ...]
    """The roles that an account can have; two of them are built in."""
    classifiers: Mapping[str, tuple[str, ...]]
    """Names of the custom state classification models, by camera."""
    profiles: tuple[str, ...]
    """Names of the profiles; since 0.18."""
    face_threshold: float
    """The score from 0 to 1 from which on Frigate is sure of a face."""
    plate_threshold: float
    """The score from 0 to 1 from which on Frigate is sure of a license plate."""
    attributes: frozenset[str]
    """Sub labels under which Frigate counts an object in place of its label, such as `ups`."""
    detectors: Mapping[str, str | None] = field(default_factory=dict)
    """Types such as `edgetpu`, by name; empty if the server does not tell them."""
    unusable_names: tuple[str, ...] = ()
    """Paths such as `cameras.*.zones` where names are left out: empty, too long or too many."""
    semantic_search: bool = False
    """Whether events can be searched by a description in words."""
    has_language_model: bool = False
    """Whether a provider of generative AI is configured."""
    streams: frozenset[str] = frozenset()
    """Names of the streams of go2rtc, without `birdseye`."""
    sources: Mapping[str, int] = field(default_factory=dict)
    """For each of them, a number that changes with the addresses that it comes from."""
    mqtt: MqttConfig = field(default_factory=MqttConfig)

    def stream_of(self, camera: str) -> str | None:
        """Return the stream with live video of a camera, or of `birdseye`."""
        if (found := self.cameras.get(camera)) is not None:
            return next(
                (one for one in found.live_streams if one in self.streams), None
            )
        is_restreamed = camera == BIRDSEYE and self.birdseye_restream
        return BIRDSEYE if is_restreamed else None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read the object of `/api/config`."""
        birdseye = as_dict(data.get("birdseye"))
        has_birdseye = birdseye.get("enabled") is True
        auth = as_dict(data.get("auth"))
        sources = _sources(as_dict(data.get("go2rtc")))
        models = as_items(as_dict(data.get("classification")).get("custom"))
        object_classifiers = _object_classifiers(models)
        return cls(
            {
                name: CameraConfig.from_api(
                    name,
                    as_dict(camera),
                    object_classifiers,
                    has_birdseye=has_birdseye,
                )
                for name, camera in as_items(data.get("cameras")).items()
            },
            has_birdseye and birdseye.get("restream") is True,
            data.get("safe_mode") is True,
            as_bool(auth.get("enabled")),
            tuple(dict.fromkeys((*as_items(auth.get("roles")), *BUILT_IN_ROLES))),
            _classifiers(models),
            tuple(as_items(data.get("profiles"))),
            _recognition_threshold(data, "face_recognition"),
            _recognition_threshold(data, "lpr"),
            frozenset(as_names(as_dict(data.get("model")).get("all_attributes"))),
            {
                name: as_name(as_dict(detector).get("type"))
                for name, detector in as_items(data.get("detectors")).items()
            },
            unusable_names(data, _NAMES),
            _is_enabled(data, "semantic_search"),
            _has_provider(as_dict(data.get("genai"))),
            frozenset(sources),
            sources,
            MqttConfig.from_api(as_dict(data.get("mqtt"))),
        )


def _has_provider(genai: Mapping[str, Any]) -> bool:
    """Return whether there is one; 0.18 has several by name, and 0.16 a switch."""
    if (is_enabled := as_bool(genai.get("enabled"))) is not None:
        return is_enabled
    return any("provider" in as_dict(one) for one in (genai, *genai.values()))


def _sources(go2rtc: Mapping[str, Any]) -> Mapping[str, int]:
    # Not the addresses themselves: they may hold passwords.
    return {
        name: hash(repr(addresses))
        for name, addresses in as_items(go2rtc.get("streams")).items()
        if as_stream(name) is not None
    }


def _recognition_threshold(data: Mapping[str, Any], section: str) -> float:
    found = as_float(as_dict(data.get(section)).get("recognition_threshold"))
    if found is None or not 0 <= found <= 1:
        return DEFAULT_RECOGNITION_THRESHOLD
    return found


def _classifiers(models: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Return the enabled models by camera; object classification has no cameras."""
    found: dict[str, tuple[str, ...]] = {}
    for model, details in models.items():
        state = as_dict(as_dict(details).get("state_config"))
        if as_dict(details).get("enabled") is not False:
            for camera in as_items(state.get("cameras")):
                found[camera] = (*found.get(camera, ()), model)
    return found


def _object_classifiers(models: Mapping[str, Any]) -> Mapping[str, frozenset[str]]:
    """Return the labels of each enabled model that classifies objects."""
    found = (
        (model, frozenset(as_names(as_dict(one.get("object_config")).get("objects"))))
        for model, one in ((model, as_dict(one)) for model, one in models.items())
        if one.get("enabled") is not False
    )
    return dict(islice((one for one in found if one[1]), _MAX_OBJECT_MODELS))
