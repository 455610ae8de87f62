"""Actions for the user accounts of Frigate."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
import re

import voluptuous as vol

from homeassistant.const import CONF_USERNAME
from homeassistant.helpers.typing import VolDictType
from homeassistant.util.json import JsonObjectType

from ..aiofrigate import FrigateError, FrigateServerError, FrigateStartingError
from ..errors import validation_error
from .action import ServerAction, ServerCall
from .fields import path_segment, text
from .passwords import (
    CURRENT_PASSWORD,
    MIN_PASSWORD_LENGTH,
    PASSWORD,
    USERNAME,
    async_set_user_password,
    password_text,
)

ROLE = "role"
ADMIN = "admin"
"""The account that always exists, and the role that may do everything."""
VIEWER = "viewer"

_NAME = re.compile(r"[A-Za-z0-9._]*[A-Za-z0-9_][A-Za-z0-9._]*", re.ASCII)


def _valid_username(name: str) -> str:
    """Validate a name as Frigate does, but refuse dots alone, which are a path."""
    if not _NAME.fullmatch(name):
        raise validation_error("bad_username", field=USERNAME)
    return name


async def _get_users(call: ServerCall) -> JsonObjectType:
    users = await call.client.users.list(fresh=True)
    return {"users": [{"username": user.username, "role": user.role} for user in users]}


async def _create_user(call: ServerCall) -> JsonObjectType:
    username, role = call.data[USERNAME], call.data[ROLE]
    await _require_role(call, role)
    if username in await _usernames(call):
        raise validation_error("name_exists", name=username)
    try:
        await call.client.users.create(username, call.data[PASSWORD], role)
    except FrigateStartingError:
        raise
    except FrigateServerError as err:
        # Frigate fails with 500 if the name was taken in the meantime.
        if err.status == HTTPStatus.INTERNAL_SERVER_ERROR and (
            await _user_exists(call, username)
        ):
            raise validation_error("name_exists", name=username) from err
        raise
    return {USERNAME: username, ROLE: role}


async def _delete_user(call: ServerCall) -> JsonObjectType:
    username = call.data[USERNAME]
    if username == ADMIN:
        raise validation_error("admin_stays")
    if _is_own_account(call, username):
        raise validation_error("own_account", username=username)
    await _require_user(call, username)
    await call.client.users.delete(username)
    return {USERNAME: username}


async def _set_user_role(call: ServerCall) -> JsonObjectType:
    username, role = call.data[USERNAME], call.data[ROLE]
    if username == ADMIN:
        raise validation_error("admin_stays")
    if role != ADMIN and _is_own_account(call, username):
        raise validation_error("own_account", username=username)
    await _require_role(call, role)
    await _require_user(call, username)
    await call.client.users.set_role(username, role)
    return {USERNAME: username, ROLE: role}


def _is_own_account(call: ServerCall, username: str) -> bool:
    """Return whether the integration uses an account, or is configured to."""
    profile = call.runtime.server.data.profile
    own = None if profile.is_anonymous else profile.username
    return username in {own, call.entry.data.get(CONF_USERNAME)}


async def _usernames(call: ServerCall) -> set[str]:
    return {user.username for user in await call.client.users.list(fresh=True)}


async def _user_exists(call: ServerCall, username: str) -> bool:
    """Return whether an account exists; False if Frigate does not answer."""
    try:
        return username in await _usernames(call)
    except FrigateError:
        return False


async def _require_user(call: ServerCall, username: str) -> None:
    # Frigate reports success for an unknown account.
    if username not in await _usernames(call):
        raise validation_error("not_known", name=username)


async def _require_role(call: ServerCall, role: str) -> None:
    if role in {ADMIN, VIEWER}:
        return
    roles = (await call.client.system.config(fresh=True)).roles
    if role not in roles:
        raise validation_error("not_a_choice", field=ROLE, choices=", ".join(roles))


_ROLE = path_segment()
_USERNAME = vol.All(text(), _valid_username)


def _user_action(
    name: str,
    handler: Callable[[ServerCall], Awaitable[JsonObjectType]],
    fields: VolDictType,
) -> ServerAction:
    """Return an action that changes one account."""
    return ServerAction(
        name=name,
        handler=handler,
        fields={vol.Required(USERNAME): _USERNAME, **fields},
    )


ACTIONS = (
    ServerAction(
        name="get_users",
        handler=_get_users,
        fields={},
        is_query=True,
    ),
    _user_action(
        "create_user",
        _create_user,
        {
            vol.Required(PASSWORD): password_text(PASSWORD, MIN_PASSWORD_LENGTH),
            vol.Optional(ROLE, default=VIEWER): _ROLE,
        },
    ),
    _user_action("delete_user", _delete_user, {}),
    _user_action(
        "set_user_password",
        async_set_user_password,
        {
            vol.Required(PASSWORD): password_text(PASSWORD, MIN_PASSWORD_LENGTH),
            vol.Optional(CURRENT_PASSWORD): password_text(CURRENT_PASSWORD),
        },
    ),
    _user_action("set_user_role", _set_user_role, {vol.Required(ROLE): _ROLE}),
)
