"""Tolerant readers of JSON values: what is missing or invalid becomes None.

Frigate's answers differ between versions, and a wrong value is worse than none.
"""

from collections.abc import Mapping
import math
from typing import Any


def as_dict(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def as_str(value: Any) -> str | None:
    """Return a string that is not empty."""
    return value if isinstance(value, str) and value else None


def as_bool(value: Any) -> bool | None:
    """Return a boolean."""
    return value if isinstance(value, bool) else None


def as_float(value: Any) -> float | None:
    """Return a finite number, also from strings such as `"12.5"` and `"12.5%"`."""
    if isinstance(value, str):
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


def as_strings(value: Any) -> tuple[str, ...]:
    """Return the strings in a JSON list."""
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, str))
