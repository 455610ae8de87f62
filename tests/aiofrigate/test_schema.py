"""Finding one's way through the schema of the configuration."""

from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateClient,
    FrigateDataError,
    FrigateSchemaPathError,
    schema_at,
)
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION

from .conftest import VIEWER, Connect, recorded

SCHEMA = recorded("0.17.2", "config.schema.full")
TEXT = {"type": "string"}


def everything_in(part: Any) -> set[str]:
    """Return every key at any depth."""
    if isinstance(part, list):
        return {key for one in part for key in everything_in(one)}
    if not isinstance(part, dict):
        return set()
    return {*part} | {key for one in part.values() for key in everything_in(one)}


@EVERY_VERSION
async def test_the_schema(frigate: FakeFrigate, connect: Connect) -> None:
    client = connect(frigate.external_url, **VIEWER)
    assert await client.system.config_schema() == SCHEMA


async def test_what_is_no_schema(frigate: FakeFrigate, client: FrigateClient) -> None:
    frigate.fail("/api/config/schema.json", Fault.json({"cameras": {}}), times=1)
    with pytest.raises(FrigateDataError):
        await client.system.config_schema()
    assert await client.system.config_schema() == SCHEMA


def test_a_part() -> None:
    part = schema_at(SCHEMA, "record.alerts.retain")
    # The title is that of the place, and not of what the reference leads to.
    assert part["title"] == "Event retention settings."
    assert part["properties"]["days"]["default"] == 10
    assert part["properties"]["mode"]["enum"] == ["all", "motion", "active_objects"]


@pytest.mark.parametrize("path", ["record", "cameras", "auth", "mqtt", "detectors"])
def test_nothing_is_left_to_look_up(path: str) -> None:
    assert not {"$ref", "$defs"} & everything_in(schema_at(SCHEMA, path))


@pytest.mark.parametrize("name", ["*", "front_door", "Portones"])
def test_names_that_people_give(name: str) -> None:
    assert schema_at(SCHEMA, f"cameras.{name}.record") == schema_at(
        SCHEMA, "cameras.*.record"
    )
    assert schema_at(SCHEMA, f"cameras.{name}.detect.fps")["type"] == "integer"


def test_lists_and_null_are_seen_through() -> None:
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
def test_a_path_that_leads_nowhere(path: str, wrong: str, names: str) -> None:
    with pytest.raises(FrigateSchemaPathError) as caught:
        schema_at(SCHEMA, path)
    assert caught.value.path == wrong
    assert names in (*caught.value.names, "")


def test_names_of_where_people_give_them_and_of_where_there_are_none() -> None:
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


def test_alternatives_that_both_have_a_name() -> None:
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


def test_references_that_lead_in_circles() -> None:
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
