"""The binary sensor that tells whether a camera has stopped recording."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.common import (
    CONFIG_READ,
    enable,
    entity_id,
    is_registered,
    logged,
    pass_polls,
    pass_time,
    sent,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault, WrongClock
from tests.fake_frigate.controls import carry_out
from tests.versions import WITH_016

pytestmark = pytest.mark.usefixtures("fixed_time")

DOOR = "front_door"
GAPS = "/api/recordings/unavailable"
INTERVAL = 300
WRITTEN = 30
"""Seconds after which everything that was recorded is on the disk."""

type Entry = MockConfigEntry


def problem(camera: str) -> tuple[str, str]:
    """Return the domain and the key of the sensor of a camera."""
    return "binary_sensor", f"camera:{camera}:recording_problem"


PROBLEM = problem(DOOR)


async def set_up_enabled(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    cameras: Iterable[str] = (DOOR,),
    others: Iterable[str] = (),
) -> Entry:
    """Set up an entry in which somebody has enabled the sensor of some of its cameras."""
    options = {"cameras": [*cameras, *others]}
    entry = make_entry(frigate.internal_url, options=options)
    enable(hass, entry, *(problem(camera) for camera in cameras))
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


async def pass_steps(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, number: int
) -> None:
    """Let time pass in steps of half the interval."""
    for _ in range(number):
        await pass_time(hass, freezer, INTERVAL / 2)


def stop_recording(frigate: FakeFrigate, camera: str = DOOR) -> None:
    """Let nothing more get to the disk, while the camera goes on."""
    frigate.cut_recordings(camera, frigate.state.clock())


def record_again(frigate: FakeFrigate, camera: str = DOOR) -> None:
    """Let everything get to the disk from now on."""
    now = frigate.state.clock()
    frigate.record_only(camera, *frigate.state.footage.of(camera), (now, float("inf")))


@WITH_016
async def test_a_camera_that_stops_recording(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    version: str,
) -> None:
    entry = await set_up_enabled(hass, frigate)
    assert state_of(hass, entry, *PROBLEM) == STATE_OFF
    is_016 = version.startswith("0.16")
    before = int(frigate.state.clock()) - WRITTEN
    expected = {
        "cameras": DOOR,
        "after": str(before - INTERVAL),
        "before": str(before),
        "scale": "30",
    }
    assert [one.query for one in sent(frigate, GAPS)] == [expected] * (not is_016)
    stop_recording(frigate)
    # It has not been 5 minutes yet that everything could have been on the disk.
    await pass_steps(hass, freezer, 2)
    assert state_of(hass, entry, *PROBLEM) == STATE_OFF
    await pass_steps(hass, freezer, 3)
    assert state_of(hass, entry, *PROBLEM) == STATE_ON

    record_again(frigate)
    await pass_steps(hass, freezer, 3)
    assert state_of(hass, entry, *PROBLEM) == STATE_OFF
    assert bool(sent(frigate, GAPS)) is not is_016
    assert bool(sent(frigate, f"/api/{DOOR}/recordings")) is is_016


async def test_cameras_take_turns(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    enabled = ["Portones", "cam_1", "cam_2"]
    for camera in enabled[1:]:
        frigate.add_camera(camera)
    await set_up_enabled(hass, frigate, enabled, (DOOR,))
    frigate.clear_requests()
    asked = list[tuple[str, int]]()
    for number in range(24):
        await pass_time(hass, freezer, 26)
        asked += [(one.query["cameras"], number * 26) for one in sent(frigate, GAPS)]
        frigate.clear_requests()
    cameras = [camera for camera, _at in asked]
    assert sorted(cameras[:3]) == enabled
    # Each round is the same one, and takes no less than the interval.
    assert cameras == [*cameras[:3], *cameras[:3]]
    assert {
        later - at for (_, at), (_, later) in zip(asked, asked[3:], strict=False)
    } == {3 * 104}
    # They are spread out.
    assert {later - at for (_, at), (_, later) in pairwise(asked)} == {104}


async def test_the_turn_of_a_camera_that_is_off_is_left_out(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    await set_up_enabled(hass, frigate, (DOOR, "Portones"))
    frigate.state.cameras["Portones"].online = False
    await pass_time(hass, freezer)
    frigate.clear_requests()
    await pass_steps(hass, freezer, 8)
    asked = [one.query["cameras"] for one in sent(frigate, GAPS)]
    assert set(asked) == {DOOR}
    assert 3 <= len(asked) <= 4


async def test_a_disabled_entity_asks_nothing(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: Entry,
    freezer: FrozenDateTimeFactory,
) -> None:
    found = entity_id(hass, entry, *PROBLEM)
    registered = er.async_get(hass).async_get(found or "")
    assert registered is not None
    assert registered.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    await pass_steps(hass, freezer, 5)
    assert sent(frigate, GAPS) == []


# Cameras that need not record


@WITH_016
async def test_cameras_that_only_record_at_times_have_none(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    version: str,
) -> None:
    for name in ("never", "forbidden", "moving", "active"):
        frigate.add_camera(name)
    cameras = frigate.state.cameras
    cameras["never"].continuous_days = 0
    cameras["forbidden"].allowed["recording"] = False
    # These are kept for motion or objects only, before Frigate 0.17.
    cameras["moving"].retain_mode = "motion"
    cameras["active"].retain_mode = "active_objects"
    entry = await set_up(hass, make_entry(frigate.internal_url))

    def have_one() -> set[str]:
        return {one for one in cameras if is_registered(hass, entry, *problem(one))}

    usual = {DOOR, "Portones"}
    if not version.startswith("0.16"):
        usual |= {"moving", "active"}
    assert have_one() == usual
    cameras["never"].continuous_days = 1
    del cameras["forbidden"].allowed["recording"]
    cameras["moving"].retain_mode = cameras["active"].retain_mode = "all"
    await pass_time(hass, freezer, CONFIG_READ)
    assert have_one() == set(cameras)


def switch(frigate: FakeFrigate, *, on: bool) -> None:
    """Switch a camera and the recordings of another; let the stream of a third fail."""
    value = "ON" if on else "OFF"
    carry_out(frigate.state, "enabled", "enabled", value)
    carry_out(frigate.state, "recordings", "recordings", value)
    frigate.state.cameras["stream"].online = on


async def test_it_is_unknown_while_nothing_is_to_be_recorded(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    cameras = ("enabled", "recordings", "stream")
    for camera in cameras:
        frigate.add_camera(camera)
        stop_recording(frigate, camera)
    entry = await set_up_enabled(hass, frigate, cameras)

    def states() -> set[str]:
        return {state_of(hass, entry, *problem(camera)) for camera in cameras}

    # Three cameras need more than two steps for their turns.
    await pass_steps(hass, freezer, 7)
    assert states() == {STATE_ON}
    switch(frigate, on=False)
    await entry.runtime_data.server.async_refresh_config()
    assert states() == {STATE_UNKNOWN}
    frigate.clear_requests()
    await pass_steps(hass, freezer, 5)
    assert states() == {STATE_UNKNOWN}
    assert sent(frigate, GAPS) == []

    switch(frigate, on=True)
    await entry.runtime_data.server.async_refresh_config()
    # They have 5 minutes to begin.
    for _ in range(2):
        await pass_steps(hass, freezer, 1)
        assert states() == {STATE_UNKNOWN}
    await pass_steps(hass, freezer, 5)
    assert states() == {STATE_ON}


# What looks like a problem and is none


async def test_footage_that_is_late_or_rare(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.state.footage.lag = 25
    now = frigate.state.clock()
    starts = [now + seconds for seconds in range(-300, 1200, 200)]
    frigate.record_only("Portones", *((one, one + 10) for one in starts))
    entry = await set_up_enabled(hass, frigate, (DOOR, "Portones"))
    await pass_steps(hass, freezer, 1)
    for _ in range(7):
        await pass_steps(hass, freezer, 1)
        assert state_of(hass, entry, *PROBLEM) == STATE_OFF
        assert state_of(hass, entry, *problem("Portones")) == STATE_OFF
    assert len(sent(frigate, GAPS)) >= 7


async def test_a_server_that_has_just_been_started(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate)
    await pass_steps(hass, freezer, 4)
    assert state_of(hass, entry, *PROBLEM) == STATE_OFF
    stop_recording(frigate)
    await pass_time(hass, freezer, INTERVAL - 60)
    frigate.restart()
    await pass_polls(hass, freezer, 1)
    for _ in range(2):
        await pass_steps(hass, freezer, 1)
        assert state_of(hass, entry, *PROBLEM) != STATE_ON
    await pass_steps(hass, freezer, 3)
    assert state_of(hass, entry, *PROBLEM) == STATE_ON


async def test_cameras_that_record_nothing_from_the_beginning(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.record_only(DOOR)
    freezer.tick(3600)
    entry = await set_up_enabled(hass, frigate)
    for _ in range(2):
        assert state_of(hass, entry, *PROBLEM) == STATE_UNKNOWN
        await pass_steps(hass, freezer, 1)
    await pass_steps(hass, freezer, 3)
    assert state_of(hass, entry, *PROBLEM) == STATE_ON


@pytest.fixture
def frigate_options(offset: float) -> dict[str, Any]:
    """Let the clock of the server be wrong by so many seconds."""
    return {"clock": WrongClock(offset)} if offset else {}


@pytest.fixture
def offset() -> float:
    """Return by how much the clock of the server is ahead, unless a test says it."""
    return 0.0


@pytest.mark.parametrize("offset", [-3600.0, 3600.0])
async def test_the_clock_of_the_server_counts(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate)
    for _ in range(2):
        await pass_steps(hass, freezer, 1)
        assert state_of(hass, entry, *PROBLEM) == STATE_OFF
    stop_recording(frigate)
    await pass_steps(hass, freezer, 5)
    assert state_of(hass, entry, *PROBLEM) == STATE_ON


# Failures


async def test_an_outage(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate)
    stop_recording(frigate)
    await pass_steps(hass, freezer, 5)
    assert state_of(hass, entry, *PROBLEM) == STATE_ON
    await frigate.refuse()
    await pass_polls(hass, freezer, 3)
    assert state_of(hass, entry, *PROBLEM) == STATE_UNAVAILABLE
    await frigate.resume()
    await pass_polls(hass, freezer, 2)
    # Frigate may not have run meanwhile, so it has 5 minutes again.
    assert state_of(hass, entry, *PROBLEM) == STATE_UNKNOWN
    await pass_steps(hass, freezer, 5)
    assert state_of(hass, entry, *PROBLEM) == STATE_ON


async def test_a_route_that_fails_alone(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up_enabled(hass, frigate)
    logged(caplog)
    frigate.fail(GAPS, Fault.status(500))
    await pass_steps(hass, freezer, 3)
    # One miss is none.
    assert state_of(hass, entry, *PROBLEM) == STATE_OFF
    await pass_steps(hass, freezer, 2)
    assert state_of(hass, entry, *PROBLEM) == STATE_UNAVAILABLE
    (line,) = logged(caplog)
    assert line.startswith("Error fetching Frigate recordings data")
    frigate.clear_faults()
    await pass_steps(hass, freezer, 3)
    assert state_of(hass, entry, *PROBLEM) == STATE_OFF
    assert len(logged(caplog)) == 1


async def test_an_answer_about_another_camera_does_not_renew_an_old_one(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate, (DOOR, "Portones"))
    await pass_steps(hass, freezer, 2)
    assert state_of(hass, entry, *PROBLEM) == STATE_OFF
    for _ in range(6):
        if sent(frigate, GAPS)[-1].query["cameras"] != DOOR:
            frigate.fail(GAPS, Fault.status(500), times=1)
        await pass_steps(hass, freezer, 1)
    assert state_of(hass, entry, *PROBLEM) == STATE_UNKNOWN
    assert state_of(hass, entry, *problem("Portones")) == STATE_OFF
    frigate.clear_faults()
    await pass_steps(hass, freezer, 3)
    assert state_of(hass, entry, *PROBLEM) == STATE_OFF


async def test_a_camera_that_may_not_be_asked_about(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, frigate)
    for status in (403, 404):
        frigate.fail(GAPS, Fault.status(status))
        await pass_steps(hass, freezer, 3)
        assert state_of(hass, entry, *PROBLEM) == STATE_UNKNOWN
        frigate.clear_faults()
        await pass_steps(hass, freezer, 3)
        assert state_of(hass, entry, *PROBLEM) == STATE_OFF
