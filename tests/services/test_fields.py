"""What fields refuse, and that they never repeat what they were given."""

from typing import Any

import pytest

from custom_components.frigate_http.services import fields
from homeassistant.exceptions import ServiceValidationError

pytestmark = pytest.mark.usefixtures("texts_of_errors")

TEXT = fields.text("field", 10)
ANY = fields.text("field", 10, may_be_empty=True)
ID = fields.identifier("field")
SEGMENT = fields.path_segment("field")
NUMBER = fields.number("field", 0, 1)
WHOLE = fields.whole_number("field", 1, 9)
CHOICE = fields.choice("field", "one", "two")
EACH = fields.each("field", ID, 3)
FLAG = fields.boolean("field")
ENTITY = fields.entity("field", "camera")
MAYBE = fields.each("field", ID, may_be_empty=True)


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (TEXT, "Ana María", "Ana María"),
        (TEXT, " a ", " a "),
        (TEXT, 123, "123"),
        (ANY, "", ""),
        (ID, " 1795451690.505339-k5o8yi ", "1795451690.505339-k5o8yi"),
        (ID, "front_door_7nlvud", "front_door_7nlvud"),
        (SEGMENT, " Ana María ", "Ana María"),
        (NUMBER, "0.5", 0.5),
        (NUMBER, 1, 1.0),
        (WHOLE, "9", 9),
        (WHOLE, 3.0, 3),
        (CHOICE, "two", "two"),
        (EACH, "a", ["a"]),
        (EACH, ["a", "b", "a"], ["a", "b"]),
        (FLAG, "on", True),
        (FLAG, 0, False),
        (ENTITY, "camera.Front", "camera.front"),
        (MAYBE, [], []),
        (MAYBE, None, []),
    ],
)
def test_what_is_taken(read: fields.Validator[Any], value: Any, expected: Any) -> None:
    assert read(value) == expected


@pytest.mark.parametrize(
    ("read", "value", "key"),
    [
        (TEXT, None, "not_a_text"),
        (TEXT, True, "not_a_text"),
        (TEXT, ["a"], "not_a_text"),
        (TEXT, {"a": 1}, "not_a_text"),
        (TEXT, b"a", "not_a_text"),
        (TEXT, "", "empty_field"),
        (TEXT, "   ", "empty_field"),
        (TEXT, "x" * 11, "too_long"),
        (TEXT, "x" * 10_000_000, "too_long"),
        (TEXT, 10**5000, "too_long"),
        (TEXT, "a\nb", "bad_characters"),
        (TEXT, "a\u202eb", "bad_characters"),
        (TEXT, "a\x00b", "bad_characters"),
        (TEXT, "a\x7fb", "bad_characters"),
        (TEXT, "a\u2028b", "bad_characters"),
        (TEXT, "a\ud800b", "bad_characters"),
        (ID, "../users", "bad_characters"),
        (ID, ".", "bad_characters"),
        (ID, "a/b", "bad_characters"),
        (ID, "a%2fb", "bad_characters"),
        (ID, "ñ", "bad_characters"),
        (ID, "a b", "bad_characters"),
        (SEGMENT, "..", "bad_characters"),
        (SEGMENT, ".hidden", "bad_characters"),
        (SEGMENT, "a/../b", "bad_characters"),
        (SEGMENT, "a\\b", "bad_characters"),
        (NUMBER, "x", "not_between"),
        (NUMBER, None, "not_between"),
        (NUMBER, True, "not_between"),
        (NUMBER, float("nan"), "not_between"),
        (NUMBER, 1.01, "not_between"),
        (NUMBER, 10**400, "not_between"),
        (WHOLE, 0, "not_between"),
        (WHOLE, 1.5, "not_whole"),
        (CHOICE, "three", "not_a_choice"),
        (CHOICE, ["one"], "not_a_choice"),
        (FLAG, "perhaps", "not_a_boolean"),
        (FLAG, None, "not_a_boolean"),
        (FLAG, "x" * 10_000_000, "not_a_boolean"),
        (ENTITY, "sun.sun", "not_an_entity"),
        (ENTITY, "camera.one, camera.two", "not_an_entity"),
        (ENTITY, 5, "not_an_entity"),
        (ENTITY, None, "not_a_text"),
        (EACH, [], "empty_field"),
        (EACH, None, "empty_field"),
        (EACH, ["a", "b", "c", "d"], "too_many"),
        (EACH, ["a", "b/c"], "bad_characters"),
    ],
    ids=lambda value: "" if isinstance(value, int) else repr(value)[:20],
)
def test_what_is_refused(read: fields.Validator[Any], value: Any, key: str) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        read(value)
    assert caught.value.translation_key == key
    words = str(caught.value)
    assert "field" in words
    assert "{" not in words
    assert len(words) < 200


def test_a_refusal_does_not_repeat_the_value() -> None:
    with pytest.raises(ServiceValidationError) as caught:
        fields.text("password")("secret-password\n")
    assert "secret" not in str(caught.value)
