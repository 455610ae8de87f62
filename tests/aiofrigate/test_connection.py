"""Connection errors: each kind becomes its own error, and the client recovers."""

import asyncio
import socket
import ssl
from typing import override

from aiohttp import ClientConnectorError, ClientConnectorSSLError
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_reqrep import ConnectionKey
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateClient,
    FrigateClosedError,
    FrigateConnectionError,
    FrigateError,
    FrigateTimeoutError,
    FrigateTLSError,
    FrigateTLSProtocolError,
    FrigateTLSUntrustedError,
    FrigateUnreachableError,
)
from custom_components.frigate_http.aiofrigate.error_mapping import error_from_exception
from tests.clock import turns
from tests.fake_frigate import FakeFrigate, Fault, Forwarder, certificate_for

from .conftest import VIEWER, Connect, after_silence, http_answer, wire_server, works


class Resolver(AbstractResolver):
    """Resolves no name, until it is switched to resolve every name."""

    known = False

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if not self.known:
            raise OSError("Name or service not known")
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=0,
            )
        ]

    @override
    async def close(self) -> None:
        pass


async def test_a_refused_connection_is_an_error(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    await frigate.refuse()
    with pytest.raises(
        FrigateConnectionError, match=r"127\.0\.0\.1:\d+ \(Connection refused\)"
    ):
        await client.system.stats()
    await frigate.resume()
    assert await works(client)


def test_the_error_of_several_addresses_is_one_message() -> None:
    # Then there is no error number, as there is none where a handshake ends early.
    combined = OSError("Multiple exceptions: refused, unreachable")
    key = ConnectionKey("frigate.invalid", 8971, True, True, None, None, None)
    error = error_from_exception(ClientConnectorError(key, combined))
    assert type(error) is FrigateUnreachableError
    ended = error_from_exception(ClientConnectorError(key, ConnectionResetError()))
    assert type(ended) is FrigateUnreachableError
    eof = ssl.SSLEOFError(8, "EOF occurred in violation of protocol")
    ended = error_from_exception(ClientConnectorSSLError(key, eof))
    assert type(ended) is FrigateUnreachableError


async def test_an_unknown_host_name_is_an_error(
    frigate: FakeFrigate, connect: Connect
) -> None:
    resolver = Resolver()
    client = connect(
        f"http://frigate.invalid:{frigate.internal_port}", resolver=resolver
    )
    with pytest.raises(FrigateConnectionError, match=r"frigate\.invalid is not known"):
        await client.system.stats()
    resolver.known = True
    assert await works(client)


@pytest.mark.parametrize("fault", [Fault.drop(), Fault.drop_body()])
async def test_a_dropped_connection_is_an_error(
    frigate: FakeFrigate, client: FrigateClient, fault: Fault
) -> None:
    frigate.fail("/api/stats", fault)
    with pytest.raises(FrigateConnectionError) as caught:
        await client.system.stats()
    assert type(caught.value) is FrigateConnectionError
    frigate.clear_faults()
    assert await works(client)


@pytest.mark.parametrize(
    "reply",
    [
        None,
        b"",
        b"\x00\x01\x02 this is no HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0.1",
        http_answer(200, b"no gzip", headers={"Content-Encoding": "gzip"}),
    ],
    ids=[
        "reset",
        "closed",
        "no HTTP",
        "bad length",
        "cut off",
        "cut off in a chunk",
        "no gzip",
    ],
)
async def test_bytes_that_are_not_http_are_an_error(
    connect: Connect, reply: bytes | None
) -> None:
    # aiohttp sends a request once more if the first connection closed before an answer.
    async with wire_server(reply, *([reply] if not reply else [])) as server:
        client = connect(server.url)
        with pytest.raises(FrigateError) as caught:
            await client.system.version()
        assert type(caught.value) is FrigateConnectionError
        while len(server.heads) < 2:
            await client.system.version()
        assert str(await client.system.version()) == "0.17.2"


@pytest.mark.parametrize("fault", [Fault.stall(), Fault.stall_body()])
async def test_a_request_times_out_after_ten_seconds(
    frigate: FakeFrigate,
    client: FrigateClient,
    freezer: FrozenDateTimeFactory,
    fault: Fault,
) -> None:
    frigate.fail("/api/stats", fault)
    with pytest.raises(FrigateTimeoutError, match="did not answer in time"):
        await after_silence(frigate, freezer, client.system.stats(), 11)
    frigate.clear_faults()
    assert await works(client)


async def test_a_response_after_nine_seconds_is_accepted(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    frigate.fail("/api/stats", Fault.stall(), times=1)
    task = asyncio.ensure_future(client.system.stats())
    await frigate.wait_for_requests(1)
    freezer.tick(9)
    await turns()
    frigate.clear_faults()
    assert (await task).cameras


async def test_a_stalled_login_times_out_for_every_waiting_request(
    frigate: FakeFrigate, connect: Connect, freezer: FrozenDateTimeFactory
) -> None:
    client = connect(frigate.external_url, **VIEWER)
    frigate.fail("/api/login", Fault.stall())
    waiting = asyncio.gather(
        *(client.system.stats() for _ in range(4)), return_exceptions=True
    )

    async def wait() -> list[object]:
        return list(await waiting)

    errors = await after_silence(frigate, freezer, wait(), 11)
    assert [type(err) for err in errors] == [FrigateTimeoutError] * 4
    assert len(frigate.requests) == 1

    frigate.clear_faults()
    assert await works(client)


async def test_a_self_signed_certificate_is_an_error(
    socket_enabled: None, connect: Connect
) -> None:
    async with FakeFrigate(certificate_names=("127.0.0.1",)) as frigate:
        token = frigate.token("admin")
        client = connect(frigate.external_url, verify=True, token=token)
        with pytest.raises(FrigateTLSUntrustedError, match=r"self-signed"):
            await client.system.stats()
        with pytest.raises(FrigateTLSUntrustedError):
            async with client.media.mjpeg("front_door", fps=5, height=90):
                pytest.fail("The certificate was not looked at")
        assert not frigate.requests

        unverified = connect(frigate.external_url, verify=False, token=token)
        assert await works(unverified)
        async with unverified.media.mjpeg("front_door", fps=20, height=90) as stream:
            assert await anext(stream.chunks())

        trusting = ssl.create_default_context(cafile=str(frigate.certificate_path))
        assert await works(connect(frigate.external_url, verify=trusting, token=token))


async def test_a_certificate_for_another_name_is_an_error(
    frigate: FakeFrigate, connect: Connect
) -> None:
    path = certificate_for(frigate.certificate_names)
    client = connect(
        frigate.external_url, verify=ssl.create_default_context(cafile=str(path))
    )
    with pytest.raises(FrigateTLSUntrustedError, match=r"127\.0\.0\.1"):
        await client.system.stats()

    resolver = Resolver()
    resolver.known = True
    url = f"https://frigate.test:{frigate.external_port}"
    client = connect(
        url,
        verify=ssl.create_default_context(cafile=str(path)),
        resolver=resolver,
        token=frigate.token("admin"),
    )
    assert await works(client)


async def test_no_common_tls_version_is_an_error(
    frigate: FakeFrigate, connect: Connect
) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    token = frigate.token("admin")

    async def _refuse_version(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        # The alert that nginx sends, while asyncio's own servers just close.
        await reader.read(64 * 1024)
        writer.write(bytes((21, 3, 1, 0, 2, 2, 70)))
        writer.close()

    async with await asyncio.start_server(_refuse_version, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = connect(f"https://127.0.0.1:{port}", verify=context, token=token)
        with pytest.raises(FrigateTLSProtocolError):
            await client.system.stats()
    context.maximum_version = ssl.TLSVersion.TLSv1_3
    assert await works(connect(frigate.external_url, verify=context, token=token))


async def test_plain_http_on_the_tls_port_is_an_error(
    frigate: FakeFrigate, connect: Connect
) -> None:
    plain = f"http://127.0.0.1:{frigate.external_port}"
    with pytest.raises(FrigateTLSProtocolError, match="sent to HTTPS port"):
        await connect(plain).system.stats()
    client = connect(frigate.external_url, token=frigate.token("admin"))
    assert await works(client)


async def test_tls_on_the_plain_port_is_an_error(
    frigate: FakeFrigate, connect: Connect
) -> None:
    encrypted = f"https://127.0.0.1:{frigate.internal_port}"
    with pytest.raises(FrigateTLSError, match="does not speak TLS") as caught:
        await connect(encrypted).system.stats()
    assert type(caught.value) is FrigateTLSProtocolError
    assert await works(connect(frigate.internal_url))


@pytest.mark.parametrize("at", ["once", "hello"])
async def test_a_forwarder_with_nothing_behind_it_is_not_the_wrong_protocol(
    frigate: FakeFrigate, connect: Connect, at: str
) -> None:
    async with Forwarder(frigate.external_port) as forwarder:
        forwarder.closes_at = at
        url = f"https://127.0.0.1:{forwarder.port}"
        client = connect(url, token=frigate.token("admin"))
        with pytest.raises(FrigateUnreachableError) as caught:
            await client.system.stats()
        assert not isinstance(caught.value, FrigateTLSError)
        assert f"127.0.0.1:{forwarder.port}" in caught.value.message
        assert "TLS" not in caught.value.message

        forwarder.closes_at = None
        assert await works(client)


async def test_a_header_that_cannot_be_sent_is_an_error(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.internal_url, headers={"X-Key": "one\r\nX-Evil: two"})
    with pytest.raises(FrigateError) as caught:
        await client.system.stats()
    assert "two" not in str(caught.value)
    assert not frigate.requests
    assert await works(connect(frigate.internal_url, headers={"X-Key": "one two"}))


async def test_a_closed_client_or_session_sends_nothing(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.internal_url)
    assert await works(client)
    client.close()
    with pytest.raises(FrigateClosedError, match="closed"):
        await client.system.stats()

    other = connect(frigate.internal_url)
    await other._transport.session.close()
    with pytest.raises(FrigateClosedError, match="closed"):
        await other.system.stats()
    assert len(frigate.requests) == 1
    assert await works(connect(frigate.internal_url))
