"""Finds a Frigate server from the address that a person types or pastes."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv6Address
import re
from unicodedata import normalize

import aiohttp
from yarl import URL

from .auth import Credentials
from .client import FrigateClient
from .errors import (
    FrigateArgumentError,
    FrigateAuthError,
    FrigateForbiddenError,
    FrigateHTMLError,
    FrigateNotFoundError,
    FrigateResponseError,
)
from .system import base_of

_INTERNAL_PORT = 5000
_TLS_PORT = 8971
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HALF_SCHEME = re.compile(r"^https?:/", re.IGNORECASE)
_AUTHORITY = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?([^/?#]*)", re.IGNORECASE)
_NOT_IN_HOSTS = re.compile(r"[\s\"%<>^`{|}]")


def normalize_url(text: str) -> URL:
    """Return the normalized form of an address.

    Without a scheme, port 8971 means https and any other port http; with neither, it is
    http on port 5000. Query, fragment, trailing slashes, and `/api` with all that follows
    are removed.

    Raises:
        FrigateArgumentError: it is not an http address, contains a user or password, or
            its host would not be the one that is typed.
    """
    text = text.strip()
    try:
        url = URL(text) if _SCHEME.match(text) else _guess_scheme(text)
        host, port = url.host, url.port
    except ValueError:
        # Its message, and that of its cause, may repeat a password that was pasted.
        raise FrigateArgumentError("Not an address") from None
    if url.scheme not in {"http", "https"} or not host or not port:
        raise FrigateArgumentError("Not the address of a web server")
    if url.user is not None or url.password is not None:
        raise FrigateArgumentError("The address must not hold a user or a password")
    if not text.isprintable() or not _is_host_as_typed(url, text):
        raise FrigateArgumentError("Not the name of a host")
    segments = [part for part in url.path.split("/") if part]
    if "api" in segments:
        segments = segments[: segments.index("api")]
    # Converting to a string drops the default port, so that equal addresses are equal.
    return URL(str(url.origin().joinpath(*segments)))


def _guess_scheme(text: str) -> URL:
    with suppress(ValueError):
        text = f"[{IPv6Address(text)}]"
    if _HALF_SCHEME.match(text):
        raise ValueError(text)
    url = URL(f"http://{text}")
    if url.explicit_port is None:
        return url.with_port(_INTERNAL_PORT)
    return url.with_scheme("https") if url.port == _TLS_PORT else url


def _is_host_as_typed(url: URL, text: str) -> bool:
    """Return whether the host of a URL stands in the text that it was made of.

    Parsing removes or replaces some characters, which would lead to another host.
    """
    if ":" in (host := url.host or ""):
        # The same IPv6 address can be written in several ways.
        with suppress(ValueError):
            return bool(IPv6Address(host))
        return False
    found = _AUTHORITY.match(text)
    typed = normalize("NFC", found[1] if found else "").casefold()
    return _NOT_IN_HOSTS.search(host) is None and (
        host.casefold() in typed or (url.raw_host or "") in typed
    )


def candidates(url: URL) -> Iterator[URL]:
    """Yield a URL and then its parents, up to the root."""
    yield url
    while url.path != "/":
        url = url.parent
        yield url


async def find_server(
    session: aiohttp.ClientSession, url: URL, credentials: Credentials
) -> URL:
    """Return the base URL at which Frigate answers, or a proxy that asks for a login.

    Segments are removed from the end of the path as long as an HTML page or a 404
    answers, so that an address copied from a browser works. No login is made: an account
    must not be sent before the right address is known.

    Raises:
        FrigateHTMLError: only HTML pages answer: a login page, or another server.
        FrigateNotFoundError: only 404 answers.
        FrigateError: any other failure.
    """
    credentials = replace(credentials, username=None, password=None)
    refusals: list[FrigateResponseError] = []
    for base in candidates(url):
        try:
            found, _version = await FrigateClient(
                session, base, credentials
            ).system.locate()
        except (FrigateAuthError, FrigateForbiddenError) as err:
            return base if err.url is None else base_of(err.url)
        except (FrigateHTMLError, FrigateNotFoundError) as err:
            refusals.append(err)
        else:
            return found
    pages = [err for err in refusals if isinstance(err, FrigateHTMLError)]
    raise (pages or refusals)[0]
