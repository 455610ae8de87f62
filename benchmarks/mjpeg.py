"""What it costs to pass MJPEG streams on, frame by frame and one for many viewers.

`frames` compares reading a stream as frames with reading its bytes, both with a client of one
process, and every viewer with a stream of its own.

`watch` compares our view in Home Assistant, which opens a stream of the server once, with
`serving.bare_proxy`: aiohttp alone, which opens one for each viewer and writes each chunk as it
arrives, without looking into it. Both run in the same process by turns, and only its CPU is
counted: the server sends frames at a steady pace from another process, and each viewer is a
`curl` whose output is cut after as many bytes as the frames have.

`slow` counts what viewers take who read 1 kB a second: the memory of the process and what the
system holds back for their connections.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
import itertools
import os
from pathlib import Path
import socket
from statistics import median
import struct
from time import perf_counter, process_time

import aiohttp
from aiohttp import web
from yarl import URL

from custom_components.frigate_http.aiofrigate import (
    Credentials,
    FrigateClient,
    jpeg_frames,
)
from custom_components.frigate_http.shared_mjpeg import LINGER
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.fake_frigate.cameras import MULTIPART

from .clip import forget_peak, memory_used
from .home import VERSION, Worker, home_assistant
from .serving import bare_proxy, serving
from .table import Row

CAMERA = "cam_01"
READERS = (1, 8, 64)
FRAMES = 3000
"""Frames that all readers get together."""
VIEWERS = (1, 8, 40)
PACE = 20
"""Frames a second while somebody watches."""
WATCHED = 60
"""Frames that each viewer gets."""
REPEATS = 3
SLOW_VIEWERS = 20
SLOW_SECONDS = 20
CPU_LIMIT = 1.2
SLOW_LIMIT = 10.0
"""MiB a viewer."""
_JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 200
_PART = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n%b\r\n\r\n" % _JPEG
_SO_MEMINFO, _WMEM_QUEUED = 55, 5
"""The option of a socket, and which of its numbers is what waits to be sent."""


async def work(url: str, what: str, number: str) -> dict[str, float]:
    """Return what a number of viewers costs; what is the name of the comparison."""
    works = {"frames": _frames, "watch": _watch, "slow": _slow}
    return await works[what](url, int(number))


async def _frames(url: str, readers: int) -> dict[str, float]:
    """Return the seconds of work for all frames, with the client and without it."""
    frames = FRAMES // readers
    async with aiohttp.ClientSession() as session:
        client = FrigateClient(session, url, Credentials())

        async def ours() -> None:
            async with (
                client.media.mjpeg(CAMERA, fps=5, height=720) as stream,
                aclosing(jpeg_frames(stream)) as images,
            ):
                for _ in range(frames):
                    await anext(images)

        async def bare() -> None:
            left = frames * len(_PART)
            async with session.get(f"{url}/api/{CAMERA}") as response:
                async for chunk in response.content.iter_any():
                    left -= len(chunk)
                    if left <= 0:
                        break

        async def cost(call: Callable[[], Awaitable[None]]) -> float:
            used = process_time()
            await asyncio.gather(*(call() for _ in range(readers)))
            return process_time() - used

        await cost(bare)
        return {"bare": await cost(bare), "ours": await cost(ours)}


async def _watch(url: str, viewers: int) -> dict[str, float]:
    """Return the seconds of CPU for the same frames, through our view and a bare proxy."""
    async with _views(url) as (ours, bare):

        async def cost(path: str) -> float:
            used = process_time()
            await _take(path, viewers)
            return process_time() - used

        # The first round opens the connection to the server.
        await cost(ours)
        own, alone = [], []
        for _ in range(REPEATS):
            # The stream of the round before is kept for a while.
            await asyncio.sleep(LINGER + 1)
            alone.append(await cost(bare))
            own.append(await cost(ours))
        return {"ours": median(own), "bare": median(alone)}


async def _slow(url: str, viewers: int) -> dict[str, float]:
    """Return the MiB that each viewer takes who reads 1 kB a second."""
    async with _views(url) as (ours, _bare):
        await _take(ours, 1)
        forget_peak()
        idle = memory_used("VmRSS")
        watching = asyncio.create_task(
            _shell(
                viewers,
                f"curl -sN --limit-rate 1000 -m {SLOW_SECONDS} '{ours}' | wc -c",
            )
        )
        await asyncio.sleep(SLOW_SECONDS - 1)
        queued = _queued(URL(ours).port)
        taken = memory_used("VmHWM") - idle
        await watching
        return {"process": taken / viewers, "system": queued / viewers / 2**20}


@asynccontextmanager
async def _views(url: str) -> AsyncGenerator[tuple[str, str]]:
    """Yield the URLs of a camera, in Home Assistant and in a bare proxy."""
    async with (
        home_assistant(url, with_all=False) as (hass, _entry),
        serving(hass) as site,
        bare_proxy(url) as proxy,
    ):
        (state,) = hass.states.async_all("camera")
        token = state.attributes["access_token"]
        path = f"/api/camera_proxy_stream/{state.entity_id}?token={token}"
        yield f"{site.url}{path}", f"{proxy}/api/{CAMERA}"


async def _take(url: str, viewers: int) -> None:
    """Let viewers take as many bytes as their frames have."""
    size = WATCHED * len(_PART)
    output = await _shell(viewers, f"curl -sN '{url}' | head -c {size} | wc -c")
    if [*map(int, output.split())] != [size] * viewers:
        raise RuntimeError(f"Of {size} bytes came {output}")


async def _shell(number: int, command: str) -> str:
    """Run a command several times at once; return what all have written."""
    script = f"for one in $(seq {number}); do ({command}) & done; wait"
    process = await asyncio.create_subprocess_shell(
        script, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return output.decode()


def _queued(port: int | None) -> int:
    """Return how many bytes the system holds back at a port of this process."""
    total = 0
    for file in Path("/proc/self/fd").iterdir():
        with suppress(OSError), socket.socket(fileno=os.dup(int(file.name))) as one:
            if one.family == socket.AF_INET and one.getsockname()[1] == port:
                numbers = one.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 36)
                total += struct.unpack("9I", numbers)[_WMEM_QUEUED]
    return total


async def _stream(request: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_type = "multipart/x-mixed-replace;boundary=frame"
    await response.prepare(request)
    # Until the viewer leaves.
    with suppress(ConnectionError):
        while True:
            await response.write(_PART)
    return response


async def _at_a_pace() -> AsyncGenerator[bytes]:
    began = perf_counter()
    for number in itertools.count(1):
        yield _PART
        await asyncio.sleep(began + number / PACE - perf_counter())


async def measure() -> list[Row]:
    """Measure several numbers of viewers."""
    return [*await _measure_frames(), *await _measure_viewers()]


async def _measure_frames() -> list[Row]:
    runner = web.ServerRunner(web.Server(_stream))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    rows: list[Row] = []
    for number in READERS:
        worker = await Worker.start("mjpeg", url, "frames", number)
        result = await worker.result()
        rows.append(
            Row(
                what="MJPEG frame",
                scale=f"{number} readers, {len(_JPEG) / 1000:.0f} kB a frame",
                value=result["ours"] / FRAMES * 1e6,
                unit="µs",
                reference=result["bare"] / FRAMES * 1e6,
                against="as bytes",
            )
        )
    await runner.cleanup()
    return rows


async def _measure_viewers() -> list[Row]:
    rows: list[Row] = []
    async with FakeFrigate(VERSION, 1) as frigate:
        stream = Answer(200, content_type=MULTIPART, stream=_at_a_pace, camera=CAMERA)
        frigate.fail(f"/api/{CAMERA}$", Fault("answer", stream))

        async def result(what: str, number: int) -> dict[str, float]:
            frigate.clear_requests()
            worker = await Worker.start("mjpeg", frigate.internal_url, what, number)
            return await worker.result()

        for number in VIEWERS:
            cost = await result("watch", number)
            rows.append(_watch_row(number, cost))
        # The proxy asks without saying how many frames it wants.
        asked = [one for one in frigate.requests if "fps" in one.query]
        rows.append(
            Row(
                what="streams from the server",
                scale=f"{number} viewers, {REPEATS + 1} times",
                value=len(asked) / (REPEATS + 1),
                unit="streams",
                reference=1,
                against="at most",
                limit=1.0,
            )
        )
        slow = await result("slow", SLOW_VIEWERS)
    rows.append(
        Row(
            what="memory for a slow viewer",
            scale=f"{SLOW_VIEWERS} viewers of 1 kB/s, {slow['system']:.2g} MiB by the system",
            value=slow["process"] + slow["system"],
            unit="MiB",
            reference=SLOW_LIMIT,
            against="at most",
            limit=1.0,
        )
    )
    return rows


def _watch_row(viewers: int, cost: dict[str, float]) -> Row:
    size = viewers * WATCHED * len(_PART) / 10**6
    return Row(
        what="watching MJPEG",
        scale=f"{viewers} viewers, {len(_JPEG) / 1000:.0f} kB a frame",
        value=cost["ours"] / size * 1000,
        unit="ms of CPU a MB",
        reference=cost["bare"] / size * 1000,
        against="with aiohttp alone",
        # Of a single viewer, nothing is shared that would make up for looking into frames.
        limit=CPU_LIMIT if viewers > 1 else None,
    )
