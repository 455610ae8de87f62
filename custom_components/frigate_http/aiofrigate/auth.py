"""How a request proves who it is."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
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

FIRST_PAUSE = 30.0
LONGEST_PAUSE = 900.0
"""How long a refused login is not tried again, in seconds; doubled each time."""

type PostLogin = Callable[[str, str], Awaitable[None]]
"""Sends `POST /api/login` with user and password; the cookie jar keeps the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """All that a server and the proxies before it may ask for.

    `username` and `password` are a Frigate account. `token` is sent as a bearer token;
    Frigate's own end after 24 hours and are not renewed. `proxy_username` and
    `proxy_password` are sent as Basic authentication, which Frigate ignores and a
    reverse proxy may want. `headers` are sent as they are.
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
        """Refuse what cannot stand in one request.

        Raises:
            FrigateArgumentError: two of them want the `Authorization` header, or the
                user name for Basic authentication holds a colon.
        """
        if ":" in (self.proxy_username or ""):
            raise FrigateArgumentError("A user name for a proxy cannot hold a colon")
        wanting = [
            self.token is not None,
            self.proxy_username is not None,
            any(name.lower() == "authorization" for name in self.headers),
        ]
        if sum(wanting) > 1:
            raise FrigateArgumentError(
                "A bearer token, Basic authentication and an Authorization header "
                "exclude each other"
            )

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return every value that must not show up in a log or an error."""
        sent = self.as_headers().get(hdrs.AUTHORIZATION, "")
        values = (
            *(self.password, self.token, self.proxy_password),
            *(sent, sent.partition(" ")[2]),
            *self.headers.values(),
        )
        return tuple(value for value in values if value)

    def as_headers(self) -> dict[str, str]:
        """Return the headers that go with every request."""
        headers = dict(self.headers)
        if self.token is not None:
            headers[hdrs.AUTHORIZATION] = f"Bearer {self.token}"
        if self.proxy_username is not None:
            headers[hdrs.AUTHORIZATION] = encode_basic_auth(
                self.proxy_username, self.proxy_password or "", "utf-8"
            )
        return headers


class Session:
    """The login of one account: made when needed, one at a time, never hammered.

    The cookie itself lives in the client session's jar, so that the server may name
    and renew it as it likes. What is counted here is the `generation`: a request
    remembers which login it was sent with, so that many requests refused together
    cause one new login and not one each.
    """

    def __init__(self, credentials: Credentials) -> None:
        """Prepare for an account, or for none."""
        self._account: tuple[str, str] | None = None
        if credentials.username is not None and credentials.password is not None:
            self._account = credentials.username, credentials.password
        self._lock = asyncio.Lock()
        self._refusal: FrigateResponseError | None = None
        self._refused_until = 0.0
        self._refused_generation = -1
        self._pause = FIRST_PAUSE
        self.generation = 0

    @property
    def has_account(self) -> bool:
        """Return whether there is an account to log in with."""
        return self._account is not None

    def change_password(self, password: str) -> None:
        """Use another password with the next login."""
        if self._account is not None:
            self._account = self._account[0], password
            self._refusal = None
            self._pause = FIRST_PAUSE

    async def ensure(self, post_login: PostLogin) -> int:
        """Log in unless that was done, and return the generation now in force.

        Raises:
            FrigateAuthError: the server refuses the account, now or a moment ago.
            FrigateRateLimitError: too many logins; nothing is sent before its pause.
            FrigateError: the login could not be sent.
        """
        if self.has_account and self.generation == 0:
            return await self.renew(0, post_login)
        return self.generation

    async def renew(self, generation: int, post_login: PostLogin) -> int:
        """Log in again unless another request has done so since `generation`.

        Returns the generation now in force, and raises the same errors as `ensure`.
        """
        async with self._lock:
            if self._account is None or self.generation != generation:
                return self.generation
            self._raise_while_refused()
            try:
                await post_login(*self._account)
            except FrigateRateLimitError as err:
                self._refuse(err, err.retry_after)
                raise
            except FrigateAuthError as err:
                self._refuse(err)
                raise
            except FrigateStartingError:
                raise
            except FrigateNotFoundError, FrigateServerError:
                # Frigate without authentication answers 404 (0.18) or 500 (0.17) here
                # and needs no login: the request itself will tell.
                pass
            self.generation += 1
            return self.generation

    def rejected(self, generation: int, err: FrigateAuthError) -> None:
        """Note that the server refused what a login had only just given.

        However many requests it was refused to, it counts as one refusal.
        """
        if generation > self._refused_generation:
            self._refuse(err)

    def accepted(self, generation: int) -> None:
        """Note that the server took a login, which ends the pauses.

        Only a login made since the refusal proves anything: there may be routes that
        need none, and they must not end the pause of a wrong password.
        """
        if generation > self._refused_generation:
            self._refusal = None
            self._pause = FIRST_PAUSE

    def _refuse(self, err: FrigateResponseError, pause: float = 0.0) -> None:
        self._refusal = err
        self._refused_generation = self.generation
        self._refused_until = time.monotonic() + max(pause, self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _raise_while_refused(self) -> None:
        if self._refusal is None:
            return
        left = self._refused_until - time.monotonic()
        if left <= 0:
            return
        if isinstance(self._refusal, FrigateRateLimitError):
            raise FrigateRateLimitError(
                self._refusal.message, self._refusal.status, left
            )
        raise FrigateAuthError(self._refusal.message, self._refusal.status)
