"""Takes over the official integration's entities, and gives them back when asked to.

Config entries say what is wanted, the stored plan says what that means, and the registries
say how far it has come. So each start can go on, wherever the one before was interrupted.
"""

from contextlib import suppress
from dataclasses import replace

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryDisabler,
    ConfigEntryState,
    OperationNotAllowed,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.loader import IntegrationNotFound

from ..const import CONF_LEAVE, CONF_TAKEN_OVER, CONF_UNDO, DOMAIN, LOGGER
from .journal import async_load_plan, async_save_plan, lock_of
from .known import KnownServer
from .official import find_entry
from .plan import Direction, Plan, make_plan
from .registries import Registries
from .saved import async_entries_are_saved, async_registries_are_saved


async def async_settle(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Finish what was begun, or give all back if that is asked for; needs no server."""
    async with lock_of(hass):
        plan = await async_load_plan(hass, entry.entry_id)
        old = None if plan is None else _old_entry(hass, plan)
        if plan is None:
            _forget_undo(hass, entry)
        elif old is None:
            # Without the official entry, nothing can be given back any more.
            await async_save_plan(hass, entry.entry_id, None)
            _forget(hass, entry, CONF_UNDO)
        elif CONF_UNDO in entry.data:
            await _async_undo(hass, entry, old, plan)
        elif _is_taken_over(entry, plan):
            await _async_take_over(hass, entry, old, plan)
        else:
            await _async_undo_again(hass, entry, old, plan)


async def async_take_over(
    hass: HomeAssistant, entry: ConfigEntry, known: KnownServer
) -> None:
    """Take over the official entry that `CONF_TAKEN_OVER` names, unless that is done."""
    old_id = entry.data.get(CONF_TAKEN_OVER)
    if not isinstance(old_id, str):
        return
    async with lock_of(hass):
        plan = await async_load_plan(hass, entry.entry_id)
        official = find_entry(hass, old_id)
        old = hass.config_entries.async_get_entry(old_id)
        if official is None or old is None or (plan and _is_taken_over(entry, plan)):
            return
        if await _async_is_taken(hass, entry, old_id):
            LOGGER.warning("%s was taken over by another server already", old.title)
            _forget(hass, entry, CONF_TAKEN_OVER, CONF_LEAVE)
            return
        leave = entry.data.get(CONF_LEAVE, ())
        before, own_id = plan, entry.entry_id
        plan = make_plan(hass, official, own_id, known, leave=leave)
        rest = before.row_ids - plan.row_ids if before else frozenset()
        # The plan of an undo that is not saved yet may be all that tells of these.
        if rest and not await async_registries_are_saved(hass, own_id, rest):
            raise _not_saved()
        await async_save_plan(hass, own_id, plan)
        _forget(hass, entry, CONF_LEAVE)
        await _async_switch_off(hass, old)
        await _async_take_over(hass, entry, old, plan)


async def async_give_back(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Give all back before Home Assistant removes the entities of our removed entry."""
    async with lock_of(hass):
        plan = await async_load_plan(hass, entry.entry_id)
        old = None if plan is None else _old_entry(hass, plan)
        registries = None if plan is None else Registries(hass, entry, plan)
        is_saved = True
        if plan and old and registries and not registries.is_given_back:
            with suppress(ConfigEntryError, ConfigEntryNotReady):
                await _async_unload(hass, old)
            registries.async_give_back()
            is_saved = await async_registries_are_saved(
                hass, entry.entry_id, plan.row_ids
            )
            _async_switch_on(hass, old, plan)
        if is_saved:
            await async_save_plan(hass, entry.entry_id, None)


async def _async_take_over(
    hass: HomeAssistant, entry: ConfigEntry, old: ConfigEntry, plan: Plan
) -> None:
    """Move what has not moved yet; the official entry is off afterwards."""
    registries = Registries(hass, entry, plan)
    if not registries.is_taken_over:
        await _async_prepare(hass, entry, old)
        registries.async_take_over()
        LOGGER.info("Took over the entities of %s", plan.old_title)


async def _async_undo(
    hass: HomeAssistant, entry: ConfigEntry, old: ConfigEntry, plan: Plan
) -> None:
    """Move all back, and let the official entry be as it was."""
    await _async_prepare(hass, entry, old)
    plan = replace(plan, direction=Direction.UNDO)
    await async_save_plan(hass, entry.entry_id, plan)
    Registries(hass, entry, plan).async_give_back()
    # Without a pause: both are saved as one file, so neither is ever saved alone.
    _forget(hass, entry, CONF_TAKEN_OVER, CONF_UNDO, CONF_LEAVE)
    _async_switch_on(hass, old, plan)
    LOGGER.info("Gave the entities of %s back", plan.old_title)


async def _async_undo_again(
    hass: HomeAssistant, entry: ConfigEntry, old: ConfigEntry, plan: Plan
) -> None:
    """Move back what a crash has brought back from before an undo."""
    registries = Registries(hass, entry, plan)
    # First, as what is attached to a disabled device is disabled with it.
    registries.async_derive_disabled(old)
    if not registries.is_given_back:
        was_loaded = await _async_unload(hass, old)
        registries.async_give_back()
        if was_loaded:
            hass.config_entries.async_schedule_reload(old.entry_id)


async def _async_prepare(
    hass: HomeAssistant, entry: ConfigEntry, old: ConfigEntry
) -> None:
    """Switch the official entry off, and wait until that is saved, and what we are asked."""
    await _async_switch_off(hass, old)
    is_saved = not hass.is_stopping and await async_entries_are_saved(hass, entry, old)
    if not is_saved or old.disabled_by is None or hass.is_stopping:
        raise _not_saved()


def _not_saved() -> ConfigEntryNotReady:
    return ConfigEntryNotReady(
        translation_domain=DOMAIN, translation_key="take_over_not_saved"
    )


async def _async_switch_off(hass: HomeAssistant, old: ConfigEntry) -> None:
    if old.disabled_by is None:
        with suppress(OperationNotAllowed):
            await hass.config_entries.async_set_disabled_by(
                old.entry_id, ConfigEntryDisabler.USER
            )
    await _async_unload(hass, old)


async def _async_unload(hass: HomeAssistant, old: ConfigEntry) -> bool:
    """Unload the official entry, and return whether there was anything to unload."""
    async with old.setup_lock:
        # A start sets both up at the same time, and what is set up cannot be stopped.
        pass
    if old.state is ConfigEntryState.NOT_LOADED:
        return False
    with suppress(OperationNotAllowed):
        if await hass.config_entries.async_unload(old.entry_id):
            return True
    raise ConfigEntryError(
        translation_domain=DOMAIN,
        translation_key="official_not_stopped",
        translation_placeholders={"title": old.title},
    )


@callback
def _async_switch_on(hass: HomeAssistant, old: ConfigEntry, plan: Plan) -> None:
    """Let the official entry be on if it was before; its set-up takes its own time."""
    by = plan.old_disabled_by
    before = None if by is None else ConfigEntryDisabler(by)

    async def _switch_on() -> None:
        # It is on in any case, but maybe not installed any more.
        with suppress(OperationNotAllowed, IntegrationNotFound):
            if old.disabled_by is before:
                # Whoever has switched it on beside ours has had it unloaded.
                await hass.config_entries.async_reload(old.entry_id)
            await hass.config_entries.async_set_disabled_by(old.entry_id, before)

    hass.async_create_task(_switch_on(), f"{DOMAIN} gives back {old.entry_id}")


async def _async_is_taken(hass: HomeAssistant, entry: ConfigEntry, old_id: str) -> bool:
    """Return whether another entry of ours has begun to take over an official entry."""
    for one in hass.config_entries.async_entries(DOMAIN):
        if one is entry or one.data.get(CONF_TAKEN_OVER) != old_id:
            continue
        if await async_load_plan(hass, one.entry_id) is not None:
            return True
    return False


def _is_taken_over(entry: ConfigEntry, plan: Plan) -> bool:
    """Return whether a plan is the one to follow, and not of an undo that is over."""
    is_same = entry.data.get(CONF_TAKEN_OVER) == plan.old_entry_id
    return is_same and plan.direction is Direction.TAKE_OVER


def _old_entry(hass: HomeAssistant, plan: Plan) -> ConfigEntry | None:
    return hass.config_entries.async_get_entry(plan.old_entry_id)


@callback
def _forget_undo(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Forget an undo of which there is no plan, and what it was to undo."""
    taken = entry.data.get(CONF_TAKEN_OVER)
    may_begin = isinstance(taken, str) and find_entry(hass, taken) is not None
    if CONF_UNDO in entry.data and may_begin:
        _forget(hass, entry, CONF_TAKEN_OVER, CONF_LEAVE)
    # One whose official entry has gone has taken over for good.
    _forget(hass, entry, CONF_UNDO)


@callback
def _forget(hass: HomeAssistant, entry: ConfigEntry, *keys: str) -> None:
    data = {key: value for key, value in entry.data.items() if key not in keys}
    hass.config_entries.async_update_entry(entry, data=data)
