"""Timestamps as datetimes, and as ISO 8601 in Home Assistant's time zone."""

from datetime import datetime

from homeassistant.util import dt as dt_util

from .aiofrigate import as_timestamp


def as_local_iso(seconds: float | None) -> str | None:
    """Return a timestamp in ISO 8601, in Home Assistant's time zone."""
    found = as_datetime(seconds)
    return None if found is None else dt_util.as_local(found).isoformat()


def as_datetime(seconds: float | None) -> datetime | None:
    """Return a timestamp as a UTC datetime, or None if no calendar has it."""
    found = as_timestamp(seconds)
    return None if found is None else dt_util.utc_from_timestamp(found)
