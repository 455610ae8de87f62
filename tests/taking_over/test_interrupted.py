"""Home Assistant saves its files apart: each start goes on, whichever of them are old."""

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import CONF_TAKEN_OVER, CONF_UNDO, DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import (
    CONF_URL,
    CONF_VERIFY_SSL,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.fake_frigate import FakeFrigate
from tests.home_runs import DEVICES, ENTITIES, Files, running_home_assistant
from tests.official_home import provide, storage_files
from tests.official_registry import (
    OFFICIAL_ENTRY,
    Official,
    add_house,
    device_settings_of,
    official_entities,
    settings_of,
)

OWN = "01JOURS0000000000000000000"


@pytest.fixture(autouse=True)
def _saved_at_once() -> Generator[None]:
    """Let Home Assistant save its config entries at once, not after a second."""
    with patch("homeassistant.config_entries.SAVE_DELAY", 0):
        yield


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow for what a killed Home Assistant was about to do, such as to clean up."""
    return True


async def _run(
    old: Files,
    house: Sequence[Official],
    change: Callable[[HomeAssistant], object] = lambda _hass: None,
) -> tuple[dict[str, tuple[Any, ...]], Files]:
    """Run a Home Assistant, change something, and end it when all is saved.

    Return the entities by their ids: whose they are, their entity ids and devices; and the
    files.
    """
    files = old.copy()
    async with running_home_assistant(files) as hass:
        provide(hass, house)
        change(hass)
        for entry in hass.config_entries.async_entries():
            if entry.disabled_by is None and entry.state is ConfigEntryState.NOT_LOADED:
                await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        found = _facts(hass)
        hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
        await hass.async_block_till_done()
    return found, files


def _facts(hass: HomeAssistant) -> dict[str, tuple[Any, ...]]:
    devices = dr.async_get(hass)
    facts = {}
    for row in er.async_get(hass).entities.values():
        device = devices.async_get(row.device_id) if row.device_id else None
        at = device and (device.id, device.config_entry_id, device.name_by_user)
        facts[row.id] = (row.config_entry_id, row.unique_id, row.entity_id, at)
    return facts


def _ask(hass: HomeAssistant, **data: Any) -> None:
    entry = hass.config_entries.async_get_entry(OWN)
    assert isinstance(entry, ConfigEntry)
    hass.config_entries.async_update_entry(entry, data={**entry.data, **data})


async def test_every_mix_of_old_and_new_files_is_finished(
    socket_enabled: None, frigate: FakeFrigate
) -> None:
    add_house(frigate, 1)
    house = official_entities(frigate.state)
    url = frigate.internal_url
    settings, devices = settings_of(house), device_settings_of(house)
    files = Files(await storage_files(url, house, settings, devices))

    def _add(hass: HomeAssistant) -> None:
        data = {CONF_URL: url, CONF_VERIFY_SSL: False}
        entry = MockConfigEntry(domain=DOMAIN, entry_id=OWN, data=data)
        entry.add_to_hass(hass)
        hass.config_entries.async_update_entry(entry, title="Frigate")

    before, side_by_side = await _run(files, house, _add)
    after, taken_over = await _run(
        side_by_side,
        house,
        lambda hass: _ask(hass, **{CONF_TAKEN_OVER: OFFICIAL_ENTRY}),
    )
    moved = {key for key in after if key in before and after[key][0] != before[key][0]}
    assert len(moved) > 40
    assert {before[key][2] for key in moved} == {after[key][2] for key in moved}
    for mixed in _mixed(side_by_side, taken_over):
        assert (await _run(mixed, house))[0] == after

    back, undone = await _run(
        taken_over, house, lambda hass: _ask(hass, **{CONF_UNDO: True})
    )
    assert back == before
    for mixed in _mixed(taken_over, undone):
        assert (await _run(mixed, house))[0] == before


def _mixed(old: Files, new: Files) -> Iterator[Files]:
    """Yield the new files, with each registry as it was before or after."""
    for entities, devices in product((old, new), repeat=2):
        mixed = new.copy()
        mixed[ENTITIES], mixed[DEVICES] = entities[ENTITIES], devices[DEVICES]
        yield mixed
