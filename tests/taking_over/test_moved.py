"""A home is taken over, given back, and taken over again, and its user loses nothing."""

from collections.abc import Sequence

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.taking_over.journal import async_load_plan
from homeassistant.core import HomeAssistant
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.official_registry import (
    Official,
    add_extras,
    add_house,
    large_house,
    official_entities,
)
from tests.versions import EVERY_VERSION, SINCE_018

from .home import look
from .moved import WANTED, ask, check_given_back, check_moved, undo


@pytest.fixture(autouse=True)
def _saved_at_once(saved_at_once: None) -> None:
    """Let Home Assistant save its config entries at once, not after a second."""


@pytest.fixture
def house(frigate: FakeFrigate) -> Sequence[Official]:
    """Let the server have two cameras, and all that there are kinds for."""
    add_house(frigate)
    add_extras(frigate)
    return official_entities(frigate.state)


@EVERY_VERSION
async def test_a_new_entry_takes_over_and_gives_back(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    before = look(hass)
    entry = make_entry(frigate.internal_url, **WANTED)
    await set_up(hass, entry)
    moved = check_moved(hass, before)
    plan = await async_load_plan(hass, entry.entry_id)
    assert plan is not None
    stays = {one.registry_id for one in plan.stays}
    assert len(stays) < 20
    assert moved.keys() == before.entities.keys() - stays

    await undo(hass, entry)
    given_back = look(hass)
    for key, row in before.entities.items():
        assert given_back.entities[key] == row
    for key, row in before.devices.items():
        assert given_back.devices[key] == row

    await ask(hass, entry, **WANTED)
    assert check_moved(hass, before).keys() == moved.keys()
    await undo(hass, entry)
    check_given_back(hass, given_back)


@EVERY_VERSION
async def test_an_entry_in_use_takes_over_and_gives_back(
    hass: HomeAssistant, frigate: FakeFrigate, official: MockConfigEntry
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    before = look(hass)
    await ask(hass, entry, **WANTED)
    moved = check_moved(hass, before)
    await undo(hass, entry)
    check_given_back(hass, before)
    await ask(hass, entry, **WANTED)
    assert check_moved(hass, before) == moved
    await undo(hass, entry)
    check_given_back(hass, before)


class TestOfAHome:
    """With eight cameras, as many people have."""

    @pytest.fixture
    def house(self, frigate: FakeFrigate) -> Sequence[Official]:
        """Let the server have eight cameras."""
        return large_house(frigate)

    @SINCE_018
    async def test_all_of_it_moves_but_what_has_no_twin(
        self,
        hass: HomeAssistant,
        frigate: FakeFrigate,
        official: MockConfigEntry,
    ) -> None:
        before = look(hass)
        assert len(before.entities) == 559
        entry = await set_up(hass, make_entry(frigate.internal_url, **WANTED))
        moved = check_moved(hass, before)
        assert len(moved) > 450
        await undo(hass, entry)
        given_back = look(hass)
        assert {key: given_back.entities[key] for key in before.entities} == dict(
            before.entities
        )
        assert {key: given_back.devices[key] for key in before.devices} == dict(
            before.devices
        )
