"""The time zones of summaries, as the backend reckons with them: offsets for stretches of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
import math
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Stretch:
    """A stretch of time, both ends included, that is counted with one offset from UTC."""

    start: float
    end: float
    offset: int

    def local(self, moment: float) -> datetime:
        """Return what a clock shows that goes by this offset."""
        return datetime.fromtimestamp(moment + self.offset, UTC)


def zone_of(name: str) -> tzinfo:
    """Return a time zone; a name that nobody knows is as good as UTC."""
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError, ValueError:
        return UTC


def stretches(
    name: str, first: float, last: float, *, exact: bool
) -> Iterator[Stretch]:
    """Cut the time from the first row to the last one where the clocks change.

    Before 0.18 (not `exact`) the server looks once a day, counted from the first row: for
    up to a day after a change it goes on with the offset of before.
    """
    zone, start, looked = zone_of(name), first, first
    offset = _offset(zone, first)
    while looked < last:
        looked = min(looked + _DAY, last) if exact else looked + _DAY
        if looked > last or (found := _offset(zone, looked)) == offset:
            continue
        change = _change(zone, start, looked, offset) if exact else looked
        yield Stretch(start, change, offset)
        start, offset = change, found
    yield Stretch(start, last, offset)


def _offset(zone: tzinfo, moment: float) -> int:
    shown = datetime.fromtimestamp(moment, zone).utcoffset()
    assert shown is not None
    return int(shown.total_seconds())


def _change(zone: tzinfo, before: float, after: float, offset: int) -> float:
    """Return the second from which on the offset is another one."""
    low, high = math.floor(before), math.ceil(after)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return float(high)
