"""The user accounts of Frigate."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

from .errors import FrigateForbiddenError, FrigateNotFoundError
from .parsing import as_name
from .resource import Resource
from .routes import Route, route
from .system import System
from .transport import Transport


@dataclass(frozen=True, slots=True)
class User:
    """A user account."""

    username: str
    role: str | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"username", "role"}`; None without a name."""
        username = as_name(data.get("username"))
        return None if username is None else cls(username, as_name(data.get("role")))


class Users(Resource):
    """User accounts and their roles, for administrators only.

    Every method raises `FrigateForbiddenError` for other accounts.
    """

    def __init__(self, transport: Transport, system: System) -> None:
        """Send everything through a transport, as the version of the server wants it."""
        super().__init__(transport)
        self._system = system

    async def list(self, *, fresh: bool = False) -> tuple[User, ...]:
        """Return all accounts (`GET /api/users`).

        Raises:
            FrigateDataError: the answer is not a list of accounts.
        """
        answer = await self._transport.request("GET", "/api/users", fresh=fresh)
        return answer.models(User.from_api, "This is not a list of users")

    async def create(self, username: str, password: str, role: str) -> None:
        """Create an account (`POST /api/users`).

        Raises:
            FrigateBadRequestError: the name, the password or the role is invalid.
            FrigateServerError: the name is taken, among other reasons.
        """
        data = {"username": username, "password": password, "role": role}
        await self._command("POST", route("/api/users"), data)

    async def delete(self, username: str) -> None:
        """Delete an account (`DELETE /api/users/{name}`).

        Frigate also reports success if there is no such account. Sessions of the account
        stay valid until they expire.

        Raises:
            FrigateForbiddenError: also for `admin`, which cannot be deleted.
        """
        await self._command("DELETE", route("/api/users/{name}", name=username))

    async def set_password(
        self, username: str, password: str, current: str | None = None
    ) -> None:
        """Set a password (`PUT /api/users/{name}/password`).

        Accounts that are not administrators may only set their own, and must send the
        current password, which Frigate checks since 0.17.

        Raises:
            FrigateNotFoundError: there is no such account.
            FrigateBadRequestError: the password is too short, or the current one missing.
            FrigateWrongPasswordError: the current password is wrong.
        """
        if self._system.capabilities.reports_unknown_accounts is False:
            await self._require(username)
        data = {"password": password}
        if current is not None:
            data["old_password"] = current
        target = route("/api/users/{name}/password", name=username)
        await self._command("PUT", target, data)

    async def _require(self, username: str) -> None:
        """Raise FrigateNotFoundError if there is no such account."""
        # Whoever is not an administrator may list no accounts, and change only the own one.
        with suppress(FrigateForbiddenError):
            if all(one.username != username for one in await self.list(fresh=True)):
                raise FrigateNotFoundError("User not found", HTTPStatus.NOT_FOUND)

    async def set_role(self, username: str, role: str) -> None:
        """Set a role (`PUT /api/users/{name}/role`).

        Frigate also reports success if there is no such account. Existing sessions keep
        the previous role.

        Raises:
            FrigateForbiddenError: also for the account `admin`.
            FrigateBadRequestError: there is no such role.
        """
        target = route("/api/users/{name}/role", name=username)
        await self._command("PUT", target, {"role": role})

    async def _command(
        self, method: str, target: Route, data: Mapping[str, str] | None = None
    ) -> None:
        """Send a command, whose answer contains nothing but its success."""
        answer = await self._transport.request(method, target, data=data)
        answer.refuse_html()
