"""Error statuses: each becomes its own error, with the message of the server."""

from datetime import UTC, datetime
from email.utils import format_datetime
import json
import logging
import time

from freezegun.api import FrozenDateTimeFactory
import pytest
from yarl import URL

from custom_components.frigate_http.aiofrigate import (
    Credentials,
    FrigateAuthError,
    FrigateBadRequestError,
    FrigateClient,
    FrigateConflictError,
    FrigateForbiddenError,
    FrigateNotFoundError,
    FrigateRateLimitError,
    FrigateResponseError,
    FrigateServerError,
    FrigateStartingError,
    FrigateValidationError,
)
from custom_components.frigate_http.aiofrigate.transport import Transport
from tests.fake_frigate import FakeFrigate, Fault, FrontProxy
from tests.fake_frigate.answers import Answer, detail, failure, nginx_page

from .conftest import (
    VIEWER,
    Connect,
    everything_of,
    http_answer,
    outcome_of,
    wire_server,
    works,
)

PASSWORD = "geheim-Wörter-42"
ADMIN_ONLY = "Access denied. A user with the admin role is required."


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (Fault.status(400), FrigateBadRequestError, "Bad request"),
        (Fault.status(401), FrigateAuthError, "401 Authorization Required"),
        (Fault.status(403), FrigateForbiddenError, ADMIN_ONLY),
        (Fault.status(404), FrigateNotFoundError, "Not Found"),
        (
            Fault("answer", failure("Camera not found", 404)),
            FrigateNotFoundError,
            "Camera not found",
        ),
        (
            Fault("answer", Answer(404, b'"Event not found"', "application/json")),
            FrigateNotFoundError,
            "Event not found",
        ),
        (Fault.status(405), FrigateResponseError, "Method Not Allowed"),
        (
            Fault("answer", failure("Already there", 409)),
            FrigateConflictError,
            "Already there",
        ),
        (
            Fault("answer", nginx_page(413)),
            FrigateResponseError,
            "413 Request Entity Too Large",
        ),
        (Fault.status(422), FrigateValidationError, "body: Field required"),
        (
            Fault("answer", detail("Try another one", 422)),
            FrigateValidationError,
            "Try another one",
        ),
        (
            Fault.status(429),
            FrigateRateLimitError,
            "Rate limit exceeded: 5 per 1 minute",
        ),
        (Fault.status(500), FrigateServerError, "Internal Server Error"),
        (
            Fault("answer", nginx_page(500)),
            FrigateStartingError,
            "500 Internal Server Error",
        ),
        (Fault.status(502), FrigateStartingError, "502 Bad Gateway"),
        (
            Fault.status(503),
            FrigateStartingError,
            "Export queue is full. Try again once current exports finish.",
        ),
        (Fault.status(504), FrigateServerError, "504 Gateway Time-out"),
        (Fault("answer", Answer(418)), FrigateResponseError, "HTTP status 418"),
        (
            Fault("answer", Answer(500, b'{"message": 7}', "application/json")),
            FrigateServerError,
            "HTTP status 500",
        ),
        (
            Fault("answer", Answer(400, b"a\x00b\n\n c" + b"d" * 400, "text/plain")),
            FrigateBadRequestError,
            "a b c" + "d" * 294 + "…",
        ),
    ],
)
async def test_each_status_becomes_its_error_and_the_client_recovers(
    frigate: FakeFrigate,
    client: FrigateClient,
    fault: Fault,
    kind: type[FrigateResponseError],
    words: str,
) -> None:
    frigate.fail("/api/stats", fault)
    with pytest.raises(FrigateResponseError) as caught:
        await client.system.stats()
    error = caught.value
    assert type(error) is kind
    assert str(error) == error.message == words
    assert fault.prepared is not None
    assert error.status == fault.prepared.status
    assert error.url == URL(f"{frigate.internal_url}/api/stats")
    assert len(frigate.requests) == 1
    frigate.clear_faults()
    assert await works(client)


async def test_a_stream_maps_statuses_to_errors(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    with pytest.raises(FrigateNotFoundError, match="Camera not found"):
        async with client.media.mjpeg("nobody", fps=5, height=90):
            pytest.fail("There is no such camera")
    frigate.add_camera("nobody")
    async with client.media.mjpeg("nobody", fps=20, height=90) as stream:
        assert await anext(stream.chunks())


async def test_a_status_counts_even_if_the_body_breaks_off(
    frigate: FakeFrigate, client: FrigateClient, connect: Connect
) -> None:
    cut = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 500\r\n\r\n"
    async with wire_server(cut) as server:
        client = connect(server.url)
        with pytest.raises(FrigateForbiddenError, match="HTTP status 403"):
            await client.system.version()
        assert await client.system.version()


async def test_an_endless_error_body_is_not_read(connect: Connect) -> None:
    words = b'"' + b"x" * 200_000
    endless = http_answer(400, words, headers={"Content-Length": "99999999"})
    async with wire_server(endless) as server:
        client = connect(server.url)
        with pytest.raises(FrigateBadRequestError, match=r'^"x{298}…$'):
            await client.system.version()
        assert await client.system.version()


# 401: who says it, and whether a new login may help


@pytest.mark.parametrize(
    ("answer", "lost"),
    [
        (nginx_page(401), True),
        (Answer(401, headers=[("Location", "/login")]), False),
        (failure("Missing CSRF header", 401), False),
        (detail("No authorization headers.", 401), False),
        (detail("Authentication required", 401), False),
        (
            Answer(
                401,
                b"<html><title>401</title></html>",
                "text/html",
                [("WWW-Authenticate", "Basic")],
            ),
            False,
        ),
    ],
    ids=["nginx", "empty", "csrf", "camera", "anonymous", "basic"],
)
async def test_only_the_401_of_nginx_means_a_lost_session(
    frigate: FakeFrigate, client: FrigateClient, answer: Answer, lost: bool
) -> None:
    frigate.fail("/api/stats", Fault("answer", answer))
    with pytest.raises(FrigateAuthError) as caught:
        await client.system.stats()
    assert caught.value.session_lost is lost
    frigate.clear_faults()
    assert await works(client)


async def test_the_401_of_a_proxy_causes_no_login(
    frigate: FakeFrigate, connect: Connect
) -> None:
    async with FrontProxy(frigate.external_url, basic=("door", "front-door-1")) as door:
        client = connect(door.url, **VIEWER)
        with pytest.raises(FrigateAuthError, match="Unauthorized"):
            await client.system.stats()
        assert not frigate.requests
        client = connect(
            door.url,
            **VIEWER,
            proxy_username="door",
            proxy_password="front-door-1",
        )
        assert await works(client)


# 422: fields, and never what was sent


def _transport(client: FrigateClient) -> Transport:
    """Return a transport, for requests that no resource sends."""
    session = client._transport.session
    return Transport(session, client.base_url, Credentials())


@pytest.mark.parametrize("password", [PASSWORD, 'a"b\\c\n-\u00e9-\u2713', "abc", "x y"])
async def test_a_422_names_the_fields_without_the_password(
    frigate: FakeFrigate,
    client: FrigateClient,
    caplog: pytest.LogCaptureFixture,
    password: str,
) -> None:
    transport = _transport(client)
    with pytest.raises(FrigateValidationError) as caught:
        await transport.request(
            "POST", "/api/login", data={"username": "admin", "password": password}
        )
    assert caught.value.fields == ("body.user",)
    assert caught.value.message == "body.user: Field required"
    for form in (password, json.dumps(password)[1:-1]):
        assert form not in everything_of(caught.value)
        assert form not in caplog.text
    answer = await transport.request(
        "POST", "/api/login", data={"user": "viewer1", "password": VIEWER["password"]}
    )
    assert answer.status == 200


@pytest.mark.parametrize(
    "body",
    [
        # Broken off, so that it is no JSON and could only be shown as it is.
        b'{"detail":[{"msg":"Field required","input":{"password":"abc"',
        b'"abc"',
        b'["abc"]',
        b'{"detail":{"input":{"password":"abc"}}}',
        b'{"detail":[{"loc":"body","msg":{"input":"abc"}},"abc"]}',
        b'{"input":"abc"}',
        b"password=abc",
        b"[" * 60_000,
    ],
)
async def test_a_422_of_another_form_shows_nothing_of_its_body(
    connect: Connect, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    async with wire_server(http_answer(422, body)) as server:
        client = connect(server.url)
        with pytest.raises(FrigateValidationError) as caught:
            await client.system.version()
        assert "abc" not in everything_of(caught.value)
        assert "abc" not in caplog.text
        assert "abc" not in str(caught.value.fields)
        assert await client.system.version()


async def test_a_422_that_arrives_in_pieces_is_read(connect: Connect) -> None:
    body = (
        b'{"detail":[{"loc":["body","password"],"msg":"Too short","input":"abc"},'
        b'{"loc":["query","h\\u0007eight",3],"msg":"Too low","input":"abc"}]}'
    )
    whole = http_answer(422, body)
    middle = whole.index(b"Too short")
    pieces = (whole[:middle], whole[middle : middle + 20], whole[middle + 20 :])
    async with wire_server(pieces) as server:
        client = connect(server.url)
        with pytest.raises(FrigateValidationError) as caught:
            await client.system.version()
        assert caught.value.fields == ("body.password", "query.h eight.3")
        assert caught.value.message == (
            "body.password: Too short; query.h eight.3: Too low"
        )
        assert await client.system.version()


async def test_a_message_with_a_password_is_masked_before_it_is_shortened(
    frigate: FakeFrigate, client: FrigateClient, caplog: pytest.LogCaptureFixture
) -> None:
    transport = _transport(client)
    for start in ("Bad: ", "x" * 290, f"{'x' * 280} {PASSWORD} "):
        words = f"{start}{PASSWORD} was refused"
        frigate.fail("/api/login", Fault("answer", failure(words, 400)))
        error = await outcome_of(
            transport.request("POST", "/api/login", data={"password": PASSWORD})
        )
        assert isinstance(error, FrigateBadRequestError)
        assert "***" in error.message
        assert PASSWORD[:4] not in everything_of(error)
    assert PASSWORD not in caplog.text
    frigate.clear_faults()
    assert await works(client)


# 429


def _http_date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(time.time() + seconds, UTC), True)


@pytest.mark.parametrize(
    ("header", "words", "pause"),
    [
        (None, "Rate limit exceeded: 5 per 1 minute", 60),
        (None, "Rate limit exceeded: 3 per 10 second", 10),
        (None, "Rate limit exceeded: 20 per 1 hour", 3600),
        (None, "Rate limit exceeded: 20 per 9 day", 86400),
        (None, "Enough!", 60),
        ("7", "Rate limit exceeded: 5 per 1 minute", 7),
        ("0", "Enough!", 0),
        ("9" * 400, "Enough!", 86400),
        ("-5", "Enough!", 60),
        ("soon", "Rate limit exceeded: 5 per 2 minute", 120),
        ("٣", "Enough!", 60),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "Enough!", 0),
        ("Thu, 01 Jan 1970 00:00:00 +99999999999", "Enough!", 60),
    ],
)
async def test_a_429_tells_how_long_to_wait(
    frigate: FakeFrigate,
    client: FrigateClient,
    header: str | None,
    words: str,
    pause: float,
) -> None:
    headers = [] if header is None else [("Retry-After", header)]
    body = json.dumps({"error": words}).encode()
    answer = Answer(429, body, "application/json", headers)
    frigate.fail("/api/stats", Fault("answer", answer))
    with pytest.raises(FrigateRateLimitError, match=words) as caught:
        await client.system.stats()
    assert caught.value.retry_after == pause
    frigate.clear_faults()
    assert await works(client)


async def test_a_429_may_contain_a_date(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    headers = [("Retry-After", _http_date(90))]
    frigate.fail("/api/stats", Fault("answer", Answer(429, headers=headers)))
    with pytest.raises(FrigateRateLimitError) as caught:
        await client.system.stats()
    assert caught.value.retry_after == pytest.approx(90, abs=1)
    frigate.clear_faults()
    assert await works(client)


# Frigate while it boots


async def test_a_starting_server_is_recognized_with_any_credentials(
    frigate: FakeFrigate, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    clients = [
        connect(frigate.internal_url),
        connect(frigate.external_url),
        connect(frigate.external_url, **VIEWER),
        connect(frigate.external_url, token=frigate.token("viewer1")),
    ]
    frigate.state.starting = True
    for client in clients:
        with pytest.raises(FrigateStartingError):
            await client.system.stats()
    with pytest.raises(FrigateStartingError):
        async with clients[0].media.mjpeg("front_door", fps=5, height=90):
            pytest.fail("Frigate is not up")
    frigate.state.starting = False
    assert await works(clients[0])
    with pytest.raises(FrigateAuthError):
        await works(clients[1])
    assert await works(clients[2])
    assert await works(clients[3])
    assert not [each for each in caplog.records if each.levelno > logging.DEBUG]
