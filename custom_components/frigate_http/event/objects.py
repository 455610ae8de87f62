"""The event entities of what is only pushed about objects: nothing lists it afterwards."""

from ..aiofrigate import ObjectClassified, Triggered
from ..live.topics import DescribedObject, Kind, LiveEvent
from ..media_links import MediaLinks
from .base import DESCRIPTION, EventPayload, LiveEventDescription


def _triggered(live_event: LiveEvent, links: MediaLinks) -> EventPayload | None:
    if not isinstance(live_event, Triggered):
        return None
    return "triggered", {
        "name": live_event.name,
        "score": live_event.score,
        "event_id": live_event.event_id,
        **links.links_of_event_id(live_event.event_id),
    }


def _classified(live_event: LiveEvent, links: MediaLinks) -> EventPayload | None:
    if not isinstance(live_event, ObjectClassified):
        return None
    return "classified", {
        "model": live_event.model,
        "result": live_event.result,
        "score": live_event.score,
        "event_id": live_event.event_id,
        **links.links_of_event_id(live_event.event_id),
    }


def _described(live_event: LiveEvent, links: MediaLinks) -> EventPayload | None:
    if not isinstance(live_event, DescribedObject):
        return None
    event_id = live_event.described.event_id
    return "described", {
        "event_id": event_id,
        "label": live_event.label,
        DESCRIPTION: live_event.described.description,
        **links.links_of_event_id(event_id),
    }


OBJECT_EVENTS: tuple[LiveEventDescription, ...] = (
    LiveEventDescription(
        key="trigger",
        types=("triggered",),
        kind=Kind.TRIGGERS,
        exists_fn=lambda config: bool(config.triggers),
        needs_push=True,
        payload_fn=_triggered,
    ),
    LiveEventDescription(
        key="classification",
        types=("classified",),
        kind=Kind.RESULTS,
        exists_fn=lambda config: bool(config.object_classifiers),
        needs_push=True,
        payload_fn=_classified,
    ),
    LiveEventDescription(
        key="description",
        entity_registry_enabled_default=False,
        types=("described",),
        kind=Kind.DESCRIPTIONS,
        exists_fn=lambda config: config.describes_objects,
        needs_push=True,
        payload_fn=_described,
    ),
)
