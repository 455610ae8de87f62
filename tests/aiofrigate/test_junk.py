"""Invalid JSON values never make a model raise an error or contain a wrong value."""

from collections.abc import Callable, Iterator, Mapping
import dataclasses
import json
import math
import random
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    Config,
    FaceLibrary,
    Profile,
    Stats,
)
from tests.fake_frigate.state import is_since
from tests.versions import VERSIONS

from .conftest import recorded

JUNK: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**400,
    -(10**400),
    1e308,
    float("nan"),
    float("inf"),
    "",
    "-",
    "%",
    "12.5%",
    "NaN",
    "-inf",
    "0.17.2-3d4dd3a",
    "9" * 5000,
    "9" * 5000 + ".1",
    "\ud800",
    "\x00",
    "unknown",
    [],
    [None],
    ["a", 1, {}],
    [[[]]],
    {},
    {"": ""},
    {"enabled": "yes"},
    {"cpu": [], "mem": {}},
    {"total": 0, "used": "1"},
    {"a": {"a": {"a": None}}},
)

type Read = Callable[[Mapping[str, Any]], object]
READS: dict[str, tuple[Read, dict[str, Any]]] = {
    f"{name} {version}": (read, recorded(version, recording))
    for version in VERSIONS
    for name, read, recording in (
        (
            "stats",
            Stats.from_api,
            "full.stats" if is_since(version, "0.18") else "stats.5000",
        ),
        ("config", Config.from_api, "config.full"),
        ("profile", Profile.from_api, "profile.8971.viewer"),
        ("faces", FaceLibrary.from_api, "faces.get.final"),
    )
}
# What is read; of all the rest one key each is enough.
_READ_SECTIONS = {"cameras", "front_door", "detect", "record", "motion", "audio"}
_READ_SECTIONS |= {"birdseye", "detectors", "cpu1", "service", "storage"}
_READ_SECTIONS |= {"/media/frigate/recordings", "temperatures", "embeddings"}
_READ_SECTIONS |= {"cpu_usages", "frigate.full_system"}

with_each_model = pytest.mark.parametrize("read", READS)


def _is_sound(value: Any) -> bool:
    """Return whether a model contains only finite numbers and no raw JSON."""
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return all(_is_sound(getattr(value, each.name)) for each in fields)
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _is_sound(value[key]) for key in value)
    if isinstance(value, (tuple, frozenset)):
        return all(isinstance(each, str) for each in value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (str, bool, int))


def _check(read: Read, data: dict[str, Any]) -> None:
    found = read(data)
    assert _is_sound(found)
    assert found == read(data)
    assert repr(found)


def _places(data: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each object in a document together with each of its keys."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield data, key
            if key in _READ_SECTIONS:
                yield from _places(value)


@with_each_model
def test_an_invalid_value_at_each_key_is_tolerated(read: str) -> None:
    reader, data = READS[read]
    before = json.dumps(data)
    places = list(_places(data))
    assert places
    for holder, key in places:
        kept = holder[key]
        for junk in JUNK:
            holder[key] = junk
            assert _is_sound(reader(data)), (key, junk)
        holder[key] = kept
    assert json.dumps(data) == before


@with_each_model
def test_each_missing_key_is_tolerated(read: str) -> None:
    reader, data = READS[read]
    text = json.dumps(data)
    for number in range(len(list(_places(data)))):
        copy = json.loads(text)
        holder, key = list(_places(copy))[number]
        del holder[key]
        _check(reader, copy)


def _invented(luck: random.Random, keys: list[str], depth: int) -> Any:
    if depth == 0 or luck.random() < 0.3:
        return luck.choice(JUNK)
    if luck.random() < 0.2:
        return [_invented(luck, keys, depth - 1) for _ in range(luck.randrange(4))]
    return {
        luck.choice(keys): _invented(luck, keys, depth - 1)
        for _ in range(luck.randrange(6))
    }


@with_each_model
def test_documents_of_random_invalid_values_are_tolerated(read: str) -> None:
    reader, data = READS[read]
    luck = random.Random(read)  # noqa: S311
    keys = [*sorted({key for _holder, key in _places(data)}), "", "train", "\ud800"]
    for _ in range(300):
        _check(reader, {key: _invented(luck, keys, 4) for key in luck.sample(keys, 3)})
