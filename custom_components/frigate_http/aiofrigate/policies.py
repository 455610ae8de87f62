"""When a request is sent again without asking its caller: each reason is one policy.

The login has a policy of its own, see `auth.Login`.
"""

from dataclasses import replace
import time

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .error_mapping import error_from_redirect
from .errors import FrigateConnectionError
from .messages import Request

MAX_REDIRECTS = 3
_STALE_SECONDS = 10.0
"""How long after a failure of Frigate's a 502 is blamed on it."""


class NoAnswerError(Exception):
    """A connection broke before the answer.

    It is not aiohttp's own error, on which aiohttp sends idempotent requests again.
    """

    def __init__(self, error: Exception) -> None:
        """Keep the error of the connection."""
        super().__init__(str(error))
        self.error = error


async def send_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending commands such as PUT and DELETE again by itself.

    It is a middleware of aiohttp's, which sees each request that really goes out.
    """
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as err:
        raise NoAnswerError(err) from err


class DroppedConnection:
    """Send a query once more where its connection broke before the answer.

    That is how a kept connection ends which the server closes while we begin to use it.
    A command is never sent again: the server may have carried it out.
    """

    def __init__(self) -> None:
        """Begin with a request that was not sent yet."""
        self._was_repeated = False

    def sends_again(self, request: Request, err: FrigateConnectionError) -> bool:
        """Return whether to send once more; note on the error if that was in vain."""
        if self._was_repeated:
            err.was_repeated = True
            return False
        is_dropped = isinstance(err.__cause__, NoAnswerError)
        self._was_repeated = request.is_safe and is_dropped
        return self._was_repeated


class StaleProxy:
    """Send a command once more where Frigate's proxy refused it for what came before.

    When Frigate fails with a plain 500 it also closes nginx's connection to it. nginx
    notices with the next command only, and answers that with 502 before Frigate has seen
    it. So the command was not carried out, and the next connection is a good one.
    """

    def __init__(self) -> None:
        """Begin with a proxy whose connection is good."""
        self._until = 0.0

    def sends_again(self, request: Request, response: aiohttp.ClientResponse) -> bool:
        """Return whether an answer is the proxy's alone, and take note of it."""
        is_stale = time.monotonic() < self._until
        if response.status == 502 and is_stale and request.method == hdrs.METH_POST:
            self._until = 0.0
            return True
        if response.status == 500 and response.content_type == "text/plain":
            self._until = time.monotonic() + _STALE_SECONDS
        return False


def redirected(request: Request, response: aiohttp.ClientResponse) -> Request:
    """Return the request to send after a redirect.

    Only a query is sent on, and only to the same route of the same host: our headers and
    our login have no business elsewhere, such as at the login page of a proxy.

    Raises:
        FrigateRedirectError: it leads elsewhere, or there were too many.
    """
    try:
        target = response.url.join(URL(response.headers.get(hdrs.LOCATION, "")))
    except ValueError:
        target = response.url
    may_follow = request.method == hdrs.METH_GET and _is_same_route(request.url, target)
    if not may_follow or request.redirects == MAX_REDIRECTS:
        raise error_from_redirect(response.status, target)
    return replace(request, url=target, redirects=request.redirects + 1)


def _is_same_route(source: URL, target: URL) -> bool:
    return (
        target.host == source.host
        # Never from https back to http, where others could read the login.
        and target.scheme in {source.scheme, "https"}
        and target.path.endswith(source.path)
        and target != source
    )
