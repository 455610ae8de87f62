"""Hardware that a newer Frigate calls by another name keeps its sensors."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.common import (
    CONFIG_READ,
    entity_id,
    is_registered,
    pass_polls,
    pass_time,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate

LOAD, TEMPERATURE = "server:gpu_load", "server:temperature"
OLD = {
    f"{LOAD}:intel-vaapi": "sensor.load_of_the_gpu",
    f"{TEMPERATURE}:apex_0": "sensor.temperature_of_the_coral",
}
NEW = {
    f"{LOAD}:Iris Xe": "sensor.load_of_the_gpu",
    f"{TEMPERATURE}:coral": "sensor.temperature_of_the_coral",
}


@pytest.fixture
async def entry(
    fixed_time: None, hass: HomeAssistant, frigate: FakeFrigate
) -> MockConfigEntry:
    """Return an entry whose user has enabled and renamed two sensors."""
    frigate.state.detectors = {"coral": {}}
    frigate.state.detector_types = {"coral": "edgetpu"}
    frigate.state.temperatures = {"apex_0": 46.0}
    frigate.state.gpus = {"intel-vaapi": {"gpu": "12%", "mem": "-", "dec": "3%"}}
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await enable(hass, entry, OLD)
    return entry


async def enable(
    hass: HomeAssistant, entry: MockConfigEntry, keys: dict[str, str]
) -> None:
    """Enable sensors, with names of the user's own, as the user interface does."""
    registry = er.async_get(hass)
    for key, wanted in keys.items():
        registry.async_update_entity(
            entity_id(hass, entry, "sensor", key) or "",
            disabled_by=None,
            new_entity_id=wanted,
            name=f"My {key}",
        )
    await reload(hass, entry)


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set the entry up anew."""
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


def upgrade(frigate: FakeFrigate) -> None:
    """Install Frigate 0.18, which has other names for the same hardware."""
    frigate.state.version = "0.18"
    frigate.state.temperatures = {"coral": 47.0}
    frigate.state.gpus = {"Iris Xe": {"gpu": "14%", "mem": "-", "vendor": "intel"}}
    frigate.restart()


def names(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> list[str | None]:
    """Return the entity id and the own name of a sensor."""
    found = entity_id(hass, entry, "sensor", key)
    assert found is not None
    registered = er.async_get(hass).async_get(found)
    assert registered is not None
    return [found, registered.name]


def assert_taken_over(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Assert that the sensors live on, with their ids and names, and without a second."""
    assert {key: entity_id(hass, entry, "sensor", key) for key in NEW} == NEW
    for key in OLD:
        assert not is_registered(hass, entry, "sensor", key)
    assert state_of(hass, entry, "sensor", f"{LOAD}:Iris Xe") == "14.0"
    assert state_of(hass, entry, "sensor", f"{TEMPERATURE}:coral") == "47.0"
    for new, old in zip(NEW, OLD, strict=True):
        assert names(hass, entry, new) == [NEW[new], f"My {old}"]
    # Those that nobody has enabled are renamed as well.
    memory = entity_id(hass, entry, "sensor", "server:gpu_memory:Iris Xe")
    assert memory == "sensor.frigate_intel_vaapi_gpu_memory"
    assert hass.states.get(memory) is None


async def test_while_home_assistant_runs(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert state_of(hass, entry, "sensor", f"{LOAD}:intel-vaapi") == "12.0"
    await pass_polls(hass, freezer, 2)
    caplog.clear()
    upgrade(frigate)
    await pass_time(hass, freezer)
    assert_taken_over(hass, entry)

    # They follow Frigate, last, and come back after a restart.
    frigate.state.gpus["Iris Xe"]["gpu"] = "15%"
    for _ in range(3):
        await pass_time(hass, freezer, CONFIG_READ)
    assert state_of(hass, entry, "sensor", f"{LOAD}:Iris Xe") == "15.0"
    frigate.state.gpus["Iris Xe"]["gpu"] = "14%"
    await pass_time(hass, freezer)
    await reload(hass, entry)
    assert_taken_over(hass, entry)
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


async def test_while_home_assistant_is_off(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    upgrade(frigate)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert_taken_over(hass, entry)
    await pass_time(hass, freezer, CONFIG_READ)
    await pass_time(hass, freezer, CONFIG_READ)
    assert_taken_over(hass, entry)


async def test_long_ago(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
) -> None:
    # The successors were added, off by default, before this was known.
    registry = er.async_get(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    for key in (*NEW, "server:gpu_memory:Iris Xe"):
        registry.async_get_or_create(
            *("sensor", "frigate_http", f"{entry.entry_id}:{key}"),
            config_entry=entry,
            disabled_by=er.RegistryEntryDisabler.INTEGRATION,
        )
    upgrade(frigate)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert {key: entity_id(hass, entry, "sensor", key) for key in NEW} == NEW
    assert state_of(hass, entry, "sensor", f"{LOAD}:Iris Xe") == "14.0"
    assert state_of(hass, entry, "sensor", f"{TEMPERATURE}:coral") == "47.0"


async def test_a_successor_that_is_in_use_stays(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    registry = er.async_get(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    used = {
        key: registry.async_get_or_create(
            *("sensor", "frigate_http", f"{entry.entry_id}:{key}"), config_entry=entry
        ).entity_id
        for key in NEW
    }
    upgrade(frigate)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert {key: entity_id(hass, entry, "sensor", key) for key in NEW} == used
    assert [key for key in OLD if is_registered(hass, entry, "sensor", key)] == [*OLD]

    # The old ones are gone.
    await pass_polls(hass, freezer, 2)
    for _ in range(3):
        await pass_time(hass, freezer, CONFIG_READ)
    assert not [key for key in OLD if is_registered(hass, entry, "sensor", key)]
    assert {key: entity_id(hass, entry, "sensor", key) for key in NEW} == used


async def test_what_is_not_certain_is_new(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await pass_polls(hass, freezer, 2)
    upgrade(frigate)
    frigate.state.gpus["Intel Arc"] = {"gpu": "1%", "vendor": "intel"}
    await pass_time(hass, freezer)
    old = f"{LOAD}:intel-vaapi"
    assert entity_id(hass, entry, "sensor", old) == OLD[old]
    assert is_registered(hass, entry, "sensor", f"{LOAD}:Intel Arc")
    assert entity_id(hass, entry, "sensor", f"{LOAD}:Iris Xe") not in OLD.values()
    for _ in range(3):
        await pass_time(hass, freezer, CONFIG_READ)
    assert not is_registered(hass, entry, "sensor", old)
