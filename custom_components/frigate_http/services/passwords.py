"""The action that sets a password, also that of the integration's own account."""

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

USERNAME, PASSWORD, CURRENT_PASSWORD = "username", "password", "current_password"
MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 1000


def password_text(field: str, shortest: int = 1) -> Callable[[Any], str]:
    """Validate a password, but refuse numbers: YAML may have changed their digits."""

    def validate(value: Any) -> str:
        if (
            isinstance(value, str)
            and value.strip()
            and is_printable(value)
            and shortest <= len(value) <= MAX_PASSWORD_LENGTH
        ):
            return value
        raise validation_error(
            "bad_password",
            field=field,
            shortest=f"{shortest}",
            longest=f"{MAX_PASSWORD_LENGTH}",
        )

    return validate


async def async_set_user_password(call: ServerCall) -> JsonObjectType:
    """Set a password; if the account is our own, use it for the next logins."""
    username, password = call.data[USERNAME], call.data[PASSWORD]
    entry, own_entries = call.entry, _entries_of_account(call, username)
    current = call.data.get(CURRENT_PASSWORD)
    if (
        current is None
        and entry in own_entries
        and not call.runtime.server.data.profile.is_admin
    ):
        current = entry.data.get(CONF_PASSWORD)
    try:
        await call.client.users.set_password(username, password, current)
    except FrigateNotFoundError as err:
        raise validation_error("not_known", name=username) from err
    except FrigateError as err:
        if not (own_entries and is_outcome_unknown(err)):
            raise
        if not await _async_password_works(call, err):
            raise action_error("password_unchanged", **error_placeholders(err)) from err
    _store_password(call)
    return {USERNAME: username}


async def _async_password_works(call: ServerCall, lost: FrigateError) -> bool:
    """Return whether a new password works after the answer to its change was lost.

    Raises:
        HomeAssistantError: the login failed for another reason.
    """
    try:
        return await call.client.can_log_in(call.data[USERNAME], call.data[PASSWORD])
    except FrigateError:
        raise action_error("outcome_unknown", **error_placeholders(lost)) from lost


def _entries_of_account(call: ServerCall, username: str) -> list[FrigateConfigEntry]:
    """Return the config entries that use an account of this server."""
    url = call.entry.data[CONF_URL]
    return [
        entry
        for entry in call.hass.config_entries.async_entries(DOMAIN)
        if entry.data.get(CONF_URL) == url and entry.data.get(CONF_USERNAME) == username
    ]


@callback
def _store_password(call: ServerCall) -> None:
    """Store a new password in all config entries of the account."""
    password = call.data[PASSWORD]
    for entry in _entries_of_account(call, call.data[USERNAME]):
        call.hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_PASSWORD: password}
        )
        if entry.state is ConfigEntryState.LOADED:
            entry.runtime_data.client.change_password(password)
