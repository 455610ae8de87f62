"""What a pushed message costs: from the WebSocket to the states of the entities."""

import asyncio
from collections.abc import Iterable
import gc
from time import perf_counter, process_time

from tests.fake_frigate import FakeFrigate
from tests.live.burst import Street

from .home import CAMERAS, REFERENCE, VERSION, Worker, home_assistant, until_told_to_end
from .table import Row

LIMIT = 1.5
BEAT = 0.2
SECONDS = 10.0
TICK = 0.005


async def work(url: str) -> dict[str, float]:
    """Return the seconds of work, and by how much the event loop was late at most."""
    async with home_assistant(url, with_all=False) as (hass, entry):
        if not entry.runtime_data.live.is_pushing:
            raise RuntimeError("Nothing is pushed")
        await hass.async_block_till_done(wait_background_tasks=False)
        gc.collect()
        gc.freeze()
        end = asyncio.Event()
        delay = asyncio.create_task(_longest_work(end))
        used = process_time()
        await until_told_to_end()
        used = process_time() - used
        end.set()
        return {"used": used, "longest": await delay}


async def _longest_work(end: asyncio.Event) -> float:
    """Return for how many seconds this process worked at most before the loop went on.

    What it had to wait for, on a machine that others use as well, is not its fault.
    """
    longest = 0.0
    while not end.is_set():
        used = process_time()
        await asyncio.sleep(TICK)
        longest = max(longest, process_time() - used)
    return longest


async def _play(frigate: FakeFrigate, street: Street) -> int:
    """Let a beat happen five times a second; return how many messages were pushed."""
    (listener,) = frigate.live_clients
    pushed, began = 0, perf_counter()
    for beat in range(1, round(SECONDS / BEAT) + 1):
        before = listener.waiting.qsize()
        street.beat()
        pushed += listener.waiting.qsize() - before
        await asyncio.sleep(began + beat * BEAT - perf_counter())
    return pushed


async def measure(cameras: Iterable[int] = CAMERAS) -> list[Row]:
    """Measure streets of several lengths."""
    costs: dict[int, tuple[float, float, float]] = {}
    for number in cameras:
        async with FakeFrigate(VERSION, number) as frigate:
            street = Street(frigate)
            worker = await Worker.start("push", frigate.internal_url)
            await worker.until_ready()
            pushed = await _play(frigate, street)
            result = await worker.result()
            cost = result["used"] / pushed * 1e6
            costs[number] = cost, pushed / SECONDS, result["longest"] * 1000
    reference = costs.get(REFERENCE, (None,))[0]
    return [
        Row(
            what="pushed message",
            scale=f"{number} cameras, {rate:.0f} a second",
            value=cost,
            unit="µs",
            reference=reference,
            against=f"of {REFERENCE} cameras",
            limit=LIMIT if number > REFERENCE else None,
        )
        for number, (cost, rate, _longest) in costs.items()
    ] + [
        Row(
            what="longest work at once while pushed",
            scale=f"{number} cameras",
            value=longest,
            unit="ms",
        )
        for number, (_cost, _rate, longest) in costs.items()
    ]
