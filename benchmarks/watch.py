"""What it costs to watch video through our views, beside a bare proxy.

The fake Frigate runs in this process, what passes its video on in another one, and those who
watch are `curl`.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
import gc
from statistics import median
from time import perf_counter, process_time

import aiohttp
from yarl import URL

from custom_components.frigate_http.aiofrigate import Playlist
from custom_components.frigate_http.runtime import FrigateRuntime
from custom_components.frigate_http.view_urls import export_url, playlist_url
from tests.fake_frigate import FakeFrigate

from .clip import forget_peak, memory_used
from .home import VERSION, Worker, home_assistant
from .join import SCENE
from .serving import Site, bare_proxy, curl, files_of, serving
from .table import Row

CAMERA = "cam_01"
HOUR = 3600
MINUTES = 10
REPEATS = 9
PLAYLISTS = 100
VIEWERS = 10
RATE = 1_000_000
"""Bytes a second of a viewer: a sharp camera in real time."""
SECONDS = 10
BEAT = 0.25
SOURCE_RATE = 12_500_000
"""Bytes a second of the slow source, which are 100 Mbit/s."""
SLOW_BYTES = 60_000_000
CPU_LIMIT = 1.2
RATE_LIMIT = 1 / 0.95
PLAYLIST_LIMIT = 5.0
MEMORY_LIMIT = 2.0
"""MiB a viewer."""
WATCHED = {"export": "watching an export", "hls": "watching a recording"}
LATE = 1000.0
"""Milliseconds after which a poll is late; Home Assistant counts in whole seconds."""


async def work(url: str, what: str, export_id: str, end_at: str) -> dict[str, float]:
    """Return what watching costs.

    Args:
        url: the server.
        what: `work`, `viewers` or `time`.
        export_id: an export of the last minutes.
        end_at: when the recordings end, in seconds since the epoch.
    """
    async with (
        home_assistant(url, with_all=False) as (hass, entry),
        serving(hass) as site,
        bare_proxy(url) as proxy,
    ):
        runtime: FrigateRuntime = entry.runtime_data
        export = await runtime.client.exports.find(export_id)
        video = site.signed(export_url(entry.entry_id, export_id, "video.mp4"))
        file = f"/exports/{export.file}"
        gc.collect()
        gc.freeze()
        if what == "time":
            return await _times(video, f"{url}{file}")
        if what == "viewers":
            return await _viewers(runtime, video)
        hls = _Hls(site, entry.entry_id, float(end_at))
        segments = await hls.files(MINUTES * 60)
        bare = [f"{proxy}{hls.original(MINUTES * 60, one)}" for one in segments]
        return {
            **await _work_for("export", [video], [f"{proxy}{file}"]),
            **await _work_for("hls", segments, bare),
            **await _work_for_playlist(await hls.playlist(HOUR)),
        }


class _Hls:
    """The recordings up to a moment, as a player opens them."""

    def __init__(self, site: Site, entry_id: str, end: float) -> None:
        self._site = site
        self._entry_id = entry_id
        self._end = end

    async def playlist(self, seconds: float) -> str:
        """Return the URL of the playlist of segments."""
        playlist, _files = await self._open(seconds)
        return playlist

    async def files(self, seconds: float) -> list[str]:
        """Return the URLs of the segments, and of what they begin with."""
        _playlist, files = await self._open(seconds)
        return files

    def original(self, seconds: float, file: str) -> str:
        """Return the path at the server of what a URL stands for."""
        start, name = self._end - seconds, file.rpartition("/")[2]
        return f"/vod/{CAMERA}/start/{start}/end/{self._end}/{name}"

    async def _open(self, seconds: float) -> tuple[str, list[str]]:
        start, end = self._end - seconds, self._end
        path = playlist_url(self._entry_id, CAMERA, start, end)
        return await files_of(self._site.signed(path))


async def _work_for(
    what: str, ours: Sequence[str], bare: Sequence[str]
) -> dict[str, float]:
    """Return the seconds of CPU for the same files, through our view and a bare proxy."""
    # The first round opens the connections, and lets the fake make its files.
    sizes = [await curl(urls) for urls in (ours, bare)]
    if sizes[0] != sizes[1]:
        raise RuntimeError(f"Of {sizes[1]} bytes came {sizes[0]}")
    own, alone = await _cpu_of(lambda: curl(ours), lambda: curl(bare))
    return {what: own, f"{what}_bare": alone, f"{what}_bytes": sizes[0]}


async def _cpu_of(*calls: Callable[[], Awaitable[object]]) -> list[float]:
    """Return the seconds of CPU of each call, which are made by turns."""
    costs: list[list[float]] = [[] for _ in calls]
    for _ in range(REPEATS):
        for call, found in zip(calls, costs, strict=True):
            used = process_time()
            await call()
            found.append(process_time() - used)
    return [median(found) for found in costs]


async def _work_for_playlist(url: str) -> dict[str, float]:
    """Return the seconds of CPU for a playlist through our view, and for parsing it."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        text = await response.text()

    async def parse() -> None:
        for _ in range(PLAYLISTS):
            Playlist.parse(text)

    own, alone = await _cpu_of(lambda: curl([url] * PLAYLISTS), parse)
    return {
        "playlist": own / PLAYLISTS,
        "parse": alone / PLAYLISTS,
        "segments": text.count("#EXTINF:"),
    }


async def _viewers(runtime: FrigateRuntime, video: str) -> dict[str, float]:
    """Return what viewers take of memory, and what they do to polls, in milliseconds."""

    async def poll() -> None:
        await runtime.server.async_refresh_past_cache()

    # The first one warms up.
    await curl([video], "--range", "0-99999")
    alone = await _polls(poll)
    forget_peak()
    idle = memory_used("VmRSS")
    viewers = [
        asyncio.create_task(curl([video], "--limit-rate", str(RATE)))
        for _ in range(VIEWERS)
    ]
    beside = await _polls(poll)
    taken = memory_used("VmHWM") - idle
    if any(one.done() for one in viewers):
        raise RuntimeError("A viewer has ended early")
    for one in viewers:
        one.cancel()
    await asyncio.gather(*viewers, return_exceptions=True)
    return {
        "memory": taken / VIEWERS,
        "alone": median(alone),
        "beside": median(beside),
        "latest": max(beside),
    }


async def _polls(poll: Callable[[], Awaitable[None]]) -> list[float]:
    """Poll at a beat; return how many milliseconds after it each was done."""
    took: list[float] = []
    began = perf_counter()
    for number in range(round(SECONDS / BEAT)):
        due = began + number * BEAT
        await asyncio.sleep(due - perf_counter())
        await poll()
        took.append((perf_counter() - due) * 1000)
    return took


async def _times(video: str, bare: str) -> dict[str, float]:
    """Return the seconds for the beginning of a file, through our view and without it."""
    part = ("--range", f"0-{SLOW_BYTES - 1}")
    took: list[float] = []
    for url in (video, bare):
        began = perf_counter()
        await curl([url], *part)
        took.append(perf_counter() - began)
    return {"ours": took[0], "bare": took[1]}


@asynccontextmanager
async def _slowly(target: URL) -> AsyncGenerator[str]:
    """Forward to a server which then sends 100 Mbit/s; yields the URL."""

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        inner = await asyncio.open_connection(target.host, target.port)
        await asyncio.gather(pass_on(reader, inner[1]), pass_on(inner[0], writer))

    async def pass_on(reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(ConnectionError):
            began, sent = perf_counter(), 0
            while content := await reader.read(64 * 1024):
                writer.write(content)
                await writer.drain()
                sent += len(content)
                ahead = began + sent / SOURCE_RATE - perf_counter()
                if ahead < 0:
                    # What was not asked for in time is not made up for.
                    began -= ahead
                await asyncio.sleep(ahead)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close_clients()


async def measure() -> list[Row]:
    """Measure exports, HLS, and several viewers at once."""
    async with FakeFrigate(VERSION, 1) as frigate:
        frigate.show(CAMERA, SCENE)
        end = float(int(frigate.state.clock()) - 100)
        frigate.state.footage.since = end - HOUR
        export = frigate.add_export(CAMERA, end - MINUTES * 60, end)

        async def result(url: str, what: str) -> dict[str, float]:
            worker = await Worker.start("watch", url, what, export.id, end)
            return await worker.result()

        cost = await result(frigate.internal_url, "work")
        viewers = await result(frigate.internal_url, "viewers")
        async with _slowly(URL(frigate.internal_url)) as slow:
            time = await result(slow, "time")
    return [
        *(_work_row(key, what, cost) for key, what in WATCHED.items()),
        Row(
            what="playlist",
            scale=f"{cost['segments']:.0f} segments",
            value=cost["playlist"] * 1000,
            unit="ms of CPU",
            reference=cost["parse"] * 1000,
            against="for parsing it",
            limit=PLAYLIST_LIMIT,
        ),
        Row(
            what="passing on 100 Mbit/s",
            scale=f"{SLOW_BYTES / 10**6:.0f} MB",
            value=time["ours"],
            unit="s",
            reference=time["bare"],
            against="without us",
            limit=RATE_LIMIT,
        ),
        *_viewer_rows(viewers),
    ]


def _work_row(key: str, what: str, cost: dict[str, float]) -> Row:
    size = cost[f"{key}_bytes"] / 10**6
    return Row(
        what=what,
        scale=f"{MINUTES} min, {size:.0f} MB",
        value=cost[key] / size * 1000,
        unit="ms of CPU a MB",
        reference=cost[f"{key}_bare"] / size * 1000,
        against="with aiohttp alone",
        limit=CPU_LIMIT,
    )


def _viewer_rows(viewers: dict[str, float]) -> list[Row]:
    scale = f"{VIEWERS} viewers of {RATE * 8 / 10**6:.0f} Mbit/s"
    return [
        Row(
            what="memory for a viewer",
            scale=scale,
            value=viewers["memory"],
            unit="MiB",
            reference=MEMORY_LIMIT,
            against="at most",
            limit=1.0,
        ),
        Row(
            what="poll beside viewers",
            scale=scale,
            value=viewers["beside"],
            unit="ms",
            reference=viewers["alone"],
            against="alone",
        ),
        Row(
            what="latest poll beside viewers",
            scale=scale,
            value=viewers["latest"],
            unit="ms",
            reference=LATE,
            against="at most",
            limit=1.0,
        ),
    ]
