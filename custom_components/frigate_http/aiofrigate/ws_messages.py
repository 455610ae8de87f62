"""Reads messages of Frigate's WebSocket `/ws` as typed updates.

A message is `{"topic", "payload"}`, where the payload is mostly JSON in a string. Unknown
messages are ignored, because new versions of Frigate send new topics.
"""

from collections.abc import Callable, Mapping
from typing import Any

from .configuration import BIRDSEYE_MODE, BIRDSEYE_MODES
from .json_parser import parse_json
from .parsing import (
    MAX_DESCRIPTION,
    as_bool,
    as_dict,
    as_float,
    as_name,
    as_text,
    as_timestamp,
)
from .reviews import Review
from .ws_updates import (
    CameraActivity,
    CameraUpdate,
    Classified,
    Count,
    FeatureState,
    Motion,
    ObjectClassified,
    ObjectDescribed,
    ObjectUpdate,
    ProfileState,
    Recognized,
    ReviewStatus,
    ReviewUpdate,
    Sound,
    SoundActivity,
    Suspended,
    TrackedObject,
    Triggered,
    Update,
)

_SEVERITIES = {"NONE": None, "DETECTION": "detection", "ALERT": "alert"}
_ON_OFF = {"ON": True, "OFF": False}
_MAX_NUMBER = 2**31 - 1
_MAX_OBJECTS = 1000
"""Objects of a camera that are read; Frigate tracks a few dozen at most."""


def parse_message(text: str) -> Update | None:
    """Return the update in a message, or None for unknown and invalid messages."""
    message = _json(text)
    if not isinstance(message, dict):
        return None
    topic, payload = message.get("topic"), message.get("payload")
    if not isinstance(topic, str):
        return None
    if (read := _READERS.get(topic)) is not None:
        return read(payload)
    match topic.split("/"):
        case [place, label]:
            return _two_part_topic(place, label, payload)
        case [place, label, "active"]:
            return _count(place, label, payload, only_active=True)
        case [camera, feature, "state"]:
            return _feature_state(camera, feature, payload)
        case [camera, "notifications", "suspended"]:
            until = as_timestamp(payload)
            return None if until is None else Suspended(camera, until)
        case [camera, "audio", label] if (is_on := _on_off(payload)) is not None:
            return Sound(camera, label, is_on)
        case [camera, "classification", model] if found := as_name(payload):
            return Classified(camera, model, found)
    return None


def _json(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return parse_json(text)
    except ValueError, RecursionError:
        return None


def _two_part_topic(place: str, what: str, payload: Any) -> Update | None:
    if isinstance(payload, str):
        if what == "motion" and (is_on := _on_off(payload)) is not None:
            return Motion(place, is_on)
        if what == "review_status" and payload in _SEVERITIES:
            return ReviewStatus(place, _SEVERITIES[payload])
    return _count(place, what, payload, only_active=False)


def _on_off(payload: Any) -> bool | None:
    return _ON_OFF.get(payload) if isinstance(payload, str) else None


def _count(place: str, label: str, payload: Any, *, only_active: bool) -> Count | None:
    number = _number(payload)
    return None if number is None else Count(place, label, number, only_active)


def _number(payload: Any) -> int | None:
    is_number = isinstance(payload, int) and not isinstance(payload, bool)
    return payload if is_number and 0 <= payload <= _MAX_NUMBER else None


def _feature_state(camera: str, feature: str, payload: Any) -> FeatureState | None:
    if (is_on := _on_off(payload)) is not None:
        return FeatureState(camera, feature, is_on)
    if (number := _number(payload)) is not None:
        return FeatureState(camera, feature, number)
    if feature == BIRDSEYE_MODE and isinstance(payload, str):
        # The configuration has it in lower case.
        mode = payload.lower()
        return FeatureState(camera, feature, mode) if mode in BIRDSEYE_MODES else None
    return None


def _camera_activity(payload: Any) -> CameraActivity | None:
    cameras = _json(payload)
    if not isinstance(cameras, dict):
        return None
    motion, objects, suspended = {}, {}, {}
    for camera, data in cameras.items():
        activity = as_dict(data)
        # A camera that was switched off keeps what its last frame showed.
        config = as_dict(activity.get("config"))
        is_off = config.get("enabled") is False
        motion[camera] = False if is_off else as_bool(activity.get("motion"))
        listed = activity.get("objects")
        found = [
            TrackedObject.from_api(camera, as_dict(one))
            for one in (listed[:_MAX_OBJECTS] if isinstance(listed, list) else [])
        ]
        objects[camera] = tuple(one for one in found if one is not None)
        if (until := as_timestamp(config.get("notifications_suspended"))) is not None:
            suspended[camera] = until
    return CameraActivity(motion, objects, suspended)


def _sound_activity(payload: Any) -> SoundActivity | None:
    cameras = _json(payload)
    if not isinstance(cameras, dict):
        return None
    return SoundActivity(
        {camera: frozenset(as_dict(sounds)) for camera, sounds in cameras.items()}
    )


def _object_update(payload: Any) -> ObjectUpdate | None:
    data = as_dict(_json(payload))
    after = as_dict(data.get("after"))
    if (camera := as_name(after.get("camera"))) is None:
        return None
    tracked = TrackedObject.from_api(camera, after)
    if tracked is None or after.get("false_positive") is True:
        return None
    is_over = data.get("type") == "end" or after.get("end_time") is not None
    return ObjectUpdate(tracked, is_over)


def _review_update(payload: Any) -> ReviewUpdate | None:
    data = as_dict(_json(payload))
    review = Review.from_api(as_dict(data.get("after")))
    if review is None or review.camera is None:
        return None
    step = data.get("type")
    return ReviewUpdate(review, step == "new", step == "end", step == "genai")


def _tracked_object_update(payload: Any) -> Update | None:
    data = as_dict(_json(payload))
    kind, camera = data.get("type"), as_name(data.get("camera"))
    read = _OBJECT_READERS.get(kind) if isinstance(kind, str) else None
    return None if read is None or camera is None else read(camera, data)


def _face(camera: str, data: Mapping[str, Any]) -> Recognized | None:
    name = as_name(data.get("name"))
    if name is None and data.get("name") is not None:
        # Only null says that the face is unknown.
        return None
    # Frigate's word for a face that it does not know.
    name = None if name == "unknown" else name
    event_id, score = as_name(data.get("id")), _score(data.get("score"))
    return Recognized(camera, False, name, None, event_id, score)


def _plate(camera: str, data: Mapping[str, Any]) -> Recognized:
    name = as_name(data.get("name"))
    return Recognized(
        camera,
        True,
        None if name == "unknown" else name,
        as_name(data.get("plate")),
        as_name(data.get("id")),
        _score(data.get("score")),
    )


def _object_classified(camera: str, data: Mapping[str, Any]) -> ObjectClassified | None:
    event_id, model = as_name(data.get("id")), as_name(data.get("model"))
    sub_label, attribute = (
        as_name(data.get(key)) for key in ("sub_label", "attribute")
    )
    result = sub_label or attribute
    if event_id is None or model is None or result is None:
        return None
    score = _score(data.get("score"))
    return ObjectClassified(camera, event_id, model, result, sub_label is None, score)


def _object_described(camera: str, data: Mapping[str, Any]) -> ObjectDescribed | None:
    event_id, description = (
        as_name(data.get("id")),
        as_text(data.get("description"), MAX_DESCRIPTION),
    )
    if event_id is None or description is None:
        return None
    return ObjectDescribed(camera, event_id, description)


def _triggered(payload: Any) -> Triggered | None:
    data = as_dict(_json(payload))
    camera, name, event_id = (
        as_name(data.get(key)) for key in ("camera", "name", "event_id")
    )
    if camera is None or name is None or event_id is None:
        return None
    score, kind = as_float(data.get("score")), as_name(data.get("type"))
    return Triggered(camera, name, event_id, score, kind)


def _score(value: Any) -> float | None:
    score = as_float(value)
    return None if score is None or not 0 <= score <= 1 else score


def _profile_state(payload: Any) -> ProfileState | None:
    if payload == "":
        return ProfileState(None)
    if (name := as_name(payload)) is None:
        return None
    return ProfileState(None if name.lower() == "none" else name)


_READERS: Mapping[str, Callable[[Any], Update | None]] = {
    "camera_activity": _camera_activity,
    "audio_detections": _sound_activity,
    "events": _object_update,
    "reviews": _review_update,
    "tracked_object_update": _tracked_object_update,
    "triggers": _triggered,
    "profile/state": _profile_state,
}
_OBJECT_READERS: Mapping[
    str, Callable[[str, Mapping[str, Any]], CameraUpdate | None]
] = {
    "face": _face,
    "lpr": _plate,
    "classification": _object_classified,
    "description": _object_described,
}
