"""Homes that are started on some files, with both integrations, and what is found there."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import (
    CONF_URL,
    CONF_VERIFY_SSL,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.home_runs import Files, running_home_assistant
from tests.official_home import provide
from tests.official_registry import OFFICIAL_ENTRY, Official

OWN = "01JOURS0000000000000000000"
TAKEN_OVER = f"{DOMAIN}.taken_over"
"""The file with our plan."""

type Facts = Mapping[str, Mapping[str, Any]]
"""All that is kept of entities and devices by their ids, but for when they changed."""

_WHEN = ("created_at", "modified_at")


def add_own(hass: HomeAssistant, url: str) -> None:
    """Add our config entry."""
    data = {CONF_URL: url, CONF_VERIFY_SSL: False}
    entry = MockConfigEntry(domain=DOMAIN, entry_id=OWN, data=data)
    entry.add_to_hass(hass)
    # Only a change is saved.
    hass.config_entries.async_update_entry(entry, title="Frigate")


def own_entry(hass: HomeAssistant) -> ConfigEntry:
    """Return our config entry."""
    return _entry(hass, OWN)


def official_entry(hass: HomeAssistant) -> ConfigEntry:
    """Return the config entry of the official integration."""
    return _entry(hass, OFFICIAL_ENTRY)


def _entry(hass: HomeAssistant, entry_id: str) -> ConfigEntry:
    entry = hass.config_entries.async_get_entry(entry_id)
    assert entry is not None
    return entry


def want(hass: HomeAssistant, **data: Any) -> None:
    """Let our config entry ask for something."""
    entry = own_entry(hass)
    hass.config_entries.async_update_entry(entry, data={**entry.data, **data})


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A running home."""

    hass: HomeAssistant
    files: Files

    async def set_up(self) -> None:
        """Set up whatever is not, as a start does."""
        for entry in self.hass.config_entries.async_entries():
            if entry.disabled_by is None and entry.state is ConfigEntryState.NOT_LOADED:
                await self.hass.config_entries.async_setup(entry.entry_id)
        await self.settle()

    async def ask(self, **data: Any) -> None:
        """Let our config entry ask for something, and set it up anew."""
        want(self.hass, **data)
        await self.hass.config_entries.async_reload(OWN)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing goes on any more."""
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def write(self) -> Files:
        """Let Home Assistant write all files, and return them."""
        self.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
        await self.hass.async_block_till_done()
        return self.files.copy()

    @property
    def lacking(self) -> list[str]:
        """Return the enabled entities of enabled entries that nobody provides."""
        states = self.hass.states
        rows = er.async_get(self.hass).entities
        shown = [
            row.entity_id
            for one in self.hass.config_entries.async_entries(include_disabled=False)
            for row in rows.get_entries_for_config_entry_id(one.entry_id)
            if not row.disabled
        ]
        found = {one: states.get(one) for one in shown}
        return [
            key
            for key, state in found.items()
            if state is None or state.attributes.get("restored")
        ]

    @property
    def facts(self) -> Facts:
        """Return what is in both registries now."""
        entities, devices = er.async_get(self.hass), dr.async_get(self.hass)
        entries = {
            one.entry_id: one.disabled_by is not None
            for one in self.hass.config_entries.async_entries()
        }
        return {
            **{
                row.id: _facts(row.extended_dict, is_off=entries[row.config_entry_id])
                for row in entities.entities.values()
                if row.config_entry_id is not None
            },
            **{
                device.id: _facts(device.dict_repr, is_off=is_off)
                for entry_id, is_off in entries.items()
                for device in dr.async_entries_for_config_entry(devices, entry_id)
            },
        }


@asynccontextmanager
async def started(files: Files, house: Sequence[Official]) -> AsyncIterator[Home]:
    """Start a home on a copy of some files; nothing is set up yet."""
    own = files.copy()
    async with running_home_assistant(own) as hass:
        provide(hass, house)
        yield Home(hass=hass, files=own)


def _facts(stored: Mapping[str, Any], *, is_off: bool) -> Mapping[str, Any]:
    facts = {
        key: sorted(value, key=str) if isinstance(value, list) else value
        for key, value in stored.items()
        if key not in _WHEN
    }
    if is_off and facts["disabled_by"] in ("config_entry", "device"):
        # Of an entry that is off, Home Assistant saves that late, and does not need it.
        facts["disabled_by"] = None
    return facts


def differences(found: Facts, expected: Facts) -> dict[str, Any]:
    """Return what is found otherwise than expected, by entity id or name."""
    differing = {}
    for key in found.keys() | expected.keys():
        now, then = found.get(key, {}), expected.get(key, {})
        if now != then:
            name = str(
                then.get("entity_id") or then.get("name") or now.get("entity_id")
            )
            differing[f"{name} {key}"] = {
                one: (now.get(one), then.get(one))
                for one in now.keys() | then.keys()
                if now.get(one) != then.get(one)
            }
    return differing
