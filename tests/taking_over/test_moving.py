"""Entities move from the official integration to ours, and back, and lose nothing."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.frigate_http.const import CONF_TAKEN_OVER, CONF_UNDO
from homeassistant.config_entries import (
    RELOAD_AFTER_UPDATE_DELAY,
    ConfigEntryDisabler,
    ConfigEntryState,
    EntityRegistryDisabledHandler,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.home_runs import saving_nothing

KEPT = (
    "aliases",
    "categories",
    "entity_id",
    "hidden_by",
    "icon",
    "labels",
    "name",
)
"""What an entity keeps, beside its area and whether it is disabled."""


@pytest.fixture(autouse=True)
def _saved_at_once(saved_at_once: None) -> None:
    """Let Home Assistant save its config entries at once, not after a second."""


def rows(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, er.RegistryEntry]:
    """Return the entities of a config entry by their ids, which never change."""
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {one.id: one for one in found}


def area_of(hass: HomeAssistant, row: er.RegistryEntry) -> str | None:
    """Return the area in which an entity is, be it by its device."""
    device = dr.async_get(hass).async_get(row.device_id) if row.device_id else None
    return row.area_id or (device.area_id if device else None)


def facts(hass: HomeAssistant, row: er.RegistryEntry) -> tuple[Any, ...]:
    """Return what must stay the same of an entity."""
    kept = (getattr(row, key) for key in KEPT)
    return (*kept, row.disabled_by, area_of(hass, row))


async def undo(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Ask for all to go back, and reload."""
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_UNDO: True})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture(params=[False, True], ids=["new", "in_use"])
async def entry(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    frigate: FakeFrigate,
    official: MockConfigEntry,
) -> MockConfigEntry:
    """Return our entry, which is new, or in use beside the official one."""
    entry = make_entry(frigate.internal_url)
    if request.param:
        await set_up(hass, entry)
    else:
        entry.add_to_hass(hass)
    return entry


async def test_all_moves_and_goes_back_and_moves_again(
    hass: HomeAssistant, official: MockConfigEntry, entry: MockConfigEntry
) -> None:
    ours = {key: facts(hass, one) for key, one in rows(hass, entry).items()}
    our_devices = {
        one.id
        for one in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    }
    before = {key: facts(hass, one) for key, one in rows(hass, official).items()}
    theirs = {key: one.unique_id for key, one in rows(hass, official).items()}
    for _ in range(2):
        data = {**entry.data, CONF_TAKEN_OVER: official.entry_id}
        hass.config_entries.async_update_entry(entry, data=data)
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()

        assert official.disabled_by is ConfigEntryDisabler.USER
        moved = {key: one for key, one in rows(hass, entry).items() if key in before}
        assert len(moved) > 90
        for key, row in moved.items():
            *kept, area = facts(hass, row)
            *had, area_before = before[key]
            assert kept == had
            # Without an area, the device of its camera may bring one.
            assert area_before in (area, None)
        for row in moved.values():
            state = hass.states.get(row.entity_id)
            assert row.disabled or (state and "restored" not in state.attributes)
        assert {*moved} | {*rows(hass, official)} == {*before}

        await undo(hass, entry)

        assert CONF_TAKEN_OVER not in entry.data
        assert CONF_UNDO not in entry.data
        assert official.state is ConfigEntryState.LOADED
        back = rows(hass, official)
        assert {key: facts(hass, one) for key, one in back.items()} == before
        assert {key: one.unique_id for key, one in back.items()} == theirs
        now = rows(hass, entry)
        assert {key: facts(hass, now[key]) for key in ours} == ours
        found = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        assert our_devices <= {one.id for one in found}


async def test_an_interrupted_move_goes_on_without_the_server(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    before = rows(hass, official)
    entry = make_entry(frigate.internal_url, **{CONF_TAKEN_OVER: official.entry_id})
    entry.add_to_hass(hass)
    with saving_nothing():
        await hass.config_entries.async_setup(entry.entry_id)
    # Nothing has moved while the config entries are not saved.
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert {*rows(hass, official)} == {*before}

    hass.config_entries.async_update_entry(entry, title="Saved")
    await frigate.stop()
    await hass.config_entries.async_reload(entry.entry_id)

    assert len({*rows(hass, entry)} & {*before}) > 90


@pytest.mark.parametrize("is_beside", [False, True], ids=["off", "beside ours"])
async def test_a_removed_server_gives_all_back(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    official: MockConfigEntry,
    is_beside: bool,
) -> None:
    before = {key: facts(hass, one) for key, one in rows(hass, official).items()}
    entry = make_entry(frigate.internal_url, **{CONF_TAKEN_OVER: official.entry_id})
    await set_up(hass, entry)
    assert len(rows(hass, official)) < len(before)
    if is_beside:
        await hass.config_entries.async_set_disabled_by(official.entry_id, None)
        await hass.async_block_till_done()

    with patch("homeassistant.helpers.registry.SAVE_DELAY", 0):
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    assert official.state is ConfigEntryState.LOADED
    back = rows(hass, official)
    assert {key: facts(hass, one) for key, one in back.items()} == before


async def take_over(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> MockConfigEntry:
    """Return a set-up entry that has taken over the official one."""
    entry = make_entry(frigate.internal_url, **{CONF_TAKEN_OVER: official.entry_id})
    return await set_up(hass, entry)


async def test_a_name_is_kept_as_one_of_the_user_only_where_ours_differs(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    frigate.state.cameras["cam_02"].friendly_name = "Back yard"
    registry = dr.async_get(hass)

    devices = dr.async_entries_for_config_entry(registry, official.entry_id)
    ids = {one.name: one.id for one in devices}
    for one in devices:
        registry.async_update_device(one.id, name_by_user=None)

    def names() -> dict[str | None, tuple[str | None, str | None]]:
        found = {key: registry.async_get(one) for key, one in ids.items()}
        return {key: (one.name, one.name_by_user) for key, one in found.items() if one}

    before = names()
    entry = await take_over(hass, frigate, official)
    ours = names()
    assert ours["Frigate"] == ("Frigate", None)
    assert ours["Cam 01"] == ("Cam 01", None)
    assert ours["Cam 02"] == ("Back yard", "Cam 02")

    await undo(hass, entry)
    assert names() == before


async def test_nothing_is_loaded_again_after_a_while(
    hass: HomeAssistant, official: MockConfigEntry, entry: MockConfigEntry
) -> None:
    EntityRegistryDisabledHandler(hass).async_setup()
    data = {**entry.data, CONF_TAKEN_OVER: official.entry_id}
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    runtime = entry.runtime_data
    moved = next(iter(rows(hass, entry).values()))
    assert moved.device_id is not None
    await _let_reloads_happen(hass)
    assert entry.runtime_data is runtime

    await undo(hass, entry)
    runtime = entry.runtime_data
    await _let_reloads_happen(hass)
    assert entry.runtime_data is runtime


async def test_what_was_off_before_is_off_again_after_an_undo(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    registry = dr.async_get(hass)
    zone = registry.async_get_device_by_identifier(
        ("frigate", f"{official.entry_id}:cam_01_drive"), official.entry_id
    )
    assert zone is not None
    off = dr.DeviceEntryDisabler.USER
    registry.async_update_device(zone.id, disabled_by=off)
    await hass.async_block_till_done()
    were_on = {key for key, one in rows(hass, official).items() if not one.disabled}
    of_zone = {
        key for key, one in rows(hass, official).items() if one.device_id == zone.id
    }
    assert of_zone
    assert not of_zone & were_on
    await hass.config_entries.async_set_disabled_by(
        official.entry_id, ConfigEntryDisabler.USER
    )
    before = {key: facts(hass, one) for key, one in rows(hass, official).items()}

    entry = await take_over(hass, frigate, official)
    ours = rows(hass, entry)
    assert len(were_on & ours.keys()) > 60
    assert not any(ours[key].disabled for key in were_on & ours.keys())
    assert all(ours[key].disabled for key in of_zone & ours.keys())

    await undo(hass, entry)
    assert official.disabled_by is ConfigEntryDisabler.USER
    assert official.state is ConfigEntryState.NOT_LOADED
    back = rows(hass, official)
    assert {key: facts(hass, one) for key, one in back.items()} == before
    found = registry.async_get(zone.id)
    assert found
    assert found.disabled_by is off


async def test_what_others_have_on_a_device_stays_on_it(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    helpers = MockConfigEntry(domain="template")
    helpers.add_to_hass(hass)
    registry = er.async_get(hass)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    on_device: dict[str, str] = {}
    for one in (official, entry):
        devices = dr.async_entries_for_config_entry(dr.async_get(hass), one.entry_id)
        for device in devices:
            helper = registry.async_get_or_create(
                "sensor",
                "template",
                device.id,
                config_entry=helpers,
                device_id=device.id,
            )
            if one is official:
                on_device[helper.entity_id] = device.id
    data = {**entry.data, CONF_TAKEN_OVER: official.entry_id}
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    found = rows(hass, helpers)
    assert len(found) == len(on_device) + 3
    # Those on devices of ours are on the ones that have taken their place.
    moved = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    on_ours = {one.device_id for one in found.values()} & {one.id for one in moved}
    assert len(on_ours) == len(moved) == 3
    now = {one.entity_id: one.device_id for one in found.values()}
    assert now.items() >= on_device.items()

    await undo(hass, entry)
    now = {one.entity_id: one.device_id for one in rows(hass, helpers).values()}
    assert now.items() >= on_device.items()


async def _let_reloads_happen(hass: HomeAssistant) -> None:
    """Wait as long as Home Assistant does, before it reloads what has changed."""
    delay = timedelta(seconds=RELOAD_AFTER_UPDATE_DELAY + 1)
    async_fire_time_changed(hass, dt_util.utcnow() + delay)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_duplicates_of_an_enabled_official_entry_go_with_an_undo(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    before = {key: facts(hass, one) for key, one in rows(hass, official).items()}
    entry = await take_over(hass, frigate, official)
    await hass.config_entries.async_set_disabled_by(official.entry_id, None)
    await hass.async_block_till_done()
    moved = {*rows(hass, entry)} & {*before}
    assert {*rows(hass, official)} - {*before}

    # What the user has switched on stays on, beside ours.
    await hass.config_entries.async_reload(entry.entry_id)
    assert official.state is ConfigEntryState.LOADED
    assert {*rows(hass, entry)} >= moved

    await undo(hass, entry)

    back = rows(hass, official)
    assert {key: facts(hass, one) for key, one in back.items()} == before
    assert official.state is ConfigEntryState.LOADED


async def test_what_was_removed_with_its_camera_goes_back_too(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    before = {key: facts(hass, one) for key, one in rows(hass, official).items()}
    entry = await take_over(hass, frigate, official)
    # A camera that is not selected loses its device, and its entities with it.
    hass.config_entries.async_update_entry(entry, options={"cameras": ["cam_01"]})
    await hass.config_entries.async_reload(entry.entry_id)
    assert not {*before} <= {*rows(hass, entry), *rows(hass, official)}

    await undo(hass, entry)

    back = rows(hass, official)
    assert {key: facts(hass, one) for key, one in back.items()} == before


async def test_nothing_moves_from_an_entry_that_cannot_be_stopped(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    before = rows(hass, official)
    with patch("tests.official_stub.async_unload_entry", return_value=False):
        entry = await take_over(hass, frigate, official)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert official.state is ConfigEntryState.FAILED_UNLOAD
    assert rows(hass, entry) == {}
    assert {*rows(hass, official)} == {*before}


async def test_what_a_user_changes_meanwhile_is_kept(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    before = rows(hass, official)
    entry = await take_over(hass, frigate, official)
    renamed, other, *_ = {*rows(hass, entry)} & {*before}
    registry = er.async_get(hass)
    domain = before[renamed].domain
    new_id = f"{domain}.renamed_meanwhile"
    registry.async_update_entity(before[renamed].entity_id, new_entity_id=new_id)
    await hass.config_entries.async_remove(official.entry_id)
    await undo(hass, entry)

    # Without the official entry nothing goes back, and all stays ours.
    assert CONF_UNDO not in entry.data
    assert entry.data[CONF_TAKEN_OVER] == official.entry_id
    assert rows(hass, entry)[renamed].entity_id == new_id
    assert other in rows(hass, entry)
