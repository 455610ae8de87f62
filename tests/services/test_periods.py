"""Moments, durations and periods, in every form that an action may get them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.dates import as_local_iso
from custom_components.frigate_http.periods import (
    OpenPeriod,
    Period,
    duration,
    open_period_of,
    period_of,
    timestamp,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

NOW = 1795435200.0
"""2026-11-23 12:00:00 UTC"""


pytestmark = pytest.mark.usefixtures("texts_of_errors", "noon")


@pytest.fixture
async def noon(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Stop the clock, at a place that is an hour ahead of it."""
    await hass.config.async_set_time_zone("Europe/Madrid")
    freezer.move_to(datetime.fromtimestamp(NOW, UTC))


def refused_as(read: Callable[[], object]) -> str | None:
    """Return the key of the error that a value causes."""
    with pytest.raises(ServiceValidationError) as caught:
        read()
    # The text is filled in, so that none of its words is missing.
    assert "{" not in str(caught.value)
    return caught.value.translation_key


@pytest.mark.parametrize(
    "value",
    [
        NOW,
        int(NOW),
        str(NOW),
        f" {int(NOW)} ",
        "2026-11-23 13:00:00",
        "2026-11-23T13:00",
        "2026-11-23T12:00:00Z",
        "2026-11-23T07:00:00-05:00",
        "2026-11-23 12:00:00.000000+00:00",
        datetime(2026, 11, 23, 13, 0),
        datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
    ],
)
def test_valid_times(value: Any) -> None:
    assert timestamp("at")(value) == NOW


def test_a_date_starts_at_midnight() -> None:
    midnight = datetime(2026, 11, 22, 23, 0, tzinfo=UTC).timestamp()
    assert timestamp("at")(date(2026, 11, 23)) == midnight
    assert timestamp("at")("2026-11-23") == midnight


@pytest.mark.parametrize(
    "value",
    [
        *("", "  ", "yesterday", "25:00", "2026-13-01 00:00:00", "None", "nan", "inf"),
        *(
            -1,
            float("nan"),
            float("inf"),
            True,
            None,
            [],
            {},
            b"5",
            "x" * 10_000_000,
            10**400,
        ),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_invalid_times(value: Any) -> None:
    assert refused_as(lambda: timestamp("at")(value)) == "not_a_time"


@pytest.mark.parametrize("value", [NOW * 1000, str(int(NOW * 1000))])
def test_milliseconds_are_refused(value: Any) -> None:
    assert refused_as(lambda: timestamp("at")(value)) == "not_a_time"


@pytest.mark.parametrize(
    "value",
    [
        *(90, 90.0, "90", "00:01:30", "0:01:30", timedelta(seconds=90)),
        *({"minutes": 1, "seconds": 30}, {"seconds": 90.0}, {"minutes": 1.5}),
    ],
)
def test_valid_durations(value: Any) -> None:
    assert duration("length")(value) == 90.0


@pytest.mark.parametrize(
    "value",
    [
        *(0, -5, "-00:01:00", "", "soon", "1:2:3:4", float("nan"), float("inf"), 1e300),
        *(True, None, [], {}, {"seconds": "x"}, {"parsecs": 1}, 367 * 86400),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_invalid_durations(value: Any) -> None:
    assert refused_as(lambda: duration("length")(value)) == "not_a_duration"


@pytest.mark.parametrize(
    ("data", "period"),
    [
        ({"start_time": NOW - 60, "end_time": NOW}, Period(NOW - 60, NOW)),
        ({"start_time": NOW - 60, "duration": 30.0}, Period(NOW - 60, NOW - 30)),
        ({"end_time": NOW - 10, "duration": 30.0}, Period(NOW - 40, NOW - 10)),
        ({"duration": 30.0}, Period(NOW - 30, NOW)),
        ({"start_time": NOW, "duration": 600.0}, Period(NOW, NOW + 600)),
        ({"end_time": 5.0, "duration": 30.0}, Period(0.0, 5.0)),
    ],
)
def test_period(data: dict[str, float], period: Period) -> None:
    assert period_of(data) == period


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({}, "bad_period"),
        ({"start_time": NOW - 60}, "bad_period"),
        ({"end_time": NOW}, "bad_period"),
        ({"start_time": NOW - 60, "end_time": NOW, "duration": 5.0}, "bad_period"),
        ({"start_time": NOW - 60, "end_time": NOW - 61}, "bad_times"),
        ({"start_time": NOW - 60, "end_time": NOW - 60}, "bad_times"),
        ({"start_time": NOW - 60, "duration": 1e-5}, "bad_times"),
        ({"start_time": NOW + 1, "end_time": NOW + 5}, "bad_times"),
        ({"start_time": NOW - 1, "end_time": NOW + 601}, "end_ahead"),
        ({"start_time": NOW, "duration": 601.0}, "end_ahead"),
    ],
)
def test_invalid_periods(data: dict[str, float], key: str) -> None:
    assert refused_as(lambda: period_of(data)) == key


@pytest.mark.parametrize(
    ("data", "period"),
    [
        ({}, OpenPeriod(None, None)),
        ({"start_time": NOW - 60}, OpenPeriod(NOW - 60, None)),
        ({"end_time": NOW + 9000}, OpenPeriod(None, NOW + 9000)),
        ({"duration": 30.0}, OpenPeriod(NOW - 30, NOW)),
    ],
)
def test_open_period(data: dict[str, float], period: OpenPeriod) -> None:
    assert open_period_of(data) == period


def test_local_iso_times_have_a_time_zone() -> None:
    assert as_local_iso(NOW) == "2026-11-23T13:00:00+01:00"
    assert as_local_iso(NOW + 0.5) == "2026-11-23T13:00:00.500000+01:00"
    assert as_local_iso(None) is None
    assert as_local_iso(1e18) is None
