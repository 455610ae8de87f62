"""What the birdseye view shows of a camera, and the cameras that follow objects."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.select.birdseye import BIRDSEYE_SELECT
from custom_components.frigate_http.switch import FEATURE_SWITCHES
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.common import VIEWER, is_available, is_registered, pass_polls, state_of
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.controls import carry_out
from tests.versions import EVERY_VERSION, WITH_016

from .common import until_pushing, until_state
from .controls import (
    become,
    call,
    call_in_time,
    heed_commands,
    ignore_commands,
    read_config,
)

SHOWN = ("switch", "camera:front_door:birdseye")
MODE = ("select", "camera:front_door:birdseye_mode")
TRACKER = ("switch", "camera:front_door:ptz_autotracker")
ALL = (SHOWN, MODE, TRACKER)
MODE_KEY = "front_door:birdseye_mode"
CHOOSE = "select.select_option"
ON, OFF = "switch.turn_on", "switch.turn_off"

pytestmark = pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")


@pytest.fixture(autouse=True)
def _configured(frigate: FakeFrigate) -> None:
    """Let there be a birdseye view, and a camera that is in it and follows objects."""
    frigate.state.birdseye = True
    camera = frigate.state.cameras["front_door"]
    camera.birdseye = camera.autotracking = True


@WITH_016
async def test_they_are_there_where_they_are_configured(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert [state_of(hass, entry, *one) for one in ALL] == ["on", "objects", "on"]
    # The other camera is not in the view yet, and its configuration lets it follow nothing.
    assert state_of(hass, entry, "switch", "camera:Portones:birdseye") == STATE_OFF
    other = ("switch", "camera:Portones:ptz_autotracker")
    assert not is_registered(hass, entry, *other)

    frigate.state.birdseye = False
    frigate.state.cameras["front_door"].autotracking = False
    for _ in range(2):
        await read_config(hass, freezer)
    assert not any(is_registered(hass, entry, *one) for one in ALL)
    frigate.state.birdseye = True
    frigate.state.cameras["front_door"].autotracking = True
    await read_config(hass, freezer)
    assert [state_of(hass, entry, *one) for one in ALL] == ["on", "objects", "on"]


def test_they_are_off_by_default() -> None:
    off = {
        one.key
        for one in (BIRDSEYE_SELECT, *FEATURE_SWITCHES)
        if not one.entity_registry_enabled_default
    }
    assert {"birdseye", "birdseye_mode", "ptz_autotracker"} <= off


@WITH_016
async def test_choosing_when_a_camera_is_shown(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    camera = frigate.state.cameras["front_door"]
    for mode in ("continuous", "motion", "objects"):
        await call(hass, entry, CHOOSE, MODE_KEY, option=mode)
        assert state_of(hass, entry, *MODE) == camera.birdseye_mode == mode
    with pytest.raises(ServiceValidationError):
        await call(hass, entry, CHOOSE, MODE_KEY, option="never")

    # Frigate says nothing if the view does not show the camera at all.
    await call(hass, entry, OFF, "front_door:birdseye")
    with pytest.raises(HomeAssistantError, match="Turn on Birdseye for the camera"):
        await call_in_time(hass, entry, freezer, CHOOSE, MODE_KEY, option="motion")
    assert state_of(hass, entry, *MODE) == camera.birdseye_mode == "objects"
    await call(hass, entry, ON, "front_door:birdseye")
    await call(hass, entry, CHOOSE, MODE_KEY, option="motion")
    assert state_of(hass, entry, *MODE) == camera.birdseye_mode == "motion"


@EVERY_VERSION
async def test_a_command_that_is_ignored(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    ignore_commands(frigate)
    refused = pytest.raises(HomeAssistantError, match="did not apply the change")
    with refused:
        await call_in_time(hass, entry, freezer, CHOOSE, MODE_KEY, option="motion")
    with refused:
        await call_in_time(hass, entry, freezer, OFF, "front_door:birdseye")
    assert [state_of(hass, entry, *one) for one in ALL] == ["on", "objects", "on"]
    await heed_commands(frigate)
    await pass_polls(hass, freezer, 2)
    await until_pushing(hass, entry, frigate)
    await call(hass, entry, CHOOSE, MODE_KEY, option="motion")
    assert state_of(hass, entry, *MODE) == "motion"


@WITH_016
async def test_a_camera_that_the_configuration_lets_follow_nothing_any_more(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    await call(hass, entry, OFF, "front_door:ptz_autotracker")
    camera = frigate.state.cameras["front_door"]
    camera.allowed["autotracking"] = False
    # Frigate notes in its log that it refuses, and tells nobody.
    with pytest.raises(HomeAssistantError, match="did not apply the change"):
        await call_in_time(hass, entry, freezer, ON, "front_door:ptz_autotracker")
    assert camera.autotracking is False
    del camera.allowed["autotracking"]
    await read_config(hass, freezer)
    await call(hass, entry, ON, "front_door:ptz_autotracker")
    assert state_of(hass, entry, *TRACKER) == STATE_ON


@EVERY_VERSION
async def test_what_somebody_else_changes(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    state = frigate.state
    carry_out(state, "front_door", "birdseye_mode", "CONTINUOUS")
    await until_state(hass, entry, *MODE, "continuous")
    # Published as it is, and done by nobody.
    carry_out(state, "front_door", "birdseye", "off")
    carry_out(state, "front_door", "ptz_autotracker", "OFF")
    await until_state(hass, entry, *TRACKER, STATE_OFF)
    assert state_of(hass, entry, *SHOWN) == STATE_ON
    carry_out(state, "front_door", "birdseye", "OFF")
    await until_state(hass, entry, *SHOWN, STATE_OFF)
    # The mode can be read all the same, and so it can without the live connection.
    assert state_of(hass, entry, *MODE) == "continuous"
    frigate.block_live()
    frigate.drop_live()
    state.cameras["front_door"].birdseye_mode = "motion"
    await read_config(hass, freezer)
    assert state_of(hass, entry, *MODE) == "motion"


async def test_a_mode_that_is_not_known(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    for payload in ("ON", 3, "", "SIDEWAYS"):
        frigate.push("front_door/birdseye_mode/state", payload)
        frigate.push("front_door/birdseye/state", "OFF")
        await until_state(hass, entry, *SHOWN, STATE_OFF)
        assert state_of(hass, entry, *MODE) in ("objects", STATE_UNKNOWN)
        frigate.push("front_door/birdseye/state", "ON")
        await until_state(hass, entry, *SHOWN, STATE_ON)
    frigate.push("front_door/birdseye_mode/state", "MOTION")
    await until_state(hass, entry, *MODE, "motion")
    # A mode of a later version.
    frigate.state.cameras["front_door"].birdseye_mode = "sideways"
    for _ in range(2):
        await read_config(hass, freezer)
    assert not is_registered(hass, entry, *MODE)


@WITH_016
async def test_viewers_have_none_of_them(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    assert not any(is_registered(hass, entry, *one) for one in ALL)
    await become(hass, frigate, freezer, "admin")
    assert [state_of(hass, entry, *one) for one in ALL] == ["on", "objects", "on"]
    await become(hass, frigate, freezer, "viewer")
    assert not any(is_available(hass, entry, *one) for one in ALL)
