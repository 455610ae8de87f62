"""The one request method: address, login, limits, and what an answer means."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
import logging
import time
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .auth import Credentials, Session
from .error_mapping import (
    error_from_exception,
    error_from_redirect,
    error_from_response,
    tidy,
)
from .errors import (
    FrigateArgumentError,
    FrigateAuthError,
    FrigateClosedError,
    FrigateConnectionError,
    FrigateError,
    FrigateHTMLError,
    FrigateResponseError,
)
from .messages import CHUNK, Answer, Query, Request, Stream, Upload, read
from .metrics import RequestMetrics

_LOGGER = logging.getLogger(__name__)

REQUEST_TIMEOUT = 10.0
"""Seconds for a whole short request, its body included."""
STREAM_SILENCE = 30.0
"""Seconds without a byte after which a stream counts as dead."""
PARALLEL_REQUESTS = 4
MAX_REDIRECTS = 3
MAX_BYTES = 32 * 2**20
_LOGIN_PATH = ("api", "login")
_ERROR_BYTES = 64 * 2**10
_SHAKEN_SECONDS = 10.0
"""How long after a failure of Frigate's a 502 is laid to it."""


class Transport:
    """Sends requests to one server and turns every outcome into a value or an error.

    At most four short requests are under way at once; streams do not count. Whether
    certificates are verified is the client session's affair, and so holds for all.
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
        self._credentials = credentials
        self._login = Session(credentials)
        self._slots = asyncio.Semaphore(PARALLEL_REQUESTS)
        self._open: set[aiohttp.ClientResponse] = set()
        self._closed = False
        self._shaken_until = 0.0

    def url(self, *path: str, query: Query | None = None) -> URL:
        """Return the address of a route, each of its segments quoted.

        Raises:
            FrigateArgumentError: a segment is empty, cannot be written in UTF-8, or
                holds `.` or `..` as a part of a path, which a server on the way would
                resolve to another route.
        """
        parts = {part for segment in path for part in segment.split("/")}
        if not parts.isdisjoint({".", ".."}) or "" in path[:-1]:
            raise FrigateArgumentError(f"Not a usable path: {'/'.join(path)!a}")
        try:
            tail = "/".join(quote(segment, safe="") for segment in path)
        except UnicodeEncodeError as err:
            raise FrigateArgumentError(
                f"Not a usable path: {'/'.join(path)!a}"
            ) from err
        base = str(self.base_url).rstrip("/")
        return URL(f"{base}/{tail}", encoded=True).with_query(query)

    async def request(
        self,
        method: str,
        *path: str,
        query: Query | None = None,
        data: Mapping[str, Any] | None = None,
        form: Mapping[str, Upload] | None = None,
        fresh: bool = False,
        logs_in: bool = True,
        timeout: float = REQUEST_TIMEOUT,
        max_bytes: int = MAX_BYTES,
    ) -> Answer:
        """Send a short request and return its whole answer.

        Args:
            method: HTTP method.
            path: segments of the route, unquoted.
            query: parameters of the address.
            data: body, sent as JSON.
            form: body instead, sent as a form of files.
            fresh: ask past Frigate's cache, which is up to 5 seconds old.
            logs_in: log in anew where the server says that the login was lost.
            timeout: seconds for all of it, a new login included, once it is its turn.
            max_bytes: the largest body that is read.

        Raises:
            FrigateError: everything but a good answer, see `errors`.
        """
        headers: dict[str, str] = {hdrs.ACCEPT: "application/json, */*;q=0.5"}
        if fresh:
            headers["X-Cache-Bypass"] = "1"
        request = Request(
            method=method,
            path=path,
            url=self.url(*path, query=query),
            headers=headers,
            data=data,
            form=form,
            timeout=aiohttp.ClientTimeout(total=timeout),
            logs_in=logs_in,
        )
        with self.metrics.recording_errors(request.route):
            async with self._slots:
                return await self._read_within(request, timeout, max_bytes)

    async def _read_within(
        self, request: Request, timeout: float, max_bytes: int
    ) -> Answer:
        try:
            async with asyncio.timeout(timeout), self._send(request) as response:
                return await read(response, max_bytes)
        except TimeoutError as err:
            error = error_from_exception(err)
            error.may_have_acted = not request.is_safe
            raise error from err

    @asynccontextmanager
    async def stream(
        self,
        *path: str,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncGenerator[Stream]:
        """Open a body that is read bit by bit; leaving the context closes the connection.

        Raises:
            FrigateHTMLError: it is a web page, whose end is not waited for.
            FrigateError: it could not be opened, see `errors`.
        """
        request = Request(
            method=hdrs.METH_GET,
            path=path,
            url=self.url(*path, query=query),
            headers=headers or {},
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=REQUEST_TIMEOUT, sock_read=STREAM_SILENCE
            ),
        )
        with self.metrics.recording_errors(request.route):
            async with self._send(request) as response, self._kept_open(response):
                if response.content_type == "text/html":
                    raise FrigateHTMLError(
                        "A web page instead of a stream", response.status
                    )
                yield Stream(response)

    @asynccontextmanager
    async def _kept_open(
        self, response: aiohttp.ClientResponse
    ) -> AsyncGenerator[None]:
        """Let `close` end a stream, and end it on leaving."""
        self._open.add(response)
        try:
            self.raise_if_closed()
            yield
        finally:
            self._open.discard(response)
            response.close()

    @property
    def credentials(self) -> Credentials:
        """Return what goes with every request."""
        return self._credentials

    def change_password(self, password: str) -> None:
        """Log in with another password from now on; what is logged in stays so."""
        self._credentials = replace(self._credentials, password=password)
        self._login.change_password(password)

    def close(self) -> None:
        """Close every stream still open; nothing can be sent afterwards."""
        self._closed = True
        for response in tuple(self._open):
            response.close()

    @asynccontextmanager
    async def _send(self, request: Request) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Yield a good answer, after a new login where the old one was lost."""
        try:
            response = await self.logged_in(
                lambda: self._attempt(request), logs_in=request.logs_in
            )
            try:
                yield response
            finally:
                response.release()
        except FrigateError as err:
            err.may_have_acted = not request.is_safe
            raise

    async def logged_in[T](
        self,
        attempt: Callable[[], Awaitable[T]],
        *,
        logs_in: bool = True,
        is_proof: bool = True,
    ) -> T:
        """Try something with a login, and with a new one if that turns out to be lost.

        `is_proof` says whether a refusal of a new login means that none is any good.

        Raises:
            FrigateError: what the attempt, or the login, raises.
        """
        generation = await self._login.ensure(self._post_login)
        try:
            result = await attempt()
        except FrigateAuthError as err:
            is_lost = err.session_lost and self._login.has_account
            if not (is_lost and logs_in):
                raise
            generation = await self._login.renew(generation, self._post_login)
            result = await self._attempt_anew(attempt, generation, is_proof=is_proof)
        self._login.accepted(generation)
        return result

    async def _attempt_anew[T](
        self,
        attempt: Callable[[], Awaitable[T]],
        generation: int,
        *,
        is_proof: bool,
    ) -> T:
        """Try once more after a login; a second refusal starts the pause."""
        try:
            return await attempt()
        except FrigateAuthError as err:
            if is_proof:
                self._login.rejected(generation, err)
            raise

    async def _post_login(self, username: str, password: str) -> None:
        """Send `POST /api/login`; the answer is an empty body and a cookie."""
        response = await self._attempt(
            Request(
                method=hdrs.METH_POST,
                path=_LOGIN_PATH,
                url=self.url(*_LOGIN_PATH),
                data={"user": username, "password": password},
                timeout=aiohttp.ClientTimeout(total=REQUEST_TIMEOUT),
            )
        )
        async with response:
            (await read(response, _ERROR_BYTES)).refuse_html()

    async def _attempt(self, request: Request) -> aiohttp.ClientResponse:
        """Send, follow redirects that stay on the host, and raise bad statuses."""
        for _hop in range(MAX_REDIRECTS + 1):
            response = await self._once_or_again(request)
            if response.status >= 400:
                raise await self._refusal(request, response)
            if response.status < 300:
                return response
            response.release()
            target = _redirect_target(response)
            if request.method != hdrs.METH_GET or not _may_follow(request.url, target):
                raise error_from_redirect(response.status, target)
            request = replace(request, url=target)
        raise error_from_redirect(response.status, target)

    async def _once_or_again(self, request: Request) -> aiohttp.ClientResponse:
        """Send; once more where Frigate's proxy refused for what came before.

        When Frigate fails it also closes the proxy's connection to it. The proxy notices
        with the next command, which it answers with 502 before Frigate has seen it.
        """
        response = await self._once_or_twice(request)
        is_shaken = time.monotonic() < self._shaken_until
        if response.status == 502 and is_shaken and request.method == hdrs.METH_POST:
            response.release()
            self._shaken_until = 0.0
            response = await self._once(request)
        if response.status == 500 and response.content_type == "text/plain":
            self._shaken_until = time.monotonic() + _SHAKEN_SECONDS
        return response

    async def _once_or_twice(self, request: Request) -> aiohttp.ClientResponse:
        """Send; what only asks once more where a connection broke before the answer.

        That is how a connection ends which the server closes while we begin to use it.
        """
        try:
            return await self._once(request)
        except FrigateConnectionError as err:
            if not (request.is_safe and isinstance(err.__cause__, _NoAnswer)):
                raise
        try:
            return await self._once(request)
        except FrigateConnectionError as err:
            err.was_repeated = True
            raise

    async def _once(self, request: Request) -> aiohttp.ClientResponse:
        """Send one HTTP request and return its answer, whatever its status."""
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
                allow_redirects=False,
                middlewares=(_send_once,),
            )
            outcome = str(response.status)
        except _NoAnswer as err:
            raise error_from_exception(err.error) from err
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as err:
            raise error_from_exception(err) from err
        finally:
            self._note(request, outcome, (time.perf_counter() - started) * 1000)
        return response

    def _note(self, request: Request, outcome: str, milliseconds: float) -> None:
        """Count a request, and write it down.

        What stands before the route may be a secret, as the addresses of Home
        Assistant's own proxy are, and the query is nobody's business.
        """
        self.metrics.count(request.route, outcome, milliseconds)
        path = tidy("/".join(("", *request.path)))
        _LOGGER.debug(
            "%s %s: %s in %.0f ms", request.method, path, outcome, milliseconds
        )

    def raise_if_closed(self) -> None:
        """Raise FrigateClosedError once nothing can be sent any more."""
        if self._closed or self.session.closed:
            raise FrigateClosedError("The client is closed")

    async def _refusal(
        self, request: Request, response: aiohttp.ClientResponse
    ) -> FrigateError:
        """Return the error for a bad status, without any secret that was sent."""
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
            (*self._credentials.secrets, *request.secrets),
        )
        if isinstance(error, FrigateResponseError):
            error.url = request.url
        return error


class _NoAnswer(Exception):
    """A connection broke before an answer; no error of aiohttp's, which sends again."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


async def _send_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending commands such as PUT and DELETE again by itself."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as err:
        raise _NoAnswer(err) from err


def _redirect_target(response: aiohttp.ClientResponse) -> URL:
    try:
        return response.url.join(URL(response.headers.get(hdrs.LOCATION, "")))
    except ValueError:
        return response.url


def _may_follow(source: URL, target: URL) -> bool:
    """Allow a redirect to the same host and route, never from https back to http."""
    return (
        target.host == source.host
        and target.scheme in {source.scheme, "https"}
        and target.path.endswith(source.path)
        and target != source
    )
