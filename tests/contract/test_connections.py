"""Sockets, TLS, compression, and what is written down."""

import asyncio
import socket
import ssl

import aiohttp
import pytest

from tests.contract.client import PASSWORDS, bearer, fetch, log_in
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.__main__ import _describe


async def test_refuse_and_resume(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    ports = server.internal_port, server.external_port
    urls = [f"{server.internal_url}/api/version", f"{server.external_url}/api/version"]
    await fetch(session, urls[0])
    await server.refuse()
    for url in urls:
        with pytest.raises(aiohttp.ClientConnectorError):
            await fetch(session, url)
    await server.resume()
    assert (server.internal_port, server.external_port) == ports
    assert (await fetch(session, urls[0])).status == 200
    assert (await fetch(session, urls[1])).status == 401


async def test_certificate(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with FakeFrigate(certificate_names=("localhost", "127.0.0.1")) as server:
        url = f"{server.external_url}/api/auth/first_time_login"
        trusting = ssl.create_default_context(cafile=str(server.certificate_path))
        assert (await fetch(session, url, ssl=trusting)).status == 200
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await fetch(session, url, ssl=True)
        old = ssl.create_default_context(cafile=str(server.certificate_path))
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(aiohttp.ClientConnectorError):
            await fetch(session, url, ssl=old)
    async with FakeFrigate() as server:
        trusting = ssl.create_default_context(cafile=str(server.certificate_path))
        url = f"{server.external_url}/api/auth/first_time_login"
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await fetch(session, url, ssl=trusting)
        for name in ("localhost", "frigate.test"):
            answer = await fetch(session, url, ssl=trusting, server_hostname=name)
            assert answer.status == 200


async def test_without_tls(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with FakeFrigate(tls=False) as server:
        assert server.external_url.startswith("http://")
        url = f"{server.external_url}/api/profile"
        assert (await fetch(session, url)).status == 401
        assert (await fetch(session, url, **bearer(server))).status == 200
        answer = await fetch(session, f"{server.external_url}/api")
        assert answer.headers["Location"] == f"{server.external_url}/api/"


async def test_silent_and_broken_clients_do_no_harm(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    address = ("127.0.0.1", server.external_port)
    with socket.create_connection(address), socket.create_connection(address) as other:
        other.sendall(b"\x16\x03\x01 this is no handshake")
        url = f"{server.external_url}/api/profile"
        assert (await fetch(session, url, **bearer(server))).status == 200


async def test_a_client_that_leaves_while_it_is_answered_is_no_error(
    session: aiohttp.ClientSession,
    server: FakeFrigate,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.fail("/api/stats", Fault.stall_body(after=1), times=1)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.internal_port)
    writer.write(b"GET /api/stats HTTP/1.1\r\nHost: frigate\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n{")
    # The server goes on in the very turn in which it learns that nobody listens any more.
    writer.write_eof()
    asyncio.get_running_loop().call_soon(server.clear_faults)
    assert await reader.read() == b""
    writer.close()
    assert [record.getMessage() for record in caplog.records] == []
    assert (await fetch(session, f"{server.internal_url}/api/stats")).status == 200


async def test_prefix(session: aiohttp.ClientSession, socket_enabled: None) -> None:
    async with FakeFrigate(prefix="/frigate") as server:
        assert server.internal_url.endswith("/frigate")
        answer = await fetch(session, f"{server.internal_url}/api/version")
        assert answer.body == b"0.17.2-3d4dd3a"
        assert server.requests[-1].path == "/api/version"
        outside = f"http://127.0.0.1:{server.internal_port}"
        for path in ("/api/version", "/frigates/api/version", "/"):
            answer = await fetch(session, outside + path)
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "text/html"
            assert b"Frigate" not in answer.body


async def test_answers_are_compressed_for_those_who_ask(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    url = f"{server.internal_url}/api/config"
    answer = await fetch(session, url)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Content-Length" not in answer.headers
    plain = await fetch(session, url, headers={"Accept-Encoding": "identity"})
    assert plain.headers["Content-Length"] == str(len(plain.body))
    assert plain.json == answer.json


async def test_starting(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    server.state.starting = True
    for url in (server.internal_url, server.external_url):
        answer = await fetch(session, f"{url}/api/version", **bearer(server))
        assert answer.status == 500
        assert answer.headers["Content-Type"] == "text/html"
    answer = await log_in(session, server, "admin", PASSWORDS["admin"])
    assert answer.status == 502
    server.state.starting = False
    answer = await log_in(session, server, "admin", PASSWORDS["admin"])
    assert answer.status == 200


async def test_routes_that_are_not_there_yet_say_so(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    for path in (
        "review_ids",
        "review/activity/motion",
        "stats/history",
    ):
        answer = await fetch(session, f"{server.internal_url}/api/{path}")
        assert answer.status == 501, path
    server.add_camera("metrics")
    assert (
        await fetch(session, f"{server.internal_url}/api/metrics?fps=0")
    ).status == 200


async def test_requests_are_written_down(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.clear_requests()
    url = f"{server.external_url}/api/front_door/latest.jpg?height=90&bbox=1"
    await fetch(session, url)
    await fetch(session, f"{server.internal_url}/api/login", "POST", json={})
    first, second = server.requests
    assert (first.method, first.port, first.status) == ("GET", "external", 401)
    assert first.path == "/api/front_door/latest.jpg"
    assert first.query == {"height": "90", "bbox": "1"}
    assert (second.method, second.port, second.status) == ("POST", "internal", 422)
    assert second.headers["content-type"] == "application/json"


async def test_parallel_requests_are_counted(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.latency = 500
    url = f"{server.internal_url}/api/version"
    await asyncio.gather(*(fetch(session, url) for _ in range(3)))
    assert server.max_parallel == 3
    server.max_parallel = 0
    await fetch(session, url)
    assert server.max_parallel == 1


async def test_description_names_addresses_and_logins(server: FakeFrigate) -> None:
    text = _describe(server)
    assert server.internal_url in text
    assert server.external_url in text
    for user, password in PASSWORDS.items():
        assert f"{user} / {password}" in text
