"""The search in words and by likeness, where semantic search is switched on."""

import re
from typing import Any

from .answers import Answer, failure, json_answer, server_error
from .call import Call
from .database import Database, Event
from .event_filters import FILTERS, read_filters, tests_of
from .events import newest_first, shown_details
from .forms import Field, Form
from .route import Route, route

# The nearest ones are looked for first, and filtered then.
_NEAREST = 100
_WORD = re.compile(r"\w+")
# Distances to words are normalized: they lie on both sides of nought, and have no bounds.
_SPREAD = 4
_SEARCH: Form = {
    **FILTERS,
    "has_clip": Field("flag"),
    "has_snapshot": Field("flag"),
    "is_submitted": Field("flag"),
    "query": Field("str"),
    "search_type": Field("str", "thumbnail"),
    "include_thumbnails": Field("int", 1),
    "limit": Field("int", 50),
}

type Distances = dict[str, tuple[float, str]]


def search_route(call: Call) -> Answer:
    """List the events that are nearest to some words, or to another event."""
    values = read_filters(call, _SEARCH)
    if isinstance(values, Answer):
        return values
    if not values["query"] and not values["event_id"]:
        return failure("A search query must be supplied", 400)
    if not call.state.semantic_search:
        return failure("Semantic search is not enabled", 400)
    database = call.state.database
    likeness = values["search_type"] == "similarity"
    if likeness and values["event_id"] not in database.events:
        return failure("Event not found", 404)
    if not likeness and not values["query"]:
        # An event that others are to be like is no word to look for.
        return server_error()
    found = _distances(database, values)
    # The event that others are to be like is no filter.
    tests = tests_of(call, {**values, "event_id": None})
    rows = [
        row
        for event_id, (distance, source) in found.items()
        if all(test(database.events[event_id]) for test in tests)
        for row in _rows(database, database.events[event_id], distance, source)
    ]
    if not values["include_thumbnails"]:
        for row in rows:
            del row["thumbnail"]
    return json_answer(_sorted(rows, values["sort"])[: values["limit"]])


def _distances(database: Database, values: dict[str, Any]) -> Distances:
    """Return how far the nearest events are, and by what they were found."""
    found: Distances = {}
    likeness = values["search_type"] == "similarity"
    if likeness:
        words, sources = _words(database.events[values["event_id"]]), ["thumbnail"]
    else:
        words = {each.lower() for each in _WORD.findall(values["query"])}
        sources = values["search_type"].split(",")
    for source in ("thumbnail", "description"):
        if source not in sources:
            continue
        nearest = sorted(
            (_distance(words, event, source), number, event.id)
            for number, event in enumerate(newest_first(database.events.values()))
            if _is_embedded(event, source)
        )
        for near, _, event_id in nearest[:_NEAREST]:
            distance = near if likeness else round((near - 0.5) * _SPREAD, 6)
            if event_id not in found or distance < found[event_id][0]:
                found[event_id] = distance, source
    return found


def _is_embedded(event: Event, source: str) -> bool:
    """Return whether an event can be found: by its picture only once it is over."""
    if source == "description":
        return bool(event.data.get("description"))
    return event.end_time is not None and event.data["type"] == "object"


def _words(event: Event) -> set[str]:
    """Return the words that the thumbnail of an event is a picture of."""
    shown = [event.label, event.sub_label or "", event.camera.replace("_", " ")]
    return {each.lower() for each in _WORD.findall(" ".join(shown))}


def _distance(words: set[str], event: Event, source: str) -> float:
    has = _words(event)
    if source == "description":
        has = {each.lower() for each in _WORD.findall(event.data["description"])}
    return round(1 - len(words & has) / (len(words | has) or 1), 6)


def _rows(
    database: Database, event: Event, distance: float, source: str
) -> list[dict[str, Any]]:
    """Return the rows of an event: as many as there are items to review it belongs to."""
    paths = [
        each.whole()["thumb_path"]
        for each in database.reviews.values()
        if event.id in each.data.get("detections", ())
    ]
    row = event.row()
    for name in ("retain_indefinitely", "false_positive", "box"):
        del row[name]
    details = shown_details(event)
    if "attributes" in event.data:
        details["attributes"] = event.data["attributes"]
    row |= {"data": details, "thumbnail": None}
    row |= {"search_distance": distance, "search_source": source}
    return [{**row, "thumb_path": path} for path in paths or [None]]


def _sorted(rows: list[dict[str, Any]], sort: str | None) -> list[dict[str, Any]]:
    if sort in (None, "relevance"):
        return sorted(rows, key=lambda row: row["search_distance"])
    if sort in ("score_asc", "score_desc"):
        return sorted(
            rows, key=lambda row: row["data"]["score"], reverse=sort == "score_desc"
        )
    if sort in ("speed_asc", "speed_desc"):
        key = "average_estimated_speed"
        return sorted(
            rows, key=lambda row: row["data"].get(key, 0), reverse=sort == "speed_desc"
        )
    return sorted(rows, key=lambda row: row["start_time"], reverse=sort != "date_asc")


ROUTES: tuple[Route, ...] = (route("GET", "/events/search", search_route),)
