"""Measure what downloads cost: `python -m tests.downloads.benchmark`.

The fake Frigate runs in this process, and what downloads in another one, whose memory is
measured.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
import re
import sys
import tempfile
from time import perf_counter

import aiohttp

from custom_components.frigate_http.aiofrigate import Credentials, FrigateClient
from custom_components.frigate_http.downloads.clip import ClipJob
from custom_components.frigate_http.downloads.job import Download, Job
from custom_components.frigate_http.downloads.jobs import ExportJob
from custom_components.frigate_http.periods import Period
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.recording_files import NOISE

CAMERA = "front_door"
CHUNK_DURATION = 60.0
WARM_UP = 10.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmark", description=__doc__)
    parser.add_argument("--clip", type=int, default=150, help="seconds, of 2 MB each")
    parser.add_argument("--export", type=int, default=1000, help="likewise; 0: none")
    parser.add_argument("--work", nargs=4, help="url, export, start, end: download")
    return parser.parse_args()


def _memory(field: str) -> float:
    """Return a figure of the process's memory in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"{field}:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


async def _measured(what: str, job: Job, folder: Path) -> None:
    download = Download(
        target=folder / f"{what}.mp4",
        overwrite=False,
        workspace=folder,
        report=lambda: None,
    )
    # Written to that file, a five makes the kernel forget the peak so far.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    idle, begin = _memory("VmRSS"), perf_counter()
    await job.async_prepare()
    await job.async_fetch(download)
    seconds, peak = perf_counter() - begin, _memory("VmHWM")
    size = sum(output_file.bytes for output_file in download.output_files) / 10**6
    sys.stdout.write(
        f"{what} of {size:.0f} MB: {seconds:.1f} s, peak {peak:.0f} MiB, "
        f"{peak - idle:.1f} above idle\n"
    )
    sys.stdout.flush()
    for output_file in download.output_files:
        output_file.source.unlink()


async def _download(url: str, export_id: str, start: float, end: float) -> None:
    """Download a clip, and an export if there is one."""
    with tempfile.TemporaryDirectory() as name:
        hass = HomeAssistant(name)
        async with aiohttp.ClientSession() as session:
            client = FrigateClient(session, url, Credentials())

            def clip(period: Period) -> ClipJob:
                return ClipJob(
                    hass=hass,
                    client=client,
                    camera=CAMERA,
                    period=period,
                    chunk_duration=CHUNK_DURATION,
                    join=True,
                )

            folder = Path(name)
            await _measured("warm-up", clip(Period(start, start + WARM_UP)), folder)
            await _measured("clip", clip(Period(start, end)), folder)
            for export in await client.exports.list():
                if export.id == export_id:
                    job = ExportJob(
                        hass=hass,
                        client=client,
                        export_id=export.id,
                        wait_until_finished=_known(export),
                    )
                    await _measured("export", job, folder)
        await hass.async_stop(force=True)


def _known[T](value: T) -> Callable[[], Awaitable[T]]:
    async def wait_until_finished() -> T:
        return value

    return wait_until_finished


async def _serve(arguments: argparse.Namespace) -> None:
    async with FakeFrigate() as frigate:
        frigate.show(CAMERA, NOISE)
        end = float(int(frigate.state.clock()) - 100)
        export_id = ""
        if length := arguments.export:
            export_id = frigate.add_export(CAMERA, end - length, end).id
        work = (frigate.internal_url, export_id, str(end - arguments.clip), str(end))
        command = (sys.executable, "-m", "tests.downloads.benchmark", "--work", *work)
        process = await asyncio.create_subprocess_exec(*command)
        await process.wait()


def main() -> None:
    """Run the fake Frigate, or the downloads in a process of their own."""
    arguments = _arguments()
    if arguments.work:
        url, export_id, start, end = arguments.work
        asyncio.run(_download(url, export_id, float(start), float(end)))
    else:
        asyncio.run(_serve(arguments))


if __name__ == "__main__":
    main()
