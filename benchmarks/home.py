"""A Home Assistant in a process of its own, which a benchmark measures.

The fake Frigate runs in the process of the benchmark, so that its work is not counted.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
import contextlib
import importlib
import json
from pathlib import Path
import socket
import sys
import tempfile
from typing import Self
from unittest.mock import PropertyMock, patch

# Before the plugin, which imports what it replaces.
import tests.plugin_shims  # noqa: F401  (isort: skip)
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate

CAMERAS = (1, 8, 64, 128)
REFERENCE = 8
"""The cameras of a usual home, with which the others are compared."""
VERSION = "0.18"
LABELS = ["person", "car", "dog"]
SOUNDS = ["bark", "scream", "speech"]
ZONES = ("drive", "lawn")
READY = "ready"


def furnish(frigate: FakeFrigate) -> None:
    """Let each camera have labels, sounds and zones, as those of a home do."""
    for name, camera in frigate.state.cameras.items():
        camera.labels, camera.lpr = LABELS, True
        camera.audio, camera.audio_labels = True, SOUNDS
        for zone in ZONES:
            frigate.add_zone(name, zone, labels=())


@contextlib.asynccontextmanager
async def home_assistant(
    url: str, *, with_all: bool = True
) -> AsyncGenerator[tuple[HomeAssistant, MockConfigEntry]]:
    """Start Home Assistant with a server, and with every entity enabled if wanted."""
    enabled = patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        new_callable=PropertyMock(return_value=True),
    )
    with tempfile.TemporaryDirectory() as folder:
        async with async_test_home_assistant(config_dir=folder) as hass:
            del hass.data[DATA_CUSTOM_COMPONENTS]
            frame.async_setup(hass)
            # The usual port may be taken.
            http = {"server_host": ["127.0.0.1"], "server_port": _free_port()}
            await async_setup_component(hass, "http", {"http": http})
            with enabled if with_all else contextlib.nullcontext():
                entry = await set_up(hass, make_entry(url))
                if entry.state is not ConfigEntryState.LOADED:
                    raise RuntimeError(f"The setup failed: {entry.reason}")
                yield hass, entry
            await hass.async_stop(force=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class Worker:
    """Another process, in which the function `work` of a benchmark runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Wrap a process that was started."""
        self._process = process

    @classmethod
    async def start(cls, name: str, *arguments: object) -> Self:
        """Start `work` of a module, with its arguments as texts."""
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "benchmarks.home", name),
                *map(str, arguments),
                cwd=Path(__file__).parents[1],
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        )

    async def until_ready(self) -> dict[str, str]:
        """Wait until it begins to measure; return what it tells then."""
        if self._process.stdout is None:
            raise RuntimeError("The worker has no output")
        line = (await self._process.stdout.readline()).decode()
        if not line.startswith(READY):
            raise RuntimeError("The worker has failed")
        told: dict[str, str] = json.loads(line.removeprefix(READY))
        return told

    async def ask(self, question: str) -> dict[str, str]:
        """Ask one that is ready a question; return what it tells."""
        if self._process.stdin is None:
            raise RuntimeError("The worker has no input")
        self._process.stdin.write(f"{question}\n".encode())
        return await self.until_ready()

    async def result(self) -> dict[str, float]:
        """Let it end, and return what it has measured."""
        output, _ = await self._process.communicate(b"\n")
        if self._process.returncode:
            raise RuntimeError("The worker has failed")
        result: dict[str, float] = json.loads(output)
        return result


async def until_told_to_end(**told: str) -> str:
    """Say that the measurement begins, and wait for its end; called by `work`.

    Returns:
        the question of `Worker.ask`; nothing at the end.
    """
    _say(f"{READY} {json.dumps(told)}")
    question: str = await asyncio.to_thread(sys.stdin.readline)
    return question.strip()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Run `work` of a module, and print what it has measured."""
    name, *arguments = sys.argv[1:]
    work = importlib.import_module(f"benchmarks.{name}").work
    result: Mapping[str, float] = asyncio.run(work(*arguments))
    _say(json.dumps(result))


if __name__ == "__main__":
    main()
