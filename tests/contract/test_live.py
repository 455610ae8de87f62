"""`/ws`: who may listen, what is pushed, and in which order."""

import aiohttp
import pytest

from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION

from .client import bearer, cookie, fetch
from .live_client import LiveClient, listen, live_url, payload_of

GREETING = [
    "camera_activity",
    "model_state",
    "embeddings_reindex_progress",
    "birdseye_layout",
    "audio_detections",
]
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def topics(messages: list[tuple[str, object]]) -> list[str]:
    return [topic for topic, _ in messages]


@EVERY_VERSION
async def test_greeting_is_for_everybody(
    session: aiohttp.ClientSession, version: str
) -> None:
    async with (
        FakeFrigate(version) as server,
        listen(session, server) as first,
        listen(session, server, None) as second,
    ):
        assert [each.role for each in server.live_clients] == ["admin", "admin"]
        assert await second.received(server) == []
        assert await first.received(server) == []
        heard = await first.answers(server, "onConnect", "")
        expected = GREETING + (["profile/state"] if version != "0.17.2" else [])
        assert topics(heard) == expected
        assert await second.received(server) == heard
        assert payload_of(heard, "model_state") == {}
        activity = payload_of(heard, "camera_activity")
        assert list(activity) == ["front_door", "Portones"]
        assert activity["front_door"]["objects"] == []


async def test_below_a_prefix(session: aiohttp.ClientSession) -> None:
    async with (
        FakeFrigate(prefix="/frigate") as server,
        listen(session, server) as client,
    ):
        assert topics(await client.answers(server, "onConnect", "")) == GREETING


async def test_credentials(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    url = live_url(server)
    for options in (cookie(server, "viewer1"), bearer(server, "viewer1")):
        async with session.ws_connect(url, ssl=False, **options):
            await server.wait_for_live(1)
            assert server.live_clients[0].user == "viewer1"
        await server.wait_for_live(0)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(url, ssl=False)
    assert refused.value.status == 401
    answer = await fetch(session, str(url), headers=HANDSHAKE)
    assert answer.headers["Content-Type"] == "text/html"
    assert b"401 Authorization Required" in answer.body


async def test_session_that_ends_later_is_of_no_matter(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with listen(session, server) as client:
        server.revoke_sessions()
        assert topics(await client.answers(server, "onConnect", "")) == GREETING


async def test_what_is_no_handshake(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    url = f"{server.internal_url}/ws"
    bad = [{}, {**HANDSHAKE, "Sec-WebSocket-Version": "7"}]
    for headers in bad:
        answer = await fetch(session, url, headers=headers)
        assert answer.status == 500
        assert answer.body.startswith(b"A server error occurred.")
    answer = await fetch(session, f"{server.internal_url}/api/ws", headers=HANDSHAKE)
    assert (answer.status, answer.body) == (403, b"")
    server.state.starting = True
    answer = await fetch(session, url, headers=HANDSHAKE)
    assert answer.status == 500
    server.restart()
    async with listen(session, server, None) as client:
        assert topics(await client.answers(server, "onConnect", "")) == GREETING


async def test_garbage_from_a_client(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with listen(session, server) as client:
        await client.socket.send_str("this is not json")
        await client.socket.send_str("[1]")
        await client.socket.send_str('{"payload": ""}')
        await client.socket.send_bytes(b"\xff\xfe")
        await server.wait_for_live_received(4)
        assert await client.received(server) == []
        assert topics(await client.answers(server, "onConnect", "")) == GREETING


async def test_pong(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    async with listen(session, server, autoping=False) as client:
        await client.socket.ping(b"?")
        message = await client.socket.receive()
        assert (message.type, message.data) == (aiohttp.WSMsgType.PONG, b"?")
        server.mute_live()
        assert server.live_clients == []
        await client.socket.ping(b"?")
        server.push("a", "b")
        await client.send("onConnect", "")
        # Whoever comes afterwards is served as ever, while the other hears nothing.
        async with listen(session, server) as other:
            messages = await other.answers(server, "onConnect", "")
        assert topics(messages) == GREETING
        server.drop_live()
        assert not await _is_open(client)


async def _is_open(client: LiveClient) -> bool:
    message = await client.socket.receive()
    return message.type is aiohttp.WSMsgType.TEXT


async def test_dropped_socket(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with listen(session, server) as client:
        server.drop_live()
        server.push("too", "late")
        assert not await _is_open(client)
        await server.wait_for_live(0)
    async with listen(session, server) as client:
        server.push("in", "time")
        assert await client.next() == ("in", "time")


async def test_many_messages(session: aiohttp.ClientSession) -> None:
    async with FakeFrigate(cameras=64) as server, listen(session, server) as client:
        for camera in server.state.cameras:
            server.object_appears(camera, "car")
        messages = await client.received(server)
        assert len(messages) == 5 * 64
        assert messages[-1] == ("cam_64/all/active", 1)


async def test_restart_drops_everybody(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with listen(session, server) as client:
        server.restart()
        assert not await _is_open(client)
        await server.wait_for_live(0)
    async with listen(session, server) as client:
        server.push("a", 1)
        assert await client.next() == ("a", 1)


@pytest.mark.parametrize("status", [200, 400, 403, 404, 502])
async def test_blocked(
    session: aiohttp.ClientSession, server: FakeFrigate, status: int
) -> None:
    server.block_live(status)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(live_url(server), ssl=False, **bearer(server))
    assert refused.value.status == status
    server.unblock_live()
    async with listen(session, server) as client:
        assert topics(await client.answers(server, "onConnect", "")) == GREETING


async def test_raw_frames_and_sessions(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with listen(session, server) as client:
        server.push_raw("oops")
        server.push_raw(b"\x00")
        assert (await client.socket.receive()).data == "oops"
        assert (await client.socket.receive()).data == b"\x00"
        session_messages = [{"t": 0.0, "topic": "a", "payload": 1}]
        session_messages.append({"t": 0.2, "topic": "b", "payload": "2"})
        await server.play(session_messages)
        await server.play(session_messages, speed=100)
        assert await client.received(server) == [("a", 1), ("b", "2")] * 2
        server.state.cameras["Portones"].enabled = False
        server.push_status()
        server.push_stats()
        messages = await client.received(server)
        assert messages[:2] == [
            ("front_door/status/detect", "online"),
            ("Portones/status/detect", "disabled"),
        ]
        assert (
            payload_of(messages, "stats")["cameras"].keys()
            == server.state.cameras.keys()
        )
