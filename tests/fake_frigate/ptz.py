"""Cameras that can turn."""

from typing import TYPE_CHECKING, Any

from .answers import Answer, json_answer
from .call import Call
from .cameras import not_found
from .route import route

if TYPE_CHECKING:
    from .state import ServerState

_MOVES = ("up", "down", "left", "right")
COMMANDS = (
    *(f"move_{each}" for each in _MOVES),
    *(f"move_relative_{each}" for each in _MOVES),
    "zoom_in",
    "zoom_out",
    "focus_in",
    "focus_out",
    "stop",
)


def turn(state: ServerState, name: str, payload: Any) -> None:
    """Note a command that the camera understands; case does not matter."""
    camera = state.cameras.get(name)
    if camera is None or camera.ptz is None or not isinstance(payload, str):
        return
    presets = [f"preset_{each.lower()}" for each in camera.ptz.presets]
    if payload.lower() in (*COMMANDS, *presets):
        state.ptz_commands.append((name, payload))


def info_route(call: Call, name: str) -> Answer:
    """Answer with the PTZ features of a camera; most have none."""
    camera = call.state.cameras.get(name)
    if camera is None:
        return not_found()
    if camera.ptz is None:
        return json_answer({})
    features = list(camera.ptz.features)
    # Whatever the camera calls them.
    presets = [each.lower() for each in camera.ptz.presets]
    return json_answer({"name": name, "features": features, "presets": presets})


ROUTES = (route("GET", "/([^/]+)/ptz/info", info_route, camera=True),)
