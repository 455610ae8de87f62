"""A busy Frigate answers polls late while it pushes: what is pushed does not care."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from homeassistant.const import (
    EVENT_STATE_CHANGED,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from tests.common import (
    ADMIN,
    CAMERA,
    STATS,
    VIEWER,
    entity_id,
    is_available,
    is_registered,
    logged,
    pass_polls,
    pass_time,
    poll_in_vain,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION, SINCE_018

from .common import PUSH, until, until_pushing, until_state

MOTION = ("binary_sensor", "camera:front_door:motion")
PERSON = ("binary_sensor", "camera:front_door:occupancy:person")
REVIEW = ("event", "camera:front_door:review")
DETECT = ("switch", "camera:front_door:detect")
PROFILE = ("select", "server:profile")
PUSHED = (PUSH, MOTION, PERSON, REVIEW)
LIVE_POLL = 5

# A viewer may not read the faces, so that the stats are all that is polled.
STALLING = {"admin": r"/api/(stats|faces)", "viewer": "/api/stats"}

pytestmark = pytest.mark.usefixtures("fixed_time")


@pytest.fixture(params=["admin", "viewer"])
def account(request: pytest.FixtureRequest) -> str:
    """Return whose account is used."""
    name: str = request.param
    return name


@pytest.fixture
async def entry(
    hass: HomeAssistant, frigate: FakeFrigate, account: str
) -> MockConfigEntry:
    """Return an entry that everything is pushed to."""
    data: dict[str, Any] = ADMIN if account == "admin" else VIEWER
    added = await set_up(hass, make_entry(frigate.external_url, **data))
    await until_pushing(hass, added, frigate)
    return added


def _went_away(changes: list[Event[EventStateChangedData]]) -> set[str]:
    """Return the entities that were unavailable for a moment at least."""
    return {
        change.data["entity_id"]
        for change in changes
        if (new := change.data["new_state"]) is not None
        and new.state == STATE_UNAVAILABLE
    }


@EVERY_VERSION
async def test_one_late_answer_changes_nothing(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    account: str,
) -> None:
    logged(caplog)
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    rate = state_of(hass, entry, *STATS)
    frigate.fail(STALLING[account], Fault.stall())
    await poll_in_vain(hass, frigate, freezer)
    assert state_of(hass, entry, *STATS) == rate
    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert _went_away(changes) == set()
    assert state_of(hass, entry, *STATS) != rate
    assert logged(caplog) == []

    # So it is with the next one.
    frigate.fail(STALLING[account], Fault.stall())
    await poll_in_vain(hass, frigate, freezer)
    assert _went_away(changes) == set()


@EVERY_VERSION
async def test_what_is_pushed_outlives_an_outage_of_the_polls(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    account: str,
) -> None:
    logged(caplog)
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    frigate.fail(STALLING[account], Fault.stall())
    await poll_in_vain(hass, frigate, freezer)
    await poll_in_vain(hass, frigate, freezer)
    assert not is_available(hass, entry, *STATS)
    assert not is_available(hass, entry, *CAMERA)
    assert state_of(hass, entry, *PUSH) == STATE_ON
    gone = _went_away(changes)
    assert gone.isdisjoint(entity_id(hass, entry, *one) for one in PUSHED)
    (line,) = logged(caplog)
    assert line.startswith("Error fetching Frigate data")

    # An automation sees the visitor, whom a change from unavailable would hide.
    assert state_of(hass, entry, *PERSON) == STATE_OFF
    before = state_of(hass, entry, *REVIEW)
    visitor = frigate.object_appears("front_door")
    frigate.review_starts("front_door", events=[visitor])
    await until_state(hass, entry, *PERSON, STATE_ON)
    await until(hass, lambda: state_of(hass, entry, *REVIEW) != before)
    if account == "admin":
        frigate.push("front_door/detect/state", "OFF")
        await until_state(hass, entry, *DETECT, STATE_OFF)
    assert _went_away(changes) == gone

    frigate.clear_faults()
    await pass_polls(hass, freezer, 2)
    assert is_available(hass, entry, *STATS)
    assert is_available(hass, entry, *CAMERA)
    assert len(logged(caplog)) == 1


@pytest.mark.parametrize("account", ["admin"], indirect=True)
@EVERY_VERSION
async def test_the_live_connection_may_come_back_before_the_polls(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.fail("/api/", Fault.status(502))
    frigate.block_live(502)
    frigate.drop_live()
    await until_state(hass, entry, *PUSH, STATE_OFF)
    await pass_polls(hass, freezer, 3)
    pushed = (*PUSHED, DETECT)
    assert {state_of(hass, entry, *one) for one in pushed} == {STATE_UNAVAILABLE}

    frigate.unblock_live()
    await pass_time(hass, freezer, 61)
    await until_state(hass, entry, *PUSH, STATE_ON)
    assert state_of(hass, entry, *MOTION) == STATE_OFF
    assert all(is_available(hass, entry, *one) for one in pushed)
    assert not is_available(hass, entry, *STATS)

    # And it may go again.
    frigate.block_live(502)
    frigate.drop_live()
    for one in pushed:
        await until_state(hass, entry, *one, STATE_UNAVAILABLE)
    frigate.unblock_live()
    frigate.clear_faults()
    await pass_time(hass, freezer, 61)
    await until_pushing(hass, entry, frigate)
    assert all(is_available(hass, entry, *one) for one in (*pushed, STATS))


@pytest.mark.parametrize("account", ["admin"], indirect=True)
@SINCE_018
async def test_a_pushed_profile_outlives_an_outage_of_the_polls(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.add_profile("away", "Away")
    await pass_time(hass, freezer, 300)
    await until_pushing(hass, entry, frigate)
    assert is_registered(hass, entry, *PROFILE)
    frigate.fail("/api/", Fault.status(502))
    await pass_polls(hass, freezer, 5)
    assert not is_available(hass, entry, *STATS)
    assert state_of(hass, entry, *PROFILE) == "none"
    frigate.push("profile/state", "away")
    await until_state(hass, entry, *PROFILE, "away")

    frigate.block_live(502)
    frigate.drop_live()
    await until_state(hass, entry, *PROFILE, STATE_UNAVAILABLE)
    frigate.unblock_live()
    frigate.clear_faults()
    await pass_time(hass, freezer, 61)
    await until_state(hass, entry, *PROFILE, "none")


async def test_one_missed_poll_of_what_cannot_be_pushed(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.block_live(400)
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert state_of(hass, entry, *MOTION) == STATE_UNKNOWN
    assert state_of(hass, entry, *PERSON) == STATE_OFF
    frigate.fail("/api/events", Fault.status(500))
    await pass_time(hass, freezer, LIVE_POLL)
    assert state_of(hass, entry, *PERSON) == STATE_OFF
    await pass_time(hass, freezer, LIVE_POLL)
    assert state_of(hass, entry, *PERSON) == STATE_UNAVAILABLE
    frigate.clear_faults()
    frigate.object_appears("front_door")
    await pass_time(hass, freezer, LIVE_POLL)
    assert state_of(hass, entry, *PERSON) == STATE_ON
