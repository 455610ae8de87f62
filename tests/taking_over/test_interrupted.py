"""Home Assistant saves its files apart: each start goes on, whichever of them are old."""

import asyncio
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest

from custom_components.frigate_http.const import CONF_LEAVE, CONF_TAKEN_OVER, CONF_UNDO
from custom_components.frigate_http.taking_over.journal import lock_of
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests import official_stub
from tests.fake_frigate import FakeFrigate
from tests.home_runs import (
    DEVICES,
    ENTITIES,
    ENTRIES,
    Files,
    saving_at_once,
    saving_nothing,
)
from tests.official_home import storage_files
from tests.official_registry import (
    OFFICIAL_ENTRY,
    Official,
    add_house,
    device_settings_of,
    official_entities,
    settings_of,
)

from .runs import (
    OWN,
    TAKEN_OVER,
    Facts,
    add_own,
    differences,
    official_entry,
    own_entry,
    started,
    want,
)

WANTED: dict[str, Any] = {CONF_TAKEN_OVER: OFFICIAL_ENTRY}
UNDO: dict[str, Any] = {CONF_UNDO: True}
SAVED = "custom_components.frigate_http.taking_over.saved"
_KEPT = (
    "aliases",
    "categories",
    "disabled_by",
    "entity_id",
    "hidden_by",
    "icon",
    "labels",
)

type Change = Callable[[HomeAssistant], object]


@pytest.fixture(autouse=True)
def _saved_at_once() -> Generator[None]:
    """Let Home Assistant save its config entries at once, not after a second."""
    with saving_at_once():
        yield


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow for what a killed Home Assistant was about to do, such as to clean up."""
    return True


@pytest.fixture
def house(frigate: FakeFrigate) -> Sequence[Official]:
    """Let the server have one camera, which is enough for each kind of file."""
    add_house(frigate, 1)
    return official_entities(frigate.state)


@pytest.fixture
async def files(
    socket_enabled: None, frigate: FakeFrigate, house: Sequence[Official]
) -> Files:
    """Return the files of a home with the official integration alone."""
    settings, devices = settings_of(house), device_settings_of(house)
    return Files(await storage_files(frigate.internal_url, house, settings, devices))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What Home Assistant has written of one step, and what is in the registries then."""

    files: Files
    facts: Facts


def _change_nothing(_hass: HomeAssistant) -> None:
    pass


async def _take_step(
    start: Files,
    house: Sequence[Official],
    change: Change = _change_nothing,
    **asked: Any,
) -> Step:
    """Start a home, let our entry ask for something, and end it when all is written."""
    async with started(start, house) as home:
        change(home.hass)
        await home.set_up()
        if asked:
            await home.ask(**asked)
        return Step(files=await home.write(), facts=home.facts)


async def _put_beside(
    files: Files,
    frigate: FakeFrigate,
    house: Sequence[Official],
    change: Change = _change_nothing,
) -> Step:
    """Add our entry to the official one, and change something once it is there."""
    added = await _take_step(
        files, house, lambda hass: add_own(hass, frigate.internal_url)
    )
    return await _take_step(added.files, house, change)


async def test_every_mix_of_old_and_new_files_is_finished(
    files: Files, frigate: FakeFrigate, house: Sequence[Official]
) -> None:
    side_by_side = await _put_beside(files, frigate, house, _use)
    before = side_by_side.facts
    assert sum(one["name"] == "Ours" for one in before.values()) > 10
    with saving_nothing():
        begun = await _take_step(side_by_side.files, house, **WANTED)
    assert differences(begun.facts, before) == {}
    taken_over = await _take_step(side_by_side.files, house, **WANTED)
    after = taken_over.facts
    assert _kept(after, before) == _kept(before, before)
    old, middle, new = (one.files for one in (side_by_side, begun, taken_over))
    for mixed in (
        # The plan is saved before the entries are, and these before anything moves.
        old.having({ENTRIES: _enabled(middle[ENTRIES])}),
        middle.having({ENTRIES: _enabled(middle[ENTRIES])}),
        *_mixed(new, (old, new)),
        *(new.having({one: middle[one]}) for one in (ENTITIES, DEVICES)),
        middle,
    ):
        async with started(mixed, house) as home:
            await home.set_up()
            assert differences(home.facts, after) == {}
            assert home.lacking == []
            await home.ask(**UNDO)
            assert differences(home.facts, before) == {}
            assert home.lacking == []
    # What nobody has asked for, as far as the files tell, is not begun.
    for mixed in (
        old.having({TAKEN_OVER: middle[TAKEN_OVER]}),
        middle.having({ENTRIES: old[ENTRIES]}),
    ):
        async with started(mixed, house) as home:
            await home.set_up()
            assert differences(home.facts, before) == {}
    async with started(mixed, house) as home:
        await home.set_up()
        await home.ask(**WANTED)
        assert differences(home.facts, after) == {}


async def test_a_new_entry_finishes_with_mixed_files_too(
    files: Files, frigate: FakeFrigate, house: Sequence[Official]
) -> None:
    def _add(hass: HomeAssistant) -> None:
        add_own(hass, frigate.internal_url)
        want(hass, **WANTED)

    official = await _take_step(files, house)
    with saving_nothing():
        begun = await _take_step(files, house, _add)
    assert differences(begun.facts, official.facts) == {}
    taken_over = await _take_step(begun.files, house)
    kept = _kept(official.facts, official.facts)
    assert _kept(taken_over.facts, official.facts) == kept
    for mixed in _mixed(taken_over.files, (official.files, taken_over.files)):
        async with started(mixed, house) as home:
            await home.set_up()
            # What is ours alone is not as old, so that it may get other ids.
            assert _by_name(home.facts) == _by_name(taken_over.facts)
            assert _kept(home.facts, official.facts) == kept


async def test_every_mix_of_old_and_new_files_is_undone(
    files: Files, frigate: FakeFrigate, house: Sequence[Official]
) -> None:
    side_by_side = await _put_beside(files, frigate, house, _use)
    taken_over = await _take_step(side_by_side.files, house, **WANTED)
    with saving_nothing():
        begun = await _take_step(taken_over.files, house, **UNDO)
    assert differences(begun.facts, taken_over.facts) == {}
    undone = await _take_step(taken_over.files, house, **UNDO)
    old, new = taken_over.files, undone.files
    asked = begun.files[ENTRIES]
    for mixed in (
        old.having({ENTRIES: asked}),
        *_mixed(new.having({ENTRIES: asked}), (old, new)),
        *_mixed(new, (old, new)),
    ):
        async with started(mixed, house) as home:
            await home.set_up()
            assert differences(home.facts, side_by_side.facts) == {}
            assert official_entry(home.hass).state is ConfigEntryState.LOADED
            assert home.lacking == []
            assert not {*WANTED, *UNDO} & own_entry(home.hass).data.keys()


async def test_what_was_begun_when_home_assistant_stopped_is_finished(
    files: Files, frigate: FakeFrigate, house: Sequence[Official]
) -> None:
    side_by_side = await _put_beside(files, frigate, house)
    taken_over = await _take_step(side_by_side.files, house, **WANTED)
    for asked, before, after in (
        (WANTED, side_by_side, taken_over),
        (UNDO, taken_over, side_by_side),
    ):
        async with started(before.files, house) as home:
            await home.set_up()
            with saving_nothing(), patch(f"{SAVED}._TIMEOUT", 3600):
                want(home.hass, **asked)
                reload = home.hass.config_entries.async_reload(OWN)
                moving = home.hass.async_create_task(reload)
                await _until_locked(home.hass, ConfigEntryState.NOT_LOADED)
                await home.hass.async_stop(force=True)
            assert moving.done()
            stopped = home.files.copy()
        assert stopped[ENTITIES] != after.files[ENTITIES]
        async with started(stopped, house) as home:
            await home.set_up()
            assert differences(home.facts, after.facts) == {}


async def _until_locked(hass: HomeAssistant, official: ConfigEntryState) -> None:
    """Wait until somebody is about to move something, with the official entry so."""
    for _turn in range(20_000):
        if official_entry(hass).state is official and lock_of(hass).locked():
            return
        await asyncio.sleep(0)
    raise AssertionError("nobody moves anything")


async def test_a_start_that_sets_up_the_official_entry_is_waited_for(
    files: Files, frigate: FakeFrigate, house: Sequence[Official]
) -> None:
    side_by_side = await _put_beside(files, frigate, house)
    taken_over = await _take_step(side_by_side.files, house, **WANTED)
    undone = await _take_step(taken_over.files, house, **UNDO)
    killed = undone.files.having({DEVICES: taken_over.files[DEVICES]})
    set_up_official, is_next = official_stub.async_setup_entry, asyncio.Event()

    async def _set_up_late(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
        await is_next.wait()
        return await set_up_official(hass, entry)

    async with started(killed, house) as home:
        hass = home.hass
        with patch("tests.official_stub.async_setup_entry", _set_up_late):
            for one in (OFFICIAL_ENTRY, OWN):
                hass.async_create_task(hass.config_entries.async_setup(one))
            await _until_locked(hass, ConfigEntryState.SETUP_IN_PROGRESS)
            is_next.set()
            await home.settle()
        assert own_entry(hass).state is ConfigEntryState.LOADED
        assert differences(home.facts, side_by_side.facts) == {}
        assert home.lacking == []


async def test_nothing_is_taken_over_again_before_it_is_saved_as_given_back(
    files: Files, frigate: FakeFrigate, house: Sequence[Official]
) -> None:
    side_by_side = await _put_beside(files, frigate, house)
    taken_over = await _take_step(side_by_side.files, house, **WANTED)
    left = "camera.cam_01"
    async with started(taken_over.files, house) as home:
        await home.set_up()
        await home.ask(**UNDO)
        with patch(f"{SAVED}._TIMEOUT", 0):
            await home.ask(**WANTED, **{CONF_LEAVE: [left]})
        assert own_entry(home.hass).state is ConfigEntryState.SETUP_RETRY
        killed = home.files.copy()
    assert killed[ENTITIES] == taken_over.files[ENTITIES]
    async with started(killed, house) as home:
        with patch(f"{SAVED}._TIMEOUT", 0):
            await home.set_up()
        assert own_entry(home.hass).state is ConfigEntryState.SETUP_RETRY
        assert _theirs(home.facts) == _theirs(side_by_side.facts)
        await home.write()
        await home.ask()
        assert own_entry(home.hass).state is ConfigEntryState.LOADED
        theirs = er.async_get(home.hass).async_get(left)
        assert theirs is not None
        assert theirs.config_entry_id == OFFICIAL_ENTRY
        await home.ask(**UNDO)
        assert differences(home.facts, side_by_side.facts) == {}


def _kept(facts: Facts, before: Facts) -> dict[str, dict[str, Any]]:
    """Return what nothing may change of the official entities and devices."""
    return {
        key: {what: facts[key].get(what) for what in _KEPT} | {"exposure": exposure}
        for key, one in before.items()
        if one["config_entry_id"] == OFFICIAL_ENTRY
        for exposure in (facts[key].get("options", {}).get("conversation"),)
    }


def _theirs(facts: Facts) -> Facts:
    """Return what belongs to the official entry."""
    return {
        key: one
        for key, one in facts.items()
        if one["config_entry_id"] == OFFICIAL_ENTRY
    }


def _by_name(facts: Facts) -> list[tuple[Any, ...]]:
    """Return whose each entity is, whatever its id."""
    keys = ("entity_id", "unique_id", "config_entry_id", "area_id", "disabled_by")
    found = (one for one in facts.values() if "entity_id" in one)
    return sorted(tuple(str(one[key]) for key in keys) for one in found)


def _use(hass: HomeAssistant) -> None:
    """Let the user of both have set something for entities and devices of ours too."""
    entities, devices = er.async_get(hass), dr.async_get(hass)
    for row in er.async_entries_for_config_entry(entities, OWN)[::3]:
        entities.async_update_entity(
            row.entity_id, name="Ours", labels={"quiet"}, area_id="garden"
        )
    for device in dr.async_entries_for_config_entry(devices, OWN):
        devices.async_update_device(
            device.id, name_by_user=f"Our {device.name}", area_id="garden"
        )


def _enabled(entries: Any) -> Any:
    """Return the config entries with all of them enabled."""
    data = entries["data"]
    enabled = [{**one, "disabled_by": None} for one in data["entries"]]
    return {**entries, "data": {**data, "entries": enabled}}


def _mixed(others: Files, registries: Iterable[Files]) -> Iterator[Files]:
    """Yield the other files, with each registry as it was at any time."""
    for entities, devices in product(registries, repeat=2):
        yield others.having({ENTITIES: entities[ENTITIES], DEVICES: devices[DEVICES]})
