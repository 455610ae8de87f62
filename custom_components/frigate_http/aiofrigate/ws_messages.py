"""What Frigate says on its WebSocket, as typed updates.

A message is `{"topic", "payload"}`, and the payload mostly JSON once more, inside a
text. What is not understood is no update and no error: new versions say new things.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from .json_parser import parse_json
from .parsing import as_bool, as_dict, as_float, as_str, as_strings
from .reviews import Review

_VERIFIED = "-verified"
_SEVERITIES = {"NONE": None, "DETECTION": "detection", "ALERT": "alert"}
_SWITCH = {"ON": True, "OFF": False}


@dataclass(frozen=True, slots=True)
class TrackedObject:
    """An object that a camera sees now."""

    object_id: str
    """The id of the event that it will have been."""
    camera: str
    label: str
    sub_label: str | None
    zones: frozenset[str]
    """Those in which it is now."""
    is_stationary: bool
    snapshot_time: float | None = None
    """When its best picture was taken, in seconds since the epoch; None without one."""

    @classmethod
    def from_api(cls, camera: str, data: Mapping[str, Any]) -> Self | None:
        """Read an object of `camera_activity` or `events`; None without an id or label."""
        object_id, label = as_str(data.get("id")), as_str(data.get("label"))
        if object_id is None or label is None:
            return None
        sub_label = data.get("sub_label")
        if isinstance(sub_label, list):
            # With its score behind it.
            sub_label = next(iter(sub_label), None)
        snapshot = as_dict(data.get("snapshot"))
        return cls(
            object_id,
            camera,
            label.removesuffix(_VERIFIED),
            as_str(sub_label),
            frozenset(as_strings(data.get("current_zones"))),
            data.get("stationary") is True,
            as_float(snapshot.get("frame_time")) if data.get("has_snapshot") else None,
        )


@dataclass(frozen=True, slots=True)
class CameraActivity:
    """All that the cameras see now: the answer to `onConnect`."""

    motion: Mapping[str, bool | None]
    """By camera; None where Frigate has not looked yet."""
    objects: Mapping[str, tuple[TrackedObject, ...]]


@dataclass(frozen=True, slots=True)
class SoundActivity:
    """All that the cameras hear now."""

    sounds: Mapping[str, frozenset[str]]
    """By camera; one that is missing hears nothing."""


@dataclass(frozen=True, slots=True)
class ObjectUpdate:
    """An object was seen for the first time, changed, or is gone."""

    tracked: TrackedObject
    is_gone: bool


@dataclass(frozen=True, slots=True)
class ReviewUpdate:
    """A review item began, changed, or ended, which its end tells."""

    review: Review
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """How many objects of a label a camera or a zone has now."""

    place: str
    label: str
    """`all` for the sum of them."""
    count: int
    only_active: bool


@dataclass(frozen=True, slots=True)
class Motion:
    """A camera begins or ceases to see something move."""

    camera: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Sound:
    """A camera begins or ceases to hear something."""

    camera: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class ReviewStatus:
    """What there is to review at a camera now: `alert`, `detection` or None."""

    camera: str
    severity: str | None


@dataclass(frozen=True, slots=True)
class FeatureState:
    """A feature of a camera is set to a value."""

    camera: str
    feature: str
    value: bool | int


@dataclass(frozen=True, slots=True)
class Recognized:
    """A face was recognized or a plate was read; or is so no longer."""

    camera: str
    is_plate: bool
    name: str | None
    """The person, or whose plate it is; None if unknown."""
    plate: str | None
    event_id: str | None
    score: float | None
    """From 0 to 1."""

    @property
    def shown(self) -> str | None:
        """Return what a person would call it: the name, else the plate."""
        return self.name or self.plate


@dataclass(frozen=True, slots=True)
class Classified:
    """A model has found another state of something, such as an open gate."""

    camera: str
    model: str
    state: str


@dataclass(frozen=True, slots=True)
class ProfileState:
    """Another profile is active now; None for none."""

    name: str | None


type Update = (
    CameraActivity
    | SoundActivity
    | ObjectUpdate
    | ReviewUpdate
    | Count
    | Motion
    | Sound
    | ReviewStatus
    | FeatureState
    | Recognized
    | Classified
    | ProfileState
)


def parse_message(text: str) -> Update | None:
    """Return what a message says, or None if that is nothing for us."""
    message = _json(text)
    if not isinstance(message, dict):
        return None
    topic, payload = message.get("topic"), message.get("payload")
    if not isinstance(topic, str):
        return None
    if (read := _WHOLE_TOPICS.get(topic)) is not None:
        return read(payload)
    match topic.split("/"):
        case [place, label]:
            return _of_two(place, label, payload)
        case [place, label, "active"]:
            return _count(place, label, payload, only_active=True)
        case [camera, feature, "state"]:
            return _feature_state(camera, feature, payload)
        case [camera, "audio", label] if (is_on := _switch(payload)) is not None:
            return Sound(camera, label, is_on)
        case [camera, "classification", model] if isinstance(payload, str):
            return Classified(camera, model, payload)
    return None


def _json(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return parse_json(text)
    except ValueError, RecursionError:
        return None


def _of_two(place: str, what: str, payload: Any) -> Update | None:
    if isinstance(payload, str):
        if what == "motion" and (is_on := _switch(payload)) is not None:
            return Motion(place, is_on)
        if what == "review_status" and payload in _SEVERITIES:
            return ReviewStatus(place, _SEVERITIES[payload])
    return _count(place, what, payload, only_active=False)


def _switch(payload: Any) -> bool | None:
    return _SWITCH.get(payload) if isinstance(payload, str) else None


def _count(place: str, label: str, payload: Any, *, only_active: bool) -> Count | None:
    if isinstance(payload, bool) or not isinstance(payload, int) or payload < 0:
        return None
    return Count(place, label, payload, only_active)


def _feature_state(camera: str, feature: str, payload: Any) -> FeatureState | None:
    if (is_on := _switch(payload)) is not None:
        return FeatureState(camera, feature, is_on)
    if isinstance(payload, int) and not isinstance(payload, bool):
        return FeatureState(camera, feature, payload)
    return None


def _camera_activity(payload: Any) -> CameraActivity | None:
    cameras = _json(payload)
    if not isinstance(cameras, dict):
        return None
    motion, objects = {}, {}
    for camera, data in cameras.items():
        sight = as_dict(data)
        motion[camera] = as_bool(sight.get("motion"))
        seen = sight.get("objects")
        found = [
            TrackedObject.from_api(camera, as_dict(one))
            for one in (seen if isinstance(seen, list) else [])
        ]
        objects[camera] = tuple(one for one in found if one is not None)
    return CameraActivity(motion, objects)


def _sound_activity(payload: Any) -> SoundActivity | None:
    cameras = _json(payload)
    if not isinstance(cameras, dict):
        return None
    return SoundActivity(
        {camera: frozenset(as_dict(heard)) for camera, heard in cameras.items()}
    )


def _object_update(payload: Any) -> ObjectUpdate | None:
    data = as_dict(_json(payload))
    after = as_dict(data.get("after"))
    if (camera := as_str(after.get("camera"))) is None:
        return None
    tracked = TrackedObject.from_api(camera, after)
    if tracked is None or after.get("false_positive") is True:
        return None
    return ObjectUpdate(tracked, data.get("type") == "end")


def _review_update(payload: Any) -> ReviewUpdate | None:
    data = as_dict(_json(payload))
    review = Review.from_api(as_dict(data.get("after")))
    if review is None or review.camera is None:
        return None
    return ReviewUpdate(review, data.get("type") == "new")


def _recognized(payload: Any) -> Recognized | None:
    data = as_dict(_json(payload))
    camera, kind = as_str(data.get("camera")), data.get("type")
    if camera is None or kind not in ("face", "lpr"):
        return None
    name = as_str(data.get("name"))
    return Recognized(
        camera,
        kind == "lpr",
        # That is how Frigate says that it sees a face and does not know it.
        None if name == "unknown" else name,
        as_str(data.get("plate")),
        as_str(data.get("id")),
        as_float(data.get("score")),
    )


def _profile_state(payload: Any) -> ProfileState | None:
    if not isinstance(payload, str):
        return None
    return ProfileState(None if payload.lower() in {"", "none"} else payload)


_WHOLE_TOPICS: Mapping[str, Callable[[Any], Update | None]] = {
    "camera_activity": _camera_activity,
    "audio_detections": _sound_activity,
    "events": _object_update,
    "reviews": _review_update,
    "tracked_object_update": _recognized,
    "profile/state": _profile_state,
}
