"""The update entity: which Frigate runs, and whether there is a newer one."""

from typing import Any

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
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from tests.common import add_everything, entity_id, pass_time, snapshot_entry
from tests.conftest import set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.stats import build_stats
from tests.versions import WITH_016

pytestmark = pytest.mark.usefixtures("fixed_time")


def update(hass: HomeAssistant, entry: MockConfigEntry) -> State:
    state = hass.states.get(entity_id(hass, entry, "update", "server:update") or "")
    assert state is not None
    return state


@WITH_016
async def test_entities(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.frigate_http.PLATFORMS", [Platform.UPDATE])
    add_everything(frigate)
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


@pytest.mark.parametrize(
    ("installed", "latest", "expected"),
    [
        ("0.17.2-3d4dd3a", "0.18.0", (STATE_ON, "0.17.2", "0.18.0")),
        ("0.17.2-3d4dd3a", "0.17.2", (STATE_OFF, "0.17.2", "0.17.2")),
        ("0.17.2-3d4dd3a", "v0.17.3", (STATE_ON, "0.17.2", "0.17.3")),
        ("0.18.0-beta1-e3fa701", "0.17.2", (STATE_OFF, "0.18.0-beta1", "0.17.2")),
        ("0.17.2-3d4dd3a", "unknown", (STATE_UNKNOWN, "0.17.2", None)),
        ("0.17.2-3d4dd3a", "disabled", (STATE_UNKNOWN, "0.17.2", None)),
        ("0.17.2-3d4dd3a", None, (STATE_UNKNOWN, "0.17.2", None)),
        ("dev", "0.18.0", (STATE_UNKNOWN, None, "0.18.0")),
    ],
)
async def test_versions(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    installed: str,
    latest: Any,
    expected: tuple[str, str | None, str | None],
) -> None:
    service = {"version": installed, "latest_version": latest}
    frigate.state.stats_overrides = {"service": service}
    await pass_time(hass, freezer)

    state = update(hass, entry)
    attributes = state.attributes
    shown = (
        state.state,
        attributes["installed_version"],
        attributes["latest_version"],
    )
    assert shown == expected
    release = expected[2] and (
        f"https://github.com/blakeblackshear/frigate/releases/tag/v{expected[2]}"
    )
    assert attributes["release_url"] == release


async def test_a_new_release_and_its_installation_are_seen(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert update(hass, entry).state == STATE_UNKNOWN
    frigate.state.latest_version = "0.18.0"
    await pass_time(hass, freezer)
    assert update(hass, entry).state == STATE_ON

    frigate.state.version = "0.18"
    frigate.restart()
    await pass_time(hass, freezer)
    assert update(hass, entry).state == STATE_OFF
    # It only tells: Frigate cannot be updated from outside.
    assert update(hass, entry).attributes["supported_features"] == 0


async def test_without_stats_nothing_is_known_of_versions(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.fail("/api/stats", Fault.status(500))
    await pass_time(hass, freezer)
    assert update(hass, entry).state == STATE_UNKNOWN
    await pass_time(hass, freezer)
    assert update(hass, entry).state == STATE_UNAVAILABLE

    frigate.clear_faults()
    stats = build_stats(frigate.state)
    del stats["service"]
    frigate.fail("/api/stats", Fault.json(stats))
    await pass_time(hass, freezer)
    assert update(hass, entry).state == STATE_UNKNOWN
    assert update(hass, entry).attributes["installed_version"] is None

    frigate.clear_faults()
    await pass_time(hass, freezer)
    assert update(hass, entry).attributes["installed_version"] == "0.17.2"
