"""Calls that wait while a stopped clock is moved on."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from freezegun.api import FrozenDateTimeFactory

from tests.fake_frigate.threads import threads_are_idle

MOST_STEPS = 400


async def turns(number: int = 400) -> None:
    """Let everything that can go on do so; a frozen clock stops nothing of it."""
    for _ in range(number):
        await asyncio.sleep(0)


async def all_waits() -> None:
    """Let everything go on until it waits for time, work in threads included."""
    await turns()
    while not await threads_are_idle():
        await turns()


async def in_time[T](
    freezer: FrozenDateTimeFactory,
    call: Coroutine[Any, Any, T],
    step: float = 1,
    meanwhile: Mapping[float, Callable[[], None]] | None = None,
) -> tuple[T, float]:
    """Return what a call comes to, and how many seconds it took by the stopped clock.

    `meanwhile` says what happens after how many seconds.
    """
    task = asyncio.ensure_future(call)
    for number in range(MOST_STEPS):
        await all_waits()
        if task.done():
            return await task, number * step
        if (happen := (meanwhile or {}).get(number * step)) is not None:
            happen()
        freezer.tick(step)
    task.cancel()
    raise TimeoutError
