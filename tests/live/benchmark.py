"""Measure what a push costs: `python -m tests.live.benchmark`.

The fake Frigate runs in this process, and Home Assistant in another one, which is measured.
It has no recorder and no frontend: what is measured is the integration, and the core that
it writes its states to.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
import contextlib
import gc
from pathlib import Path
import sys
import tempfile
from time import perf_counter, process_time
from typing import Any
from unittest.mock import PropertyMock, patch

from pytest_homeassistant_custom_component.common import async_test_home_assistant

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate

from .burst import CAMERAS, Street

BEAT = 0.2
TICK = 0.005
READY, END = "ready", "end"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmark", description=__doc__)
    parser.add_argument("--cameras", type=int, default=CAMERAS)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument(
        "--all", action="store_true", help="also with what is off by default"
    )
    parser.add_argument("--silent", action="store_true", help="with nothing to push")
    parser.add_argument("--work", help="the address of a server: measure what it costs")
    return parser.parse_args()


async def _longest_delay(end: asyncio.Event) -> tuple[float, float]:
    """Return by how many seconds the loop was late at most, until the end.

    The second number is how many of them this process worked: what it had to wait for,
    on a machine that others use as well, is not its fault.
    """
    longest = (0.0, 0.0)
    while not end.is_set():
        due, used = perf_counter() + TICK, process_time()
        await asyncio.sleep(TICK)
        longest = max(longest, (perf_counter() - due, process_time() - used))
    return longest


class _Collector:
    """Notes the longest pause in which garbage is collected.

    Each state leaves some, as the core lets state, event and context hold on to each
    other.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self._began = 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._began = perf_counter()
        else:
            self.longest = max(self.longest, perf_counter() - self._began)


@contextlib.asynccontextmanager
async def _home_assistant(*, with_all: bool) -> AsyncGenerator[HomeAssistant]:
    switched_on = patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        new_callable=PropertyMock(return_value=True),
    )
    with tempfile.TemporaryDirectory() as folder:
        async with async_test_home_assistant(config_dir=folder) as hass:
            del hass.data[DATA_CUSTOM_COMPONENTS]
            with switched_on if with_all else contextlib.nullcontext():
                yield hass
            await hass.async_stop(force=True)


async def _measure(url: str, *, with_all: bool) -> None:
    """Say that all is ready, and measure until told to end."""
    async with _home_assistant(with_all=with_all) as hass:
        entry = await set_up(hass, make_entry(url))
        assert entry.runtime_data.live.is_pushing
        written = Counter[str]()

        @callback
        def note(event: Event[Any]) -> None:
            written[event.data["entity_id"]] += 1

        hass.bus.async_listen(EVENT_STATE_CHANGED, note)
        end = asyncio.Event()
        delay = asyncio.create_task(_longest_delay(end))
        collector = _Collector()
        began, used = perf_counter(), process_time()
        _say(READY)
        await asyncio.to_thread(sys.stdin.readline)
        seconds, used = perf_counter() - began, process_time() - used
        end.set()
        late, worked = await delay
        _say(
            f"{len(hass.states.async_all())} entities: "
            f"{used / seconds * 100:.1f} % of a core, "
            f"{written.total() / seconds:.0f} states a second, "
            f"event loop late by {late * 1000:.0f} ms at most "
            f"({worked * 1000:.0f} at work), "
            f"{collector.longest * 1000:.0f} ms of collecting garbage"
        )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _play(frigate: FakeFrigate, street: Street, seconds: float) -> int:
    """Let a beat happen five times a second; return how many messages were pushed."""
    (listener,) = frigate.live_clients
    pushed, began = 0, perf_counter()
    for beat in range(1, round(seconds / BEAT) + 1):
        before = listener.waiting.qsize()
        street.beat()
        pushed += listener.waiting.qsize() - before
        await asyncio.sleep(began + beat * BEAT - perf_counter())
    return pushed


async def _serve(arguments: argparse.Namespace) -> None:
    async with FakeFrigate("0.18", arguments.cameras) as frigate:
        street = Street(frigate)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.live.benchmark"),
            *("--work", frigate.internal_url, *(["--all"] if arguments.all else [])),
            cwd=Path(__file__).parents[2],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        assert (await process.stdout.readline()).decode().strip() == READY
        pushed, began = 0, perf_counter()
        if arguments.silent:
            await asyncio.sleep(arguments.seconds)
        else:
            pushed = await _play(frigate, street, arguments.seconds)
        _say(f"{pushed / (perf_counter() - began):.0f} messages a second")
        result, _ = await process.communicate(f"{END}\n".encode())
        _say(result.decode().strip())


def main() -> None:
    """Serve, or be measured in a process of its own."""
    arguments = _arguments()
    if arguments.work:
        asyncio.run(_measure(arguments.work, with_all=arguments.all))
    else:
        asyncio.run(_serve(arguments))


if __name__ == "__main__":
    main()
