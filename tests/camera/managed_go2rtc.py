"""A stand-in for the go2rtc that Home Assistant runs: what Home Assistant asks of it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
import socket
from typing import override

from aiohttp import ClientSession, TCPConnector, web
from aiohttp.abc import AbstractResolver, ResolveResult
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components import go2rtc
from homeassistant.core import HomeAssistant

ANSWER = "v=0 an answer"
_HOST = "127.0.0.1"
SCHEMES = ["ffmpeg", "http", "https", "rtsp"]


@dataclass
class StandIn:
    """Remembers what it was told: the sources of each stream, and the offers."""

    streams: dict[str, list[str]] = field(default_factory=dict)
    preloaded: set[str] = field(default_factory=set)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)

    @property
    def app(self) -> web.Application:
        """Return its API."""
        app = web.Application()
        app.router.add_get("/api", self._info)
        app.router.add_get("/api/schemes", self._schemes)
        app.router.add_get("/api/ws", self._socket)
        app.router.add_route("*", "/api/streams", self._streams)
        app.router.add_route("*", "/api/preload", self._preload)
        return app

    async def _info(self, _request: web.Request) -> web.Response:
        return web.json_response({"version": "1.9.14"})

    async def _schemes(self, _request: web.Request) -> web.Response:
        return web.json_response(SCHEMES)

    async def _streams(self, request: web.Request) -> web.Response:
        if request.method == "PUT":
            self.streams[request.query["name"]] = request.query.getall("src")
        return web.json_response(
            {
                name: {"producers": [{"url": source} for source in sources]}
                for name, sources in self.streams.items()
            }
        )

    async def _preload(self, request: web.Request) -> web.Response:
        if request.method == "PUT":
            self.preloaded.add(request.query["src"])
        if request.method == "DELETE":
            self.preloaded.discard(request.query["src"])
        return web.json_response({name: {"query": ""} for name in self.preloaded})

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if json.loads(message.data)["type"] == "webrtc":
                answer = {"type": "answer", "sdp": ANSWER}
                await socket.send_json({"type": "webrtc", "value": answer})
        return socket


class _Resolver(AbstractResolver):
    """Finds the stand-in under every name."""

    def __init__(self, port: int) -> None:
        """Let it listen at a port of this machine."""
        self._port = port

    @override
    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        flags = socket.AI_NUMERICHOST
        return [
            ResolveResult(
                hostname=host,
                host=_HOST,
                port=self._port,
                family=socket.AF_INET,
                proto=0,
                flags=flags,
            )
        ]

    @override
    async def close(self) -> None:
        """Do nothing."""


@asynccontextmanager
async def running(
    hass: HomeAssistant, url: str = go2rtc.HA_MANAGED_URL
) -> AsyncGenerator[StandIn]:
    """Let Home Assistant's go2rtc integration use one that it finds under a URL."""
    stand_in = StandIn()
    runner = web.AppRunner(stand_in.app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, _HOST, 0).start()
    resolver = _Resolver(runner.addresses[0][1])
    session = ClientSession(connector=TCPConnector(resolver=resolver))
    hass.data[go2rtc.DOMAIN] = go2rtc.Go2RtcConfig(url, session)
    entry: MockConfigEntry = MockConfigEntry(domain=go2rtc.DOMAIN)
    entry.add_to_hass(hass)
    try:
        await go2rtc.async_setup_entry(hass, entry)
        await hass.async_block_till_done()
        yield stand_in
    finally:
        await session.close()
        await runner.cleanup()
