"""What clients of `/ws` may say, and what Frigate does then."""

from typing import TYPE_CHECKING, Any

from .activity import audio_detections, camera_activity
from .controls import NUMBERS, PARTS, SWITCHES, carry_out, carry_out_part, suspend
from .profiles import activate
from .ptz import BadCommandError, turn
from .settings import SINCE_017

if TYPE_CHECKING:
    from .live import LiveClient
    from .state import ServerState

# Everybody may ask for these.
_ANSWERS = {
    "modelState": "model_state",
    "embeddingsReindexProgress": "embeddings_reindex_progress",
    "birdseyeLayout": "birdseye_layout",
    "audioTranscriptionState": "audio_transcription_state",
    "jobState": "job_state",
}


def greet(state: ServerState) -> None:
    """Answer `onConnect`; the answer goes to everybody, not only to who has asked."""
    live = state.live
    live.publish_json("camera_activity", camera_activity(state))
    for topic in ("model_state", "embeddings_reindex_progress"):
        live.publish_json(topic, {})
    if not state.is_017:
        return
    live.publish_json("birdseye_layout", {})
    live.publish_json("audio_detections", audio_detections(state))
    if state.is_018:
        live.publish("profile/state", state.profiles.active or "none")


def command(state: ServerState, client: LiveClient, topic: str, payload: Any) -> None:
    """Do what a client says, if it may say so; there is never an answer of its own."""
    match topic.split("/"):
        case ["onConnect"]:
            greet(state)
        case [question] if question in _ANSWERS:
            state.live.publish_json(_ANSWERS[question], {})
        case [camera, "ptz"]:
            if _may_turn(state, client, camera):
                try:
                    turn(state, camera, payload)
                except BadCommandError:
                    client.transport.abort()
        case [camera, _, "suspend"] if client.role == "admin":
            if camera in state.cameras:
                suspend(state, camera, payload)
            elif not state.is_018:
                # The exception ends the connection of who has asked.
                client.transport.abort()
        case [what, "set"] if client.role == "admin" and not _is_global(state, what):
            client.transport.abort()
        case _ if client.role == "admin":
            _obey(state, topic, payload)


def _may_turn(state: ServerState, client: LiveClient, camera: str) -> bool:
    if client.role == "admin":
        return True
    return state.is_018 and camera in state.allowed_cameras(client.role)


def _obey(state: ServerState, topic: str, payload: Any) -> None:
    """Do what an admin says."""
    match topic.split("/"):
        case ["restart"]:
            state.starting = True
        case ["profile", "set"] if state.is_018:
            activate(state, payload)
        case [camera, feature, "set"] if _is_feature(state, feature):
            carry_out(state, camera, feature, payload)
        case [camera, feature, part, "set"] if state.is_018 and feature in PARTS:
            carry_out_part(state, camera, feature, part, payload)
        case [*_, "set"]:
            # A command that nobody knows is noted in the log and nowhere else.
            return
        case _ if not state.is_018:
            # Whatever is no command is for everybody.
            state.live.publish(topic, payload)


def _is_global(state: ServerState, name: str) -> bool:
    return name == "notifications" or (name == "profile" and state.is_018)


def _is_feature(state: ServerState, name: str) -> bool:
    if name in SINCE_017 and not state.is_017:
        return False
    return name in (*SWITCHES, *NUMBERS, "birdseye_mode")
