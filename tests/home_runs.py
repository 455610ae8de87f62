"""Home Assistants one after the other, on the same files, of which each can be killed."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from copy import deepcopy
from typing import Any, override
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_test_home_assistant,
    mock_storage,
)

from homeassistant.bootstrap import DATA_REGISTRIES_LOADED
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    frame,
    issue_registry as ir,
    label_registry as lr,
    restore_state as rs,
)
from homeassistant.loader import DATA_CUSTOM_COMPONENTS

ENTRIES = "core.config_entries"
ENTITIES = "core.entity_registry"
DEVICES = "core.device_registry"
UNTIL_SAVED = 11
"""The seconds after which Home Assistant has saved everything that has changed."""


class Files(dict[str, Any]):
    """What is in the folder `.storage`, and every version that was written to it."""

    def __init__(self, content: Mapping[str, Any] | None = None) -> None:
        """Begin with these files."""
        super().__init__(deepcopy(dict(content or {})))
        self.written: list[tuple[str, Any]] = []
        self.is_writable = True

    @override
    def __setitem__(self, key: str, value: Any) -> None:
        """Write a file, unless the Home Assistant that does so is dead already."""
        if self.is_writable:
            self.written.append((key, deepcopy(value)))
            super().__setitem__(key, value)

    @override
    def copy(self) -> Files:
        """Return the files as they are now."""
        return Files(self)

    def having(self, changed: Mapping[str, Any]) -> Files:
        """Return the files with some of them changed."""
        return Files({**self, **changed})


@contextmanager
def saving_at_once() -> Iterator[None]:
    """Let Home Assistant save its config entries at once, and whoever waits see it soon."""
    with (
        patch("homeassistant.config_entries.SAVE_DELAY", 0),
        patch("custom_components.frigate_http.taking_over.saved._INTERVAL", 0.01),
    ):
        yield


@contextmanager
def saving_nothing() -> Iterator[None]:
    """Let Home Assistant not save its config entries for now, and nobody wait for that."""
    with (
        patch("homeassistant.config_entries.SAVE_DELAY", 3600),
        patch("custom_components.frigate_http.taking_over.saved._TIMEOUT", 0),
    ):
        yield


@asynccontextmanager
async def running_home_assistant(files: Files) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant on some files; when it ends it is killed, and writes no more."""
    with mock_storage(files):
        async with async_test_home_assistant(load_registries=False) as hass:
            frame.async_setup(hass)
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            await _load(hass)
            try:
                yield hass
            finally:
                files.is_writable = False
                await _end(hass)


async def _load(hass: HomeAssistant) -> None:
    """Load what Home Assistant loads before any integration."""
    dr.async_setup(hass)
    for registry in (ar, cr, dr, er, fr, ir, lr):
        await registry.async_load(hass)
    await rs.async_load(hass)
    hass.data[DATA_REGISTRIES_LOADED] = None
    await hass.config_entries.async_initialize()
    for entry in er.async_get(hass).entities.values():
        if not entry.disabled:
            entry.write_unavailable_state(hass)


async def _end(hass: HomeAssistant) -> None:
    """Close all connections, which a killed one leaves to the operating system."""
    loaded = [
        entry
        for entry in hass.config_entries.async_entries()
        if entry.state is ConfigEntryState.LOADED
    ]
    await asyncio.gather(
        *(hass.config_entries.async_unload(entry.entry_id) for entry in loaded)
    )
    await hass.async_stop(force=True)


async def save(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let so much time pass that Home Assistant saves what has changed."""
    freezer.tick(UNTIL_SAVED)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
