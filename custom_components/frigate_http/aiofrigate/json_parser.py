r"""Parses JSON from HTTP answers and WebSocket messages into values that can be stored.

Python's parser accepts values that other libraries refuse to write: a single lone
surrogate in a name keeps Home Assistant from saving its registries. Therefore:

- a lone surrogate, such as `"\ud800"`, becomes U+FFFD, in values and in keys;
- `NaN`, `Infinity` and numbers too large for a float, such as `1e999`, become None;
- integers that do not fit into 64 bits with a sign become None.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
import json
import math
import re
import string
from typing import Any

_FAST_LOADS: Callable[[bytes], Any] | None
try:
    from orjson import loads as _orjson_loads
except ImportError:
    _FAST_LOADS = None
else:
    # It needs a fraction of the time; Home Assistant brings it along.
    _FAST_LOADS = _orjson_loads

_MAX_DIGITS = 20
"""Characters of the longest whole number that 64 bits hold, its sign included."""
_INTEGER_LIMIT = 2**63

_SURROGATE = re.compile("[\ud800-\udfff]")
# Translates digits to 0, the E of an exponent to e, and every other byte to a space.
_SHAPE = bytes(
    ord("0") if char in string.digits else ord("e") if char in "eE" else ord(" ")
    for char in map(chr, range(256))
)
_LARGE_NUMBERS = (b"0" * (_MAX_DIGITS - 1), b"0e000")


def parse_json(data: bytes | str) -> Any:
    """Return parsed JSON, without any value that cannot be written as JSON again.

    Raises:
        ValueError: this is not JSON, or not UTF-8.
        RecursionError: it is nested too deeply.
    """
    if isinstance(data, str):
        raw = data.encode("utf-8", "surrogatepass")
    else:
        raw = data.removeprefix(b"\xef\xbb\xbf")
    # Searching the bytes costs a fraction of visiting each value, and shows for nearly
    # every message that there is nothing to replace.
    has_large_numbers = _may_hold_large_numbers(raw)
    # orjson makes floats of numbers that are too large, and these cannot be told apart.
    if _FAST_LOADS is not None and not has_large_numbers:
        # What it refuses may still be good enough for Python's parser.
        with suppress(ValueError):
            return _FAST_LOADS(raw)
    decoder = _CAREFUL if has_large_numbers else _QUICK
    value = decoder.decode(raw.decode("utf-8", "surrogatepass"))
    return _without_surrogates(value) if _may_hold_surrogates(raw) else value


def _may_hold_large_numbers(raw: bytes) -> bool:
    shape = raw.translate(_SHAPE, b"+")
    return any(number in shape for number in _LARGE_NUMBERS)


def _may_hold_surrogates(raw: bytes) -> bool:
    # An escaped surrogate, or the first byte of one that is encoded against the rules.
    return b"\\ud" in raw or b"\\uD" in raw or b"\xed" in raw


def _integer(digits: str) -> int | None:
    # Check the length first: Python raises an error for more than 4,300 digits.
    if len(digits) > _MAX_DIGITS:
        return None
    number = int(digits)
    return number if -_INTEGER_LIMIT <= number < _INTEGER_LIMIT else None


def _decimal(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _nothing(_constant: str) -> None:
    """Replace `NaN`, `Infinity` and `-Infinity`, which are not JSON, by None."""


_QUICK = json.JSONDecoder(parse_constant=_nothing)
_CAREFUL = json.JSONDecoder(
    parse_constant=_nothing, parse_int=_integer, parse_float=_decimal
)


def _without_surrogates(value: Any) -> Any:
    """Replace lone surrogates in all strings; lists and objects are changed in place."""
    # Not recursive: the parser allows deeper nesting than Python's call stack.
    holder = [value]
    unseen: list[dict[str, Any] | list[Any]] = [holder]
    while unseen:
        container = unseen.pop()
        if isinstance(container, dict):
            _clean_keys(container)
        for key, one in _items(container):
            if isinstance(one, str):
                container[key] = _clean(one)
            elif isinstance(one, (dict, list)):
                unseen.append(one)
    return holder[0]


def _items(container: Any) -> Iterator[tuple[Any, Any]]:
    pairs = container.items() if isinstance(container, dict) else enumerate(container)
    return iter(tuple(pairs))


def _clean(text: str) -> str:
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _clean_keys(data: dict[str, Any]) -> None:
    """Replace lone surrogates in the keys of an object.

    If two keys become the same, the one without a surrogate stays, else the first one:
    no such name can take the place of another.
    """
    if all(_clean(key) == key for key in data):
        return
    before = dict(data)
    data.clear()
    for key, value in before.items():
        if (clean := _clean(key)) == key:
            data[key] = value
        else:
            data.setdefault(clean, value)
