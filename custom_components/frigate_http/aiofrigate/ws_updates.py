"""What Frigate pushes over its WebSocket `/ws`, as typed updates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from .models import FeatureValue
from .parsing import as_dict, as_name, as_names, as_timestamp
from .reviews import Review

_VERIFIED = "-verified"
_MAX_ZONES = 100


@dataclass(frozen=True, slots=True)
class TrackedObject:
    """An object that a camera tracks."""

    object_id: str
    """The same as the id of its event."""
    camera: str
    label: str
    sub_label: str | None
    zones: frozenset[str]
    """The zones it is in now."""
    is_stationary: bool
    snapshot_time: float | None = None
    """When its best snapshot was taken, in seconds since the epoch; None without one."""

    @classmethod
    def from_api(cls, camera: str, data: Mapping[str, Any]) -> Self | None:
        """Read an object of `camera_activity` or `events`; None without an id or label."""
        object_id, label = as_name(data.get("id")), as_name(data.get("label"))
        if object_id is None or label is None:
            return None
        sub_label = data.get("sub_label")
        if isinstance(sub_label, list):
            # A list of name and score.
            sub_label = next(iter(sub_label), None)
        snapshot = as_dict(data.get("snapshot"))
        return cls(
            object_id,
            camera,
            label.removesuffix(_VERIFIED),
            as_name(sub_label),
            frozenset(as_names(data.get("current_zones"))[:_MAX_ZONES]),
            data.get("stationary") is True,
            as_timestamp(snapshot.get("frame_time"))
            if data.get("has_snapshot")
            else None,
        )


@dataclass(frozen=True, slots=True)
class CameraActivity:
    """The current state of all cameras (`camera_activity`), the answer to `onConnect`.

    Frigate sends it to every client whenever any of them asks for it.
    """

    motion: Mapping[str, bool | None]
    """Whether the very last frame showed motion, by camera; None if it is unknown.

    That is not what `<camera>/motion` says, which also outlasts pauses of many seconds.
    """
    objects: Mapping[str, tuple[TrackedObject, ...]]
    suspended: Mapping[str, float] = field(default_factory=dict)
    """What `Suspended` says, by camera; a camera that is missing tells nothing."""


@dataclass(frozen=True, slots=True)
class SoundActivity:
    """The current sounds of all cameras (`audio_detections`)."""

    sounds: Mapping[str, frozenset[str]]
    """Labels by camera; a camera that is missing detects no sound."""


@dataclass(frozen=True, slots=True)
class ObjectUpdate:
    """An object was detected, changed, or is gone (`events`)."""

    tracked: TrackedObject
    is_gone: bool

    @property
    def camera(self) -> str:
        """Return the camera that tracks it."""
        return self.tracked.camera


@dataclass(frozen=True, slots=True)
class ReviewUpdate:
    """A review item began, changed, or ended (`reviews`); an ended one has an end time.

    Frigate also sends an item when its language model has described it, long after its end.
    """

    review: Review
    is_new: bool = True
    is_end: bool = False
    is_description: bool = False
    """Whether only the texts of the item are new; since 0.18 its times may be others."""

    @property
    def camera(self) -> str | None:
        """Return the camera of the item."""
        return self.review.camera


@dataclass(frozen=True, slots=True)
class Count:
    """The number of objects of a label in a camera or a zone (`<place>/<label>`)."""

    place: str
    label: str
    """`all` for the sum of all labels."""
    count: int
    only_active: bool


@dataclass(frozen=True, slots=True)
class Motion:
    """Motion began or ended at a camera (`<camera>/motion`)."""

    camera: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound began or ended at a camera (`<camera>/audio/<label>`)."""

    camera: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class ReviewStatus:
    """The severity of the current activity of a camera (`<camera>/review_status`)."""

    camera: str
    severity: str | None
    """`alert`, `detection` or None."""


@dataclass(frozen=True, slots=True)
class FeatureState:
    """A feature of a camera was set to a value (`<camera>/<feature>/state`)."""

    camera: str
    feature: str
    value: FeatureValue


@dataclass(frozen=True, slots=True)
class Suspended:
    """Notifications of a camera were suspended, or are no more (`notifications/suspended`).

    Only since 0.18 does Frigate tell that a suspension is over.
    """

    camera: str
    until: float
    """Seconds since the epoch, by the clock of the server; 0 if they are not suspended."""


@dataclass(frozen=True, slots=True)
class Recognized:
    """A face or a license plate is thought to be recognized (`tracked_object_update`).

    Frigate sends a face after every attempt, even if the score is too low to be sure of it.
    """

    camera: str
    is_plate: bool
    name: str | None
    """The name of the person or of the known plate; None if unknown."""
    plate: str | None
    event_id: str | None
    score: float | None
    """From 0 to 1."""

    @property
    def shown(self) -> str | None:
        """Return the name, else the plate."""
        return self.name or self.plate


@dataclass(frozen=True, slots=True)
class Classified:
    """A custom model reports a state, such as an open gate (`classification`)."""

    camera: str
    model: str
    state: str


@dataclass(frozen=True, slots=True)
class ObjectClassified:
    """A custom model has classified a tracked object (`tracked_object_update`).

    Frigate repeats it after every further attempt, up to 16 times an object.
    """

    camera: str
    event_id: str
    model: str
    result: str
    is_attribute: bool
    """Whether the result is an attribute of the object; else it is its sub label."""
    score: float | None
    """From 0 to 1."""

    @property
    def shown(self) -> str:
        """Return the result."""
        return self.result


@dataclass(frozen=True, slots=True)
class ObjectDescribed:
    """A language model has described an event (`tracked_object_update`), often after its end."""

    camera: str
    event_id: str
    description: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Triggered:
    """An event is similar to a trigger of semantic search (`triggers`)."""

    camera: str
    name: str
    event_id: str
    score: float | None
    """How similar: mostly from 0 to 1, but Frigate limits it to no range."""
    kind: str | None
    """What was compared: `thumbnail` or `description`."""


@dataclass(frozen=True, slots=True)
class ProfileState:
    """The active profile has changed (`profile/state`); None for no profile."""

    name: str | None


type CameraUpdate = (
    ObjectUpdate
    | ReviewUpdate
    | Motion
    | Sound
    | ReviewStatus
    | FeatureState
    | Suspended
    | Recognized
    | Classified
    | ObjectClassified
    | ObjectDescribed
    | Triggered
)
"""An update of one camera."""
type Update = CameraUpdate | CameraActivity | SoundActivity | Count | ProfileState
