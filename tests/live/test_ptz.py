"""The buttons that move a camera."""

import asyncio

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.frigate_http.button.ptz import PTZ_MOVES, PTZ_PRESET
from custom_components.frigate_http.coordinator.ptz import PARALLEL_READS
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from tests.clock import turns
from tests.common import (
    ADMIN,
    VIEWER,
    is_available,
    is_registered,
    pass_time,
    sent,
    snapshot_entry,
)
from tests.conftest import make_entry, set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate, Fault, Ptz
from tests.versions import BEFORE_018, EVERY_VERSION, SINCE_018, WITH_016

from .common import until_pushing
from .controls import become, call, read_config

UP = ("button", "camera:front_door:ptz_up")
ZOOM = ("button", "camera:front_door:ptz_zoom_in")
STOP = ("button", "camera:front_door:ptz_stop")
HOME = ("button", "camera:front_door:ptz_preset:home")
INFO = "/api/front_door/ptz/info"

pytestmark = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")


def test_they_are_off_by_default() -> None:
    for one in (*PTZ_MOVES, PTZ_PRESET):
        assert not one.entity_registry_enabled_default


@pytest.fixture(autouse=True)
def _movable(frigate: FakeFrigate) -> None:
    """Let one of the two cameras be one that can be moved."""
    frigate.state.cameras["front_door"].ptz = Ptz(presets=("home", "gate 2"))


async def press(hass: HomeAssistant, entry: MockConfigEntry, *keys: str) -> None:
    """Press buttons of the front door, one after the other."""
    for key in keys:
        await call(hass, entry, "button.press", f"front_door:{key}")


@WITH_016
async def test_entities(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.frigate_http.PLATFORMS", [Platform.BUTTON])
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


@EVERY_VERSION
async def test_moving(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    before = len(frigate.live_received)
    await press(hass, entry, *[one.key for one in PTZ_MOVES])
    await press(hass, entry, "ptz_preset:home", "ptz_preset:gate 2")
    await frigate.wait_for_live_received(before + len(PTZ_MOVES) + 2)
    assert frigate.state.ptz_commands == [
        ("front_door", "MOVE_UP"),
        ("front_door", "MOVE_DOWN"),
        ("front_door", "MOVE_LEFT"),
        ("front_door", "MOVE_RIGHT"),
        ("front_door", "ZOOM_IN"),
        ("front_door", "ZOOM_OUT"),
        ("front_door", "STOP"),
        ("front_door", "preset_home"),
        ("front_door", "preset_gate 2"),
    ]


async def test_what_a_camera_can_do(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.state.cameras["front_door"].ptz = Ptz(features=("zoom",), presets=())
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert is_available(hass, entry, *ZOOM)
    assert is_available(hass, entry, *STOP)
    assert not is_registered(hass, entry, *UP)
    assert not is_registered(hass, entry, *HOME)
    # The other one is not even asked.
    assert not is_registered(hass, entry, "button", "camera:Portones:ptz_zoom_in")
    assert not sent(frigate, "/api/Portones/ptz/info")

    # What it is said to be able to do is asked for when something else has changed.
    frigate.state.cameras["front_door"].ptz = Ptz(features=("pt",), presets=("home",))
    frigate.state.cameras["front_door"].detect_enabled = False
    await read_config(hass, freezer)
    assert is_available(hass, entry, *UP)
    assert is_available(hass, entry, *HOME)
    assert is_available(hass, entry, *STOP)
    assert not is_available(hass, entry, *ZOOM)
    frigate.state.cameras["front_door"].ptz = None
    await read_config(hass, freezer)
    assert not is_available(hass, entry, *UP)
    assert not is_available(hass, entry, *HOME)


async def test_it_is_asked_once(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    for _ in range(3):
        await read_config(hass, freezer)
    assert len(sent(frigate, INFO)) == 1
    assert is_available(hass, entry, *UP)


async def test_a_camera_that_does_not_answer_delays_nothing(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.fail(INFO, Fault.status(500))
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert is_available(hass, entry, "switch", "camera:front_door:detect")
    assert not is_registered(hass, entry, *UP)
    # As long as the camera is off, there is nothing to tell.
    frigate.fail(INFO, Fault.json({}))
    await read_config(hass, freezer)
    assert not is_registered(hass, entry, *UP)
    frigate.clear_faults()
    await read_config(hass, freezer)
    assert is_available(hass, entry, *UP)

    # One bad answer later says nothing.
    frigate.fail(INFO, Fault.status(500))
    frigate.state.cameras["front_door"].detect_enabled = False
    await read_config(hass, freezer)
    assert is_available(hass, entry, *UP)


async def test_setup_does_not_wait(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    frigate.fail(INFO, Fault.stall())
    entry = make_entry(frigate.internal_url)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert is_available(hass, entry, "switch", "camera:front_door:detect")
    frigate.clear_faults()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert is_available(hass, entry, *UP)


@SINCE_018
async def test_viewers_may_move_what_they_see(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.cameras["Portones"].ptz = Ptz()
    frigate.state.users["viewer1"].role = "gate"
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    await until_pushing(hass, entry, frigate)
    assert not is_registered(hass, entry, *UP)
    before = len(frigate.live_received)
    await call(hass, entry, "button.press", "Portones:ptz_left")
    await frigate.wait_for_live_received(before + 1)
    assert frigate.state.ptz_commands == [("Portones", "MOVE_LEFT")]


@BEFORE_018
async def test_viewers_could_move_nothing_before(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    assert not is_registered(hass, entry, *UP)
    await become(hass, frigate, freezer, "admin")
    assert is_available(hass, entry, *UP)
    await become(hass, frigate, freezer, "viewer")
    assert not is_available(hass, entry, *UP)


@EVERY_VERSION
async def test_an_outage(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.block_live()
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    with pytest.raises(HomeAssistantError, match="needs the live connection"):
        await press(hass, entry, "ptz_up")
    with pytest.raises(HomeAssistantError, match="needs the live connection"):
        await press(hass, entry, "ptz_preset:home")
    frigate.unblock_live()
    await pass_time(hass, freezer, 60)
    await until_pushing(hass, entry, frigate)
    before = len(frigate.live_received)
    await press(hass, entry, "ptz_up")
    await frigate.wait_for_live_received(before + 1)
    assert frigate.state.ptz_commands == [("front_door", "MOVE_UP")]


async def test_many_cameras_are_asked_a_few_at_a_time(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    for number in range(6):
        frigate.add_camera(f"dome_{number}", ptz=Ptz())
    frigate.fail(r"/api/.*/ptz/info", Fault.stall())
    entry = make_entry(frigate.internal_url)
    setting_up = asyncio.ensure_future(set_up(hass, entry))
    while not any(one.path.endswith("/ptz/info") for one in frigate.requests):
        await frigate.wait_for_requests(len(frigate.requests) + 1)
    await turns()
    asked = [one for one in frigate.requests if one.path.endswith("/ptz/info")]
    assert len(asked) == PARALLEL_READS
    # A slow camera delays what is asked about the others, and nothing else.
    assert (await entry.runtime_data.client.system.stats(fresh=True)).cameras
    frigate.clear_faults()
    await setting_up
    for number in range(6):
        up = ("button", f"camera:dome_{number}:ptz_up")
        assert is_available(hass, entry, *up)
