"""A reverse proxy of the kind people put before Frigate, with a login of its own."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from .listeners import Listener
from .proxy_live import relay_socket

LOGIN_PAGE = (
    "<html><head><title>Sign in</title></head><body><form></form></body></html>"
)
LOGIN_URL = "https://login.example/authorize"
_HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}


class FrontProxy:
    """Forwards what carries the right credentials, and keeps those to itself."""

    def __init__(
        self,
        upstream_url: str,
        basic: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        redirect_to_login: bool = False,
        login_html: bool = False,
        prefix: str = "",
        websockets: bool = True,
    ) -> None:
        """Stand before a server; `prefix` is the path below which it is to be found.

        Without `websockets`, a handshake arrives there as any other request.
        """
        self._upstream = upstream_url.rstrip("/")
        self._basic = None if basic is None else aiohttp.encode_basic_auth(*basic)
        self._headers = dict(headers or {})
        self._redirect = redirect_to_login
        self._login_html = login_html
        self._prefix = prefix.rstrip("/")
        self._websockets = websockets
        self._session: aiohttp.ClientSession | None = None
        self._listener: Listener | None = None

    @property
    def url(self) -> str:
        """Return the address under which the proxy answers."""
        assert self._listener is not None
        return f"http://127.0.0.1:{self._listener.port}{self._prefix}"

    async def start(self) -> None:
        """Listen on a free port."""
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            connector=aiohttp.TCPConnector(ssl=False, force_close=True),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
        )
        server = web.Server(self._handle, handler_cancellation=True, access_log=None)
        self._listener = Listener(server, None)
        self._listener.open("127.0.0.1", 0)

    async def stop(self) -> None:
        """End every connection."""
        if self._listener is not None:
            await self._listener.close()
            self._listener = None
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if not f"{request.path}/".startswith(f"{self._prefix}/"):
            return web.Response(status=404, text="There is nothing here")
        if (refusal := self._refusal(request)) is not None:
            return refusal
        return await self._forward(request)

    def _refusal(self, request: web.BaseRequest) -> web.Response | None:
        basic = self._basic is None or (
            request.headers.get("Authorization") == self._basic
        )
        if basic and all(
            request.headers.get(name) == value for name, value in self._headers.items()
        ):
            # Such a proxy looks at its own session cookie; nothing else satisfies it.
            only_login = self._basic is None and not self._headers
            if not (only_login and (self._redirect or self._login_html)):
                return None
        if self._redirect:
            return web.Response(status=302, headers={"Location": LOGIN_URL})
        if self._login_html:
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        if not basic:
            challenge = {"WWW-Authenticate": 'Basic realm="Restricted"'}
            return web.Response(status=401, text="Unauthorized", headers=challenge)
        return web.Response(status=403, text="Forbidden")

    def _forwarded_headers(self, request: web.BaseRequest) -> CIMultiDict[str]:
        own = {name.lower() for name in self._headers}
        headers: CIMultiDict[str] = CIMultiDict()
        for name, value in request.headers.items():
            lower = name.lower()
            if (
                lower in _HOP_BY_HOP
                or lower in own
                or lower.startswith("sec-websocket")
            ):
                continue
            if lower == "authorization" and value == self._basic:
                continue
            headers.add(name, value)
        return headers

    async def _forward(self, request: web.BaseRequest) -> web.StreamResponse:
        assert self._session is not None
        path = request.raw_path.removeprefix(self._prefix)
        url = URL(f"{self._upstream}{path}", encoded=True)
        headers = self._forwarded_headers(request)
        try:
            if self._websockets and "Upgrade" in request.headers:
                return await relay_socket(self._session, request, url, headers)
            async with self._session.request(
                request.method,
                url,
                headers=headers,
                data=await request.content.read() or None,
                allow_redirects=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
            ) as upstream:
                return await _relay(request, upstream)
        except aiohttp.ClientConnectionError:
            return web.Response(status=502, text="Bad Gateway")


async def _relay(
    request: web.BaseRequest, upstream: aiohttp.ClientResponse
) -> web.StreamResponse:
    response = web.StreamResponse(status=upstream.status)
    for name, value in upstream.headers.items():
        # nginx answers with its own date.
        if name.lower() not in {*_HOP_BY_HOP, "date"}:
            response.headers.add(name, value)
    await response.prepare(request)
    try:
        async for chunk in upstream.content.iter_any():
            await response.write(chunk)
    except aiohttp.ClientError:
        # What broke off behind the proxy breaks off before it as well.
        if request.transport is not None:
            request.transport.close()
        await asyncio.Event().wait()
    await response.write_eof()
    return response
