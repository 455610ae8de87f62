"""What the plain fields of actions may hold, made of Home Assistant's own validators.

Home Assistant names the field in its errors. None of these repeats a value of any length.
"""

from collections.abc import Iterable
import re
from typing import Any

import voluptuous as vol

from homeassistant.helpers import config_validation as cv

LONGEST_LIST = 1000
LONGEST_NAME = 100
LONGEST_FILE_NAME = 255

# Control characters, separators of lines and paragraphs, what turns the direction of writing
# and so lets a name look like another, and lone surrogates.
_PRINTABLE = re.compile(
    r"[^\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ud800-\udfff]*\Z"
)
_VISIBLE = re.compile(r"\s*\S")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z")
_SEGMENT = re.compile(r"[^./\\][^/\\]*\Z")


def is_printable(value: str) -> bool:
    """Return whether a text has neither control characters nor hidden ones."""
    return _PRINTABLE.match(value) is not None


# Home Assistant's own error repeats the value.
BOOLEAN = vol.Any(cv.boolean, msg="expected true or false")


def text(limit: int = LONGEST_NAME, *, may_be_empty: bool = False) -> vol.All:
    """Accept a text on one line; a number, which a template may become, is one too."""
    visible = () if may_be_empty else (vol.Match(_VISIBLE, msg="expected a text"),)
    return vol.All(
        _string,
        vol.Length(max=limit),
        vol.Match(_PRINTABLE, msg="expected a text without control characters"),
        *visible,
    )


def _string(value: Any) -> str:
    # YAML makes a boolean of a name such as yes, and its text would be another.
    if isinstance(value, (bool, bytes)):
        raise vol.Invalid("expected a text")
    return cv.string(value)


IDENTIFIER = vol.All(
    text(128), str.strip, vol.Match(_IDENTIFIER, msg="expected an ID of Frigate")
)
"""The id of an event, a review item or an export."""


def path_segment(limit: int = LONGEST_NAME) -> vol.All:
    """Accept a name that can be one segment of a path: a person, a label, a file."""
    return vol.All(
        text(limit),
        str.strip,
        vol.Match(_SEGMENT, msg="expected a name without slashes or a dot in front"),
    )


def number(lowest: float, highest: float) -> vol.All:
    """Accept a number within limits."""
    # The limits come first, as not every integer can be made a float.
    return vol.All(_number, vol.Range(min=lowest, max=highest), vol.Coerce(float))


def whole_number(lowest: int, highest: int) -> vol.All:
    """Accept a whole number within limits."""
    return vol.All(number(lowest, highest), _whole)


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise vol.Invalid("expected a number")
    return value if isinstance(value, int) else vol.Coerce(float)(value)


def _whole(value: float) -> int:
    if not value.is_integer():
        raise vol.Invalid("expected a whole number")
    return int(value)


def entity(*domains: str) -> vol.All:
    """Accept the id of an entity of some domains."""
    return vol.All(text(LONGEST_FILE_NAME), cv.entity_domain([*domains]))


def each(one: Any, most: int = LONGEST_LIST) -> vol.All:
    """Accept a list, or one value that stands for a list of it; doubles are dropped."""
    return vol.All(cv.ensure_list, vol.Length(min=1, max=most), [one], _without_doubles)


def _without_doubles(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
