"""Two entries of ours, or two of the official integration, do not get in each other's way."""

from collections.abc import Sequence

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import CONF_TAKEN_OVER, DOMAIN
from custom_components.frigate_http.taking_over.journal import async_load_plan
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.official_home import load, register
from tests.official_registry import OFFICIAL, Official

from .home import Rows, look
from .moved import WANTED, ask, check_given_back, undo

OTHER = "01JOTHER000000000000000000"


@pytest.fixture(autouse=True)
def _saved_at_once(saved_at_once: None) -> None:
    """Let Home Assistant save its config entries at once, not after a second."""


def rows_of(hass: HomeAssistant, entry: MockConfigEntry) -> Rows:
    """Return the entities of a config entry."""
    found = look(hass).entities
    return {
        key: one
        for key, one in found.items()
        if one["config_entry_id"] == entry.entry_id
    }


async def test_only_one_of_two_takes_over_the_same_entry(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    before = look(hass)
    both = [make_entry(frigate.internal_url, **WANTED) for _ in range(2)]
    for one in both:
        one.add_to_hass(hass)
    # As a start does, with both at the same time.
    await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()

    assert {one.state for one in both} == {ConfigEntryState.LOADED}
    (winner,) = (one for one in both if CONF_TAKEN_OVER in one.data)
    (loser,) = (one for one in both if one is not winner)
    assert len(rows_of(hass, winner).keys() & before.entities.keys()) > 90
    assert rows_of(hass, loser).keys().isdisjoint(before.entities)
    assert await async_load_plan(hass, loser.entry_id) is None

    # What the one has given back, the other may have.
    await undo(hass, winner)
    assert {key: look(hass).entities[key] for key in before.entities} == before.entities
    await ask(hass, loser, **WANTED)
    assert len(rows_of(hass, loser).keys() & before.entities.keys()) > 90
    await undo(hass, loser)
    assert {key: look(hass).entities[key] for key in before.entities} == before.entities


async def test_another_official_entry_is_left_alone(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    house: Sequence[Official],
    official: MockConfigEntry,
) -> None:
    other = MockConfigEntry(
        domain=OFFICIAL,
        version=2,
        entry_id=OTHER,
        title="The same again",
        data={**official.data},
    )
    register(hass, other, house)
    await load(hass, other)
    theirs = rows_of(hass, other)
    assert len(theirs) == len(rows_of(hass, official))
    entry = await set_up(hass, make_entry(frigate.internal_url))
    second = await set_up(hass, make_entry(frigate.internal_url))
    before = look(hass)

    await ask(hass, entry, **WANTED)
    assert other.state is ConfigEntryState.LOADED
    assert rows_of(hass, other) == theirs

    # Each of ours can have one of them, and give it back by itself.
    await ask(hass, second, **{CONF_TAKEN_OVER: OTHER})
    assert len(rows_of(hass, second).keys() & theirs.keys()) > 90
    await undo(hass, entry)
    assert other.disabled_by is not None
    assert len(rows_of(hass, second).keys() & theirs.keys()) > 90
    await undo(hass, second)
    check_given_back(hass, before)
