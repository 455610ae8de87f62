"""How the tests of the fake speak to it: plainly, with nothing of ours in between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
import json
from typing import Any

import aiohttp
from PIL import Image, ImageChops

from tests.fake_frigate import FakeFrigate

PASSWORDS = {
    "admin": "frigate-admin-pass-1",
    "viewer1": "viewer-password-1",
    "gate1": "gate-password-1!",
}


class Answer:
    """An answer that has been read to its end."""

    def __init__(self, response: aiohttp.ClientResponse, body: bytes) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def cache(self) -> str | None:
        return self.headers.get("X-Cache-Status")


async def fetch(
    session: aiohttp.ClientSession, url: str, method: str = "GET", **options: Any
) -> Answer:
    """Ask without following redirects and without checking certificates."""
    options = {"ssl": False, "allow_redirects": False, **options}
    async with session.request(method, url, **options) as response:
        return Answer(response, await response.read())


def bearer(server: FakeFrigate, user: str = "admin", **options: Any) -> dict[str, Any]:
    """Return the options that show a token of this user."""
    return {"headers": {"Authorization": f"Bearer {server.token(user, **options)}"}}


def cookie(server: FakeFrigate, user: str = "admin", **options: Any) -> dict[str, Any]:
    """Return the options that show a session cookie of this user."""
    text = f"{server.state.cookie_name}={server.token(user, **options)}"
    return {"headers": {"Cookie": text}}


async def log_in(
    session: aiohttp.ClientSession, server: FakeFrigate, user: str, password: str
) -> Answer:
    """Log in at the external port."""
    body = {"user": user, "password": password}
    return await fetch(session, f"{server.external_url}/api/login", "POST", json=body)


def picture(answer: Answer) -> Image.Image:
    """Return the decoded picture."""
    return Image.open(BytesIO(answer.body)).convert("RGB")


def differ(first: Image.Image, second: Image.Image) -> bool:
    """Whether two pictures of the same size differ."""
    return ImageChops.difference(first, second).getbbox() is not None


@asynccontextmanager
async def stream(
    session: aiohttp.ClientSession, url: str, **options: Any
) -> AsyncIterator[aiohttp.StreamReader]:
    """Open an MJPEG stream."""
    async with session.get(url, ssl=False, **options) as response:
        assert response.status == 200
        kind = response.headers["Content-Type"]
        assert kind == "multipart/x-mixed-replace;boundary=frame"
        yield response.content


async def next_frame(reader: aiohttp.StreamReader) -> bytes:
    """Return the JPEG of the next part."""
    start = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n"
    assert await reader.readexactly(len(start)) == start
    end_of_jpeg = b"\xff\xd9"
    body = await reader.readuntil(end_of_jpeg + b"\r\n\r\n")
    return body.removesuffix(b"\r\n\r\n")
