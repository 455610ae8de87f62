"""Times of no calendar in recorded answers are unknown, wherever they stand."""

from collections.abc import Callable, Iterator
from copy import deepcopy
import dataclasses
from functools import partial
import json
import re
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    Event,
    Export,
    ExportFile,
    ExportJob,
    FaceLibrary,
    Gap,
    Preview,
    Review,
    Segment,
    Stats,
    TrainingImage,
    as_timestamp,
)
from custom_components.frigate_http.aiofrigate.ws_messages import parse_message
from tests.fake_frigate.recorded import FIXTURES

YEAR_5138 = 1e11
NO_TIMES: tuple[Any, ...] = (
    *(
        1e300,
        -1e300,
        float("nan"),
        float("inf"),
        10**400,
        -1,
        -62135596801,
        253402300800,
    ),
    *(
        YEAR_5138 * 10,
        "1e300",
        "nan",
        "0000-01-01T00:00:00Z",
        "10000-01-01",
        "",
        [],
        True,
    ),
)
NO_DATES = (
    *("Mon, 01 Jan 10000 00:00:00 GMT", "Sat, 01 Jan 0100 00:00:00 GMT", "1e300"),
    *("Mon, 01 Jan 9999 00:00:00 -2359", "Mon, 23 Nov 2026 12:00:00 -0000", ""),
)
"""None of these is a date with a time zone that every calendar has."""

type Read = Callable[[Any], object]


def _each(read: Callable[[dict[str, Any]], object]) -> Read:
    return lambda answer: [read(one) for one in answer]


def _training_images(answer: dict[str, Any]) -> object:
    return [*map(TrainingImage.parse, FaceLibrary.from_api(answer).train)]


READS: tuple[tuple[str, Read], ...] = (
    (r"/api/stats", Stats.from_api),
    (r"/api/events", _each(Event.from_api)),
    (r"/api/events/[\d.]+-\w+", Event.from_api),
    (r"/api/review", _each(Review.from_api)),
    (r"/api/review/[\d.]+-\w+", Review.from_api),
    (r"/api/exports", _each(Export.from_api)),
    (r"/api/exports/[^/]+", Export.from_api),
    (r"/api/jobs/export", _each(partial(ExportJob.from_api, mask=str))),
    (r"/api/jobs/export/[^/]+", partial(ExportJob.from_api, mask=str)),
    (r"/api/[^/]+/recordings", _each(Segment.from_api)),
    (r"/api/recordings/unavailable", _each(Gap.from_api)),
    (r"/api/preview/.*", _each(Preview.from_api)),
    (r"/api/faces", _training_images),
    (r"/exports/", _each(ExportFile.from_api)),
)
"""The reader of the answer of each route that tells times."""


def _recordings() -> Iterator[tuple[str, str, Any]]:
    """Yield the pattern of the route, the name and the JSON of each recorded answer."""
    for path in sorted(FIXTURES.glob("[0-9]*/*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or content.get("status") not in (200, 202):
            continue
        route = content.get("request", {}).get("path", "").partition("?")[0]
        for pattern, _read in READS:
            if re.fullmatch(pattern, route) and content.get("json"):
                yield pattern, f"{path.parent.name} {path.stem}", content["json"]


RECORDINGS = [*_recordings()]


def _times(value: Any) -> Iterator[Any]:
    """Yield all values in models that are times, by the names of their fields."""
    if isinstance(value, list):
        for one in value:
            yield from _times(one)
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            if each.name in {"start", "end", "time", "last_updated", "modified"}:
                yield getattr(value, each.name)


def _places(answer: Any) -> Iterator[tuple[Any, Any]]:
    """Yield container and key of each value that may be a time."""
    pairs = answer.items() if isinstance(answer, dict) else enumerate(answer)
    for key, value in pairs:
        if isinstance(value, (dict, list)):
            yield from _places(value)
        elif _hostile_values(value):
            yield answer, key


def _hostile_values(value: Any) -> tuple[Any, ...]:
    """Return what may stand in place of a value that is a time."""
    match value:
        case bool():
            return ()
        case int() | float() if value > 1e9:
            return NO_TIMES
        case str() if value.endswith(" GMT"):
            return NO_DATES
        case str() if found := re.fullmatch(r"(\d+\.\d+-\w+-)\d+\.\d+(-.*)", value):
            return tuple(
                f"{found[1]}{time}{found[2]}" for time in ("9" * 400, "9" * 20)
            )
        case _:
            return ()


def _reader(pattern: str) -> Read:
    return dict(READS)[pattern]


def test_there_is_a_recorded_answer_of_each_route_with_times() -> None:
    assert {pattern for pattern, _name, _answer in RECORDINGS} == {*dict(READS)}


@pytest.mark.parametrize("pattern", dict(READS))
def test_times_of_no_calendar_are_unknown(pattern: str) -> None:
    read, read_times = _reader(pattern), 0
    for _pattern, name, recorded in (one for one in RECORDINGS if one[0] == pattern):
        answer = deepcopy(recorded)
        known = [*_times(read(answer))]
        for container, key in [*_places(answer)]:
            value = container[key]
            for hostile in _hostile_values(value):
                container[key] = hostile
                found = [*_times(read(answer))]
                assert {*found} <= {None, *known}, (name, key, hostile)
                read_times += found != known
            container[key] = value
        assert [*_times(read(answer))] == known
    # Else the places would not be those that are read.
    assert read_times


def test_messages_with_times_of_no_calendar() -> None:
    read_times = 0
    for path in sorted(FIXTURES.glob("[0-9]*/ws*.json")):
        for one in json.loads(path.read_text(encoding="utf-8")).get("messages", []):
            topic, payload = one["topic"], str(one["payload"])
            known = repr(
                parse_message(json.dumps({"topic": topic, "payload": payload}))
            )
            for found in re.finditer(r'_time": (\d+\.\d+)', payload):
                for hostile in ("1e300", "-1e300", "NaN", "1" * 400, '"0000-01-01"'):
                    changed = (
                        payload[: found.start(1)] + hostile + payload[found.end(1) :]
                    )
                    message = json.dumps({"topic": topic, "payload": changed})
                    update = repr(parse_message(message))
                    without = known.replace(f"={float(found[1])!r}", "=None")
                    # What is no number of JSON is read as null, which is no end.
                    goes_on = without.replace("has_ended=True", "has_ended=False")
                    expected = {known, without}
                    if hostile in ("NaN", "1" * 400):
                        expected.add(goes_on)
                    assert update in expected, hostile
                    read_times += update != known
    assert read_times


@pytest.mark.parametrize("value", [0, 0.5, 1795435200, "1795435200.25", YEAR_5138])
def test_times_of_the_calendar(value: Any) -> None:
    assert as_timestamp(value) == float(value)
