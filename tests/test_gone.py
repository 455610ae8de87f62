"""What Frigate no longer has goes, and what it only lacks for a moment stays."""

from copy import deepcopy
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.common import (
    CONFIG_READ,
    VIEWER,
    entity_id,
    is_available,
    is_registered,
    pass_polls,
    pass_time,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault, Ptz
from tests.fake_frigate.config import build_config
from tests.fake_frigate.stats import build_stats
from tests.live.controls import become
from tests.versions import EVERY_VERSION, SINCE_018

pytestmark = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")

CORAL = ("sensor", "server:inference_speed:coral")
GPU = ("sensor", "server:gpu_load:amd-vaapi")
MOUNT = ("sensor", "server:storage_total:/mnt/more")
PLATES = ("sensor", "server:plate_recognition_speed")
PARTS = (CORAL, GPU, MOUNT, PLATES)
BIRDSEYE = ("camera", "server:birdseye")
PROFILE = ("select", "server:profile")
UP = ("button", "camera:front_door:ptz_up")
HOME = ("button", "camera:front_door:ptz_preset:home")
INFO = "/api/front_door/ptz/info"
SETTLED = 9
"""Polls until the stats of a Frigate that has restarted prove something."""


@pytest.fixture(autouse=True)
def _furnished(fixed_time: None, frigate: FakeFrigate) -> None:
    """Give the server what can go."""
    state = frigate.state
    state.detectors = {"coral": {"inference_speed": 8.5}}
    state.gpus["amd-vaapi"] = {"gpu": "12%", "mem": "-"}
    state.npus["rockchip"] = {"npu": 3, "mem": "-"}
    state.storage["/mnt/more"] = {"total": 10, "used": 4, "free": 6}
    state.embeddings["plate_recognition_speed"] = 17.2
    state.birdseye = True
    state.cameras["front_door"].ptz = Ptz(presets=("home", "gate"))
    if state.is_018:
        frigate.add_profile("night", "Night")


def missing(
    hass: HomeAssistant, entry: MockConfigEntry, *keys: tuple[str, str]
) -> list[tuple[str, str]]:
    """Return those of the entities that are no longer registered."""
    return [key for key in keys if not is_registered(hass, entry, *key)]


async def read_twice(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let the configuration be read twice, and what depends on it."""
    for _ in range(2):
        await pass_time(hass, freezer, CONFIG_READ)
        await pass_time(hass, freezer)


@EVERY_VERSION
async def test_the_sensors_of_a_renamed_detector_go(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    temperature = ("sensor", "server:temperature:coral")
    frigate.state.temperatures = {"coral": 46.0}
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert not missing(hass, entry, CORAL, temperature)
    await pass_polls(hass, freezer, 2)

    frigate.state.detectors = {"coral1": {}, "coral2": {}}
    frigate.state.temperatures = {"coral1": 41.0, "coral2": 42.0}
    frigate.restart()
    await pass_time(hass, freezer)
    assert not missing(hass, entry, CORAL, temperature)
    assert state_of(hass, entry, *CORAL) == "unknown"

    await pass_time(hass, freezer, CONFIG_READ)
    gone = [CORAL, temperature]
    assert missing(hass, entry, CORAL, temperature) == gone
    assert hass.states.get("sensor.frigate_coral_inference_speed") is None
    for name in ("coral1", "coral2"):
        assert is_available(hass, entry, "sensor", f"server:inference_speed:{name}")
        assert is_available(hass, entry, "sensor", f"server:temperature:{name}")


@EVERY_VERSION
async def test_hardware_that_is_gone_goes_and_comes_back_as_it_was(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    registry, state = er.async_get(hass), frigate.state
    gpu = entity_id(hass, entry, *GPU) or ""
    registry.async_update_entity(gpu, new_entity_id="sensor.my_gpu", name="My GPU")
    taken = (dict(state.gpus), dict(state.npus), dict(state.storage))
    npu = ("sensor", "server:npu_load:rockchip")
    gone = [GPU, MOUNT, PLATES, npu]

    state.gpus, state.npus, state.storage, state.embeddings = {}, {}, {}, {}
    await pass_time(hass, freezer, CONFIG_READ)
    assert not missing(hass, entry, *gone)
    assert {state_of(hass, entry, *one) for one in gone} == {"unknown"}
    await pass_time(hass, freezer, CONFIG_READ)
    assert missing(hass, entry, *gone) == gone
    assert not missing(hass, entry, CORAL, BIRDSEYE, HOME)

    state.gpus, state.npus, state.storage = taken
    state.embeddings["plate_recognition_speed"] = 17.2
    await pass_time(hass, freezer)
    assert not [one for one in gone if not is_available(hass, entry, *one)]
    assert entity_id(hass, entry, *GPU) == "sensor.my_gpu"
    found = registry.async_get("sensor.my_gpu")
    assert found is not None
    assert found.name == "My GPU"


@EVERY_VERSION
async def test_what_is_gone_while_home_assistant_was_off_goes(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    frigate.state.detectors = {"cpu1": {}}
    frigate.state.gpus = {}
    frigate.state.birdseye = False
    frigate.state.cameras["front_door"].ptz = Ptz(presets=("gate",))
    await pass_time(hass, freezer, 600)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    gone = [CORAL, GPU, BIRDSEYE, HOME]
    await pass_time(hass, freezer)
    assert not missing(hass, entry, *gone)
    await read_twice(hass, freezer)
    assert missing(hass, entry, *gone) == gone
    assert not missing(hass, entry, MOUNT, PLATES, UP)


@EVERY_VERSION
async def test_nothing_goes_with_the_first_stats_after_a_restart(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    # Frigate restarts again and again, and its configuration is read each time.
    for _ in range(4):
        frigate.restart()
        await pass_time(hass, freezer)
        stats = deepcopy(build_stats(frigate.state))
        stats |= {"detectors": {}, "gpu_usages": {}, "embeddings": {}}
        stats["service"]["storage"] = {}
        frigate.fail("/api/stats", Fault.json(stats))
        await pass_polls(hass, freezer, 3)
        frigate.clear_faults()
        assert not missing(hass, entry, *PARTS)
    await pass_time(hass, freezer)
    assert not [one for one in PARTS if not is_available(hass, entry, *one)]


async def test_nothing_goes_with_stats_that_fail_or_stand_still(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await pass_polls(hass, freezer, SETTLED)
    stats = deepcopy(build_stats(frigate.state))
    stats |= {"gpu_usages": {}, "embeddings": {}}
    stats["service"]["storage"] = {}
    frigate.fail("/api/stats", Fault.json(stats))
    for _ in range(4):
        await pass_time(hass, freezer, CONFIG_READ)
    frigate.clear_faults()
    frigate.fail("/api/stats", Fault.status(500))
    for _ in range(4):
        await pass_time(hass, freezer, CONFIG_READ)
    assert not missing(hass, entry, *PARTS)

    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert not [one for one in PARTS if not is_available(hass, entry, *one)]


async def test_a_detector_lasts_as_long_as_the_configuration_has_it(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    temperature = ("sensor", "server:temperature:coral")
    frigate.state.temperatures = {"coral": 46.0}
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.state.temperatures = {}
    frigate.state.stats_overrides = {"detectors": None}
    await read_twice(hass, freezer)
    await read_twice(hass, freezer)
    assert state_of(hass, entry, *CORAL) == "unknown"
    assert state_of(hass, entry, *temperature) == "unknown"

    # Nor is a configuration without any detector believed.
    config = build_config(frigate.state)
    frigate.fail("/api/config$", Fault.json(config | {"detectors": {}}))
    await read_twice(hass, freezer)
    assert not missing(hass, entry, CORAL, temperature)

    frigate.clear_faults()
    frigate.state.temperatures = {"coral": 47.0}
    frigate.state.stats_overrides = {}
    await pass_time(hass, freezer)
    assert state_of(hass, entry, *CORAL) == "8.5"
    assert state_of(hass, entry, *temperature) == "47.0"


async def test_a_gpu_that_cannot_be_read_is_not_gone(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.state.gpus = {"error-gpu": {"gpu": "", "mem": ""}}
    await read_twice(hass, freezer)
    await read_twice(hass, freezer)
    assert state_of(hass, entry, *GPU) == "unknown"
    # It is no GPU of that name.
    assert not is_registered(hass, entry, "sensor", "server:gpu_load:error-gpu")

    frigate.state.gpus = {"amd-vaapi": {"gpu": "14%"}}
    await pass_time(hass, freezer)
    assert state_of(hass, entry, *GPU) == "14.0"


@EVERY_VERSION
async def test_nothing_goes_in_safe_mode(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    everything = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    config: dict[str, Any] = build_config(frigate.state)
    config |= {"safe_mode": True, "cameras": {}, "detectors": {"cpu": {"type": "cpu"}}}
    config |= {"birdseye": {"enabled": False}, "profiles": {}}
    detectors, frigate.state.detectors = frigate.state.detectors, {"cpu": {}}
    frigate.fail("/api/config$", Fault.json(config))
    frigate.restart()
    await pass_polls(hass, freezer, SETTLED)
    await read_twice(hass, freezer)
    await read_twice(hass, freezer)
    registry = er.async_get(hass)
    assert not [one for one in everything if one.entity_id not in registry.entities]

    frigate.clear_faults()
    frigate.state.detectors = detectors
    frigate.restart()
    await pass_time(hass, freezer)
    await pass_time(hass, freezer)
    assert state_of(hass, entry, *CORAL) == "8.5"
    assert is_available(hass, entry, *BIRDSEYE)


@EVERY_VERSION
async def test_presets_and_moves_that_are_gone_go(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    camera = frigate.state.cameras["front_door"]
    gate = ("button", "camera:front_door:ptz_preset:gate")
    before = entity_id(hass, entry, *HOME)
    camera.ptz = Ptz(features=("zoom",), presets=("gate",))
    # What a camera can do is asked for when something else has changed.
    camera.detect_enabled = False
    await pass_time(hass, freezer, CONFIG_READ)
    await pass_time(hass, freezer)
    assert not missing(hass, entry, HOME, UP)
    assert not is_available(hass, entry, *HOME)

    # Asked once more, it does not answer at first.
    for fault in (Fault.status(500), Fault.json({})):
        frigate.fail(INFO, fault)
        await pass_time(hass, freezer, CONFIG_READ)
        await pass_time(hass, freezer)
        assert not missing(hass, entry, HOME, UP, gate)
    frigate.clear_faults()
    await read_twice(hass, freezer)
    assert missing(hass, entry, HOME, UP, gate) == [HOME, UP]
    assert is_available(hass, entry, *gate)

    camera.ptz = Ptz(presets=("home", "gate"))
    camera.detect_enabled = True
    await pass_time(hass, freezer, CONFIG_READ)
    await pass_time(hass, freezer)
    assert is_available(hass, entry, *HOME)
    assert entity_id(hass, entry, *HOME) == before


@EVERY_VERSION
async def test_the_buttons_of_a_camera_go_when_frigate_no_longer_moves_it(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.state.cameras["front_door"].ptz = None
    await pass_time(hass, freezer, CONFIG_READ)
    await pass_time(hass, freezer)
    assert not missing(hass, entry, HOME, UP)
    await pass_time(hass, freezer, CONFIG_READ)
    await pass_time(hass, freezer)
    assert missing(hass, entry, HOME, UP) == [HOME, UP]

    frigate.state.cameras["front_door"].ptz = Ptz(presets=("home",))
    await pass_time(hass, freezer, CONFIG_READ)
    await pass_time(hass, freezer)
    assert is_available(hass, entry, *HOME)


@EVERY_VERSION
async def test_birdseye_goes_when_it_is_no_longer_restreamed(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.state.birdseye = False
    await pass_time(hass, freezer, CONFIG_READ)
    assert not is_available(hass, entry, *BIRDSEYE)
    await pass_time(hass, freezer, CONFIG_READ)
    assert missing(hass, entry, BIRDSEYE) == [BIRDSEYE]

    frigate.state.birdseye = True
    await pass_time(hass, freezer, CONFIG_READ)
    assert is_available(hass, entry, *BIRDSEYE)


@SINCE_018
async def test_the_profiles_go_with_the_last_one(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    profiles = dict(frigate.state.profiles.known)
    frigate.state.profiles.known.clear()
    await pass_time(hass, freezer, CONFIG_READ)
    assert not is_available(hass, entry, *PROFILE)
    await pass_time(hass, freezer, CONFIG_READ)
    assert missing(hass, entry, PROFILE) == [PROFILE]

    frigate.state.profiles.known |= profiles
    await pass_time(hass, freezer, CONFIG_READ)
    assert is_available(hass, entry, *PROFILE)


@SINCE_018
async def test_an_account_that_may_do_less_takes_nothing_away(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.state.users["viewer1"].role = "admin"
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    assert is_available(hass, entry, *PROFILE)
    profiles = dict(frigate.state.profiles.known)
    frigate.state.profiles.known.clear()
    await become(hass, frigate, freezer, "viewer")
    await read_twice(hass, freezer)
    assert not missing(hass, entry, PROFILE)
    assert not is_available(hass, entry, *PROFILE)

    frigate.state.profiles.known |= profiles
    await become(hass, frigate, freezer, "admin")
    assert is_available(hass, entry, *PROFILE)
