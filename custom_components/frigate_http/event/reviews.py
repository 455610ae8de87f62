"""The event entity of review items."""

from typing import Any

from ..dates import as_local_iso
from ..live.topics import Kind, LiveEvent, ReviewEvent, ReviewEventType
from ..media_links import MediaLinks
from .base import EventPayload, LiveEventDescription


def _review(live_event: LiveEvent, links: MediaLinks) -> EventPayload | None:
    if not isinstance(live_event, ReviewEvent):
        return None
    review = live_event.review
    attributes: dict[str, Any] = {
        "review_id": review.review_id,
        "severity": review.severity,
        "objects": [*review.labels],
        "zones": [*review.zones],
        "sub_labels": [*review.sub_labels],
        "audio": [*review.audio],
        "event_ids": [*review.event_ids],
        "start": as_local_iso(review.start),
        **links.to_review(review),
    }
    if review.end is not None:
        attributes["end"] = as_local_iso(review.end)
    if live_event.event_type is ReviewEventType.DESCRIBED and review.texts is not None:
        attributes["title"] = review.texts.title
        attributes["summary"] = review.texts.summary
        attributes["threat_level"] = review.texts.threat
    return live_event.event_type.value, attributes


REVIEW_EVENTS: tuple[LiveEventDescription, ...] = (
    LiveEventDescription(
        key="review",
        types=tuple(step.value for step in ReviewEventType),
        kind=Kind.REVIEWS,
        payload_fn=_review,
    ),
)
