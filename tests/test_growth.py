"""How the work grows with the number of cameras: in proportion, whatever is done.

Not the time is measured, which differs from run to run, but how many instructions of the
integration Python executes.
"""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
import sys
from types import CodeType
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http import const
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate

pytestmark = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")

SIZES = (4, 8, 16)
INTEGRATION = str(Path(const.__file__).parent)
TOOL = 5
"""One of the numbers of `sys.monitoring` that no profiler and no debugger uses."""


@dataclass
class Work:
    """What was done meanwhile."""

    instructions: int = 0
    walks: int = 0
    """How often the whole registry of the entry was walked."""


@contextmanager
def counted() -> Generator[Work]:
    """Count what the integration does."""
    work, events, walk = (
        Work(),
        sys.monitoring.events,
        er.async_entries_for_config_entry,
    )

    def count(code: CodeType, _offset: int) -> object:
        if not code.co_filename.startswith(INTEGRATION):
            return sys.monitoring.DISABLE
        work.instructions += 1
        return None

    def count_walk(
        registry: er.EntityRegistry, entry_id: str
    ) -> list[er.RegistryEntry]:
        work.walks += 1
        return walk(registry, entry_id)

    sys.monitoring.use_tool_id(TOOL, __name__)
    sys.monitoring.register_callback(TOOL, events.INSTRUCTION, count)
    sys.monitoring.set_events(TOOL, events.INSTRUCTION)
    try:
        with patch.object(er, "async_entries_for_config_entry", count_walk):
            yield work
    finally:
        sys.monitoring.set_events(TOOL, events.NO_EVENTS)
        sys.monitoring.free_tool_id(TOOL)
        sys.monitoring.restart_events()


@asynccontextmanager
async def street(cameras: int) -> AsyncGenerator[FakeFrigate]:
    """Run a server whose cameras have zones, labels and sounds."""
    async with FakeFrigate("0.18", cameras) as frigate:
        for name, camera in frigate.state.cameras.items():
            camera.labels = ["person", "car", "dog"]
            camera.audio, camera.audio_labels = True, ["bark", "speech"]
            for zone in ("drive", "lawn"):
                frigate.add_zone(name, zone, labels=())
        yield frigate


async def read_configuration(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """Read the configuration, a moment after the last time."""
    freezer.tick(1)
    await entry.runtime_data.server.async_refresh_config()
    await hass.async_block_till_done(wait_background_tasks=True)


def assert_in_proportion(work: list[Work]) -> None:
    """Assert that of twice as many more cameras comes twice as much more work."""
    few, more, many = (one.instructions for one in work)
    assert 1000 < few < more
    assert (many - more) / (more - few) < 2.2


async def test_setup_and_reads_of_the_configuration_grow_with_the_cameras(
    hass: HomeAssistant, socket_enabled: None, freezer: FrozenDateTimeFactory
) -> None:
    setups, reads, losses = list[Work](), list[Work](), list[Work]()
    for cameras in SIZES:
        async with street(cameras) as frigate:
            with counted() as setup:
                entry = await set_up(hass, make_entry(frigate.internal_url))
            setups.append(setup)
            registered = _registered(hass, entry)
            assert len(registered) > cameras * 50

            once_more = list[Work]()
            for _ in range(3):
                with counted() as read:
                    await read_configuration(hass, entry, freezer)
                once_more.append(read)
            # In the others, Frigate may still be pushing what it pushes at first.
            reads.append(min(once_more, key=lambda one: one.instructions))

            # Half of what there is goes.
            for camera in frigate.state.cameras.values():
                camera.labels = ["person"]
                camera.zones.clear()
            await read_configuration(hass, entry, freezer)
            with counted() as loss:
                await read_configuration(hass, entry, freezer)
            losses.append(loss)
            assert len(_registered(hass, entry)) < len(registered) / 1.5
            await hass.config_entries.async_unload(entry.entry_id)
    assert_in_proportion(setups)
    assert_in_proportion(reads)
    assert_in_proportion(losses)
    assert [one.walks for one in reads] == [0, 0, 0]


def _registered(hass: HomeAssistant, entry: MockConfigEntry) -> list[er.RegistryEntry]:
    return er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
