"""The select for the profile of a server."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from homeassistant.components.select import ATTR_OPTION, ATTR_OPTIONS
from homeassistant.const import (
    ATTR_ENTITY_ID,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from tests.clock import in_time
from tests.common import (
    VIEWER,
    entity_id,
    is_available,
    is_registered,
    pass_time,
    reauths,
    sent,
    snapshot_entry,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.profiles import activate
from tests.fake_frigate.settings import Profile
from tests.versions import BEFORE_018, SINCE_018

from .common import until_pushing, until_state
from .controls import SET, become, read_config

PROFILE = ("select", "server:profile")
PUSH = ("binary_sensor", "server:live_connection")
POLL = 60

pytestmark = pytest.mark.usefixtures("fixed_time")


def add_profiles(frigate: FakeFrigate) -> None:
    """Let there be two profiles."""
    frigate.state.cameras["front_door"].allowed["recording"] = True
    known = frigate.state.profiles.known
    known["away"] = Profile("Away", {"front_door": {"recording": False}})
    known["night"] = Profile("Night mode", {"front_door": {"motion_threshold": 55}})


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return an entry of a server that has profiles and pushes."""
    add_profiles(frigate)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await until_pushing(hass, entry, frigate)
    return entry


async def choose(hass: HomeAssistant, entry: MockConfigEntry, option: str) -> None:
    """Choose a profile."""
    data = {ATTR_ENTITY_ID: entity_id(hass, entry, *PROFILE), ATTR_OPTION: option}
    await hass.services.async_call("select", "select_option", data, blocking=True)


@SINCE_018
async def test_entities(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.frigate_http.PLATFORMS", [Platform.SELECT])
    add_profiles(frigate)
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


@BEFORE_018
async def test_there_were_none_before(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    assert not is_registered(hass, entry, *PROFILE)
    assert not sent(frigate, "/api/profiles")


@SINCE_018
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_choosing(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    assert state_of(hass, entry, *PROFILE) == "none"
    recordings = ("switch", "camera:front_door:recordings")
    threshold = ("number", "camera:front_door:motion_threshold")
    await choose(hass, entry, "away")
    assert frigate.state.profiles.active == "away"
    assert state_of(hass, entry, *PROFILE) == "away"
    await until_state(hass, entry, *recordings, STATE_OFF)
    # Of this one, nothing is pushed.
    await choose(hass, entry, "night")
    await until_state(hass, entry, *threshold, "55")
    await until_state(hass, entry, *recordings, STATE_ON)
    await choose(hass, entry, "none")
    assert frigate.state.profiles.active is None
    assert state_of(hass, entry, *PROFILE) == "none"
    await until_state(hass, entry, *threshold, "30")


@SINCE_018
async def test_what_somebody_else_chooses(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    activate(frigate.state, "away")
    await until_state(hass, entry, *PROFILE, "away")
    frigate.block_live()
    frigate.drop_live()
    await until_state(hass, entry, *PUSH, STATE_OFF)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, entry, *PROFILE) == "away"
    activate(frigate.state, "night")
    await pass_time(hass, freezer, POLL)
    assert state_of(hass, entry, *PROFILE) == "night"
    await hass.async_block_till_done(wait_background_tasks=True)
    frigate.unblock_live()
    activate(frigate.state, "none")
    await pass_time(hass, freezer, POLL)
    await until_pushing(hass, entry, frigate)
    await until_state(hass, entry, *PROFILE, "none")


@SINCE_018
async def test_without_a_live_connection(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    add_profiles(frigate)
    frigate.block_live()
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert state_of(hass, entry, *PROFILE) == "none"
    await choose(hass, entry, "away")
    assert state_of(hass, entry, *PROFILE) == "away"
    await hass.async_block_till_done(wait_background_tasks=True)
    recordings = ("switch", "camera:front_door:recordings")
    assert state_of(hass, entry, *recordings) == STATE_OFF


@SINCE_018
async def test_a_command_that_is_ignored_or_refused(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    # Home Assistant knows of it, Frigate no longer.
    gone = frigate.state.profiles.known.pop("away")
    with pytest.raises(HomeAssistantError, match="did not apply the change"):
        await in_time(freezer, choose(hass, entry, "away"))
    assert state_of(hass, entry, *PROFILE) == "none"
    frigate.fail(SET, Fault.status(403), times=1)
    with pytest.raises(HomeAssistantError, match="Check its role in Frigate"):
        await choose(hass, entry, "night")
    frigate.fail(SET, Fault.status(401), times=1)
    with pytest.raises(HomeAssistantError):
        await choose(hass, entry, "night")
    await hass.async_block_till_done()
    assert len(reauths(hass)) == 1
    with pytest.raises(ServiceValidationError):
        await choose(hass, entry, "unheard of")
    frigate.state.profiles.known["away"] = gone
    await choose(hass, entry, "away")
    assert state_of(hass, entry, *PROFILE) == "away"


@SINCE_018
async def test_profiles_come_and_go(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    await pass_time(hass, freezer, POLL)
    assert not is_registered(hass, entry, *PROFILE)
    assert not sent(frigate, "/api/profiles")
    add_profiles(frigate)
    await read_config(hass, freezer)
    assert state_of(hass, entry, *PROFILE) == "none"
    frigate.state.profiles.known["new"] = Profile("New")
    activate(frigate.state, "new")
    await read_config(hass, freezer)
    await until_state(hass, entry, *PROFILE, "new")
    state = hass.states.get(entity_id(hass, entry, *PROFILE) or "")
    assert state is not None
    assert state.attributes[ATTR_OPTIONS] == ["none", "away", "night", "new"]
    frigate.state.profiles.known.clear()
    await read_config(hass, freezer)
    assert state_of(hass, entry, *PROFILE) == STATE_UNAVAILABLE


@SINCE_018
async def test_a_profile_that_the_configuration_does_not_have_yet(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.fail("/api/config", Fault.status(500))
    frigate.state.profiles.known["new"] = Profile("New")
    activate(frigate.state, "new")
    await until_state(hass, entry, *PROFILE, STATE_UNKNOWN)
    frigate.clear_faults()
    await read_config(hass, freezer)
    assert state_of(hass, entry, *PROFILE) == "new"


@SINCE_018
async def test_an_outage(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.fail("/", Fault.drop())
    frigate.drop_live()
    await pass_time(hass, freezer, POLL)
    await pass_time(hass, freezer, POLL)
    assert not is_available(hass, entry, *PROFILE)
    frigate.clear_faults()
    await pass_time(hass, freezer, POLL)
    await pass_time(hass, freezer, POLL)
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *PROFILE) == "none"


@SINCE_018
async def test_viewers_have_no_select(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    add_profiles(frigate)
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    assert not is_registered(hass, entry, *PROFILE)
    activate(frigate.state, "away")
    await become(hass, frigate, freezer, "admin")
    await until_state(hass, entry, *PROFILE, "away")
    await become(hass, frigate, freezer, "viewer")
    assert not is_available(hass, entry, *PROFILE)
