"""What the tests of switches, numbers, selects and buttons share."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.coordinator.server import CONFIG_INTERVAL
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from tests.clock import in_time
from tests.common import entity_id, pass_time
from tests.fake_frigate import FakeFrigate, Fault

SET = "/api/camera/"


async def call(
    hass: HomeAssistant, entry: MockConfigEntry, service: str, *keys: str, **data: Any
) -> None:
    """Call an action such as `switch.turn_on` for entities of its domain."""
    domain, _, name = service.partition(".")
    targets = [entity_id(hass, entry, domain, f"camera:{key}") for key in keys]
    await hass.services.async_call(
        domain, name, {ATTR_ENTITY_ID: targets, **data}, blocking=True
    )


async def call_in_time(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    service: str,
    *keys: str,
    **data: Any,
) -> float:
    """Do so while time goes on, and return how many seconds it took."""
    _, seconds = await in_time(freezer, call(hass, entry, service, *keys, **data))
    return seconds


async def read_config(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let the configuration be read again."""
    await pass_time(hass, freezer, CONFIG_INTERVAL.total_seconds())


async def become(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    role: str,
) -> None:
    """Give our account another role, which a new session has."""
    frigate.state.users["viewer1"].role = role
    frigate.revoke_sessions()
    await read_config(hass, freezer)


def ignore_commands(frigate: FakeFrigate) -> None:
    """Let the server claim success and do nothing."""
    if frigate.state.is_018:
        frigate.fail(SET, Fault.json({"success": True}), method="PUT")
    else:
        frigate.mute_live()


async def heed_commands(frigate: FakeFrigate) -> None:
    """Let the server do what it is told again."""
    frigate.clear_faults()
    if not frigate.state.is_018:
        frigate.drop_live()
