"""The accounts of Frigate."""

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from tests.common import reauths, sent
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import BOTH, call, person, set_up_admin, set_up_viewer

USERS = [
    {"username": "admin", "role": "admin"},
    {"username": "gate1", "role": "gate"},
    {"username": "viewer1", "role": "viewer"},
]


@BOTH
async def test_get_users(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    assert await call(hass, "get_users") == {"users": USERS}


async def test_people_must_be_administrators(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(Unauthorized):
        await call(hass, "get_users", await person(hass, is_admin=False))
    assert frigate.requests == []
    answer = await call(hass, "get_users", await person(hass, is_admin=True))
    assert answer == {"users": USERS}


async def test_a_viewer_is_told_what_to_check(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    with pytest.raises(HomeAssistantError, match="Check its role in Frigate") as caught:
        await call(hass, "get_users")
    assert caught.value.translation_key == "forbidden"
    assert not reauths(hass)


async def test_a_query_without_an_answer_is_sent_once_more(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    frigate.fail("/api/users", Fault.drop_body(), times=1)
    assert await call(hass, "get_users") == {"users": USERS}
    assert len(sent(frigate, "/api/users")) == 2

    frigate.clear_requests()
    frigate.fail("/api/users", Fault.drop_body())
    with pytest.raises(HomeAssistantError, match="cannot be reached"):
        await call(hass, "get_users")
    assert len(sent(frigate, "/api/users")) == 2
    frigate.clear_faults()
    assert await call(hass, "get_users") == {"users": USERS}


async def test_a_lost_login_asks_for_a_new_one(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.state.users["admin"].password = "another-password-2"
    frigate.revoke_sessions()
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "get_users")
    assert caught.value.translation_key == "invalid_auth"
    await hass.async_block_till_done()
    assert len(reauths(hass)) == 1
