"""The items to review: their lists, their counts, and who has reviewed them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from .answers import Answer, failure, json_answer
from .call import Call
from .database import Review
from .events import camera_refusal, for_admins, visible_cameras, zone_of
from .forms import REQUIRED, Field, Form, body_of, query_of
from .route import Route, route

DAY = 24 * 60 * 60
_FILTERS: Form = {
    name: Field("str", "all", nullable=False) for name in ("cameras", "labels", "zones")
}
_LISTING: Form = {
    **_FILTERS,
    "reviewed": Field("int"),
    "limit": Field("int"),
    "severity": Field("severity"),
    "before": Field("float"),
    "after": Field("float"),
}
_IDS: Form = {
    "ids": Field("texts", REQUIRED, nullable=False, min_items=1),
    "reviewed": Field("bool", True, nullable=False),
}


def _named(wanted: str, names: Iterable[str]) -> bool:
    return wanted == "all" or any(each in names for each in wanted.split(","))


def _fitting(call: Call, values: dict[str, Any]) -> list[Review]:
    """Return the items on these cameras with these labels and zones."""
    cameras = visible_cameras(call, values["cameras"])
    return [
        each
        for each in call.state.database.reviews.values()
        if each.camera in cameras
        and _named(values["labels"], each.data["objects"] + each.data["audio"])
        and _named(values["zones"], each.data["zones"])
    ]


def list_route(call: Call) -> Answer:
    """List what overlaps the time asked for, which is the last day by default."""
    values = query_of(call, _LISTING)
    if isinstance(values, Answer):
        return values
    now, database = call.state.clock(), call.state.database
    before, after = values["before"] or now, values["after"] or now - DAY
    rows = []
    for each in sorted(_fitting(call, values), key=lambda item: -item.start_time):
        reviewed = database.has_reviewed(call.user, each.id)
        over = each.end_time is not None and each.end_time <= after
        if (
            each.start_time < before
            and not over
            and values["severity"] in (None, each.severity)
            and _is_wanted(call, values["reviewed"], reviewed=reviewed)
        ):
            rows.append({**each.whole(), "has_been_reviewed": reviewed})
    limit = values["limit"]
    return json_answer(rows if limit is None or limit < 0 else rows[:limit])


def _is_wanted(call: Call, wanted: int | None, *, reviewed: bool) -> bool:
    """Return whether the parameter `reviewed` lets an item through.

    Before 0.17 it is 0 if it is absent, and a 1 filters nothing.
    """
    if not call.state.is_017:
        return bool(wanted) or not reviewed
    return wanted not in (0, 1) or wanted == reviewed


def _counts(call: Call, reviews: list[Review]) -> dict[str, int]:
    def count(severity: str, *, reviewed: bool = False) -> int:
        return sum(
            each.severity == severity
            and (not reviewed or call.state.database.has_reviewed(call.user, each.id))
            for each in reviews
        )

    return {
        "reviewed_alert": count("alert", reviewed=True),
        "reviewed_detection": count("detection", reviewed=True),
        "total_alert": count("alert"),
        "total_detection": count("detection"),
    }


def summary_route(call: Call) -> Answer:
    """Count the items of the last 24 hours and of each day."""
    values = query_of(call, {**_FILTERS, "timezone": Field("str", "UTC")})
    if isinstance(values, Answer):
        return values
    if values["cameras"] != "all" and not visible_cameras(call, values["cameras"]):
        return json_answer({})
    zone, start = zone_of(values["timezone"]), call.state.clock() - DAY
    found = sorted(_fitting(call, values), key=lambda each: -each.start_time)
    last = [each for each in found if each.start_time > start]
    # A sum over no rows is null in SQL.
    nothing = dict.fromkeys(_counts(call, []))
    summary: dict[str, Any] = {"last24Hours": _counts(call, last) if last else nothing}
    days: dict[str, list[Review]] = {}
    for each in found:
        day = datetime.fromtimestamp(each.start_time, zone).date().isoformat()
        days.setdefault(day, []).append(each)
    for day, items in days.items():
        summary[day] = {"day": day, **_counts(call, items)}
    return json_answer(summary)


def review_route(call: Call, review_id: str) -> Answer:
    """Show one item, without saying whether it has been reviewed."""
    if (review := call.state.database.reviews.get(review_id)) is None:
        return failure("Review item not found", 404)
    return camera_refusal(call, review.camera) or json_answer(review.whole())


def viewed_route(call: Call) -> Answer:
    """Mark items as reviewed by whoever asks, or not; unknown ids do not matter."""
    values = body_of(call, _IDS)
    if isinstance(values, Answer):
        return values
    database, reviewed = call.state.database, values["reviewed"]
    if not call.state.is_017:
        # It does not know the field, so that nothing is ever marked as not reviewed.
        reviewed = True
    for each in values["ids"]:
        if (review := database.reviews.get(each)) is None:
            continue
        # What came before the foreign camera in the list stays marked.
        if (refusal := camera_refusal(call, review.camera)) is not None:
            return refusal
        database.viewed.setdefault(call.user, {})[each] = reviewed
    state = "reviewed" if reviewed else "unreviewed"
    text = f"Marked multiple items as {state}"
    if not call.state.is_017:
        text = "Reviewed multiple items"
    return json_answer({"success": True, "message": text})


def unview_route(call: Call, review_id: str) -> Answer:
    """Forget that whoever asks has reviewed an item."""
    database = call.state.database
    if review_id not in database.reviews:
        return failure(f"Review {review_id} not found", 404)
    database.viewed.get(call.user, {}).pop(review_id, None)
    text = f"Set Review {review_id} as not viewed"
    return json_answer({"success": True, "message": text})


def delete_route(call: Call) -> Answer:
    """Delete items; unknown ids do not matter."""
    values = body_of(call, _IDS)
    if isinstance(values, Answer):
        return values
    for each in values["ids"]:
        call.state.database.reviews.pop(each, None)
    return json_answer({"success": True, "message": "Deleted review items."})


_ID = "/review/((?!summary$|activity$|event$|summarize$)[^/]+)"
ROUTES: tuple[Route, ...] = (
    route("GET", "/review", list_route),
    route("GET", "/review/summary", summary_route),
    route("GET", _ID, review_route),
    route("DELETE", f"{_ID}/viewed", unview_route),
    route("POST", "/reviews/viewed", viewed_route),
    route("POST", "/reviews/delete", for_admins(delete_route)),
)
