"""Policies that decide when a request is sent again, each for one reason.

The third policy, for a lost login, is `auth.Login`.
"""

from dataclasses import replace
import time

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .error_mapping import error_from_redirect
from .errors import FrigateConnectionError
from .messages import Request
from .redaction import Mask

MAX_REDIRECTS = 3
_STALE_SECONDS = 10.0
"""Seconds after a failure in Frigate during which a 502 is blamed on it."""


class NoAnswerError(Exception):
    """A connection broke before the response.

    It is raised in place of aiohttp's own error, for which aiohttp sends idempotent
    requests again.
    """

    def __init__(self, error: Exception) -> None:
        """Keep the error of the connection."""
        super().__init__(str(error))
        self.error = error


async def send_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending commands such as PUT and DELETE again by itself.

    This is an aiohttp middleware, which is called for each request that is really sent.
    """
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        # No connection was made at all, so nothing was sent.
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as err:
        raise NoAnswerError(err) from err


class DroppedConnection:
    """Sends a query once more if its connection broke before the response.

    That happens when the server closes an idle connection while we begin to use it. A
    command is never sent again: the server may have carried it out.
    """

    def __init__(self) -> None:
        """Prepare for a request that was not sent yet."""
        self._was_repeated = False

    def sends_again(self, request: Request, err: FrigateConnectionError) -> bool:
        """Return whether to send again; set `was_repeated` of the error otherwise."""
        if self._was_repeated:
            err.was_repeated = True
            return False
        is_dropped = isinstance(err.__cause__, NoAnswerError)
        self._was_repeated = request.is_safe and is_dropped
        return self._was_repeated


class StaleProxy:
    """Sends a command once more if nginx refused it because of an earlier failure.

    When Frigate fails with a plain 500, it also closes its connection to nginx. nginx
    notices only with the next command, and answers 502 without having passed it on. So
    that command was not carried out, and the next one gets a new connection.
    """

    def __init__(self) -> None:
        """Begin without a failure."""
        self._until = 0.0

    def sends_again(self, request: Request, response: aiohttp.ClientResponse) -> bool:
        """Return whether to send again; remember a failure that may cause a 502."""
        is_stale = time.monotonic() < self._until and not request.is_costly
        if response.status == 502 and is_stale and request.method == hdrs.METH_POST:
            self._until = 0.0
            return True
        if response.status == 500 and response.content_type == "text/plain":
            self._until = time.monotonic() + _STALE_SECONDS
        return False


def redirected(
    request: Request, response: aiohttp.ClientResponse, mask: Mask
) -> Request:
    """Return the request to send after a redirect.

    Only a query is followed, and only to the same route on the same host. Anywhere else,
    such as at the login page of a proxy, we must not send our credentials. Nor is a URL
    followed that repeats one of them: it would be shown, and stored as the server's.

    Raises:
        FrigateRedirectError: it leads elsewhere, or there were too many redirects.
    """
    try:
        target = response.url.join(URL(response.headers.get(hdrs.LOCATION, "")))
    except ValueError:
        target = response.url
    may_follow = request.is_safe and _is_same_route(request.url, target)
    added = f"{target.path.removesuffix(request.url.path)} {target.query_string}"
    if not may_follow or request.redirects == MAX_REDIRECTS or mask(added) != added:
        raise error_from_redirect(response.status, target, mask)
    return replace(request, url=target, redirects=request.redirects + 1)


def _is_same_route(source: URL, target: URL) -> bool:
    return (
        target.host == source.host
        # Never from https to http, where the credentials could be read on the way.
        and target.scheme in {source.scheme, "https"}
        and target.path.endswith(source.path)
        and target != source
    )
