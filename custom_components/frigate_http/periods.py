"""Validators for timestamps, durations and periods in the fields of actions.

They return timestamps in seconds since the epoch, and durations in seconds, as Frigate
expects them.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import voluptuous as vol

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util

from .aiofrigate import ServerClock, as_timestamp
from .errors import validation_error

START, END, DURATION = "start_time", "end_time", "duration"
MAX_WAIT = 600.0
"""Maximum seconds that a period may end in the future."""
MAX_DURATION = timedelta(days=366).total_seconds()
_MIN_PERIOD = 0.001
_SAME_CLOCK = ServerClock()


@dataclass(frozen=True, slots=True)
class Period:
    """A time range, in seconds since the epoch."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """A time range that may lack its start or its end."""

    start: float | None
    end: float | None


def timestamp(field: str) -> Callable[[Any], float]:
    """Validate a date and time, or seconds since the epoch.

    A time without a time zone is in Home Assistant's.
    """

    def validate(value: Any) -> float:
        if (seconds := _as_timestamp(value)) is None:
            raise validation_error("not_a_time", field=field)
        return seconds

    return validate


def duration(
    field: str, longest: float = MAX_DURATION, shortest: float = 0.0
) -> Callable[[Any], float]:
    """Validate a value of the duration selector, `hh:mm:ss`, or seconds."""

    def validate(value: Any) -> float:
        seconds = 0.0
        with suppress(vol.Invalid, ValueError, TypeError, OverflowError):
            if not isinstance(value, bool):
                seconds = cv.time_period(value).total_seconds()
        if seconds <= 0 or not shortest <= seconds <= longest:
            raise validation_error(
                "not_a_duration",
                field=field,
                shortest=f"{shortest:.0f}",
                longest=f"{longest:.0f}",
            )
        return seconds

    return validate


PERIOD_FIELDS: VolDictType = {
    vol.Optional(START): timestamp(START),
    vol.Optional(END): timestamp(END),
    vol.Optional(DURATION): duration(DURATION),
}


def probable_now(clock: ServerClock) -> float:
    """Return the time that the server's clock probably shows, in seconds since the epoch."""
    return clock.estimate(_now())


def latest_now(clock: ServerClock) -> float:
    """Return the present, by our clock or the server's, whichever is ahead."""
    now = _now()
    return max(now, clock.latest(now))


def require_soon(end: float, now: float) -> None:
    """Raise ServiceValidationError if an end lies more than `MAX_WAIT` ahead of now."""
    if end > now + MAX_WAIT:
        raise validation_error("end_ahead", minutes=f"{MAX_WAIT / 60:.0f}")


def period_of(data: Mapping[str, Any], clock: ServerClock = _SAME_CLOCK) -> Period:
    """Return the period that the fields of an action define, by the server's clock.

    Two of start, end and duration define a period; a duration alone means the last seconds
    until now. The end may be up to `MAX_WAIT` in the future, the start may not.

    Raises:
        ServiceValidationError: the fields don't define a valid period.
    """
    now = probable_now(clock)
    found = _open_period(data, now, now, latest_now(clock))
    if found.start is None or found.end is None:
        raise validation_error("bad_period")
    require_soon(found.end, clock.earliest(_now()))
    return Period(found.start, found.end)


def open_period_of(
    data: Mapping[str, Any], clock: ServerClock = _SAME_CLOCK
) -> OpenPeriod:
    """Return the period of a query; without fields it is unlimited.

    A duration alone covers each time that may be the present of the server's clock.

    Raises:
        ServiceValidationError: the fields contradict each other.
    """
    now = _now()
    return _open_period(data, clock.earliest(now), clock.latest(now), latest_now(clock))


def _open_period(
    data: Mapping[str, Any], earliest: float, latest: float, future: float
) -> OpenPeriod:
    """Return a period; `earliest` and `latest` are bounds of the present.

    It may not start in the future.
    """
    start, end, length = data.get(START), data.get(END), data.get(DURATION)
    if length is not None:
        if start is not None and end is not None:
            raise validation_error("bad_period")
        if start is not None:
            end = start + length
        else:
            start = max(0.0, (earliest if end is None else end) - length)
            end = latest if end is None else end
    if start is not None and start > future:
        raise validation_error("bad_times")
    if start is not None and end is not None and end - start < _MIN_PERIOD:
        raise validation_error("bad_times")
    return OpenPeriod(start, end)


def _now() -> float:
    return dt_util.utcnow().timestamp()


def _as_timestamp(value: Any) -> float | None:
    """Return seconds since the epoch, or None if a value is not a time."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = _number_or_datetime(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        # YAML parses a day without quotes as a date.
        value = datetime.combine(value, time())
    if isinstance(value, datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=dt_util.get_default_time_zone())
        value = value.timestamp()
    return as_timestamp(value) if isinstance(value, (int, float)) else None


def _number_or_datetime(text: str) -> float | datetime | None:
    with suppress(ValueError):
        return float(text)
    with suppress(ValueError, OverflowError):
        return dt_util.parse_datetime(text.strip())
    return None
