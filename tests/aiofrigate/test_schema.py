"""Looking up parts of the configuration schema."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateClient,
    FrigateDataError,
    FrigateError,
    FrigateSchemaPathError,
    schema_at,
)
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.versions import EVERY_VERSION

from .conftest import VIEWER, Connect, recorded

SCHEMA = recorded("0.17.2", "config.schema.full")
TEXT = {"type": "string"}
ROUTE = "/api/config/schema.json"


def everything_in(part: Any) -> set[str]:
    """Return the keys of all levels."""
    if isinstance(part, list):
        return {key for one in part for key in everything_in(one)}
    if not isinstance(part, dict):
        return set()
    return {*part} | {key for one in part.values() for key in everything_in(one)}


@EVERY_VERSION
async def test_the_schema_is_returned(frigate: FakeFrigate, connect: Connect) -> None:
    client = connect(frigate.external_url, **VIEWER)
    assert await client.system.config_schema() == SCHEMA


async def test_an_answer_that_is_not_a_schema_is_refused(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail("/api/config/schema.json", Fault.json({"cameras": {}}), times=1)
    with pytest.raises(FrigateDataError):
        await client.system.config_schema()
    assert await client.system.config_schema() == SCHEMA


def test_a_part_is_found_by_its_path() -> None:
    part = schema_at(SCHEMA, "record.alerts.retain")
    # The title is that of the place, and not of what the reference leads to.
    assert part["title"] == "Event retention settings."
    assert part["properties"]["days"]["default"] == 10
    assert part["properties"]["mode"]["enum"] == ["all", "motion", "active_objects"]


@pytest.mark.parametrize("path", ["record", "cameras", "auth", "mqtt", "detectors"])
def test_references_are_resolved(path: str) -> None:
    assert not {"$ref", "$defs"} & everything_in(schema_at(SCHEMA, path))


@pytest.mark.parametrize("name", ["*", "front_door", "Portones"])
def test_any_name_stands_for_a_name_that_users_choose(name: str) -> None:
    assert schema_at(SCHEMA, f"cameras.{name}.record") == schema_at(
        SCHEMA, "cameras.*.record"
    )
    assert schema_at(SCHEMA, f"cameras.{name}.detect.fps")["type"] == "integer"


def test_lists_and_null_are_followed() -> None:
    roles = schema_at(SCHEMA, "cameras.*.ffmpeg.inputs.roles")
    assert roles["items"]["enum"] == ["audio", "record", "detect"]
    model = schema_at(SCHEMA, "detectors.cpu.model.width")
    assert model["type"] == "integer"


@pytest.mark.parametrize(
    ("path", "wrong", "names"),
    [
        ("recording", "recording", "version"),
        ("record.nothing", "record.nothing", "alerts"),
        ("record.nothing.retain", "record.nothing", "alerts"),
        ("cameras.*.nothing", "cameras.*.nothing", "record"),
        ("record..retain", "record.", "alerts"),
        ("cameras..record", "cameras.", ""),
        ("", "", "record"),
    ],
)
def test_an_unknown_path_is_an_error_with_the_valid_names(
    path: str, wrong: str, names: str
) -> None:
    with pytest.raises(FrigateSchemaPathError) as caught:
        schema_at(SCHEMA, path)
    assert caught.value.path == wrong
    assert names in (*caught.value.names, "")


def test_properties_and_names_that_users_choose_can_be_mixed() -> None:
    schema = {
        "properties": {
            "both": {"properties": {"own": TEXT}, "additionalProperties": TEXT},
            "free": {"type": "object", "additionalProperties": True},
            "empty": {"properties": {"anything": {}}},
        }
    }
    assert schema_at(schema, "both.own") == TEXT
    assert schema_at(schema, "both.other") == TEXT
    assert schema_at(schema, "empty.anything") == {}
    with pytest.raises(FrigateSchemaPathError) as caught:
        schema_at(schema, "both.own.deeper")
    assert caught.value.names == ()
    with pytest.raises(FrigateSchemaPathError):
        schema_at(schema, "free.name")


def test_alternatives_that_share_a_name_are_combined() -> None:
    schema = {
        "$defs": {"A": {"properties": {"x": TEXT}}},
        "properties": {
            "either": {
                "anyOf": [
                    {"$ref": "#/$defs/A"},
                    {"properties": {"x": {"type": "integer"}}},
                    {"additionalProperties": TEXT},
                    {"type": "null"},
                ]
            }
        },
    }
    expected = {"anyOf": [TEXT, {"type": "integer"}, TEXT]}
    assert schema_at(schema, "either.x") == expected
    assert schema_at(schema, "either.y") == TEXT
    with pytest.raises(FrigateSchemaPathError):
        schema_at(schema, "neither")


def test_recursive_references_are_kept() -> None:
    schema: dict[str, Any] = {
        "$defs": {
            "Node": {
                "properties": {"child": {"$ref": "#/$defs/Node"}, "name": TEXT},
            },
            "Loop": {"$ref": "#/$defs/Loop"},
        },
        "properties": {
            "node": {"$ref": "#/$defs/Node"},
            "loop": {"$ref": "#/$defs/Loop"},
            "lost": {"$ref": "#/$defs/Lost", "title": "Lost"},
        },
    }
    node = {"properties": {"child": {"$ref": "#/$defs/Node"}, "name": TEXT}}
    assert schema_at(schema, "node") == node
    assert schema_at(schema, "node.child.child") == node
    assert schema_at(schema, "node.child.name") == TEXT
    assert schema_at(schema, "loop") == {"$ref": "#/$defs/Loop"}
    assert schema_at(schema, "lost") == {"title": "Lost"}
    with pytest.raises(FrigateSchemaPathError):
        schema_at(schema, "loop.x")


def _chain(depth: int, link: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """Return a schema in which each definition refers to the next one."""
    definitions = {f"D{number}": link(number + 1) for number in range(depth)}
    return {
        "$defs": {**definitions, f"D{depth}": {"properties": {"end": TEXT}}},
        "properties": {"top": _reference(0)},
    }


def _reference(number: int) -> dict[str, Any]:
    return {"$ref": f"#/$defs/D{number}"}


GROWING = {
    "two alternatives each": _chain(
        40, lambda to: {"anyOf": [_reference(to), _reference(to)]}
    ),
    "all three kinds of alternatives": _chain(
        40, lambda to: {"oneOf": [_reference(to)], "allOf": [_reference(to)]}
    ),
    "two properties each": _chain(
        40, lambda to: {"properties": {"a": _reference(to), "b": _reference(to)}}
    ),
    "lists of lists": _chain(
        40, lambda to: {"items": {"anyOf": [_reference(to), _reference(to)]}}
    ),
    "a long chain": _chain(5000, _reference),
    "a long text many times": {
        "$defs": {"D0": {"title": 1_000_000 * "t"}},
        "properties": {"top": {"anyOf": [_reference(0)] * 1000}},
    },
    "a long name many times": {
        "$defs": {"D0": {"properties": {1_000_000 * "n": {}}}},
        "properties": {"top": {"anyOf": [_reference(0)] * 1000}},
    },
}


@pytest.mark.parametrize("path", ["top", "top.end", "top.a.b.a", "top.*"])
@pytest.mark.parametrize("name", GROWING)
def test_a_schema_that_grows_without_end_is_refused(name: str, path: str) -> None:
    with pytest.raises(FrigateError) as caught:
        schema_at(GROWING[name], path)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("depth", [200, 20_000])
async def test_a_schema_that_is_nested_too_deeply_is_refused(
    frigate: FakeFrigate, client: FrigateClient, depth: int
) -> None:
    text = depth * '{"properties": {"x": ' + "{}" + depth * "}}"
    answer = Answer(200, text.encode(), "application/json")
    frigate.fail(ROUTE, Fault("answer", answer), times=1)
    with pytest.raises(FrigateDataError):
        await client.system.config_schema()
    assert await client.system.config_schema() == SCHEMA


async def test_a_schema_that_is_too_large_is_refused(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    large = {"properties": {"top": {"enum": [0] * 200_000}}}
    frigate.fail(ROUTE, Fault.json(large), times=1)
    with pytest.raises(FrigateDataError, match="too large"):
        await client.system.config_schema()
    assert await client.system.config_schema() == SCHEMA


WRONG: tuple[Any, ...] = (None, True, 5, 1e300, "", "text", [], [5], [[]], {}, {"": 5})


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each object and list together with each of its keys and positions."""
    if isinstance(data, (dict, list)):
        for key in data if isinstance(data, dict) else range(len(data)):
            yield data, key
            yield from _places(data[key])


@pytest.mark.parametrize("path", ["node", "node.child.name", "node.*", "free.a.b"])
def test_a_value_of_another_type_is_tolerated_everywhere(path: str) -> None:
    schema: dict[str, Any] = {
        "$defs": {
            "Node": {
                "properties": {"child": {"$ref": "#/$defs/Node"}, "name": TEXT},
                "oneOf": [{"type": "null"}, {"items": {"additionalProperties": TEXT}}],
                "allOf": [{"additionalProperties": {"enum": ["a", 1]}}],
            },
        },
        "properties": {
            "node": {"anyOf": [{"$ref": "#/$defs/Node", "title": "A node"}]},
            "free": {"items": {"additionalProperties": {"$ref": "#/$defs/Node"}}},
        },
    }
    kinds = set()
    for holder, key in list(_places(schema)):
        kept = holder[key]
        for wrong in WRONG:
            holder[key] = wrong
            kinds.add(_kind_of_result(schema, path))
        holder[key] = kept
    assert kinds <= {dict, FrigateSchemaPathError}
    assert dict in kinds


def _kind_of_result(schema: dict[str, Any], path: str) -> type:
    try:
        return type(schema_at(schema, path))
    except FrigateError as err:
        return type(err)


def test_an_error_names_no_more_than_can_be_read() -> None:
    schema = {"properties": {f"{number}": TEXT for number in range(10_000)}}
    with pytest.raises(FrigateSchemaPathError) as caught:
        schema_at(schema, "nothing")
    assert len(caught.value.names) == 100
