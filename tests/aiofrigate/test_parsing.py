"""Names and texts have a bound, where JSON is read."""

from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate.parsing import (
    as_float,
    as_items,
    as_name,
    as_names,
    as_str,
    unusable_names,
)

LONGEST = 255 * "ñ"
DATA: dict[str, Any] = {
    "cameras": {
        "porch": {"zones": {"": {}, "street": {}}, "track": ["person", LONGEST]},
        "garden": {"zones": None, "track": [3, None]},
        "shed": "off",
    },
    "models": {LONGEST + "n": {}},
}


@pytest.mark.parametrize("name", ["a", " ", "..", LONGEST])
def test_a_name_has_up_to_255_characters(name: str) -> None:
    assert as_name(name) == name
    assert as_names([name, 5, None]) == (name,)
    assert as_items({name: 1}) == {name: 1}


@pytest.mark.parametrize("name", ["", LONGEST + "n", 10_000_000 * "n"])
def test_an_empty_or_longer_name_is_left_out(name: str) -> None:
    assert as_name(name) is None
    assert as_names([name, "a"]) == ("a",)
    assert as_items({name: 1, "a": 2}) == {"a": 2}


def test_texts_and_numbers_have_a_bound_too() -> None:
    assert as_str(4096 * "a") == 4096 * "a"
    assert as_str(4097 * "a") is None
    assert as_float("1" + 20 * "0") == 1e20
    assert as_float("0." + 10_000_000 * "1") is None


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("cameras", "cameras.*.track", "nothing", "cameras.*.nothing.*"), ()),
        (("cameras.*.zones", "cameras"), ("cameras.*.zones",)),
        (("models", "cameras.porch.zones"), ("models", "cameras.porch.zones")),
    ],
)
def test_where_names_cannot_be_used(
    paths: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert unusable_names(DATA, paths) == expected
