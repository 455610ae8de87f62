"""What the fields of actions may hold.

Each function returns a validator for a schema. What a caller got wrong is told with the
name of the field and in Home Assistant's language, and never with the value: it may be a
password.
"""

from collections.abc import Callable
import math
import re
from typing import Any
import unicodedata

import voluptuous as vol

from homeassistant.helpers import config_validation as cv

from ..errors import validation_error

type Validator[T] = Callable[[Any], T]

LONGEST_LIST = 1000
LONGEST_NAME = 100
LONGEST_FILE_NAME = 255

_IDENTIFIER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)
# Control characters, lone surrogates, and the separators of lines and paragraphs.
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
# What turns the direction of writing, and so lets a name look like another.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b")


def text(
    field: str, limit: int = LONGEST_NAME, *, may_be_empty: bool = False
) -> Validator[str]:
    """Accept a text on one line; a number, which a template may become, is one too."""

    def validate(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise validation_error("not_a_text", field=field)
        try:
            line = str(value)
        except ValueError as err:
            # Python does not write out numbers of thousands of digits.
            raise validation_error("too_long", field=field, limit=str(limit)) from err
        if not may_be_empty and not line.strip():
            raise validation_error("empty_field", field=field)
        if len(line) > limit:
            raise validation_error("too_long", field=field, limit=str(limit))
        if any(
            unicodedata.category(char) in _UNPRINTABLE or char in _BIDI for char in line
        ):
            raise validation_error("bad_characters", field=field)
        return line

    return validate


def identifier(field: str) -> Validator[str]:
    """Accept the id of an event, a review item or an export, as Frigate makes them."""
    read = text(field, 128)

    def validate(value: Any) -> str:
        if not _IDENTIFIER.fullmatch(line := read(value).strip()):
            raise validation_error("bad_characters", field=field)
        return line

    return validate


def path_segment(field: str, limit: int = LONGEST_NAME) -> Validator[str]:
    """Accept a name that can be one segment of a path: a person, a label, a file."""
    read = text(field, limit)

    def validate(value: Any) -> str:
        line = read(value).strip()
        if line.startswith(".") or not {"/", "\\"}.isdisjoint(line):
            raise validation_error("bad_characters", field=field)
        return line

    return validate


def number(field: str, lowest: float, highest: float) -> Validator[float]:
    """Accept a number within limits."""

    def validate(value: Any) -> float:
        try:
            found = math.nan if isinstance(value, bool) else float(value)
        except TypeError, ValueError, OverflowError:
            found = math.nan
        # What is no number at all is not between them either.
        if not lowest <= found <= highest:
            raise validation_error(
                "not_between",
                field=field,
                lowest=f"{lowest:g}",
                highest=f"{highest:g}",
            )
        return found

    return validate


def whole_number(field: str, lowest: int, highest: int) -> Validator[int]:
    """Accept a whole number within limits."""
    read = number(field, lowest, highest)

    def validate(value: Any) -> int:
        found = read(value)
        if not found.is_integer():
            raise validation_error("not_whole", field=field)
        return int(found)

    return validate


def choice(field: str, *choices: str) -> Validator[str]:
    """Accept one of some words."""

    def validate(value: Any) -> str:
        if value not in choices:
            raise validation_error(
                "not_a_choice", field=field, choices=", ".join(choices)
            )
        return str(value)

    return validate


def boolean(field: str) -> Validator[bool]:
    """Accept yes or no in any of the ways that Home Assistant writes them."""

    def validate(value: Any) -> bool:
        try:
            return cv.boolean(value)
        except vol.Invalid as err:
            raise validation_error("not_a_boolean", field=field) from err

    return validate


def entity(field: str, *domains: str) -> Validator[str]:
    """Accept the id of an entity of some domains."""
    read = text(field, LONGEST_FILE_NAME)

    def validate(value: Any) -> str:
        try:
            return str(cv.entity_domain([*domains])(read(value)))
        except vol.Invalid as err:
            raise validation_error(
                "not_an_entity", field=field, domains=", ".join(domains)
            ) from err

    return validate


def each[T](
    field: str,
    one: Validator[T],
    most: int = LONGEST_LIST,
    *,
    may_be_empty: bool = False,
) -> Validator[list[T]]:
    """Accept a list, or one value that stands for a list of it; doubles are dropped."""

    def validate(value: Any) -> list[T]:
        values = cv.ensure_list(value)
        if not values and not may_be_empty:
            raise validation_error("empty_field", field=field)
        if len(values) > most:
            raise validation_error("too_many", field=field, limit=str(most))
        return list(dict.fromkeys(map(one, values)))

    return validate
