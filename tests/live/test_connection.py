"""Pushing and polling: which of them is in use, and that neither loses anything."""

from typing import Any

from aiohttp import ClientSession
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.frigate_http.const import CONF_CAMERAS
from custom_components.frigate_http.coordinator.live import FAILURES_UNTIL_WARNED
from homeassistant.components.camera import async_get_image
from homeassistant.const import (
    EVENT_STATE_CHANGED,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from tests.common import (
    ADMIN,
    VIEWER,
    is_registered,
    logged,
    pass_polls,
    pass_time,
    sent,
    setup_state,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.controls import carry_out
from tests.versions import EVERY_VERSION

from .common import PUSH, until_pushing, until_state

ALERTS = ("sensor", "server:unreviewed_alerts")
UPTIME = ("sensor", "server:uptime")
MOTION = ("binary_sensor", "camera:front_door:motion")
LIVE_POLL = 5

pytestmark = pytest.mark.usefixtures("fixed_time")


def polls(frigate: FakeFrigate) -> int:
    """Return how often was asked what goes on, and forget it."""
    number = len(
        [
            request
            for request in sent(frigate, "/api/events")
            if request.query.get("in_progress") == "1"
        ]
    )
    frigate.clear_requests()
    return number


@EVERY_VERSION
async def test_what_is_pushed_is_not_polled(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    polls(frigate)
    await pass_time(hass, freezer, LIVE_POLL)
    await pass_time(hass, freezer, LIVE_POLL)
    assert polls(frigate) == 0
    assert state_of(hass, entry, *MOTION) == STATE_OFF
    frigate.motion("front_door", on=True)
    await until_state(hass, entry, *MOTION, STATE_ON)
    frigate.motion("front_door", on=False)
    await until_state(hass, entry, *MOTION, STATE_OFF)


@EVERY_VERSION
async def test_without_a_websocket_it_is_polled_and_that_is_said_once(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frigate.block_live(400)
    entry = make_entry(frigate.internal_url)
    await set_up(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    logged(caplog)
    assert state_of(hass, entry, *PUSH) == STATE_OFF
    # Only a push tells of motion.
    assert state_of(hass, entry, *MOTION) == STATE_UNKNOWN
    polls(frigate)
    for _ in range(6):
        await pass_time(hass, freezer, LIVE_POLL)
    assert polls(frigate) == 6
    for _ in range(4):
        # However long it lasts; the pauses between the attempts are a minute at most.
        await pass_time(hass, freezer, 60)
    lines = [line for line in logged(caplog) if "live connection" in line]
    assert len(lines) == 1
    assert "every 5 seconds" in lines[0]

    frigate.unblock_live()
    await pass_time(hass, freezer, 61)
    await until_pushing(hass, entry, frigate)
    polls(frigate)
    await pass_time(hass, freezer, LIVE_POLL)
    assert polls(frigate) == 0
    assert logged(caplog) == []


@EVERY_VERSION
async def test_a_gap_is_polled_and_nothing_stays_on_that_has_ended(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    frigate.motion("front_door", on=True)
    await until_state(hass, entry, *MOTION, STATE_ON)
    frigate.block_live(502)
    frigate.drop_live()
    await until_state(hass, entry, *PUSH, STATE_OFF)
    await until_state(hass, entry, *MOTION, STATE_UNKNOWN)
    frigate.motion("front_door", on=False)
    polls(frigate)
    await pass_time(hass, freezer, LIVE_POLL)
    assert polls(frigate) >= 1
    frigate.unblock_live()
    await pass_time(hass, freezer, 61)
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *MOTION) == STATE_OFF


async def another_client_connects(frigate: FakeFrigate, session: ClientSession) -> None:
    """Let a browser show Frigate's own page, whose greeting reaches everybody."""
    before = len(frigate.live_received)
    async with session.ws_connect(f"{frigate.internal_url}/ws") as socket:
        await socket.send_json({"topic": "onConnect", "payload": ""})
        await frigate.wait_for_live_received(before + 1)


@EVERY_VERSION
async def test_another_client_does_not_end_motion_that_pauses(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    frigate.motion("front_door", on=True)
    await until_state(hass, entry, *MOTION, STATE_ON)
    states = async_capture_events(hass, EVENT_STATE_CHANGED)
    frigate.motion_pauses("front_door")
    # From now on, each change is shown at once.
    await pass_time(hass, freezer, 1)
    # Its motion began while we were not told of it.
    frigate.state.cameras["Portones"].motion_boxes = True
    await another_client_connects(frigate, async_get_clientsession(hass))
    await until_state(hass, entry, "binary_sensor", "camera:Portones:motion", STATE_ON)
    assert state_of(hass, entry, *MOTION) == STATE_ON
    assert not [one for one in states if one.data["entity_id"].endswith("door_motion")]
    # Its own topic ends it.
    frigate.motion("front_door", on=False)
    await until_state(hass, entry, *MOTION, STATE_OFF)


async def test_a_new_connection_tells_anew_whether_something_moves(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    frigate.motion("front_door", on=True)
    await until_state(hass, entry, *MOTION, STATE_ON)
    frigate.motion_pauses("front_door")
    frigate.drop_live()
    await until_state(hass, entry, *MOTION, STATE_UNKNOWN)
    await pass_time(hass, freezer, 2)
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *MOTION) == STATE_OFF


async def test_a_connection_that_breaks_off_at_once_leaves_no_motion_behind(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    live = frigate.state.live
    greet, live.command = live.command, lambda *_: None
    entry = make_entry(frigate.internal_url)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await frigate.wait_for_live_received(1)
    frigate.motion("front_door", on=True)
    await until_state(hass, entry, *MOTION, STATE_ON)
    frigate.drop_live()
    await until_state(hass, entry, *MOTION, STATE_UNKNOWN)
    frigate.motion("front_door", on=False)
    live.command = greet
    await pass_time(hass, freezer, 2)
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *MOTION) == STATE_OFF


@EVERY_VERSION
async def test_a_camera_that_is_switched_off_has_no_motion(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    await until_pushing(hass, entry, frigate)
    frigate.motion("front_door", on=True)
    await until_state(hass, entry, *MOTION, STATE_ON)
    carry_out(frigate.state, "front_door", "enabled", "OFF")
    await until_state(hass, entry, *MOTION, STATE_OFF)
    # Frigate still tells everybody what its last frame showed.
    await another_client_connects(frigate, async_get_clientsession(hass))
    frigate.motion("Portones", on=True)
    await until_state(hass, entry, "binary_sensor", "camera:Portones:motion", STATE_ON)
    assert state_of(hass, entry, *MOTION) == STATE_OFF


async def test_a_connection_that_is_only_half_open_is_noticed(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    frigate.mute_live()
    # A ping after 30 s, and 15 s to answer it.
    for _ in range(4):
        await pass_time(hass, freezer, 16)
    await until_pushing(hass, entry, frigate)
    assert len(sent(frigate, "/ws")) == 2


async def test_a_restart_of_frigate_is_followed(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    frigate.motion("front_door", on=True)
    await until_state(hass, entry, *MOTION, STATE_ON)
    frigate.clear_requests()
    frigate.restart()
    await until_state(hass, entry, *PUSH, STATE_OFF)
    await pass_time(hass, freezer, 2)
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *MOTION) != STATE_ON
    # What was switched meanwhile stands in the configuration.
    assert sent(frigate, "/api/config")


@EVERY_VERSION
async def test_the_poll_that_succeeds_again_brings_the_push_back_at_once(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    frigate.fail("/api/", Fault.status(502))
    frigate.block_live(502)
    frigate.drop_live()
    await until_state(hass, entry, *PUSH, STATE_OFF)
    await pass_polls(hass, freezer, 8)
    # The pause that begins with this attempt takes half a minute at least.
    frigate.clear_requests()
    while not sent(frigate, "/ws"):
        await pass_time(hass, freezer, 1)
    frigate.clear_faults()
    frigate.unblock_live()
    await pass_time(hass, freezer)
    back_at = hass.loop.time()
    await until_state(hass, entry, *PUSH, STATE_ON)
    assert hass.loop.time() - back_at < 1


@EVERY_VERSION
async def test_what_was_before_a_restart_is_not_shown_after_it(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await pass_polls(hass, freezer, 4)
    started = state_of(hass, entry, *UPTIME)
    frigate.state.cache_is_renewed_by_others = True
    frigate.block_live()
    frigate.fail("/api/", Fault.status(502))
    await pass_polls(hass, freezer, 3)
    assert state_of(hass, entry, *UPTIME) == STATE_UNAVAILABLE
    frigate.restart()
    frigate.review_starts("front_door")
    frigate.clear_faults()
    # The first answer already is of the new time.
    await pass_time(hass, freezer)
    assert state_of(hass, entry, *UPTIME) > started
    assert state_of(hass, entry, *ALERTS) == "1"


@pytest.mark.parametrize(
    "account",
    [ADMIN, VIEWER, {"username": "gate1", "password": "gate-password-1!"}],
    ids=["admin", "viewer", "gate"],
)
@EVERY_VERSION
async def test_every_account_receives_its_own_cameras(
    hass: HomeAssistant, frigate: FakeFrigate, account: dict[str, Any]
) -> None:
    entry = make_entry(frigate.external_url, **account)
    await set_up(hass, entry)
    await until_pushing(hass, entry, frigate)
    frigate.motion("front_door", on=True)
    frigate.motion("Portones", on=True)
    key = "camera:Portones:motion"
    await until_state(hass, entry, "binary_sensor", key, STATE_ON)
    told = [
        state.entity_id
        for state in hass.states.async_all("binary_sensor")
        if state.state == STATE_ON and state.entity_id.endswith("_motion")
    ]
    assert len(told) == (1 if account["username"] == "gate1" else 2)


async def test_cameras_that_are_not_wanted_are_not_shown(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = make_entry(frigate.internal_url)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={CONF_CAMERAS: ["Portones"]})
    await hass.config_entries.async_setup(entry.entry_id)
    await until_pushing(hass, entry, frigate)
    frigate.motion("front_door", on=True)
    frigate.motion("Portones", on=True)
    await until_state(hass, entry, "binary_sensor", "camera:Portones:motion", STATE_ON)
    assert not is_registered(hass, entry, *MOTION)


async def test_an_outage_takes_everything_along_and_it_comes_back(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    frigate.drop_live()
    await frigate.refuse()
    await until_state(hass, entry, *PUSH, STATE_OFF)
    await pass_polls(hass, freezer, 2)
    assert state_of(hass, entry, *MOTION) == STATE_UNAVAILABLE
    await frigate.resume()
    for _ in range(3):
        await pass_time(hass, freezer, 60)
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *MOTION) == STATE_OFF


async def test_an_outage_is_not_blamed_on_a_proxy(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await until_pushing(hass, entry, frigate)
    logged(caplog)
    await frigate.refuse()
    frigate.drop_live()
    await until_state(hass, entry, *PUSH, STATE_OFF)
    # Long enough for three attempts, and not for the poll that makes it an outage.
    for _ in range(12):
        await pass_time(hass, freezer, 1)
    with pytest.raises(HomeAssistantError):
        await async_get_image(hass, "camera.front_door")
    assert entry.runtime_data.live.failures >= FAILURES_UNTIL_WARNED
    assert logged(caplog) == []
    await pass_polls(hass, freezer, 2)
    (line,) = logged(caplog)
    assert line.startswith("Error fetching Frigate data")
    await frigate.resume()
    await pass_time(hass, freezer)
    await until_pushing(hass, entry, frigate)
    assert logged(caplog) == ["Fetching Frigate data recovered"]


async def test_what_cannot_be_asked_for_is_asked_for_again(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.fail("/api/review", Fault.status(500))
    entry = make_entry(frigate.internal_url)
    await set_up(hass, entry)
    await until_pushing(hass, entry, frigate)
    assert state_of(hass, entry, *MOTION) == STATE_UNAVAILABLE
    frigate.clear_faults()
    await pass_time(hass, freezer, LIVE_POLL)
    assert state_of(hass, entry, *MOTION) == STATE_OFF


async def test_unloading_closes_the_connection(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    await until_pushing(hass, entry, frigate)
    await hass.config_entries.async_unload(entry.entry_id)
    await frigate.wait_for_live(0)
    assert setup_state(entry).value == "not_loaded"
    await hass.config_entries.async_setup(entry.entry_id)
    await until_pushing(hass, entry, frigate)
    await hass.async_stop()
    await frigate.wait_for_live(0)
