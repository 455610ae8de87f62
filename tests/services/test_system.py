"""Logs, and the schema of the configuration."""

from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from tests.common import VIEWER, sent
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import (
    INVALID,
    call,
    person,
    reason,
    set_up_admin,
    set_up_viewer,
)
from tests.versions import EVERY_VERSION

SCHEMA = "/api/config/schema.json"


def texts(lines: Any) -> list[str]:
    """Return what the lines of a log say."""
    return [line.rpartition(": ")[2] for line in lines]


# Logs


@EVERY_VERSION
async def test_get_logs(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    for number in range(150):
        frigate.log(f"Line {number}")
    answer = await call(hass, "get_logs", log="frigate")
    assert texts(answer["lines"]) == [f"Line {number}" for number in range(50, 150)]
    assert answer["log"] == "frigate"

    frigate.log("At last")
    again = await call(hass, "get_logs", log="frigate", lines="2")
    assert texts(again["lines"]) == ["Line 149", "At last"]
    total = answer["total_lines"]
    assert isinstance(total, int)
    assert again["total_lines"] == total + 1

    nginx = await call(hass, "get_logs", log="nginx", lines=10_000)
    assert nginx["total_lines"] == 3


async def test_passwords_of_cameras_are_masked(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.log("rtsp://a:s3cr3t@192.0.2.7/1 and rtsp://b:s3c/r3t@192.0.2.8/2 fail")
    answer = await call(hass, "get_logs", log="frigate", lines=1)
    expected = "rtsp://***@192.0.2.7/1 and rtsp://***@192.0.2.8/2 fail"
    assert str(answer["lines"]).endswith(f"{expected}']")


@EVERY_VERSION
async def test_a_missing_log(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    with pytest.raises(HomeAssistantError, match="no log of go2rtc") as caught:
        await call(hass, "get_logs", log="go2rtc")
    assert not isinstance(caught.value, ServiceValidationError)
    frigate.state.journal.go2rtc = ["2026-11-23 16:23:33.2  [INF] started"]
    assert (await call(hass, "get_logs", log="go2rtc"))["total_lines"] == 1


@EVERY_VERSION
async def test_logs_for_a_viewer_account(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    if not frigate.state.is_018:
        assert (await call(hass, "get_logs", log="nginx"))["lines"]
        return
    with pytest.raises(HomeAssistantError, match="Check its role in Frigate"):
        await call(hass, "get_logs", log="nginx")


async def test_reading_logs_needs_an_administrator(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    with pytest.raises(Unauthorized):
        await call(hass, "get_logs", await person(hass, is_admin=False), log="nginx")
    assert not sent(frigate, "/api/logs/nginx")
    context = await person(hass, is_admin=True)
    assert (await call(hass, "get_logs", context, log="nginx"))["lines"]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"log": "mqtt"}, "field log"),
        ({"log": "../frigate"}, "field log"),
        ({"log": None}, "field log"),
        ({"log": "frigate", "lines": 0}, "field lines"),
        ({"log": "frigate", "lines": 10_001}, "field lines"),
        ({"log": "frigate", "lines": 1.5}, "field lines"),
        ({"log": "frigate", "lines": ""}, "field lines"),
    ],
)
async def test_invalid_fields_of_get_logs(
    hass: HomeAssistant, frigate: FakeFrigate, data: dict[str, Any], key: str
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(INVALID) as caught:
        await call(hass, "get_logs", **data)
    assert reason(caught.value) == key
    assert frigate.requests == []


# The schema


@EVERY_VERSION
async def test_the_whole_schema(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_viewer(hass, frigate)
    schema = (await call(hass, "get_config_schema"))["schema"]
    assert isinstance(schema, dict)
    assert {"$defs", "properties", "title"} <= schema.keys()


@EVERY_VERSION
@pytest.mark.parametrize("path", ["record.alerts", "cameras.*.record.alerts"])
async def test_a_part_of_the_schema(
    hass: HomeAssistant, frigate: FakeFrigate, path: str
) -> None:
    await set_up_viewer(hass, frigate)
    context = await person(hass, is_admin=False)
    answer: Any = await call(hass, "get_config_schema", context, path=path)
    retain = answer["schema"]["properties"]["retain"]
    assert retain["properties"]["mode"]["enum"] == ["all", "motion", "active_objects"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("record.alarms", r"no record\.alarms\. Available at this level: enabled, .*"),
        ("mqtt.host.name", r"no mqtt\.host\.name\. Available at this level: nothing"),
    ],
)
async def test_an_unknown_path(
    hass: HomeAssistant, frigate: FakeFrigate, path: str, words: str
) -> None:
    await set_up_viewer(hass, frigate)
    with pytest.raises(ServiceValidationError, match=words):
        await call(hass, "get_config_schema", path=path)
    answer = await call(hass, "get_config_schema", path=" mqtt.host ")
    assert answer["schema"]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("", "field path"),
        ("x" * 10_000_000, "field path"),
        (["record"], "field path"),
        ("record\n", "field path"),
        (".", "bad_path"),
        ("cameras..record", "bad_path"),
        (" .record", "bad_path"),
        ("record.", "bad_path"),
    ],
)
async def test_invalid_paths(
    hass: HomeAssistant, frigate: FakeFrigate, path: Any, key: str
) -> None:
    await set_up_viewer(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(INVALID) as caught:
        await call(hass, "get_config_schema", path=path)
    assert reason(caught.value) == key
    assert frigate.requests == []


async def test_an_answer_that_is_not_a_schema(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    frigate.fail(SCHEMA, Fault.json({}), times=1)
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "get_config_schema")
    assert caught.value.translation_key == "not_frigate"
    assert (await call(hass, "get_config_schema"))["schema"]


async def test_a_schema_that_repeats_a_password(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    schema: dict[str, Any] = {"properties": {VIEWER["password"]: {}, "record": {}}}
    frigate.fail(SCHEMA, Fault.json(schema), times=1)
    with pytest.raises(ServiceValidationError, match=r"level: \*\*\*, record"):
        await call(hass, "get_config_schema", path="nothing")
    with pytest.raises(ServiceValidationError, match="level: version"):
        await call(hass, "get_config_schema", path="nothing")


async def test_a_schema_that_grows_without_end(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    definitions = {
        f"D{number}": {"anyOf": [{"$ref": f"#/$defs/D{number + 1}"}] * 2}
        for number in range(40)
    }
    schema = {"$defs": definitions, "properties": {"top": {"$ref": "#/$defs/D0"}}}
    frigate.fail(SCHEMA, Fault.json(schema), times=1)
    with pytest.raises(HomeAssistantError, match="too large or nested too deeply"):
        await call(hass, "get_config_schema", path="top")
    assert (await call(hass, "get_config_schema", path="mqtt"))["schema"]
