"""What a restricted role receives on `/ws`, which 0.18 filters."""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .state import ServerState

type Payload = str | int | float

_GLOBAL_TOPICS = (
    "model_state",
    "embeddings_reindex_progress",
    "audio_transcription_state",
    "profile/state",
    "notifications/state",
    "job_state",
)
_BY_CAMERA = ("camera_activity", "audio_detections")


def as_seen_by(
    state: ServerState, role: str, topic: str, payload: Payload
) -> Payload | None:
    """Return what is left of a message for a restricted role, None for nothing."""
    allowed = state.allowed_cameras(role)
    if topic in _GLOBAL_TOPICS:
        return payload
    if topic in _BY_CAMERA:
        every: dict[str, Any] = json.loads(str(payload))
        seen = {name: every[name] for name in allowed if name in every}
        # Of what nothing is left, nothing is sent.
        return json.dumps(seen) if seen else None
    if topic == "stats":
        return json.dumps(_stats_of(json.loads(str(payload)), allowed))
    # The counts of a zone, as those of several cameras, are for roles without limits.
    return payload if _camera_of(topic, payload) in allowed else None


def _stats_of(stats: dict[str, Any], allowed: list[str]) -> dict[str, Any]:
    for key in ("cameras", "bandwidth_usages"):
        if key in stats:
            rows = stats[key].items()
            stats[key] = {name: each for name, each in rows if name in allowed}
    for usage in stats["cpu_usages"].values():
        usage.pop("cmdline", None)
    return stats


def _camera_of(topic: str, payload: Any) -> str:
    match topic:
        case "events" | "reviews":
            camera: str = json.loads(payload)["after"]["camera"]
            return camera
        case "tracked_object_update" | "triggers":
            return str(json.loads(payload).get("camera"))
        case _:
            return topic.partition("/")[0]
