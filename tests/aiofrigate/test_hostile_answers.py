"""Whatever stands in an answer, the client returns something bounded, or its own error.

Each value and each key of the recorded answers that a reader looks at is replaced in turn.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from copy import deepcopy
import dataclasses
from datetime import date
from functools import cache, partial
import json
import math
import re
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    Config,
    Event,
    Export,
    ExportFile,
    ExportJob,
    FaceLibrary,
    FrigateClient,
    FrigateError,
    Gap,
    Log,
    NewEvent,
    Preview,
    Profile,
    Profiles,
    PtzInfo,
    Recognition,
    RecordedDay,
    Review,
    ReviewDay,
    ReviewSummary,
    Segment,
    Stats,
    TrainingImage,
    Upload,
    User,
    schema_at,
)
from custom_components.frigate_http.aiofrigate.json_parser import parse_json
from custom_components.frigate_http.aiofrigate.parsing import as_dict
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.fake_frigate.recorded import FIXTURES
from tests.versions import EVERY_VERSION, SINCE_018

from .conftest import works

LONG = 10_000_000 * "x"
TEXTS = (
    "\ud800",
    "a\udfff\ud800b",
    LONG,
    LONG[:256],
    "",
    " ",
    "\x00",
    "\x1b[31m\r\n\u202e\u2028",
    "../../etc/passwd",
    "..",
    "a/b\\c%2f..%00",
    "<script>alert(1)</script>",
    "{{ states }}",
    "NaN",
    "1e300",
    "9" * 5000,
)
VALUES: tuple[Any, ...] = (
    *TEXTS,
    *(float("nan"), float("inf"), -float("inf"), 1e300, -1e300, 1e-320),
    *(10**400, 2**64, -(2**63), -1, 0, 5, True, False, None),
    *([], {}, [None], [[]], [{}], [""], {"": ""}, {"a": {"b": [LONG]}}, [LONG]),
)
KEYS = (*TEXTS, "__class__", "train", "all")

PTZ = r"GET /api/[^/]+/ptz/info"

type Read = Callable[[Any], object]


def _each(read: Callable[[dict[str, Any]], object]) -> Read:
    return lambda answer: [read(one) for one in answer if isinstance(one, dict)]


def _log(answer: dict[str, Any]) -> object:
    # Lines are cut, and not left out.
    return Log.from_api(answer, str)


def _training_images(answer: dict[str, Any]) -> object:
    library = FaceLibrary.from_api(answer)
    return [library, *map(TrainingImage.parse, library.train)]


def _schema(answer: dict[str, Any]) -> None:
    """Return nothing: the part of a schema is the server's own JSON."""
    schema_at(answer, "record")
    schema_at(answer, "cameras.*.record.alerts")


def _summary(answer: dict[str, Any]) -> object:
    last = answer.get("last24Hours")
    days = [ReviewDay.from_api(as_dict(one)) for one in answer.values()]
    return ReviewSummary.from_api(last) if isinstance(last, dict) else None, days


READS: dict[str, Read] = {
    r"GET /api/config": Config.from_api,
    r"GET /api/config/schema.json": _schema,
    r"GET /api/stats": Stats.from_api,
    r"GET /api/profile": Profile.from_api,
    r"GET /api/profiles": Profiles.from_api,
    PTZ: PtzInfo.from_api,
    r"GET /api/users": _each(User.from_api),
    r"GET /api/faces": _training_images,
    r"POST /api/faces/reprocess": lambda one: Recognition.from_api(one, str),
    r"GET /api/events": _each(Event.from_api),
    r"GET /api/events/[\d.]+-\w+": Event.from_api,
    r"GET /api/review": _each(Review.from_api),
    r"GET /api/review/[\d.]+-\w+": Review.from_api,
    r"GET /api/review/summary": _summary,
    r"GET /api/exports": _each(Export.from_api),
    r"GET /api/jobs/export": _each(partial(ExportJob.from_api, mask=str)),
    r"GET /api/[^/]+/recordings": _each(Segment.from_api),
    "GET /api/recordings/unavailable": _each(Gap.from_api),
    r"GET /api/[^/]+/recordings/summary": _each(RecordedDay.from_api),
    r"GET /api/preview/.*": _each(Preview.from_api),
    r"GET /exports/": _each(ExportFile.from_api),
    r"GET /api/logs/frigate": _log,
}


def _recordings() -> Iterator[tuple[str, str, Any]]:
    """Yield version, request and JSON of each recorded answer."""
    for path in sorted(FIXTURES.glob("[0-9]*/*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        version = path.parent.name
        if path.stem == "config.full":
            yield version, "GET /api/config", content
        elif path.stem == "config.schema.full":
            yield version, "GET /api/config/schema.json", content
        elif isinstance(content, dict) and content.get("status") in (200, 202):
            request = content.get("request", {})
            route = request.get("path", "").partition("?")[0]
            if content.get("json"):
                yield version, f"{request['method']} {route}", content["json"]


@cache
def _largest() -> dict[str, list[Any]]:
    """Return, by route, the largest recorded answer of each version."""
    found: dict[tuple[str, str], Any] = {}
    for version, request, answer in _recordings():
        for pattern in READS:
            if re.fullmatch(pattern, request):
                best = found.get((pattern, version))
                if len(json.dumps(answer)) > len(json.dumps(best)):
                    found[pattern, version] = answer
    answers: dict[str, list[Any]] = {pattern: [] for pattern in READS}
    # No camera that was recorded can be moved.
    movable = {"name": "gate", "features": ["pt", "zoom"], "presets": ["home", "a"]}
    answers[PTZ] = [movable]
    for (pattern, _version), answer in found.items():
        answers[pattern].append(answer)
    return answers


def _places(answer: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each object and list together with each of its keys and first positions."""
    pairs = answer.items() if isinstance(answer, dict) else enumerate(answer[:2])
    for key, value in list(pairs):
        yield answer, key
        if isinstance(value, (dict, list)):
            yield from _places(value)


def _is_bounded(value: Any) -> bool:
    """Return whether a result has only short texts, and numbers that JSON can hold."""
    match value:
        case None | bool() | date():
            return True
        case str():
            return len(value) <= 4096 and value.encode() is not None
        case int():
            return abs(value) < 2**63
        case float():
            return math.isfinite(value)
        case Mapping():
            return all(map(_is_bounded, (*value, *value.values())))
        case tuple() | list() | frozenset():
            return all(map(_is_bounded, value))
        case _:
            fields = dataclasses.fields(value)
            return all(_is_bounded(getattr(value, one.name)) for one in fields)


def _as_parsed(value: Any) -> Any:
    """Return a value as it is after it was received."""
    return parse_json(json.dumps(value))


def _outcome(read: Read, answer: Any) -> object:
    try:
        return read(answer)
    except FrigateError:
        return None


def _is_read(read: Read, answer: Any, usual: object) -> bool:
    """Return whether the value matters that was replaced by what is no JSON."""
    try:
        return read(answer) != usual
    except AttributeError, FrigateError, TypeError:
        return True


@pytest.mark.parametrize("pattern", READS)
def test_each_value_and_key_in_turn(pattern: str) -> None:
    read, values = READS[pattern], [_as_parsed(one) for one in VALUES]
    keys = [next(iter(_as_parsed({one: 1}))) for one in KEYS]
    tried = 0
    for answer in map(deepcopy, _largest()[pattern]):
        usual = _outcome(read, answer)
        for container, key in _places(answer):
            kept, container[key] = container[key], object
            is_read = _is_read(read, answer, usual)
            for hostile in values if is_read else ():
                container[key] = hostile
                assert _is_bounded(_outcome(read, answer)), (key, str(hostile)[:50])
                tried += 1
            container[key] = kept
            for hostile in keys if is_read and isinstance(container, dict) else ():
                whole = dict(container)
                container[hostile] = container.pop(key)
                assert _is_bounded(_outcome(read, answer)), (key, hostile[:50])
                container.clear()
                container.update(whole)
        assert _outcome(read, answer) == usual
    assert tried >= len(values)


# The same over the wire: all texts, all keys, or the whole answer at once


def _replaced(value: Any, text: Any, key: str | None) -> Any:
    """Return JSON with all strings, and all keys if one is given, replaced."""
    match value:
        case str():
            return text
        case dict():
            return {
                old if key is None else key: _replaced(one, text, key)
                for old, one in value.items()
            }
        case list():
            return [_replaced(one, text, key) for one in value[:3]]
        case _:
            return value


type Call = Callable[[FrigateClient], Awaitable[object]]


async def _part_of_schema(client: FrigateClient) -> None:
    schema_at(await client.system.config_schema(), "record")


CALLS: dict[str, tuple[str, Call]] = {
    "GET /api/config": ("/api/config$", lambda one: one.system.config(fresh=True)),
    "GET /api/config/schema.json": ("/api/config/schema.json", _part_of_schema),
    "GET /api/stats": ("/api/stats", lambda one: one.system.stats(fresh=True)),
    "GET /api/profile": ("/api/profile$", lambda one: one.system.profile(fresh=True)),
    "GET /api/profiles": ("/api/profiles", lambda one: one.controls.profiles()),
    PTZ: ("/api/gate/ptz/info", lambda one: one.controls.ptz_info("gate")),
    "GET /api/users": ("/api/users", lambda one: one.users.list()),
    "GET /api/faces": ("/api/faces", lambda one: one.faces.library(fresh=True)),
    "POST /api/faces/reprocess": (
        "/api/faces/reprocess",
        lambda one: one.faces.reprocess("1.0-a-1.0-unknown-0.0.webp"),
    ),
    "GET /api/events": ("/api/events", lambda one: one.events.list()),
    r"GET /api/events/[\d.]+-\w+": (
        "/api/events/",
        lambda one: one.events.get("1.0-a"),
    ),
    "GET /api/review": ("/api/review", lambda one: one.reviews.list()),
    r"GET /api/review/[\d.]+-\w+": (
        "/api/review/",
        lambda one: one.reviews.get("1.0-a"),
    ),
    "GET /api/review/summary": (
        "/api/review/summary",
        lambda one: one.reviews.summary(),
    ),
    "GET /api/exports": ("/api/exports", lambda one: one.exports.list()),
    "GET /api/jobs/export": ("/api/jobs/export", lambda one: one.exports.jobs()),
    r"GET /api/[^/]+/recordings": (
        "/api/gate/recordings",
        lambda one: one.recordings.segments("gate", 1.0, 2.0),
    ),
    "GET /api/recordings/unavailable": (
        "/api/recordings/unavailable",
        lambda one: one.recordings.gaps("gate", 1, 2),
    ),
    r"GET /api/[^/]+/recordings/summary": (
        "/api/gate/recordings/summary",
        lambda one: one.recordings.summary("gate", "UTC"),
    ),
    r"GET /api/preview/.*": (
        "/api/preview/",
        lambda one: one.previews.list("gate", 1.0, 2.0),
    ),
    r"GET /exports/": ("/exports/", lambda one: one.exports.files()),
    r"GET /api/logs/frigate": ("/api/logs/", lambda one: one.logs.newest("frigate", 9)),
}
OTHERS: dict[str, Call] = {
    "/api/version": lambda one: one.system.version(),
    "/api/$": lambda one: one.system.health(),
    "/api/notifications/pubkey": lambda one: one.notifications.public_key(),
    "/api/events/gate/bell/create": lambda one: one.events.create(
        NewEvent(camera="gate", label="bell")
    ),
    "/api/export/": lambda one: one.exports.create("gate", 1.0, 2.0),
    "/api/faces/recognize": lambda one: one.faces.recognize(
        Upload(b"image", "image/jpeg", "face.jpg")
    ),
}


MANY = [f"n{number}" for number in range(20_000)]
NAMED: dict[str, dict[str, Any]] = {name: {} for name in MANY}
TOO_MANY: dict[str, tuple[Any, Callable[[Any], int], int]] = {
    "GET /api/config": (
        {
            "cameras": {"gate": {"zones": NAMED, "audio": {"listen": MANY}}, **NAMED},
            "detectors": NAMED,
        },
        lambda one: max(
            *map(len, (one.cameras, one.detectors)),
            *map(len, (one.cameras["gate"].zones, one.cameras["gate"].sounds)),
        ),
        1000,
    ),
    "GET /api/stats": (
        {"cameras": NAMED, "service": {"storage": NAMED}},
        lambda one: max(len(one.cameras), len(one.storage)),
        1000,
    ),
    "GET /api/profile": (
        {"allowed_cameras": MANY},
        lambda one: len(one.allowed_cameras),
        1000,
    ),
    "GET /api/profiles": (
        {"profiles": [{"name": name} for name in MANY]},
        lambda one: len(one.choices),
        1000,
    ),
    PTZ: ({"presets": MANY}, lambda one: len(one.presets), 1000),
    "GET /api/faces": (
        {**{name: [] for name in MANY}, "train": []},
        lambda one: len(one.people),
        1000,
    ),
    "GET /api/users": ([{"username": name} for name in MANY], len, 10_000),
    "GET /api/events": ([{"id": name} for name in MANY], len, 10_000),
    "GET /api/review": ([{"id": name} for name in MANY], len, 10_000),
}


@EVERY_VERSION
@pytest.mark.parametrize("pattern", TOO_MANY)
async def test_of_too_many_names_and_items_the_first_ones_are_read(
    frigate: FakeFrigate, client: FrigateClient, pattern: str
) -> None:
    path, call = CALLS[pattern]
    value, count, most = TOO_MANY[pattern]
    answer = Answer(200, json.dumps(value).encode(), "application/json")
    frigate.fail(path, Fault("answer", answer))
    found = await call(client)
    assert count(found) == most
    assert getattr(found, "unusable_names", ("",))


def test_thousands_of_images_of_a_person_are_read() -> None:
    library = FaceLibrary.from_api({"Ana": MANY[:9000], "train": MANY[:9000]})
    assert (len(library.people["Ana"]), len(library.train)) == (9000, 9000)
    assert library.unusable_names == ()
    assert FaceLibrary.from_api({"Ana": MANY}).unusable_names == ("faces.*",)


async def _check(
    frigate: FakeFrigate, path: str, value: Any, call: Awaitable[Any]
) -> None:
    answer = Answer(200, json.dumps(value).encode(), "application/json")
    frigate.fail(path, Fault("answer", answer))
    try:
        found = await call
    except FrigateError as err:
        found = err.message
    assert _is_bounded(found), str(value)[:100]


def test_each_route_that_is_read_in_turn_is_also_called() -> None:
    assert CALLS.keys() == READS.keys()


@SINCE_018
@pytest.mark.parametrize("pattern", CALLS)
async def test_answers_of_nothing_but_hostile_values(
    frigate: FakeFrigate, client: FrigateClient, pattern: str
) -> None:
    path, call = CALLS[pattern]
    recorded = max(_largest()[pattern], key=lambda one: len(json.dumps(one)))
    await client.system.version()
    for value in VALUES:
        await _check(frigate, path, value, call(client))
        # Else the answer would be refused for its size alone.
        if LONG not in str(value):
            await _check(frigate, path, _replaced(recorded, value, None), call(client))
    for key in KEYS:
        if key is not LONG:
            await _check(frigate, path, _replaced(recorded, "a", key), call(client))
    frigate.clear_faults()
    assert await works(client)


@EVERY_VERSION
@pytest.mark.parametrize("path", OTHERS)
async def test_hostile_values_in_place_of_an_answer(
    frigate: FakeFrigate, client: FrigateClient, path: str
) -> None:
    names = ("event_id", "export_id", "message", "face_name", "score")
    for value in VALUES:
        await _check(frigate, path, value, OTHERS[path](client))
        answer = dict.fromkeys(names, value)
        await _check(frigate, path, answer, OTHERS[path](client))
    frigate.clear_faults()
    assert await works(client)
