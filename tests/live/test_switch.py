"""The switches of a camera: what they show, what they do, and what becomes of it."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.frigate_http.switch import FEATURE_SWITCHES
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from tests.common import (
    VIEWER,
    add_everything,
    entity_id,
    is_available,
    is_registered,
    pass_polls,
    pass_time,
    reauths,
    sent,
    snapshot_entry,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.controls import SWITCHES, carry_out
from tests.fake_frigate.settings import SINCE_017
from tests.versions import EVERY_VERSION, ONLY_016, SINCE_018, UNTIL_017, WITH_016

from .common import until, until_pushing, until_state
from .controls import (
    SET,
    become,
    call,
    call_in_time,
    heed_commands,
    ignore_commands,
    read_config,
)

FEATURES = [one.key for one in FEATURE_SWITCHES]
DETECT = ("switch", "camera:front_door:detect")
MOTION = ("switch", "camera:front_door:motion")
RECORDINGS = ("switch", "camera:front_door:recordings")
CAMERA = ("camera", "camera:front_door")
STREAM = ("binary_sensor", "camera:front_door:stream")
SOUND_LEVEL = ("sensor", "camera:front_door:sound_level")

pytestmark = pytest.mark.usefixtures("fixed_time")
ALL_ON = pytest.mark.usefixtures("entity_registry_enabled_by_default")


def allow_all(frigate: FakeFrigate) -> None:
    """Let the configuration allow everything at the front door."""
    camera = frigate.state.cameras["front_door"]
    for setting in (
        "audio",
        "object_descriptions",
        "review_descriptions",
        "autotracking",
        "birdseye",
    ):
        setattr(camera, setting, True)
    frigate.state.birdseye = True


async def connected(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> MockConfigEntry:
    """Set up an entry, and wait until Frigate pushes."""
    await set_up(hass, entry)
    await until_pushing(hass, entry, frigate)
    return entry


@WITH_016
@ALL_ON
async def test_entities(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.frigate_http.PLATFORMS", [Platform.SWITCH])
    add_everything(frigate)
    allow_all(frigate)
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_what_is_on_by_default(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    enabled, there = set(), set()
    for feature in FEATURES:
        found = entity_id(hass, entry, "switch", f"camera:front_door:{feature}")
        if found is not None and (registered := entity_registry.async_get(found)):
            there.add(feature)
            if registered.disabled_by is None:
                enabled.add(feature)
    assert enabled == {"enabled", "detect", "recordings"}
    # Frigate would not switch these on.
    assert {*FEATURES} - there == {
        "audio",
        "object_descriptions",
        "review_descriptions",
        "ptz_autotracker",
        "birdseye",
    }


@EVERY_VERSION
@ALL_ON
@pytest.mark.parametrize("feature", FEATURES)
async def test_switching_off_and_on(
    hass: HomeAssistant, frigate: FakeFrigate, feature: str
) -> None:
    allow_all(frigate)
    camera = frigate.state.cameras["front_door"]
    # Otherwise, motion cannot be switched off.
    camera.detect_enabled = feature == "detect"
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    key = ("switch", f"camera:front_door:{feature}")
    assert state_of(hass, entry, *key) == STATE_ON

    await call(hass, entry, "switch.turn_off", f"front_door:{feature}")
    assert state_of(hass, entry, *key) == STATE_OFF
    assert getattr(camera, SWITCHES[feature]) is False
    await call(hass, entry, "switch.turn_on", f"front_door:{feature}")
    assert state_of(hass, entry, *key) == STATE_ON
    assert getattr(camera, SWITCHES[feature]) is True
    # The other camera is as it was, and the configuration has not been touched.
    assert frigate.state.cameras["Portones"].runtime == {}
    assert not sent(frigate, "/api/config/set")


@ONLY_016
@ALL_ON
async def test_the_oldest_version_switches_all_that_it_knows(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    allow_all(frigate)
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    known = [one for one in FEATURES if one not in SINCE_017]
    for feature in FEATURES:
        key = ("switch", f"camera:front_door:{feature}")
        assert is_registered(hass, entry, *key) is (feature in known), feature
    # Detection goes off before motion, and brings it along when it comes on.
    for action, state in (("turn_off", STATE_OFF), ("turn_on", STATE_ON)):
        for feature in known:
            await call(hass, entry, f"switch.{action}", f"front_door:{feature}")
            key = ("switch", f"camera:front_door:{feature}")
            assert state_of(hass, entry, *key) == state
            setting = getattr(frigate.state.cameras["front_door"], SWITCHES[feature])
            assert setting is (state == STATE_ON), feature
    assert frigate.state.cameras["Portones"].runtime == {}


@EVERY_VERSION
@ALL_ON
async def test_detection_brings_motion_along(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    camera = frigate.state.cameras["front_door"]
    camera.detect_enabled = camera.motion = False
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    assert state_of(hass, entry, *MOTION) == STATE_OFF
    await call(hass, entry, "switch.turn_on", "front_door:detect")
    assert state_of(hass, entry, *DETECT) == STATE_ON
    assert state_of(hass, entry, *MOTION) == STATE_ON


@EVERY_VERSION
@ALL_ON
async def test_motion_stays_while_there_is_detection(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    off = "switch.turn_off"
    with pytest.raises(HomeAssistantError, match="Turn off detection first"):
        await call_in_time(hass, entry, freezer, off, "front_door:motion")
    assert state_of(hass, entry, *MOTION) == STATE_ON
    await call(hass, entry, off, "front_door:detect")
    await call(hass, entry, off, "front_door:motion")
    assert state_of(hass, entry, *MOTION) == STATE_OFF


@EVERY_VERSION
async def test_a_command_that_is_ignored(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    ignore_commands(frigate)
    with pytest.raises(HomeAssistantError, match="did not apply the change"):
        await call_in_time(
            hass, entry, freezer, "switch.turn_off", "front_door:recordings"
        )
    assert state_of(hass, entry, *RECORDINGS) == STATE_ON
    await heed_commands(frigate)
    await pass_polls(hass, freezer, 2)
    await until_pushing(hass, entry, frigate)
    await call(hass, entry, "switch.turn_off", "front_door:recordings")
    assert state_of(hass, entry, *RECORDINGS) == STATE_OFF


@EVERY_VERSION
async def test_what_the_configuration_allows_no_more(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    await call(hass, entry, "switch.turn_off", "front_door:recordings")
    frigate.state.cameras["front_door"].allowed["recording"] = False
    with pytest.raises(HomeAssistantError, match="did not apply the change"):
        await call_in_time(
            hass, entry, freezer, "switch.turn_on", "front_door:recordings"
        )
    # The configuration has been read more than once for that.
    assert not is_registered(hass, entry, *RECORDINGS)
    assert is_available(hass, entry, *DETECT)
    del frigate.state.cameras["front_door"].allowed["recording"]
    await read_config(hass, freezer)
    await call(hass, entry, "switch.turn_on", "front_door:recordings")
    assert state_of(hass, entry, *RECORDINGS) == STATE_ON


@EVERY_VERSION
async def test_what_the_configuration_never_allows_again(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    frigate.state.cameras["front_door"].allowed["recording"] = False
    for _ in range(2):
        assert is_registered(hass, entry, *RECORDINGS)
        await read_config(hass, freezer)
    assert not is_registered(hass, entry, *RECORDINGS)
    assert is_available(hass, entry, *DETECT)
    del frigate.state.cameras["front_door"].allowed["recording"]
    await read_config(hass, freezer)
    assert is_available(hass, entry, *RECORDINGS)


@WITH_016
async def test_viewers_have_no_switches(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    assert not is_registered(hass, entry, *DETECT)
    await become(hass, frigate, freezer, "admin")
    assert is_available(hass, entry, *DETECT)
    await become(hass, frigate, freezer, "viewer")
    for _ in range(3):
        assert not is_available(hass, entry, *DETECT)
        await read_config(hass, freezer)
    await become(hass, frigate, freezer, "admin")
    assert is_available(hass, entry, *DETECT)


@SINCE_018
async def test_a_command_that_is_refused(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    frigate.fail(SET, Fault.status(403), times=1)
    with pytest.raises(HomeAssistantError, match="Check its role in Frigate"):
        await call(hass, entry, "switch.turn_off", "front_door:detect")
    frigate.fail(SET, Fault.html(), times=1)
    with pytest.raises(HomeAssistantError):
        await call(hass, entry, "switch.turn_off", "front_door:detect")
    assert state_of(hass, entry, *DETECT) == STATE_ON
    # A camera that Frigate has forgotten meanwhile.
    frigate.fail(SET, Fault.status(404), times=1)
    with pytest.raises(HomeAssistantError):
        await call(hass, entry, "switch.turn_off", "front_door:detect")
    await call(hass, entry, "switch.turn_off", "front_door:detect")
    assert state_of(hass, entry, *DETECT) == STATE_OFF


@SINCE_018
async def test_a_lost_login_is_asked_for(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    frigate.fail(SET, Fault.status(401), times=1)
    with pytest.raises(HomeAssistantError):
        await call(hass, entry, "switch.turn_off", "front_door:detect")
    await hass.async_block_till_done()
    assert len(reauths(hass)) == 1
    await call(hass, entry, "switch.turn_off", "front_door:detect")
    assert state_of(hass, entry, *DETECT) == STATE_OFF


@SINCE_018
async def test_without_the_live_connection_the_configuration_is_shown(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.block_live()
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await call(hass, entry, "switch.turn_off", "front_door:detect")
    assert state_of(hass, entry, *DETECT) == STATE_OFF
    ignore_commands(frigate)
    with pytest.raises(HomeAssistantError, match="did not apply the change"):
        await call_in_time(hass, entry, freezer, "switch.turn_on", "front_door:detect")
    assert state_of(hass, entry, *DETECT) == STATE_OFF
    await heed_commands(frigate)
    await call(hass, entry, "switch.turn_on", "front_door:detect")
    assert state_of(hass, entry, *DETECT) == STATE_ON
    # What others do shows a while later.
    carry_out(frigate.state, "front_door", "detect", "OFF")
    await read_config(hass, freezer)
    assert state_of(hass, entry, *DETECT) == STATE_OFF


@UNTIL_017
async def test_without_a_live_connection_there_is_no_way(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.block_live()
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert state_of(hass, entry, *DETECT) == STATE_ON
    with pytest.raises(HomeAssistantError, match="needs the live connection"):
        await call(hass, entry, "switch.turn_off", "front_door:detect")
    assert state_of(hass, entry, *DETECT) == STATE_ON
    frigate.unblock_live()
    # The pauses between two attempts have grown.
    await pass_time(hass, freezer, 60)
    await until_pushing(hass, entry, frigate)
    await call(hass, entry, "switch.turn_off", "front_door:detect")
    assert state_of(hass, entry, *DETECT) == STATE_OFF


@EVERY_VERSION
async def test_a_version_that_is_not_known(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.fail("/api/stats", Fault.status(500))
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    await call(hass, entry, "switch.turn_off", "front_door:detect")
    assert state_of(hass, entry, *DETECT) == STATE_OFF
    assert frigate.state.cameras["front_door"].detect_enabled is False


@EVERY_VERSION
async def test_an_outage(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    frigate.fail("/", Fault.drop())
    frigate.drop_live()
    await until_state(hass, entry, "binary_sensor", "server:live_connection", STATE_OFF)
    with pytest.raises(HomeAssistantError):
        await call(hass, entry, "switch.turn_off", "front_door:detect")
    await pass_polls(hass, freezer, 2)
    assert not is_available(hass, entry, *DETECT)
    frigate.clear_faults()
    await pass_time(hass, freezer)
    await pass_time(hass, freezer, 60)
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *DETECT) == STATE_ON
    await call(hass, entry, "switch.turn_off", "front_door:detect")
    assert state_of(hass, entry, *DETECT) == STATE_OFF


@EVERY_VERSION
async def test_what_somebody_else_switches(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    carry_out(frigate.state, "front_door", "recordings", "OFF")
    await until_state(hass, entry, *RECORDINGS, STATE_OFF)
    carry_out(frigate.state, "front_door", "recordings", "ON")
    await until_state(hass, entry, *RECORDINGS, STATE_ON)

    # While nobody hears of it.
    frigate.drop_live()
    await until_state(hass, entry, "binary_sensor", "server:live_connection", STATE_OFF)
    carry_out(frigate.state, "front_door", "recordings", "OFF")
    await pass_time(hass, freezer)
    await until_pushing(hass, entry, frigate)
    await until_state(hass, entry, *RECORDINGS, STATE_OFF)


@EVERY_VERSION
@ALL_ON
@pytest.mark.parametrize(
    ("feature", "shown", "while_off", "while_on"),
    [
        ("recordings", CAMERA, "idle", "recording"),
        ("enabled", CAMERA, "idle", "recording"),
        ("enabled", STREAM, STATE_UNKNOWN, STATE_ON),
        ("audio", SOUND_LEVEL, STATE_UNKNOWN, "-40.5"),
    ],
)
async def test_what_else_shows_a_feature_follows_within_a_second(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    feature: str,
    shown: tuple[str, str],
    while_off: str,
    while_on: str,
) -> None:
    camera = frigate.state.cameras["front_door"]
    camera.audio, camera.audio_dbfs = True, -40.5
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    assert state_of(hass, entry, *shown) == while_on
    for name, state in (("turn_off", while_off), ("turn_on", while_on)):
        action, key = f"switch.{name}", f"front_door:{feature}"
        assert await call_in_time(hass, entry, freezer, action, key) < 1
        assert state_of(hass, entry, *shown) == state
    # So it does when somebody else switches.
    began_at = hass.loop.time()
    for payload, state in (("OFF", while_off), ("ON", while_on)):
        carry_out(frigate.state, "front_door", feature, payload)
        await until_state(hass, entry, *shown, state)
    assert hass.loop.time() - began_at < 1


@EVERY_VERSION
async def test_a_restart_of_frigate(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    await call(hass, entry, "switch.turn_off", "front_door:recordings")
    assert state_of(hass, entry, *RECORDINGS) == STATE_OFF
    frigate.restart()
    await until_state(hass, entry, "binary_sensor", "server:live_connection", STATE_OFF)
    await pass_time(hass, freezer)
    await until_pushing(hass, entry, frigate)
    # Only 0.18 remembers.
    kept = STATE_OFF if frigate.state.is_018 else STATE_ON
    assert state_of(hass, entry, *RECORDINGS) == kept


@SINCE_018
async def test_one_camera_does_not_hinder_another(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await connected(hass, frigate, make_entry(frigate.internal_url))
    frigate.fail(f"{SET}front_door", Fault.status(500), times=1)
    both = ("front_door:detect", "Portones:detect")
    with pytest.raises(HomeAssistantError):
        await call(hass, entry, "switch.turn_off", *both)
    other = ("switch", "camera:Portones:detect")
    await until(hass, lambda: state_of(hass, entry, *other) == STATE_OFF)
    assert state_of(hass, entry, *DETECT) == STATE_ON
    await call(hass, entry, "switch.turn_off", *both)
    assert state_of(hass, entry, *DETECT) == STATE_OFF


@EVERY_VERSION
async def test_switches_alone_ask_for_nothing_that_happens(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.frigate_http.PLATFORMS", [Platform.SWITCH])
    frigate.block_live()
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await pass_polls(hass, freezer, 2)
    assert is_available(hass, entry, *DETECT)
    assert not sent(frigate, "/api/events")
    assert not sent(frigate, "/api/review")
