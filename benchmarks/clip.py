"""What saving a clip costs: CPU time against curl and ffmpeg, and memory.

The fake Frigate runs in this process. What downloads runs in another one, whose time and
memory are measured. Where ffmpeg is not installed, its library copies the packets instead.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
import re
import resource
import shutil
import tempfile

import aiohttp

from custom_components.frigate_http.aiofrigate import Credentials, FrigateClient
from custom_components.frigate_http.downloads.clip import ClipJob
from custom_components.frigate_http.downloads.job import Download, Job
from custom_components.frigate_http.downloads.jobs import ExportJob
from custom_components.frigate_http.periods import Period
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate

from .home import Worker
from .join import SCENE, remux
from .table import Row

CAMERA = "front_door"
CHUNK_DURATION = 60.0
MINUTES = (10, 60)
EXPORT_MINUTES = 10
WARM_UP = 10.0
CPU_LIMIT = 1.3
MEMORY_LIMIT = 32.0
"""MiB above what the process takes while it is idle."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a download has cost."""

    cpu: float
    """Seconds."""
    memory: float
    """The peak in MiB, above what was taken before."""
    n_bytes: float


def memory_used(field: str) -> float:
    """Return a figure of this process's memory in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"{field}:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def forget_peak() -> None:
    """Let the peak of the memory begin anew."""
    # Written to that file, a five makes the kernel forget the peak so far.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _cpu(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


async def _cost_of(job: Job, folder: Path) -> Cost:
    """Run a download, up to its finished files."""
    download = Download(
        target=folder / "target.mp4",
        overwrite=False,
        workspace=folder,
        report=lambda: None,
    )
    forget_peak()
    idle, began = memory_used("VmRSS"), _cpu(resource.RUSAGE_SELF)
    await job.async_prepare()
    await job.async_fetch(download)
    cpu, peak = _cpu(resource.RUSAGE_SELF) - began, memory_used("VmHWM")
    size = sum(each.bytes for each in download.output_files)
    for each in download.output_files:
        each.source.unlink()
    return Cost(cpu, peak - idle, size)


def _known[T](value: T) -> Callable[[], Awaitable[T]]:
    async def wait_until_finished() -> T:
        return value

    return wait_until_finished


async def work(
    url: str, end_at: str, duration: str, export_id: str = ""
) -> dict[str, float]:
    """Download a clip, or else an export, and return what it cost."""
    end, seconds = float(end_at), float(duration)
    async with AsyncExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        hass, folder = HomeAssistant(name), Path(name)
        client = FrigateClient(session, url, Credentials())

        def clip(length: float) -> ClipJob:
            return ClipJob(
                hass=hass,
                client=client,
                camera=CAMERA,
                period=Period(end - length, end),
                chunk_duration=CHUNK_DURATION,
                join=True,
            )

        # The first one loads PyAV and starts the threads.
        await _cost_of(clip(WARM_UP), folder)
        job: Job = clip(seconds)
        for export in await client.exports.list() if export_id else ():
            if export.id == export_id:
                job = ExportJob(
                    hass=hass,
                    client=client,
                    export_id=export_id,
                    wait_until_finished=_known(export),
                )
        cost = await _cost_of(job, folder)
        await hass.async_stop(force=True)
        return asdict(cost)


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command)
    if await process.wait():
        raise RuntimeError(f"{command[0]} has failed")


async def _measured(url: str, end: float, seconds: float, *export_id: str) -> Cost:
    """Return what a download costs in a process of its own."""
    worker = await Worker.start("clip", url, end, seconds, *export_id)
    return Cost(**await worker.result())


async def _reference(url: str, end: float, seconds: float) -> tuple[float, str]:
    """Return the CPU time of curl and ffmpeg for the same clip, and what was run."""
    ffmpeg, curl = shutil.which("ffmpeg"), shutil.which("curl")
    source = f"{url}/api/{CAMERA}/start/{end - seconds}/end/{end}/clip.mp4"
    with tempfile.TemporaryDirectory() as name:
        clip, copy = Path(name, "clip.mp4"), Path(name, "copy.mp4")
        if curl is None:
            raise RuntimeError("curl is needed for the comparison")
        began = _cpu(resource.RUSAGE_CHILDREN)
        await _run(curl, "-sSf", "-o", str(clip), source)
        if ffmpeg is not None:
            to_copy = ("-c", "copy", "-movflags", "+faststart")
            quiet = ("-nostdin", "-v", "error")
            await _run(ffmpeg, *quiet, "-i", str(clip), *to_copy, str(copy))
            return _cpu(resource.RUSAGE_CHILDREN) - began, "with curl and ffmpeg"
        fetched = _cpu(resource.RUSAGE_CHILDREN) - began
        # A process of its own would pay for its start, which is not what is compared.
        began = _cpu(resource.RUSAGE_SELF)
        await asyncio.to_thread(remux, clip, copy)
        copied = _cpu(resource.RUSAGE_SELF) - began
        return fetched + copied, "with curl and PyAV"


def _memory_row(what: str, scale: str, cost: Cost) -> Row:
    return Row(
        what=f"memory for {what}",
        scale=scale,
        value=cost.memory,
        unit="MiB",
        reference=MEMORY_LIMIT,
        against="at most",
        limit=1.0,
    )


async def measure(minutes: Sequence[int] = MINUTES) -> list[Row]:
    """Measure clips of some lengths, and an export."""
    rows: list[Row] = []
    async with FakeFrigate() as frigate:
        frigate.show(CAMERA, SCENE)
        url = frigate.internal_url
        end = float(int(frigate.state.clock()) - 100)
        frigate.state.footage.since = end - max(EXPORT_MINUTES, *minutes) * 60
        # The fake makes its files when they are first asked for.
        await _measured(url, end, WARM_UP)
        for length in minutes:
            cost = await _measured(url, end, length * 60)
            reference, against = await _reference(url, end, length * 60)
            scale = f"{length} min, {cost.n_bytes / 10**6:.0f} MB"
            rows += [
                Row(
                    what="saving a clip",
                    scale=scale,
                    value=cost.cpu,
                    unit="s of CPU",
                    reference=reference,
                    against=against,
                    limit=CPU_LIMIT,
                ),
                _memory_row("a clip", scale, cost),
            ]
        export = frigate.add_export(CAMERA, end - EXPORT_MINUTES * 60, end)
        cost = await _measured(url, end, 0, export.id)
        rows.append(_memory_row("an export", f"{cost.n_bytes / 10**6:.0f} MB", cost))
    return rows
