"""HTTP messages: the request that is sent, and the answer that arrived."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
import re
from typing import Any

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .byte_ranges import ContentRange
from .error_mapping import (
    error_from_exception,
    forgetting_causes,
    http_date,
    page_title,
    shown,
)
from .errors import FrigateDataError, FrigateHTMLError, FrigateTooLargeError
from .json_parser import parse_json
from .metrics import RouteKey
from .parsing import MAX_FILES, as_dict
from .redaction import Mask
from .routes import Route

CHUNK = 64 * 2**10
_SECRET_FIELDS = ("password", "endpoint", "p256dh", "auth")
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-", re.ASCII)

type Reader[T] = Callable[[Mapping[str, Any]], T | None]
"""Reads a model from a JSON object; None if something indispensable is missing."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is sent as one field of a form."""

    content: bytes = field(repr=False)
    content_type: str
    filename: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, which is sent again after a redirect or a new login."""

    method: str
    route: Route
    url: URL
    """The URL of the route, or the target of a redirect."""
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] | None = field(default=None, repr=False)
    """Sent as JSON."""
    form: Mapping[str, Upload] | None = field(default=None, repr=False)
    """Sent as `multipart/form-data`."""
    timeout: aiohttp.ClientTimeout
    is_costly: bool = False
    """Whether it must never be carried out twice, even if it is sure that it failed."""
    redirects: int = 0
    """How many redirects were followed so far."""

    @property
    def key(self) -> RouteKey:
        """Return the key under which this request is counted."""
        return self.method, self.route.template

    @property
    def is_safe(self) -> bool:
        """Return whether this can be sent again without changing anything."""
        return self.method in {hdrs.METH_GET, hdrs.METH_HEAD}

    @property
    def secrets(self) -> Iterator[str]:
        """Yield the passwords, and the parts of push subscriptions, in the body."""
        return _secrets_in(self.data or {})

    def body(self) -> dict[str, Any]:
        """Return the body as arguments for aiohttp, built anew: it can send a form once."""
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


def _secrets_in(data: Mapping[str, Any]) -> Iterator[str]:
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from _secrets_in(value)
        elif isinstance(value, str) and name.endswith(_SECRET_FIELDS):
            yield value


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete response with a successful status."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: URL
    mask: Mask = field(repr=False)
    """Masks what was sent, which the server may repeat."""

    @property
    def content_type(self) -> str:
        """Return the media type in lower case, without parameters."""
        return self.headers.get(hdrs.CONTENT_TYPE, "").partition(";")[0].strip().lower()

    @property
    def date(self) -> datetime | None:
        """Return when the server sent the response, by the server's clock."""
        return http_date(self.headers.get(hdrs.DATE, ""))

    def text(self) -> str:
        """Return the body as text.

        Raises:
            FrigateHTMLError: it is an HTML page.
        """
        self.refuse_html()
        return self.body.decode("utf-8", "replace")

    def json[T](self, shape: type[T]) -> T:
        """Return the body as JSON of the given type.

        Raises:
            FrigateHTMLError: it is an HTML page.
            FrigateDataError: it is not JSON, or JSON of another type.
        """
        self.refuse_html()
        with forgetting_causes():
            try:
                value = parse_json(self.body)
            except (ValueError, RecursionError) as err:
                message = "The answer is not valid JSON"
                raise FrigateDataError(message, self.status) from err
        if not isinstance(value, shape):
            raise FrigateDataError(
                f"The answer is {type(value).__name__}, not {shape.__name__}",
                self.status,
            )
        return value

    def models[T](self, read: Reader[T], otherwise: str) -> tuple[T, ...]:
        """Return the models in the body, which is a JSON list of objects.

        Of a longer list than any that is requested, only the first ones are read.

        Args:
            read: reads one of the objects.
            otherwise: message of the error if it returns None.

        Raises:
            FrigateHTMLError: the body is an HTML page.
            FrigateDataError: the body is not such a list.
        """
        return tuple(
            self.required(read(as_dict(one)), otherwise)
            for one in self.json(list)[:MAX_FILES]
        )

    def required[T](self, value: T | None, otherwise: str) -> T:
        """Return a value that was read from the body, unless it is None.

        Raises:
            FrigateDataError: it is None; `otherwise` is the message.
        """
        if value is None:
            raise FrigateDataError(otherwise, self.status)
        return value

    def refuse_html(self) -> None:
        """Raise FrigateHTMLError if this is an HTML page."""
        if self.content_type == "text/html":
            title = page_title(self.body, self.mask) or "no title"
            raise FrigateHTMLError(f"A web page instead of data: {title}", self.status)

    def shown(self, text: str) -> str:
        """Return a text from the body as it may be shown: masked, and on one line."""
        return shown(text, self.mask)


class Stream:
    """An open response whose body is read in chunks."""

    def __init__(self, response: aiohttp.ClientResponse, mask: Mask) -> None:
        """Wrap a response with a successful status."""
        self.mask = mask
        self.status = response.status
        self.headers = response.headers
        self.content_type = response.headers.get(hdrs.CONTENT_TYPE, "")
        self.content = response.content

    @property
    def content_length(self) -> int | None:
        """Return the number of bytes of the body, if the server tells it."""
        if self.is_encoded:
            # It counts what is sent, not what arrives here.
            return None
        length = self.headers.get(hdrs.CONTENT_LENGTH, "")
        return int(length) if length.isascii() and length.isdigit() else None

    @property
    def is_encoded(self) -> bool:
        """Return whether the server compressed the body, which is undone here."""
        encoding = self.headers.get(hdrs.CONTENT_ENCODING, "identity")
        return encoding.strip().lower() not in {"", "identity"}

    @property
    def content_range(self) -> ContentRange | None:
        """Return which part of the file the body is; None for the whole file."""
        return ContentRange.parse(self.headers.get(hdrs.CONTENT_RANGE, ""))

    @property
    def offset(self) -> int | None:
        """Return the position in the file where the body begins, if the server tells it."""
        found = _CONTENT_RANGE.match(self.headers.get(hdrs.CONTENT_RANGE, ""))
        return None if found is None else int(found[1])

    @property
    def validator(self) -> str | None:
        """Return the ETag, else Last-Modified, to send as `If-Range`."""
        tag = self.headers.get(hdrs.ETAG, "")
        if tag.startswith('"'):
            return tag
        # A weak ETag does not promise the same bytes, so it must not guard a range.
        return self.headers.get(hdrs.LAST_MODIFIED) or None

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield the body as it arrives.

        Raises:
            FrigateConnectionError: it broke off, or nothing arrived for too long.
        """
        with forgetting_causes():
            try:
                # One layer less than `iter_any`, which many megabytes a second feel.
                while chunk := await self.content.readany():
                    yield chunk
            except (TimeoutError, aiohttp.ClientError, OSError) as err:
                raise error_from_exception(err) from err


async def read_answer(
    response: aiohttp.ClientResponse, max_bytes: int, mask: Mask
) -> Answer:
    """Read a whole body, up to a limit.

    Raises:
        FrigateConnectionError: it broke off.
        FrigateTooLargeError: it is larger than the limit.
    """
    body = bytearray()
    try:
        async for chunk in response.content.iter_chunked(CHUNK):
            body += chunk
            # Counted while reading, as Content-Length may be missing or compressed.
            if len(body) > max_bytes:
                response.close()
                raise FrigateTooLargeError(
                    f"The answer is larger than {max_bytes} bytes", response.status
                )
    except (TimeoutError, aiohttp.ClientError, OSError) as err:
        raise error_from_exception(err) from err
    return Answer(response.status, response.headers, bytes(body), response.url, mask)
