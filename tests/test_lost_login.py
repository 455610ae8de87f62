"""A login that is lost: whoever notices asks for a new one, whatever was being done."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.button import DOMAIN as BUTTON, SERVICE_PRESS
from homeassistant.components.camera import async_get_image
from homeassistant.components.image import async_get_image as async_get_snapshot
from homeassistant.const import ATTR_ENTITY_ID, CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.common import ADMIN, entity_id, reauths
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


@pytest.mark.parametrize("use", [press_restart, fetch_still, fetch_snapshot])
@pytest.mark.usefixtures("fixed_time", "entity_registry_enabled_by_default")
async def test_whoever_notices_a_lost_login_asks_for_a_new_one(
    hass: HomeAssistant, frigate: FakeFrigate, use: Use
) -> None:
    frigate.add_event("front_door")
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    frigate.state.users["admin"].password = NEW_PASSWORD
    frigate.revoke_sessions()
    with suppress(HomeAssistantError):
        assert not await use(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    (flow,) = reauths(hass)

    await hass.config_entries.flow.async_configure(
        flow["flow_id"],
        {CONF_USERNAME: "admin", CONF_PASSWORD: NEW_PASSWORD, "proxy_credentials": {}},
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not reauths(hass)
    await use(hass, entry)
    assert not reauths(hass)
