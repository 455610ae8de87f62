"""Faults on demand, and proxies that stand before a server."""

import asyncio
import json

import aiohttp
import pytest

from tests.clock import all_waits, turns
from tests.contract.client import (
    PASSWORDS,
    Answer,
    bearer,
    fetch,
    next_frame,
    picture,
    stream,
)
from tests.fake_frigate import FakeFrigate, Fault, FrontProxy


async def ask_stats(session: aiohttp.ClientSession, server: FakeFrigate) -> Answer:
    """Ask for the statistics."""
    return await fetch(session, f"{server.internal_url}/api/stats")


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        (Fault.status(400), 400, "application/json"),
        (Fault.status(401), 401, "text/html"),
        (Fault.status(403), 403, "application/json"),
        (Fault.status(404), 404, "application/json"),
        (Fault.status(413), 413, "text/html"),
        (Fault.status(422), 422, "application/json"),
        (Fault.status(429), 429, "application/json"),
        (Fault.status(500), 500, "text/plain; charset=utf-8"),
        (Fault.status(502), 502, "text/html"),
        (Fault.status(503), 503, "application/json"),
        (Fault.html(), 200, "text/html"),
        (Fault.json([1, "two"]), 200, "application/json"),
        (Fault.redirect("https://elsewhere.example/"), 302, "text/html"),
        (Fault.redirect("/again", 307), 307, "text/html"),
        (Fault.garbage(), 200, "application/json"),
    ],
)
async def test_faults_that_answer(
    session: aiohttp.ClientSession,
    server: FakeFrigate,
    fault: Fault,
    status: int,
    kind: str,
) -> None:
    server.fail("/api/stats", fault)
    answer = await ask_stats(session, server)
    assert answer.status == status
    assert answer.headers["Content-Type"] == kind
    assert server.requests[-1].status == status
    if fault == Fault.garbage():
        with pytest.raises(ValueError, match="Expecting value"):
            json.loads(answer.body)
    server.clear_faults()
    assert "cameras" in (await ask_stats(session, server)).json


@pytest.mark.parametrize("fault", [Fault.drop(), Fault.drop_body()])
async def test_faults_that_break_the_connection(
    session: aiohttp.ClientSession, server: FakeFrigate, fault: Fault
) -> None:
    server.fail("/api/stats", fault)
    for url in (server.internal_url, server.external_url):
        with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ClientConnectionError)):
            await fetch(session, f"{url}/api/stats", **bearer(server))
    server.clear_faults()
    assert (await ask_stats(session, server)).status == 200


async def test_fault_truncate(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.fail("/api/front_door/latest.jpg", Fault.truncate(), times=1)
    url = f"{server.internal_url}/api/front_door/latest.jpg"
    cut = await fetch(session, url)
    assert cut.headers["Content-Length"] == str(len(cut.body))
    with pytest.raises(OSError, match="truncated"):
        picture(cut)
    assert picture(await fetch(session, url)).size == (320, 180)


@pytest.mark.parametrize("fault", [Fault.stall(), Fault.stall_body()])
async def test_faults_that_stall(
    session: aiohttp.ClientSession, server: FakeFrigate, fault: Fault
) -> None:
    server.fail("/api/stats", fault)
    waiting = asyncio.create_task(ask_stats(session, server))
    await server.wait_for_requests(1)
    await turns()
    assert not waiting.done()
    server.clear_faults()
    assert "cameras" in (await waiting).json


async def test_stop_ends_stalled_requests(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.fail("/", Fault.stall())
    waiting = asyncio.create_task(ask_stats(session, server))
    await server.wait_for_requests(1)
    await server.stop()
    with pytest.raises(aiohttp.ClientError):
        await waiting


async def test_fault_huge(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    server.fail("/api/stats", Fault.huge(300_000))
    answer = await ask_stats(session, server)
    assert len(answer.body) > 300_000
    assert set(answer.json) == {"filler"}


async def test_fault_matching(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.fail(r"/api/(stats|config)$", Fault.status(500), times=2)
    server.fail("/api/login", Fault.status(502), method="POST")

    async def status(path: str, method: str = "GET") -> int:
        url = f"{server.internal_url}{path}"
        return (await fetch(session, url, method)).status

    assert await status("/api/statsx") == 404
    assert await status("/api/stats") == 500
    assert await status("/api/config") == 500
    assert await status("/api/stats") == 200
    assert await status("/api/login", "POST") == 502
    assert await status("/api/login") == 401
    server.fail("/api/login", Fault.status(503))
    assert await status("/api/login", "POST") == 503


@pytest.mark.parametrize("fault", [Fault.drop_body(), Fault.truncate()])
async def test_streams_that_break_off(
    session: aiohttp.ClientSession, server: FakeFrigate, fault: Fault
) -> None:
    url = f"{server.internal_url}/api/front_door?fps=30"
    server.fail("/api/front_door", fault, times=1)
    async with session.get(url) as response:
        if fault.kind == "truncate":
            assert (await response.read()).count(b"--frame") == 1
        else:
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.read()
    await server.wait_for_streams("front_door", 0)
    async with stream(session, url) as reader:
        await next_frame(reader)


async def test_stream_that_stalls(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.fail("/api/front_door", Fault.stall_body())
    url = f"{server.internal_url}/api/front_door?fps=10000"
    async with stream(session, url) as reader:
        assert (await reader.readany()).startswith(b"--frame")
        waiting = asyncio.create_task(reader.readuntil(b"--frame"))
        await all_waits()
        assert not waiting.done()
        server.clear_faults()
        await waiting


async def test_proxy_with_basic_login(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with FrontProxy(server.internal_url, ("me", "secret")) as proxy:
        url = f"{proxy.url}/api/profile"
        answer = await fetch(session, url)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        wrong = aiohttp.encode_basic_auth("me", "wrong")
        answer = await fetch(session, url, headers={"Authorization": wrong})
        assert answer.status == 401
        right = aiohttp.encode_basic_auth("me", "secret")
        answer = await fetch(session, url, headers={"Authorization": right})
        assert answer.json["role"] == "admin"
        assert "Authorization" not in server.requests[-1].headers


async def test_proxy_with_headers_and_prefix(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    needed = {"X-Api-Key": "abc", "CF-Access-Client-Id": "id"}
    async with FrontProxy(
        server.external_url, headers=needed, prefix="/frigate"
    ) as proxy:
        url = f"{proxy.url}/api/profile"
        token = bearer(server)["headers"]
        assert (await fetch(session, url, headers=token)).status == 403
        both = {**needed, **token}
        answer = await fetch(session, url, headers=both)
        assert answer.json["username"] == "admin"
        assert "X-Api-Key" not in server.requests[-1].headers
        outside = url.replace("/frigate", "")
        assert (await fetch(session, outside, headers=both)).status == 404
        answer = await fetch(
            session,
            f"{proxy.url}/api/login",
            "POST",
            headers=needed,
            json={"user": "admin", "password": PASSWORDS["admin"]},
        )
        assert answer.headers["Set-Cookie"].startswith("frigate_token=")


async def test_proxy_that_wants_a_login_of_its_own(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    url = server.internal_url
    async with FrontProxy(url, redirect_to_login=True) as proxy:
        answer = await fetch(session, f"{proxy.url}/api/version")
        assert answer.status == 302
        assert answer.headers["Location"].startswith("https://login.example/")
    async with FrontProxy(url, login_html=True) as proxy:
        answer = await fetch(session, f"{proxy.url}/api/version")
        assert answer.status == 200
        assert b"Sign in" in answer.body
    key = {"X-Api-Key": "abc"}
    async with FrontProxy(url, headers=key, redirect_to_login=True) as proxy:
        assert (await fetch(session, f"{proxy.url}/api/version")).status == 302
        answer = await fetch(session, f"{proxy.url}/api/version", headers=key)
        assert answer.status == 200


async def test_proxy_forwards_streams_and_failures(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    async with FrontProxy(server.external_url) as proxy:
        options = bearer(server)
        url = f"{proxy.url}/api/front_door?fps=30"
        async with stream(session, url, **options) as reader:
            await next_frame(reader)
            await server.wait_for_streams("front_door", 1)
        await server.wait_for_streams("front_door", 0)
        server.fail("/api/stats", Fault.drop_body(), times=1)
        with pytest.raises(aiohttp.ClientPayloadError):
            await fetch(session, f"{proxy.url}/api/stats", **options)
        await server.refuse()
        answer = await fetch(session, f"{proxy.url}/api/stats", **options)
        assert answer.status == 502
