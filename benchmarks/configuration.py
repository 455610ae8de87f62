"""Measure what a read of the configuration costs: `python -m benchmarks.configuration`.

The fake Frigate runs in this process, and Home Assistant in another one, which is measured:
it is set up with 1, 8, 64 and 128 cameras, all entities enabled, and reads the configuration
again and again, as it does every five minutes.
"""

import argparse
import asyncio
from collections.abc import AsyncGenerator, Iterable
import contextlib
from dataclasses import dataclass
import gc
from pathlib import Path
from statistics import median
import sys
import tempfile
from time import thread_time
from unittest.mock import PropertyMock, patch

# Before the plugin, which imports what it replaces.
import tests.plugin_shims  # noqa: F401  (isort: skip)
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate

from .table import Row, table

CAMERAS = (1, 8, 64, 128)
REFERENCE = 8
LIMIT = 20
"""How much more 128 cameras may cost than 8: a little more than in proportion."""
READS = 5
VERSION = "0.18"
LABELS = ["person", "car", "dog"]
SOUNDS = ["bark", "scream", "speech"]
ZONES = ("drive", "lawn")


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the configuration of some cameras costs."""

    cameras: int
    entities: int
    read: float
    """Milliseconds of the event loop for one read."""


@contextlib.asynccontextmanager
async def _home_assistant() -> AsyncGenerator[HomeAssistant]:
    enabled = patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        new_callable=PropertyMock(return_value=True),
    )
    with tempfile.TemporaryDirectory() as folder, enabled:
        async with async_test_home_assistant(config_dir=folder) as hass:
            del hass.data[DATA_CUSTOM_COMPONENTS]
            frame.async_setup(hass)
            yield hass
            await hass.async_stop(force=True)


async def _work(url: str, reads: int) -> None:
    """Set Home Assistant up, and print what it costs as numbers."""
    async with _home_assistant() as hass:
        entry = await set_up(hass, make_entry(url))
        if entry.state is not ConfigEntryState.LOADED:
            raise RuntimeError(f"The setup failed: {entry.reason}")
        server = entry.runtime_data.server
        costs = list[float]()
        # What the setup has left is nothing to clean up later.
        gc.collect()
        gc.freeze()
        for _ in range(reads + 1):
            began = thread_time()
            await server.async_refresh_config()
            await hass.async_block_till_done()
            costs.append((thread_time() - began) * 1000)
        # The first one warms up.
        read = median(costs[1:])
        sys.stdout.write(f"{len(hass.states.async_all())} {read}\n")


def _furnish(frigate: FakeFrigate) -> None:
    """Let each camera have labels, sounds and zones, as those of a home do."""
    for name, camera in frigate.state.cameras.items():
        camera.labels, camera.lpr = LABELS, True
        camera.audio, camera.audio_labels = True, SOUNDS
        for zone in ZONES:
            frigate.add_zone(name, zone, labels=())


async def async_measure(cameras: int, reads: int = READS) -> Measurement:
    """Measure one number of cameras, in a process of its own."""
    async with FakeFrigate(VERSION, cameras) as frigate:
        _furnish(frigate)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.configuration"),
            *("--work", frigate.internal_url, "--reads", str(reads)),
            cwd=Path(__file__).parents[1],
            stdout=asyncio.subprocess.PIPE,
        )
        result, _ = await process.communicate()
    entities, read = result.split()
    return Measurement(cameras, int(entities), float(read))


def rows(measured: Iterable[Measurement]) -> list[Row]:
    """Return the measurements, compared with that of a small house."""
    by_number = {one.cameras: one for one in measured}
    reference = by_number.get(REFERENCE)
    return [
        Row(
            what="read of the configuration",
            scale=f"{one.cameras} cameras, {one.entities} entities",
            value=one.read,
            unit="ms",
            reference=reference.read if reference else None,
            against=f"of {REFERENCE} cameras",
            limit=LIMIT if number == CAMERAS[-1] else None,
        )
        for number, one in by_number.items()
    ]


async def async_run(cameras: Iterable[int] = CAMERAS, reads: int = READS) -> list[Row]:
    """Measure each number of cameras, one after the other."""
    return rows([await async_measure(number, reads) for number in cameras])


def main() -> None:
    """Print the table, or be measured in a process of its own."""
    parser = argparse.ArgumentParser(prog="configuration", description=__doc__)
    parser.add_argument("--cameras", type=int, nargs="+", default=CAMERAS)
    parser.add_argument("--reads", type=int, default=READS)
    parser.add_argument("--work", help="the address of a server: measure what it costs")
    arguments = parser.parse_args()
    if arguments.work:
        asyncio.run(_work(arguments.work, arguments.reads))
        return
    found = asyncio.run(async_run(arguments.cameras, arguments.reads))
    sys.stdout.write(f"{table(found)}\n")


if __name__ == "__main__":
    main()
