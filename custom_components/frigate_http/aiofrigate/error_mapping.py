"""Maps exceptions of aiohttp and HTTP statuses to the errors of the client.

The server's own message is kept, shortened and on one line. Whatever the server says goes
through a mask first, because it may repeat what was sent, passwords included. Of the body
of a 422, which does so by design, only the names of the fields and what is wrong with them
are taken.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import unescape
import os
import re
import ssl
import time
from typing import Any

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .byte_ranges import size_of_unsatisfied
from .errors import (
    FrigateAuthError,
    FrigateBadRequestError,
    FrigateConflictError,
    FrigateConnectionError,
    FrigateError,
    FrigateForbiddenError,
    FrigateNotFoundError,
    FrigateRangeError,
    FrigateRateLimitError,
    FrigateRedirectError,
    FrigateResponseError,
    FrigateServerError,
    FrigateStartingError,
    FrigateTimeoutError,
    FrigateTLSProtocolError,
    FrigateTLSUntrustedError,
    FrigateUnreachableError,
    FrigateValidationError,
    FrigateWrongPasswordError,
)
from .json_parser import parse_json
from .parsing import as_str, as_timestamp
from .redaction import Mask

MAX_MESSAGE_LENGTH = 300
DEFAULT_RETRY_AFTER = 60.0
MAX_RETRY_AFTER = 86400.0

_HTTP_ON_TLS_PORT = "plain HTTP request was sent to HTTPS port"
_INCORRECT_CURRENT = "Current password is incorrect"
_TITLE = re.compile(r"<title>", re.IGNORECASE)
_END_OF_TITLE = re.compile(r"</title>", re.IGNORECASE)
_MAX_SEARCHED = 64 * 2**10
_LONGEST_SECRET = 8 * 2**10
"""Characters; aiohttp takes no longer line of headers."""
_PERIODS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}
_BY_STATUS: dict[int, type[FrigateResponseError]] = {
    400: FrigateBadRequestError,
    403: FrigateForbiddenError,
    404: FrigateNotFoundError,
    409: FrigateConflictError,
    502: FrigateStartingError,
    503: FrigateStartingError,
}


def error_from_exception(err: Exception) -> FrigateError:
    """Return the error for an exception of aiohttp or of the socket."""
    match err:
        case TimeoutError():
            return FrigateTimeoutError("The server did not answer in time")
        case aiohttp.ClientConnectorCertificateError():
            return FrigateTLSUntrustedError(_certificate_message(err.certificate_error))
        case aiohttp.ClientConnectorError() if _ended_in_handshake(err.os_error):
            # A forwarder accepts connections also while nothing is behind it.
            return FrigateUnreachableError(
                f"{err.host}:{err.port} closed the connection before it was encrypted"
            )
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return FrigateTLSProtocolError(
                "The server does not speak TLS on this port, or no version in common"
            )
        case aiohttp.ClientConnectorDNSError():
            return FrigateUnreachableError(f"The name {err.host} is not known")
        case aiohttp.ClientConnectorError():
            return FrigateUnreachableError(
                f"No connection to {err.host}:{err.port} ({_reason(err.os_error)})"
            )
        case aiohttp.ClientPayloadError():
            return FrigateConnectionError("The answer was cut off in the middle")
        case aiohttp.ServerDisconnectedError() | ConnectionResetError():
            return FrigateConnectionError("The server closed the connection")
        case _:
            return FrigateConnectionError(
                f"No usable answer from the server ({type(err).__name__})"
            )


def _ended_in_handshake(err: OSError) -> bool:
    # Errors of a socket have an errno; those that asyncio raises in a handshake have none.
    return isinstance(err, (ssl.SSLEOFError, ssl.SSLZeroReturnError)) or (
        isinstance(err, ConnectionError) and err.errno is None
    )


def _reason(err: OSError) -> str:
    # asyncio's own message repeats the address in the form of a Python tuple.
    return os.strerror(err.errno) if err.errno else str(err)


def _certificate_message(err: BaseException) -> str:
    message = getattr(err, "verify_message", "") or str(err)
    return f"The server's certificate is not trusted: {message}"


@contextmanager
def forgetting_causes() -> Generator[None]:
    """Forget what caused an error that is raised inside.

    An error of aiohttp holds the request with all of its headers, and one of a parser the
    whole text: whoever logs or stores them would pass our secrets on.
    """
    try:
        yield
    except FrigateError as err:
        err.__cause__ = err.__context__ = None
        raise


def error_from_response(
    status: int, headers: Mapping[str, str], body: bytes, mask: Mask
) -> FrigateError:
    """Return the error for a response of status 400 or above.

    Args:
        status: HTTP status of the response.
        headers: its headers.
        body: its body, or the beginning of it.
        mask: masks what must not appear in the error even if the server repeats it.
    """
    content = _parse(headers, body)
    if status == 422 and not isinstance(content, dict):
        # Any other body may repeat what was sent.
        content = None
    message = shown(_server_message(content), mask) or f"HTTP status {status}"
    is_page = _is_html(headers)
    if status == 400 and _HTTP_ON_TLS_PORT in message:
        return FrigateTLSProtocolError(message)
    if status == 401 and message == _INCORRECT_CURRENT:
        return FrigateWrongPasswordError(message, status)
    if status == 401:
        # nginx answers a lost session with its own page and without a challenge. A proxy
        # that asks for Basic authentication sends a challenge.
        lost = is_page and hdrs.WWW_AUTHENTICATE not in headers
        return FrigateAuthError(message, status, session_lost=lost)
    if status == 416:
        size = size_of_unsatisfied(headers.get(hdrs.CONTENT_RANGE, ""))
        return FrigateRangeError(message, status, size)
    if status == 422:
        return FrigateValidationError(message, status, _fields(content, mask))
    if status == 429:
        return FrigateRateLimitError(message, status, _retry_after(headers, message))
    # Frigate's own 500 is plain text or JSON; an HTML page is nginx without a backend.
    if status == 500 and is_page:
        return FrigateStartingError(message, status)
    if (known := _BY_STATUS.get(status)) is not None:
        return known(message, status)
    return (FrigateServerError if status >= 500 else FrigateResponseError)(
        message, status
    )


def error_from_redirect(status: int, target: URL, mask: Mask) -> FrigateRedirectError:
    """Return the error for a redirect that is not followed, without its query."""
    target = target.with_query(None).with_fragment(None)
    location = shown(str(target.with_user(None) if target.absolute else target), mask)
    return FrigateRedirectError(f"The server redirects to {location}", status, location)


def http_date(text: str) -> datetime | None:
    """Return the time in a header such as `Date`; None without one, or a time zone."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError, OverflowError:
        return None
    if found.tzinfo is None or as_timestamp(found.timestamp()) is None:
        return None
    return found


def page_title(body: bytes, mask: Mask) -> str:
    """Return the title of an HTML page, or an empty string."""
    return shown(_title(body), mask)


def shown(text: str, mask: Mask) -> str:
    """Return what a server says as it may be shown: masked, and on one line.

    The time is bounded, however long the text is.
    """
    masked = mask(text[:_MAX_SEARCHED])
    if len(text) > _MAX_SEARCHED:
        # Half a secret is not recognized, so what may be one at the end is dropped.
        masked = masked[:-_LONGEST_SECRET]
    # A secret with spaces in it may have been broken over several lines.
    return _cut(mask(_joined(masked)))


def shown_or_none(value: Any, mask: Mask) -> str | None:
    """Return a text that a server says as it may be shown; None for anything else."""
    text = as_str(value)
    return None if text is None else shown(text, mask)


def _joined(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _cut(line: str) -> str:
    if len(line) > MAX_MESSAGE_LENGTH:
        return line[: MAX_MESSAGE_LENGTH - 1] + "…"
    return line


def _title(body: bytes) -> str:
    page = body[:_MAX_SEARCHED].decode("utf-8", "replace")
    # A pattern would search the rest of the page again from each beginning of a title.
    if (beginning := _TITLE.search(page)) is None:
        return ""
    end = _END_OF_TITLE.search(page, beginning.end())
    return "" if end is None else unescape(page[beginning.end() : end.start()])


def _is_html(headers: Mapping[str, str]) -> bool:
    return headers.get(hdrs.CONTENT_TYPE, "").lower().startswith("text/html")


def _parse(headers: Mapping[str, str], body: bytes) -> Any:
    if _is_html(headers):
        return _title(body)
    text = body.decode("utf-8", "replace")
    try:
        return parse_json(text)
    except ValueError, RecursionError:
        return text


def _server_message(content: Any) -> str:
    """Return the message in the body of an error.

    Frigate has several forms: a text, `{"message"}`, `{"detail"}`, and a list of
    problems for a 422.
    """
    match content:
        case str():
            return content
        case {"detail": [*problems]}:
            return "; ".join(_validation_problem(item) for item in problems)
        case (
            {"message": str(message)}
            | {"detail": str(message)}
            | {"error": str(message)}
        ):
            return message
        case _:
            return ""


def _validation_problem(item: Any) -> str:
    """Return one problem of a 422 as `body.password: Field required`."""
    if not isinstance(item, dict):
        return ""
    message = item.get("msg")
    return f"{_field(item)}: {message if isinstance(message, str) else 'not valid'}"


def _field(item: Mapping[str, Any]) -> str:
    location = item.get("loc")
    return ".".join(map(str, location)) if isinstance(location, list) else "?"


def _fields(content: Any, mask: Mask) -> tuple[str, ...]:
    match content:
        case {"detail": [*problems]}:
            fields = [_field(item) for item in problems if isinstance(item, dict)]
            return tuple(shown(field, mask) for field in fields)
        case _:
            return ()


def _retry_after(headers: Mapping[str, str], message: str) -> float:
    """Return the seconds to wait, by the header, else by the message."""
    header = headers.get(hdrs.RETRY_AFTER, "").strip()
    found = re.search(r"per (\d+) (second|minute|hour|day)", message)
    if re.fullmatch(r"[0-9]+", header):
        pause = float(header)
    elif (until := http_date(header)) is not None:
        # Both are by the clock of who sends them, which may not be ours.
        sent = http_date(headers.get(hdrs.DATE, ""))
        pause = until.timestamp() - (time.time() if sent is None else sent.timestamp())
    elif found:
        pause = float(found[1]) * _PERIODS[found[2]]
    else:
        pause = DEFAULT_RETRY_AFTER
    return min(max(pause, 0.0), MAX_RETRY_AFTER)
