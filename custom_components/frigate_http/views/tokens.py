"""Tokens: what stands for a login in the paths of HLS files.

A player resolves the names in a playlist against its path. It sends neither a header nor the
signature in the query along, so the path itself has to say who watches what. Tokens are kept
in memory only, and each use of one asks again whether it still holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import math
import secrets
import time

from aiohttp import web

from homeassistant.auth.models import User
from homeassistant.components.http.auth_util import async_user_not_allowed_do_auth
from homeassistant.core import HomeAssistant

TOKEN_LIFETIME = 6 * 3600.0
"""Seconds after the last playlist: twice as long as any video, with pauses in between."""
MAX_TOKENS_OF_USER = 64
MAX_TOKENS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class HlsGrant:
    """What a token stands for: one user, who watches one period of one camera."""

    entry_id: str
    camera: str
    start: float
    """Seconds since the epoch, as `end`."""
    end: float
    user_id: str
    refresh_token_id: str | None
    """The login of the user; None for a connection that Home Assistant itself trusts."""


class HlsTokens:
    """The tokens of all config entries; those that were used least recently are given up."""

    def __init__(self) -> None:
        """Begin without any."""
        # What was used last is at the end. The times are when it expires, and until when
        # that can be put off.
        self._grants: dict[str, tuple[HlsGrant, float, float]] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._grants)

    def issue(self, grant: HlsGrant, seconds: float = math.inf) -> str:
        """Return a new token, which nobody can guess; it ends after so many seconds."""
        now = time.monotonic()
        for token in [one for one, (_, end, _) in self._grants.items() if end <= now]:
            del self._grants[token]
        own = list(self._of_user(grant.user_id))
        if len(own) >= MAX_TOKENS_OF_USER:
            del self._grants[own[0]]
        elif len(self._grants) >= MAX_TOKENS:
            del self._grants[next(iter(self._grants))]
        token = secrets.token_urlsafe(32)
        self._grants[token] = grant, now + min(TOKEN_LIFETIME, seconds), now + seconds
        return token

    def find(self, token: str) -> HlsGrant | None:
        """Return what a token stands for; None if it is unknown or has expired."""
        if (found := self._grants.pop(token, None)) is None:
            return None
        grant, end, _latest = found
        if end <= time.monotonic():
            return None
        self._grants[token] = found
        return grant

    def renew(self, token: str) -> None:
        """Let a token expire later, as its playlist was just read."""
        if self.find(token) is not None:
            grant, _end, latest = self._grants[token]
            end = min(latest, time.monotonic() + TOKEN_LIFETIME)
            self._grants[token] = grant, end, latest

    def revoke(self, token: str) -> None:
        """End a token."""
        self._grants.pop(token, None)

    def _of_user(self, user_id: str) -> Iterator[str]:
        return (
            one for one, (grant, *_) in self._grants.items() if grant.user_id == user_id
        )


async def async_get_viewer(
    hass: HomeAssistant, request: web.Request, grant: HlsGrant
) -> User | None:
    """Return the user of a grant; None if the login behind it has ended.

    That is so when the user was deleted or deactivated, has logged out, or is one for the
    local network only and asks from somewhere else.
    """
    user = await hass.auth.async_get_user(grant.user_id)
    if user is None or async_user_not_allowed_do_auth(hass, user, request):
        return None
    if (
        login := grant.refresh_token_id
    ) is not None and login not in user.refresh_tokens:
        return None
    return user
