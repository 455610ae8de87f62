"""The profiles of 0.18: sets of changes to the cameras that are switched on together."""

from typing import TYPE_CHECKING

from .answers import Answer, json_answer
from .call import Call
from .route import route

if TYPE_CHECKING:
    from .state import ServerState

NONE = "none"


def activate(state: ServerState, name: str) -> None:
    """Activate a profile, or none; one that nobody knows changes nothing.

    What commands have changed before is forgotten.
    """
    profiles = state.profiles
    if name != NONE and name not in profiles.known:
        return
    for camera in state.cameras.values():
        camera.forget()
    for camera_name, base in profiles.base.items():
        if (known := state.cameras.get(camera_name)) is not None:
            for setting, value in base.items():
                setattr(known, setting, value)
    profiles.base = {}
    profiles.active = None if name == NONE else name
    if name != NONE:
        profiles.activated[name] = state.clock()
        _apply(state, name)
    for camera_name in state.cameras:
        _publish_states(state, camera_name)
    state.live.publish("profile/state", profiles.active or NONE)


def _apply(state: ServerState, name: str) -> None:
    for camera_name, changes in state.profiles.known[name].changes.items():
        if (camera := state.cameras.get(camera_name)) is None:
            continue
        base = state.profiles.base.setdefault(camera_name, {})
        for setting, value in changes.items():
            base[setting] = getattr(camera, setting)
            setattr(camera, setting, value)


def _publish_states(state: ServerState, name: str) -> None:
    camera = state.cameras[name]
    switches = {
        "enabled": camera.enabled,
        "detect": camera.detect_enabled,
        "motion": camera.motion,
        "recordings": camera.recording,
        "snapshots": camera.snapshots,
        "audio": camera.audio,
        "notifications": state.notifies(camera),
        "review_alerts": camera.review_alerts,
        "review_detections": camera.review_detections,
        "object_descriptions": camera.object_descriptions,
        "review_descriptions": camera.review_descriptions,
        "birdseye": camera.birdseye,
    }
    for feature, on in switches.items():
        state.live.publish(f"{name}/{feature}/state", "ON" if on else "OFF")


def profiles_route(call: Call) -> Answer:
    """List the profiles."""
    profiles = call.state.profiles
    known = profiles.known.items()
    return json_answer(
        {
            "profiles": [
                {"name": name, "friendly_name": each.friendly_name}
                for name, each in known
            ],
            "active_profile": profiles.active,
            "last_activated": dict(profiles.activated),
        }
    )


def active_route(call: Call) -> Answer:
    """Name the active profile."""
    return json_answer({"active_profile": call.state.profiles.active})


ROUTES = (
    route("GET", "/profiles", profiles_route, since="0.18"),
    # It says that anybody may, but is not exempt from the check for admins.
    route("GET", "/profile/active", active_route, admin=True, since="0.18"),
)
