"""The errors of the client, as one tree below `FrigateError`.

    FrigateError
    ├── FrigateArgumentError        the caller passed what cannot be sent
    ├── FrigateClosedError          nothing can be sent any more
    ├── FrigateConnectionError      no answer, or only a part of one
    │   ├── FrigateUnreachableError
    │   ├── FrigateTimeoutError
    │   ├── FrigateLiveError
    │   └── FrigateTLSError
    │       ├── FrigateTLSUntrustedError
    │       └── FrigateTLSProtocolError
    ├── FrigateVideoError           a stream without live video, see `VideoFault`
    └── FrigateResponseError        an answer that is not the one asked for
        ├── FrigateBadRequestError ... FrigateServerError      by status
        │   ├── FrigateSearchDisabledError
    │   ├── FrigateGenAiDisabledError
        │   ├── FrigateTooLongError
        │   └── FrigateStartingError
        └── FrigateContentError     a good status with the wrong content

The text of an error is the server's own message where it sent one, and never contains a
credential.
"""

from enum import StrEnum

from yarl import URL


class FrigateError(Exception):
    """The base of all errors of the client."""

    may_have_acted = False
    """Whether the request was a command, which the server may have carried out anyway."""

    def __init__(self, message: str) -> None:
        """Keep the message that explains the error."""
        super().__init__(message)
        self.message = message


class FrigateArgumentError(FrigateError, ValueError):
    """An argument that cannot be sent safely; raised before anything is sent."""


class FrigateClosedError(FrigateError):
    """The client was closed, before or while a request was sent."""


class FrigateConnectionError(FrigateError):
    """No complete response: refused, unknown host, reset, or cut off in the middle."""

    was_repeated = False
    """Whether a query was already sent a second time, without success."""


class FrigateUnreachableError(FrigateConnectionError):
    """No connection could be made, so the server has received nothing."""


class FrigateTimeoutError(FrigateConnectionError):
    """The server did not answer in time."""


class FrigateLiveError(FrigateConnectionError):
    """A command needs the WebSocket, which is not connected."""


class FrigateTLSError(FrigateConnectionError):
    """The encrypted connection could not be established."""


class FrigateTLSUntrustedError(FrigateTLSError):
    """The certificate is self-signed, expired, or issued for another name."""


class FrigateTLSProtocolError(FrigateTLSError):
    """One side spoke TLS and the other plain HTTP, or no common TLS version exists."""


class VideoFault(StrEnum):
    """Why a stream has no live video."""

    UNKNOWN_STREAM = "unknown_stream"
    """go2rtc has no stream of this name."""
    OTHER_CODEC = "other_codec"
    """It is not H.264, but H.265 for example."""
    NO_SOURCE = "no_source"
    """The camera does not answer, or not with video."""


class FrigateVideoError(FrigateError):
    """The server answered, but has no live video of this stream, for the reason `kind`."""

    def __init__(self, message: str, kind: VideoFault) -> None:
        """Keep the message and the reason."""
        super().__init__(message)
        self.kind = kind


class FrigateResponseError(FrigateError):
    """The server answered, but not with what the request asked for."""

    def __init__(self, message: str, status: int) -> None:
        """Keep the message and the HTTP status of the response."""
        super().__init__(message)
        self.status = status
        self.url: URL | None = None
        """The URL that answered, after redirects on the same host."""


class FrigateBadRequestError(FrigateResponseError):
    """400: the server does not accept the request."""


class FrigateSearchDisabledError(FrigateBadRequestError):
    """400 to a search in words: semantic search is not enabled."""


class FrigateGenAiDisabledError(FrigateBadRequestError):
    """400 to what a language model has to write: generative AI is not enabled."""


class FrigateAuthError(FrigateResponseError):
    """401: not logged in, or with a login that the server does not accept.

    `session_lost` is set for nginx's answer to a missing or expired session, after which
    a new login may help. It is not set where the account itself is refused, such as for
    a wrong password.
    """

    def __init__(
        self, message: str, status: int = 401, *, session_lost: bool = False
    ) -> None:
        """Keep the message and whether a new login may help."""
        super().__init__(message, status)
        self.session_lost = session_lost


class FrigateWrongPasswordError(FrigateResponseError):
    """401 to a change of password: the current password is wrong; the login is valid."""


class FrigateForbiddenError(FrigateResponseError):
    """403: logged in, but the role does not allow this."""


class FrigateNotFoundError(FrigateResponseError):
    """404: no such route, camera, user, export or file."""


class FrigateConflictError(FrigateResponseError):
    """409: the request conflicts with the state of the server."""


class FrigateRangeError(FrigateResponseError):
    """416: the file ends before the range of bytes that was asked for."""

    def __init__(self, message: str, status: int, size: int | None) -> None:
        """Keep the size of the whole file in bytes, if the server tells it."""
        super().__init__(message, status)
        self.size = size


class FrigateValidationError(FrigateResponseError):
    """422: fields are missing or invalid; `fields` names them."""

    def __init__(self, message: str, status: int, fields: tuple[str, ...]) -> None:
        """Keep the message and the names of the fields, such as `body.password`."""
        super().__init__(message, status)
        self.fields = fields


class FrigateRateLimitError(FrigateResponseError):
    """429: too many requests; try again after `retry_after` seconds."""

    def __init__(self, message: str, status: int, retry_after: float) -> None:
        """Keep the message and the seconds to wait."""
        super().__init__(message, status)
        self.retry_after = retry_after


class FrigateServerError(FrigateResponseError):
    """5xx: Frigate itself failed."""


class FrigateTooLongError(FrigateServerError):
    """503 to a period of video that has more recordings than Frigate puts together."""


class FrigateStartingError(FrigateServerError):
    """502, 503, or nginx's own 500: Frigate is starting, stopping, or not running."""


class FrigateContentError(FrigateResponseError):
    """A successful status, but content that is not Frigate's."""


class FrigateRedirectError(FrigateContentError):
    """A redirect that is not followed, such as to the login page of a proxy."""

    def __init__(self, message: str, status: int, location: str) -> None:
        """Keep the target of the redirect, without its query."""
        super().__init__(message, status)
        self.location = location


class FrigateHTMLError(FrigateContentError):
    """An HTML page where data was expected: a login page, or another server."""


class FrigateDataError(FrigateContentError):
    """Invalid JSON, or JSON of another shape than the route returns."""


class FrigateTooLargeError(FrigateContentError):
    """A response body larger than the limit of the request."""
