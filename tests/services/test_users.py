"""The accounts of Frigate."""

import copy
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from tests.common import ADMIN, VIEWER, reauths, sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import (
    INVALID,
    call,
    commands,
    person,
    reason,
    set_up_admin,
    set_up_viewer,
)
from tests.versions import EVERY_VERSION, ONLY_016

GOOD = "guest-password-1"
USERS = [
    {"username": "admin", "role": "admin"},
    {"username": "gate1", "role": "gate"},
    {"username": "viewer1", "role": "viewer"},
]


async def users(hass: HomeAssistant) -> Any:
    """Return what the list of accounts shows."""
    return (await call(hass, "get_users"))["users"]


async def set_up_second_admin(
    hass: HomeAssistant, frigate: FakeFrigate
) -> MockConfigEntry:
    """Set up an entry with an administrator that is not the one named admin."""
    frigate.add_user("second", GOOD, "admin")
    account = {CONF_USERNAME: "second", CONF_PASSWORD: GOOD}
    return await set_up(hass, make_entry(frigate.external_url, **account))


@EVERY_VERSION
async def test_get_users(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    assert await call(hass, "get_users") == {"users": USERS}


async def test_account_actions_need_an_administrator(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    with pytest.raises(Unauthorized):
        await call(hass, "get_users", await person(hass, is_admin=False))
    assert frigate.requests == []
    answer = await call(hass, "get_users", await person(hass, is_admin=True))
    assert answer == {"users": USERS}


async def test_a_viewer_account_gets_advice(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_viewer(hass, frigate)
    with pytest.raises(HomeAssistantError, match="Check its role in Frigate") as caught:
        await call(hass, "get_users")
    assert caught.value.translation_key == "forbidden"
    assert not reauths(hass)


async def test_a_query_is_retried_once(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    frigate.fail("/api/users", Fault.drop_body(), times=1)
    assert await call(hass, "get_users") == {"users": USERS}
    assert len(sent(frigate, "/api/users")) == 2

    frigate.clear_requests()
    frigate.fail("/api/users", Fault.drop_body())
    with pytest.raises(HomeAssistantError, match="Couldn't connect to Frigate"):
        await call(hass, "get_users")
    assert len(sent(frigate, "/api/users")) == 2
    frigate.clear_faults()
    assert await call(hass, "get_users") == {"users": USERS}


async def test_a_lost_login_starts_reauthentication(
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


# Creating


@EVERY_VERSION
@pytest.mark.parametrize("role", ["viewer", "admin", "gate"])
async def test_create_user(
    hass: HomeAssistant, frigate: FakeFrigate, role: str
) -> None:
    await set_up_admin(hass, frigate)
    answer = await call(
        hass, "create_user", username="Guest_1.x", password=GOOD, role=role
    )
    assert answer == {"username": "Guest_1.x", "role": role}
    guest = frigate.state.users["Guest_1.x"]
    assert (guest.password, guest.role) == (GOOD, role)


@EVERY_VERSION
async def test_a_new_user_is_a_viewer_by_default(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up(hass, make_entry(frigate.internal_url))
    assert await call(hass, "get_users") == {"users": USERS}
    await call(hass, "create_user", username="guest", password=GOOD)
    guest = {"username": "guest", "role": "viewer"}
    assert guest in await users(hass)


@EVERY_VERSION
async def test_a_name_that_exists(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    with pytest.raises(ServiceValidationError, match="name viewer1 already exists"):
        await call(hass, "create_user", username="viewer1", password=GOOD, role="admin")
    assert await users(hass) == USERS
    assert not commands(frigate)
    # To Frigate this is another name.
    await call(hass, "create_user", username="Viewer1", password=GOOD)
    assert frigate.state.users["viewer1"].role == "viewer"


@EVERY_VERSION
async def test_a_name_that_is_taken_meanwhile(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.fail("/api/users", Fault.json([]), times=1, method="GET")
    with pytest.raises(ServiceValidationError, match="name viewer1 already exists"):
        await call(hass, "create_user", username="viewer1", password=GOOD, role="admin")
    assert len(commands(frigate)) == 1
    assert await users(hass) == USERS
    # The proxy answers the next command in Frigate's place, and once only.
    await call(hass, "create_user", username="guest", password=GOOD)
    assert frigate.state.users["guest"].password == GOOD


@pytest.mark.parametrize(
    ("fault", "listing", "key"),
    [
        (Fault.status(500), Fault.json([]), "server_error"),
        (Fault.status(500), Fault.garbage(), "server_error"),
        (Fault.status(500), Fault.drop(), "server_error"),
        # It may be there because this was done.
        (Fault.status(502), None, "outcome_unknown"),
        (Fault.status(504), None, "outcome_unknown"),
        (Fault.status(503), None, "starting"),
    ],
)
async def test_a_server_error_that_is_not_about_the_name(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    fault: Fault,
    listing: Fault | None,
    key: str,
) -> None:
    await set_up_admin(hass, frigate)
    frigate.fail("/api/users", fault, method="POST")
    if listing is not None:
        frigate.fail("/api/users", listing, method="GET")
    frigate.fail("/api/users", Fault.json([]), times=1, method="GET")
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "create_user", username="viewer1", password=GOOD)
    assert caught.value.translation_key == key
    assert not isinstance(caught.value, ServiceValidationError)
    frigate.clear_faults()
    await call(hass, "create_user", username="guest", password=GOOD)
    assert frigate.state.users["guest"].password == GOOD


@ONLY_016
@pytest.mark.parametrize("action", ["create_user", "set_user_role"])
async def test_there_are_two_roles_before_0_17(
    hass: HomeAssistant, frigate: FakeFrigate, action: str
) -> None:
    await set_up_admin(hass, frigate)
    data: dict[str, Any] = {"username": "viewer1", "role": "gate"}
    if action == "create_user":
        data |= {"username": "guest", "password": GOOD}
    # Frigate would make a viewer of whoever has another role.
    with pytest.raises(
        ServiceValidationError, match="role must be one of: admin, viewer"
    ):
        await call(hass, action, **data)
    assert not commands(frigate)
    answer = await call(hass, action, **data | {"role": "admin"})
    assert answer == {"username": data["username"], "role": "admin"}
    assert frigate.state.users[data["username"]].role == "admin"


@EVERY_VERSION
@pytest.mark.parametrize("action", ["create_user", "set_user_role"])
async def test_an_unknown_role(
    hass: HomeAssistant, frigate: FakeFrigate, action: str
) -> None:
    await set_up_admin(hass, frigate)
    data: dict[str, Any] = {"username": "viewer1", "role": "owner"}
    if action == "create_user":
        data |= {"username": "guest", "password": GOOD}
    with pytest.raises(
        ServiceValidationError, match="role must be one of: gate, admin, viewer"
    ):
        await call(hass, action, **data)
    assert not commands(frigate)
    frigate.state.roles["owner"] = []
    answer = await call(hass, action, **data)
    assert answer == {"username": data["username"], "role": "owner"}


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("create_user", {"username": "a b"}, "bad_username"),
        ("create_user", {"username": "tmp-4"}, "bad_username"),
        ("create_user", {"username": "José"}, "bad_username"),
        ("create_user", {"username": "../admin"}, "bad_username"),
        ("create_user", {"username": ".."}, "bad_username"),
        ("create_user", {"username": "guest\n"}, "field username"),
        ("create_user", {"username": ""}, "field username"),
        ("create_user", {"username": None}, "field username"),
        ("create_user", {"username": "x" * 10_000_000}, "field username"),
        ("create_user", {"password": "short-pass1"}, "bad_password"),
        ("create_user", {"password": " " * 12}, "bad_password"),
        ("create_user", {"password": 123456789012}, "bad_password"),
        ("create_user", {"password": 1234567890.12}, "bad_password"),
        ("create_user", {"password": 10**5000}, "bad_password"),
        ("create_user", {"password": True}, "bad_password"),
        ("create_user", {"password": ["a password in a list"]}, "bad_password"),
        ("create_user", {"password": "x" * 1001}, "bad_password"),
        ("create_user", {"password": "tab\tin-the-middle"}, "bad_password"),
        ("set_user_password", {"current_password": "new\nline"}, "bad_password"),
        ("set_user_password", {"current_password": 12345}, "bad_password"),
        ("create_user", {"role": "../admin"}, "field role"),
        ("create_user", {"role": ["admin"]}, "field role"),
        ("delete_user", {"username": "%2e%2e"}, "bad_username"),
        ("delete_user", {"username": "admin"}, "admin_stays"),
        ("set_user_role", {"username": "admin", "role": "viewer"}, "admin_stays"),
        ("set_user_role", {"username": "viewer1", "role": ""}, "field role"),
        ("set_user_password", {"password": "short"}, "bad_password"),
        ("set_user_password", {"current_password": ""}, "bad_password"),
        ("set_user_password", {"username": "a/b"}, "bad_username"),
    ],
)
async def test_invalid_fields_send_nothing(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    action: str,
    data: dict[str, Any],
    key: str,
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    if action in {"create_user", "set_user_password"}:
        data = {"username": "guest", "password": GOOD, **data}
    with pytest.raises(INVALID) as caught:
        await call(hass, action, **data)
    assert reason(caught.value) == key
    assert GOOD not in str(caught.value)
    assert "12345" not in str(caught.value)
    assert "short" not in str(caught.value).replace("too short", "")
    assert frigate.requests == []


async def test_unknown_and_missing_fields(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    tries: list[dict[str, Any]] = [
        {"username": "guest"},
        {"username": "guest", "password": GOOD, "admin": True},
    ]
    for data in tries:
        with pytest.raises(vol.Invalid):
            await call(hass, "create_user", **data)
    assert frigate.requests == []


# Deleting


@EVERY_VERSION
async def test_delete_user(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    assert await call(hass, "delete_user", username="viewer1") == {
        "username": "viewer1"
    }
    assert "viewer1" not in frigate.state.users
    with pytest.raises(ServiceValidationError, match="not know viewer1"):
        await call(hass, "delete_user", username="viewer1")
    assert len(commands(frigate)) == 1


@EVERY_VERSION
async def test_the_own_account_cannot_be_deleted(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_second_admin(hass, frigate)
    with pytest.raises(ServiceValidationError, match="itself uses the account second"):
        await call(hass, "delete_user", username="second")
    with pytest.raises(ServiceValidationError, match="itself uses the account second"):
        await call(hass, "set_user_role", username="second", role="viewer")
    assert not commands(frigate)
    # Which changes nothing.
    await call(hass, "set_user_role", username="second", role="admin")
    assert frigate.state.users["second"].role == "admin"


async def test_the_configured_account_cannot_be_deleted_without_authentication(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up(hass, make_entry(frigate.internal_url, **VIEWER))
    with pytest.raises(ServiceValidationError, match="itself uses the account viewer1"):
        await call(hass, "delete_user", username="viewer1")
    await call(hass, "delete_user", username="gate1")
    assert frigate.state.users.keys() == {"admin", "viewer1"}


# Roles


@EVERY_VERSION
async def test_set_user_role(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    await set_up_admin(hass, frigate)
    answer = await call(hass, "set_user_role", username="viewer1", role="gate")
    assert answer == {"username": "viewer1", "role": "gate"}
    assert frigate.state.users["viewer1"].role == "gate"
    with pytest.raises(ServiceValidationError, match="not know nobody"):
        await call(hass, "set_user_role", username="nobody", role="viewer")
    assert len(commands(frigate)) == 1


# What holds for all of them

COMMANDS: dict[str, dict[str, Any]] = {
    "create_user": {"username": "guest", "password": GOOD},
    "delete_user": {"username": "gate1"},
    "set_user_password": {"username": "gate1", "password": GOOD},
    "set_user_role": {"username": "gate1", "role": "viewer"},
}
EACH = pytest.mark.parametrize("action", COMMANDS)


@EVERY_VERSION
@EACH
async def test_a_viewer_account_is_forbidden(
    hass: HomeAssistant, frigate: FakeFrigate, action: str
) -> None:
    await set_up_viewer(hass, frigate)
    before = copy.deepcopy(frigate.state.users)
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, action, **COMMANDS[action])
    assert caught.value.translation_key == "forbidden"
    assert frigate.state.users == before
    assert not reauths(hass)


@EACH
async def test_password_actions_need_an_administrator(
    hass: HomeAssistant, frigate: FakeFrigate, action: str
) -> None:
    await set_up_admin(hass, frigate)
    with pytest.raises(Unauthorized):
        await call(hass, action, await person(hass, is_admin=False), **COMMANDS[action])
    assert not commands(frigate)
    await call(hass, action, await person(hass, is_admin=True), **COMMANDS[action])
    assert len(commands(frigate)) == 1


@EACH
async def test_a_command_is_not_retried(
    hass: HomeAssistant, frigate: FakeFrigate, action: str
) -> None:
    entry = await set_up_admin(hass, frigate)
    for method in ("POST", "PUT", "DELETE"):
        frigate.fail("/api/users", Fault.drop_body(), method=method)
    with pytest.raises(HomeAssistantError, match="may have been carried out"):
        await call(hass, action, **COMMANDS[action])
    assert len(commands(frigate)) == 1
    assert entry.data[CONF_PASSWORD] == ADMIN[CONF_PASSWORD]
    frigate.clear_faults()
    assert (await call(hass, "get_status"))["alive"]


async def test_a_query_is_sent_twice_in_total(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.clear_requests()
    frigate.fail("/api/users", Fault.drop())
    with pytest.raises(HomeAssistantError, match="Couldn't connect to Frigate"):
        await call(hass, "get_users")
    assert len(sent(frigate, "/api/users")) == 2
    frigate.clear_faults()
    assert await call(hass, "get_users") == {"users": USERS}


async def test_a_failed_check_before_a_command_is_no_unknown_outcome(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    await set_up_admin(hass, frigate)
    frigate.fail("/api/users", Fault.drop_body(), method="GET")
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "delete_user", username="viewer1")
    assert caught.value.translation_key == "cannot_connect"
    assert not [one for one in frigate.requests if one.method == "DELETE"]
    frigate.clear_faults()
    await call(hass, "delete_user", username="viewer1")
    assert "viewer1" not in frigate.state.users
