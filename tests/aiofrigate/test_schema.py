"""Looking up parts of the configuration schema."""

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
