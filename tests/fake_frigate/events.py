"""The events: their lists, and each of them."""

from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from .answers import Answer, detail, invalid, json_answer, unprocessable
from .call import Call, int_params
from .database import Event
from .event_filters import FILTERS, read_filters, tests_of, visible_cameras
from .forms import Field, Form
from .rights import camera_refusal
from .route import Route, route
from .time_zones import zone_of

_LISTING: Form = {
    **FILTERS,
    **{
        name: Field("str", "all", nullable=False)
        for name in ("camera", "label", "sub_label", "zone")
    },
    "limit": Field("int", 100),
    "in_progress": Field("int"),
    "include_thumbnails": Field("int", 1),
    "favorites": Field("int"),
    "min_length": Field("float"),
    "max_length": Field("float"),
}
# What `explore` and the search show of the details of an event.
SHOWN = (
    "type",
    "score",
    "top_score",
    "description",
    "sub_label_score",
    "average_estimated_speed",
    "velocity_angle",
    "path_data",
    "recognized_license_plate",
    "recognized_license_plate_score",
)
_ORDERS: dict[str, Callable[[Event], Any]] = {
    "score": lambda event: event.data.get("score") or 0.0,
    "speed": lambda event: event.data.get("average_estimated_speed") or 0.0,
    "date": lambda event: event.start_time,
}

type Handler = Callable[..., Answer | Awaitable[Answer]]


def for_admins(handler: Handler) -> Handler:
    """Return a handler that checks the role as the routes of events do."""

    def checked(call: Call, *arguments: str) -> Answer | Awaitable[Answer]:
        if call.role != "admin":
            return detail(f"Role {call.role} not authorized. Required: admin", 403)
        return handler(call, *arguments)

    return checked


def newest_first(events: Iterable[Event], before: float | None = None) -> list[Event]:
    """Return events that began before a time; those that began together stay in order."""
    found = sorted(events, key=lambda each: each.start_time, reverse=True)
    if before:
        del found[: bisect_right(found, -before, key=lambda each: -each.start_time)]
    return found


# Lists


def _in_order(
    events: Iterable[Event], sort: str | None, before: float | None
) -> list[Event]:
    """Return events in the order asked for, which is the newest first if it is none."""
    key, _, direction = (sort or "").partition("_")
    if key not in _ORDERS or direction not in ("asc", "desc"):
        return newest_first(events, before)
    # What is equal stays in the order in which it was written into the table.
    return sorted(events, key=_ORDERS[key], reverse=direction == "desc")


def _fits(event: Event, values: dict[str, Any]) -> bool:
    end = event.end_time
    shortest, longest = values["min_length"], values["max_length"]
    return (
        values["in_progress"] in (None, end is None)
        and not (values["favorites"] and not event.retained)
        and (
            shortest is None or (end is not None and end - event.start_time >= shortest)
        )
        and (longest is None or (end is not None and end - event.start_time <= longest))
    )


def list_route(call: Call) -> Answer:
    """List events, the newest first; a limit below nought is none."""
    values = read_filters(call, _LISTING)
    if isinstance(values, Answer):
        return values
    for name in ("camera", "label", "sub_label", "zone"):
        if values[f"{name}s"] == "all":
            values[f"{name}s"] = values[name]
    tests, limit = tests_of(call, values), values["limit"]
    events = call.state.database.look().values()
    found = (
        event
        for event in _in_order(events, values["sort"], values["before"])
        if all(test(event) for test in tests) and _fits(event, values)
    )
    rows = [each.row() for each in (found if limit < 0 else islice(found, limit))]
    if values["include_thumbnails"]:
        rows = [{**row, "thumbnail": None} for row in rows]
    return json_answer(rows)


def shown_details(event: Event) -> dict[str, Any]:
    """Return the details of an event that are not left out of longer lists."""
    return {key: value for key, value in event.data.items() if key in SHOWN}


def explore_route(call: Call) -> Answer:
    """List the newest events of each label, and how many there are of that."""
    values, errors = int_params(call, limit=10)
    if errors:
        return unprocessable(errors)
    cameras, limit = visible_cameras(call, "all"), values["limit"]
    by_label: dict[str, list[Event]] = {}
    for event in newest_first(call.state.database.look().values()):
        if event.camera in cameras:
            by_label.setdefault(event.label, []).append(event)
    assert limit is not None
    rows = [
        {**each.row(), "data": shown_details(each), "event_count": len(events)}
        for _, events in sorted(by_label.items())
        for each in (events if limit < 0 else events[:limit])
    ]
    rows.sort(key=lambda row: (row["event_count"], row["start_time"]), reverse=True)
    return json_answer(rows)


def ids_route(call: Call) -> Answer:
    """List the events of some ids; one that the role may not see refuses them all."""
    if (text := call.query.get("ids")) is None:
        return unprocessable(
            [invalid("missing", ["query", "ids"], "Field required", None)]
        )
    database = call.state.database.look()
    events = [database[each] for each in text.split(",") if each in database]
    for each in events:
        if (refusal := camera_refusal(call, each.camera)) is not None:
            return refusal
    return json_answer([each.everything() for each in events])


def summary_route(call: Call) -> Answer:
    """Count events; as their details count too, hardly any two are alike."""
    zone = zone_of(call.query.get("timezone", "utc"))
    cameras = visible_cameras(call, "all")
    counted: dict[str, dict[str, Any]] = {}
    for event in call.state.database.look().values():
        if event.camera not in cameras:
            continue
        group = {
            "camera": event.camera,
            "label": event.label,
            "sub_label": event.sub_label,
            "data": event.data,
            "day": datetime.fromtimestamp(event.start_time, zone).date().isoformat(),
            "zones": event.zones,
        }
        counted.setdefault(str(group), {**group, "count": 0})["count"] += 1
    return json_answer(list(counted.values()))


# One event


def event_route(call: Call, event_id: str) -> Answer:
    """Show one event; that there is none is said by a bare text."""
    if (event := call.state.database.look().get(event_id)) is None:
        return json_answer("Event not found", 404)
    return camera_refusal(call, event.camera) or json_answer(event.whole())


EVENT_PATH = "/events/((?!explore$|search$|summary$)[^/]+)"
ROUTES: tuple[Route, ...] = (
    route("GET", "/events", list_route),
    route("GET", "/events/summary", summary_route),
    route("GET", "/events/explore", explore_route),
    route("GET", "/event_ids", ids_route),
    route("GET", EVENT_PATH, event_route),
)
