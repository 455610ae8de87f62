"""Which events a list or a search is asked for."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from fnmatch import fnmatchcase
import json
import re
from typing import Any

from .answers import Answer, server_error
from .call import Call
from .database import Event
from .forms import Field, Form, query_of
from .time_zones import zone_of

_WHOLE_DAY = "00:00,24:00"
_PLATE_PATTERN = re.compile(r"\^|.*[.\[\]?+*]")
FILTERS: Form = {
    **{
        name: Field("str", "all", nullable=False)
        for name in ("cameras", "labels", "sub_labels", "zones")
    },
    "recognized_license_plate": Field("str", "all"),
    "after": Field("float"),
    "before": Field("float"),
    "time_range": Field("str", _WHOLE_DAY),
    "timezone": Field("str", "utc"),
    "has_clip": Field("int"),
    "has_snapshot": Field("int"),
    "is_submitted": Field("int"),
    "min_score": Field("float"),
    "max_score": Field("float"),
    "min_speed": Field("float"),
    "max_speed": Field("float"),
    "event_id": Field("str"),
    "sort": Field("str"),
}

type Test = Callable[[Event], bool]


def read_filters(call: Call, form: Form) -> dict[str, Any] | Answer:
    """Return the parameters of a query; a wrong time of the day is an exception there."""
    values = query_of(call, form)
    if isinstance(values, Answer) or "," in values["time_range"]:
        return values
    return server_error()


def visible_cameras(call: Call, wanted: str) -> list[str]:
    """Return the names that were asked for, as far as the role may see them."""
    allowed = call.state.allowed_cameras(call.role)
    return (
        allowed if wanted == "all" else [n for n in wanted.split(",") if n in allowed]
    )


def is_named(wanted: str, names: Iterable[str]) -> bool:
    """Return whether one of the names is in a list, as SQL finds it in the JSON of that."""
    text: str | None = None
    for name in wanted.split(","):
        if name.isascii() and not re.search(r'[*?\["\\]', name):
            if name in names:
                return True
            continue
        text = json.dumps(list(names)) if text is None else text
        if fnmatchcase(text, f'*"{name}"*'):
            return True
    return False


def tests_of(call: Call, values: dict[str, Any]) -> list[Test]:
    """Return what an event has to fulfill, the cheapest first."""
    cameras = set(visible_cameras(call, values["cameras"]))
    tests: list[Test] = [lambda event: event.camera in cameras]
    if values["labels"] != "all":
        labels = values["labels"].split(",")
        tests.append(lambda event: event.label in labels)
    if (clip := values["has_clip"]) is not None:
        tests.append(lambda event: event.has_clip == clip)
    if (snapshot := values["has_snapshot"]) is not None:
        tests.append(lambda event: event.has_snapshot == snapshot)
    if (after := values["after"]) is not None and after:
        tests.append(lambda event: event.start_time > after)
    if (before := values["before"]) is not None and before:
        tests.append(lambda event: event.start_time < before)
    if (event_id := values["event_id"]) is not None:
        tests.append(lambda event: event.id == event_id)
    if (submitted := values["is_submitted"]) is not None:
        tests.append(lambda _: submitted <= 0)
    return tests + _details(call, values)


def _details(call: Call, values: dict[str, Any]) -> list[Test]:
    tests = [
        _within(key, values[f"min_{name}"], values[f"max_{name}"])
        for name, key in (("score", "score"), ("speed", "average_estimated_speed"))
    ]
    if (zones := values["zones"]) != "all":
        tests.append(lambda event: _fits_zones(event, zones))
    if (sub_labels := values["sub_labels"]) != "all":
        wanted = sub_labels.split(",")
        tests.append(lambda event: _fits_sub_label(call, event, wanted))
    if (plates := values["recognized_license_plate"]) not in (None, "all"):
        wanted_plates = plates.split(",")
        tests.append(lambda event: _fits_plate(event, wanted_plates))
    if values["time_range"] != _WHOLE_DAY:
        tests.append(_time_of_day(call, values))
    return tests


def _within(key: str, low: float | None, high: float | None) -> Test:
    """Return whether a number is within bounds; what has none is within no bound."""

    def fits(event: Event) -> bool:
        if low is None and high is None:
            return True
        number = event.data.get(key)
        return (
            number is not None
            and (low is None or number >= low)
            and (high is None or number <= high)
        )

    return fits


def _fits_zones(event: Event, wanted: str) -> bool:
    if "None" in wanted.split(",") and not event.zones:
        return True
    return is_named(wanted, event.zones)


def _fits_sub_label(call: Call, event: Event, wanted: list[str]) -> bool:
    if event.sub_label is None:
        return "None" in wanted
    text = event.sub_label
    if call.state.is_018:
        text, wanted = text.lower(), [each.lower() for each in wanted]
    return any(
        text == each
        or fnmatchcase(text, f"*{each},*")
        or fnmatchcase(text, f"*, {each}*")
        for each in wanted
    )


def _fits_plate(event: Event, wanted: list[str]) -> bool:
    """Return whether a plate is one of those; what looks like a pattern is one."""
    plate = event.data.get("recognized_license_plate")
    if plate is None:
        return "None" in wanted
    return any(
        re.search(each, plate) is not None
        if _PLATE_PATTERN.match(each)
        else each == plate
        for each in wanted
    )


def _time_of_day(call: Call, values: dict[str, Any]) -> Test:
    """Return whether a time of the day lies between two; it goes by today's offset."""
    first, last = str(values["time_range"]).split(",")[:2]
    zone = zone_of(values["timezone"])
    now = datetime.fromtimestamp(call.state.clock(), zone)
    offset = now.utcoffset()
    assert offset is not None

    def fits(event: Event) -> bool:
        shown = datetime.fromtimestamp(event.start_time, UTC) + offset
        time = f"{shown:%H:%M}"
        if first > last:
            return time > first or time < last
        return first < time < last

    return fits
