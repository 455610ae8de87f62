"""Opens a WebSocket with the same login and the same errors as an HTTP request."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
import logging
import time

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .error_mapping import (
    error_from_exception,
    error_from_redirect,
    error_from_response,
    forgetting_causes,
)
from .errors import FrigateContentError, FrigateError
from .lanes import Lane
from .routes import Query, Route, route
from .transport import REQUEST_TIMEOUT, Transport

_LOGGER = logging.getLogger(__name__)

HEARTBEAT = 30.0
"""Seconds between two pings; no pong within half of that ends the connection.

Without pings, a connection that is dead would look like one on which nothing happens.
"""
MAX_MESSAGE_BYTES = 16 * 2**20
_CLOSE_TIMEOUT = 1.0
_METHOD = "WS"
"""Shown in metrics and logs in place of an HTTP method."""


@asynccontextmanager
async def open_websocket(
    transport: Transport,
    template: str,
    *,
    query: Query | None = None,
    lane: Lane | None = None,
    heartbeat: float | None = HEARTBEAT,
    renews_login: bool = True,
) -> AsyncGenerator[aiohttp.ClientWebSocketResponse]:
    """Open a WebSocket, which is closed on leaving the context.

    Args:
        transport: knows the address of the server and the login.
        template: the route, such as `/ws`.
        query: parameters of the address.
        lane: the lane in which it holds a place as long as it is open, if any.
        heartbeat: seconds between two pings; None where silence is noticed anyway.
        renews_login: log in again if the login turns out to be lost.

    Raises:
        FrigateContentError: on entering, if something other than a WebSocket answers.
        FrigateError: on entering, for any other failure.
    """
    transport.raise_if_closed()
    target, client = route(template), transport.session
    async with AsyncExitStack() as stack:
        # `ws_connect` takes no middlewares, so that the handshake needs a session of its
        # own. It shares the connections and the cookie of the login with the client's.
        session = await stack.enter_async_context(
            aiohttp.ClientSession(
                connector=client.connector,
                connector_owner=False,
                cookie_jar=client.cookie_jar,
                headers=client.headers,
                middlewares=(_refuse_redirects,),
            )
        )
        with (
            transport.metrics.recording_errors((_METHOD, target.template)),
            forgetting_causes(),
        ):
            if lane is not None:
                await stack.enter_async_context(transport.place_in(lane))
            async with transport.until_closed():
                socket = await transport.login.run(
                    partial(_handshake, session, transport, target, query, heartbeat),
                    renews=renews_login,
                    # A proxy may refuse this one route to every account.
                    proves_login=False,
                )
        try:
            yield socket
        finally:
            await _close(socket)


async def _close(socket: aiohttp.ClientWebSocketResponse) -> None:
    # aiohttp waits that long for each message that comes before the answer.
    with suppress(TimeoutError):
        async with asyncio.timeout(_CLOSE_TIMEOUT):
            await socket.close()


async def _handshake(
    session: aiohttp.ClientSession,
    transport: Transport,
    target: Route,
    query: Query | None,
    heartbeat: float | None,
) -> aiohttp.ClientWebSocketResponse:
    started = time.perf_counter()
    outcome = "not open"
    try:
        # aiohttp's own timeout for a WebSocket does not cover the handshake.
        async with asyncio.timeout(REQUEST_TIMEOUT):
            socket = await session.ws_connect(
                target.url_below(transport.base_url, query),
                headers=transport.credentials.as_headers(),
                heartbeat=heartbeat,
                max_msg_size=MAX_MESSAGE_BYTES,
                timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_TIMEOUT),
            )
        outcome = "open"
    except _Redirected as err:
        raise error_from_redirect(err.status, err.target, transport.mask) from err
    except aiohttp.WSServerHandshakeError as err:
        raise _handshake_error(transport, err) from err
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as err:
        raise error_from_exception(err) from err
    finally:
        milliseconds = (time.perf_counter() - started) * 1000
        transport.metrics.count((_METHOD, target.template), outcome, milliseconds)
        _LOGGER.debug(
            "%s %s: %s in %.0f ms", _METHOD, target.path, outcome, milliseconds
        )
    return socket


def _handshake_error(
    transport: Transport, err: aiohttp.WSServerHandshakeError
) -> FrigateError:
    """Return the error for a refused handshake, of which aiohttp drops the body."""
    if err.status < 400:
        return FrigateContentError("The server opens no WebSocket there", err.status)
    return error_from_response(err.status, err.headers or {}, b"", transport.mask)


class _Redirected(Exception):
    """The server redirects the handshake."""

    def __init__(self, status: int, target: URL) -> None:
        super().__init__(status)
        self.status = status
        self.target = target


async def _refuse_redirects(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from following a redirect.

    It would send our credentials along, wherever the redirect leads.
    """
    response = await send(request)
    if 300 <= response.status < 400:
        response.close()
        try:
            target = request.url.join(URL(response.headers.get(hdrs.LOCATION, "")))
        except ValueError:
            target = request.url
        raise _Redirected(response.status, target)
    return response
