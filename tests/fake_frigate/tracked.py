"""How the topic `events` shows a tracked object."""

from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .database import Event
    from .state import Camera, ServerState

FRAME = 0.4
_ALERT_LABELS = ("person", "car")
_NO_PLATE = {"recognized_license_plate": None}


def measures(event: Event, camera: Camera) -> tuple[list[int], int, float]:
    """Return the box of an object in pixels, its area, and its width by its height."""
    left, top, width, height = event.data["box"]
    box = [
        int(left * camera.width),
        int(top * camera.height),
        int((left + width) * camera.width),
        int((top + height) * camera.height),
    ]
    wide, high = box[2] - box[0], box[3] - box[1]
    return box, wide * high, wide / high


def _snapshot(event: Event, frame_time: float, place: dict[str, Any]) -> dict[str, Any]:
    return {
        "frame_time": frame_time,
        "box": place["box"],
        "area": place["area"],
        "region": place["region"],
        "score": event.data["score"],
        "attributes": [],
        "current_estimated_speed": 0,
        "velocity_angle": 0,
        "path_data": deepcopy(event.data["path_data"][:-1]),
        **_NO_PLATE,
        "recognized_license_plate_score": None,
    }


def show(state: ServerState, event: Event, frame_time: float) -> dict[str, Any]:
    """Return an object as it is now."""
    camera = state.cameras[event.camera]
    box, area, ratio = measures(event, camera)
    size, score = max(camera.width, camera.height), event.data["score"]
    place = {"box": box, "area": area, "ratio": ratio, "region": [0, 0, size, size]}
    name = event.sub_label and [event.sub_label, event.data.get("sub_label_score", 1.0)]
    before = event.shown or {}
    moved = event.current_zones != before.get("current_zones")
    return {
        "id": event.id,
        "camera": event.camera,
        "frame_time": frame_time,
        "snapshot": before.get("snapshot") or _snapshot(event, frame_time, place),
        **({"snapshot_clean": event.has_snapshot} if state.is_018 else {}),
        "label": event.label,
        "sub_label": name,
        "top_score": event.data["top_score"],
        "false_positive": False,
        "start_time": event.start_time,
        "end_time": event.end_time,
        "score": score,
        **({"computed_score": score} if state.is_018 else {}),
        **place,
        "active": not event.stationary,
        "stationary": event.stationary,
        "motionless_count": before.get("motionless_count", -1) + 1,
        "position_changes": before.get("position_changes", 0) + moved,
        "current_zones": list(event.current_zones),
        "entered_zones": list(event.zones),
        "has_clip": event.has_clip,
        "has_snapshot": event.has_snapshot,
        "attributes": {},
        "current_attributes": [],
        "pending_loitering": False,
        "max_severity": "alert" if event.label in _ALERT_LABELS else "detection",
        "current_estimated_speed": 0,
        "average_estimated_speed": 0,
        "velocity_angle": 0,
        "path_data": deepcopy(event.data["path_data"]),
        "recognized_license_plate": event.data.get("recognized_license_plate"),
        "score_history": [score, score],
    }


def not_yet(state: ServerState, event: Event) -> dict[str, Any]:
    """Return an object as it was before anybody was sure that it is one."""
    shown = show(state, event, event.start_time)
    shown |= {
        "snapshot": None,
        "top_score": 0.0,
        "false_positive": True,
        "current_zones": [],
        "entered_zones": [],
        "position_changes": 0,
        "has_clip": False,
        "has_snapshot": False,
        "path_data": [],
    }
    if state.is_018:
        shown["snapshot_clean"] = False
    del shown["score_history"]
    return shown
