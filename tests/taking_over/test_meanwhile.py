"""What users do between taking over and giving back, and what that must not break."""

from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import CONF_UNDO
from custom_components.frigate_http.taking_over.journal import async_load_plan
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.loader import DATA_CUSTOM_COMPONENTS, DATA_INTEGRATIONS
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.official_home import provide
from tests.official_registry import OFFICIAL, official_entities

from .home import Rows, look
from .moved import WANTED, ask, check_given_back, check_moved, undo


@pytest.fixture(autouse=True)
def _saved_at_once(saved_at_once: None) -> None:
    """Let Home Assistant save its config entries at once, not after a second."""


async def test_what_users_change_meanwhile_stays(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    entities, devices = er.async_get(hass), dr.async_get(hass)
    attic = ar.async_get(hass).async_create("Attic").id
    before = look(hass)
    entry = await set_up(hass, make_entry(frigate.internal_url, **WANTED))
    changed: dict[str, dict[str, Any]] = {
        "binary_sensor.cam_01_motion": {"name": "Someone", "labels": {"quiet"}},
        "camera.cam_01": {"new_entity_id": "camera.gate", "icon": "mdi:gate"},
        "sensor.cam_01_person_count": {"area_id": attic, "name": "People"},
        # The area of its zone was given to it, when it moved without the device of that.
        "binary_sensor.cam_01_drive_person_occupancy": {"area_id": attic, "name": "Up"},
    }
    expected: Rows = {key: {**row} for key, row in before.entities.items()}
    for entity_id, changes in changed.items():
        changed_row = entities.async_update_entity(entity_id, **changes)
        new_id = changes.pop("new_entity_id", entity_id)
        area = {"area": changes.pop("area_id")} if "area_id" in changes else {}
        expected[changed_row.id] |= {**changes, **area, "entity_id": new_id}
    moved = entities.async_get("camera.gate")
    assert moved is not None
    assert moved.config_entry_id == entry.entry_id
    assert moved.device_id is not None
    devices.async_update_device(moved.device_id, name_by_user="Gate", area_id=attic)

    await undo(hass, entry)

    after = look(hass)
    device = after.devices[moved.device_id]
    assert device["config_entry_id"] == official.entry_id
    assert (device["shown"], device["area"]) == ("Gate", attic)
    for key, row in expected.items():
        if after.entities[key]["device_id"] == moved.device_id:
            row["area"] = entities.entities[row["entity_id"]].area_id or attic
        assert after.entities[key] == row


async def test_what_was_enabled_beside_ours_can_be_taken_over_again(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    before = look(hass)
    await ask(hass, entry, **WANTED)
    moved = check_moved(hass, before)
    assert moved
    await hass.config_entries.async_set_disabled_by(official.entry_id, None)
    await hass.async_block_till_done()
    duplicates = look(hass).of(OFFICIAL).keys() - before.entities.keys()
    assert len(duplicates) == len(moved)

    # Ours keep what they have, whoever is there beside them.
    await ask(hass, entry, **WANTED)
    assert official.state is ConfigEntryState.LOADED
    assert look(hass).of(OFFICIAL).keys() >= duplicates

    await undo(hass, entry)
    check_given_back(hass, before)
    await ask(hass, entry, **WANTED)
    assert check_moved(hass, before) == moved


async def test_all_goes_back_to_an_integration_that_is_not_installed_any_more(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    before = look(hass)
    # As after a start without the folder of the integration.
    await hass.config_entries.async_unload(official.entry_id)
    del hass.data[DATA_INTEGRATIONS][OFFICIAL]
    assert OFFICIAL not in hass.data[DATA_CUSTOM_COMPONENTS]
    await ask(hass, entry, **WANTED)
    check_moved(hass, before)

    await ask(hass, entry, **{CONF_UNDO: True})

    after = look(hass)
    assert after.entities == before.entities
    assert after.devices == before.devices
    assert official.disabled_by is None
    assert official.state is ConfigEntryState.NOT_LOADED
    # It is all there once that is installed again.
    provide(hass, official_entities(frigate.state))
    await hass.config_entries.async_reload(official.entry_id)
    check_given_back(hass, before)


async def test_a_plan_is_kept_while_what_a_removed_server_gives_back_is_not_saved(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    before = look(hass)
    entry = await set_up(hass, make_entry(frigate.internal_url, **WANTED))
    with patch("custom_components.frigate_http.taking_over.saved._TIMEOUT", 0):
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    check_given_back(hass, before)
    # A crash now brings all of it back, with the entry.
    assert await async_load_plan(hass, entry.entry_id) is not None

    await set_up(hass, make_entry(frigate.internal_url, **WANTED))
    assert len(check_moved(hass, before)) > 90
    assert await async_load_plan(hass, entry.entry_id) is None
