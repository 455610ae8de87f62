"""Reading loose JSON: what is missing or odd becomes None, never a wrong value."""

from collections.abc import Mapping
import math
from typing import Any


def as_dict(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def as_str(value: Any) -> str | None:
    """Return a text that is not empty."""
    return value if isinstance(value, str) and value else None


def as_bool(value: Any) -> bool | None:
    """Return a boolean."""
    return value if isinstance(value, bool) else None


def as_float(value: Any) -> float | None:
    """Return a finite number, also from texts such as `"12.5"` and `"12.5%"`."""
    if isinstance(value, str):
        value = value.strip().removesuffix("%")
        if "_" in value or not value.isascii():
            # Python reads these as numbers, and nobody else does.
            return None
    elif isinstance(value, bool):
        return None
    try:
        number = float(value)
    except TypeError, ValueError, OverflowError:
        return None
    return number if math.isfinite(number) else None


def as_int(value: Any) -> int | None:
    """Return a whole number of 64 bits, also from a float or a text that holds one."""
    number = as_float(value)
    # A float can stand for hundreds of digits, which nobody could write as JSON again.
    return None if number is None or abs(number) >= 2**63 else int(number)


def as_strings(value: Any) -> tuple[str, ...]:
    """Return the texts of a JSON list."""
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, str))
