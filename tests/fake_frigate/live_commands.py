"""What clients of `/ws` may say, and what Frigate does then."""

from typing import TYPE_CHECKING, Any

from .activity import audio_detections, camera_activity
from .live_rights import OPEN_TOPICS

if TYPE_CHECKING:
    from .live import LiveClient
    from .state import ServerState

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
    for topic in ("model_state", "embeddings_reindex_progress", "birdseye_layout"):
        live.publish_json(topic, {})
    live.publish_json("audio_detections", audio_detections(state))
    if state.is_018:
        live.publish("profile/state", state.profiles.active or "none")


def command(state: ServerState, client: LiveClient, topic: str, payload: Any) -> None:
    """Do what a client says, if it may say so; there is never an answer of its own."""
    if topic == "onConnect":
        greet(state)
    elif topic in OPEN_TOPICS:
        state.live.publish_json(_ANSWERS[topic], {})
    elif client.role == "admin" and not state.is_018:
        # Whatever is no command is for everybody.
        state.live.publish(topic, payload)
