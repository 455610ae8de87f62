"""The transport: sends every request of the client, and maps failures to its errors."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
import logging
import time
from typing import Any, Literal

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .auth import Credentials, Login
from .error_mapping import (
    error_from_exception,
    error_from_response,
    forgetting_causes,
    shown,
)
from .errors import (
    FrigateClosedError,
    FrigateConnectionError,
    FrigateError,
    FrigateHTMLError,
    FrigateResponseError,
)
from .lanes import Lane, Lanes, usual_lane
from .messages import CHUNK, Answer, Request, Stream, Upload, read_answer
from .metrics import RequestMetrics
from .policies import (
    DroppedConnection,
    NoAnswerError,
    StaleProxy,
    redirected,
    send_once,
)
from .redaction import SecretMask
from .routes import Query, Route, route

_LOGGER = logging.getLogger(__name__)

REQUEST_TIMEOUT = 10.0
"""Seconds for a whole short request, including the body of the response."""
STREAM_SILENCE = 30.0
"""Seconds without any data after which a stream is closed, unless it says otherwise."""
MAX_BYTES = 32 * 2**20
_ERROR_BYTES = 64 * 2**10
_MIN_COOKIE_LENGTH = 8
_MAX_COOKIES = 20
_CLOSED = "The client is closed"
_WATCHED = frozenset({Lane.FOOTAGE, Lane.LIVE_VIEWS, Lane.THUMBNAILS})


class Transport:
    """Sends requests to one server and turns every outcome into a value or an error.

    A request goes through four functions: `request` or `stream` (time limit and lane),
    `Login.run` (login), `_send` (redirects and the policies that send again), and
    `_send_raw` (one HTTP request). The client session decides whether certificates are
    verified.
    """

    def __init__(
        self, session: aiohttp.ClientSession, base_url: URL, credentials: Credentials
    ) -> None:
        """Prepare; `base_url` may have a path, below which `/api` is found.

        `session` must have a cookie jar of its own that keeps cookies of bare IP
        addresses (`aiohttp.CookieJar(unsafe=True)`), or a login will not last.
        """
        self.base_url = base_url
        self.session = session
        self.metrics = RequestMetrics()
        self.login = Login(credentials, self._post_login)
        self._credentials = credentials
        self._lanes = Lanes()
        self._stale_proxy = StaleProxy()
        self._open: set[aiohttp.ClientResponse] = set()
        self._limits: set[asyncio.Timeout] = set()
        self._closed = False
        self._mask = SecretMask(())
        self._sessions: dict[str, None] = {}

    async def request(
        self,
        method: str,
        target: Route | str,
        *,
        query: Query | None = None,
        data: Mapping[str, Any] | None = None,
        form: Mapping[str, Upload] | None = None,
        fresh: bool = False,
        renews_login: bool = True,
        lane: Lane | None = None,
        timeout: float = REQUEST_TIMEOUT,
        max_bytes: int = MAX_BYTES,
        is_costly: bool = False,
    ) -> Answer:
        """Send a short request and return its whole answer.

        Args:
            method: HTTP method.
            target: the route, or its template where there is nothing to fill in.
            query: parameters of the address.
            data: body, sent as JSON.
            form: body instead, sent as a form of files.
            fresh: bypass Frigate's cache, which is up to 5 seconds old.
            renews_login: log in again if the login turns out to be lost.
            lane: the lane in which it waits; `usual_lane` of the method unless given.
            timeout: seconds for all of it, including the wait in the lane and a login.
            max_bytes: the largest body that is read.
            is_costly: never send it again, unless it was refused for lack of a login.

        Raises:
            FrigateArgumentError: a name cannot stand in a path.
            FrigateError: everything but a good answer, see `errors`.
        """
        headers: dict[str, str] = {hdrs.ACCEPT: "application/json, */*;q=0.5"}
        if fresh:
            # Frigate's nginx answers the same GET from its cache for 5 seconds.
            headers["X-Cache-Bypass"] = "1"
        request = self._prepare(
            method,
            target,
            query,
            headers=headers,
            data=data,
            form=form,
            timeout=aiohttp.ClientTimeout(total=timeout),
            is_costly=is_costly,
        )
        send = partial(self._send, request)
        async with self._within_limits(request, lane or usual_lane(method), timeout):
            response = await self.login.run(send, renews=renews_login)
            try:
                return await read_answer(response, max_bytes, self.mask_of(request))
            finally:
                # Released and not closed, so that the connection can be used again.
                response.release()

    @asynccontextmanager
    async def _within_limits(
        self, request: Request, lane: Lane, timeout: float
    ) -> AsyncGenerator[None]:
        """Hold a place in a lane; the time limit begins with the wait for it."""
        has_place = False
        with self.metrics.recording_errors(request.key), forgetting_causes():
            try:
                # The limit of aiohttp begins anew with each HTTP request; this one also
                # covers the login, redirects and what is sent again.
                async with (
                    self._until_closed_if_watched(lane),
                    time_limit(timeout),
                    self._lanes.place_in(lane),
                ):
                    has_place = True
                    yield
            except FrigateError as err:
                err.may_have_acted = has_place and not request.is_safe
                raise

    @asynccontextmanager
    async def stream(
        self,
        target: Route | str,
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
        lane: Lane,
        method: Literal["GET", "HEAD"] = "GET",
        silence: float = STREAM_SILENCE,
    ) -> AsyncGenerator[Stream]:
        """Open a body that is read in chunks; leaving the context closes the connection.

        It holds its place in the lane as long as it is open.

        Args:
            target: the route, or its template where there is nothing to fill in.
            query: parameters of the address.
            headers: sent along with the credentials.
            lane: the lane in which it waits.
            method: `HEAD` for the headers alone; then the body is empty.
            silence: seconds without any data after which it is closed.

        Raises:
            FrigateHTMLError: on entering: it is an HTML page, which is not read.
            FrigateError: on entering: every other failure, see `errors`.
        """
        request = self._prepare(
            method,
            target,
            query,
            headers=headers or {},
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=REQUEST_TIMEOUT, sock_read=silence
            ),
        )
        with self.metrics.recording_errors(request.key), forgetting_causes():
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(self.place_in(lane))
                async with self._until_closed_if_watched(lane):
                    response = await self.login.run(partial(self._send, request))
                await stack.enter_async_context(self._kept_open(response))
                # A login page must neither be passed on as a video nor be read to its end.
                if response.content_type == "text/html":
                    raise FrigateHTMLError(
                        "A web page instead of a stream", response.status
                    )
                yield Stream(response, self.mask_of(request))

    @asynccontextmanager
    async def place_in(self, lane: Lane) -> AsyncGenerator[None]:
        """Hold a place in a lane, and wait for it as long as for a short request."""
        async with AsyncExitStack() as stack:
            async with (
                self._until_closed_if_watched(lane),
                time_limit(REQUEST_TIMEOUT),
            ):
                await stack.enter_async_context(self._lanes.place_in(lane))
            yield

    @asynccontextmanager
    async def _until_closed_if_watched(self, lane: Lane) -> AsyncGenerator[None]:
        """Let closing end what somebody looks at: an action gets its answer."""
        async with self.until_closed() if lane in _WATCHED else nullcontext():
            yield

    @asynccontextmanager
    async def until_closed(
        self, seconds: float | None = None
    ) -> AsyncGenerator[asyncio.Timeout]:
        """Raise FrigateClosedError as soon as the client is closed.

        Args:
            seconds: raise FrigateTimeoutError if what is inside takes longer; what the
                context yields can put that off.
        """
        self.raise_if_closed()
        try:
            async with asyncio.timeout(seconds) as limit:
                self._limits.add(limit)
                try:
                    yield limit
                finally:
                    self._limits.discard(limit)
        except TimeoutError as err:
            self.raise_if_closed()
            raise error_from_exception(err) from err

    @asynccontextmanager
    async def _kept_open(
        self, response: aiohttp.ClientResponse
    ) -> AsyncGenerator[None]:
        """Close a response on leaving, or when the client is closed."""
        self._open.add(response)
        try:
            # `close` may have been called while the response was on its way.
            self.raise_if_closed()
            yield
        finally:
            self._open.discard(response)
            response.close()

    @property
    def credentials(self) -> Credentials:
        """Return the credentials that are sent with every request."""
        return self._credentials

    @property
    def mask(self) -> SecretMask:
        """Return the mask of what this client sends: credentials and session cookies.

        Earlier cookies are among them: they are still on their way when a parallel request
        logs in again.
        """
        for cookie in self.session.cookie_jar:
            if len(cookie.value) >= _MIN_COOKIE_LENGTH:
                self._sessions.setdefault(cookie.value)
        for value in tuple(self._sessions)[:-_MAX_COOKIES]:
            del self._sessions[value]
        secrets = (*self._credentials.secrets, *self._sessions)
        if secrets != self._mask.secrets:
            self._mask = SecretMask(secrets)
        return self._mask

    def mask_of(self, request: Request) -> SecretMask:
        """Return the mask of what is sent with a request, its body included."""
        if in_body := tuple(request.secrets):
            return SecretMask((*self.mask.secrets, *in_body))
        return self.mask

    def change_password(self, password: str) -> None:
        """Use another password from the next login on; the current session stays."""
        self._credentials = replace(self._credentials, password=password)
        self.login.change_password(password)

    def close(self) -> None:
        """Close all that is open or watched; nothing can be sent afterwards."""
        self._closed = True
        for response in tuple(self._open):
            response.close()
        for limit in self._limits:
            if not limit.expired():
                limit.reschedule(0.0)

    def raise_if_closed(self) -> None:
        """Raise FrigateClosedError if the client or its session was closed."""
        if self._closed or self.session.closed:
            raise FrigateClosedError(_CLOSED)

    def _prepare(
        self, method: str, target: Route | str, query: Query | None, **how: Any
    ) -> Request:
        to = route(target) if isinstance(target, str) else target
        url = to.url_below(self.base_url, query)
        return Request(method=method, route=to, url=url, **how)

    async def _post_login(self, username: str, password: str) -> None:
        """Send `POST /api/login`, which answers with an empty body and a cookie."""
        request = self._prepare(
            hdrs.METH_POST,
            "/api/login",
            None,
            data={"user": username, "password": password},
            timeout=aiohttp.ClientTimeout(total=REQUEST_TIMEOUT),
        )
        async with await self._send(request) as response:
            mask = self.mask_of(request)
            (await read_answer(response, _ERROR_BYTES, mask)).refuse_html()

    async def _send(self, request: Request) -> aiohttp.ClientResponse:
        """Send a request, follow redirects, and send again if a policy says so.

        Raises:
            FrigateError: there is no response, or not a successful one.
        """
        dropped = DroppedConnection()
        while True:
            try:
                response = await self._send_raw(request)
            except FrigateConnectionError as err:
                if dropped.sends_again(request, err):
                    continue
                raise
            if self._stale_proxy.sends_again(request, response):
                response.release()
            elif response.status >= 400:
                raise await self._error_from(request, response)
            elif response.status < 300:
                return response
            else:
                response.release()
                request = redirected(request, response, self.mask_of(request))
                dropped = DroppedConnection()

    async def _send_raw(self, request: Request) -> aiohttp.ClientResponse:
        """Send one HTTP request and return the response, whatever its status."""
        self.raise_if_closed()
        started = time.perf_counter()
        outcome = "no answer"
        try:
            response = await self.session.request(
                request.method,
                request.url,
                headers={**self._credentials.as_headers(), **request.headers},
                **request.body(),
                timeout=request.timeout,
                # Twice the usual: video then costs a tenth less, and a viewer little memory.
                read_bufsize=2 * CHUNK,
                # aiohttp would send our credentials along to wherever it is redirected.
                allow_redirects=False,
                middlewares=(send_once,),
            )
            outcome = str(response.status)
        except NoAnswerError as err:
            raise error_from_exception(err.error) from err
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as err:
            raise error_from_exception(err) from err
        finally:
            # Also when the request is cancelled, which is no exception of those above.
            self._note(request, outcome, (time.perf_counter() - started) * 1000)
        return response

    def _note(self, request: Request, outcome: str, milliseconds: float) -> None:
        """Count a request, and log it.

        Only the route is logged: the path before it may be a secret, as in the URLs of
        Home Assistant's ingress, and so may the query.
        """
        self.metrics.count(request.key, outcome, milliseconds)
        if _LOGGER.isEnabledFor(logging.DEBUG):
            path = shown(request.route.path, self.mask_of(request))
            _LOGGER.debug(
                "%s %s: %s in %.0f ms", request.method, path, outcome, milliseconds
            )

    async def _error_from(
        self, request: Request, response: aiohttp.ClientResponse
    ) -> FrigateError:
        """Return the error for a status of 400 or above, with sent secrets masked."""
        body = bytearray()
        async with response:
            with suppress(TimeoutError, aiohttp.ClientError, OSError):
                async for chunk in response.content.iter_chunked(CHUNK):
                    body += chunk
                    if len(body) > _ERROR_BYTES:
                        break
        error = error_from_response(
            response.status,
            response.headers,
            bytes(body),
            self.mask_of(request),
        )
        if isinstance(error, FrigateResponseError):
            error.url = request.url
        return error


@asynccontextmanager
async def time_limit(seconds: float) -> AsyncGenerator[None]:
    """Raise FrigateTimeoutError if what is inside takes longer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as err:
        raise error_from_exception(err) from err
