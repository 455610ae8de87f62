"""The action that sets a password, and keeps our own in step with it."""

from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import callback
from homeassistant.util.json import JsonObjectType

from ..aiofrigate import FrigateError, FrigateNotFoundError
from ..const import DOMAIN
from ..errors import (
    action_error,
    error_placeholders,
    is_outcome_unknown,
    validation_error,
)
from ..runtime import FrigateConfigEntry
from .action import ServerCall
from .fields import is_printable

USERNAME, PASSWORD, CURRENT = "username", "password", "current_password"
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1000


def password_text(field: str, shortest: int = 1) -> Callable[[Any], str]:
    """Accept a password as it is; a number may have lost some of its digits."""

    def validate(value: Any) -> str:
        if (
            isinstance(value, str)
            and value.strip()
            and is_printable(value)
            and shortest <= len(value) <= LONGEST_PASSWORD
        ):
            return value
        raise validation_error(
            "bad_password",
            field=field,
            shortest=f"{shortest}",
            longest=f"{LONGEST_PASSWORD}",
        )

    return validate


async def async_set_user_password(call: ServerCall) -> JsonObjectType:
    """Set a password; where it is our own, log in with it from now on."""
    username, password = call.data[USERNAME], call.data[PASSWORD]
    entry, ours = call.entry, _entries_with(call, username)
    current = call.data.get(CURRENT)
    if (
        current is None
        and entry in ours
        and not call.runtime.server.data.profile.is_admin
    ):
        current = entry.data.get(CONF_PASSWORD)
    try:
        await call.client.users.set_password(username, password, current)
    except FrigateNotFoundError as err:
        raise validation_error("not_known", name=username) from err
    except FrigateError as err:
        if not (ours and is_outcome_unknown(err)):
            raise
        if not await _async_is_in_force(call, err):
            raise action_error("password_unchanged", **error_placeholders(err)) from err
    _remember(call)
    return {USERNAME: username}


async def _async_is_in_force(call: ServerCall, lost: FrigateError) -> bool:
    """Return whether a change is done whose answer was lost.

    Raises:
        HomeAssistantError: that cannot be found out.
    """
    try:
        return await call.client.can_log_in(call.data[USERNAME], call.data[PASSWORD])
    except FrigateError:
        raise action_error("outcome_unknown", **error_placeholders(lost)) from lost


def _entries_with(call: ServerCall, username: str) -> list[FrigateConfigEntry]:
    """Return the entries that log in at this server with an account."""
    url = call.entry.data[CONF_URL]
    return [
        entry
        for entry in call.hass.config_entries.async_entries(DOMAIN)
        if entry.data.get(CONF_URL) == url and entry.data.get(CONF_USERNAME) == username
    ]


@callback
def _remember(call: ServerCall) -> None:
    """Use a new password wherever the old one was used."""
    password = call.data[PASSWORD]
    for entry in _entries_with(call, call.data[USERNAME]):
        call.hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_PASSWORD: password}
        )
        if entry.state is ConfigEntryState.LOADED:
            entry.runtime_data.client.change_password(password)
