"""Suspending Frigate's notifications: the action, and the sensor that tells until when."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.clock import in_time
from tests.common import (
    CONFIG_READ,
    VIEWER,
    enable,
    is_available,
    is_registered,
    pass_polls,
    pass_time,
    state_of,
    take_away,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, WrongClock
from tests.fake_frigate.controls import carry_out, suspend
from tests.services.common import call, camera_entity, invalid
from tests.versions import EVERY_VERSION, WITH_016

from .common import until, until_pushing, until_state

pytestmark = pytest.mark.usefixtures("fixed_time")

MINUTE = 60
SUSPENDED = ("sensor", "camera:front_door:suspended_until")
OTHER = ("sensor", "camera:Portones:suspended_until")
SWITCH = ("switch", "camera:front_door:notifications")


def after(minutes: float) -> str:
    """Return the state of the sensor while notifications are suspended for so long."""
    now = datetime.now(UTC).replace(microsecond=0)
    return (now + timedelta(minutes=minutes)).isoformat()


async def set_up_enabled(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry | None = None
) -> MockConfigEntry:
    """Set up an entry in which somebody has enabled the sensors, and wait for pushes."""
    entry = entry or make_entry(frigate.internal_url)
    enable(hass, entry, SUSPENDED, OTHER, SWITCH)
    await set_up(hass, entry)
    await until_pushing(hass, entry, frigate)
    return entry


async def suspend_by_action(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    minutes: int,
) -> datetime | None:
    """Suspend the notifications of a camera; return until when, as the action says."""
    camera = camera_entity(hass, entry)
    answer, _seconds = await in_time(
        freezer,
        call(hass, "suspend_notifications", entity_id=camera, minutes=minutes),
    )
    of_camera: Any = answer[camera]
    until_when = of_camera["suspended_until"]
    return None if until_when is None else datetime.fromisoformat(until_when)


@WITH_016
async def test_suspended_and_over(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate)
    assert state_of(hass, entry, *SUSPENDED) == STATE_UNKNOWN
    for minutes in (60, 10080, 5):
        told = await suspend_by_action(hass, entry, freezer, minutes)
        await until_state(hass, entry, *SUSPENDED, state=after(minutes))
        assert told is not None
        assert told.astimezone(UTC).isoformat() == state_of(hass, entry, *SUSPENDED)
    assert state_of(hass, entry, *OTHER) == STATE_UNKNOWN
    # Whoever looks at it for the first time learns of it.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until_pushing(hass, entry, frigate)
    await until_state(hass, entry, *SUSPENDED, state=after(5))

    # Frigate 0.17 says nothing when it is over.
    await pass_time(hass, freezer, 4 * MINUTE)
    assert state_of(hass, entry, *SUSPENDED) not in (STATE_UNKNOWN, STATE_UNAVAILABLE)
    await pass_time(hass, freezer, MINUTE + 1)
    assert state_of(hass, entry, *SUSPENDED) == STATE_UNKNOWN
    frigate.end_suspensions()
    await pass_polls(hass, freezer, 1)
    assert state_of(hass, entry, *SUSPENDED) == STATE_UNKNOWN

    await suspend_by_action(hass, entry, freezer, 5)
    await until_state(hass, entry, *SUSPENDED, state=after(5))
    assert await suspend_by_action(hass, entry, freezer, 0) is None
    await until_state(hass, entry, *SUSPENDED, state=STATE_UNKNOWN)


@WITH_016
async def test_a_lost_connection_and_a_restart(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate)
    suspend(frigate.state, "front_door", 60)
    state = after(60)
    await until_state(hass, entry, *SUSPENDED, state=state)
    frigate.block_live()
    frigate.drop_live()
    await until_state(hass, entry, *SUSPENDED, state=STATE_UNAVAILABLE)
    with pytest.raises(HomeAssistantError, match="needs the live connection"):
        await suspend_by_action(hass, entry, freezer, 5)
    frigate.unblock_live()
    await pass_time(hass, freezer, MINUTE)
    await until_pushing(hass, entry, frigate)
    await until_state(hass, entry, *SUSPENDED, state=state)

    # What somebody did meanwhile, and what Frigate has forgotten.
    frigate.drop_live()
    frigate.state.live.activity.suspended.clear()
    await pass_time(hass, freezer, MINUTE)
    await until_pushing(hass, entry, frigate)
    await until_state(hass, entry, *SUSPENDED, state=STATE_UNKNOWN)


@WITH_016
async def test_notifications_are_switched(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate)
    await until_state(hass, entry, *SWITCH, state=STATE_ON)
    suspend(frigate.state, "front_door", 60)
    await until_state(hass, entry, *SUSPENDED, state=after(60))
    carry_out(frigate.state, "front_door", "notifications", "OFF")
    await until_state(hass, entry, *SUSPENDED, state=STATE_UNKNOWN)
    told = len(frigate.live_received)
    for minutes in (5, 0):
        with pytest.raises(HomeAssistantError, match="notifications of front_door are"):
            await suspend_by_action(hass, entry, freezer, minutes)
    assert len(frigate.live_received) == told
    carry_out(frigate.state, "front_door", "notifications", "ON")
    await until_state(hass, entry, *SWITCH, state=STATE_ON)
    assert await suspend_by_action(hass, entry, freezer, 5) is not None

    # Without them in the configuration, there is nothing to suspend.
    frigate.state.cameras["front_door"].allowed["notifications"] = False
    await pass_time(hass, freezer, CONFIG_READ)
    with pytest.raises(HomeAssistantError, match="turned off in the Frigate config"):
        await suspend_by_action(hass, entry, freezer, 5)
    assert not is_available(hass, entry, *SUSPENDED)
    await pass_time(hass, freezer, CONFIG_READ)
    assert not is_registered(hass, entry, *SUSPENDED)
    assert not is_registered(hass, entry, *SWITCH)
    del frigate.state.cameras["front_door"].allowed["notifications"]
    await pass_time(hass, freezer, CONFIG_READ)
    assert await suspend_by_action(hass, entry, freezer, 5) is not None


@WITH_016
async def test_what_frigate_does_not_confirm(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate)
    frigate.mute_live()
    with pytest.raises(HomeAssistantError, match="did not apply the change"):
        await suspend_by_action(hass, entry, freezer, 5)
    assert state_of(hass, entry, *SUSPENDED) == STATE_UNKNOWN
    frigate.drop_live()
    await pass_polls(hass, freezer, 2)
    await until_pushing(hass, entry, frigate)
    # Off, without a word of it: then Frigate does not answer.
    frigate.state.cameras["front_door"].notifications = False
    with pytest.raises(HomeAssistantError, match="did not apply the change"):
        await suspend_by_action(hass, entry, freezer, 5)
    frigate.state.cameras["front_door"].notifications = True
    await suspend_by_action(hass, entry, freezer, 5)
    await until(hass, lambda: state_of(hass, entry, *SUSPENDED) != STATE_UNKNOWN)


@WITH_016
async def test_one_that_would_end_at_about_the_same_time(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate)
    await suspend_by_action(hass, entry, freezer, 10)
    await until_state(hass, entry, *SUSPENDED, state=after(10))
    await pass_time(hass, freezer, 40)
    told = await suspend_by_action(hass, entry, freezer, 10)
    assert told is not None
    assert told.astimezone(UTC).isoformat() == after(10)
    # Nor does the end of the one before prove that there is another.
    frigate.mute_live()
    for minutes in (10, 0):
        with pytest.raises(HomeAssistantError, match="did not apply the change"):
            await suspend_by_action(hass, entry, freezer, minutes)
    frigate.drop_live()
    await pass_polls(hass, freezer, 2)
    await until_pushing(hass, entry, frigate)
    for _ in range(2):
        assert await suspend_by_action(hass, entry, freezer, 0) is None


@WITH_016
async def test_viewers_see_it_and_cannot_do_it(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    viewer = make_entry(frigate.external_url, **VIEWER)
    entry = await set_up_enabled(hass, frigate, viewer)
    told = len(frigate.live_received)
    with pytest.raises(HomeAssistantError, match="only lets administrators suspend"):
        await suspend_by_action(hass, entry, freezer, 5)
    assert len(frigate.live_received) == told
    suspend(frigate.state, "front_door", 60)
    await until_state(hass, entry, *SUSPENDED, state=after(60))
    suspend(frigate.state, "front_door", 0)
    await until_state(hass, entry, *SUSPENDED, state=STATE_UNKNOWN)


@pytest.mark.parametrize("offset", [-600, 600])
async def test_a_server_with_another_clock(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    offset: float,
) -> None:
    frigate.state.clock = WrongClock(offset)
    entry = await set_up_enabled(hass, frigate)
    await pass_polls(hass, freezer, 8)
    await suspend_by_action(hass, entry, freezer, 5)
    ends_at = datetime.now(UTC) + timedelta(minutes=5)
    found = datetime.fromisoformat(state_of(hass, entry, *SUSPENDED))
    assert abs(found - ends_at) < timedelta(seconds=30)
    await pass_time(hass, freezer, 5 * MINUTE + 30)
    assert state_of(hass, entry, *SUSPENDED) == STATE_UNKNOWN


async def test_what_is_no_time(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate)
    camera = camera_entity(hass, entry)
    for minutes in (-1, 2.5, "abc", None, 10081, True):
        await invalid(hass, "suspend_notifications", entity_id=camera, minutes=minutes)
    await invalid(hass, "suspend_notifications", entity_id=camera)
    suspend(frigate.state, "front_door", 60)
    state = after(60)
    await until_state(hass, entry, *SUSPENDED, state=state)
    nonsense: tuple[Any, ...] = ("abc", "", -5, "1e400", None, [], True)
    for one in nonsense:
        frigate.push("front_door/notifications/suspended", one)
    frigate.push("nope/notifications/suspended", "1795704073")
    await pass_polls(hass, freezer, 1)
    assert state_of(hass, entry, *SUSPENDED) == state
    # A time that is over is none.
    frigate.push("front_door/notifications/suspended", "1795000000")
    await until_state(hass, entry, *SUSPENDED, state=STATE_UNKNOWN)


async def test_a_camera_that_is_gone_is_not_named(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate)
    camera = camera_entity(hass, entry)
    taken = take_away(frigate, "front_door")
    await pass_time(hass, freezer, CONFIG_READ)
    told = len(frigate.live_received)
    with pytest.raises((HomeAssistantError, ServiceValidationError)):
        await call(hass, "suspend_notifications", entity_id=camera, minutes=5)
    assert len(frigate.live_received) == told
    frigate.state.cameras["front_door"] = taken
    await pass_time(hass, freezer, CONFIG_READ)
    assert await suspend_by_action(hass, entry, freezer, 5) is not None


@EVERY_VERSION
async def test_a_camera_that_is_gone_before_anybody_knows(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate)
    taken = take_away(frigate, "front_door")
    # Frigate 0.17 closes the live connection.
    with pytest.raises(HomeAssistantError, match="did not apply the change"):
        await suspend_by_action(hass, entry, freezer, 5)
    frigate.state.cameras["front_door"] = taken
    await pass_polls(hass, freezer, 2)
    await until_pushing(hass, entry, frigate)
    assert await suspend_by_action(hass, entry, freezer, 5) is not None
    await until_state(hass, entry, *SUSPENDED, state=after(5))
