"""Sixty-four cameras that all speak at once: what is written then, and how often."""

import asyncio
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, Self

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from tests.common import pass_time, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.live_commands import greet
from tests.versions import on_versions

from .burst import CAMERAS, Shown, Street
from .common import TURNS, until_pushing

pytestmark = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")

# A clock is rounded, which must not decide who comes first.
BEAT = 1 / 5 + 0.001
QUICK_BEAT = 1 / 9
LIGHTHOUSE = "switch.cam_64_improve_contrast"

type Writes = dict[tuple[str, str], list[str]]


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Leave the loop as it is: the test plugin's debug mode takes half of the time."""


@pytest.fixture
def frigate_options() -> dict[str, Any]:
    return {"cameras": CAMERAS}


class Observer:
    """Notes every state that is written, and when, but for the test's own lighthouse."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._written: dict[str, list[tuple[float, str]]] = {}
        self.repeated: list[str] = []
        """The entities that wrote what they had written before."""

    @contextmanager
    def watching(self) -> Generator[Self]:
        """Watch until the context is left."""

        @callback
        def note(event: Event[Any]) -> None:
            entity, state = event.data["entity_id"], event.data["new_state"].state
            if entity != LIGHTHOUSE:
                written = self._written.setdefault(entity, [])
                written.append((self._hass.loop.time(), state))

        @callback
        def note_repetition(event: Event[Any]) -> None:
            self.repeated.append(event.data["entity_id"])

        @callback
        def every(_data: Any) -> bool:
            return True

        stop = (
            self._hass.bus.async_listen(EVENT_STATE_CHANGED, note),
            # A state written again as it was is an event of its own.
            self._hass.bus.async_listen(
                EVENT_STATE_REPORTED, note_repetition, event_filter=every
            ),
        )
        yield self
        for each in stop:
            each()

    def clear(self) -> None:
        """Forget what was written so far."""
        self._written.clear()
        self.repeated.clear()

    def writes(self) -> Writes:
        """Return the states by the last part of the unique id, in their order."""
        registry = er.async_get(self._hass)
        found = {}
        for entity, written in self._written.items():
            registered = registry.async_get(entity)
            assert registered is not None
            key = registered.unique_id.partition(":")[2]
            found[registered.domain, key] = [state for _, state in written]
        return found

    def most_in_a_second(self) -> int:
        """Return the greatest number of states of one entity in any second."""
        most = 0
        for written in self._written.values():
            times = [time for time, _ in written]
            for begin in times:
                # Up to what the clock can tell apart.
                now = [time for time in times if 0 <= time - begin < 1 - 1e-3]
                most = max(most, len(now))
        return most


@pytest.fixture
def observer(hass: HomeAssistant) -> Generator[Observer]:
    with Observer(hass).watching() as observer:
        yield observer


@pytest.fixture
def street(frigate: FakeFrigate) -> Street:
    return Street(frigate)


async def until_all_has_come(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    """Wait, while no time passes, for all that was pushed until now.

    Messages stay in their order: who sees the last one has seen all others.
    """
    wanted = "off" if hass.states.is_state(LIGHTHOUSE, "on") else "on"
    frigate.push("cam_64/improve_contrast/state", wanted.upper())
    for _turn in range(TURNS):
        if hass.states.is_state(LIGHTHOUSE, wanted):
            return
        await asyncio.sleep(0)
    raise AssertionError("The messages have not come")


async def begin(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    street: Street,
    freezer: FrozenDateTimeFactory,
    observer: Observer,
) -> MockConfigEntry:
    """Set all up, and forget what was written for that; the next poll is far away."""
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    await until_all_has_come(hass, frigate)
    await pass_time(hass, freezer)
    assert now_shown(hass, entry, street) == street.shown()
    observer.clear()
    return entry


def now_shown(hass: HomeAssistant, entry: MockConfigEntry, street: Street) -> Shown:
    """Return what the entities show of which the street knows what they should."""
    return {one: state_of(hass, entry, *one) for one in street.shown()}


def changes(history: Iterable[Shown]) -> Writes:
    """Return each value that is another one than the one before, and nothing else."""
    found: Writes = {}
    for before, after in pairwise(history):
        for one, state in after.items():
            if state != before[one]:
                found.setdefault(one, []).append(state)
    return found


@on_versions("0.17.2")
async def test_five_changes_a_second_are_all_written_and_nothing_else_is(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    street: Street,
    freezer: FrozenDateTimeFactory,
    observer: Observer,
) -> None:
    await begin(hass, frigate, street, freezer, observer)
    history = [street.shown()]
    for _ in range(10):
        freezer.tick(BEAT)
        street.beat()
        await until_all_has_come(hass, frigate)
        history.append(street.shown())

    expected = changes(history)
    # People, cars and the sum of them in two zones, at the camera, and what else it sees
    # and hears; the one who sits still is always there.
    assert len(expected) == CAMERAS * (4 + 2 * 6 + 2)
    assert {len(states) for states in expected.values()} == {10}
    assert observer.writes() == expected
    assert observer.repeated == []
    assert observer.most_in_a_second() == 5


@on_versions("0.18")
async def test_of_quicker_changes_five_a_second_are_written_and_always_the_last(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    street: Street,
    freezer: FrozenDateTimeFactory,
    observer: Observer,
) -> None:
    entry = await begin(hass, frigate, street, freezer, observer)
    history = [street.shown()]
    for _ in range(13):
        freezer.tick(QUICK_BEAT)
        street.beat(growing=True)
        await until_all_has_come(hass, frigate)
        history.append(street.shown())
    # What had to wait is written though nothing more is said.
    freezer.tick(BEAT)
    await until_all_has_come(hass, frigate)

    assert now_shown(hass, entry, street) == history[-1]
    told, written = changes(history), observer.writes()
    assert written.keys() <= told.keys()
    assert {len(states) for states in told.values()} == {13}
    assert observer.repeated == []
    assert observer.most_in_a_second() == 5
    for camera in frigate.state.cameras:
        # The first at once, the last in the end, and five a second between them.
        states = written["sensor", f"camera:{camera}:count:person"]
        people = [int(state) for state in states]
        assert people == sorted(set(people))
        assert (people[0], people[-1]) == (2, 14)
        assert len(people) >= 6


@on_versions("0.18")
async def test_what_changes_nothing_writes_nothing(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    street: Street,
    freezer: FrozenDateTimeFactory,
    observer: Observer,
) -> None:
    await begin(hass, frigate, street, freezer, observer)
    for _ in range(3):
        freezer.tick(BEAT)
        street.repeat()
        # Also the whole of it, as whenever somebody opens Frigate's own page.
        greet(frigate.state)
        await until_all_has_come(hass, frigate)
    freezer.tick(BEAT)
    await until_all_has_come(hass, frigate)
    assert observer.writes() == {}
    assert observer.repeated == []

    # One of all those messages says something, and just that is written.
    before = street.shown()
    street.drive("cam_07")
    street.repeat()
    await until_all_has_come(hass, frigate)
    expected = changes((before, street.shown()))
    assert {key.split(":")[1] for _, key in expected} == {"cam_07"}
    assert observer.writes() == expected
