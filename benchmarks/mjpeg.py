"""What it costs to pass an MJPEG stream on frame by frame, instead of its bytes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing, suppress
from time import process_time

import aiohttp
from aiohttp import web

from custom_components.frigate_http.aiofrigate import (
    Credentials,
    FrigateClient,
    jpeg_frames,
)

from .home import Worker
from .table import Row

VIEWERS = (1, 8, 64)
FRAMES = 3000
"""Frames that all viewers get together."""
_JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 200
_PART = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n%b\r\n\r\n" % _JPEG


async def work(url: str, viewers: str) -> dict[str, float]:
    """Return the seconds of work for all frames, with the client and without it."""
    frames = FRAMES // int(viewers)
    async with aiohttp.ClientSession() as session:
        client = FrigateClient(session, url, Credentials())

        async def ours() -> None:
            async with (
                client.media.mjpeg("cam_01", fps=5, height=720) as stream,
                aclosing(jpeg_frames(stream)) as images,
            ):
                for _ in range(frames):
                    await anext(images)

        async def bare() -> None:
            left = frames * len(_PART)
            async with session.get(f"{url}/api/cam_01") as response:
                async for chunk in response.content.iter_any():
                    left -= len(chunk)
                    if left <= 0:
                        break

        async def cost(call: Callable[[], Awaitable[None]]) -> float:
            used = process_time()
            await asyncio.gather(*(call() for _ in range(int(viewers))))
            return process_time() - used

        await cost(bare)
        return {"bare": await cost(bare), "ours": await cost(ours)}


async def _stream(request: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_type = "multipart/x-mixed-replace;boundary=frame"
    await response.prepare(request)
    # Until the viewer leaves.
    with suppress(ConnectionError):
        while True:
            await response.write(_PART)
    return response


async def measure(viewers: Iterable[int] = VIEWERS) -> list[Row]:
    """Measure several numbers of viewers; each watches a stream of its own."""
    runner = web.ServerRunner(web.Server(_stream))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    rows: list[Row] = []
    for number in viewers:
        worker = await Worker.start("mjpeg", url, number)
        result = await worker.result()
        rows.append(
            Row(
                what="MJPEG frame",
                scale=f"{number} viewers, {len(_JPEG) / 1000:.0f} kB a frame",
                value=result["ours"] / FRAMES * 1e6,
                unit="µs",
                reference=result["bare"] / FRAMES * 1e6,
                against="as bytes",
            )
        )
    await runner.cleanup()
    return rows
