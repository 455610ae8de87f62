"""The binary sensors: streams, detection, and whether the stats are fresh."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from homeassistant.const import (
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.common import (
    CONFIG_READ,
    add_everything,
    pass_polls,
    pass_time,
    snapshot_entry,
    state_of,
)
from tests.conftest import set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.controls import carry_out
from tests.fake_frigate.stats import build_stats
from tests.live.common import until_pushing, until_state
from tests.versions import EVERY_VERSION, WITH_016

pytestmark = pytest.mark.usefixtures("fixed_time")

everything_on = pytest.mark.usefixtures("entity_registry_enabled_by_default")

STALE = "server:stats_stale"
STREAM = "camera:front_door:stream"
DETECTOR = "camera:front_door:detector_process"


def shown(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> str:
    return state_of(hass, entry, "binary_sensor", key)


@WITH_016
@everything_on
async def test_entities(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "custom_components.frigate_http.PLATFORMS", [Platform.BINARY_SENSOR]
    )
    add_everything(frigate)
    frigate.describe("front_door")
    # So that what is shown is always what was polled.
    frigate.block_live()
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


@EVERY_VERSION
async def test_a_stream_is_connected_while_frames_arrive(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert shown(hass, entry, STREAM) == STATE_ON
    camera = frigate.state.cameras["front_door"]
    camera.online = False
    await pass_time(hass, freezer)
    assert shown(hass, entry, STREAM) == STATE_OFF

    # A camera that is switched off has no stream that could be lost.
    camera.enabled = False
    await pass_time(hass, freezer, CONFIG_READ)
    assert shown(hass, entry, STREAM) == STATE_UNKNOWN

    camera.enabled = camera.online = True
    await pass_time(hass, freezer, CONFIG_READ)
    assert shown(hass, entry, STREAM) == STATE_ON


@EVERY_VERSION
async def test_a_camera_switched_off_raises_no_alarm(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await until_pushing(hass, entry, frigate)
    camera = ("binary_sensor", STREAM)
    for _ in range(2):
        # Somebody else does it, and Frigate goes on to report the last frame rate.
        carry_out(frigate.state, "front_door", "enabled", "OFF")
        await until_state(hass, entry, *camera, STATE_UNKNOWN)
        await pass_polls(hass, freezer, 2)
        assert shown(hass, entry, STREAM) == STATE_UNKNOWN
        carry_out(frigate.state, "front_door", "enabled", "ON")
        await until_state(hass, entry, *camera, STATE_ON)
        await pass_polls(hass, freezer, 2)
        assert shown(hass, entry, STREAM) == STATE_ON


async def test_what_is_on_by_default(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    # The switch of a camera says what was asked for: two that are called alike would be
    # one too many.
    is_on = {
        one.unique_id.removeprefix(f"{entry.entry_id}:"): one.disabled_by is None
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if one.domain == "binary_sensor"
    }
    assert (is_on[STREAM], is_on[STALE], is_on[DETECTOR]) == (True, True, False)


@everything_on
async def test_the_statistics_show_whether_the_detector_process_runs(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    camera = frigate.state.cameras["front_door"]
    for running in (True, False, True):
        camera.detect_enabled = running
        # With the next poll, long before the configuration is read again.
        await pass_time(hass, freezer)
        assert shown(hass, entry, DETECTOR) == (STATE_ON if running else STATE_OFF)


@everything_on
@pytest.mark.parametrize(
    ("without", "keys"),
    [
        (("camera_fps",), [STREAM]),
        (("detection_enabled",), [DETECTOR]),
        ((), [STREAM, DETECTOR]),
    ],
)
async def test_what_the_stats_leave_out_is_unknown(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    without: tuple[str, ...],
    keys: list[str],
) -> None:
    stats = build_stats(frigate.state)
    if without:
        del stats["cameras"]["front_door"][without[0]]
    else:
        del stats["cameras"]["front_door"]
    frigate.fail("/api/stats", Fault.json(stats))
    await pass_time(hass, freezer)
    assert [shown(hass, entry, key) for key in keys] == [STATE_UNKNOWN] * len(keys)

    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert [shown(hass, entry, key) for key in keys] == [STATE_ON] * len(keys)


@EVERY_VERSION
async def test_stats_older_than_two_minutes_are_a_problem(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await pass_polls(hass, freezer, 2)
    assert shown(hass, entry, STALE) == STATE_OFF

    # Frigate answers, but computes nothing new.
    frigate.fail("/api/stats", Fault.json(build_stats(frigate.state)))
    await pass_polls(hass, freezer, 8)
    assert shown(hass, entry, STALE) == STATE_OFF
    await pass_time(hass, freezer)
    assert shown(hass, entry, STALE) == STATE_ON

    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert shown(hass, entry, STALE) == STATE_OFF


async def test_the_age_of_stats_without_a_time_is_unknown(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    stats = build_stats(frigate.state)
    del stats["service"]["last_updated"]
    frigate.fail("/api/stats", Fault.json(stats))
    await pass_time(hass, freezer)
    assert shown(hass, entry, STALE) == STATE_UNKNOWN
    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert shown(hass, entry, STALE) == STATE_OFF


@everything_on
async def test_a_camera_that_is_gone_is_unavailable(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    camera = frigate.state.cameras["front_door"]
    frigate.remove_camera("front_door")
    await pass_time(hass, freezer)
    assert shown(hass, entry, STREAM) == STATE_UNAVAILABLE
    assert shown(hass, entry, DETECTOR) == STATE_UNAVAILABLE
    frigate.state.cameras["front_door"] = camera
    await pass_time(hass, freezer)
    assert shown(hass, entry, STREAM) == STATE_ON
