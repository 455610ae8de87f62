"""A login that is lost: whoever notices asks for a new one, whatever was being done."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.components.button import DOMAIN as BUTTON, SERVICE_PRESS
from homeassistant.components.camera import async_get_image
from homeassistant.components.image import async_get_image as async_get_snapshot
from homeassistant.const import ATTR_ENTITY_ID, CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.common import ADMIN, CAMERA, entity_id, reauths
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate

NEW_PASSWORD = "another-password-2"

type Use = Callable[[HomeAssistant, MockConfigEntry], Awaitable[object]]


async def press_restart(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Press the button that restarts Frigate."""
    data = {ATTR_ENTITY_ID: entity_id(hass, entry, "button", "server:restart")}
    await hass.services.async_call(BUTTON, SERVICE_PRESS, data, blocking=True)


async def fetch_still(hass: HomeAssistant, entry: MockConfigEntry) -> bytes:
    """Return the still image of a camera."""
    camera = entity_id(hass, entry, "camera", "camera:front_door")
    assert camera is not None
    return (await async_get_image(hass, camera)).content


async def fetch_snapshot(hass: HomeAssistant, entry: MockConfigEntry) -> bytes:
    """Return the last snapshot of a camera."""
    image = entity_id(hass, entry, "image", "camera:front_door:last_snapshot")
    assert image is not None
    return (await async_get_snapshot(hass, image)).content


def lose_login(frigate: FakeFrigate) -> None:
    """Let Frigate forget the session, and change the password."""
    frigate.state.users["admin"].password = NEW_PASSWORD
    frigate.revoke_sessions()


async def log_in_again(hass: HomeAssistant) -> None:
    """Enter the new password where Home Assistant asks for it."""
    await hass.async_block_till_done(wait_background_tasks=True)
    (flow,) = reauths(hass)
    await hass.config_entries.flow.async_configure(
        flow["flow_id"],
        {CONF_USERNAME: "admin", CONF_PASSWORD: NEW_PASSWORD, "proxy_credentials": {}},
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not reauths(hass)


@pytest.mark.parametrize("use", [press_restart, fetch_still, fetch_snapshot])
@pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")
async def test_whoever_notices_a_lost_login_asks_for_a_new_one(
    hass: HomeAssistant, frigate: FakeFrigate, use: Use
) -> None:
    frigate.add_event("front_door")
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    lose_login(frigate)
    with suppress(HomeAssistantError):
        assert not await use(hass, entry)
    await log_in_again(hass)
    await use(hass, entry)
    assert not reauths(hass)


@pytest.mark.usefixtures("fixed_time")
async def test_an_mjpeg_stream_asks_for_a_new_login_too(
    hass: HomeAssistant, frigate: FakeFrigate, hass_client: ClientSessionGenerator
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    stream = f"/api/camera_proxy_stream/{entity_id(hass, entry, *CAMERA)}"
    client = await hass_client()
    lose_login(frigate)
    assert (await client.get(stream)).status == 502
    await log_in_again(hass)
    answer = await client.get(stream)
    assert answer.status == 200
    answer.close()
    assert not reauths(hass)
