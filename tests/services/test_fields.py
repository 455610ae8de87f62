"""What fields refuse, by Home Assistant's own errors, which never repeat what was given."""

from typing import Any

import pytest
import voluptuous as vol

from custom_components.frigate_http.services import fields, passwords
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from tests.services.common import reason

TEXT = fields.text(10)
ANY = fields.text(10, may_be_empty=True)
LINES = fields.text_of_lines(10)
ID = fields.IDENTIFIER
SEGMENT = fields.path_segment()
NUMBER = fields.number(0, 1)
WHOLE = fields.whole_number(1, 9)
EACH = fields.list_of(ID, 3)
FLAG = fields.BOOLEAN
ENTITY = fields.entity_of("camera")


def read(validator: Any, value: Any) -> Any:
    """Return what a field of an action makes of a value."""
    return vol.Schema({vol.Required("thing"): validator})({"thing": value})["thing"]


@pytest.mark.parametrize(
    ("validator", "value", "expected"),
    [
        (TEXT, "Ana María", "Ana María"),
        (TEXT, " a ", " a "),
        (TEXT, 123, "123"),
        (ANY, "", ""),
        (LINES, " a\n\tb\r\n", "a\n\tb"),
        (LINES, "", ""),
        (ID, " 1795451690.505339-k5o8yi ", "1795451690.505339-k5o8yi"),
        (ID, "front_door_7nlvud", "front_door_7nlvud"),
        (SEGMENT, " Ana María ", "Ana María"),
        (NUMBER, "0.5", 0.5),
        (NUMBER, 1, 1.0),
        (WHOLE, "9", 9),
        (WHOLE, 3.0, 3),
        (EACH, "a", ["a"]),
        (EACH, ["a", "b", "a"], ["a", "b"]),
        (FLAG, "on", True),
        (FLAG, 0, False),
        (ENTITY, "camera.Front", "camera.front"),
    ],
)
def test_valid_values(validator: Any, value: Any, expected: Any) -> None:
    found = read(validator, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("validator", "value", "words"),
    [
        (TEXT, None, "a text|string"),
        (TEXT, True, "a text|string"),
        (TEXT, ["a"], "a text|string"),
        (TEXT, {"a": 1}, "a text|string"),
        (TEXT, b"a", "a text|string"),
        (TEXT, "", "a text"),
        (TEXT, "   ", "a text"),
        (TEXT, "x" * 11, "at most 10"),
        (TEXT, "x" * 10_000_000, "at most 10"),
        (TEXT, 10**5000, "not a valid value"),
        (TEXT, "a\nb", "control characters"),
        (TEXT, "a\u202eb", "control characters"),
        (TEXT, "a\x00b", "control characters"),
        (TEXT, "a\x7fb", "control characters"),
        (TEXT, "a\u2028b", "control characters"),
        (TEXT, "a\ud800b", "control characters"),
        (LINES, "a\x00b", "control characters"),
        (LINES, "a\u202e\nb", "control characters"),
        (LINES, "\n" * 11, "at most 10"),
        (LINES, None, "a text|string"),
        (ID, "../users", "an ID of Frigate"),
        (ID, ".", "an ID of Frigate"),
        (ID, "a/b", "an ID of Frigate"),
        (ID, "a%2fb", "an ID of Frigate"),
        (ID, "ñ", "an ID of Frigate"),
        (ID, "a b", "an ID of Frigate"),
        (SEGMENT, "..", "without slashes"),
        (SEGMENT, ".hidden", "without slashes"),
        (SEGMENT, "a/../b", "without slashes"),
        (SEGMENT, "a\\b", "without slashes"),
        (NUMBER, "x", "expected float"),
        (NUMBER, None, "expected float"),
        (NUMBER, True, "expected a number"),
        (NUMBER, float("nan"), "at least 0"),
        (NUMBER, 1.01, "at most 1"),
        (NUMBER, 10**400, "at most 1"),
        (WHOLE, 0, "at least 1"),
        (WHOLE, 1.5, "a whole number"),
        (FLAG, "perhaps", "true or false"),
        (FLAG, None, "true or false"),
        (FLAG, "x" * 10_000_000, "true or false"),
        (ENTITY, "sun.sun", "does not belong to domain"),
        (ENTITY, "camera.one, camera.two", "exactly 1 entity"),
        (ENTITY, 5, "invalid entity ID"),
        (ENTITY, None, "string"),
        (EACH, [], "at least 1"),
        (EACH, None, "at least 1"),
        (EACH, ["a", "b", "c", "d"], "at most 3"),
        (EACH, ["a", "b/c"], "an ID of Frigate"),
    ],
    ids=lambda value: "" if isinstance(value, int) else repr(value)[:20],
)
def test_invalid_values(validator: Any, value: Any, words: str) -> None:
    with pytest.raises(vol.MultipleInvalid, match=words) as caught:
        read(validator, value)
    assert reason(caught.value) == "field thing"
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "value",
    [
        "secret-password\n",
        "secret\u202e-password",
        "secret" * 200,
        "secret",
        ["secret-password"],
        {"secret": "password"},
        b"secret-password",
        True,
        None,
        "  ",
        31415926535897,
        3.1415926535897,
    ],
    ids=lambda value: repr(value)[:20],
)
@pytest.mark.usefixtures("texts_of_errors")
async def test_an_error_never_repeats_a_password(
    hass: HomeAssistant, value: Any
) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        read(passwords.password_text("password", 12), value)
    words = str(caught.value)
    assert "password" in words
    assert "secret" not in words
    assert "1415" not in words
