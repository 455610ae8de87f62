"""What the official integration writes into Home Assistant for a server, as plain facts.

The kinds, names, units and categories are those that its version 5.15.2 registers (see
`tests/fixtures/official`). None of its code is here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from homeassistant.util import slugify
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.config import build_config
from tests.fake_frigate.settings import Ptz
from tests.fake_frigate.state import ServerState

OFFICIAL = "frigate"
OFFICIAL_ENTRY = "01JOFFICIAL000000000000000"
PLATFORMS = (
    "binary_sensor",
    "camera",
    "image",
    "number",
    "select",
    "sensor",
    "switch",
    "update",
)
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "create_event": ("label", "sub_label", "duration", "include_recording"),
    "end_event": ("event_id",),
    "export_recording": ("playback_factor", "start_time", "end_time", "name"),
    "favorite_event": ("event_id", "favorite"),
    "ptz": ("action", "argument"),
    "review_summarize": ("start_time", "end_time"),
}
"""Its actions with their fields, beside the target."""
OPTIONS = (
    "enable_webrtc",
    "media_browser_enable",
    "notification_proxy_enable",
    "notification_proxy_expire_after_seconds",
    "rtsp_url_template",
)
CAMERA_ACTIONS = (
    "disable_motion_detection",
    "enable_motion_detection",
    "play_stream",
    "record",
    "snapshot",
    "turn_off",
    "turn_on",
)
"""What its cameras can do of what Home Assistant's cameras can."""
TOPICS = ("frigate/events", "frigate/reviews")
"""What Frigate sends for automations, by MQTT: the integration fires no events."""
WEBSOCKET_COMMANDS = (
    "frigate/event/retain",
    "frigate/events/get",
    "frigate/events/subscribe",
    "frigate/events/summary",
    "frigate/events/unsubscribe",
    "frigate/ptz/info",
    "frigate/recordings/get",
    "frigate/recordings/summary",
    "frigate/reviews/get",
    "frigate/reviews/subscribe",
    "frigate/reviews/unsubscribe",
    "frigate/reviews/viewed",
)
CARDS = ("custom:advanced-camera-card", "custom:frigate-card")
"""The cards that need these commands."""
HTTP_PATHS = tuple(
    f"/api/frigate/{what}/"
    for what in (
        "clips",
        "go2rtc",
        "jsmpeg",
        "mse",
        "notifications",
        "recording",
        "snapshot",
        "thumbnail",
        "vod",
        "webrtc",
    )
)
"""A client id may follow after `frigate`."""
MEDIA_SOURCE = "media-source://frigate/"
LLM_API, LLM_TOOL = "frigate_services", "frigate_query"
MODEL_CLASSES = ("dhl", "ups")
"""What each model of an object classifier tells apart."""


@dataclass(frozen=True, slots=True)
class Official:
    """An entity of the official integration; `{...}` stand for names of the server."""

    platform: str
    kind: str
    name: str
    title: str | None
    device: str = ""
    category: str | None = None
    enabled: bool = True
    device_class: str | None = None
    unit: str | None = None
    capabilities: Mapping[str, Any] | None = None
    icon: str | None = None

    @property
    def unique_id(self) -> str:
        """Return the unique id without the config entry."""
        return f"{self.kind}:{self.name}"

    @property
    def object_id(self) -> str:
        """Return what the entity id is made of, unless that is taken."""
        return slugify(f"{as_device_name(self.device)} {self.title or ''}")

    @property
    def entity_id(self) -> str:
        """Return the entity id that it gets, unless that is taken."""
        return f"{self.platform}.{self.object_id}"

    def of(self, entry_id: str) -> str:
        """Return the unique id in a config entry."""
        return f"{entry_id}:{self.unique_id}"


def as_device_name(device: str) -> str:
    """Return what a camera, a zone, or with an empty name the server is called."""
    return as_words(device).title() if device else "Frigate"


def as_words(name: str) -> str:
    """Return a name of Frigate's in words."""
    return name.replace("_", " ")


def device_identifier(entry_id: str, device: str) -> str:
    """Return the identifier of a camera, a zone, or with an empty name the server."""
    return f"{entry_id}:{device}" if device else entry_id


_MEASUREMENT = {"state_class": "measurement"}
_SPEEDOMETER = "mdi:speedometer"
_SWITCHES: tuple[tuple[str, str, bool], ...] = (
    ("detect", "mdi:motion-sensor", True),
    ("motion", "mdi:motion-sensor", True),
    ("recordings", "mdi:filmstrip-box-multiple", True),
    ("snapshots", "mdi:image-multiple", True),
    ("improve_contrast", "mdi:contrast-circle", False),
    ("review_alerts", "mdi:bell-alert", True),
    ("review_detections", "mdi:eye-check", True),
    ("object_descriptions", "mdi:text-box-check", False),
    ("review_descriptions", "mdi:text-box-check", False),
)
_NUMBERS = (("contour_area", "Contour area", 100), ("threshold", "Threshold", 80))
_CAMERA_FPS = ("camera", "process", "skipped", "detection", "expected")
_SERVER_FPS = ("camera", "process", "skipped", "detection")
_COUNTED = {"person": "mdi:human", "car": "mdi:car"}


def official_entities(state: ServerState) -> tuple[Official, ...]:
    """Return the entities that the official integration has for a server."""
    config = build_config(state)
    return (
        *_of_server(state, config),
        *(one for name in config["cameras"] for one in _of_camera(state, config, name)),
        *_of_labels(config),
    )


def _of_server(state: ServerState, config: Mapping[str, Any]) -> Iterator[Official]:
    yield Official(
        "update", "update", "frigate_server", "Server", category="diagnostic"
    )
    yield _diagnostic("sensor_status", "frigate", "Status", icon="mdi:server", state=1)
    yield _diagnostic(
        "uptime",
        "frigate",
        "Uptime",
        device_class="duration",
        unit="s",
        icon="mdi:clock-time-five",
    )
    for fps in _SERVER_FPS:
        yield _diagnostic("sensor_fps", fps, f"{fps} fps", unit="fps")
    for detector in config["detectors"]:
        yield _diagnostic(
            "sensor_detector_speed",
            detector,
            f"{as_words(detector).title()} inference speed",
            device_class="duration",
            unit="ms",
        )
    for gpu in state.gpus:
        yield _diagnostic(
            "gpu_load", gpu, f"{as_words(gpu).title()} gpu load", unit="%"
        )
    for device in state.temperatures:
        yield _diagnostic(
            "sensor_temp",
            device,
            f"{as_words(device).title()} temperature",
            device_class="temperature",
            unit="°C",
        )
    if config["birdseye"]["restream"]:
        yield Official(
            "camera",
            "camera",
            "birdseye",
            None,
            device="birdseye",
            device_class="camera",
        )
    if config.get("profiles"):
        yield Official(
            "select",
            "select",
            "profile",
            "Profile",
            capabilities={"options": [*config["profiles"]]},
        )
    for face in state.faces:
        yield _last_camera("sensor_global_face", face, face)
    for plate in config["lpr"]["known_plates"]:
        yield _last_camera("sensor_global_plate", plate, plate)
    for model in state.object_classifiers:
        for each in MODEL_CLASSES:
            yield _last_camera(
                "sensor_global_object_classification", f"{model}_{each}", each
            )


def _last_camera(kind: str, name: str, shown: str) -> Official:
    title = f"{as_words(shown).title()} Last Camera"
    return Official("sensor", kind, name, title)


def _diagnostic(kind: str, name: str, title: str, **facts: Any) -> Official:
    """Return a sensor of the health of the server or of a camera; it is off by default."""
    has_no_statistics = facts.pop("state", False)
    facts = {"icon": _SPEEDOMETER, **facts}
    return Official(
        "sensor",
        kind,
        name,
        title,
        category="diagnostic",
        enabled=False,
        capabilities=None if has_no_statistics else _MEASUREMENT,
        **facts,
    )


def _of_camera(
    state: ServerState, config: Mapping[str, Any], name: str
) -> Iterator[Official]:
    camera = config["cameras"][name]
    yield Official("camera", "camera", name, None, device=name, device_class="camera")
    yield Official(
        "binary_sensor",
        "motion_sensor",
        name,
        "Motion",
        device=name,
        device_class="motion",
    )
    for label in camera["objects"]["track"]:
        yield Official(
            "image",
            "image_best_snapshot",
            f"{name}_{label}",
            as_words(label).title(),
            device=name,
        )
    yield from _controls(camera, name)
    for fps in _CAMERA_FPS:
        yield _diagnostic(
            "sensor_fps", f"{name}_{fps}", f"{fps} fps", unit="fps", device=name
        )
    for process in ("capture", "detect", "ffmpeg"):
        yield _diagnostic(
            f"{process}_cpu_usage",
            name,
            f"{process} cpu usage",
            unit="%",
            icon="mdi:scoreboard-outline",
            device=name,
        )
    yield _last(name, "review_status", "Review Status", "mdi:eye-check")
    if config["face_recognition"]["enabled"] and camera["face_recognition"]["enabled"]:
        icon = "mdi:face-recognition"
        yield _last(name, "recognized_face", "Last Recognized Face", icon)
    if config["lpr"]["enabled"] and camera["lpr"]["enabled"]:
        icon = "mdi:car-search"
        yield _last(name, "recognized_plate", "Last Recognized Plate", icon)
    yield from _of_models(state, camera, name)
    if camera["audio"]["enabled_in_config"]:
        yield from _sounds(camera, name)


def _last(camera: str, what: str, title: str, icon: str) -> Official:
    return Official("sensor", f"sensor_{what}", camera, title, device=camera, icon=icon)


def _controls(camera: Mapping[str, Any], name: str) -> Iterator[Official]:
    switches = [*_SWITCHES]
    if camera["audio"]["enabled_in_config"]:
        switches.append(("audio", "mdi:volume-high", True))
    if camera["onvif"]["autotracking"]["enabled_in_config"]:
        switches.append(("ptz_autotracker", "mdi:cctv", True))
    for feature, icon, is_on in switches:
        yield Official(
            "switch",
            "switch",
            f"{name}_{feature}",
            as_words(feature).title(),
            device=name,
            category="config",
            enabled=is_on,
            icon=icon,
        )
    for setting, title, most in _NUMBERS:
        yield Official(
            "number",
            "number",
            f"{name}_{setting}",
            title,
            device=name,
            category="config",
            enabled=False,
            capabilities={"min": 5, "max": most, "step": 1, "mode": "auto"},
            icon=_SPEEDOMETER,
        )


def _of_models(
    state: ServerState, camera: Mapping[str, Any], name: str
) -> Iterator[Official]:
    for model, cameras in state.classification.items():
        if name in cameras:
            yield Official(
                "sensor",
                "sensor_classification",
                f"{name}_{model}",
                f"{as_words(model).title()} Classification",
                device=name,
            )
    for model, classifier in state.object_classifiers.items():
        if {*classifier.labels} & {*camera["objects"]["track"]}:
            yield Official(
                "sensor",
                "sensor_object_classification",
                f"{name}_{model}",
                f"{as_words(model).title()} Object Classification",
                device=name,
            )


def _sounds(camera: Mapping[str, Any], name: str) -> Iterator[Official]:
    yield Official(
        "sensor",
        "sensor_sound_level",
        f"{name}_dB",
        "Sound level",
        device=name,
        device_class="sound_pressure",
        unit="dB",
        capabilities=_MEASUREMENT,
    )
    for sound in camera["audio"]["listen"]:
        yield Official(
            "binary_sensor",
            "audio_sensor",
            f"{name}_{sound}",
            f"{as_words(sound).title()} sound",
            device=name,
            device_class="sound",
        )


def _of_labels(config: Mapping[str, Any]) -> Iterator[Official]:
    """Yield what cameras and zones have for labels; zones of one name are one device."""
    places = dict[str, dict[str, None]]()
    for name, camera in config["cameras"].items():
        tracked = camera["objects"]["track"]
        places.setdefault(name, {}).update(dict.fromkeys(tracked))
        for zone, each in camera["zones"].items():
            seen = [
                one for one in tracked if not each["objects"] or one in each["objects"]
            ]
            places.setdefault(zone, {}).update(dict.fromkeys(seen))
    for place, labels in places.items():
        for label in ("all", *labels):
            yield from _of_label(place, label)


def _of_label(place: str, label: str) -> Iterator[Official]:
    name, words = f"{place}_{label}", as_words(label)
    yield Official(
        "binary_sensor",
        "occupancy_sensor",
        name,
        f"{words.capitalize()} occupancy",
        device=place,
        device_class="occupancy",
        icon="mdi:car-off" if label == "car" else "mdi:home-outline",
    )
    counts = {
        "sensor_object_count": f"{words.capitalize()} count",
        "sensor_active_object_count": f"{words.title()} Active Count",
    }
    for kind, title in counts.items():
        yield Official(
            "sensor",
            kind,
            name,
            title,
            device=place,
            unit="objects",
            capabilities=_MEASUREMENT,
            icon=_COUNTED.get(label, "mdi:shield-alert"),
        )


# The server that such a registry is of

ZONES = ("drive", "lawn")
SHARED_ZONE = "street"
GONE = "shed"


def add_house(frigate: FakeFrigate, cameras: int = 2) -> None:
    """Let a server have these cameras only, with two zones and two labels each."""
    for name in [*frigate.state.cameras]:
        frigate.remove_camera(name)
    for number in range(1, cameras + 1):
        name = f"cam_{number:02}"
        frigate.add_camera(name)
        for zone in ZONES:
            frigate.add_zone(name, f"{name}_{zone}", labels=())


def add_extras(frigate: FakeFrigate) -> None:
    """Give a house of two or more cameras all else that there are kinds for.

    Its first two cameras share a zone.
    """
    state = frigate.state
    first, second, *_ = state.cameras
    for camera in state.cameras.values():
        camera.audio = camera.lpr = True
        camera.audio_labels = ["bark", "fire_alarm", "scream", "speech", "yell"]
    state.lpr = state.birdseye = True
    state.cameras[first].ptz = Ptz(presets=("home", "gate"))
    state.cameras[first].allowed["autotracking"] = True
    for name in (first, second):
        frigate.add_zone(name, SHARED_ZONE, labels=())
    frigate.add_face("Eileen")
    frigate.add_face("Ana_María")
    if state.is_017:
        frigate.add_classification("gate", first, second)
        frigate.add_object_classifier("courier", "person")
    if state.is_018:
        frigate.add_profile("night", "Night", {first: {"detect_enabled": False}})
    state.known_plates["own_car"] = ["ABC1234"]
    state.gpus["intel-vaapi"] = {"gpu": "12.5%", "mem": "3.1%"}
    state.temperatures["cpu1" if state.is_018 else "apex_0"] = 46.25


def large_house(frigate: FakeFrigate) -> tuple[Official, ...]:
    """Let a server have eight cameras and all extras, and return what is registered of it.

    One more camera has been there once, so that its entities are still registered.
    """
    add_house(frigate, 8)
    add_extras(frigate)
    sounds = ["bark", "fire_alarm", "speech", "yell"]
    frigate.add_camera(GONE, audio=True, audio_labels=sounds, lpr=True)
    entities = official_entities(frigate.state)
    frigate.remove_camera(GONE)
    return entities


# What its user has made of it

AREAS = ("garden", "street")
LABELS = ("watched", "quiet")
CATEGORY = {"helpers": "01JCATEGORY000000000000000"}
EXPOSED = {"conversation": {"should_expose": True}}
"""What lets an assistant see an entity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a user has set for an entity; what is None was left as it was."""

    entity_id: str | None = None
    name: str | None = None
    icon: str | None = None
    area_id: str | None = None
    labels: tuple[str, ...] | None = None
    categories: Mapping[str, str] | None = None
    aliases: tuple[str, ...] | None = None
    hidden: bool | None = None
    disabled: bool | None = None
    options: Mapping[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSettings:
    """What a user has set for a device; what is None was left as it was."""

    name: str | None = None
    area_id: str | None = None
    labels: tuple[str, ...] | None = None


def settings_of(entities: Sequence[Official]) -> dict[str, Settings]:
    """Return settings of all kinds for one entity in three, by unique id.

    The user has enabled every other one of those that are off by default.
    """
    chosen = [one for one in entities if one.enabled and one.title][::3]
    settings = {
        one.unique_id: each
        for one, make in zip(chosen, cycle(_SETTINGS))
        for each in (make(one.object_id),)
    }
    off = [one.unique_id for one in entities if not one.enabled]
    return settings | dict.fromkeys(off[::2], Settings(disabled=False))


_SETTINGS: tuple[Callable[[str], Settings], ...] = (
    lambda name: Settings(name=f"My {name}"),
    lambda _name: Settings(icon="mdi:eye", labels=LABELS[:1]),
    lambda name: Settings(area_id="street", name=f"Street {name}"),
    lambda name: Settings(labels=LABELS, aliases=(f"nickname of {name}",)),
    lambda _name: Settings(categories=CATEGORY),
    lambda _name: Settings(hidden=True),
    lambda _name: Settings(disabled=True),
    lambda _name: Settings(options=EXPOSED),
    lambda name: Settings(entity_id=f"my_own_{name}"),
)


def device_settings_of(entities: Sequence[Official]) -> dict[str, DeviceSettings]:
    """Return settings for every other device, by the name of the camera or zone."""
    devices = [*dict.fromkeys(one.device for one in entities)]
    return {
        device: DeviceSettings(
            name=f"Renamed {device}" if number % 4 == 0 else None,
            area_id=AREAS[number // 2 % 2],
            labels=LABELS[:1],
        )
        for number, device in enumerate(devices)
        if number % 2 == 0
    }
