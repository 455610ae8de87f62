"""The accounts of Frigate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .errors import FrigateDataError
from .parsing import as_dict, as_str
from .transport import Transport


@dataclass(frozen=True, slots=True)
class User:
    """An account."""

    username: str
    role: str | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"username", "role"}`; None without a name."""
        username = as_str(data.get("username"))
        return None if username is None else cls(username, as_str(data.get("role")))


class Users:
    """Accounts and their roles; for administrators only.

    Every method raises `FrigateForbiddenError` for everybody else, and `FrigateError`
    for anything but a good answer.
    """

    def __init__(self, transport: Transport) -> None:
        """Speak through a transport."""
        self._transport = transport

    async def list(self, *, fresh: bool = False) -> tuple[User, ...]:
        """Return all accounts (`GET /api/users`).

        Raises:
            FrigateDataError: the answer is no list of accounts.
        """
        answer = await self._transport.request("GET", "api", "users", fresh=fresh)
        users = [User.from_api(as_dict(one)) for one in answer.json(list)]
        if None in users:
            raise FrigateDataError("This is not a list of users", answer.status)
        return tuple(user for user in users if user is not None)
