"""What it costs to relay live video, beside a bare copy of its packets, and how late it is.

The fake Frigate runs in this process, the relay in another one, and those who read the live
streams in a third one.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
import gc
from pathlib import Path
from statistics import median, quantiles
import tempfile
from time import monotonic, process_time, thread_time

# Before the plugin, which imports what it replaces.
import tests.plugin_shims  # noqa: F401  (isort: skip)
import aiohttp
from aiohttp import web
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.frigate_http.connection import async_create_client
from custom_components.frigate_http.relay.relay import Relay
from homeassistant.setup import async_setup_component
from tests.conftest import make_entry
from tests.fake_frigate import FakeFrigate

from .bare_hls import QUESTION
from .clip import forget_peak, memory_used
from .home import VERSION, Worker, until_told_to_end
from .live_source import MAIN, SUBSTREAM, Camera, Reader, Sender, messages, remux
from .table import Row

STREAMS = (1, 16)
SECONDS = 20
REPEATS = 5
LIVE_SECONDS = 15
SETTLING = 3
"""Seconds before a measurement in real time."""
CPU_LIMIT = 3.0
DELAY = 300.0
"""Milliseconds from the socket to the reader."""
LAG = 50.0
"""Milliseconds of work for which the event loop may be kept busy at once."""
MEMORY = 10.0
"""MiB for a viewer who reads hardly anything."""
SLOW_RATE = 1000
"""Bytes a second of such a viewer."""
READERS = 20
_BEAT = 0.01


async def work(what: str, *arguments: str) -> dict[str, float]:
    """Do one part of it.

    Args:
        what: `relay`, `bare` to pass on the messages as they are, or `read`.
        arguments: the URL of the server and the cameras, or the URLs of the streams.
    """
    if what == "read":
        return await _read(arguments)
    url, *cameras = arguments
    if what == "bare":
        async with _passing_on(url) as site:
            await _answer({name: f"{site}/{name}" for name in cameras})
        return {}
    with tempfile.TemporaryDirectory() as folder:
        async with async_test_home_assistant(config_dir=folder) as hass:
            # Sessions ask it which addresses there are.
            await async_setup_component(hass, "network", {})
            entry = make_entry(url)
            entry.add_to_hass(hass)
            client = async_create_client(hass, entry.data)
            relay = Relay(hass, entry, client)
            await relay.async_start()
            relay.serve({name: name for name in cameras})
            urls = {name: relay.url_of(name) for name in cameras}
            gc.collect()
            gc.freeze()
            await _answer(urls)
            await relay.async_close()
            client.close()
            await hass.async_stop(force=True)
    return {}


@asynccontextmanager
async def _passing_on(url: str) -> AsyncGenerator[str]:
    """Run the least that passes on what the sockets bring; yields its URL."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        source = f"{url}/live/mse/api/ws?src={request.path.strip('/')}"
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            async with session.ws_connect(source, max_msg_size=0) as video:
                await video.send_str(QUESTION)
                async for message in video:
                    if message.type is aiohttp.WSMsgType.BINARY:
                        await response.write(message.data)
        return response

    async with aiohttp.ClientSession() as session:
        runner = web.ServerRunner(web.Server(answer))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()


async def _answer(told: Mapping[str, str]) -> None:
    """Tell of this process what is asked for, until the end."""
    lags: list[float] = []
    watch: asyncio.Task[None] | None = None
    while question := await until_told_to_end(**told):
        lag = max(lags, default=0.0)
        figures = {
            "cpu": process_time(),
            "memory": memory_used("VmRSS"),
            "peak": memory_used("VmHWM"),
            "lag": lag * 1000,
        }
        told = {key: str(value) for key, value in figures.items()}
        lags.clear()
        forget_peak()
        if question == "watch" and watch is None:
            watch = asyncio.create_task(_note_lags(lags))
    if watch is not None:
        watch.cancel()


async def _note_lags(lags: list[float]) -> None:
    """Note for how long the event loop worked at once, whatever else the machine did."""
    used = thread_time()
    while True:
        await asyncio.sleep(_BEAT)
        used, before = thread_time(), used
        lags.append(used - before)


async def _read(urls: Sequence[str]) -> dict[str, float]:
    """Read streams until told to end; return how late they were, in milliseconds."""
    readers = [Reader(url) for url in urls]
    tasks = [asyncio.create_task(one.read()) for one in readers]
    while await until_told_to_end():
        for one in readers:
            one.delays.clear()
    for task in tasks:
        task.cancel()
    delays = [delay for one in readers for delay in one.delays]
    return {
        "median": median(delays) * 1000,
        "late": quantiles(delays, n=100)[-1] * 1000,
        "lost": sum(one.lost for one in readers),
        "frames": len(delays),
    }


class _Setup:
    """A fake Frigate, and a process with a relay of its streams."""

    def __init__(self, frigate: FakeFrigate, camera: Camera, worker: Worker) -> None:
        self._worker = worker
        self._frigate = frigate
        self.urls: list[str] = []
        self.senders = {
            name: Sender(frigate.go2rtc.streams[name], camera)
            for name in frigate.state.cameras
        }

    async def begin(self) -> None:
        """Wait until the relay can be read."""
        told = await self._worker.until_ready()
        self.urls = [told[name] for name in self.senders]

    async def ask(self, question: str = "figures") -> dict[str, float]:
        """Return the figures of the process, those of peaks since the last time."""
        told = await self._worker.ask(question)
        return {key: float(value) for key, value in told.items()}

    async def until_read(self) -> None:
        """Wait until the relay reads all streams."""
        for name in self.senders:
            await self._frigate.go2rtc.wait_for_playing(name, 1)

    async def send_live(self, seconds: float) -> None:
        """Let all cameras send in real time, not all of them a keyframe at once."""
        begin = monotonic() + 0.1
        await asyncio.gather(
            *(
                sender.send(seconds, begin=begin + index / len(self.senders))
                for index, sender in enumerate(self.senders.values())
            )
        )


@asynccontextmanager
async def _relayed(
    streams: int, camera: Camera, what: str = "relay"
) -> AsyncGenerator[_Setup]:
    async with FakeFrigate(VERSION, streams) as frigate:
        for name in frigate.state.cameras:
            if name not in frigate.go2rtc.streams:
                frigate.go2rtc.add(name)
            frigate.go2rtc.streams[name].source = camera.source
        worker = await Worker.start(
            "relay", what, frigate.internal_url, *frigate.state.cameras
        )
        setup = _Setup(frigate, camera, worker)
        await setup.begin()
        yield setup
        await worker.result()


async def measure() -> list[Row]:
    """Measure the work, the delay, and the memory."""
    rows = [await _fast(camera) for camera in (MAIN, SUBSTREAM)]
    for streams in STREAMS:
        rows += await _live(streams, MAIN)
    rows += await _newcomer()
    return rows + await _memory()


async def _fast(camera: Camera) -> Row:
    """Measure the work for each packet, one second of video after the other."""
    content, packets = messages(camera, SECONDS)
    costs: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "live.mp4")
        await asyncio.to_thread(file.write_bytes, content)
        async with _relayed(1, camera) as setup:
            (sender,), (url,) = setup.senders.values(), setup.urls
            reader = Reader(url)
            task = asyncio.create_task(reader.read())
            await setup.until_read()
            for _ in range(REPEATS + 1):
                used = process_time()
                remux(file)
                bare = process_time() - used
                before = await setup.ask()
                for _ in range(SECONDS):
                    await sender.send(1)
                    await reader.until(sender.frames - 1)
                after = await setup.ask()
                costs.append((after["cpu"] - before["cpu"], bare))
            _none_lost(reader.lost)
            task.cancel()
    # The first round warms up.
    ours, alone = (median(one) for one in zip(*costs[1:], strict=True))
    return Row(
        what="relaying a packet",
        scale=camera.name,
        value=ours / packets * 1e6,
        unit="µs of CPU",
        reference=alone / packets * 1e6,
        against="copying it with PyAV",
        limit=CPU_LIMIT,
    )


async def _live(streams: int, camera: Camera) -> list[Row]:
    """Measure streams in real time, beside passing on their messages as they are."""
    bare, usual = await _live_cost(streams, camera, "bare")
    ours, seen = await _live_cost(streams, camera, "relay")
    _none_lost(seen["lost"])
    scale = f"{streams} of {camera.name}"
    return [
        Row(
            what="relaying live",
            scale=scale,
            value=ours * 1000,
            unit="ms of CPU a second",
            reference=bare * 1000,
            against="passing on its messages",
        ),
        _at_most("delay of half of the frames", scale, seen["median"], DELAY),
        Row(
            what="delay of 99 of 100 frames",
            scale=scale,
            value=seen["late"],
            unit="ms",
            reference=usual["late"],
            against="passing on its messages",
        ),
        _at_most("longest work at once", scale, seen["lag"], LAG),
    ]


async def _live_cost(
    streams: int, camera: Camera, what: str
) -> tuple[float, dict[str, float]]:
    """Return the seconds of CPU for a second of each stream, and what the readers saw."""
    async with _relayed(streams, camera, what) as setup:
        readers = await Worker.start("relay", "read", *setup.urls)
        await readers.until_ready()
        await setup.until_read()
        await setup.send_live(SETTLING)
        before = await setup.ask()
        await readers.ask("anew")
        await setup.send_live(LIVE_SECONDS)
        after = await setup.ask("watch")
        await setup.send_live(LIVE_SECONDS)
        lag = (await setup.ask())["lag"]
        seen = await readers.result()
    cpu = (after["cpu"] - before["cpu"]) / LIVE_SECONDS / streams
    return cpu, {**seen, "lag": lag}


async def _newcomer() -> list[Row]:
    """Measure what a second reader gets, who comes while the first one reads."""
    async with _relayed(1, MAIN) as setup:
        (url,), (sender,) = setup.urls, setup.senders.values()
        first = Reader(url)
        tasks = [asyncio.create_task(first.read())]
        await setup.until_read()
        firsts, caught_up = [], []
        sending = asyncio.create_task(setup.send_live(SETTLING + LIVE_SECONDS))
        await asyncio.sleep(SETTLING)
        first.delays.clear()
        while not sending.done():
            newcomer = Reader(url)
            task = asyncio.create_task(newcomer.read())
            await newcomer.until(0)
            firsts.append((monotonic() - newcomer.began) * 1000)
            await newcomer.until(sender.frames - 1)
            caught_up.append((monotonic() - newcomer.began) * 1000)
            await asyncio.sleep(0.37)
            _none_lost(newcomer.lost)
            task.cancel()
        for task in tasks:
            task.cancel()
    _none_lost(first.lost)
    scale = f"{len(firsts)} newcomers, {MAIN.name}"
    latest = max(first.delays) * 1000
    return [
        _at_most("first frame of a newcomer", scale, max(firsts), DELAY),
        _at_most("newest frame of a newcomer", scale, max(caught_up), DELAY),
        _at_most("latest frame beside newcomers", scale, latest, DELAY),
    ]


async def _memory() -> list[Row]:
    """Measure the memory of a slow viewer, and of many."""
    async with _relayed(1, MAIN) as setup:
        (url,) = setup.urls
        first = Reader(url)
        tasks = [asyncio.create_task(first.read())]
        await setup.until_read()
        await setup.send_live(12)
        await setup.ask()
        await setup.send_live(10)
        alone = (await setup.ask())["peak"]
        slow = asyncio.create_task(_read_slowly(url))
        await setup.send_live(LIVE_SECONDS)
        beside = (await setup.ask())["peak"]
        if slow.done():
            raise RuntimeError("The slow viewer has ended early")
        slow.cancel()
        others = [Reader(url) for _ in range(READERS - 1)]
        tasks += [asyncio.create_task(one.read()) for one in others]
        await setup.send_live(LIVE_SECONDS)
        many = (await setup.ask())["peak"]
        for task in tasks:
            task.cancel()
    _none_lost(sum(one.lost for one in (first, *others)))
    return [
        Row(
            what="memory for a slow viewer",
            scale=f"{SLOW_RATE / 1000:.0f} kB/s of {MAIN.name}",
            value=max(beside - alone, 0.0),
            unit="MiB",
            reference=MEMORY,
            against="at most",
            limit=1.0,
        ),
        Row(
            what="memory of the process",
            scale=f"{READERS} readers of {MAIN.name}",
            value=many,
            unit="MiB",
            reference=alone,
            against="with one reader",
        ),
    ]


async def _read_slowly(url: str) -> None:
    reader, writer = await Reader(url).open(buffer=4096)
    try:
        while True:
            await asyncio.gather(reader.readexactly(SLOW_RATE), asyncio.sleep(1))
    finally:
        writer.close()


def _at_most(what: str, scale: str, value: float, limit: float) -> Row:
    return Row(
        what=what,
        scale=scale,
        value=value,
        unit="ms",
        reference=limit,
        against="at most",
        limit=1.0,
    )


def _none_lost(number: float) -> None:
    if number:
        raise RuntimeError(f"A reader has lost {number:.0f} frames")
