"""What grows with the number of cameras: a poll, and a read of the configuration."""

from collections.abc import Awaitable, Callable, Iterable
import gc
from statistics import median
from time import thread_time

from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate

from .home import CAMERAS, REFERENCE, VERSION, Worker, furnish, home_assistant
from .table import Row

LIMIT = 20.0
"""How much more 128 cameras may cost than 8: a little more than in proportion."""
REPEATS = 5


async def work(url: str) -> dict[str, float]:
    """Return the milliseconds of the event loop that a poll and a read cost."""
    async with home_assistant(url) as (hass, entry):
        server = entry.runtime_data.server
        # What the setup has left is nothing to clean up later.
        gc.collect()
        gc.freeze()
        return {
            "poll": await _cost(hass, server.async_refresh_past_cache),
            "configuration": await _cost(hass, server.async_refresh_config),
            "entities": len(hass.states.async_all()),
        }


async def _cost(hass: HomeAssistant, call: Callable[[], Awaitable[None]]) -> float:
    costs: list[float] = []
    for _ in range(REPEATS + 1):
        began = thread_time()
        await call()
        await hass.async_block_till_done()
        costs.append((thread_time() - began) * 1000)
    # The first one warms up.
    return median(costs[1:])


async def measure(cameras: Iterable[int] = CAMERAS) -> list[Row]:
    """Measure each number of cameras, one after the other."""
    results: dict[int, dict[str, float]] = {}
    for number in cameras:
        async with FakeFrigate(VERSION, number) as frigate:
            furnish(frigate)
            worker = await Worker.start("growing", frigate.internal_url)
            results[number] = await worker.result()
    return [
        Row(
            what=what,
            scale=f"{number} cameras, {result['entities']:.0f} entities",
            value=result[key],
            unit="ms",
            reference=results.get(REFERENCE, {}).get(key),
            against=f"of {REFERENCE} cameras",
            limit=LIMIT if number == CAMERAS[-1] else None,
        )
        for key, what in (("poll", "poll"), ("configuration", "configuration"))
        for number, result in results.items()
    ]
