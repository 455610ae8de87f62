"""From what a person types or pastes to the address of a Frigate server."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv6Address
import re

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


def normalize_url(text: str) -> URL:
    """Return one form for all ways to write the same address.

    Without a scheme, port 8971 means https and any other http; with neither scheme nor
    port it is http on port 5000. Query, fragment and trailing slashes go, and so does
    `/api` with what follows it.

    Raises:
        FrigateArgumentError: it is no http address, or it holds a user or password.
    """
    text = "".join(text.split())
    try:
        url = URL(text) if _SCHEME.match(text) else _guess_scheme(text)
        host, port = url.host, url.port
    except ValueError:
        # Its words, and those of its cause, may hold a password that was pasted too.
        raise FrigateArgumentError("Not an address") from None
    if url.scheme not in {"http", "https"} or not host or not port:
        raise FrigateArgumentError("Not the address of a web server")
    if url.user is not None or url.password is not None:
        raise FrigateArgumentError("The address must not hold a user or a password")
    segments = [part for part in url.path.split("/") if part]
    if "api" in segments:
        segments = segments[: segments.index("api")]
    # As text a port that the scheme implies goes, so that equal addresses are equal.
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


def candidates(url: URL) -> Iterator[URL]:
    """Yield an address and then its parents, up to the root."""
    yield url
    while url.path != "/":
        url = url.parent
        yield url


async def find_server(
    session: aiohttp.ClientSession, url: URL, credentials: Credentials
) -> URL:
    """Return the address below a host at which Frigate, or its guard, answers.

    Segments are taken off the path from the right for as long as a web page or nothing
    at all answers there, so that an address pasted from a browser works. The account
    is not used: a login belongs to the address that is looked for.

    Raises:
        FrigateHTMLError: web pages only: a login page, or another server.
        FrigateNotFoundError: not even those.
        FrigateError: any other answer that is no version and asks for no login.
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
