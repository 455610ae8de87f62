"""Everything a test may change about the server while it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
import re
import secrets
import time
from typing import Any, override

from .database import Database
from .exporter import Case, Exporter
from .footage import HISTORY, Footage
from .go2rtc import Go2rtc
from .journal import Journal
from .live import Live
from .open_files import OpenFiles
from .recognition import Recognition
from .settings import ObjectClassifier, Profiles, Ptz, Trigger, Zone

type Clock = Callable[[], float]
type Version = str

VERSION_STRINGS = {
    "0.16.4": "0.16.4-4131252",
    "0.17.2": "0.17.2-3d4dd3a",
    "0.18": "0.18.0-e3fa701",
}
"""From the oldest to the newest: a newer version is added at the end."""
SESSION_LENGTH = 86400
REFRESH_TIME = 1800


def recorded_as(version: Version) -> Version:
    """Return the newest version of the list that is not newer, or else the oldest one.

    What is no number, or is not supported, therefore answers like the oldest.
    """
    oldest, *others = VERSION_STRINGS
    numbers = _numbers(version)
    return next((one for one in others[::-1] if _numbers(one) <= numbers), oldest)


def _numbers(version: Version) -> tuple[int, ...]:
    found = re.match(r"(\d+)\.(\d+)", version)
    return (0, 0) if found is None else tuple(map(int, found.groups()))


def is_since(version: Version, first: Version) -> bool:
    """Return whether a version is a certain one or a newer one."""
    names = [*VERSION_STRINGS]
    return names.index(recorded_as(version)) >= names.index(first)


def wall_clock() -> float:
    """Return the time, looked up at each call so that a frozen clock counts."""
    return time.time()


@dataclass
class WrongClock:
    """A clock that is ahead of the wall clock, or with a negative offset behind it."""

    offset: float

    def __call__(self) -> float:
        """Return the time that it shows."""
        return wall_clock() + self.offset


@dataclass
class User:
    """An account; the password stays readable because tests log in with it."""

    password: str
    role: str = "viewer"
    password_changed_at: float | None = None
    subscriptions: list[Any] = field(default_factory=list)


@dataclass
class Camera:
    """A configured camera. Switched off or offline, it remembers since when.

    `frozen_at` is when a command switched it off: the rate of its pictures stays.

    `live_streams` are the streams of go2rtc for the web interface, by what they are called
    there; without any, that of the camera's own name is assumed to be there.

    `runtime` holds what the configuration says of what commands have changed since, and
    `allowed` whether it allows a feature where that is not what it sets. `moving` is what
    `<camera>/motion` has said last, and `motion_boxes` whether the last frame shows motion.
    """

    friendly_name: str | None = None
    enabled: bool = True
    online: bool = True
    detect_enabled: bool = True
    recording: bool = True
    # Days for which all recordings are kept, whatever they show; before 0.17, by the mode.
    continuous_days: float = 3
    retain_mode: str = "all"
    snapshots: bool = True
    motion: bool = True
    audio: bool = False
    birdseye: bool = False
    face_recognition: bool = True
    width: int = 320
    height: int = 180
    fps: int = 3
    audio_rms: float | None = None
    audio_dbfs: float | None = None
    connection_quality: str | None = None
    reconnects: int = 0
    stalls: int = 0
    improve_contrast: bool = True
    motion_threshold: int = 30
    contour_area: int | None = 10
    birdseye_mode: str = "objects"
    notifications: bool | None = None
    review_alerts: bool = True
    review_detections: bool = True
    object_descriptions: bool = False
    review_descriptions: bool = False
    # What the language model describes.
    describes_alerts: bool = True
    describes_detections: bool = False
    described_from: str = "preview"
    audio_transcription: bool = False
    autotracking: bool = False
    labels: list[str] = field(default_factory=lambda: ["person", "car"])
    audio_labels: list[str] | None = None
    lpr: bool = False
    zones: dict[str, Zone] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    ptz: Ptz | None = None
    live_streams: dict[str, str] | None = None
    moving: bool = False
    motion_boxes: bool = False
    allowed: dict[str, bool] = field(default_factory=dict)
    runtime: dict[str, Any] = field(default_factory=dict)
    clock: Clock = field(default=wall_clock, repr=False)
    stopped_at: float | None = field(default=None, init=False)
    frozen_at: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Treat a camera that begins dead as one that has been dead for long."""
        self.stopped_at = None if self.alive else 0.0

    @override
    def __setattr__(self, name: str, value: Any) -> None:
        """Note the moment at which the camera stops or comes back."""
        super().__setattr__(name, value)
        if name in ("enabled", "online") and "stopped_at" in self.__dict__:
            if self.alive:
                self.stopped_at = None
            elif self.stopped_at is None:
                self.stopped_at = self.clock()

    @property
    def alive(self) -> bool:
        """Whether pictures arrive."""
        return self.enabled and self.online

    def streams(self, name: str) -> dict[str, str]:
        """Return the streams of go2rtc for the web interface of a camera of this name."""
        return {name: name} if self.live_streams is None else self.live_streams

    def configured(self, name: str) -> Any:
        """Return what the configuration says of a setting."""
        return self.runtime.get(name, getattr(self, name))

    def allows(self, name: str) -> bool:
        """Whether the configuration lets a feature be switched on."""
        return self.allowed.get(name, bool(self.configured(name)))

    def change(self, name: str, value: Any) -> None:
        """Change a setting until further notice, without touching the configuration."""
        self.runtime.setdefault(name, getattr(self, name))
        if name == "enabled":
            self.frozen_at = self.clock() if self.alive and not value else None
        setattr(self, name, value)

    def forget(self, *kept: str) -> None:
        """Be again as the configuration says, apart from some settings."""
        for name in [each for each in self.runtime if each not in kept]:
            setattr(self, name, self.runtime.pop(name))

    def silent_for(self) -> float:
        """Return the seconds since the last picture."""
        return 0.0 if self.stopped_at is None else self.clock() - self.stopped_at


def _default_users() -> dict[str, User]:
    return {
        "admin": User("frigate-admin-pass-1", "admin"),
        "viewer1": User("viewer-password-1", "viewer"),
        "gate1": User("gate-password-1!", "gate"),
    }


def _default_roles() -> dict[str, list[str]]:
    return {"gate": ["Portones"], "admin": [], "viewer": []}


@dataclass
class ServerState:
    """What Frigate would keep in its configuration, database and memory."""

    version: Version
    clock: Clock = wall_clock
    users: dict[str, User] = field(default_factory=_default_users)
    roles: dict[str, list[str]] = field(default_factory=_default_roles)
    cameras: dict[str, Camera] = field(default_factory=dict)
    faces: dict[str, list[str]] = field(default_factory=dict)
    train: list[str] = field(default_factory=list)
    train_folder: bool = False
    face_recognition: bool = True
    face_threshold: float = 0.9
    recognition: Recognition = field(default_factory=Recognition)
    auth: bool = True
    tls: bool = True
    cookie_name: str = "frigate_token"
    login_rate_limit: int | str | None = None
    admin_first_time_login: bool = False
    jwt_secret: str = field(default_factory=lambda: secrets.token_hex(64), repr=False)
    starting: bool = False
    # How many times slower than asked for the live streams are.
    stream_pace: float = 1.0
    started_at: float = 0.0
    restarts: int = 0
    birdseye: bool = False
    # Without a restream, birdseye has neither stills nor a stream.
    birdseye_restream: bool = True
    # What its MQTT topics begin with; None where it does not publish by MQTT.
    topic_prefix: str | None = None
    notifications: bool = True
    journal: Journal = field(default_factory=Journal)
    # Whether somebody else is just asking for whatever has expired in nginx' cache.
    cache_is_renewed_by_others: bool = False
    # Whether nginx reuses, for a POST, the connection that an exception has closed.
    keeps_closed_connections: bool = True
    latest_version: str = "unknown"
    gpus: dict[str, dict[str, Any]] = field(default_factory=dict)
    npus: dict[str, dict[str, Any]] = field(default_factory=dict)
    temperatures: dict[str, float] = field(default_factory=dict)
    bandwidths: dict[str, dict[str, Any]] = field(default_factory=dict)
    embeddings: dict[str, float] = field(default_factory=dict)
    detectors: dict[str, dict[str, Any]] = field(default_factory=lambda: {"cpu1": {}})
    detector_types: dict[str, str] = field(default_factory=dict)
    storage: dict[str, dict[str, Any]] = field(default_factory=dict)
    database: Database = field(default_factory=Database)
    stats_overrides: dict[str, Any] = field(default_factory=dict)
    footage: Footage = field(default_factory=Footage)
    open_files: OpenFiles = field(default_factory=OpenFiles)
    exporter: Exporter = field(init=False)
    cases: dict[str, Case] = field(default_factory=dict)
    semantic_search: bool = False
    # Whether a provider of language models is configured.
    genai: bool = False
    # What it tells of a range in which there was a concern; without a text it fails.
    summary: str | None = "# Security Summary\n\nA visitor tried the door handle."
    # The events that were to be described anew: id, source, and whether it was forced.
    regenerations: list[tuple[str, str, bool]] = field(default_factory=list)
    lpr: bool = False
    plate_threshold: float = 0.9
    # The names of license plates, with the numbers that each stands for.
    known_plates: dict[str, list[str]] = field(default_factory=dict)
    # Logos are sub labels under which an object is counted.
    attributes: list[str] = field(
        default_factory=lambda: ["ups", "face", "amazon", "license_plate"]
    )
    classification: dict[str, list[str]] = field(default_factory=dict)
    object_classifiers: dict[str, ObjectClassifier] = field(default_factory=dict)
    profiles: Profiles = field(default_factory=Profiles)
    ptz_commands: list[tuple[str, str]] = field(default_factory=list)
    live: Live = field(init=False)
    go2rtc: Go2rtc = field(init=False)

    def __post_init__(self) -> None:
        """Start the service now unless another time is given."""
        if not self.started_at:
            self.started_at = self.clock()
        self.database.describes = self.is_017
        if not self.is_017:
            # There are no other roles, and whoever has another one is a viewer.
            self.roles = {"admin": [], "viewer": []}
            for user in self.users.values():
                user.role = user.role if user.role in self.roles else "viewer"
        self.footage.since = self.footage.since or int(self.started_at) - HISTORY
        self.exporter = Exporter(queues=self.is_018)
        self.live = Live(self)
        self.go2rtc = Go2rtc(self)

    @property
    def is_017(self) -> bool:
        """Whether this version has what came with 0.17."""
        return is_since(self.version, "0.17.2")

    @property
    def is_018(self) -> bool:
        """Whether this version has what came with 0.18."""
        return is_since(self.version, "0.18")

    @property
    def version_string(self) -> str:
        """Return what `/api/version` says."""
        return VERSION_STRINGS.get(self.version, self.version)

    @property
    def restreams_birdseye(self) -> bool:
        """Whether there is a picture of all cameras for others than the web interface."""
        return self.birdseye and self.birdseye_restream

    def notifies(self, camera: Camera) -> bool:
        """Whether a camera sends notifications, as all do that have no setting of their own."""
        own = camera.notifications
        return self.notifications if own is None else own

    def restricted(self, role: str) -> bool:
        """Whether the role sees some cameras only."""
        return role != "admin" and bool(self.roles.get(role))

    def allowed_cameras(self, role: str) -> list[str]:
        """Return the names of the cameras a role may see."""
        if not self.restricted(role):
            return list(self.cameras)
        return [name for name in self.roles[role] if name in self.cameras]
