"""The stored plans: what was taken over, so that it can be finished and given back.

A plan is saved before anything is changed. It is kept after an undo too, as Home Assistant
saves its registries later: the next start may find them as they were before.
"""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .plan import Plan

_VERSION = 1
_KEY = f"{DOMAIN}.taken_over"

_LOCK: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}.taking_over")


@singleton(_LOCK)
def lock_of(hass: HomeAssistant) -> asyncio.Lock:
    """Return the lock that whoever takes over or gives back holds, whichever entry it is."""
    return asyncio.Lock()


async def async_load_plan(hass: HomeAssistant, entry_id: str) -> Plan | None:
    """Return the plan of one of our entries; None if it never took anything over."""
    stored = (await _store(hass).async_load() or {}).get(entry_id)
    return None if stored is None else Plan.from_dict(stored)


async def async_save_plan(
    hass: HomeAssistant, entry_id: str, plan: Plan | None
) -> None:
    """Save the plan of one of our entries at once; None forgets it."""
    store = _store(hass)
    old = await store.async_load() or {}
    # Plans of entries that were removed meanwhile are of no use.
    new = {
        key: value
        for key, value in old.items()
        if key != entry_id and hass.config_entries.async_get_entry(key) is not None
    }
    if plan is not None:
        new[entry_id] = plan.as_dict()
    if new != old:
        await store.async_save(new)


def _store(hass: HomeAssistant) -> Store[dict[str, dict[str, Any]]]:
    return Store(hass, _VERSION, _KEY, atomic_writes=True)
