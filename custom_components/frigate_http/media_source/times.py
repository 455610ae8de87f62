"""Days and hours of Home Assistant's time zone, and periods that Frigate can play."""

from collections.abc import Iterator
from datetime import date, timedelta

from homeassistant.util import dt as dt_util

from ..aiofrigate import MAX_RANGE
from ..periods import Period

_QUARTER = timedelta(minutes=15).total_seconds()
"""Seconds between moments at which a time zone may change its offset."""
_MAX_PARTS = 100
"""A server could say that something began in 1970, and goes on."""


def day_period(day: date) -> Period:
    """Return the period of a day, which has 23 or 25 hours when the clocks change."""
    midnights = (
        dt_util.start_of_local_day(one) for one in (day, day + timedelta(days=1))
    )
    return Period(*(one.timestamp() for one in midnights))


def hours_of(day: date) -> dict[int, Period]:
    """Return the periods of the hours of a day.

    One that is left out when the clocks change is missing. One that comes twice has a
    period of both, so that people need not know which of the two they look for.
    """
    hours: dict[int, Period] = {}
    for start in _quarters(day_period(day)):
        hour = dt_util.as_local(dt_util.utc_from_timestamp(start)).hour
        begin = hours[hour].start if hour in hours else start
        hours[hour] = Period(begin, start + _QUARTER)
    return hours


def clocks_change(day: date) -> bool:
    """Return whether the clocks change on a day, or on the one before."""
    first = dt_util.start_of_local_day(day - timedelta(days=1))
    last = dt_util.start_of_local_day(day + timedelta(days=1))
    return first.utcoffset() != last.utcoffset()


def parts_of(period: Period) -> list[Period]:
    """Return periods that are short enough for Frigate to play, one after the other."""
    parts: list[Period] = []
    start = period.start
    while period.end - start > MAX_RANGE and len(parts) < _MAX_PARTS - 1:
        parts.append(Period(start, start + MAX_RANGE))
        start += MAX_RANGE
    return [*parts, Period(start, min(period.end, start + MAX_RANGE))]


def _quarters(period: Period) -> Iterator[float]:
    start = period.start
    while start < period.end:
        yield start
        start += _QUARTER
