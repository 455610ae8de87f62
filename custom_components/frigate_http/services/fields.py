"""Validators of the plain fields of actions, made of Home Assistant's own.

Their errors name the field, and never contain a value of unlimited length.
"""

from collections.abc import Iterable
import re
from typing import Any

import voluptuous as vol

from homeassistant.helpers import config_validation as cv

MAX_LIST_LENGTH = 1000
MAX_NAME_LENGTH = 100
MAX_FILE_NAME_LENGTH = 255

# Excludes control characters, separators of lines and paragraphs, lone surrogates, and the
# characters that change the direction of writing and so make a name look like another.
_PRINTABLE = re.compile(
    r"[^\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ud800-\udfff]*\Z"
)
_LINE_BREAK = re.compile(r"[\r\n\t]")
_VISIBLE = re.compile(r"\s*\S")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z")
_SEGMENT = re.compile(r"[^./\\][^/\\]*\Z")


def is_printable(value: str) -> bool:
    """Return whether a text contains no control or hidden characters."""
    return _PRINTABLE.match(value) is not None


# The error of `cv.boolean` contains the value.
BOOLEAN = vol.Any(cv.boolean, msg="expected true or false")


def text(limit: int = MAX_NAME_LENGTH, *, may_be_empty: bool = False) -> vol.All:
    """Validate a text on a single line; a number, as a template may return, becomes one."""
    visible = () if may_be_empty else (vol.Match(_VISIBLE, msg="expected a text"),)
    return vol.All(
        _string,
        vol.Length(max=limit),
        vol.Match(_PRINTABLE, msg="expected a text without control characters"),
        *visible,
    )


def text_of_lines(limit: int) -> vol.All:
    """Validate a text that may have several lines, or none."""
    return vol.All(_string, vol.Length(max=limit), _printable_lines)


def _printable_lines(value: str) -> str:
    if not is_printable(_LINE_BREAK.sub(" ", value)):
        raise vol.Invalid("expected a text without control characters")
    return value.strip()


def _string(value: Any) -> str:
    # YAML turns a name such as yes into a boolean, whose text would be True.
    if isinstance(value, (bool, bytes)):
        raise vol.Invalid("expected a text")
    return cv.string(value)


IDENTIFIER = vol.All(
    text(128), str.strip, vol.Match(_IDENTIFIER, msg="expected an ID of Frigate")
)
"""The id of an event, a review item or an export."""


def path_segment(limit: int = MAX_NAME_LENGTH) -> vol.All:
    """Validate a name that is used as one segment of a path: a person, a label, a file."""
    return vol.All(
        text(limit),
        str.strip,
        vol.Match(_SEGMENT, msg="expected a name without slashes or a dot in front"),
    )


def number(lowest: float, highest: float) -> vol.All:
    """Validate a number in a range."""
    # The range is checked first, as not every integer can be converted to a float.
    return vol.All(_number, vol.Range(min=lowest, max=highest), vol.Coerce(float))


def whole_number(lowest: int, highest: int) -> vol.All:
    """Validate a whole number in a range."""
    return vol.All(number(lowest, highest), _whole)


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise vol.Invalid("expected a number")
    return value if isinstance(value, int) else vol.Coerce(float)(value)


def _whole(value: float) -> int:
    if not value.is_integer():
        raise vol.Invalid("expected a whole number")
    return int(value)


def entity_of(*domains: str) -> vol.All:
    """Validate the id of an entity of the given domains."""
    return vol.All(text(MAX_FILE_NAME_LENGTH), cv.entity_domain([*domains]))


def list_of(one: Any, most: int = MAX_LIST_LENGTH) -> vol.All:
    """Validate a list, or a single value as a list, and remove duplicates."""
    return vol.All(
        cv.ensure_list, vol.Length(min=1, max=most), [one], _without_duplicates
    )


def _without_duplicates(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
