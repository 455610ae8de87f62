"""The server as a whole: version, account, stats, configuration and restart."""

from dataclasses import replace
import time
from typing import Any

from aiohttp import hdrs
from yarl import URL

from .capabilities import Capabilities
from .clock import ServerClock
from .configuration import Config
from .errors import FrigateDataError
from .models import Identity, Profile, Version
from .resource import Resource
from .schema import refuse_large
from .stats import Stats
from .transport import Transport

VERSION_ROUTE = "/api/version"
HEALTHY = "Frigate is running"


def base_of(url: URL) -> URL:
    """Return the base URL from the URL at which `/api/version` answered."""
    return url.with_path(url.path.removesuffix(VERSION_ROUTE) or "/")


class System(Resource):
    """The server as a whole."""

    def __init__(self, transport: Transport) -> None:
        """Send everything through a transport."""
        super().__init__(transport)
        self.capabilities = Capabilities()
        """Capabilities of the version in the last answer that should contain it."""
        self.clock = ServerClock()
        """The server's clock, by its stats past the cache."""

    async def ensure_capabilities(self) -> Capabilities:
        """Return the capabilities; ask for the version only if it is not known.

        Raises the same errors as `version`.
        """
        if self.capabilities.version is None:
            await self.version()
        return self.capabilities

    async def health(self) -> str:
        """Return the health text of the server, on one line (`GET /api/`).

        Raises:
            FrigateDataError: it is not Frigate's.
        """
        answer = await self._transport.request("GET", "/api/")
        text = answer.shown(answer.text())
        if not text.startswith(HEALTHY):
            raise FrigateDataError("This is not Frigate's health text", answer.status)
        return text

    async def version(self) -> Version:
        """Return the version (`GET /api/version`).

        Raises:
            FrigateDataError: the answer is not a version.
        """
        _base, version = await self.locate()
        return version

    async def locate(self) -> tuple[URL, Version]:
        """Return the version, and the base URL after redirects on the same host.

        Raises the same errors as `version`.
        """
        answer = await self._transport.request("GET", VERSION_ROUTE)
        if (version := Version.parse(answer.text())) is None:
            raise FrigateDataError("This is not a Frigate version", answer.status)
        self.capabilities = Capabilities(version)
        return base_of(answer.url), version

    async def check_auth(self) -> Identity:
        """Return user and role from the headers of `GET /api/auth`.

        Port 5000 answers 401 here, although every other route works without a login: use
        `profile` to test a connection.

        Raises:
            FrigateAuthError: not logged in, or port 5000.
        """
        answer = await self._transport.request("GET", "/api/auth")
        answer.refuse_html()
        return Identity(
            answer.headers.get("remote-user"), answer.headers.get("remote-role")
        )

    async def profile(self, *, fresh: bool = False) -> Profile:
        """Return the account in use (`GET /api/profile`)."""
        answer = await self._transport.request("GET", "/api/profile", fresh=fresh)
        return Profile.from_api(answer.json(dict))

    async def stats(self, *, fresh: bool = False) -> Stats:
        """Return the stats, which Frigate computes every 15 seconds (`GET /api/stats`)."""
        sent_at = time.time()
        answer = await self._transport.request("GET", "/api/stats", fresh=fresh)
        received_at, data = time.time(), answer.json(dict)
        stats = Stats.from_api(data, answer.date)
        # A cache other than Frigate's tells how old its answers are.
        if fresh and stats.last_updated is not None and hdrs.AGE not in answer.headers:
            self.clock.add(stats.last_updated, sent_at, received_at)
        if stats.last_updated is not None and self.clock.is_known:
            # The date of the answer may be by the clock of a proxy.
            age = self.clock.estimate(received_at) - stats.last_updated
            stats = replace(stats, age=age)
        # A restart may have brought another version, or one that is no number.
        self.capabilities = Capabilities(stats.version)
        return stats

    async def config(self, *, fresh: bool = False) -> Config:
        """Return the configuration (`GET /api/config`).

        Raises:
            FrigateDataError: the answer contains no cameras.
        """
        answer = await self._transport.request("GET", "/api/config", fresh=fresh)
        data = answer.json(dict)
        if not isinstance(data.get("cameras"), dict):
            raise FrigateDataError("This configuration has no cameras", answer.status)
        return Config.from_api(data)

    async def config_schema(self) -> dict[str, Any]:
        """Return the JSON schema of the configuration (`GET /api/config/schema.json`).

        Raises:
            FrigateDataError: the answer is not a schema, too large, or nested too deeply.
        """
        answer = await self._transport.request("GET", "/api/config/schema.json")
        schema = answer.json(dict)
        if not isinstance(schema.get("properties"), dict):
            raise FrigateDataError("This is not a schema", answer.status)
        refuse_large(schema)
        return schema

    async def restart(self) -> None:
        """Restart Frigate (`POST /api/restart`), which takes up to a minute.

        Raises:
            FrigateForbiddenError: the account is not an administrator's.
        """
        answer = await self._transport.request("POST", "/api/restart")
        answer.refuse_html()
