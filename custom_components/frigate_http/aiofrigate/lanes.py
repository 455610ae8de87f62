"""Who waits for whom: the lanes of short requests, and how many of each run at once.

Frigate answers its API with a handful of threads, and every request holds a connection.
Streams, such as MJPEG and downloads, have no lane: they never wait and nobody waits for
them.
"""

import asyncio
from collections.abc import Mapping
from enum import Enum, auto

from aiohttp import hdrs


class Lane(Enum):
    """What a short request is for, which decides whom it waits for."""

    COMMANDS = auto()
    """What changes something at the server, the login included."""
    POLLS = auto()
    """What asks for data."""
    PICTURES = auto()
    """The newest picture of a camera."""
    FILES = auto()
    """Pictures of the past, and what else is read at once and saved."""
    SLOW_CALLS = auto()
    """What makes Frigate compute before it answers, such as recognizing a face."""


QUEUES: tuple[tuple[int, frozenset[Lane]], ...] = (
    # How many run at once, and the lanes that share these places.
    (4, frozenset(Lane)),
)


class Lanes:
    """The lanes of one client."""

    def __init__(self) -> None:
        """Begin with every place free."""
        self._places: Mapping[Lane, asyncio.Semaphore] = {
            lane: places
            for number, lanes in QUEUES
            for places in (asyncio.Semaphore(number),)
            for lane in lanes
        }

    def place_in(self, lane: Lane) -> asyncio.Semaphore:
        """Return the context in which a request of a lane may run."""
        return self._places[lane]


def usual_lane(method: str) -> Lane:
    """Return the lane of a request whose caller has not named another."""
    return Lane.POLLS if method == hdrs.METH_GET else Lane.COMMANDS
