"""Snoozing cameras: the action, and the sensor that tells until when."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.snoozes import Snoozes
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from tests.common import CONFIG_READ, is_available, pass_time, state_of, take_away
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.live.test_sensor import load_stored
from tests.services.common import call, camera_entity, invalid

pytestmark = pytest.mark.usefixtures("fixed_time")

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = 60
SNOOZED = "sensor", "camera:front_door:snoozed_until"
OTHER = "sensor", "camera:Portones:snoozed_until"

type Entry = MockConfigEntry


def after_noon(minutes: float) -> str:
    """Return the state of a sensor whose camera is snoozed until then."""
    return (NOON + timedelta(minutes=minutes)).isoformat()


async def snooze(hass: HomeAssistant, entry: Entry, **data: Any) -> datetime | None:
    """Snooze a camera, and return until when it says that it is."""
    camera = camera_entity(hass, entry)
    answer = (await call(hass, "snooze", entity_id=camera, **data))[camera]
    assert isinstance(answer, dict)
    until = answer["snoozed_until"]
    return None if until is None else datetime.fromisoformat(str(until))


async def test_a_camera_is_snoozed_and_frigate_is_not_told(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: Entry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config.async_set_time_zone("Europe/Madrid")
    assert state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN
    frigate.clear_requests()
    told = list(frigate.live_received)
    until = await snooze(hass, entry)
    assert until == NOON + timedelta(minutes=30)
    assert until.utcoffset() == timedelta(hours=1)
    await hass.async_block_till_done()
    assert frigate.requests == []
    assert frigate.live_received == told
    assert state_of(hass, entry, *SNOOZED) == after_noon(30)
    assert state_of(hass, entry, *OTHER) == STATE_UNKNOWN

    await pass_time(hass, freezer, 29 * MINUTE)
    assert state_of(hass, entry, *SNOOZED) == after_noon(30)
    await pass_time(hass, freezer, MINUTE)
    assert state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN


async def test_the_last_call_counts(
    hass: HomeAssistant, entry: Entry, freezer: FrozenDateTimeFactory
) -> None:
    assert await snooze(hass, entry, minutes=0) is None
    for minutes in (60, 1440, 5):
        until = await snooze(hass, entry, minutes=minutes)
        assert until == NOON + timedelta(minutes=minutes)
        assert state_of(hass, entry, *SNOOZED) == after_noon(minutes)
    await pass_time(hass, freezer, 5 * MINUTE)
    assert state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN

    await snooze(hass, entry, minutes=60)
    assert await snooze(hass, entry, minutes=0) is None
    assert state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN


async def test_other_times_are_refused(hass: HomeAssistant, entry: Entry) -> None:
    camera = camera_entity(hass, entry)
    for minutes in (-1, 1441, 2.5, "soon", None, True):
        reason = await invalid(hass, "snooze", entity_id=camera, minutes=minutes)
        assert reason == "field minutes"
    assert state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN
    # A template may answer a number as text.
    assert await snooze(hass, entry, minutes="10") == NOON + timedelta(minutes=10)


async def test_it_works_while_frigate_is_away(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: Entry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await snooze(hass, entry, minutes=10)
    await frigate.refuse()
    await pass_time(hass, freezer, MINUTE)
    await pass_time(hass, freezer, MINUTE)
    assert not is_available(hass, entry, "camera", "camera:front_door")
    assert state_of(hass, entry, *SNOOZED) == after_noon(10)
    assert await snooze(hass, entry, minutes=3) == NOON + timedelta(minutes=5)
    assert state_of(hass, entry, *SNOOZED) == after_noon(5)
    await pass_time(hass, freezer, 3 * MINUTE)
    assert state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN

    await snooze(hass, entry, minutes=20)
    await frigate.resume()
    await pass_time(hass, freezer, MINUTE)
    assert is_available(hass, entry, "camera", "camera:front_door")
    assert state_of(hass, entry, *SNOOZED) == after_noon(25)


async def test_a_camera_that_is_not_there_cannot_be_snoozed(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: Entry,
    freezer: FrozenDateTimeFactory,
) -> None:
    taken = take_away(frigate, "front_door")
    await pass_time(hass, freezer, CONFIG_READ)
    with pytest.raises(HomeAssistantError) as caught:
        await snooze(hass, entry)
    assert caught.value.translation_key == "entity_unavailable"
    frigate.state.cameras["front_door"] = taken
    await pass_time(hass, freezer, CONFIG_READ)
    assert await snooze(hass, entry) == NOON + timedelta(minutes=40)

    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(HomeAssistantError) as caught:
        await snooze(hass, entry)
    assert caught.value.translation_key == "entity_unavailable"


# Restarts and clocks


async def test_it_outlasts_a_reload_and_becomes_no_longer(
    hass: HomeAssistant, entry: Entry, freezer: FrozenDateTimeFactory
) -> None:
    await snooze(hass, entry, minutes=30)
    for _ in range(2):
        freezer.tick(13 * MINUTE)
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert state_of(hass, entry, *SNOOZED) == after_noon(30)
    await pass_time(hass, freezer, 4 * MINUTE)
    assert state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN


def stored(minutes: float, left: float) -> dict[str, Any]:
    """Return what is stored of a snooze that had some minutes left."""
    return {"until": after_noon(minutes), "seconds_left": left * MINUTE}


STORED: tuple[tuple[dict[str, Any], str], ...] = (
    (stored(20, 25.0), after_noon(20)),
    # The clock was set back, or starts in the past as there is no battery.
    (stored(20, 5.0), after_noon(5)),
    (stored(600_000, 5.0), after_noon(5)),
    (stored(0, 5.0), STATE_UNKNOWN),
    (stored(-60, 5.0), STATE_UNKNOWN),
    (stored(20, 0.0), STATE_UNKNOWN),
    ({"until": None, "seconds_left": 0.0}, STATE_UNKNOWN),
    ({"until": "noon", "seconds_left": 60.0}, STATE_UNKNOWN),
    ({"until": after_noon(20)}, STATE_UNKNOWN),
    ({}, STATE_UNKNOWN),
)


async def test_it_outlasts_a_restart_and_becomes_no_longer(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    expected, states = dict[str, str](), list[tuple[State, dict[str, Any]]]()
    for number, (extra, shown) in enumerate(STORED):
        frigate.add_camera(f"cam_{number}")
        expected[f"camera:cam_{number}:snoozed_until"] = shown
        states.append((State(f"sensor.cam_{number}_snoozed_until", "any"), extra))
    await load_stored(hass, hass_storage, *states)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert {key: state_of(hass, entry, "sensor", key) for key in expected} == expected
    await pass_time(hass, freezer, 20 * MINUTE)
    over = {state_of(hass, entry, "sensor", key) for key in expected}
    assert over == {STATE_UNKNOWN}


@pytest.fixture
def set_clock(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> Callable[[float], None]:
    """Return what sets the clock, while the time of the event loop goes on."""

    def _set(seconds: float) -> None:
        before = hass.loop.time
        freezer.tick(seconds)
        monkeypatch.setattr(hass.loop, "time", lambda: before() - seconds)

    return _set


@pytest.mark.parametrize("jump", [-3600, 3600], ids=["back", "forward"])
async def test_it_becomes_no_longer_when_the_clock_is_set(
    hass: HomeAssistant,
    entry: Entry,
    freezer: FrozenDateTimeFactory,
    set_clock: Callable[[float], None],
    jump: float,
) -> None:
    await snooze(hass, entry, minutes=30)
    await pass_time(hass, freezer, 10 * MINUTE)
    set_clock(jump)
    await pass_time(hass, freezer, 19 * MINUTE)
    is_over = jump > 0
    assert (state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN) is is_over
    # What is stored now is no longer either.
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN) is is_over
    await pass_time(hass, freezer, MINUTE)
    assert state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN

    entity_id = camera_entity(hass, entry)
    await hass.services.async_call(
        DOMAIN, "snooze", {"entity_id": entity_id, "minutes": 1}, blocking=True
    )
    assert state_of(hass, entry, *SNOOZED) != STATE_UNKNOWN
    await pass_time(hass, freezer, MINUTE)
    assert state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN


async def test_a_clock_that_is_set_forward_while_frigate_is_away(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: Entry,
    freezer: FrozenDateTimeFactory,
    set_clock: Callable[[float], None],
) -> None:
    await snooze(hass, entry, minutes=30)
    await frigate.refuse()
    await pass_time(hass, freezer, MINUTE)
    await pass_time(hass, freezer, MINUTE)
    assert state_of(hass, entry, *SNOOZED) == after_noon(30)
    set_clock(3600)
    await pass_time(hass, freezer, MINUTE)
    assert state_of(hass, entry, *SNOOZED) == STATE_UNKNOWN


async def test_what_is_stored_does_not_replace_what_is_newer(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    snoozes = Snoozes(hass)
    calls = list[float]()
    snoozes.async_add_listener(
        "gate", lambda: calls.append(snoozes.seconds_left("gate"))
    )
    until = snoozes.async_snooze("gate", 10)
    snoozes.async_restore("gate", NOON + timedelta(hours=1), 3600)
    assert snoozes.until("gate") == until == NOON + timedelta(seconds=10)
    # Closed, it calls nobody any more.
    snoozes.async_close()
    await pass_time(hass, freezer, 20)
    assert calls == [10]
