"""Passwords: those of others, and our own, which Home Assistant remembers."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.common import ADMIN, VIEWER, reauths, sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import call, set_up_admin, set_up_viewer
from tests.versions import EVERY_VERSION, WITH_016

GOOD = "guest-password-1"
CHANGE = "/api/users/viewer1/password"
LOGIN = "/api/login"


@WITH_016
async def test_set_user_password(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up_admin(hass, frigate)
    spaced = " with blanks around "
    answer = await call(hass, "set_user_password", username="viewer1", password=spaced)
    assert answer == {"username": "viewer1"}
    assert frigate.state.users["viewer1"].password == spaced
    assert entry.data[CONF_PASSWORD] == ADMIN[CONF_PASSWORD]
    before = {name: user.password for name, user in frigate.state.users.items()}
    with pytest.raises(ServiceValidationError, match="not know nobody"):
        await call(hass, "set_user_password", username="nobody", password=GOOD)
    found = {name: user.password for name, user in frigate.state.users.items()}
    assert found == before


@WITH_016
@pytest.mark.parametrize("account", [ADMIN, VIEWER], ids=["admin", "viewer"])
async def test_the_own_password_is_stored(
    hass: HomeAssistant, frigate: FakeFrigate, account: dict[str, str]
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **account))
    username = account[CONF_USERNAME]
    await call(hass, "set_user_password", username=username, password=GOOD)
    assert frigate.state.users[username].password == GOOD
    assert entry.data == {
        CONF_URL: frigate.external_url,
        CONF_VERIFY_SSL: False,
        CONF_USERNAME: username,
        CONF_PASSWORD: GOOD,
    }
    # The next login is made with it, by the same client.
    frigate.revoke_sessions()
    assert (await call(hass, "get_status"))["user"] == username
    assert entry.state is ConfigEntryState.LOADED
    assert not reauths(hass)


@EVERY_VERSION
async def test_a_current_password_that_is_wrong(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_viewer(hass, frigate)
    data: dict[str, Any] = {"username": "viewer1", "password": GOOD}
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "set_user_password", **data, current_password="not-the-one")
    assert caught.value.translation_key == "wrong_password"
    assert "not-the-one" not in str(caught.value)
    await hass.async_block_till_done()
    assert not reauths(hass)
    assert entry.data[CONF_PASSWORD] == VIEWER[CONF_PASSWORD]
    assert frigate.state.users["viewer1"].password == VIEWER[CONF_PASSWORD]

    current = VIEWER[CONF_PASSWORD]
    await call(hass, "set_user_password", **data, current_password=current)
    assert entry.data[CONF_PASSWORD] == GOOD


@WITH_016
async def test_a_viewer_cannot_set_the_password_of_others(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    with pytest.raises(HomeAssistantError, match="only update their own password"):
        await call(hass, "set_user_password", username="gate1", password=GOOD)
    assert frigate.state.users["gate1"].password == "gate-password-1!"


async def test_an_entry_with_a_token_stores_no_password(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    token = frigate.token("admin")
    entry = await set_up(hass, make_entry(frigate.external_url, token=token))
    await call(hass, "set_user_password", username="admin", password=GOOD)
    assert frigate.state.users["admin"].password == GOOD
    assert CONF_PASSWORD not in entry.data


# A server that is logged in to twice


@pytest.fixture
async def twins(
    hass: HomeAssistant, frigate: FakeFrigate
) -> tuple[MockConfigEntry, MockConfigEntry]:
    """Return two entries with one account at one server."""
    return await set_up_viewer(hass, frigate), await set_up_viewer(hass, frigate)


async def set_ours(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Change the password of the account that an entry logs in with."""
    await call(
        hass,
        "set_user_password",
        config_entry_id=entry.entry_id,
        username="viewer1",
        password=GOOD,
    )


@EVERY_VERSION
async def test_every_entry_of_the_account_is_updated(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    twins: tuple[MockConfigEntry, MockConfigEntry],
) -> None:
    first, second = twins
    another = await set_up(hass, make_entry(frigate.internal_url, **VIEWER))
    admin = await set_up_admin(hass, frigate)
    await set_ours(hass, first)
    assert [one.data[CONF_PASSWORD] for one in twins] == [GOOD, GOOD]
    # Another address may be another server, and another account has its own.
    assert another.data[CONF_PASSWORD] == VIEWER[CONF_PASSWORD]
    assert admin.data[CONF_PASSWORD] == ADMIN[CONF_PASSWORD]
    frigate.revoke_sessions()
    for entry in (first, second, admin):
        answer = await call(hass, "get_status", config_entry_id=entry.entry_id)
        assert answer["user"] == entry.data[CONF_USERNAME]
    assert not reauths(hass)


async def test_an_entry_that_is_not_loaded_is_updated(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    twins: tuple[MockConfigEntry, MockConfigEntry],
) -> None:
    first, second = twins
    assert await hass.config_entries.async_unload(second.entry_id)
    await set_ours(hass, first)
    assert second.data[CONF_PASSWORD] == GOOD
    assert await hass.config_entries.async_setup(second.entry_id)
    assert not reauths(hass)


async def test_an_administrator_sets_the_password_of_another_entry(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    admin = await set_up_admin(hass, frigate)
    viewer = await set_up_viewer(hass, frigate)
    await set_ours(hass, admin)
    assert viewer.data[CONF_PASSWORD] == GOOD
    assert admin.data[CONF_PASSWORD] == ADMIN[CONF_PASSWORD]


# A change whose answer is lost


@WITH_016
async def test_a_lost_answer_when_the_new_password_works(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_viewer(hass, frigate)
    frigate.fail(CHANGE, Fault.drop_body())
    answer = await call(hass, "set_user_password", username="viewer1", password=GOOD)
    assert answer == {"username": "viewer1"}
    assert len(sent(frigate, CHANGE)) == 1
    assert frigate.state.users["viewer1"].password == GOOD
    assert entry.data[CONF_PASSWORD] == GOOD
    frigate.revoke_sessions()
    assert (await call(hass, "get_status"))["user"] == "viewer1"
    assert not reauths(hass)


@WITH_016
@pytest.mark.parametrize("lost", [Fault.drop(), Fault.status(502), Fault.status(504)])
async def test_a_lost_answer_when_the_old_password_works(
    hass: HomeAssistant, frigate: FakeFrigate, lost: Fault
) -> None:
    entry = await set_up_viewer(hass, frigate)
    frigate.fail(CHANGE, lost)
    with pytest.raises(
        HomeAssistantError, match="old password is still valid"
    ) as caught:
        await call(hass, "set_user_password", username="viewer1", password=GOOD)
    assert caught.value.translation_key == "password_unchanged"
    assert GOOD not in str(caught.value)
    assert len(sent(frigate, CHANGE)) == 1
    assert entry.data[CONF_PASSWORD] == VIEWER[CONF_PASSWORD]
    # To ask has not cost us our own login.
    logins = len(sent(frigate, LOGIN))
    assert (await call(hass, "get_status"))["user"] == "viewer1"
    assert len(sent(frigate, LOGIN)) == logins
    frigate.clear_faults()
    await call(hass, "set_user_password", username="viewer1", password=GOOD)
    assert entry.data[CONF_PASSWORD] == GOOD


@pytest.mark.parametrize("unknown", [Fault.drop(), Fault.status(429), Fault.html()])
@pytest.mark.parametrize("lost", [Fault.drop(), Fault.drop_body()])
async def test_a_lost_answer_when_no_login_is_possible(
    hass: HomeAssistant, frigate: FakeFrigate, unknown: Fault, lost: Fault
) -> None:
    entry = await set_up_viewer(hass, frigate)
    frigate.fail(CHANGE, lost)
    frigate.fail(LOGIN, unknown)
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "set_user_password", username="viewer1", password=GOOD)
    assert caught.value.translation_key == "outcome_unknown"
    assert entry.data[CONF_PASSWORD] == VIEWER[CONF_PASSWORD]
    assert not reauths(hass)
    frigate.clear_faults()
    assert (await call(hass, "get_status"))["user"] == "viewer1"


async def test_a_password_that_was_never_sent(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up_viewer(hass, frigate)
    await frigate.refuse()
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "set_user_password", username="viewer1", password=GOOD)
    assert caught.value.translation_key == "cannot_connect"
    await frigate.resume()
    frigate.clear_requests()
    await call(hass, "set_user_password", username="viewer1", password=GOOD)
    assert entry.data[CONF_PASSWORD] == GOOD


async def test_a_lost_answer_for_another_account(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    logins = len(sent(frigate, LOGIN))
    frigate.fail(CHANGE, Fault.drop_body())
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "set_user_password", username="viewer1", password=GOOD)
    assert caught.value.translation_key == "outcome_unknown"
    assert len(sent(frigate, LOGIN)) == logins
    frigate.clear_faults()
    assert (await call(hass, "get_status"))["user"] == "admin"
