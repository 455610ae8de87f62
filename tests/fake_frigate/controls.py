"""The commands that change a camera until further notice, by `/ws` or by a route."""

from typing import TYPE_CHECKING, Any

from .answers import Answer, failure, json_answer
from .call import Call, read_body
from .profiles import activate
from .route import route

if TYPE_CHECKING:
    from .state import Camera, ServerState

# By the name of a command: the setting it switches.
SWITCHES = {
    "enabled": "enabled",
    "detect": "detect_enabled",
    "recordings": "recording",
    "snapshots": "snapshots",
    "motion": "motion",
    "improve_contrast": "improve_contrast",
    "audio": "audio",
    "audio_transcription": "audio_transcription",
    "birdseye": "birdseye",
    "notifications": "notifications",
    "ptz_autotracker": "autotracking",
    "review_alerts": "review_alerts",
    "review_detections": "review_detections",
    "object_descriptions": "object_descriptions",
    "review_descriptions": "review_descriptions",
}
NUMBERS = {
    "motion_threshold": "motion_threshold",
    "motion_contour_area": "contour_area",
}
MODES = ("CONTINUOUS", "MOTION", "OBJECTS")
# What 0.18 has for a part of a camera; nobody has masks here.
PARTS = ("zone", "motion_mask", "object_mask")
# These can be switched on at any time, the others only if the configuration has them on.
_FREE = ("detect", "snapshots", "motion", "improve_contrast", "birdseye")
# What 0.18 still knows after a restart.
KEPT = ("enabled", "detect_enabled", "snapshots", "recording", "audio")


def allows(state: ServerState, camera: Camera, setting: str) -> bool:
    """Whether the configuration has a setting on."""
    if setting == "notifications" and camera.configured(setting) is None:
        return camera.allowed.get(setting, state.notifications)
    return camera.allows(setting)


def carry_out(state: ServerState, name: str, feature: str, payload: Any) -> None:
    """Do what a command says and publish the new state; what is refused stays silent."""
    if (camera := state.cameras.get(name)) is None:
        return
    if feature in SWITCHES:
        _switch(state, name, feature, payload)
    elif feature in NUMBERS:
        try:
            number = int(payload)
        except TypeError, ValueError:
            return
        camera.change(NUMBERS[feature], number)
        state.live.publish(f"{name}/{feature}/state", number)
    elif feature == "birdseye_mode" and camera.birdseye and payload in MODES:
        camera.change("birdseye_mode", payload.lower())
        state.live.publish(f"{name}/birdseye_mode/state", payload)


def _switch(state: ServerState, name: str, feature: str, payload: Any) -> None:
    camera, setting = state.cameras[name], SWITCHES[feature]
    if payload == "ON":
        if feature not in _FREE and not allows(state, camera, setting):
            return
        if feature == "detect" and not camera.detect_enabled and not camera.motion:
            camera.change("motion", True)
            state.live.publish(f"{name}/motion/state", "ON")
    elif payload == "OFF" and feature == "motion" and camera.detect_enabled:
        return
    if payload in ("ON", "OFF"):
        camera.change(setting, payload == "ON")
    # Whatever else it is changes nothing and is published all the same.
    state.live.publish(f"{name}/{feature}/state", payload)
    if feature == "notifications":
        _suspend_until(state, name, 0)


def suspend(state: ServerState, name: str, payload: Any) -> None:
    """Let a camera notify nobody for some minutes; of what is refused nothing is said."""
    try:
        minutes = int(payload)
    except ValueError:
        return
    if state.notifies(state.cameras[name]):
        _suspend_until(state, name, int(state.clock() + minutes * 60) if minutes else 0)


def end_suspensions(state: ServerState) -> None:
    """End those that are over; before 0.18, nobody looks for them."""
    for name, until in list(state.live.activity.suspended.items()):
        if state.is_018 and 0 < until <= state.clock():
            _suspend_until(state, name, 0)


def _suspend_until(state: ServerState, name: str, until: int) -> None:
    state.live.activity.suspended[name] = until
    state.live.publish(f"{name}/notifications/suspended", str(until))


def carry_out_part(
    state: ServerState, name: str, feature: str, part: str, payload: Any
) -> None:
    """Switch a zone of a camera; an unknown one is of no matter."""
    camera = state.cameras.get(name)
    zone = None if camera is None else camera.zones.get(part)
    if feature != "zone" or zone is None:
        return
    if payload in ("ON", "OFF"):
        zone.enabled = payload == "ON"
    state.live.publish(f"{name}/zone/{part}/state", payload)


def set_route(call: Call, name: str, feature: str, part: str | None = None) -> Answer:
    """Take a command for one camera or, as `*`, for all, whatever comes of it."""
    state = call.state
    body = read_body(call, {"value": str})
    if isinstance(body, Answer):
        return body
    if feature == "profile":
        if name != "*":
            return failure("Profile feature requires camera_name='*'", 400)
        activate(state, body["value"])
        return json_answer({"success": True})
    if feature not in (*SWITCHES, *NUMBERS, "birdseye_mode", *PARTS):
        return failure(f"Unknown feature: {feature}", 400)
    if part is not None and feature not in PARTS:
        return failure(f"Feature '{feature}' does not support sub-commands", 400)
    if part is None and feature in PARTS:
        text = "requires a sub-command (e.g. mask or zone name)"
        return failure(f"Feature '{feature}' {text}", 400)
    if name != "*" and name not in state.cameras:
        return failure(f"Camera '{name}' not found", 404)
    for each in list(state.cameras) if name == "*" else [name]:
        if part is None:
            carry_out(state, each, feature, body["value"])
        else:
            carry_out_part(state, each, feature, part, body["value"])
    return json_answer({"success": True})


ROUTES = (
    route(
        "PUT",
        "/camera/([^/]+)/set/([^/]+)(?:/([^/]+))?",
        set_route,
        admin=True,
        since="0.18",
    ),
)
