"""Lanes: which short requests wait for each other, and how many run in parallel.

Streams, such as MJPEG and downloads, have no lane: they never wait, and nothing waits for
them.
"""

import asyncio
from collections.abc import Mapping
from enum import Enum, auto

from aiohttp import hdrs


class Lane(Enum):
    """The lane of a short request, by its purpose."""

    COMMANDS = auto()
    """Requests that change something at the server."""
    POLLS = auto()
    """Requests that read data."""
    PICTURES = auto()
    """The latest image of a camera."""
    FILES = auto()
    """Images of events and recordings."""
    SLOW_CALLS = auto()
    """Requests for which Frigate runs a model, such as face recognition."""


QUEUES: tuple[tuple[int, frozenset[Lane]], ...] = (
    # The number of requests in parallel, and the lanes that share it. With one queue for
    # all lanes, slow images also delay polls and commands.
    (4, frozenset(Lane)),
)


class Lanes:
    """The lanes of one client."""

    def __init__(self) -> None:
        """Begin with all places free."""
        self._places: Mapping[Lane, asyncio.Semaphore] = {
            lane: places
            for number, lanes in QUEUES
            for places in (asyncio.Semaphore(number),)
            for lane in lanes
        }

    def place_in(self, lane: Lane) -> asyncio.Semaphore:
        """Return the context manager that holds a place while a request runs."""
        return self._places[lane]


def usual_lane(method: str) -> Lane:
    """Return the lane of a request for which no other is given."""
    return Lane.POLLS if method == hdrs.METH_GET else Lane.COMMANDS
