"""The sensors of what the recordings of a camera take up."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from tests.common import (
    ADMIN,
    CONFIG_READ,
    VIEWER,
    enable,
    is_registered,
    pass_polls,
    pass_time,
    sent,
    state_of,
)
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import BEFORE_018, SINCE_018, WITH_016

pytestmark = pytest.mark.usefixtures("fixed_time")

STORAGE = "/api/recordings/storage"
INTERVAL = 900
CAMERAS = ("front_door", "Portones")
LISTED = {
    "front_door": {"usage": 113.58, "bandwidth": 165.89, "usage_percent": 0.044},
    "Portones": {"usage": 20480, "bandwidth": 90, "usage_percent": 1.2},
}


def used(camera: str) -> tuple[str, str]:
    """Return the domain and the key of the sensor of the storage."""
    return "sensor", f"camera:{camera}:storage_used"


def bandwidth(camera: str) -> tuple[str, str]:
    """Return the domain and the key of the sensor of the bandwidth."""
    return "sensor", f"camera:{camera}:storage_bandwidth"


USED = used("front_door")


async def set_up_enabled(
    hass: HomeAssistant, entry: MockConfigEntry, *keys: tuple[str, str]
) -> MockConfigEntry:
    """Set up an entry in which somebody has enabled the sensors."""
    every = [kind(camera) for camera in CAMERAS for kind in (used, bandwidth)]
    enable(hass, entry, *(keys or every))
    await set_up(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


def states(hass: HomeAssistant, entry: MockConfigEntry) -> list[str]:
    """Return what is used by the front door, and by the other camera."""
    return [state_of(hass, entry, *used(camera)) for camera in CAMERAS]


async def pass_interval(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let time pass until the storage was asked for again."""
    # Earlier, the server's own poll finds out whether it is there.
    await pass_time(hass, freezer, INTERVAL)


@WITH_016
async def test_what_is_stored(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.state.cameras["front_door"].friendly_name = "Puerta principal"
    named = {"Puerta principal": LISTED["front_door"], "Portones": LISTED["Portones"]}
    frigate.fail(STORAGE, Fault.json(named))
    entry = await set_up_enabled(hass, make_entry(frigate.external_url, **ADMIN))
    assert states(hass, entry) == ["113.6", "20480.0"]
    assert state_of(hass, entry, *bandwidth("front_door")) == "47.2"
    assert state_of(hass, entry, *bandwidth("Portones")) == "25.6"
    assert len(sent(frigate, STORAGE)) == 1
    named["Portones"] = {"usage": 10240, "bandwidth": 0}
    frigate.clear_faults()
    frigate.fail(STORAGE, Fault.json(named))
    await pass_time(hass, freezer, INTERVAL - 30)
    assert len(sent(frigate, STORAGE)) == 1
    await pass_time(hass, freezer, 31)
    assert len(sent(frigate, STORAGE)) == 2
    assert states(hass, entry) == ["113.6", "10240.0"]
    assert float(state_of(hass, entry, *bandwidth("Portones"))) == 0
    # And as the simulated server counts it.
    frigate.clear_faults()
    await pass_interval(hass, freezer)
    assert states(hass, entry) not in (["113.6", "10240.0"], [STATE_UNKNOWN] * 2)


@pytest.mark.parametrize("name", [" Front ", "PORTONES", "Puerta ñ 🚪", "0", ""])
async def test_odd_names(hass: HomeAssistant, frigate: FakeFrigate, name: str) -> None:
    frigate.state.cameras["front_door"].friendly_name = name
    named = {
        "Portones": LISTED["Portones"],
        name or "front_door": LISTED["front_door"],
        "gone": {"usage": 1, "bandwidth": 1},
    }
    frigate.fail(STORAGE, Fault.json(named))
    entry = await set_up_enabled(hass, make_entry(frigate.external_url, **ADMIN))
    assert states(hass, entry) == ["113.6", "20480.0"]


@WITH_016
async def test_cameras_that_are_called_the_same(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frigate.state.cameras["front_door"].friendly_name = "Portones"
    entry = await set_up_enabled(hass, make_entry(frigate.internal_url))
    for _ in range(2):
        assert states(hass, entry) == [STATE_UNKNOWN, STATE_UNKNOWN]
        assert caplog.text.count("several cameras under the same name (Portones)") == 1
        await pass_interval(hass, freezer)
    frigate.state.cameras["front_door"].friendly_name = None
    await pass_time(hass, freezer, CONFIG_READ)
    await pass_interval(hass, freezer)
    assert STATE_UNKNOWN not in states(hass, entry)


async def test_what_is_not_told(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    nothing = {"front_door": {"usage": None, "bandwidth": 0}, "other": {"usage": 5}}
    frigate.fail(STORAGE, Fault.json(nothing))
    entry = await set_up_enabled(hass, make_entry(frigate.internal_url))
    assert states(hass, entry) == [STATE_UNKNOWN, STATE_UNKNOWN]
    assert float(state_of(hass, entry, *bandwidth("front_door"))) == 0
    for junk in ({"front_door": "x"}, {"front_door": {"usage": "x", "bandwidth": []}}):
        frigate.clear_faults()
        frigate.fail(STORAGE, Fault.json(junk))
        await pass_interval(hass, freezer)
        assert states(hass, entry) == [STATE_UNKNOWN, STATE_UNKNOWN]
    frigate.clear_faults()
    await pass_interval(hass, freezer)
    assert STATE_UNKNOWN not in states(hass, entry)


@WITH_016
async def test_a_failure_and_an_outage(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up_enabled(hass, make_entry(frigate.internal_url))
    before = states(hass, entry)
    frigate.fail(STORAGE, Fault.status(500))
    await pass_interval(hass, freezer)
    # One missed poll changes nothing.
    assert states(hass, entry) == before
    await pass_interval(hass, freezer)
    assert states(hass, entry) == [STATE_UNAVAILABLE] * 2
    frigate.clear_faults()
    await pass_interval(hass, freezer)
    assert STATE_UNAVAILABLE not in states(hass, entry)

    await frigate.refuse()
    await pass_polls(hass, freezer, 2)
    assert states(hass, entry) == [STATE_UNAVAILABLE] * 2
    await frigate.resume()
    await pass_polls(hass, freezer, 2)
    assert STATE_UNAVAILABLE not in states(hass, entry)


@WITH_016
async def test_nothing_is_asked_that_nobody_wants_to_know(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    assert is_registered(hass, entry, *USED)
    await pass_interval(hass, freezer)
    assert not sent(frigate, STORAGE)


@BEFORE_018
async def test_viewers_may_know_it(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    viewer = make_entry(frigate.external_url, **VIEWER)
    entry = await set_up_enabled(hass, viewer)
    assert STATE_UNKNOWN not in states(hass, entry)


@SINCE_018
async def test_viewers_may_not_know_it_any_more(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    assert not is_registered(hass, entry, *USED)
    frigate.state.users["viewer1"].role = "admin"
    frigate.revoke_sessions()
    await pass_time(hass, freezer, CONFIG_READ)
    assert is_registered(hass, entry, *USED)
    assert not sent(frigate, STORAGE)


@SINCE_018
async def test_an_account_that_loses_the_right(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    frigate.state.users["viewer1"].role = "admin"
    viewer = make_entry(frigate.external_url, **VIEWER)
    entry = await set_up_enabled(hass, viewer)
    for role, is_there in (("viewer", False), ("admin", True)):
        frigate.state.users["viewer1"].role = role
        frigate.revoke_sessions()
        await pass_time(hass, freezer, CONFIG_READ)
        await pass_interval(hass, freezer)
        assert (STATE_UNAVAILABLE not in states(hass, entry)) is is_there
