"""Validates the URL and the credentials that a user enters, and the connection."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
import re
from typing import Any

from yarl import URL

from homeassistant.const import CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant

from ..aiofrigate import (
    Config,
    Credentials,
    FrigateArgumentError,
    FrigateAuthError,
    FrigateClient,
    FrigateError,
    FrigateForbiddenError,
    FrigateHTMLError,
    FrigateRedirectError,
    FrigateResponseError,
    Stats,
    find_server,
    normalize_url,
)
from ..connection import credentials_from, temporary_session
from ..errors import error_key, error_placeholders
from ..taking_over.known import KnownServer
from ..taking_over.official import OfficialEntry, entries_of_server

_HEADER_LINE = re.compile(r"^([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*:\s*([\x20-\x7e]+)$")
_RESERVED_HEADERS = frozenset(
    {"connection", "content-length", "host", "transfer-encoding"}
)
# In a form these all mean the same: the server at this URL is not Frigate.
_NOT_FRIGATE = frozenset(
    {
        "not_found",
        "bad_request",
        "closed",
        "no_live_video",
        "wrong_password",
        "unknown",
    }
)


class UnsupportedVersionError(FrigateError):
    """The server is older than the oldest supported version."""


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server that accepts the connection."""

    url: str
    """Its base URL, as a config entry stores it."""
    cameras: frozenset[str]
    official: tuple[OfficialEntry, ...] = ()
    """The entries of the official integration that lead to it, and are not taken over."""
    known: KnownServer | None = None
    """What a plan of taking one of them over is made of; None without any."""


class FormError(Exception):
    """The input is not valid; nothing was sent to the server."""

    def __init__(self, key: str, field: str = "base") -> None:
        """Keep the key of the error text, and the field that shows it."""
        super().__init__(key)
        self.errors = {field: key}


async def async_validate(hass: HomeAssistant, data: Mapping[str, Any]) -> FoundServer:
    """Connect with the URL and the credentials; return the server.

    Raises:
        FormError: the URL is not valid, or the credentials exclude each other.
        UnsupportedVersionError: the server is too old.
        FrigateError: the server cannot be reached, or rejects the credentials.
    """
    url = parse_url(data[CONF_URL])
    credentials = _credentials(data)
    async with temporary_session(hass, verify_ssl=data[CONF_VERIFY_SSL]) as session:
        base = await find_server(session, url, credentials)
        client = FrigateClient(session, base, credentials)
        version = await client.system.version()
        if not client.capabilities.is_supported:
            raise UnsupportedVersionError(f"Frigate {version}")
        # The version may be public where everything else requires a login.
        stats = await client.system.stats()
        config = await client.system.config()
        found = FoundServer(
            url_to_text(base),
            frozenset(config.cameras),
            (*entries_of_server(hass, url_to_text(base), config.cameras, None),),
        )
        if not found.official:
            return found
        return replace(found, known=await _async_known(client, config, stats))


async def _async_known(
    client: FrigateClient, config: Config, stats: Stats
) -> KnownServer:
    """Return what decides which entities there will be, with a few more requests."""
    people: frozenset[str] = frozenset()
    # Without access to the faces, there are no entities of people either.
    with suppress(FrigateForbiddenError):
        people = frozenset((await client.faces.library()).people)
    return KnownServer.from_answers(
        config=config,
        profile=await client.system.profile(),
        stats=stats,
        people=people,
        capabilities=client.capabilities,
    )


def may_need_credentials(err: FrigateError) -> bool:
    """Return whether the server, or a proxy in front of it, may require credentials."""
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
    """Return the key of the error text of a form for a client error."""
    if isinstance(err, UnsupportedVersionError):
        return "unsupported_version"
    if isinstance(err, FrigateArgumentError):
        return "bad_argument"
    key = error_key(err)
    return "not_frigate" if key in _NOT_FRIGATE else key


def describe_response(err: FrigateError) -> str:
    """Return the server's response as text, to help the user choose how to log in.

    Forms show it as code, which a backtick would end: what follows could be a link.
    """
    message = error_placeholders(err)["message"].replace("`", "'")
    if not isinstance(err, FrigateResponseError):
        return message
    status = str(err.status)
    # The title of nginx's own page begins with the status.
    return (
        f"HTTP {message}" if message.startswith(status) else f"HTTP {status}, {message}"
    )


def url_to_text(url: URL) -> str:
    """Return a URL as a config entry stores it."""
    return str(url).rstrip("/")


def parse_url(text: str, field: str = CONF_URL) -> URL:
    """Return the normalized URL that was entered in a field.

    Raises:
        FormError: it is not a valid URL.
    """
    try:
        return normalize_url(text)
    except ValueError as err:
        # FrigateArgumentError is a ValueError, and a malformed IDN host raises one too.
        raise FormError("invalid_url", field) from err


def stored_url(text: str) -> str:
    """Return a URL as a config entry stores it; empty if it is none."""
    try:
        return url_to_text(parse_url(text))
    except FormError:
        return ""


def parse_headers(lines: Iterable[str]) -> dict[str, str]:
    """Return the headers in lines of the form `Name: value`.

    Raises:
        FormError: a line is not a header, or its name is reserved.
    """
    headers: dict[str, str] = {}
    for line in filter(None, map(str.strip, lines)):
        if (found := _HEADER_LINE.match(line)) is None or found[
            1
        ].lower() in _RESERVED_HEADERS:
            raise FormError("invalid_headers")
        headers[found[1]] = found[2].strip()
    return headers


def parse_token(text: str) -> str:
    """Return a bearer token; users also paste it with `Bearer` in front.

    Raises:
        FormError: it contains characters that no token has.
    """
    token = text.strip()
    if token.lower().startswith("bearer "):
        token = token[len("bearer ") :].lstrip()
    if not re.fullmatch(r"[\x21-\x7e]*", token):
        raise FormError("bad_argument")
    return token


def parse_basic_user(text: str) -> str:
    """Return a username for Basic authentication.

    Raises:
        FormError: it contains a colon, which separates the username from the password.
    """
    if ":" in text:
        raise FormError("bad_argument")
    return text.strip()


def _credentials(data: Mapping[str, Any]) -> Credentials:
    try:
        return credentials_from(data)
    except FrigateArgumentError as err:
        raise FormError("authorization_twice") from err
