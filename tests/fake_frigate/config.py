"""`/api/config`: the recorded configuration, with the cameras a test has set up."""

from copy import copy
from functools import cache
import json
from typing import Any

from .answers import Answer, json_answer
from .call import Call
from .controls import allows
from .recorded import recorded_file
from .route import route
from .settings import Zone
from .state import Camera, ServerState

_MODEL_CAMERA = "front_door"


@cache
def _recorded(version: str) -> str:
    return recorded_file(version, "config.full.json").read_text(encoding="utf-8")


def _switched(state: ServerState, camera: Camera, setting: str) -> dict[str, bool]:
    """Return whether something is on, and whether the configuration has it on."""
    notifies = setting == "notifications"
    return {
        "enabled": state.notifies(camera) if notifies else getattr(camera, setting),
        "enabled_in_config": allows(state, camera, setting),
    }


def _zone_block(state: ServerState, zone: Zone) -> dict[str, Any]:
    named = {} if zone.friendly_name is None else {"friendly_name": zone.friendly_name}
    block: dict[str, Any] = {
        **named,
        **({"enabled": zone.enabled} if state.is_018 else {}),
        "filters": {},
        "coordinates": "0.1,0.1,0.9,0.1,0.9,0.9,0.1,0.9",
        "distances": [],
        "inertia": 3,
        "loitering_time": 0,
        "speed_threshold": None,
        "objects": list(zone.labels),
        "color": [31, 119, 180],
    }
    if not state.is_017:
        del block["speed_threshold"]
    return block


def _fill_sounds(state: ServerState, block: dict[str, Any], camera: Camera) -> None:
    audio = block["audio"]
    audio |= _switched(state, camera, "audio")
    if camera.audio_labels is not None:
        audio["listen"] = list(camera.audio_labels)
        if state.is_018:
            audio["filters"] = {each: {"threshold": 0.8} for each in audio["listen"]}
    if not state.is_017:
        return
    block["audio_transcription"] = {
        "enabled": camera.allows("audio_transcription"),
        "enabled_in_config": camera.allows("audio_transcription"),
        "live_enabled": camera.audio_transcription,
    }


def _fill_objects(state: ServerState, block: dict[str, Any], camera: Camera) -> None:
    objects = block["objects"]
    recorded = objects["filters"]["person"]
    objects["track"] = list(camera.labels)
    objects["filters"] = {each: dict(recorded) for each in camera.labels}
    if state.is_017:
        objects["genai"] |= _switched(state, camera, "object_descriptions")
    else:
        block["genai"]["enabled"] = camera.object_descriptions
    block["zones"] = {
        name: _zone_block(state, zone) for name, zone in camera.zones.items()
    }
    review = block["review"]
    review["alerts"] |= _switched(state, camera, "review_alerts")
    review["detections"] |= _switched(state, camera, "review_detections")
    if state.is_017:
        review["genai"] |= {
            **_switched(state, camera, "review_descriptions"),
            "alerts": camera.describes_alerts,
            "detections": camera.describes_detections,
            "image_source": camera.described_from,
        }
        block["semantic_search"]["triggers"] = _triggers(camera)


def _triggers(camera: Camera) -> dict[str, Any]:
    triggers = {}
    for name, each in camera.triggers.items():
        named = each.friendly_name
        triggers[name] = {
            **({} if named is None else {"friendly_name": named}),
            "enabled": each.enabled,
            "type": each.kind,
            "data": each.data,
            "threshold": each.threshold,
            "actions": list(each.actions),
        }
    return triggers


def _camera_block(
    state: ServerState, template: str, name: str, camera: Camera
) -> dict[str, Any]:
    # The name also stands in the stream names and in the commands of ffmpeg.
    text = template.replace(_MODEL_CAMERA, json.dumps(name)[1:-1])
    block: dict[str, Any] = json.loads(text)
    block |= _switched(state, camera, "enabled")
    block["detect"] |= {
        "enabled": camera.detect_enabled,
        "width": camera.width,
        "height": camera.height,
        "fps": camera.fps,
    }
    block["record"] |= _switched(state, camera, "recording")
    if state.is_017:
        block["record"]["continuous"]["days"] = float(camera.continuous_days)
    else:
        block["record"]["retain"] = {
            "days": float(camera.continuous_days),
            "mode": camera.retain_mode,
        }
    block["snapshots"]["enabled"] = camera.snapshots
    block["motion"] |= {
        "enabled": camera.motion,
        "improve_contrast": camera.improve_contrast,
        "threshold": camera.motion_threshold,
        "contour_area": camera.contour_area,
    }
    block["birdseye"] |= {"enabled": camera.birdseye, "mode": camera.birdseye_mode}
    block["face_recognition"]["enabled"] = camera.face_recognition
    block["lpr"]["enabled"] = camera.lpr
    block["live"]["streams"] = camera.streams(name)
    block["notifications"] |= _switched(state, camera, "notifications")
    block["onvif"]["host"] = "" if camera.ptz is None else "192.0.2.20"
    block["onvif"]["autotracking"] |= _switched(state, camera, "autotracking")
    _fill_sounds(state, block, camera)
    _fill_objects(state, block, camera)
    if camera.friendly_name is not None:
        block["friendly_name"] = camera.friendly_name
    return block


def _with_base(
    state: ServerState, template: str, name: str, camera: Camera
) -> dict[str, Any]:
    """Return a camera's block, and with it the parts that a profile has replaced."""
    block = _camera_block(state, template, name, camera)
    if (base := state.profiles.base.get(name)) is not None:
        former = copy(camera)
        for setting, value in base.items():
            setattr(former, setting, value)
        old = _camera_block(state, template, name, former)
        block["base_config"] = {
            key: value for key, value in old.items() if value != block[key]
        }
    return block


def _models(state: ServerState) -> dict[str, Any]:
    """Return the user's own models; what is not set is left out of the configuration."""
    states = {
        model: {
            "enabled": True,
            "name": model,
            "threshold": 0.8,
            "state_config": {
                "cameras": {name: {"crop": [0, 0, 0.5, 0.5]} for name in cameras},
                "motion": True,
            },
        }
        for model, cameras in state.classification.items()
    }
    objects = {
        model: {
            "enabled": True,
            "name": model,
            "threshold": each.threshold,
            "object_config": {
                "objects": list(each.labels),
                "classification_type": each.kind,
            },
        }
        for model, each in state.object_classifiers.items()
    }
    return states | objects


def _provider(state: ServerState) -> dict[str, Any]:
    """Return the language model that is configured; 0.18 has several, by name."""
    provider = {"base_url": "http://192.0.2.30:11434", "model": "qwen3-vl:4b"}
    provider["provider"] = "ollama"
    options: dict[str, Any] = {"provider_options": {}, "runtime_options": {}}
    if not state.is_018:
        return {**provider, **options}
    roles = ["descriptions", "chat"]
    return {"ollama": {**provider, "roles": roles, **options}}


def build_config(state: ServerState, role: str = "admin") -> dict[str, Any]:
    """Return the configuration; every role sees all cameras of it."""
    config: dict[str, Any] = json.loads(_recorded(state.version))
    template = json.dumps(config["cameras"][_MODEL_CAMERA])
    config["cameras"] = {
        name: _with_base(state, template, name, camera)
        for name, camera in state.cameras.items()
    }
    config["auth"] |= {"enabled": state.auth, "cookie_name": state.cookie_name}
    if state.is_017:
        config["auth"] |= {
            "roles": state.roles,
            "admin_first_time_login": state.admin_first_time_login,
        }
        config["classification"]["custom"] = _models(state)
        if state.genai:
            config["genai"] = _provider(state)
    else:
        config["genai"]["enabled"] = state.genai
    if (limit := state.login_rate_limit) is not None:
        text = f"{limit}/minute" if isinstance(limit, int) else limit
        config["auth"]["failed_login_rate_limit"] = text
    config["tls"]["enabled"] = state.tls
    config["notifications"] |= {
        "enabled": state.notifications,
        "enabled_in_config": state.notifications,
    }
    config["birdseye"] |= {
        "enabled": state.birdseye,
        "restream": state.restreams_birdseye,
    }
    config["mqtt"]["enabled"] = state.topic_prefix is not None
    config["mqtt"]["topic_prefix"] = state.topic_prefix or "frigate"
    streams = state.go2rtc.streams
    config["go2rtc"] = (
        {"streams": {name: [each.url] for name, each in streams.items()}}
        if streams
        else {}
    )
    config["face_recognition"] |= {
        "enabled": state.face_recognition,
        "recognition_threshold": state.face_threshold,
    }
    config["model"]["all_attributes"] = list(state.attributes)
    config["semantic_search"]["enabled"] = state.semantic_search
    config["lpr"] |= {
        "enabled": state.lpr,
        "recognition_threshold": state.plate_threshold,
        "known_plates": state.known_plates,
    }
    if state.is_018:
        config["profiles"] = {
            name: {"friendly_name": each.friendly_name}
            for name, each in state.profiles.known.items()
        }
    recorded = next(iter(config["detectors"].values()))
    config["detectors"] = {
        name: recorded | {"type": state.detector_types.get(name, recorded["type"])}
        for name in state.detectors
    }
    if state.is_018 and role != "admin":
        config.pop("environment_vars", None)
    return config


def config_route(call: Call) -> Answer:
    """Answer with the whole configuration."""
    return json_answer(build_config(call.state, call.role))


ROUTES = (route("GET", "/config", config_route),)
