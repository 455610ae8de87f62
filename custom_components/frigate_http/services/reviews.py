"""Actions for review items."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from itertools import batched

import voluptuous as vol

from homeassistant.util.json import JsonObjectType

from .. import periods
from ..aiofrigate import (
    NO_TEXTS,
    FrigateForbiddenError,
    FrigateNotFoundError,
    Review,
    ReviewFilter,
)
from ..dates import as_local_iso
from ..errors import action_error
from . import fields
from .action import ServerAction, ServerCall
from .targets import CAMERAS, cameras_to_list

REVIEW_IDS = "review_ids"
MAX_NAMED_IDS = 5
"""How many ids an error names at most."""
PARALLEL_READS = 3
SEVERITIES = ("alert", "detection")
_DAY = timedelta(days=1).total_seconds()


def _as_json(call: ServerCall, review: Review) -> JsonObjectType:
    return {
        "review_id": review.review_id,
        **call.camera_fields(review.camera),
        "severity": review.severity,
        "start": as_local_iso(review.start),
        "end": as_local_iso(review.end),
        "reviewed": review.reviewed,
        "objects": list(review.objects),
        "zones": list(review.zones),
        "sub_labels": list(review.sub_labels),
        "audio": list(review.audio),
        "event_ids": list(review.event_ids),
        **_texts(call, review),
        **call.links.to_review(review),
    }


def _texts(call: ServerCall, review: Review) -> JsonObjectType:
    """Return what a language model wrote about an item, if it did."""
    max_threat = call.client.capabilities.max_threat
    texts = (review.texts or NO_TEXTS).limited_to(max_threat)
    return {
        "title": texts.title,
        "scene": texts.scene,
        "summary": texts.summary,
        "threat_level": texts.threat,
        "max_threat_level": max_threat,
        "confidence": texts.confidence,
        "concerns": list(texts.concerns),
        "observations": list(texts.observations),
    }


async def _get_reviews(call: ServerCall) -> JsonObjectType:
    """List the current review items without waiting for an end in the future."""
    data, period = call.data, periods.open_period_of(call.data, call.client.clock)
    start = period.start
    if start is None and period.end is not None:
        # By default Frigate starts 24 hours before now, even if the end is earlier.
        start = max(0.0, period.end - _DAY)
    cameras = cameras_to_list(call.permissions, data.get("cameras"))
    if cameras == []:
        # An empty filter would list the items of all cameras.
        return {"reviews": []}
    wanted = ReviewFilter(
        cameras=cameras or (),
        severity=data.get("severity"),
        after=start,
        before=period.end,
        reviewed=data.get("reviewed"),
        limit=data["limit"],
    )
    reviews = await call.client.reviews.list(wanted, fresh=True)
    return {
        "reviews": [
            _as_json(call, review)
            for review in reviews
            if cameras is None or review.camera in cameras
        ]
    }


async def _mark_reviewed(call: ServerCall) -> JsonObjectType:
    """Mark review items, and return which of them Frigate doesn't know."""
    review_ids, reviewed = call.data[REVIEW_IDS], call.data["reviewed"]
    known = await _known_ids(call, review_ids)
    unknown = [one for one in review_ids if one not in known]
    if not known:
        raise action_error("not_known", name=", ".join(unknown[:MAX_NAMED_IDS]))
    try:
        await call.client.reviews.mark(known, reviewed=reviewed)
    finally:
        # Items before one that Frigate refuses are marked.
        await call.runtime.reviews.async_refresh_past_cache()
    return {REVIEW_IDS: known, "reviewed": reviewed, "not_found": unknown}


async def _known_ids(call: ServerCall, review_ids: Iterable[str]) -> list[str]:
    """Return the ids of items that exist; Frigate says nothing about the others.

    Raises:
        Unauthorized: the caller may not control the camera of one of the items.
    """
    known: list[str] = []
    # A few at a time, so that polls need not wait for a long list.
    for some in batched(review_ids, PARALLEL_READS, strict=False):
        reviews = await asyncio.gather(*(_find(call, one) for one in some))
        known += [one for one, review in zip(some, reviews, strict=True) if review]
    return known


async def _find(call: ServerCall, review_id: str) -> Review | None:
    """Return an item whose camera the caller may control; None if there is no such item.

    For a caller who may not control all cameras, an unknown id raises the same error as
    that of another camera, so that the caller cannot find out which exist.
    """
    try:
        review = await call.client.reviews.get(review_id)
    except FrigateNotFoundError:
        call.permissions.require_every_camera()
        return None
    except FrigateForbiddenError:
        call.permissions.require_every_camera()
        raise
    call.permissions.require_control(review.camera)
    return review


ACTIONS = (
    ServerAction(
        name="get_reviews",
        handler=_get_reviews,
        fields={
            vol.Optional("cameras"): CAMERAS,
            vol.Optional("severity"): vol.In(SEVERITIES),
            **periods.PERIOD_FIELDS,
            vol.Optional("limit", default=100): fields.whole_number(1, 1000),
            vol.Optional("reviewed"): fields.BOOLEAN,
        },
        is_query=True,
    ),
    ServerAction(
        name="mark_reviewed",
        handler=_mark_reviewed,
        fields={
            vol.Required(REVIEW_IDS): fields.list_of(fields.IDENTIFIER),
            vol.Optional("reviewed", default=True): fields.BOOLEAN,
        },
    ),
)
