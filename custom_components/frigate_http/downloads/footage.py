"""Waiting until a period is recorded and on the server's disk."""

import asyncio

from homeassistant.util import dt as dt_util

from ..aiofrigate import FrigateClient, FrigateError
from ..errors import is_silence
from ..periods import Period

MAX_WRITE_DELAY = 60.0
"""Seconds after its end within which a period should be on the disk."""
_POLL_INTERVAL = 2.0
# Segments are some 10 seconds long; what ended long before matters to nobody.
_SEARCH_MARGIN = 30.0


async def async_wait_until(timestamp: float) -> None:
    """Wait for a moment that may lie ahead."""
    await asyncio.sleep(max(0.0, timestamp - _now()))


async def async_wait_for_footage(
    client: FrigateClient, camera: str, period: Period
) -> bool:
    """Wait until a period has ended and its last segment is on the disk.

    Frigate writes a segment 10 to 20 seconds after its end, and cuts what is asked for
    before that short without a word. Return whether it is all there; where the camera
    records no more, it is not within a minute, and never will be.

    Raises:
        FrigateError: the server refuses to tell.
    """
    await async_wait_until(period.end)
    give_up_at = period.end + MAX_WRITE_DELAY
    if _now() >= give_up_at:
        # Of what ended long ago nothing more will come.
        return True
    while not await _is_recorded(client, camera, period.end):
        if (left := give_up_at - _now()) <= 0:
            return False
        await asyncio.sleep(min(_POLL_INTERVAL, left))
    return True


async def _is_recorded(client: FrigateClient, camera: str, timestamp: float) -> bool:
    """Return whether a segment ends at a moment or later; silence is no answer."""
    try:
        segments = await client.recordings.segments(
            camera, timestamp - _SEARCH_MARGIN, timestamp + _SEARCH_MARGIN, fresh=True
        )
    except FrigateError as err:
        if not is_silence(err):
            raise
        return False
    return any(segment.end >= timestamp for segment in segments)


def _now() -> float:
    return dt_util.utcnow().timestamp()
