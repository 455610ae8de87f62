"""How a moment is written for people and automations."""

from datetime import datetime

from homeassistant.util import dt as dt_util


def as_local_iso(seconds: float | None) -> str | None:
    """Return a moment in ISO 8601, in Home Assistant's time zone."""
    found = None if seconds is None else as_datetime(seconds)
    return None if found is None else dt_util.as_local(found).isoformat()


def as_datetime(seconds: float) -> datetime | None:
    """Return a moment in UTC, or None for no time that a calendar has."""
    try:
        return dt_util.utc_from_timestamp(seconds)
    except ValueError, OverflowError, OSError:
        return None
