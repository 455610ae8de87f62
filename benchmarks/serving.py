"""Home Assistant's HTTP server, with somebody who is logged in, and a bare proxy to compare."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
import re

import aiohttp
from aiohttp import web
from pytest_homeassistant_custom_component.common import CLIENT_ID
from yarl import URL

from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.auth.models import RefreshToken
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant

_URI = re.compile(r'URI="(.+)"')


class Site:
    """What a person asks Home Assistant for over HTTP."""

    def __init__(self, hass: HomeAssistant, login: RefreshToken) -> None:
        """Serve somebody with a login."""
        self._hass = hass
        self._login = login

    @property
    def url(self) -> str:
        """Return where Home Assistant is."""
        return f"http://127.0.0.1:{self._hass.http.server_port}"

    @property
    def token(self) -> str:
        """Return what the WebSocket asks for."""
        return self._hass.auth.async_create_access_token(self._login)

    def signed(self, path: str) -> str:
        """Return the URL of a path, which needs no login for an hour."""
        hour = timedelta(hours=1)
        path = async_sign_path(self._hass, path, hour, refresh_token_id=self._login.id)
        return f"{self.url}{path}"


@asynccontextmanager
async def serving(hass: HomeAssistant) -> AsyncGenerator[Site]:
    """Let Home Assistant answer over HTTP."""
    user = await hass.auth.async_create_user("Ana", group_ids=[GROUP_ID_ADMIN])
    login = await hass.auth.async_create_refresh_token(user, CLIENT_ID)
    await hass.http.start()
    yield Site(hass, login)
    await hass.http.stop()


@asynccontextmanager
async def bare_proxy(target: str) -> AsyncGenerator[str]:
    """Run the least that passes on what another server answers; yields its URL."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        async with session.get(f"{target}{request.path_qs}") as source:
            response = web.StreamResponse()
            response.content_type = source.content_type
            response.content_length = source.content_length
            await response.prepare(request)
            with suppress(ConnectionError):
                async for chunk in source.content.iter_any():
                    await response.write(chunk)
            return response

    async with aiohttp.ClientSession() as session:
        runner = web.ServerRunner(web.Server(answer))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()


async def files_of(master: str) -> tuple[str, list[str]]:
    """Return the URLs of the playlist in a playlist, and of the files that it names."""
    async with aiohttp.ClientSession() as session:
        (playlist,) = await _named_in(session, master)
        return playlist, await _named_in(session, playlist)


async def _named_in(session: aiohttp.ClientSession, url: str) -> list[str]:
    async with session.get(url, raise_for_status=True) as response:
        lines = (await response.text()).splitlines()
    names = [found[1] for one in lines if (found := _URI.search(one))]
    names += [one for one in lines if one and not one.startswith("#")]
    base = URL(url).with_query(None)
    return [str(base.join(URL(one))) for one in names]


async def curl(urls: Sequence[str], *options: str) -> int:
    """Fetch URLs one after the other on one connection; return how many bytes came.

    Raises:
        RuntimeError: an answer was an error, or not all of it.
    """
    size = ("--write-out", "%{size_download}\n")
    outputs = [part for url in urls for part in ("-o", "/dev/null", url)]
    process = await asyncio.create_subprocess_exec(
        *("curl", "-sSf", *size, *options, *outputs), stdout=asyncio.subprocess.PIPE
    )
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise RuntimeError(f"curl has failed: {process.returncode}")
    return sum(map(int, output.split()))
