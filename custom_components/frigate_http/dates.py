"""Formatting timestamps as ISO 8601 in Home Assistant's time zone."""

from datetime import datetime

from homeassistant.util import dt as dt_util


def as_local_iso(seconds: float | None) -> str | None:
    """Return a timestamp in ISO 8601, in Home Assistant's time zone."""
    found = None if seconds is None else as_datetime(seconds)
    return None if found is None else dt_util.as_local(found).isoformat()


def as_datetime(seconds: float) -> datetime | None:
    """Return a timestamp as a UTC datetime, or None if it is out of range."""
    try:
        return dt_util.utc_from_timestamp(seconds)
    except ValueError, OverflowError, OSError:
        return None
