"""How Frigate is."""

from typing import Any

import pytest

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.common import reauths, sent, setup_state
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import call, commands, person, set_up_admin, set_up_viewer
from tests.versions import WITH_016

HEALTH = "/api/$"
UNKNOWN = {
    "version": None,
    "user": None,
    "role": None,
    "allowed_cameras": None,
    "allowed_entity_ids": None,
    "authentication": None,
    "anonymous": None,
}


def status(frigate: FakeFrigate, user: str, role: str, **others: Any) -> dict[str, Any]:
    """Return the answer of a server that works."""
    return {
        "alive": True,
        "health": "Frigate is running. Alive and healthy!",
        "version": frigate.state.version_string,
        "user": user,
        "role": role,
        "allowed_cameras": ["front_door", "Portones"],
        "allowed_entity_ids": ["camera.front_door", "camera.portones"],
        "authentication": True,
        "anonymous": False,
        **others,
    }


@WITH_016
async def test_status(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    assert await call(hass, "get_status") == status(frigate, "admin", "admin")
    assert not commands(frigate)


@WITH_016
async def test_status_of_a_viewer_account(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    context = await person(hass, is_admin=False)
    answer = await call(hass, "get_status", context)
    assert answer == status(frigate, "viewer1", "viewer")


@WITH_016
async def test_status_without_an_account(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    anybody = status(frigate, "anonymous", "admin", anonymous=True)
    assert await call(hass, "get_status") == anybody
    frigate.state.auth = False
    assert await call(hass, "get_status") == anybody | {"authentication": False}


@WITH_016
async def test_status_while_the_server_starts(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.state.starting = True
    answer = await call(hass, "get_status")
    assert str(answer.pop("health")).startswith("Frigate is starting or has stopped")
    assert answer == {"alive": False, **UNKNOWN}
    frigate.restart()
    assert await call(hass, "get_status") == status(frigate, "admin", "admin")


async def test_status_of_an_unreachable_server(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    await frigate.refuse()
    answer = await call(hass, "get_status")
    assert str(answer.pop("health")).startswith("Couldn't connect to Frigate (")
    assert answer == {"alive": False, **UNKNOWN}
    await frigate.resume()
    assert (await call(hass, "get_status"))["alive"]


async def test_status_while_the_setup_is_retried(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.starting = True
    entry = await set_up_admin(hass, frigate)
    assert setup_state(entry) is ConfigEntryState.SETUP_RETRY
    for data in ({}, {"config_entry_id": entry.entry_id}):
        answer = await call(hass, "get_status", None, **data)
        assert str(answer.pop("health")).startswith("Frigate is starting or has")
        assert answer == {"alive": False, **UNKNOWN}
    with pytest.raises(ServiceValidationError):
        await call(hass, "get_status", config_entry_id="another")
    frigate.restart()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert (await call(hass, "get_status"))["alive"]


async def test_status_is_retried_once(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    frigate.fail("/api/version", Fault.drop_body(), times=1)
    assert (await call(hass, "get_status"))["alive"]
    assert len(sent(frigate, "/api/version")) == 2


async def test_status_of_something_else_than_frigate(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.fail(HEALTH, Fault.html())
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "get_status")
    assert caught.value.translation_key == "not_frigate"
    frigate.clear_faults()
    assert (await call(hass, "get_status"))["alive"]


@WITH_016
async def test_status_after_a_refused_login(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    frigate.state.users["viewer1"].password = "another-password-2"
    frigate.revoke_sessions()
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "get_status")
    assert caught.value.translation_key == "invalid_auth"
    await hass.async_block_till_done()
    assert len(reauths(hass)) == 1
