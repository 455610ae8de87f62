"""Actions for review items."""

from collections.abc import Iterable
from datetime import timedelta

import voluptuous as vol

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.util.json import JsonObjectType

from .. import periods
from ..aiofrigate import (
    FrigateForbiddenError,
    FrigateNotFoundError,
    Review,
    ReviewFilter,
)
from ..dates import as_local_iso
from . import fields
from .action import ServerAction, ServerCall
from .targets import CAMERAS, cameras_to_list

REVIEW_IDS = "review_ids"
SEVERITIES = ("alert", "detection")
_DAY = timedelta(days=1).total_seconds()


def _as_json(review: Review) -> JsonObjectType:
    return {
        "review_id": review.review_id,
        "camera": review.camera,
        "severity": review.severity,
        "start": as_local_iso(review.start),
        "end": as_local_iso(review.end),
        "reviewed": review.reviewed,
        "objects": list(review.objects),
        "zones": list(review.zones),
        "sub_labels": list(review.sub_labels),
        "audio": list(review.audio),
        "event_ids": list(review.event_ids),
    }


async def _get_reviews(call: ServerCall) -> JsonObjectType:
    """List the current review items without waiting for an end in the future."""
    data, period = call.data, periods.open_period_of(call.data)
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
            _as_json(review)
            for review in reviews
            if cameras is None or review.camera in cameras
        ]
    }


async def _mark_reviewed(call: ServerCall) -> JsonObjectType:
    """Mark review items; Frigate does not report unknown ids."""
    review_ids, reviewed = call.data[REVIEW_IDS], call.data["reviewed"]
    if not call.permissions.may_control(None):
        await _require_control(call, review_ids)
    try:
        await call.client.reviews.mark(review_ids, reviewed=reviewed)
    finally:
        # Items before one that Frigate refuses are marked.
        await call.runtime.reviews.async_refresh_past_cache()
    return {REVIEW_IDS: [*review_ids], "reviewed": reviewed}


async def _require_control(call: ServerCall, review_ids: Iterable[str]) -> None:
    """Raise Unauthorized if the caller may not control the camera of one of the items.

    An unknown id raises the same error, so that the caller cannot find out which exist.
    """
    for review_id in review_ids:
        try:
            review = await call.client.reviews.get(review_id)
        except (FrigateForbiddenError, FrigateNotFoundError) as err:
            raise call.permissions.unauthorized(POLICY_CONTROL) from err
        call.permissions.require_control(review.camera)


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
