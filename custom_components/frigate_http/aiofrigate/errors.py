"""What can go wrong between a client and a Frigate server, as one tree.

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
    └── FrigateResponseError        an answer that is not the one asked for
        ├── FrigateBadRequestError ... FrigateServerError      by status
        └── FrigateContentError     a good status with the wrong content

Every error's text is the server's own words where it sent some, and never holds a
credential.
"""

from yarl import URL


class FrigateError(Exception):
    """Anything that went wrong; catch this to catch all of them."""

    may_have_acted = False
    """Whether it happened to a command, and not to a question or a login before it."""

    def __init__(self, message: str) -> None:
        """Keep the words that explain the error."""
        super().__init__(message)
        self.message = message


class FrigateArgumentError(FrigateError, ValueError):
    """An argument that cannot be sent safely, refused before any request."""


class FrigateClosedError(FrigateError):
    """The client was closed by its owner, before or while something was to be sent."""


class FrigateConnectionError(FrigateError):
    """No complete answer: refused, unknown host, reset, or cut off in the middle."""

    was_repeated = False
    """Whether the same was sent twice, as queries are, and in vain."""


class FrigateUnreachableError(FrigateConnectionError):
    """No connection could be made, so that the server has got nothing."""


class FrigateTimeoutError(FrigateConnectionError):
    """The server did not answer in time."""


class FrigateLiveError(FrigateConnectionError):
    """A command needs the WebSocket, and there is no connection to send it over."""


class FrigateTLSError(FrigateConnectionError):
    """The encrypted connection could not be made."""


class FrigateTLSUntrustedError(FrigateTLSError):
    """The certificate is self-signed, expired, or made for another name."""


class FrigateTLSProtocolError(FrigateTLSError):
    """One side spoke TLS and the other plain HTTP, or no common TLS version exists."""


class FrigateResponseError(FrigateError):
    """The server answered, but not with what was asked for."""

    def __init__(self, message: str, status: int) -> None:
        """Keep the words and the HTTP status of the answer."""
        super().__init__(message)
        self.status = status
        self.url: URL | None = None
        """The address that answered, after redirects on the host."""


class FrigateBadRequestError(FrigateResponseError):
    """400: the request makes no sense to the server."""


class FrigateAuthError(FrigateResponseError):
    """401: no login, or one that the server does not accept.

    `session_lost` tells nginx's answer to a missing or expired session, which a new
    login can cure, from an answer about something else, such as a wrong password.
    """

    def __init__(
        self, message: str, status: int = 401, *, session_lost: bool = False
    ) -> None:
        """Keep the words and whether a new login may help."""
        super().__init__(message, status)
        self.session_lost = session_lost


class FrigateWrongPasswordError(FrigateResponseError):
    """401 to a change of password: the current one is another. The login is good."""


class FrigateForbiddenError(FrigateResponseError):
    """403: logged in, but the role does not allow it."""


class FrigateNotFoundError(FrigateResponseError):
    """404: no such route, camera, user, export or file."""


class FrigateConflictError(FrigateResponseError):
    """409: what was asked for collides with what is there."""


class FrigateValidationError(FrigateResponseError):
    """422: fields are missing or of the wrong type; `fields` names them."""

    def __init__(self, message: str, status: int, fields: tuple[str, ...]) -> None:
        """Keep the words and the names of the fields, such as `body.password`."""
        super().__init__(message, status)
        self.fields = fields


class FrigateRateLimitError(FrigateResponseError):
    """429: too many requests; ask again after `retry_after` seconds."""

    def __init__(self, message: str, status: int, retry_after: float) -> None:
        """Keep the words and the pause to honor, in seconds."""
        super().__init__(message, status)
        self.retry_after = retry_after


class FrigateServerError(FrigateResponseError):
    """5xx: Frigate itself failed."""


class FrigateStartingError(FrigateServerError):
    """502, 503, or nginx's own 500: Frigate is not up yet, or not any more."""


class FrigateContentError(FrigateResponseError):
    """A good status, but content that is not Frigate's."""


class FrigateRedirectError(FrigateContentError):
    """A redirect that is not followed, as a proxy's login page sends it."""

    def __init__(self, message: str, status: int, location: str) -> None:
        """Keep the address pointed at, without its query."""
        super().__init__(message, status)
        self.location = location


class FrigateHTMLError(FrigateContentError):
    """A web page where data was expected: a login page, or another server."""


class FrigateDataError(FrigateContentError):
    """Invalid JSON, or JSON of another shape than the route promises."""


class FrigateTooLargeError(FrigateContentError):
    """A body over the limit of the request."""
