"""The button that restarts Frigate."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.frigate_http.coordinator.server import CONFIG_INTERVAL
from homeassistant.components.button import DOMAIN as BUTTON, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from tests.common import (
    ADMIN,
    VIEWER,
    add_everything,
    entity_id,
    is_available,
    is_registered,
    pass_polls,
    pass_time,
    sent,
    snapshot_entry,
)
from tests.conftest import make_entry, set_up
from tests.entity_snapshots import snapshot_platform
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION, WITH_016

RESTART = ("button", "server:restart")


async def press(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Press the button."""
    data = {ATTR_ENTITY_ID: entity_id(hass, entry, *RESTART)}
    await hass.services.async_call(BUTTON, SERVICE_PRESS, data, blocking=True)


@WITH_016
@pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")
async def test_entities(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.frigate_http.PLATFORMS", [Platform.BUTTON])
    add_everything(frigate)
    entry = await set_up(hass, snapshot_entry(frigate.internal_url))
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_it_is_off_by_default(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    registered = entity_registry.async_get(entity_id(hass, entry, *RESTART) or "")
    assert registered is not None
    assert registered.disabled_by is er.RegistryEntryDisabler.INTEGRATION


@EVERY_VERSION
@pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")
async def test_a_restart(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    await press(hass, entry)
    assert frigate.state.starting
    # A single missed poll changes nothing.
    await pass_polls(hass, freezer, 2)
    assert not is_available(hass, entry, *RESTART)
    frigate.restart()
    await pass_time(hass, freezer)
    assert is_available(hass, entry, *RESTART)


@pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")
async def test_a_restart_that_is_refused(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    frigate.fail("/api/restart", Fault.status(403), times=1)
    with pytest.raises(HomeAssistantError, match="Check its role in Frigate"):
        await press(hass, entry)
    frigate.fail("/api/restart", Fault.drop_body(), times=1)
    frigate.clear_requests()
    with pytest.raises(HomeAssistantError, match="Couldn't connect to Frigate"):
        await press(hass, entry)
    assert len(sent(frigate, "/api/restart")) == 1
    # It restarts all the same.
    assert frigate.state.starting
    frigate.restart()
    await press(hass, entry)
    assert frigate.state.starting


@EVERY_VERSION
@pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")
async def test_it_is_there_for_administrators_only(
    hass: HomeAssistant, frigate: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    assert not is_registered(hass, entry, *RESTART)

    frigate.state.users["viewer1"].role = "admin"
    # The role stands in the session, which has to be another.
    frigate.revoke_sessions()
    await pass_time(hass, freezer, CONFIG_INTERVAL.total_seconds())
    assert is_available(hass, entry, *RESTART)

    frigate.state.users["viewer1"].role = "viewer"
    frigate.revoke_sessions()
    await pass_time(hass, freezer, CONFIG_INTERVAL.total_seconds())
    assert not is_available(hass, entry, *RESTART)
