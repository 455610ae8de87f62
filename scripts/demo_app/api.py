"""The part of Home Assistant's REST and WebSocket API that the demo uses."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import itertools
from typing import Any, Self

import aiohttp

from . import DemoError

type Json = dict[str, Any]

FLOWS = "/api/config/config_entries/flow"
"""Where dialogs begin that add something, or change it; each goes on below it."""

# A bound for what hangs, generous because other work may keep the machine busy.
_TIMEOUT = aiohttp.ClientTimeout(total=90)


class Api:
    """One logged-in user of one Home Assistant."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        """Begin without a login."""
        self._session = session
        self.base_url = base_url
        self._token = ""

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    async def create_owner(self, name: str, username: str, password: str) -> None:
        """Create the first user, which onboarding waits for, and log in."""
        client_id = f"{self.base_url}/"
        created = await self.post(
            "/api/onboarding/users",
            {
                "client_id": client_id,
                "name": name,
                "username": username,
                "password": password,
                "language": "en",
            },
        )
        await self._redeem(client_id, created["auth_code"])

    async def log_in(self, username: str, password: str) -> None:
        """Log in as an app does; each login has tokens of its own."""
        client_id = f"{self.base_url}/"
        flow = await self.post(
            "/auth/login_flow",
            {
                "client_id": client_id,
                "handler": ["homeassistant", None],
                "redirect_uri": client_id,
            },
        )
        done = await self.post(
            f"/auth/login_flow/{flow['flow_id']}",
            {"client_id": client_id, "username": username, "password": password},
        )
        await self._redeem(client_id, done["result"])

    def without_login(self) -> Self:
        """Return the same Home Assistant for somebody else, who has yet to log in."""
        return type(self)(self._session, self.base_url)

    async def _redeem(self, client_id: str, code: str) -> None:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": client_id,
        }
        async with self._session.post(
            f"{self.base_url}/auth/token", data=form, timeout=_TIMEOUT
        ) as response:
            self._token = (await _json(response))["access_token"]

    async def get(self, path: str) -> Any:
        """Return the JSON answer to a GET."""
        async with self._session.get(
            self.base_url + path, headers=self._headers, timeout=_TIMEOUT
        ) as response:
            return await _json(response)

    async def post(self, path: str, body: Json) -> Any:
        """Return the JSON answer to a POST."""
        async with self._session.post(
            self.base_url + path, json=body, headers=self._headers, timeout=_TIMEOUT
        ) as response:
            return await _json(response)

    async def render_template(self, template: str) -> str:
        """Return what a template prints."""
        async with self._session.post(
            f"{self.base_url}/api/template",
            json={"template": template},
            headers=self._headers,
            timeout=_TIMEOUT,
        ) as response:
            if response.status != 200:
                raise DemoError(f"A template was answered with {response.status}.")
            return await response.text()

    @asynccontextmanager
    async def open(self, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open a picture or a stream of pictures."""
        async with self._session.get(
            self.base_url + path, headers=self._headers, timeout=_TIMEOUT
        ) as response:
            if response.status != 200:
                raise DemoError(f"GET {path} was answered with {response.status}.")
            yield response

    async def fetch(
        self, path: str, *, logged_in: bool = True, status: int = 200, **headers: str
    ) -> tuple[Mapping[str, str], bytes]:
        """Return headers and body of the answer to a GET."""
        async with self._session.get(
            self.base_url + path,
            headers=headers | (self._headers if logged_in else {}),
            timeout=_TIMEOUT,
        ) as response:
            if response.status != status:
                raise DemoError(f"GET {path} was answered with {response.status}.")
            return response.headers, await response.read()

    async def commands(self, *commands: Json) -> list[Any]:
        """Send commands over one WebSocket and return their results."""
        async with self._session.ws_connect(
            f"{self.base_url}/api/websocket", max_msg_size=0
        ) as socket:
            await socket.receive_json(timeout=10)
            await socket.send_json({"type": "auth", "access_token": self._token})
            await socket.receive_json(timeout=10)
            return [
                await _command(socket, number, command)
                for number, command in zip(itertools.count(1), commands, strict=False)
            ]


async def _json(response: aiohttp.ClientResponse) -> Any:
    if response.status >= 400:
        text = (await response.text())[:300]
        raise DemoError(
            f"{response.method} {response.url.path} was answered with "
            f"{response.status}: {text}"
        )
    return await response.json()


async def _command(
    socket: aiohttp.ClientWebSocketResponse, number: int, command: Json
) -> Any:
    await socket.send_json({"id": number, **command})
    answer: Json = await socket.receive_json(timeout=30)
    if not answer.get("success"):
        raise DemoError(f"{command['type']} failed: {answer.get('error')}")
    return answer["result"]
