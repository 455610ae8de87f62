"""What is asked of the server and when, and what happens where it does not answer."""

import asyncio
from collections.abc import Callable
import gc
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.common import (
    CAMERA,
    CONFIG_READ,
    FACES,
    POLL,
    STATS,
    VIEWER,
    Shown,
    is_available,
    is_registered,
    logged,
    pass_polls,
    pass_time,
    poll_in_vain,
    reauths,
    sent,
    state_of,
    what_is_shown,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION, ONLY_016

pytestmark = pytest.mark.usefixtures("fixed_time")

FAULTS = {
    "server error": Fault.status(500),
    "starting": Fault.status(502),
    "dropped": Fault.drop(),
    "cut off": Fault.drop_body(),
    "garbage": Fault.garbage(),
    "page": Fault.html(),
    "other shape": Fault.json(["of", "another", "shape"]),
}


@pytest.fixture
def shown(hass: HomeAssistant, entry: MockConfigEntry) -> Callable[[], Shown]:
    """Return what tells whether stats, faces and cameras are available."""
    return lambda: what_is_shown(hass, entry)


@pytest.fixture
def frigate_options() -> dict[str, Any]:
    return {"faces": {"Eileen": 2}, "train": 1}


async def test_stats_and_faces_are_polled_together_every_15_seconds(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.clear_requests()
    await pass_time(hass, freezer, POLL - 2)
    assert frigate.requests == []
    await pass_time(hass, freezer, 2)
    paths = sorted(request.path for request in frigate.requests)
    assert paths == ["/api/faces", "/api/stats"]
    await pass_polls(hass, freezer, 3)
    assert len(sent(frigate, "/api/stats")) == len(sent(frigate, "/api/faces")) == 4


@pytest.mark.parametrize(
    ("route", "while_failing", "down", "up", "more"),
    [
        pytest.param(
            "/api/stats",
            (False, True, True),
            "Frigate cannot read the stats: ",
            "Frigate can read the stats again",
            {},
            id="stats",
        ),
        pytest.param(
            "/api/faces",
            (True, False, True),
            "Frigate cannot read the faces: ",
            "Frigate can read the faces again",
            {"login": Fault.status(401), "pause": Fault.status(429)},
            id="faces",
        ),
        pytest.param(
            "/api/",
            (False, False, False),
            "Error fetching Frigate data: ",
            "Fetching Frigate data recovered",
            {"forbidden": Fault.status(403), "pause": Fault.status(429)},
            id="both",
        ),
    ],
)
async def test_stats_and_faces_fail_apart_or_together_and_recover(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    shown: Callable[[], Shown],
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    subtests: pytest.Subtests,
    route: str,
    while_failing: Shown,
    down: str,
    up: str,
    more: dict[str, Fault],
) -> None:
    for name, fault in (FAULTS | more).items():
        with subtests.test(name):
            logged(caplog)
            frigate.fail(route, fault)
            await pass_polls(hass, freezer, 3)
            assert shown() == while_failing
            (line,) = logged(caplog)
            assert line.startswith(down)
            assert reauths(hass) == []

        # Long enough also for a pause of a minute.
        frigate.clear_faults()
        await pass_polls(hass, freezer, 5)
        assert shown() == (True, True, True)
        assert logged(caplog) == [up]


async def test_the_server_goes_down_and_comes_back(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    shown: Callable[[], Shown],
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    logged(caplog)
    await frigate.refuse()
    await pass_polls(hass, freezer, 4)
    assert shown() == (False, False, False)
    await frigate.resume()
    frigate.state.starting = True
    await pass_polls(hass, freezer, 2)
    assert shown() == (False, False, False)

    frigate.state.starting = False
    await pass_polls(hass, freezer, 2)
    assert shown() == (True, True, True)
    down, up = logged(caplog)
    assert "No connection to 127.0.0.1" in down
    assert up == "Fetching Frigate data recovered"


async def test_a_server_that_never_answers_counts_as_down(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    shown: Callable[[], Shown],
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frigate.fail(r"/api/(stats|faces)", Fault.stall())
    logged(caplog)
    await poll_in_vain(hass, frigate, freezer)
    assert shown() == (True, True, True)
    assert logged(caplog) == []
    await poll_in_vain(hass, frigate, freezer)
    assert shown() == (False, False, False)
    (line,) = logged(caplog)
    assert "in time" in line

    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert shown() == (True, True, True)


async def test_polls_out_of_turn_make_no_outage_of_a_moment(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    shown: Callable[[], Shown],
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    coordinator = entry.runtime_data.server
    logged(caplog)
    frigate.fail("/api/", Fault.status(502))
    for _ in range(3):
        await coordinator.async_refresh_past_cache()
        freezer.tick(1)
    assert shown() == (True, True, True)
    await pass_time(hass, freezer)
    assert shown() == (False, False, False)
    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert shown() == (True, True, True)
    # After an outage, the next miss is a first one again.
    frigate.fail("/api/", Fault.status(502))
    await pass_time(hass, freezer)
    assert shown() == (True, True, True)
    assert len(logged(caplog)) == 2


async def test_a_missed_poll_does_not_outlive_a_refusal(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    shown: Callable[[], Shown],
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.fail("/api/", Fault.status(403))
    await pass_time(hass, freezer)
    assert shown() == (False, False, False)
    # What was known before is not brought back by a failure.
    frigate.fail("/api/", Fault.status(502))
    await pass_time(hass, freezer)
    assert shown() == (False, False, False)
    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert shown()[0] is True


@ONLY_016
async def test_a_viewer_may_read_the_faces_before_0_17(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.add_face("Eileen", 2)
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    assert entry.runtime_data.server.profile.role == "viewer"
    assert state_of(hass, entry, *FACES) == "1"
    frigate.add_face("Ana", 1)
    await pass_polls(hass, freezer, 2)
    assert state_of(hass, entry, *FACES) == "2"


@EVERY_VERSION
async def test_a_viewer_may_not_read_the_faces_and_that_is_said_once(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frigate.add_face("Eileen")
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))

    assert entry.state is ConfigEntryState.LOADED
    assert is_available(hass, entry, *STATS)
    assert not is_registered(hass, entry, *FACES)
    await pass_polls(hass, freezer, 30)
    assert is_available(hass, entry, *STATS)
    assert is_available(hass, entry, *CAMERA)
    assert reauths(hass) == []
    (line,) = logged(caplog)
    assert "does not let us read the faces" in line
    # Asked at setup and again after the configuration was read, not with every poll.
    assert len(sent(frigate, "/api/faces")) <= 3
    assert len(sent(frigate, "/api/stats")) == 31


async def test_faces_come_when_the_role_changes_and_stay_known_when_it_changes_back(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    person = ("sensor", "server:face_images:Eileen")
    assert not is_registered(hass, entry, *person)

    frigate.state.users["viewer1"].role = "admin"
    frigate.revoke_sessions()
    await pass_time(hass, freezer, CONFIG_READ)
    await pass_polls(hass, freezer, 2)
    assert is_available(hass, entry, *FACES)
    assert state_of(hass, entry, *person) == "2"
    assert logged(caplog)[-1] == "Frigate can read the faces again"

    frigate.state.users["viewer1"].role = "viewer"
    frigate.revoke_sessions()
    await pass_polls(hass, freezer, 5)
    assert is_available(hass, entry, *STATS)
    assert not is_available(hass, entry, *FACES)
    assert not is_available(hass, entry, *person)
    assert len(logged(caplog)) == 1
    assert reauths(hass) == []


async def test_the_configuration_is_read_every_5_minutes(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.clear_requests()
    await pass_polls(hass, freezer, 19)
    assert sent(frigate, "/api/config") == []
    await pass_polls(hass, freezer, 2)
    (request,) = sent(frigate, "/api/config")
    # The cache of nginx holds the past.
    assert request.headers["X-Cache-Bypass"] == "1"
    await pass_polls(hass, freezer, 20)
    assert len(sent(frigate, "/api/config")) == 2


async def test_the_configuration_is_read_when_the_cameras_change(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.clear_requests()
    frigate.add_camera("garage")
    await pass_polls(hass, freezer, 4)
    assert len(sent(frigate, "/api/config")) == 1
    frigate.remove_camera("garage")
    await pass_polls(hass, freezer, 4)
    assert len(sent(frigate, "/api/config")) == 2


async def test_the_configuration_is_read_when_frigate_has_restarted(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await pass_polls(hass, freezer, 3)
    frigate.clear_requests()
    # The stats alone are away for a moment, as they may be while Frigate starts.
    frigate.fail("/api/stats", Fault.status(500))
    await pass_polls(hass, freezer, 2)
    frigate.state.cameras["front_door"].recording = False
    frigate.restart()
    frigate.clear_faults()
    await pass_polls(hass, freezer, 4)
    # At most once for the uptime, and once as the live connection is there again.
    assert 1 <= len(sent(frigate, "/api/config")) <= 2
    assert state_of(hass, entry, *CAMERA) == "idle"


async def test_a_configuration_that_cannot_be_read_leaves_the_last_one(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frigate.state.cameras["front_door"].recording = False
    frigate.fail("/api/config", Fault.json({"cameras": "none"}))
    logged(caplog)
    await pass_time(hass, freezer, CONFIG_READ)
    await pass_polls(hass, freezer, 3)
    assert state_of(hass, entry, *CAMERA) == "recording"
    assert is_available(hass, entry, *STATS)
    (line,) = logged(caplog)
    assert "cannot read the configuration" in line

    # It is tried again with each poll, not only after 5 minutes.
    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert state_of(hass, entry, *CAMERA) == "idle"
    assert logged(caplog) == ["Frigate can read the config again"]
    frigate.clear_requests()
    await pass_polls(hass, freezer, 5)
    assert sent(frigate, "/api/config") == []


@pytest.mark.parametrize("route", ["/api/config", "/api/profile"])
async def test_news_are_not_lost_when_the_configuration_fails_just_then(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    route: str,
) -> None:
    frigate.fail(route, Fault.status(500), times=1)
    frigate.add_camera("garage")
    await pass_time(hass, freezer)
    assert not is_registered(hass, entry, "camera", "camera:garage")
    await pass_time(hass, freezer)
    assert is_available(hass, entry, "camera", "camera:garage")


async def test_a_poll_that_is_cancelled_in_its_first_turn_leaves_nothing_behind(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    recwarn: pytest.WarningsRecorder,
) -> None:
    frigate.clear_requests()
    coordinator = entry.runtime_data.server
    poll = asyncio.create_task(coordinator.async_refresh())
    # Its requests are begun in this turn, and would be sent in the next one.
    await asyncio.sleep(0)
    poll.cancel()
    with pytest.raises(asyncio.CancelledError):
        await poll
    assert frigate.requests == []

    # Home Assistant keeps the last error, and with it what the poll was about to do.
    frigate.fail("/api/", Fault.status(500))
    await coordinator.async_refresh()
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []

    frigate.clear_faults()
    await coordinator.async_refresh()
    assert coordinator.last_update_success
    assert is_available(hass, entry, *STATS)
