"""What many still images at once take, and what they do to polls and commands."""

import asyncio
from collections.abc import Awaitable, Callable
from statistics import median
from time import perf_counter

import aiohttp
from aiohttp import web

from custom_components.frigate_http.aiofrigate import Credentials, FrigateClient
from tests.fake_frigate import FakeFrigate, Fault

from .home import VERSION
from .table import Row

IMAGES = 48
LATENCY = 0.3
REPEATS = 20
LIMIT_AT_ONCE = 1.2
LIMIT_BESIDE = 1.1
CAMERA = "cam_01"
_JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40_000


async def _answer(_request: web.BaseRequest) -> web.Response:
    await asyncio.sleep(LATENCY)
    return web.Response(body=_JPEG, content_type="image/jpeg")


async def _at_once() -> Row:
    """Fetch 48 images from a server that takes 300 ms for each."""
    runner = web.ServerRunner(web.Server(_answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as session:
        client = FrigateClient(session, url, Credentials())

        async def bare(number: int) -> None:
            target = f"{url}/api/cam_{number}/latest.jpg"
            async with session.get(target) as response:
                await response.read()

        async def ours(number: int) -> None:
            await client.media.latest_image(f"cam_{number}")

        async def all_of(call: Callable[[int], Awaitable[None]]) -> float:
            began = perf_counter()
            await asyncio.gather(*(call(number) for number in range(IMAGES)))
            return (perf_counter() - began) * 1000

        # The first round opens the connections.
        await all_of(bare)
        reference, value = await all_of(bare), await all_of(ours)
    await runner.cleanup()
    return Row(
        what="still images at once",
        scale=f"{IMAGES} images of {LATENCY * 1000:.0f} ms",
        value=value,
        unit="ms",
        reference=reference,
        against="with aiohttp alone",
        limit=LIMIT_AT_ONCE,
    )


async def _median(call: Callable[[], Awaitable[object]]) -> float:
    took: list[float] = []
    for _ in range(REPEATS):
        began = perf_counter()
        await call()
        took.append((perf_counter() - began) * 1000)
    return median(took)


async def _beside() -> list[Row]:
    """Send a poll and a command while 48 images stall."""
    async with (
        FakeFrigate(VERSION, 1) as frigate,
        aiohttp.ClientSession() as session,
    ):
        client = FrigateClient(session, frigate.internal_url, Credentials())
        event = frigate.add_event(CAMERA).id

        async def poll() -> None:
            await client.system.stats(fresh=True)

        async def command() -> None:
            await client.events.set_sub_label(event, "Ana")

        calls = {"poll": poll, "command": command}
        # Both ways once, so that the first one does not pay for what is made once.
        await asyncio.gather(*(call() for call in calls.values()))
        alone = {name: await _median(call) for name, call in calls.items()}
        frigate.fail(f"/api/{CAMERA}/latest.jpg", Fault.stall())
        before = len(frigate.requests)
        images = [
            asyncio.create_task(client.media.latest_image(CAMERA))
            for _ in range(IMAGES)
        ]
        await frigate.wait_for_requests(before + IMAGES)
        beside = {name: await _median(call) for name, call in calls.items()}
        for image in images:
            image.cancel()
        await asyncio.gather(*images, return_exceptions=True)
        frigate.clear_faults()
    return [
        Row(
            what=f"{name} beside stalled images",
            scale=f"{IMAGES} images",
            value=beside[name],
            unit="ms",
            reference=alone[name],
            against="alone",
            limit=LIMIT_BESIDE,
        )
        for name in calls
    ]


async def measure() -> list[Row]:
    """Measure still images."""
    return [await _at_once(), *await _beside()]
