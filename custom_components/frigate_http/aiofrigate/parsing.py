"""Tolerant readers of JSON values: what is missing or invalid becomes None.

Frigate's answers differ between versions, and a wrong value is worse than none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
import math
import re
from typing import Any

MAX_NAME_LENGTH = 255
"""Characters of the longest name: no state of Home Assistant can be longer."""
MAX_NAMES = 1000
"""The most names of one kind in one place, such as cameras or zones of a camera."""
MAX_FILES = 10_000
"""The most names of files, such as the images of a person, and items of a list."""
MAX_TEXT_LENGTH = 4096
MAX_DESCRIPTION = 4000
"""Characters of what a language model says of an event; it may be cut."""
_MAX_NUMBER_LENGTH = 64
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MAX_TIMESTAMP = 1e11
"""The latest time that is read: as seconds the year 5138, as milliseconds 1973."""


def as_dict(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def as_str(value: Any) -> str | None:
    """Return a string of 1 to 4096 characters.

    A longer one is not cut, because half a path is another path.
    """
    return value if _is_string(value, MAX_TEXT_LENGTH) else None


def as_name(value: Any) -> str | None:
    """Return a name or an id, which has 1 to 255 characters."""
    return value if _is_string(value, MAX_NAME_LENGTH) else None


def as_text(value: Any, limit: int) -> str | None:
    """Return a text that is more than blanks; what is longer than the limit is cut off."""
    return value[:limit] if isinstance(value, str) and value.strip() else None


def as_texts(value: Any, limit: int, count: int) -> tuple[str, ...]:
    """Return the first texts in a JSON list, each cut to the limit of characters."""
    listed = value if isinstance(value, list) else ()
    found = (as_text(one, limit) for one in listed)
    return tuple(islice((one for one in found if one is not None), count))


def as_stream(value: Any) -> str | None:
    """Return the name of a stream of go2rtc, which is no URL: go2rtc would open that."""
    name = as_name(value)
    if name is None or ":" in name or not name.isprintable():
        return None
    return name


def as_bool(value: Any) -> bool | None:
    """Return a boolean."""
    return value if isinstance(value, bool) else None


def as_float(value: Any) -> float | None:
    """Return a finite number, also from strings such as `"12.5"` and `"12.5%"`."""
    if isinstance(value, str):
        if len(value) > _MAX_NUMBER_LENGTH:
            return None
        value = value.strip().removesuffix("%")
        if "_" in value or not value.isascii():
            # Only Python reads `1_000` or digits of other scripts as numbers.
            return None
    elif isinstance(value, bool):
        return None
    try:
        number = float(value)
    except TypeError, ValueError, OverflowError:
        return None
    return number if math.isfinite(number) else None


def as_int(value: Any) -> int | None:
    """Return an integer of 64 bits, also from a float, which is truncated, or a string."""
    number = as_float(value)
    # 1e308 is an integer of 309 digits, which Home Assistant cannot write as JSON.
    return None if number is None or abs(number) >= 2**63 else int(number)


def as_timestamp(value: Any) -> float | None:
    """Return seconds since the epoch that every calendar and time zone supports."""
    number = as_float(value)
    return number if number is not None and 0 <= number <= MAX_TIMESTAMP else None


def as_date(value: Any) -> date | None:
    """Return a date in the form `2026-11-26`."""
    text = as_name(value)
    if text is None or _DATE.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_strings(value: Any) -> tuple[str, ...]:
    """Return the strings in a JSON list, however long they are."""
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, str))


def as_names(value: Any, limit: int = MAX_NAMES) -> tuple[str, ...]:
    """Return the names in a JSON list, only the first ones if there are too many."""
    listed = value if isinstance(value, list) else ()
    return tuple(islice((one for one in listed if as_name(one) is not None), limit))


def as_items(value: Any, limit: int = MAX_NAMES) -> dict[str, Any]:
    """Return the items of a JSON object whose keys are names, such as those of cameras.

    If there are too many, only the first ones: each of them may become entities.
    """
    named = (item for item in as_dict(value).items() if as_name(item[0]) is not None)
    return dict(islice(named, limit))


def unusable_names(
    data: Mapping[str, Any], paths: Iterable[str], limit: int = MAX_NAMES
) -> tuple[str, ...]:
    """Return those paths below which a name is empty or too long, or too many are listed.

    Args:
        data: a JSON object.
        paths: where names are the keys of an object, or the strings of a list. `*` stands
            for every item of an object, as in `cameras.*.zones`.
        limit: how many names may be in one place.
    """
    return tuple(
        path
        for path in paths
        if any(
            _is_unusable(names, limit)
            for names in _values_at(data, path.split("."))
            if isinstance(names, (dict, list))
        )
    )


def _is_unusable(names: Mapping[str, Any] | Sequence[Any], limit: int) -> bool:
    return len(names) > limit or any(
        isinstance(name, str) and as_name(name) is None for name in names
    )


def _values_at(value: Any, steps: Sequence[str]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    items = as_dict(value)
    for one in items.values() if steps[0] == "*" else [items.get(steps[0])]:
        yield from _values_at(one, steps[1:])


def _is_string(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest
