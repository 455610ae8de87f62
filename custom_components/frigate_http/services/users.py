"""Actions for the accounts of Frigate."""

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
    CURRENT,
    PASSWORD,
    SHORTEST_PASSWORD,
    USERNAME,
    async_set_user_password,
    password_text,
)

ROLE = "role"
ADMIN = "admin"
"""The account that is always there, and the role that may do everything."""
VIEWER = "viewer"

_NAME = re.compile(r"[A-Za-z0-9._]*[A-Za-z0-9_][A-Za-z0-9._]*", re.ASCII)


def _without_path(name: str) -> str:
    """Accept what Frigate accepts as a name, but for dots alone, which are a path."""
    if not _NAME.fullmatch(name):
        raise validation_error("bad_username", field=USERNAME)
    return name


async def _get_users(call: ServerCall) -> JsonObjectType:
    users = await call.client.users.list(fresh=True)
    return {"users": [{"username": user.username, "role": user.role} for user in users]}


async def _create_user(call: ServerCall) -> JsonObjectType:
    username, role = call.data[USERNAME], call.data[ROLE]
    await _refuse_unknown_role(call, role)
    if username in await _names(call):
        raise validation_error("name_exists", name=username)
    try:
        await call.client.users.create(username, call.data[PASSWORD], role)
    except FrigateStartingError:
        raise
    except FrigateServerError as err:
        # Frigate falls over a name that somebody else was quicker to take.
        if err.status == HTTPStatus.INTERNAL_SERVER_ERROR and (
            await _is_there(call, username)
        ):
            raise validation_error("name_exists", name=username) from err
        raise
    return {USERNAME: username, ROLE: role}


async def _delete_user(call: ServerCall) -> JsonObjectType:
    username = call.data[USERNAME]
    if username == ADMIN:
        raise validation_error("admin_stays")
    if _is_ours(call, username):
        raise validation_error("own_account", username=username)
    await _refuse_unknown_user(call, username)
    await call.client.users.delete(username)
    return {USERNAME: username}


async def _set_user_role(call: ServerCall) -> JsonObjectType:
    username, role = call.data[USERNAME], call.data[ROLE]
    if username == ADMIN:
        raise validation_error("admin_stays")
    if role != ADMIN and _is_ours(call, username):
        raise validation_error("own_account", username=username)
    await _refuse_unknown_role(call, role)
    await _refuse_unknown_user(call, username)
    await call.client.users.set_role(username, role)
    return {USERNAME: username, ROLE: role}


def _is_ours(call: ServerCall, username: str) -> bool:
    """Return whether Home Assistant itself uses an account, or is set up to do so."""
    profile = call.runtime.server.data.profile
    own = None if profile.is_anonymous else profile.username
    return username in {own, call.entry.data.get(CONF_USERNAME)}


async def _names(call: ServerCall) -> set[str]:
    return {user.username for user in await call.client.users.list(fresh=True)}


async def _is_there(call: ServerCall, username: str) -> bool:
    """Return whether an account is there, as far as that can be told."""
    try:
        return username in await _names(call)
    except FrigateError:
        return False


async def _refuse_unknown_user(call: ServerCall, username: str) -> None:
    # Frigate itself would call it a success.
    if username not in await _names(call):
        raise validation_error("not_known", name=username)


async def _refuse_unknown_role(call: ServerCall, role: str) -> None:
    if role in {ADMIN, VIEWER}:
        return
    roles = (await call.client.system.config(fresh=True)).roles
    if role not in roles:
        raise validation_error("not_a_choice", field=ROLE, choices=", ".join(roles))


_ROLE = path_segment()
_USERNAME = vol.All(text(), _without_path)


def _command(
    name: str,
    handler: Callable[[ServerCall], Awaitable[JsonObjectType]],
    fields: VolDictType,
) -> ServerAction:
    """Return an action that changes the account it names."""
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
    _command(
        "create_user",
        _create_user,
        {
            vol.Required(PASSWORD): password_text(PASSWORD, SHORTEST_PASSWORD),
            vol.Optional(ROLE, default=VIEWER): _ROLE,
        },
    ),
    _command("delete_user", _delete_user, {}),
    _command(
        "set_user_password",
        async_set_user_password,
        {
            vol.Required(PASSWORD): password_text(PASSWORD, SHORTEST_PASSWORD),
            vol.Optional(CURRENT): password_text(CURRENT),
        },
    ),
    _command("set_user_role", _set_user_role, {vol.Required(ROLE): _ROLE}),
)
