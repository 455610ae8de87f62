"""The recordings of items, and waiting until Frigate has written one to its disk."""

import asyncio
from dataclasses import dataclass

from homeassistant.util import dt as dt_util

from ..aiofrigate import (
    MAX_RANGE,
    Event,
    FrigateClient,
    FrigateError,
    FrigateNotFoundError,
    Review,
)
from ..const import MEDIA_PADDING
from ..errors import action_error, is_no_response
from ..periods import MAX_WAIT, Period, probable_now

MAX_WRITE_DELAY = 60.0
"""Seconds after the end of a period within which Frigate should have written it."""
MAX_START_DELAY = 20.0
"""Seconds within which Frigate writes to its disk what begins."""
_POLL_INTERVAL = 2.0
# Segments are about 10 seconds long, so this range holds the last one of a period.
_SEARCH_MARGIN = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """The recording of something; all times in seconds since the epoch."""

    camera: str
    began: float
    """When what it shows began."""
    start: float
    end: float | None
    """None while it goes on."""

    def period(self, now: float) -> Period:
        """Return its period, up to now if it goes on."""
        end = max(now, self.began) if self.end is None else self.end
        return Period(self.start, end)


def footage_of(item: Review | Event) -> Footage | None:
    """Return the recording of an item, with what was before and after it."""
    if item.start is None or item.camera is None:
        return None
    end: float | None = None
    if item.has_ended:
        end = max(item.start, item.end or 0.0) + MEDIA_PADDING
    return Footage(
        camera=item.camera,
        began=item.start,
        start=max(0.0, item.start - MEDIA_PADDING),
        end=end,
    )


async def async_wait_until_playable(
    client: FrigateClient, footage: Footage
) -> Period | None:
    """Return the period of a video that Frigate can play; None if it has recorded nothing.

    What has just begun is not on its disk yet. Whether it is, only the API is asked: nginx
    would remember for two minutes that a file was missing.

    Raises:
        FrigateError: the server refused the request.
    """
    give_up_at = min(footage.began, probable_now(client.clock)) + MAX_START_DELAY
    while True:
        period = footage.period(probable_now(client.clock))
        end = min(period.end, period.start + MAX_RANGE)
        try:
            await client.vod.check(footage.camera, period.start, end)
        except FrigateNotFoundError:
            if probable_now(client.clock) >= give_up_at:
                return None
        else:
            return Period(period.start, end)
        await asyncio.sleep(_POLL_INTERVAL)


async def async_size_of(client: FrigateClient, camera: str, period: Period) -> float:
    """Return about how many bytes of a period Frigate has on its disk.

    What it does not tell the size of is not counted.

    Raises:
        FrigateError: the server refused the request.
    """
    size = 0.0
    for one in await client.recordings.segments(camera, period.start, period.end):
        length = one.end - one.start
        shared = min(one.end, period.end) - max(one.start, period.start)
        if one.size is not None and length > 0 and shared > 0:
            size += one.size * shared / length
    return size


async def async_wait_until(client: FrigateClient, timestamp: float) -> None:
    """Wait until a time in seconds since the epoch, if it lies in the server's future.

    Raises:
        HomeAssistantError: it lies more than `MAX_WAIT` in the future.
    """
    if (left := timestamp - _server_time(client)) > MAX_WAIT:
        raise action_error("end_ahead", minutes=f"{MAX_WAIT / 60:.0f}")
    await asyncio.sleep(max(0.0, left))


async def async_wait_for_footage(
    client: FrigateClient, camera: str, period: Period
) -> bool:
    """Wait until a period is over and Frigate has written its last segment.

    Frigate writes a segment 10 to 20 seconds after its end. A clip that is requested before
    is truncated without an error. Return False if the segment has not arrived within a
    minute, as the camera has stopped recording then.

    Raises:
        FrigateError: the server refused the request.
        HomeAssistantError: the period ends more than `MAX_WAIT` in the future.
    """
    await async_wait_until(client, period.end)
    give_up_at = period.end + MAX_WRITE_DELAY
    if _server_time(client) >= give_up_at:
        # All segments of an old period have been written, if there are any.
        return True
    while not await _is_recorded(client, camera, period.end):
        if (left := give_up_at - _server_time(client)) <= 0:
            return False
        await asyncio.sleep(min(_POLL_INTERVAL, left))
    return True


async def _is_recorded(client: FrigateClient, camera: str, timestamp: float) -> bool:
    """Return whether a segment ends at a time or later; False if there is no response."""
    try:
        segments = await client.recordings.segments(
            camera, timestamp - _SEARCH_MARGIN, timestamp + _SEARCH_MARGIN, fresh=True
        )
    except FrigateError as err:
        if not is_no_response(err):
            raise
        return False
    return any(segment.end >= timestamp for segment in segments)


def _server_time(client: FrigateClient) -> float:
    """Return the time that the server's clock has certainly reached."""
    return client.clock.earliest(dt_util.utcnow().timestamp())
