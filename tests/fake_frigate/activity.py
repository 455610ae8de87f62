"""What goes on in front of the cameras now: the counts, and `camera_activity`."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .settings import SINCE_017
from .tracked import measures

if TYPE_CHECKING:
    from .database import Event
    from .state import Camera, ServerState

type Counts = dict[str, tuple[int, int]]


@dataclass
class Activity:
    """The counts that were published last, by camera and by zone, and what goes on.

    `suspended` is until when cameras notify nobody, 0 if they do again.
    """

    cameras: dict[str, Counts] = field(default_factory=dict)
    zones: dict[str, Counts] = field(default_factory=dict)
    sounds: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    suspended: dict[str, int] = field(default_factory=dict)


def objects_in_sight(state: ServerState) -> list[Event]:
    """Return the objects that are tracked now."""
    return [each for each in state.database.events.values() if each.tracked]


def publish_counts(state: ServerState, camera: str) -> None:
    """Publish the counts that something at a camera has changed, cameras before zones."""
    objects, activity = objects_in_sight(state), state.live.activity
    settings = state.cameras[camera]
    _publish(
        state,
        camera,
        settings.labels,
        [each for each in objects if each.camera == camera],
        activity.cameras.setdefault(camera, {}),
    )
    for zone in settings.zones:
        _publish(
            state,
            zone,
            _labels_of_zone(state, zone),
            [each for each in objects if zone in each.current_zones],
            activity.zones.setdefault(zone, {}),
        )


def _labels_of_zone(state: ServerState, zone: str) -> list[str]:
    """Return the labels that any camera with a zone of that name looks for in it."""
    labels: dict[str, None] = {}
    for camera in state.cameras.values():
        if (settings := camera.zones.get(zone)) is not None:
            labels |= dict.fromkeys(settings.labels or camera.labels)
    return list(labels)


def _publish(
    state: ServerState,
    place: str,
    labels: Iterable[str],
    objects: list[Event],
    known: Counts,
) -> None:
    every = Counter(counted_as(state, each) for each in objects)
    active = Counter(counted_as(state, each) for each in objects if not each.stationary)
    changed = False
    for label in labels:
        before, now = known.get(label, (0, 0)), (every[label], active[label])
        known[label] = now
        for topic, old, new in zip(("", "/active"), before, now, strict=True):
            if old != new:
                changed = True
                state.live.publish(f"{place}/{label}{topic}", new)
    # Both sums are published with any change, whether they change themselves or not.
    if changed:
        state.live.publish(f"{place}/all", every.total())
        state.live.publish(f"{place}/all/active", active.total())


def counted_as(state: ServerState, event: Event) -> str:
    """Return the label under which an object is counted: its logo, if it has one."""
    has_logo = event.sub_label in state.attributes
    return event.sub_label if has_logo and event.sub_label else event.label


def _seen(state: ServerState, event: Event) -> dict[str, Any]:
    _, area, ratio = measures(event, state.cameras[event.camera])
    label = counted_as(state, event)
    verified = label == event.label and event.sub_label is not None
    return {
        "id": event.id,
        "label": f"{label}-verified" if verified else label,
        "stationary": event.stationary,
        "area": area,
        "ratio": ratio,
        "score": event.data["score"],
        "sub_label": event.sub_label if verified else None,
        "current_zones": list(event.current_zones),
    }


def _flags(state: ServerState, name: str, camera: Camera) -> dict[str, Any]:
    flags = {
        "detect": camera.detect_enabled,
        "enabled": camera.enabled,
        "snapshots": camera.snapshots,
        "record": camera.recording,
        "audio": camera.audio,
        "audio_transcription": camera.audio_transcription,
        "notifications": state.notifies(camera),
        "notifications_suspended": state.live.activity.suspended.get(name, 0),
        "autotracking": camera.autotracking,
        "alerts": camera.review_alerts,
        "detections": camera.review_detections,
        "object_descriptions": camera.object_descriptions,
        "review_descriptions": camera.review_descriptions,
    }
    if not state.is_017:
        for each in SINCE_017:
            flags.pop(each, None)
    return flags


def camera_activity(state: ServerState) -> dict[str, Any]:
    """Return the state of every camera that a client gets when it connects."""
    objects = objects_in_sight(state)
    return {
        name: {
            # Only the very last frame counts here, while `<camera>/motion` outlasts pauses.
            "motion": camera.motion_boxes,
            "objects": [_seen(state, each) for each in objects if each.camera == name],
            "config": _flags(state, name, camera),
        }
        for name, camera in state.cameras.items()
    }


def audio_detections(state: ServerState) -> dict[str, Any]:
    """Return the sounds that go on, by camera; only those with audio detection are named."""
    sounds = state.live.activity.sounds
    return {
        name: dict(sounds.get(name, {}))
        for name, camera in state.cameras.items()
        if camera.allows("audio") or sounds.get(name)
    }
