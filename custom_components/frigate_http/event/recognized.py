"""The event entities of recognized faces and license plates."""

from typing import Any

from ..aiofrigate import Recognized
from ..live.topics import Kind, LiveEvent, UnknownFace
from ..media_links import MediaLinks
from .base import EventPayload, LiveEventDescription

RECOGNIZED = "recognized"
UNKNOWN = "unknown"


def _face(live_event: LiveEvent, links: MediaLinks) -> EventPayload | None:
    if isinstance(live_event, UnknownFace):
        of_event = links.links_of_event_id(live_event.event_id)
        nobody = {"name": None, "score": None, "event_id": live_event.event_id}
        return UNKNOWN, nobody | of_event
    if not isinstance(live_event, Recognized) or live_event.is_plate:
        return None
    return RECOGNIZED, _recognized(live_event, links)


def _plate(live_event: LiveEvent, links: MediaLinks) -> EventPayload | None:
    if not isinstance(live_event, Recognized) or not live_event.is_plate:
        return None
    return RECOGNIZED, {"plate": live_event.plate, **_recognized(live_event, links)}


def _recognized(found: Recognized, links: MediaLinks) -> dict[str, Any]:
    return {
        "name": found.name,
        "score": found.score,
        "event_id": found.event_id,
        **links.links_of_event_id(found.event_id),
    }


RECOGNIZED_EVENTS: tuple[LiveEventDescription, ...] = (
    LiveEventDescription(
        key="face",
        types=(RECOGNIZED, UNKNOWN),
        kind=Kind.FACES,
        exists_fn=lambda config: config.recognizes_faces,
        payload_fn=_face,
    ),
    LiveEventDescription(
        key="plate",
        types=(RECOGNIZED,),
        kind=Kind.PLATES,
        exists_fn=lambda config: config.reads_plates,
        payload_fn=_plate,
    ),
)
