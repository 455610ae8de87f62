"""`/ws` through a reverse proxy with a login of its own."""

import aiohttp
import pytest

from tests.fake_frigate import FakeFrigate, FrontProxy

from .client import bearer
from .live_client import LiveClient

KEY = {"X-Key": "secret"}


async def test_frames_in_both_directions(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with FrontProxy(server.external_url, headers=KEY, prefix="/cameras") as proxy:
        url = f"{proxy.url}/ws"
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url)
        assert refused.value.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url, headers=KEY)
        assert refused.value.status == 401
        headers = {**KEY, **bearer(server, "viewer1")["headers"]}
        async with session.ws_connect(url, headers=headers, autoping=False) as socket:
            await server.wait_for_live(1)
            assert server.live_clients[0].user == "viewer1"
            client = LiveClient(socket)
            messages = await client.answers(server, "onConnect", "")
            assert messages[0][0] == "camera_activity"
            server.push_raw(b"\x00")
            assert (await socket.receive()).data == b"\x00"
            await socket.send_bytes(b"\xff")
            await server.wait_for_live_received(2)
            await socket.ping(b"?")
            assert (await socket.receive()).type is aiohttp.WSMsgType.PONG
            (there,) = server.live_clients
            await there.socket.ping(b"!")
            assert (await socket.receive()).type is aiohttp.WSMsgType.PING
            await socket.pong(b"!")
            assert (await client.answers(server, "modelState", ""))[0][1] == "{}"
        await server.wait_for_live(0)


async def test_socket_that_breaks_off_behind_the_proxy(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with FrontProxy(server.internal_url) as proxy:
        for _ in range(2):
            async with session.ws_connect(f"{proxy.url}/ws") as socket:
                await server.wait_for_live(1)
                server.drop_live()
                message = await socket.receive()
                assert message.type is not aiohttp.WSMsgType.TEXT
            await server.wait_for_live(0)


async def test_proxy_that_passes_on_no_sockets(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with FrontProxy(server.internal_url, websockets=False) as proxy:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{proxy.url}/ws")
        assert refused.value.status == 500
