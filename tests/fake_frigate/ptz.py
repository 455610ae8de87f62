"""Cameras that can turn."""

import re
from typing import TYPE_CHECKING, Any

from .answers import Answer, json_answer
from .call import Call
from .cameras import not_found
from .route import route

if TYPE_CHECKING:
    from .settings import Ptz
    from .state import ServerState

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_MOVES = ("up", "down", "left", "right")
# What goes on until it is stopped, by the feature that it needs.
_CONTINUOUS = {
    **{f"move_{each}": "pt" for each in _MOVES},
    **{f"{each}_{way}": each for each in ("zoom", "focus") for way in ("in", "out")},
}


class BadCommandError(Exception):
    """Something that ends the connection of whoever has sent it."""


def turn(state: ServerState, name: str, payload: Any) -> None:
    """Note a command that the camera carries out; case does not matter."""
    camera = state.cameras.get(name)
    if camera is None:
        return
    if not isinstance(payload, str) or ("preset" in payload and "_" not in payload):
        raise BadCommandError
    if camera.ptz is not None and _is_done(state, camera.ptz, payload.lower()):
        state.ptz_commands.append((name, payload))


def _is_done(state: ServerState, ptz: Ptz, command: str) -> bool:
    """Whether a camera does so; if not, it is noted in the log and nowhere else."""
    if "preset" in command:
        known = command.partition("_")[2] in [each.lower() for each in ptz.presets]
        ptz.is_moving = ptz.is_moving and not known
        return known
    if "move_relative" in command:
        _, _, *parts = command.split("_")
        most = 3 if state.is_018 else 2
        return (
            "pt-r-fov" in ptz.features
            and not ptz.is_moving
            and 2 <= len(parts) <= most
            and all(_NUMBER.fullmatch(each) for each in parts)
        )
    if command == "stop":
        ptz.is_moving = False
        return True
    if _CONTINUOUS.get(command) not in ptz.features:
        return False
    ptz.is_moving = True
    return True


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
