"""How a request proves who sends it: the credentials, and the login of an account."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
import re
import time
from types import MappingProxyType

from aiohttp import encode_basic_auth, hdrs

from .errors import (
    FrigateArgumentError,
    FrigateAuthError,
    FrigateNotFoundError,
    FrigateRateLimitError,
    FrigateResponseError,
    FrigateServerError,
    FrigateStartingError,
)

FIRST_BACKOFF = 30.0
MAX_BACKOFF = 900.0
"""Seconds for which a refused login is not tried again; doubled each time.

Frigate's `auth.failed_login_rate_limit` counts every login, successful ones included.
"""

# As in `Basic <secret>` and in `session=<secret>; theme=dark`.
_BETWEEN_PARTS = re.compile(r"[\s;,]+|(?<=[\w-])=(?!=|$)")
_MIN_PART_LENGTH = 8

type PostLogin = Callable[[str, str], Awaitable[None]]
"""Sends `POST /api/login` with user and password; the cookie jar keeps the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The credentials for a server and for a reverse proxy in front of it.

    `username` and `password` are those of a Frigate account. `token` is sent as a bearer
    token; Frigate's own tokens expire after 24 hours and are not renewed.
    `proxy_username` and `proxy_password` are sent as Basic authentication, which Frigate
    ignores and a reverse proxy may require. `headers` are sent with every request.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    proxy_username: str | None = None
    proxy_password: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )

    def __post_init__(self) -> None:
        """Validate that all of them fit into one request.

        Raises:
            FrigateArgumentError: two of them need the `Authorization` header, or the
                user name for Basic authentication contains a colon.
        """
        if ":" in (self.proxy_username or ""):
            raise FrigateArgumentError("A user name for a proxy cannot hold a colon")
        uses_header = [
            self.token is not None,
            self.proxy_username is not None,
            any(name.lower() == "authorization" for name in self.headers),
        ]
        if sum(uses_header) > 1:
            raise FrigateArgumentError(
                "A bearer token, Basic authentication and an Authorization header "
                "exclude each other"
            )

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return every value that must not appear in a log or an error."""
        account = f"{self.username}:{self.password}" if self.password else None
        values = (account, self.password, self.token, self.proxy_password)
        headers = (part for one in self.as_headers().values() for part in _parts(one))
        return tuple(value for value in (*values, *headers) if value)

    def as_headers(self) -> dict[str, str]:
        """Return the headers to send with every request."""
        headers = dict(self.headers)
        if self.token is not None:
            headers[hdrs.AUTHORIZATION] = f"Bearer {self.token}"
        if self.proxy_username is not None:
            headers[hdrs.AUTHORIZATION] = encode_basic_auth(
                self.proxy_username, self.proxy_password or "", "utf-8"
            )
        return headers


def _parts(header: str) -> Iterator[str]:
    """Yield the value of a header, and the parts of it that may be secrets themselves."""
    yield header
    for part in _BETWEEN_PARTS.split(header):
        if _MIN_PART_LENGTH <= len(part) < len(header):
            yield part


class Login:
    """The login of one account: made when needed, one at a time, with a backoff.

    The session cookie itself is kept by the cookie jar, because the server chooses its
    name and renews it. This class counts logins, as `generation`: a request remembers
    which login it was sent with, so that many requests refused together cause one new
    login and not one each.
    """

    def __init__(self, credentials: Credentials, post_login: PostLogin) -> None:
        """Prepare for an account, or for none; nothing is sent before `run`."""
        self._account: tuple[str, str] | None = None
        if credentials.username is not None and credentials.password is not None:
            self._account = credentials.username, credentials.password
        self._post_login = post_login
        self._lock = asyncio.Lock()
        self._refusal: FrigateResponseError | None = None
        self._refused_until = 0.0
        self._refused_generation = -1
        self._backoff = FIRST_BACKOFF
        self._generation = 0

    def change_password(self, password: str) -> None:
        """Use another password with the next login."""
        if self._account is not None:
            self._account = self._account[0], password
            self._refusal = None
            self._backoff = FIRST_BACKOFF

    async def run[T](
        self,
        send: Callable[[], Awaitable[T]],
        *,
        renews: bool = True,
        proves_login: bool = True,
    ) -> T:
        """Log in if that was not done yet, send, and send again if the login was lost.

        Args:
            send: sends the request.
            renews: log in again if the login turns out to be lost.
            proves_login: whether a refusal right after a login means that the account is
                refused, which starts the backoff. A proxy may refuse a single route.

        Raises:
            FrigateAuthError: the server refuses the account, now or during the backoff.
            FrigateRateLimitError: too many logins; nothing is sent during the backoff.
            FrigateError: any other error of the request or of the login.
        """
        generation, is_renewed = await self._ensure(), False
        while True:
            try:
                result = await send()
            except FrigateAuthError as err:
                if is_renewed and proves_login:
                    self._note_rejected(generation, err)
                is_lost = err.session_lost and self._account is not None
                if is_renewed or not (is_lost and renews):
                    raise
                generation, is_renewed = await self._renew(generation), True
            else:
                self._note_accepted(generation)
                return result

    async def _ensure(self) -> int:
        """Log in unless that was done, and return the current generation."""
        if self._account is not None and self._generation == 0:
            return await self._renew(0)
        return self._generation

    async def _renew(self, generation: int) -> int:
        """Log in again, unless another request has done so since `generation`.

        Returns the current generation.
        """
        # Requests that were refused together wait here for the first one to log in.
        async with self._lock:
            if self._account is None or self._generation != generation:
                return self._generation
            self._raise_while_backing_off()
            try:
                await self._post_login(*self._account)
            except FrigateRateLimitError as err:
                self._back_off(err, err.retry_after)
                raise
            except FrigateAuthError as err:
                self._back_off(err)
                raise
            except FrigateStartingError:
                raise
            except FrigateNotFoundError, FrigateServerError:
                # Frigate with authentication switched off answers 404 (0.18) or 500
                # (0.17) here. Then no login is needed, and the request itself succeeds.
                pass
            self._generation += 1
            return self._generation

    def _note_rejected(self, generation: int, err: FrigateAuthError) -> None:
        """Back off because the server refused a request right after a login.

        Many requests refused with the same login count as one refusal.
        """
        if generation > self._refused_generation:
            self._back_off(err)

    def _note_accepted(self, generation: int) -> None:
        """End the backoff because the server accepted a request with this login.

        Only a login newer than the refusal proves anything: some routes need no login,
        and their success must not end the backoff of a wrong password.
        """
        if generation > self._refused_generation:
            self._refusal = None
            self._backoff = FIRST_BACKOFF

    def _back_off(self, err: FrigateResponseError, pause: float = 0.0) -> None:
        self._refusal = err
        self._refused_generation = self._generation
        self._refused_until = time.monotonic() + max(pause, self._backoff)
        self._backoff = min(self._backoff * 2, MAX_BACKOFF)

    def _raise_while_backing_off(self) -> None:
        if self._refusal is None:
            return
        left = self._refused_until - time.monotonic()
        if left <= 0:
            return
        # A new error each time: the traceback of one that is raised again keeps growing.
        if isinstance(self._refusal, FrigateRateLimitError):
            raise FrigateRateLimitError(
                self._refusal.message, self._refusal.status, left
            )
        raise FrigateAuthError(self._refusal.message, self._refusal.status)
