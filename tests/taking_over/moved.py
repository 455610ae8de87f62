"""What must be so after taking over, and after giving back."""

from collections.abc import Iterable
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import CONF_TAKEN_OVER, CONF_UNDO, DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.common import setup_state
from tests.official_registry import OFFICIAL, OFFICIAL_ENTRY

from .home import KEPT, Rows, Seen, look

WANTED = {CONF_TAKEN_OVER: OFFICIAL_ENTRY}


async def ask(hass: HomeAssistant, entry: MockConfigEntry, **data: Any) -> None:
    """Let the config entry ask for something, and set it up anew."""
    hass.config_entries.async_update_entry(entry, data={**entry.data, **data})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert setup_state(entry) is ConfigEntryState.LOADED, entry.reason


async def undo(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Let all be given back, and wait until the official integration is there again."""
    await ask(hass, entry, **{CONF_UNDO: True})
    official = hass.config_entries.async_get_entry(OFFICIAL_ENTRY)
    assert official is not None
    assert official.state is ConfigEntryState.LOADED
    assert not {CONF_UNDO, CONF_TAKEN_OVER} & entry.data.keys()


def check_moved(hass: HomeAssistant, before: Seen) -> dict[str, dict[str, Any]]:
    """Check what has moved since, and return it by the id of its row."""
    after = look(hass)
    old = before.of(OFFICIAL)
    assert old.keys() <= after.entities.keys()
    moved = {key: row for key, row in after.of(DOMAIN).items() if key in old}
    assert _kept(after.entities, old) == _kept(before.entities, old)
    for key, row in moved.items():
        _check_provided(hass, row)
        device = after.devices[row["device_id"]]
        # Without an area, an entity has that of its device: of its camera, not of its zone.
        assert row["area"] == (old[key]["area"] or device["area"])
    ids = [row["entity_id"] for row in after.of(DOMAIN).values()]
    assert not [one for one in ids if one.endswith("_2")]
    for key in before.devices.keys() & after.devices.keys():
        for what in ("shown", "area", "labels"):
            assert after.devices[key][what] == before.devices[key][what], key
    return moved


def _kept(rows: Rows, ids: Iterable[str]) -> Rows:
    return {one: {key: rows[one][key] for key in KEPT} for one in ids}


def _check_provided(hass: HomeAssistant, row: dict[str, Any]) -> None:
    state = hass.states.get(row["entity_id"])
    if row["disabled_by"]:
        assert state is None or state.attributes.get("restored"), row
        return
    assert state is not None, row
    assert not state.attributes.get("restored"), row
    assert state.state != "unavailable", row


def check_given_back(hass: HomeAssistant, before: Seen) -> None:
    """Check that all is as it was before, down to the ids of rows."""
    after = look(hass)
    assert after.entities == before.entities
    assert after.devices == before.devices
    for row in after.of(OFFICIAL).values():
        _check_provided(hass, row)
