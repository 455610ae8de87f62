"""Checks what a person enters: the address, the credentials, and both together."""

from collections.abc import Iterable, Mapping
import re
from typing import Any

from homeassistant.const import CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant

from .aiofrigate import (
    FrigateAuthError,
    FrigateClient,
    FrigateError,
    FrigateForbiddenError,
    FrigateHTMLError,
    FrigateRedirectError,
    find_server,
    normalise_url,
)
from .connection import credentials_from, temporary_session
from .const import OLDEST_VERSION
from .errors import UnsupportedVersionError, error_key

_HEADER = re.compile(r"^([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*:\s*([\x20-\x7e]+)$")
_OURS = frozenset({"connection", "content-length", "host", "transfer-encoding"})
# In a form these all mean the same: what answers there is not Frigate.
_NOT_FRIGATE = frozenset({"not_found", "bad_request", "conflict", "validation"})


async def async_validate(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return the address at which the server answers with these credentials.

    Raises:
        FrigateArgumentError: the address is none.
        UnsupportedVersionError: the server is too old.
        FrigateError: it cannot be reached, or does not let us in.
    """
    url = normalise_url(data[CONF_URL])
    credentials = credentials_from(data)
    async with temporary_session(hass, verify_ssl=data[CONF_VERIFY_SSL]) as session:
        base = await find_server(session, url, credentials)
        client = FrigateClient(session, base, credentials)
        version = await client.system.version()
        if not version.at_least(*OLDEST_VERSION):
            raise UnsupportedVersionError(f"Frigate {version}")
        await client.system.stats()
    return str(base).rstrip("/")


def wants_credentials(err: FrigateError) -> bool:
    """Return whether a server, or what stands before it, may want a login."""
    return isinstance(
        err,
        (
            FrigateAuthError,
            FrigateForbiddenError,
            FrigateHTMLError,
            FrigateRedirectError,
        ),
    )


def form_error(err: FrigateError) -> str:
    """Return the key of the text that a form shows for an error."""
    key = error_key(err)
    return "not_frigate" if key in _NOT_FRIGATE else key


def parse_headers(lines: Iterable[str]) -> dict[str, str]:
    """Return headers written as `Name: value`, one a line.

    Raises:
        ValueError: a line is no header, or one that cannot be chosen freely.
    """
    headers: dict[str, str] = {}
    for line in filter(None, map(str.strip, lines)):
        if (found := _HEADER.match(line)) is None or found[1].lower() in _OURS:
            raise ValueError("not a header")
        headers[found[1]] = found[2].strip()
    return headers
