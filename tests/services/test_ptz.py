"""Moving cameras with the action `ptz`, and the select of their presets."""

import asyncio
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.select import ATTR_OPTIONS
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.clock import all_waits
from tests.common import ADMIN, VIEWER, entity_id, is_registered, pass_time, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault, Ptz
from tests.fake_frigate.controls import carry_out
from tests.live.common import until, until_pushing, until_state
from tests.live.controls import call as control, read_config
from tests.services.common import call, camera_entity
from tests.versions import EVERY_VERSION, SINCE_018, UNTIL_017, WITH_016

PRESET = ("select", "camera:front_door:ptz_preset")
AUTOTRACKER = ("switch", "camera:front_door:ptz_autotracker")
PUSH = ("binary_sensor", "server:live_connection")
INFO = "/api/front_door/ptz/info"
CACHED = 6
"""Seconds after which Frigate no longer answers from its cache."""

pytestmark = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")


@pytest.fixture(autouse=True)
def _movable(frigate: FakeFrigate) -> None:
    """Let one of the two cameras be one that can be moved."""
    features = ("pt", "zoom", "focus", "pt-r-fov", "zoom-r")
    frigate.state.cameras["front_door"].ptz = Ptz(features, ("Home", "Gate 2"))


async def connected(
    hass: HomeAssistant, frigate: FakeFrigate, **account: str
) -> MockConfigEntry:
    """Set up an entry, and wait until Frigate pushes."""
    entry = await set_up(hass, make_entry(frigate.external_url, **(account or ADMIN)))
    await until_pushing(hass, entry, frigate)
    return entry


async def ptz(
    hass: HomeAssistant, entry: MockConfigEntry, action: str, **data: Any
) -> bool:
    """Call the action for the front door, and return whether it was replaced."""
    camera = camera_entity(hass, entry)
    answer = await call(hass, "ptz", entity_id=camera, action=action, **data)
    found = answer[camera]
    assert isinstance(found, dict)
    return found["was_replaced"] is True


def done(frigate: FakeFrigate) -> list[str]:
    """Return what the camera has done."""
    return [command for _camera, command in frigate.ptz_commands]


async def until_done(hass: HomeAssistant, frigate: FakeFrigate, *what: str) -> None:
    """Wait until the camera has done this, and nothing else."""
    await until(hass, lambda: len(done(frigate)) >= len(what), str(what))
    assert done(frigate) == [*what]


async def moving_up(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, seconds: float
) -> asyncio.Future[bool]:
    """Move the camera for some time, and return what waits for the end of that."""
    move = ptz(hass, entry, "move", direction="up", duration=seconds)
    waiting = asyncio.ensure_future(move)
    await until_done(hass, frigate, "MOVE_UP")
    return waiting


async def cut_off(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    """End the live connection, and let there be no new one."""
    frigate.block_live()
    frigate.drop_live()
    await until_state(hass, entry, *PUSH, "off")


@WITH_016
async def test_all_that_a_camera_can_do(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await connected(hass, frigate)
    for way in ("up", "down", "left", "right"):
        await ptz(hass, entry, "move", direction=way)
    for way in ("in", "out"):
        await ptz(hass, entry, "zoom", direction=way)
        await ptz(hass, entry, "focus", direction=way)
    # Frigate refuses a relative movement until the one before is stopped.
    await ptz(hass, entry, "relative", pan=0.25, tilt=-1)
    await ptz(hass, entry, "relative", pan=0.1)
    await ptz(hass, entry, "preset", preset="HOME")
    await ptz(hass, entry, "stop")
    await until_done(
        hass,
        frigate,
        *("MOVE_UP", "MOVE_DOWN", "MOVE_LEFT", "MOVE_RIGHT"),
        *("ZOOM_IN", "FOCUS_IN", "ZOOM_OUT", "FOCUS_OUT"),
        *("STOP", "MOVE_RELATIVE_0.2500_-1.0000", "MOVE_RELATIVE_0.1000_0.0000"),
        *("preset_home", "STOP"),
    )


@WITH_016
async def test_relative_zoom(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await connected(hass, frigate)
    if frigate.state.is_018:
        await ptz(hass, entry, "relative", zoom=0.5)
        await until_done(hass, frigate, "MOVE_RELATIVE_0.0000_0.0000_0.5000")
        return
    with pytest.raises(ServiceValidationError, match=r"0\.18 or later"):
        await ptz(hass, entry, "relative", pan=0.1, zoom=0.5)
    await ptz(hass, entry, "relative", pan=0.1, zoom=0)
    await until_done(hass, frigate, "MOVE_RELATIVE_0.1000_0.0000")


@pytest.mark.parametrize(
    ("action", "data", "takes"),
    [
        ("move", {}, r"direction \(up, down, left, right\), duration"),
        ("move", {"direction": "in"}, "direction"),
        ("move", {"direction": "up", "preset": "home"}, "direction"),
        ("zoom", {"direction": "up"}, r"direction \(in, out\)"),
        ("relative", {}, "pan, tilt, zoom"),
        ("relative", {"pan": 1, "duration": 1}, "pan, tilt, zoom"),
        ("preset", {}, "preset"),
        ("preset", {"preset": "home", "pan": 1}, "preset"),
        ("stop", {"direction": "up"}, "-"),
        ("stop", {"duration": 1}, "-"),
    ],
)
async def test_fields_that_do_not_fit(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    action: str,
    data: dict[str, Any],
    takes: str,
) -> None:
    entry = await connected(hass, frigate)
    with pytest.raises(ServiceValidationError, match=f"It takes: {takes}"):
        await ptz(hass, entry, action, **data)
    assert done(frigate) == []


@EVERY_VERSION
async def test_what_a_camera_cannot_do(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate)
    with pytest.raises(ServiceValidationError, match="It has: home, gate 2"):
        await ptz(hass, entry, "preset", preset="moon")
    camera = frigate.state.cameras["front_door"]
    camera.ptz = Ptz(("zoom",), ())
    for data in (
        {"action": "move", "direction": "up"},
        {"action": "focus", "direction": "in"},
        {"action": "relative", "pan": 1},
    ):
        freezer.tick(CACHED)
        with pytest.raises(ServiceValidationError, match="does not list"):
            await ptz(hass, entry, **data)
    frigate.fail(INFO, Fault.json({}))
    freezer.tick(CACHED)
    with pytest.raises(HomeAssistantError, match="cannot reach the motor"):
        await ptz(hass, entry, "zoom", direction="in")
    # That is no reason not to stop.
    await ptz(hass, entry, "stop")
    frigate.clear_faults()
    freezer.tick(CACHED)
    await ptz(hass, entry, "zoom", direction="in")
    await until_done(hass, frigate, "STOP", "ZOOM_IN")
    other = camera_entity(hass, entry, "Portones")
    with pytest.raises(ServiceValidationError, match="onvif is not set up"):
        await call(hass, "ptz", entity_id=other, action="stop")


@WITH_016
async def test_for_how_long(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate)
    move = await moving_up(hass, frigate, entry, 2.5)
    freezer.tick(2.4)
    await all_waits()
    assert not move.done()
    freezer.tick(0.2)
    assert await move is False
    await until_done(hass, frigate, "MOVE_UP", "STOP")
    assert await ptz(hass, entry, "zoom", direction="in", duration=0) is False
    await until_done(hass, frigate, "MOVE_UP", "STOP", "ZOOM_IN", "STOP")


async def test_the_newer_one_wins(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate)
    old = await moving_up(hass, frigate, entry, 5)
    new = asyncio.ensure_future(ptz(hass, entry, "move", direction="left", duration=9))
    await until_done(hass, frigate, "MOVE_UP", "MOVE_LEFT")
    assert await old is True
    freezer.tick(6)
    await all_waits()
    assert done(frigate) == ["MOVE_UP", "MOVE_LEFT"]
    freezer.tick(4)
    assert await new is False
    await until_done(hass, frigate, "MOVE_UP", "MOVE_LEFT", "STOP")


@pytest.mark.parametrize("how", ["cancelled", "unloaded", "stopped"])
async def test_the_stop_comes_whatever_becomes_of_the_caller(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory, how: str
) -> None:
    entry = await connected(hass, frigate)
    move = await moving_up(hass, frigate, entry, 60)
    if how == "cancelled":
        move.cancel()
        with pytest.raises(asyncio.CancelledError):
            await move
        await all_waits()
        assert done(frigate) == ["MOVE_UP"]
        freezer.tick(61)
    elif how == "unloaded":
        assert await hass.config_entries.async_unload(entry.entry_id)
    else:
        await hass.async_stop()
    await until_done(hass, frigate, "MOVE_UP", "STOP")
    await asyncio.wait([move])


@EVERY_VERSION
async def test_a_stop_that_cannot_be_sent_in_time(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate)
    move = await moving_up(hass, frigate, entry, 5)
    frigate.drop_live()
    await until_state(hass, entry, *PUSH, "off")
    with pytest.raises(HomeAssistantError, match="needs the live connection"):
        await ptz(hass, entry, "move", direction="down")
    assert done(frigate) == ["MOVE_UP"]
    freezer.tick(6)
    with pytest.raises(HomeAssistantError, match="stops it as soon as"):
        await move
    await until_pushing(hass, entry, frigate)
    await until_done(hass, frigate, "MOVE_UP", "STOP")


@WITH_016
async def test_the_stop_follows_once_after_a_long_outage(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate)
    move = await moving_up(hass, frigate, entry, 5)
    await cut_off(hass, frigate, entry)
    freezer.tick(6)
    with pytest.raises(HomeAssistantError, match="stops it as soon as"):
        await move
    # So long that the pauses between the attempts are as long as they get.
    for _ in range(3):
        await pass_time(hass, freezer, 600)
    assert done(frigate) == ["MOVE_UP"]
    for _ in range(2):
        frigate.unblock_live()
        await until_pushing(hass, entry, frigate)
        await until_done(hass, frigate, "MOVE_UP", "STOP")
        await all_waits()
        # Nothing is left to be stopped when it comes back once more.
        await cut_off(hass, frigate, entry)
    assert done(frigate) == ["MOVE_UP", "STOP"]


async def test_an_entry_that_is_unloaded_in_an_outage(
    hass: HomeAssistant, frigate: FakeFrigate, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await connected(hass, frigate)
    move = await moving_up(hass, frigate, entry, 60)
    await cut_off(hass, frigate, entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(HomeAssistantError, match="may still be moving"):
        await move
    assert caplog.text.count("front_door was not stopped and goes on moving") == 1
    frigate.unblock_live()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until_pushing(hass, entry, frigate)
    assert done(frigate) == ["MOVE_UP"]
    await ptz(hass, entry, "stop")
    await until_done(hass, frigate, "MOVE_UP", "STOP")


@EVERY_VERSION
async def test_an_outage_that_is_over_before_the_stop(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate)
    move = await moving_up(hass, frigate, entry, 60)
    frigate.drop_live()
    await until_state(hass, entry, *PUSH, "off")
    # What waits for the end of all that goes on would wait for that of the movement.
    await until_state(hass, entry, *PUSH, "on")
    await all_waits()
    assert not move.done()
    assert done(frigate) == ["MOVE_UP"]
    freezer.tick(60)
    assert await move is False
    await until_done(hass, frigate, "MOVE_UP", "STOP")


@SINCE_018
async def test_viewers_may_move_what_they_see(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await connected(hass, frigate, **VIEWER)
    await ptz(hass, entry, "preset", preset="home")
    await until_done(hass, frigate, "preset_home")
    assert state_of(hass, entry, *PRESET) == "home"


@UNTIL_017
async def test_viewers_could_move_nothing_before(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await connected(hass, frigate, **VIEWER)
    assert not is_registered(hass, entry, *PRESET)
    with pytest.raises(HomeAssistantError, match="only an admin"):
        await ptz(hass, entry, "move", direction="up")
    assert done(frigate) == []


@WITH_016
async def test_the_preset_that_the_camera_was_sent_to(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate)
    state = hass.states.get(entity_id(hass, entry, *PRESET) or "")
    assert state is not None
    assert (state.state, state.attributes[ATTR_OPTIONS]) == (
        STATE_UNKNOWN,
        ["home", "gate 2"],
    )
    select, key = "select.select_option", "front_door:ptz_preset"
    await control(hass, entry, select, key, option="gate 2")
    await until_done(hass, frigate, "preset_gate 2")
    assert state_of(hass, entry, *PRESET) == "gate 2"
    # The focus does not matter, another movement does, also that of a button.
    await ptz(hass, entry, "focus", direction="in")
    assert state_of(hass, entry, *PRESET) == "gate 2"
    await control(hass, entry, "button.press", "front_door:ptz_up")
    assert state_of(hass, entry, *PRESET) == STATE_UNKNOWN
    await control(hass, entry, "button.press", "front_door:ptz_preset:home")
    assert state_of(hass, entry, *PRESET) == "home"
    # What could not be sent changes nothing.
    await cut_off(hass, frigate, entry)
    with pytest.raises(HomeAssistantError, match="needs the live connection"):
        await control(hass, entry, select, key, option="gate 2")
    assert state_of(hass, entry, *PRESET) == "home"
    # Nobody knows where a camera is that follows objects.
    frigate.state.cameras["front_door"].autotracking = True
    await read_config(hass, freezer)
    assert state_of(hass, entry, *PRESET) == STATE_UNKNOWN
    frigate.state.cameras["front_door"].ptz = Ptz(presets=())
    # What a camera can do is asked for when something else has changed.
    frigate.state.cameras["front_door"].detect_enabled = False
    await read_config(hass, freezer)
    assert state_of(hass, entry, *PRESET) in (None, STATE_UNAVAILABLE)


@EVERY_VERSION
async def test_where_an_autotracker_leaves_a_camera(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.cameras["front_door"].allowed["autotracking"] = True
    entry = await connected(hass, frigate)
    await ptz(hass, entry, "preset", preset="home")
    assert state_of(hass, entry, *PRESET) == "home"
    for value in ("ON", "OFF"):
        carry_out(frigate.state, "front_door", "ptz_autotracker", value)
        await until_state(hass, entry, *AUTOTRACKER, value.lower())
        assert state_of(hass, entry, *PRESET) == STATE_UNKNOWN
    await ptz(hass, entry, "preset", preset="home")
    assert state_of(hass, entry, *PRESET) == "home"
