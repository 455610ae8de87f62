"""Who browses in the tests of the media browser, and what they find."""

from typing import Any

from pytest_homeassistant_custom_component.common import CLIENT_ID, MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.media_ids import MediaId
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant

ROOT = f"media-source://{DOMAIN}"

type Node = dict[str, Any]


class Refused(Exception):
    """Home Assistant has answered with an error."""


class Browser:
    """A browser in which somebody is logged in to Home Assistant."""

    def __init__(self, socket: Any) -> None:
        """Use a WebSocket on which Home Assistant knows who it is."""
        self._socket = socket

    async def open(self, where: MediaId | str | None = None) -> Node:
        """Return a folder; that of all servers without an identifier."""
        return await self._ask("browse", where)

    async def children(self, where: MediaId | str | None = None) -> list[Node]:
        """Return what is in a folder."""
        children: list[Node] = (await self.open(where))["children"]
        return children

    async def titles(self, where: MediaId | str | None = None) -> list[str]:
        """Return the titles of what is in a folder."""
        return [one["title"] for one in await self.children(where)]

    async def resolve(self, what: MediaId | str) -> tuple[str, str]:
        """Return the path of an item, without its signature, and its type."""
        found = await self._ask("resolve", what)
        path, _, query = found["url"].partition("?")
        assert query.startswith("authSig=")
        return path, found["mime_type"]

    async def search(
        self, query: str, where: MediaId | str | None = None, **fields: Any
    ) -> list[Node]:
        """Return what the search box finds in a folder."""
        found = await self._ask("search", where, search_query=query, **fields)
        results: list[Node] = found["result"]
        return results

    async def _ask(self, what: str, which: MediaId | str | None, **fields: Any) -> Node:
        if isinstance(which, MediaId):
            which = which.media_content_id
        await self._socket.send_json_auto_id(
            {
                "type": f"media_source/{what}_media",
                "media_content_id": which or ROOT,
                **fields,
            }
        )
        answer: Node = await self._socket.receive_json()
        if not answer["success"]:
            raise Refused(answer["error"]["message"])
        result: Node = answer["result"]
        return result


async def browser_of(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, user: User
) -> Browser:
    """Return the browser of a user."""
    refresh = await hass.auth.async_create_refresh_token(user, CLIENT_ID)
    token = hass.auth.async_create_access_token(refresh)
    return Browser(await hass_ws_client(hass, token))


def id_of(node: Node) -> str:
    """Return the identifier of something that was listed."""
    found: str = node["media_content_id"]
    return found


def kind_of(entry: MockConfigEntry, node: Node) -> str:
    """Return what something is that was listed: the part of its id behind the server."""
    return id_of(node).removeprefix(f"{ROOT}/{entry.entry_id}").lstrip("/")
