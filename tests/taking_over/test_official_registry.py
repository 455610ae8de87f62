"""What the tests have of the official integration is what that has registered."""

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.common import setup_state
from tests.fake_frigate import FakeFrigate
from tests.home_runs import Files, running_home_assistant
from tests.official_home import load, official_entry, provide, storage_files
from tests.official_registry import (
    OFFICIAL,
    OFFICIAL_ENTRY,
    Official,
    add_extras,
    add_house,
    as_device_name,
    device_settings_of,
    large_house,
    official_entities,
    settings_of,
)
from tests.official_stub.const import FAILS_TO_UNLOAD
from tests.versions import SINCE_018

RECORDED = json.loads(
    (Path(__file__).parents[1] / "fixtures/official/registry.json").read_text("utf-8")
)


def by_unique_id(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["unique_id"]: dict(row) for row in rows}


def as_recorded(one: Official) -> dict[str, Any]:
    """Return an entity as the record has it, which leaves out what is not set."""
    row = {
        "entity_id": one.entity_id,
        "unique_id": f"ENTRY:{one.unique_id}",
        "device": f"ENTRY:{one.device}" if one.device else "ENTRY",
        "original_device_class": one.device_class,
        "original_name": one.title,
        "capabilities": one.capabilities,
        "entity_category": one.category,
        "disabled_by": None if one.enabled else "integration",
        "original_icon": one.icon,
        "unit_of_measurement": one.unit,
    }
    return {key: value for key, value in row.items() if value is not None}


@SINCE_018
async def test_the_facts_are_the_recorded_ones(frigate: FakeFrigate) -> None:
    add_house(frigate)
    entities = official_entities(frigate.state)
    assert len(entities) == len(RECORDED["entities"]) == 112
    assert by_unique_id([*map(as_recorded, entities)]) == by_unique_id(
        RECORDED["entities"]
    )
    devices = {(one.device, as_device_name(one.device)) for one in entities}
    assert {device["name"] for device in RECORDED["devices"]} == {
        name for _, name in devices
    }


@SINCE_018
async def test_the_large_house_has_as_many_entities_as_a_real_one(
    frigate: FakeFrigate,
) -> None:
    assert len(large_house(frigate)) == 559


def registered(hass: HomeAssistant) -> dict[str, tuple[str, str | None]]:
    """Return the entity ids of the official integration, and what disables them."""
    found = er.async_entries_for_config_entry(er.async_get(hass), OFFICIAL_ENTRY)
    assert {one.platform for one in found} == {OFFICIAL}
    return {one.unique_id: (one.entity_id, one.disabled_by) for one in found}


@SINCE_018
async def test_the_stand_in_registers_the_facts(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    """What it registers by itself is what the tests otherwise register in advance."""
    add_house(frigate)
    add_extras(frigate)
    entities = official_entities(frigate.state)
    provide(hass, entities)
    entry = official_entry(frigate.internal_url)
    entry.add_to_hass(hass)
    await load(hass, entry)
    assert registered(hass) == {
        one.of(OFFICIAL_ENTRY): (one.entity_id, None if one.enabled else "integration")
        for one in entities
    }


def set_by_user(one: er.RegistryEntry) -> dict[str, Any]:
    """Return what a user can set of an entity."""
    return {
        "name": one.name,
        "icon": one.icon,
        "area_id": one.area_id,
        "labels": one.labels,
        "categories": one.categories,
        "hidden_by": one.hidden_by,
        "options": {key: dict(value) for key, value in one.options.items()},
    }


@SINCE_018
async def test_what_a_user_has_set_survives_that_the_stand_in_is_loaded(
    hass: HomeAssistant, house: Sequence[Official], official: MockConfigEntry
) -> None:
    registry = er.async_get(hass)
    found = er.async_entries_for_config_entry(registry, official.entry_id)
    assert len(found) == len(house) == 112
    settings = [set_by_user(one) for one in found]
    for key, empty in set_by_user(found[0]).items():
        values = [one[key] for one in settings]
        assert any(values), key
        assert not all(values), (key, empty)
    assert any(len(one.aliases) > 1 or "nickname" in str(one.aliases) for one in found)
    assert {one.disabled_by for one in found} == {None, "integration", "user"}
    for one in found:
        state = hass.states.get(one.entity_id)
        assert (state is None) is one.disabled, one.entity_id
        assert state is None or "restored" not in state.attributes
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), official.entry_id)
    assert len(devices) == 7
    assert {one.area_id for one in devices} == {None, "garden", "street"}
    assert any(one.name_by_user for one in devices)
    zone = next(one for one in found if one.unique_id.endswith("cam_01_lawn_person"))
    assert zone.device_id in {one.id for one in devices if one.area_id}


@SINCE_018
async def test_the_stand_in_can_be_unloaded_disabled_and_fail_to_unload(
    hass: HomeAssistant, official: MockConfigEntry
) -> None:
    hass.data[FAILS_TO_UNLOAD] = True
    assert not await hass.config_entries.async_unload(official.entry_id)
    assert setup_state(official) is ConfigEntryState.FAILED_UNLOAD
    hass.data[FAILS_TO_UNLOAD] = False


@SINCE_018
async def test_the_stand_in_makes_new_entities_where_its_own_have_been_taken(
    hass: HomeAssistant, official: MockConfigEntry
) -> None:
    user = ConfigEntryDisabler.USER
    assert await hass.config_entries.async_set_disabled_by(official.entry_id, user)
    await hass.async_block_till_done()
    # Older ones of Home Assistant keep a state that they have restored.
    state = hass.states.get("binary_sensor.cam_01_motion")
    assert state is None or "restored" in state.attributes
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    er.async_get(hass).async_update_entity_platform(
        "binary_sensor.cam_01_motion",
        "other",
        new_unique_id="motion",
        new_config_entry_id=other.entry_id,
    )
    assert await hass.config_entries.async_set_disabled_by(official.entry_id, None)
    await hass.async_block_till_done()
    again = er.async_get(hass).async_get("binary_sensor.cam_01_motion_2")
    assert again is not None
    assert again.config_entry_id == official.entry_id


@SINCE_018
async def test_the_home_can_be_had_as_files(
    frigate: FakeFrigate, house: Sequence[Official]
) -> None:
    files = await storage_files(
        frigate.internal_url, house, settings_of(house), device_settings_of(house)
    )
    async with running_home_assistant(Files(files)) as hass:
        provide(hass, house)
        entry = hass.config_entries.async_get_entry(OFFICIAL_ENTRY)
        assert entry is not None
        assert entry.data["url"] == frigate.internal_url
        found = er.async_entries_for_config_entry(er.async_get(hass), OFFICIAL_ENTRY)
        before = {one.entity_id: set_by_user(one) for one in found}
        assert len(before) == 112
        restored = hass.states.get("binary_sensor.cam_01_motion")
        assert restored is not None
        assert restored.attributes["restored"]
        assert await hass.config_entries.async_setup(OFFICIAL_ENTRY)
        found = er.async_entries_for_config_entry(er.async_get(hass), OFFICIAL_ENTRY)
        assert {one.entity_id: set_by_user(one) for one in found} == before
        loaded = hass.states.get("binary_sensor.cam_01_motion")
        assert loaded is not None
        assert "restored" not in loaded.attributes
