"""The items to review: their lists, their counts, and who has reviewed them."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from .answers import Answer, detail, failure, json_answer
from .call import Call, path_floats
from .database import Review
from .event_filters import is_named, visible_cameras
from .events import for_admins
from .forms import REQUIRED, Field, Form, body_of, query_of
from .rights import camera_refusal
from .route import Route, route
from .time_zones import stretches

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


def _fitting(
    call: Call, values: dict[str, Any], *, in_days: bool = False
) -> Callable[[Review], bool]:
    """Return a test for the items on these cameras with these labels and zones.

    For the counts of days, the server looks neither at sounds nor at zones.
    """
    cameras = visible_cameras(call, values["cameras"])
    labels, zones = values["labels"], "all" if in_days else values["zones"]

    def fits(item: Review) -> bool:
        return item.camera in cameras and (
            (
                labels == "all"
                or is_named(labels, item.data["objects"])
                or (not in_days and is_named(labels, item.data["audio"]))
            )
            and (zones == "all" or is_named(zones, item.data["zones"]))
        )

    return fits


def _newest_first(items: Iterable[Review], before: float) -> list[Review]:
    found = sorted(items, key=lambda each: each.start_time, reverse=True)
    del found[: bisect_right(found, -before, key=lambda each: -each.start_time)]
    return found


def list_route(call: Call) -> Answer:
    """List what overlaps the time asked for, which is the last day by default."""
    values = query_of(call, _LISTING)
    if isinstance(values, Answer):
        return values
    now, database = call.state.clock(), call.state.database
    before, after = values["before"] or now, values["after"] or now - DAY
    fits, limit = _fitting(call, values), values["limit"]
    rows = (
        {**each.whole(), "has_been_reviewed": reviewed}
        for each in _newest_first(database.reviews.values(), before)
        if (each.end_time is None or each.end_time > after)
        and values["severity"] in (None, each.severity)
        and fits(each)
        and _is_wanted(
            call,
            values["reviewed"],
            reviewed=(reviewed := database.has_reviewed(call.user, each.id)),
        )
    )
    endless = limit is None or limit < 0
    return json_answer([*(rows if endless else islice(rows, limit))])


def _is_wanted(call: Call, wanted: int | None, *, reviewed: bool) -> bool:
    """Return whether the parameter `reviewed` lets an item through.

    Before 0.17 it is 0 if it is absent, and a 1 filters nothing.
    """
    if not call.state.is_017:
        return bool(wanted) or not reviewed
    return wanted not in (0, 1) or wanted == reviewed


def _counts(call: Call, reviews: Iterable[Review]) -> dict[str, int]:
    viewed = call.state.database.viewed.get(call.user, {})
    counted: Counter[str] = Counter()
    for each in reviews:
        counted[f"total_{each.severity}"] += 1
        counted[f"reviewed_{each.severity}"] += viewed.get(each.id, False)
    return {
        f"{what}_{severity}": counted[f"{what}_{severity}"]
        for what in ("reviewed", "total")
        for severity in ("alert", "detection")
    }


def summary_route(call: Call) -> Answer:
    """Count the items of the last 24 hours and of each day."""
    values = query_of(call, {**_FILTERS, "timezone": Field("str", "utc")})
    if isinstance(values, Answer):
        return values
    if values["cameras"] != "all" and not visible_cameras(call, values["cameras"]):
        return json_answer({})
    start, items = call.state.clock() - DAY, call.state.database.reviews.values()
    fits, fits_in_days = _fitting(call, values), _fitting(call, values, in_days=True)
    last = [each for each in items if each.start_time > start and fits(each)]
    # A sum over no rows is null in SQL.
    nothing = dict.fromkeys(_counts(call, []))
    summary: dict[str, Any] = {"last24Hours": _counts(call, last) if last else nothing}
    found = [each for each in items if fits_in_days(each)]
    for day, of_day in _days(call, values["timezone"], found).items():
        summary[day] = {"day": day, **_counts(call, of_day)}
    return json_answer(summary)


def _days(call: Call, zone: str, items: list[Review]) -> dict[str, list[Review]]:
    """Return the items of each day: stretch by stretch, the newest day of each first."""
    days: dict[str, list[Review]] = {}
    if not items:
        return days
    items = sorted(items, key=lambda each: each.start_time, reverse=True)
    first, last = items[-1].start_time, items[0].start_time
    for part in stretches(zone, first, last, exact=call.state.is_018):
        for each in items:
            if part.start <= each.start_time <= part.end:
                day = f"{part.local(each.start_time):%Y-%m-%d}"
                days.setdefault(day, []).append(each)
    return days


def review_route(call: Call, review_id: str) -> Answer:
    """Show one item, without saying whether it has been reviewed."""
    if (review := call.state.database.reviews.get(review_id)) is None:
        return failure("Review item not found", 404)
    return camera_refusal(call, review.camera) or json_answer(review.whole())


def event_route(call: Call, event_id: str) -> Answer:
    """Show the item that an object or a sound belongs to."""
    for each in call.state.database.reviews.values():
        if event_id in each.data.get("detections", ()):
            return camera_refusal(call, each.camera) or json_answer(each.whole())
    return failure("Review item not found", 404)


def summarize_route(call: Call, start: str, end: str) -> Answer:
    """Tell the story of a range, on all cameras, whoever asks.

    Two sentences need no model: nothing was described, or nothing of it was of concern.
    """
    if call.state.is_018 and call.role != "admin":
        return detail(f"Role {call.role} not authorized. Required: admin", 403)
    times = path_floats(start_ts=start, end_ts=end)
    if isinstance(times, Answer):
        return times
    if not call.state.genai:
        return failure("GenAI must be configured to use this feature.", 400)
    text: str | None
    described = _described(call, *times)
    if not described:
        text = "No activity was found during this time period."
    else:
        try:
            concerns = [each for each in described if _is_of_concern(each)]
        except AttributeError, TypeError:
            # It falls over what the model has said, and says nothing.
            return failure("Failed to create summary.", 500)
        text = "No concerns were found during this time period."
        text = call.state.summary if concerns else text
    if not text:
        return failure("Failed to create summary.", 500)
    return json_answer({"success": True, "summary": text})


def _described(call: Call, start: float, end: float) -> list[Any]:
    """Return the texts of what was over in a range; what still runs has no end to count."""
    return [
        each.data["metadata"]
        for each in call.state.database.reviews.values()
        if each.data["metadata"] is not None
        and each.start_time < end
        and each.end_time is not None
        and each.end_time > start
    ]


def _is_of_concern(metadata: Any) -> bool:
    return bool(
        metadata.get("potential_threat_level", 0) > 0 or metadata.get("other_concerns")
    )


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
    route("GET", "/review/event/([^/]+)", event_route),
    route(
        "POST",
        "/review/summarize/start/([^/]+)/end/([^/]+)",
        summarize_route,
        since="0.17.2",
    ),
    route("DELETE", f"{_ID}/viewed", unview_route),
    route("POST", "/reviews/viewed", viewed_route),
    route("POST", "/reviews/delete", for_admins(delete_route)),
)
