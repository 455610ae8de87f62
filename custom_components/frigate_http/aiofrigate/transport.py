"""The one request method: address, login, limits, and what an answer means."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
import json
import logging
import time
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .auth import Credentials, Session
from .errors import (
    FrigateArgumentError,
    FrigateAuthError,
    FrigateDataError,
    FrigateError,
    FrigateHTMLError,
    FrigateResponseError,
    FrigateTooLargeError,
)
from .outcome import (
    error_from_exception,
    error_from_redirect,
    error_from_response,
    http_date,
    page_title,
)

_LOGGER = logging.getLogger(__name__)

REQUEST_TIMEOUT = 10.0
"""Seconds for a whole short request, its body included."""
STREAM_SILENCE = 30.0
"""Seconds without a byte after which a stream counts as dead."""
PARALLEL_REQUESTS = 4
MAX_REDIRECTS = 3
MAX_BYTES = 32 * 2**20
_ERROR_BYTES = 64 * 2**10
_CHUNK = 64 * 2**10

type Query = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of a good status."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: URL

    @property
    def content_type(self) -> str:
        """Return the media type without its parameters, in lower case."""
        return self.headers.get(hdrs.CONTENT_TYPE, "").partition(";")[0].strip().lower()

    @property
    def date(self) -> datetime | None:
        """Return when the server sent this, by the server's own clock."""
        return http_date(self.headers.get(hdrs.DATE, ""))

    def text(self) -> str:
        """Return the body as text.

        Raises:
            FrigateHTMLError: it is a web page.
        """
        self.refuse_html()
        return self.body.decode("utf-8", "replace")

    def json[T](self, shape: type[T]) -> T:
        """Return the body as JSON of the given type.

        Raises:
            FrigateHTMLError: it is a web page.
            FrigateDataError: it is no JSON, or JSON of another type.
        """
        self.refuse_html()
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as err:
            raise FrigateDataError("The answer is not valid JSON", self.status) from err
        if not isinstance(value, shape):
            raise FrigateDataError(
                f"The answer is {type(value).__name__}, not {shape.__name__}",
                self.status,
            )
        return value

    def refuse_html(self) -> None:
        """Raise FrigateHTMLError if this is a web page."""
        if self.content_type == "text/html":
            title = page_title(self.body) or "no title"
            raise FrigateHTMLError(f"A web page instead of data: {title}", self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What is sent, and sent again after a redirect or a new login."""

    method: str
    url: URL
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] | None = field(default=None, repr=False)
    timeout: aiohttp.ClientTimeout

    @property
    def secrets(self) -> Iterator[str]:
        """Yield the passwords in the body."""
        for name, value in (self.data or {}).items():
            if "password" in name and isinstance(value, str):
                yield value


class Stream:
    """An open answer whose body is read bit by bit."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        """Wrap an answer whose status was found good."""
        self.content_type = response.headers.get(hdrs.CONTENT_TYPE, "")
        self.content = response.content

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives.

        Raises:
            FrigateConnectionError: it ended before its end, or fell silent.
        """
        try:
            async for chunk in self.content.iter_any():
                yield chunk
        except (TimeoutError, aiohttp.ClientError, OSError) as err:
            raise error_from_exception(err) from err


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
        self._client = session
        self._credentials = credentials
        self._login = Session(credentials)
        self._slots = asyncio.Semaphore(PARALLEL_REQUESTS)
        self._open: set[aiohttp.ClientResponse] = set()
        self._closed = False

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
        fresh: bool = False,
        timeout: float = REQUEST_TIMEOUT,
        max_bytes: int = MAX_BYTES,
    ) -> Answer:
        """Send a short request and return its whole answer.

        Args:
            method: HTTP method.
            path: segments of the route, unquoted.
            query: parameters of the address.
            data: body, sent as JSON.
            fresh: ask past Frigate's cache, which is up to 5 seconds old.
            timeout: seconds for all of it, a new login included, once it is its turn.
            max_bytes: the largest body that is read.

        Raises:
            FrigateError: everything but a good answer, see `errors`.
        """
        headers: dict[str, str] = {hdrs.ACCEPT: "application/json, */*;q=0.5"}
        if fresh:
            headers["X-Cache-Bypass"] = "1"
        request = _Request(
            method=method,
            url=self.url(*path, query=query),
            headers=headers,
            data=data,
            timeout=aiohttp.ClientTimeout(total=timeout),
        )
        async with self._slots:
            try:
                async with asyncio.timeout(timeout), self._send(request) as response:
                    return await _read(response, max_bytes)
            except TimeoutError as err:
                raise error_from_exception(err) from err

    @asynccontextmanager
    async def stream(
        self, *path: str, query: Query | None = None
    ) -> AsyncGenerator[Stream]:
        """Open a body without end; leaving the context closes the connection.

        Raises:
            FrigateHTMLError: it is a web page, whose end is not waited for.
            FrigateError: it could not be opened, see `errors`.
        """
        request = _Request(
            method=hdrs.METH_GET,
            url=self.url(*path, query=query),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=REQUEST_TIMEOUT, sock_read=STREAM_SILENCE
            ),
        )
        async with self._send(request) as response:
            self._open.add(response)
            try:
                self._raise_if_closed()
                if response.content_type == "text/html":
                    raise FrigateHTMLError(
                        "A web page instead of a stream", response.status
                    )
                yield Stream(response)
            finally:
                self._open.discard(response)
                response.close()

    def close(self) -> None:
        """Close every stream still open; nothing can be sent afterwards."""
        self._closed = True
        for response in tuple(self._open):
            response.close()

    @asynccontextmanager
    async def _send(self, request: _Request) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Yield a good answer, after a new login where the old one was lost."""
        generation = await self._login.ensure(self._post_login)
        try:
            response = await self._attempt(request)
        except FrigateAuthError as err:
            if not (err.session_lost and self._login.has_account):
                raise
            generation = await self._login.renew(generation, self._post_login)
            response = await self._attempt_anew(request, generation)
        self._login.accepted(generation)
        try:
            yield response
        finally:
            response.release()

    async def _attempt_anew(
        self, request: _Request, generation: int
    ) -> aiohttp.ClientResponse:
        """Send once more after a login; a second refusal starts the pause."""
        try:
            return await self._attempt(request)
        except FrigateAuthError as err:
            self._login.rejected(generation, err)
            raise

    async def _post_login(self, username: str, password: str) -> None:
        """Send `POST /api/login`; the answer is an empty body and a cookie."""
        response = await self._attempt(
            _Request(
                method=hdrs.METH_POST,
                url=self.url("api", "login"),
                data={"user": username, "password": password},
                timeout=aiohttp.ClientTimeout(total=REQUEST_TIMEOUT),
            )
        )
        async with response:
            (await _read(response, _ERROR_BYTES)).refuse_html()

    async def _attempt(self, request: _Request) -> aiohttp.ClientResponse:
        """Send, follow redirects that stay on the host, and raise bad statuses."""
        for _hop in range(MAX_REDIRECTS + 1):
            response = await self._once(request)
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

    async def _once(self, request: _Request) -> aiohttp.ClientResponse:
        """Send one HTTP request and return its answer, whatever its status."""
        self._raise_if_closed()
        started = time.perf_counter()
        outcome: str | int = "no answer"
        try:
            response = await self._client.request(
                request.method,
                request.url,
                headers={**self._credentials.as_headers(), **request.headers},
                json=request.data,
                timeout=request.timeout,
                allow_redirects=False,
            )
            outcome = response.status
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as err:
            raise error_from_exception(err) from err
        finally:
            _LOGGER.debug(
                "%s %s: %s in %.0f ms",
                request.method,
                request.url.path,
                outcome,
                (time.perf_counter() - started) * 1000,
            )
        return response

    def _raise_if_closed(self) -> None:
        if self._closed or self._client.closed:
            raise FrigateArgumentError("The client is closed")

    async def _refusal(
        self, request: _Request, response: aiohttp.ClientResponse
    ) -> FrigateError:
        """Return the error for a bad status, without any secret that was sent."""
        body = bytearray()
        async with response:
            with suppress(TimeoutError, aiohttp.ClientError, OSError):
                async for chunk in response.content.iter_chunked(_CHUNK):
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


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> Answer:
    """Read a whole body, but no more than the limit.

    Raises:
        FrigateConnectionError: it was cut off.
        FrigateTooLargeError: it is larger.
    """
    body = bytearray()
    try:
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > max_bytes:
                response.close()
                raise FrigateTooLargeError(
                    f"The answer is larger than {max_bytes} bytes", response.status
                )
    except (TimeoutError, aiohttp.ClientError, OSError) as err:
        raise error_from_exception(err) from err
    return Answer(response.status, response.headers, bytes(body), response.url)
