"""The events: their lists, and each of them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, tzinfo
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .answers import Answer, detail, json_answer
from .call import Call
from .database import Event
from .forms import Field, Form, query_of
from .route import Route, route

_LISTING: Form = {
    **{
        name: Field("str", "all", nullable=False)
        for each in ("camera", "label", "sub_label", "zone")
        for name in (each, f"{each}s")
    },
    "limit": Field("int", 100),
    "after": Field("float"),
    "before": Field("float"),
    "has_clip": Field("int"),
    "has_snapshot": Field("int"),
    "in_progress": Field("int"),
    "include_thumbnails": Field("int", 1),
    "favorites": Field("int"),
}

type Handler = Callable[..., Answer | Awaitable[Answer]]


def for_admins(handler: Handler) -> Handler:
    """Return a handler that checks the role as the routes of events do."""

    def checked(call: Call, *arguments: str) -> Answer | Awaitable[Answer]:
        if call.role != "admin":
            return detail(f"Role {call.role} not authorized. Required: admin", 403)
        return handler(call, *arguments)

    return checked


def camera_refusal(call: Call, camera: str) -> Answer | None:
    """Return the refusal if the role does not see the camera."""
    allowed = call.state.allowed_cameras(call.role)
    if not call.state.restricted(call.role) or camera in allowed:
        return None
    text = f"Access denied to camera '{camera}'. Allowed: {allowed}"
    return detail(text, 403)


def visible_cameras(call: Call, wanted: str) -> list[str]:
    """Return the names that were asked for, as far as the role may see them."""
    allowed = call.state.allowed_cameras(call.role)
    return (
        allowed if wanted == "all" else [n for n in wanted.split(",") if n in allowed]
    )


def zone_of(name: str) -> tzinfo:
    """Return a time zone; a name that nobody knows is as good as UTC."""
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError, ValueError:
        return UTC


# Lists


def _fits_sub_label(call: Call, event: Event, wanted: list[str]) -> bool:
    if event.sub_label is None:
        return "None" in wanted
    text = event.sub_label
    if call.state.is_018:
        text, wanted = text.lower(), [each.lower() for each in wanted]
    return any(
        text == each or fnmatchcase(text, f"*{each},*") or f", {each}" in text
        for each in wanted
    )


def _fits(call: Call, event: Event, values: dict[str, Any]) -> bool:
    lists = {
        name: None if values[name] == "all" else values[name].split(",")
        for name in ("labels", "sub_labels", "zones")
    }
    zones = event.zones or ["None"]
    return (
        (lists["labels"] is None or event.label in lists["labels"])
        and (lists["zones"] is None or any(each in lists["zones"] for each in zones))
        and (
            lists["sub_labels"] is None
            or _fits_sub_label(call, event, lists["sub_labels"])
        )
        and not (values["after"] and event.start_time <= values["after"])
        and not (values["before"] and event.start_time >= values["before"])
        and values["has_clip"] in (None, event.has_clip)
        and values["has_snapshot"] in (None, event.has_snapshot)
        and values["in_progress"] in (None, event.end_time is None)
        and not (values["favorites"] and not event.retained)
    )


def list_route(call: Call) -> Answer:
    """List events, the newest first; a limit below nought is none."""
    values = query_of(call, _LISTING)
    if isinstance(values, Answer):
        return values
    for name in ("camera", "label", "sub_label", "zone"):
        if values[f"{name}s"] == "all":
            values[f"{name}s"] = values[name]
    cameras = visible_cameras(call, values["cameras"])
    rows = [
        event.row()
        for event in sorted(
            call.state.database.look().values(), key=lambda each: -each.start_time
        )
        if event.camera in cameras and _fits(call, event, values)
    ]
    if values["include_thumbnails"]:
        rows = [{**row, "thumbnail": None} for row in rows]
    limit = values["limit"]
    return json_answer(rows if limit < 0 else rows[:limit])


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
    route("GET", EVENT_PATH, event_route),
)
