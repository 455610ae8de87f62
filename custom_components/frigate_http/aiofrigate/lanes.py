"""Lanes: which requests wait for each other, and how many run in parallel."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from enum import Enum, auto

from aiohttp import hdrs


class Lane(Enum):
    """The lane of a request, by its purpose."""

    COMMANDS = auto()
    """Requests that change something at the server."""
    POLLS = auto()
    """Requests that read data."""
    PICTURES = auto()
    """The latest image of a camera."""
    LIVE_VIEWS = auto()
    """MJPEG streams and live video, as long as somebody watches."""
    FILES = auto()
    """Downloads, and images of events and recordings."""
    THUMBNAILS = auto()
    """Small images of what is listed, many at once."""
    FOOTAGE = auto()
    """Recorded video, as somebody watches it."""
    SLOW_CALLS = auto()
    """Requests for which Frigate runs a model, such as face recognition."""
    SUMMARIES = auto()
    """Texts that a language model writes, which can take minutes."""


QUEUES: tuple[tuple[int, frozenset[Lane]], ...] = (
    # The number of requests in parallel, and the lanes that share it. Slow images must not
    # delay what a user has just switched, nor the polls.
    (4, frozenset({Lane.COMMANDS})),
    (4, frozenset({Lane.POLLS})),
    (48, frozenset({Lane.PICTURES})),
    (48, frozenset({Lane.LIVE_VIEWS})),
    (8, frozenset({Lane.FILES})),
    (8, frozenset({Lane.THUMBNAILS})),
    (16, frozenset({Lane.FOOTAGE})),
    (2, frozenset({Lane.SLOW_CALLS})),
    (2, frozenset({Lane.SUMMARIES})),
    # Home Assistant opens 100 connections to one server at most, and the next request waits
    # for one, whatever it is. So the two large lanes leave enough of them to all others.
    (54, frozenset({Lane.PICTURES, Lane.LIVE_VIEWS})),
)


class Lanes:
    """The lanes of one client."""

    def __init__(self) -> None:
        """Begin with all places free."""
        queues = [(asyncio.Semaphore(number), lanes) for number, lanes in QUEUES]
        self._queues: Mapping[Lane, tuple[asyncio.Semaphore, ...]] = {
            lane: tuple(queue for queue, lanes in queues if lane in lanes)
            for lane in Lane
        }

    @asynccontextmanager
    async def place_in(self, lane: Lane) -> AsyncGenerator[None]:
        """Wait for a place in a lane, and hold it while a request runs."""
        async with AsyncExitStack() as places:
            # Always in the order of the table, so that no two requests wait for each other.
            for queue in self._queues[lane]:
                await places.enter_async_context(queue)
            yield


def usual_lane(method: str) -> Lane:
    """Return the lane of a request for which no other is given."""
    return Lane.POLLS if method == hdrs.METH_GET else Lane.COMMANDS
