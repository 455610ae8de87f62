"""The messages of HTTP: the request that is sent, and the answer that came."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
import re
from typing import Any

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .error_mapping import error_from_exception, http_date, page_title
from .errors import (
    FrigateDataError,
    FrigateError,
    FrigateHTMLError,
    FrigateTooLargeError,
)
from .json_parser import parse_json
from .metrics import RouteKey
from .parsing import as_dict
from .routes import Route

CHUNK = 64 * 2**10
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-", re.ASCII)

type Reader[T] = Callable[[Mapping[str, Any]], T | None]
"""Reads a model from a JSON object; None where something indispensable is missing."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is sent as one field of a form."""

    content: bytes = field(repr=False)
    content_type: str
    filename: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent, and sent again after a redirect or a new login."""

    method: str
    route: Route
    url: URL
    """Of the route at this server, or where a redirect leads."""
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] | None = field(default=None, repr=False)
    """Sent as JSON."""
    form: Mapping[str, Upload] | None = field(default=None, repr=False)
    """Sent as `multipart/form-data`."""
    timeout: aiohttp.ClientTimeout
    redirects: int = 0
    """How many were followed so far."""

    @property
    def key(self) -> RouteKey:
        """Return what this request is counted by."""
        return self.method, self.route.template

    @property
    def is_safe(self) -> bool:
        """Return whether this changes nothing, however often it is sent."""
        return self.method in {hdrs.METH_GET, hdrs.METH_HEAD}

    @property
    def secrets(self) -> Iterator[str]:
        """Yield the passwords in the body."""
        for name, value in (self.data or {}).items():
            if "password" in name and isinstance(value, str):
                yield value

    @contextmanager
    def marking_errors(self) -> Generator[None]:
        """Note on an error within whether it happened to a command."""
        try:
            yield
        except FrigateError as err:
            err.may_have_acted = not self.is_safe
            raise

    def body(self) -> dict[str, Any]:
        """Return the body as arguments of aiohttp; a form can be sent only once."""
        if self.form is None:
            return {"json": self.data}
        form = aiohttp.FormData()
        for name, upload in self.form.items():
            form.add_field(
                name,
                upload.content,
                content_type=upload.content_type,
                filename=upload.filename,
            )
        return {"data": form}


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
            value = parse_json(self.body)
        except (ValueError, RecursionError) as err:
            raise FrigateDataError("The answer is not valid JSON", self.status) from err
        if not isinstance(value, shape):
            raise FrigateDataError(
                f"The answer is {type(value).__name__}, not {shape.__name__}",
                self.status,
            )
        return value

    def models[T](self, read: Reader[T], otherwise: str) -> tuple[T, ...]:
        """Return the body, which is a JSON list of objects, as models.

        Args:
            read: reads one of the objects.
            otherwise: says what is wrong where it cannot read one.

        Raises:
            FrigateHTMLError: it is a web page.
            FrigateDataError: it is no such list.
        """
        return tuple(
            self.required(read(as_dict(one)), otherwise) for one in self.json(list)
        )

    def required[T](self, value: T | None, otherwise: str) -> T:
        """Return what was read of the body; `otherwise` says that it is not there.

        Raises:
            FrigateDataError: it is None.
        """
        if value is None:
            raise FrigateDataError(otherwise, self.status)
        return value

    def refuse_html(self) -> None:
        """Raise FrigateHTMLError if this is a web page."""
        if self.content_type == "text/html":
            title = page_title(self.body) or "no title"
            raise FrigateHTMLError(f"A web page instead of data: {title}", self.status)


class Stream:
    """An open answer whose body is read bit by bit."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        """Wrap an answer whose status was found good."""
        self.status = response.status
        self.headers = response.headers
        self.content_type = response.headers.get(hdrs.CONTENT_TYPE, "")
        self.content = response.content

    @property
    def content_length(self) -> int | None:
        """Return how many bytes this answer has, if the server tells."""
        length = self.headers.get(hdrs.CONTENT_LENGTH, "")
        return int(length) if length.isascii() and length.isdigit() else None

    @property
    def offset(self) -> int | None:
        """Return with which byte of a file this answer begins, if the server tells."""
        found = _CONTENT_RANGE.match(self.headers.get(hdrs.CONTENT_RANGE, ""))
        return None if found is None else int(found[1])

    @property
    def validator(self) -> str | None:
        """Return what another file at the same address would not have, if there is such."""
        tag = self.headers.get(hdrs.ETAG, "")
        if tag.startswith('"'):
            return tag
        # A weak tag stays the same where bytes need not, and is no condition for a range.
        return self.headers.get(hdrs.LAST_MODIFIED) or None

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


async def read_answer(response: aiohttp.ClientResponse, max_bytes: int) -> Answer:
    """Read a whole body, but no more than the limit.

    Raises:
        FrigateConnectionError: it was cut off.
        FrigateTooLargeError: it is larger.
    """
    body = bytearray()
    try:
        async for chunk in response.content.iter_chunked(CHUNK):
            body += chunk
            if len(body) > max_bytes:
                response.close()
                raise FrigateTooLargeError(
                    f"The answer is larger than {max_bytes} bytes", response.status
                )
    except (TimeoutError, aiohttp.ClientError, OSError) as err:
        raise error_from_exception(err) from err
    return Answer(response.status, response.headers, bytes(body), response.url)
