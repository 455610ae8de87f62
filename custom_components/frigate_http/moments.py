"""How a moment is written for people and automations."""

from homeassistant.util import dt as dt_util


def iso(seconds: float | None) -> str | None:
    """Return a moment in ISO 8601, in Home Assistant's time zone."""
    if seconds is None:
        return None
    try:
        return dt_util.as_local(dt_util.utc_from_timestamp(seconds)).isoformat()
    except ValueError, OverflowError, OSError:
        # No time that a calendar has.
        return None
