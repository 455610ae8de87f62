"""Waiting for what is pushed: it arrives when it arrives, and shows in a state."""

import asyncio
from collections.abc import Callable

from freezegun.api import freeze_factories
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.frigate_http.aiofrigate import MAX_BACKOFF
from custom_components.frigate_http.entity.live import MIN_WRITE_INTERVAL
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from tests.common import state_of
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.threads import threads_are_idle

LIMIT = 30
TURNS_A_TICK = 500
TURNS = 50 * TURNS_A_TICK

PUSH = ("binary_sensor", "server:live_connection")


async def until(
    hass: HomeAssistant, is_so: Callable[[], bool], what: str = "it"
) -> None:
    """Wait until something is so; a clock that stands still is moved on for it."""
    if freeze_factories:
        await _until_while_frozen(hass, is_so, what)
        return
    changed = asyncio.Event()

    @callback
    def _note(_event: Event[EventStateChangedData]) -> None:
        changed.set()

    remove = hass.bus.async_listen(EVENT_STATE_CHANGED, _note)
    try:
        async with asyncio.timeout(LIMIT):
            while not is_so():
                changed.clear()
                await changed.wait()
    except TimeoutError as err:
        raise AssertionError(f"{what} has not come about") from err
    finally:
        remove()


async def _until_while_frozen(
    hass: HomeAssistant, is_so: Callable[[], bool], what: str
) -> None:
    clock = freeze_factories[-1]
    for turn in range(1, TURNS):
        if is_so():
            return
        await asyncio.sleep(0)
        if turn % TURNS_A_TICK == 0 and await threads_are_idle():
            # What comes in quick succession is shown after a moment.
            clock.tick(MIN_WRITE_INTERVAL)
            async_fire_time_changed(hass)
    raise AssertionError(f"{what} has not come about")


async def until_state(
    hass: HomeAssistant, entry: MockConfigEntry, domain: str, key: str, state: str
) -> None:
    """Wait until an entity has a state."""
    await until(
        hass,
        lambda: state_of(hass, entry, domain, key) == state,
        f"{domain} {key} being {state}",
    )


async def _until_connected_while_frozen(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    """Let the pause before the next attempt pass, which may begin only now."""
    clock = freeze_factories[-1]
    for turn in range(1, int(MAX_BACKOFF + LIMIT) * TURNS_A_TICK):
        if frigate.live_clients:
            return
        await asyncio.sleep(0)
        if turn % TURNS_A_TICK == 0 and await threads_are_idle():
            clock.tick(1)
            async_fire_time_changed(hass)


async def until_pushing(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FakeFrigate
) -> None:
    """Wait until Frigate pushes, and what it said at first has been taken in."""
    if freeze_factories:
        await _until_connected_while_frozen(hass, frigate)
    await frigate.wait_for_live(1)
    await until_state(hass, entry, *PUSH, "on")
    await hass.async_block_till_done(wait_background_tasks=True)
