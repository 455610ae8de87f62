"""Whatever JSON a server sends, the parsed values can be stored as JSON again."""

from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
import json
import random
import sys
from typing import Any
from unittest.mock import patch

import orjson
import pytest

from custom_components.frigate_http.aiofrigate import (
    Count,
    FeatureState,
    FrigateClient,
    FrigateDataError,
    Recognized,
    json_parser,
)
from custom_components.frigate_http.aiofrigate.json_parser import parse_json
from custom_components.frigate_http.aiofrigate.ws_messages import parse_message
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.fake_frigate.recorded import FIXTURES
from tests.versions import VERSIONS, on_versions

from .conftest import Connect, http_answer, wire_server

FOREVER = "9" * 4000


type Parser = Callable[[bytes | str], Any]


def _parser_without_orjson() -> Parser:
    """Return the parser as it is where orjson is not installed."""
    spec = spec_from_file_location("parser_without_orjson", json_parser.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    with patch.dict(sys.modules, {"orjson": None}):
        spec.loader.exec_module(module)
    parser: Parser = module.parse_json
    return parser


parse_without_orjson = _parser_without_orjson()
WITH_AND_WITHOUT_ORJSON = pytest.mark.parametrize(
    "parse",
    [parse_json, parse_without_orjson],
    ids=["with orjson", "without orjson"],
)


def _is_writable(value: Any) -> bool:
    """Return whether Home Assistant could store a value; it writes with orjson."""
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return True


@WITH_AND_WITHOUT_ORJSON
@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\ud800b"', "a\ufffdb"),
        (r'"a\uDFFFb"', "a\ufffdb"),
        (r'"\udc00\ud800"', "\ufffd\ufffd"),
        (r'["\ud800", {"a": ["\ud800"]}]', ["\ufffd", {"a": ["\ufffd"]}]),
        (r'{"a\ud800b": 1, "c": 2}', {"a\ufffdb": 1, "c": 2}),
        ("NaN", None),
        ('{"a": [Infinity, -Infinity, 1]}', {"a": [None, None, 1]}),
        ("[1e999, -1E+999, 2]", [None, None, 2]),
        ("9" * 400 + ".5", None),
        (FOREVER, None),
        (f"-{FOREVER}", None),
        ("9" * 5000, None),
        ("9223372036854775808", None),
        ("-9223372036854775809", None),
    ],
)
def test_values_that_other_libraries_refuse_are_replaced(
    text: str, value: Any, parse: Parser
) -> None:
    assert parse(text) == value
    assert parse(text.encode()) == value


@WITH_AND_WITHOUT_ORJSON
@pytest.mark.parametrize(
    ("text", "value"),
    [
        # A pair of escapes is one character outside the basic plane.
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'{"\ud83d\ude00": "\uD83D\uDE00"}', {"\U0001f600": "\U0001f600"}),
        # An escaped backslash before letters that only look like an escape.
        (r'"\\ud800"', r"\ud800"),
        ('"한국어 카메라"', "한국어 카메라"),
        ('"\ufffd\ufeff"', "\ufffd\ufeff"),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("1e308", 1e308),
        ("1e-999", 0.0),
        ("0.00012345678901234567", 0.00012345678901234567),
        ('"NaN"', "NaN"),
        (f'"{FOREVER}"', FOREVER),
        ("[true, false, null, -1, 1.5]", [True, False, None, -1, 1.5]),
    ],
)
def test_valid_values_are_unchanged(text: str, value: Any, parse: Parser) -> None:
    assert parse(text) == value
    assert parse(text.encode()) == value


@WITH_AND_WITHOUT_ORJSON
def test_a_surrogate_that_is_not_escaped_is_replaced(parse: Parser) -> None:
    assert parse(b'{"\xed\xa0\x80": "a\xed\xbf\xbfb"}') == {"\ufffd": "a\ufffdb"}
    assert parse('{"\ud800": "a\udfffb"}') == {"\ufffd": "a\ufffdb"}


@WITH_AND_WITHOUT_ORJSON
@pytest.mark.parametrize(
    "text",
    [
        r'{"a\ufffd": "honest", "a\ud800": "odd"}',
        r'{"a\ud800": "odd", "a\ufffd": "honest"}',
        r'{"a\ud800": "odd", "a\ufffd": "honest", "a\udfff": "odd"}',
    ],
)
def test_a_replaced_key_does_not_override_a_valid_one(text: str, parse: Parser) -> None:
    assert parse(text) == {"a\ufffd": "honest"}


@WITH_AND_WITHOUT_ORJSON
def test_the_first_of_two_keys_that_become_the_same_is_kept(parse: Parser) -> None:
    assert parse(r'{"a\ud800": 1, "a\ud801": 2, "b": 3}') == {"a\ufffd": 1, "b": 3}


@WITH_AND_WITHOUT_ORJSON
def test_deep_nesting_is_parsed_or_refused(parse: Parser) -> None:
    deep = "[" * 900 + r'"\ud800"' + "]" * 900
    assert "\ufffd" in json.dumps(parse(deep), ensure_ascii=False)
    with pytest.raises(RecursionError):
        parse("[" * 200_000 + r'"\ud800"')


@WITH_AND_WITHOUT_ORJSON
def test_a_byte_order_mark_is_skipped(parse: Parser) -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@WITH_AND_WITHOUT_ORJSON
@pytest.mark.parametrize("body", [b"", b"\xff\xfe\xfd", b'"\xe9"', b"{", b"[1,]"])
def test_invalid_json_is_refused(body: bytes, parse: Parser) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(body)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each list and object with each of its indexes or keys."""
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = tuple(value.items())
    elif isinstance(value, list):
        pairs = tuple(enumerate(value))
    for key, one in pairs:
        yield value, key
        yield from _places(one)


HOSTILE = ('"a\\ud800b"', FOREVER, "NaN", "-Infinity", "1e999", '{"\\udfff": 1}')
_MARK = "put something odd here"


@on_versions(*(one for one in VERSIONS if (FIXTURES / one).is_dir()))
def test_any_value_of_a_recorded_answer_may_be_hostile(version: str) -> None:
    paths = sorted((FIXTURES / version).rglob("*.json"))
    assert len(paths) > 20
    luck = random.Random(version)  # noqa: S311
    for path in paths:
        document = json.loads(path.read_text(encoding="utf-8"))
        places = list(_places(document))
        for holder, key in luck.sample(places, min(5, len(places))):
            kept, holder[key] = holder[key], _MARK
            text = json.dumps(document)
            holder[key] = kept
            for hostile in HOSTILE:
                found = parse_json(text.replace(f'"{_MARK}"', hostile))
                assert _is_writable(found), (path.name, key, hostile)


def _outcome(parse: Parser, text: bytes) -> Any:
    """Return the value, or that there is none."""
    try:
        return parse(text)
    except ValueError, RecursionError:
        return ValueError


def test_what_is_parsed_does_not_depend_on_orjson() -> None:
    luck = random.Random("orjson")  # noqa: S311
    pieces = (
        *(one.encode() for one in HOSTILE),
        b"",
        b"\xed\xa0\x80",
        b"]",
        b"0",
        b"e9",
    )
    paths = sorted(FIXTURES.rglob("*.json"))
    assert len(paths) > 100
    for path in paths:
        text = path.read_bytes()
        assert parse_json(text) == parse_without_orjson(text)
        for _ in range(3):
            start = luck.randrange(len(text) + 1)
            end = start + luck.choice((0, 1, 3))
            broken = text[:start] + luck.choice(pieces) + text[end:]
            assert _outcome(parse_json, broken) == _outcome(
                parse_without_orjson, broken
            ), (path.name, start, end)


async def test_names_in_an_http_answer_are_replaced(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    body = (
        rb'{"cameras": {"a\ud800b": {"friendly_name": "x\udfffy",'
        rb' "zones": {"\udc00": {}}}}, "profiles": {"p\ud800": {}}}'
    )
    frigate.fail("/api/config", Fault("answer", Answer(200, body, "application/json")))
    config = await client.system.config()
    camera = config.cameras["a\ufffdb"]
    assert camera.friendly_name == "x\ufffdy"
    assert list(camera.zones) == ["\ufffd"]
    assert config.profiles == ("p\ufffd",)


async def test_an_endless_number_does_not_affect_the_rest_of_an_answer(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    body = b'{"service": {"uptime": %b}, "detection_fps": 2.5, "camera_fps": NaN}'
    body %= b"9" * 5000
    frigate.fail("/api/stats", Fault("answer", Answer(200, body, "application/json")))
    stats = await client.system.stats()
    assert (stats.uptime, stats.detection_fps, stats.camera_fps) == (None, 2.5, None)


async def test_an_integer_of_hundreds_of_digits_is_unknown(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail("/api/stats", Fault.json({"service": {"uptime": 1e308}}))
    assert (await client.system.stats()).uptime is None


async def test_values_in_a_raw_answer_are_replaced(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    body = rb'{"properties": {"a": {"title": "\ud800", "maximum": 1e999}}}'
    answer = Answer(200, body, "application/json")
    frigate.fail("/api/config/schema.json", Fault("answer", answer))
    schema = await client.system.config_schema()
    assert schema == {"properties": {"a": {"title": "\ufffd", "maximum": None}}}


async def test_the_message_of_an_error_can_be_stored(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    body = rb'{"message": "No \ud800 here"}'
    frigate.fail("/api/stats", Fault("answer", Answer(400, body, "application/json")))
    with pytest.raises(Exception, match="here") as caught:
        await client.system.stats()
    assert _is_writable(str(caught.value))


async def test_the_content_type_in_an_error_can_be_stored(connect: Connect) -> None:
    odd = http_answer(200, b"x").replace(b"application/json", b"text/\xed\xa0\x80")
    async with wire_server(odd) as server:
        with pytest.raises(FrigateDataError) as caught:
            async with connect(server.url).files.clip("front_door", 1, 2):
                pass
    assert _is_writable(str(caught.value))


@pytest.mark.parametrize("escape", [r"\ud800", r"\\ud800"], ids=["outer", "inner"])
def test_a_name_in_a_websocket_message_is_replaced(escape: str) -> None:
    inner = rf"{{\"type\": \"face\", \"camera\": \"a\", \"name\": \"A{escape}\"}}"
    message = rf'{{"topic": "tracked_object_update", "payload": "{inner}"}}'
    assert parse_message(message) == Recognized("a", False, "A\ufffd", None, None, None)


def test_a_topic_of_a_websocket_message_is_replaced() -> None:
    message = r'{"topic": "a\ud800/person", "payload": 2}'
    assert parse_message(message) == Count("a\ufffd", "person", 2, False)


@pytest.mark.parametrize("number", [FOREVER, "9" * 5000, "NaN", "1e999"])
def test_an_invalid_number_in_a_websocket_message_is_ignored(number: str) -> None:
    assert parse_message(f'{{"topic": "a/person", "payload": {number}}}') is None
    topic = "a/motion_threshold/state"
    assert parse_message(f'{{"topic": "{topic}", "payload": {number}}}') is None
    good = parse_message(f'{{"topic": "{topic}", "payload": 30}}')
    assert good == FeatureState("a", "motion_threshold", 30)
