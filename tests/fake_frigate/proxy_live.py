"""How a reverse proxy passes on a WebSocket: each frame as it comes, pings included."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

type Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse

_CLOSING = aiohttp.ClientWSTimeout(ws_close=0.1)


async def relay_socket(
    session: aiohttp.ClientSession,
    request: web.BaseRequest,
    url: URL,
    headers: Mapping[str, str],
) -> web.StreamResponse:
    """Open a socket behind the proxy and one before it, and pass on what each of them sends."""
    try:
        inner = await session.ws_connect(
            url,
            headers=headers,
            timeout=_CLOSING,
            autoping=False,
            autoclose=False,
            max_msg_size=0,
        )
    except aiohttp.WSServerHandshakeError as err:
        return web.Response(status=err.status, text=err.message)
    outer = web.WebSocketResponse(compress=False, autoping=False, autoclose=False)
    await outer.prepare(request)
    transport = request.transport
    assert transport is not None
    pumps = [
        asyncio.ensure_future(_pump(inner, outer)),
        asyncio.ensure_future(_pump(outer, inner)),
    ]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for pump in pumps:
            pump.cancel()
        # What broke off behind the proxy breaks off before it as well.
        transport.abort()
        await inner.close()
    return outer


async def _pump(source: Socket, target: Socket) -> None:
    send: dict[aiohttp.WSMsgType, Callable[[Any], Awaitable[None]]] = {
        aiohttp.WSMsgType.TEXT: target.send_str,
        aiohttp.WSMsgType.BINARY: target.send_bytes,
        aiohttp.WSMsgType.PING: target.ping,
        aiohttp.WSMsgType.PONG: target.pong,
    }
    while (message := await source.receive()).type in send:
        await send[message.type](message.data)
    if message.type is aiohttp.WSMsgType.CLOSE:
        await target.close(code=message.data or aiohttp.WSCloseCode.OK)
