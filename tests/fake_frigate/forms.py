"""Forms: the parameters of a query or the fields of a body, checked as the backend does."""

from dataclasses import dataclass
from typing import Any, Literal

from .answers import Answer, invalid, unprocessable
from .call import Call, parsed_body

type Kind = Literal[
    "int", "float", "str", "bool", "flag", "texts", "dict", "severity", "source"
]
type Problem = dict[str, Any]

REQUIRED: Any = object()
_NO_OBJECT = "Input should be a valid dictionary or object to extract fields from"
_TYPES: dict[str, tuple[type, str, str]] = {
    "str": (str, "string_type", "Input should be a valid string"),
    "bool": (bool, "bool_type", "Input should be a valid boolean"),
    "dict": (dict, "dict_type", "Input should be a valid dictionary"),
    "texts": (list, "list_type", "Input should be a valid list"),
}
_NUMBERS = {
    "int": (int, "integer", "as an integer"),
    "float": (float, "number", "as a number"),
}
# What a query may ask for, by the name that the backend has for such values.
_CHOICES = {
    "severity": ("SeverityEnum", ("alert", "detection")),
    "source": ("RegenerateDescriptionEnum", ("thumbnails", "snapshot")),
}
_FLAGS = {
    True: ("1", "on", "t", "true", "y", "yes"),
    False: ("0", "off", "f", "false", "n", "no"),
}


@dataclass(frozen=True)
class Field:
    """One field of a form; one that may be null and is not there is null."""

    kind: Kind
    default: Any = None
    nullable: bool = True
    above: float | None = None
    at_most: float | None = None
    max_length: int | None = None
    min_items: int | None = None


type Form = dict[str, Field]


def query_of(call: Call, form: Form) -> dict[str, Any] | Answer:
    """Return the parameters of a query; what the form does not know is ignored."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, field in form.items():
        place: list[str | int] = ["query", name]
        if (text := call.query.get(name)) is None:
            values[name] = field.default
        elif field.kind in _CHOICES:
            values[name] = text
            problems += _choice_problems(*_CHOICES[field.kind], place, text)
        elif field.kind == "flag":
            values[name], found = _flag(place, text)
            problems += found
        else:
            values[name], found = _checked(field, place, text)
            problems += found
    return unprocessable(problems) if problems else values


def body_of(call: Call, form: Form) -> dict[str, Any] | Answer:
    """Return the fields of a JSON body; what the form does not know is ignored."""
    body = parsed_body(call)
    if isinstance(body, Answer):
        return body
    if not isinstance(body, dict):
        return unprocessable(
            [invalid("model_attributes_type", ["body"], _NO_OBJECT, body)]
        )
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, field in form.items():
        place: list[str | int] = ["body", name]
        if name in body:
            values[name], found = _checked(field, place, body[name])
            problems += found
        elif field.default is REQUIRED:
            problems.append(invalid("missing", place, "Field required", body))
        else:
            values[name] = field.default
    return unprocessable(problems) if problems else values


def _checked(
    field: Field, place: list[str | int], value: Any
) -> tuple[Any, list[Problem]]:
    """Return the value in its type, and what is wrong with it."""
    if value is None and field.nullable:
        return None, []
    if field.kind in _NUMBERS:
        number, problem = _number(field.kind, place, value)
        return number, problem or _beyond(field, place, value, number)
    kind, error, message = _TYPES[field.kind]
    if not isinstance(value, kind):
        return value, [invalid(error, place, message, value)]
    if isinstance(value, list):
        return value, _bad_items(field, place, value)
    return value, _too_long(field, place, value)


def _number(kind: str, place: list[str | int], value: Any) -> tuple[Any, list[Problem]]:
    make, noun, phrase = _NUMBERS[kind]
    valid = f"Input should be a valid {noun}"
    if isinstance(value, float) and kind == "int" and value != int(value):
        text = f"{valid}, got a number with a fractional part"
        return value, [invalid("int_from_float", place, text, value)]
    if not isinstance(value, str | int | float):
        return value, [invalid(f"{kind}_type", place, valid, value)]
    try:
        return make(value), []
    except ValueError:
        text = f"{valid}, unable to parse string {phrase}"
        return value, [invalid(f"{kind}_parsing", place, text, value)]


def _beyond(
    field: Field, place: list[str | int], value: Any, number: float
) -> list[Problem]:
    if field.above is not None and number <= field.above:
        text = f"Input should be greater than {field.above:g}"
        return [invalid("greater_than", place, text, value, gt=field.above)]
    if field.at_most is not None and number > field.at_most:
        text = f"Input should be less than or equal to {field.at_most:g}"
        return [invalid("less_than_equal", place, text, value, le=field.at_most)]
    return []


def _too_long(field: Field, place: list[str | int], value: Any) -> list[Problem]:
    if field.max_length is None or len(value) <= field.max_length:
        return []
    text = f"String should have at most {field.max_length} characters"
    context = {"max_length": field.max_length}
    return [invalid("string_too_long", place, text, value, **context)]


def _bad_items(
    field: Field, place: list[str | int], values: list[Any]
) -> list[Problem]:
    problems = [
        invalid("string_type", [*place, index], "Input should be a valid string", value)
        for index, value in enumerate(values)
        if not isinstance(value, str)
    ]
    if field.min_items is None or len(values) >= field.min_items:
        return problems
    text = f"List should have at least {field.min_items} item after validation, not 0"
    context = {"field_type": "List", "min_length": field.min_items, "actual_length": 0}
    return [invalid("too_short", place, text, values, **context)]


def _flag(place: list[str | int], text: str) -> tuple[bool, list[Problem]]:
    for value, words in _FLAGS.items():
        if text.lower() in words:
            return value, []
    message = "Input should be a valid boolean, unable to interpret input"
    return False, [invalid("bool_parsing", place, message, text)]


def _choice_problems(
    kind: str, choices: tuple[str, str], place: list[str | int], value: str
) -> list[Problem]:
    if value in choices:
        return []
    expected = " or ".join(f"'{each}'" for each in choices)
    # The field may be left out, so the backend also says that it is not that either.
    return [
        invalid(
            "enum",
            [*place, f"str-enum[{kind}]"],
            f"Input should be {expected}",
            value,
            expected=expected,
        ),
        invalid("none_required", [*place, "none"], "Input should be None", value),
    ]
