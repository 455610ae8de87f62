"""The device page's Delete: for what is left, and not for what is there."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.setup import async_setup_component
from tests.common import (
    CONFIG_READ,
    camera_device,
    is_available,
    is_registered,
    pass_polls,
    pass_time,
    server_device,
    take_away,
)
from tests.fake_frigate import FakeFrigate

pytestmark = pytest.mark.usefixtures("fixed_time")

GARAGE = ("camera", "camera:garage")


@pytest.fixture
def frigate_options() -> dict[str, Any]:
    return {"cameras": ("front_door", "garage")}


async def delete(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, device: DeviceEntry
) -> bool:
    """Do what the device page's Delete does; return whether it was allowed."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    command = {"type": "config/device_registry/remove", "device_id": device.id}
    if command["type"] not in hass.data[websocket_api.DOMAIN]:
        # So Home Assistant 2026.8 does it, which knows no other way.
        command["type"] = "config/device_registry/remove_config_entry"
        (command["config_entry_id"],) = device.config_entries
    await client.send_json_auto_id(command)
    answer = await client.receive_json()
    await hass.async_block_till_done()
    allowed: bool = answer["success"]
    return allowed


async def test_delete_is_refused_for_what_is_there_and_allowed_for_what_is_left(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    garage = camera_device(hass, entry, "garage")
    assert garage is not None
    assert not await delete(hass, hass_ws_client, server_device(hass, entry))
    assert not await delete(hass, hass_ws_client, garage)

    taken = take_away(frigate, "garage")
    await pass_time(hass, freezer)
    assert await delete(hass, hass_ws_client, garage)
    assert camera_device(hass, entry, "garage") is None
    assert not is_registered(hass, entry, *GARAGE)

    # The next look at the configuration has nothing left to remove, and a camera of
    # that name is welcome.
    await pass_time(hass, freezer, CONFIG_READ)
    frigate.state.cameras["garage"] = taken
    await pass_time(hass, freezer)
    assert is_available(hass, entry, *GARAGE)


async def test_delete_is_refused_while_the_server_is_down_or_the_entry_unloaded(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    garage = camera_device(hass, entry, "garage")
    assert garage is not None
    await frigate.refuse()
    await pass_polls(hass, freezer, 2)
    assert not await delete(hass, hass_ws_client, garage)
    await hass.config_entries.async_unload(entry.entry_id)
    assert not await delete(hass, hass_ws_client, garage)
    assert is_registered(hass, entry, *GARAGE)

    await frigate.resume()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert is_available(hass, entry, *GARAGE)
