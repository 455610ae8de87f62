"""Waiting for something, with an end."""

import asyncio
from collections.abc import Awaitable, Callable
import time

from . import DemoError

_PAUSE = 0.2


async def until[T](
    what: str, seconds: float, probe: Callable[[], Awaitable[T | None]]
) -> T:
    """Ask until the answer is something; fail with `what` when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        if (found := await probe()) is not None:
            return found
        if time.monotonic() > deadline:
            raise DemoError(f"Waited {seconds:.0f} seconds in vain for {what}.")
        await asyncio.sleep(_PAUSE)
