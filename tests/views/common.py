"""Who watches in the tests of the views, and what they see."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import ClientResponse, hdrs
from pytest_homeassistant_custom_component.common import (
    CLIENT_ID,
    MockConfigEntry,
    MockUser,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.auth.models import User
from homeassistant.auth.permissions import PermissionLookup
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.services.common import camera_entity

# Whatever else an answer has, Home Assistant or aiohttp has added.
OURS = {
    "accept-ranges",
    "cache-control",
    "content-length",
    "content-range",
    "content-security-policy",
    "content-type",
    "etag",
    "last-modified",
    "retry-after",
    "x-frigate-http-reason",
}
ADDED = {
    "connection",
    "date",
    "referrer-policy",
    "server",
    "transfer-encoding",
    "x-content-type-options",
    "x-frame-options",
}


@dataclass(frozen=True)
class Seen:
    """An answer that was read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Watcher:
    """A user of Home Assistant in a browser, who comes when the views are there."""

    def __init__(
        self, hass_client: ClientSessionGenerator, token: str | None = None
    ) -> None:
        """Log in with a token; as Home Assistant's administrator without one."""
        self._log_in = partial(hass_client, token) if token else hass_client
        self._client: Any = None

    async def open(
        self, url: str, method: str = "GET", **headers: str
    ) -> ClientResponse:
        """Ask for something; underscores in the names of headers stand for dashes."""
        if self._client is None:
            self._client = await self._log_in()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        response: ClientResponse = await self._client.request(method, url, headers=sent)
        return response

    async def see(self, url: str, method: str = "GET", **headers: str) -> Seen:
        """Ask for something, and check that the answer has no header of Frigate's."""
        async with await self.open(url, method, **headers) as response:
            body = await response.read()
            assert {one.lower() for one in response.headers} <= OURS | ADDED
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            if response.status < 400:
                policy = response.headers["Content-Security-Policy"]
                assert policy == "default-src 'none'; media-src 'self'"
            return Seen(response.status, response.headers.copy(), body)

    async def status(self, url: str) -> int:
        """Return the status of an answer."""
        return (await self.see(url)).status


async def watcher_of(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, user: User
) -> Watcher:
    """Return a user who is logged in."""
    refresh = await hass.auth.async_create_refresh_token(user, CLIENT_ID)
    return Watcher(hass_client, hass.auth.async_create_access_token(refresh))


def guest_of(hass: HomeAssistant, entry: MockConfigEntry, camera: str) -> MockUser:
    """Return a user who may see one camera only."""
    user = MockUser().add_to_hass(hass)
    user.perm_lookup = PermissionLookup(er.async_get(hass), dr.async_get(hass))
    entities = {camera_entity(hass, entry, camera): {"read": True}}
    user.mock_policy({"entities": {"entity_ids": entities}})
    return user


def length_of(seen: Seen) -> int:
    """Return the number of bytes that an answer announces."""
    return int(seen.headers[hdrs.CONTENT_LENGTH])
