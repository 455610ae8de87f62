"""`/api/config`: the recorded configuration, with the cameras a test has set up."""

from functools import cache
import json
from pathlib import Path
from typing import Any

from .answers import Answer, json_answer
from .call import Call
from .route import route
from .state import Camera, ServerState

_FIXTURES = Path(__file__).parent.parent / "fixtures"
_MODEL_CAMERA = "front_door"


@cache
def _recorded(version: str) -> str:
    folder = "0.18" if version == "0.18" else "0.17.2"
    return (_FIXTURES / folder / "config.full.json").read_text(encoding="utf-8")


def _camera_block(
    template: str, name: str, camera: Camera, *, notifications: bool
) -> dict[str, Any]:
    # The name also stands in the stream names and in the commands of ffmpeg.
    text = template.replace(_MODEL_CAMERA, json.dumps(name)[1:-1])
    block: dict[str, Any] = json.loads(text)
    block["enabled"] = camera.enabled
    block["detect"] |= {
        "enabled": camera.detect_enabled,
        "width": camera.width,
        "height": camera.height,
        "fps": camera.fps,
    }
    block["record"]["enabled"] = camera.recording
    block["snapshots"]["enabled"] = camera.snapshots
    block["motion"]["enabled"] = camera.motion
    block["audio"] |= {"enabled": camera.audio, "enabled_in_config": camera.audio}
    block["birdseye"]["enabled"] = camera.birdseye
    block["face_recognition"]["enabled"] = camera.face_recognition
    block["notifications"] |= {
        "enabled": notifications,
        "enabled_in_config": notifications,
    }
    if camera.friendly_name is not None:
        block["friendly_name"] = camera.friendly_name
    return block


def build_config(state: ServerState, role: str = "admin") -> dict[str, Any]:
    """Return the configuration; every role sees all cameras of it."""
    config: dict[str, Any] = json.loads(_recorded(state.version))
    template = json.dumps(config["cameras"][_MODEL_CAMERA])
    config["cameras"] = {
        name: _camera_block(template, name, camera, notifications=state.notifications)
        for name, camera in state.cameras.items()
    }
    config["auth"] |= {
        "enabled": state.auth,
        "cookie_name": state.cookie_name,
        "roles": state.roles,
        "admin_first_time_login": state.admin_first_time_login,
    }
    if (limit := state.login_rate_limit) is not None:
        text = f"{limit}/minute" if isinstance(limit, int) else limit
        config["auth"]["failed_login_rate_limit"] = text
    config["tls"]["enabled"] = state.tls
    config["notifications"] |= {
        "enabled": state.notifications,
        "enabled_in_config": state.notifications,
    }
    config["birdseye"] |= {"enabled": state.birdseye, "restream": state.birdseye}
    config["face_recognition"]["enabled"] = state.face_recognition
    recorded = next(iter(config["detectors"].values()))
    config["detectors"] = dict.fromkeys(state.detectors, recorded)
    if state.is_018 and role != "admin":
        config.pop("environment_vars", None)
    return config


def config_route(call: Call) -> Answer:
    """Answer with the whole configuration."""
    return json_answer(build_config(call.state, call.role))


ROUTES = (route("GET", "/config", config_route),)
