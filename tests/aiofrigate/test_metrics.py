"""Metrics and the debug log of requests."""

import logging
import re

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateClient,
    FrigateConnectionError,
    FrigateError,
    FrigateServerError,
    PastError,
    RouteMetrics,
)
from custom_components.frigate_http.aiofrigate.metrics import MAX_ERRORS
from tests.aiofrigate.conftest import Connect
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import failure

STATS = ("GET", "/api/stats")


async def _fails(client: FrigateClient) -> FrigateError:
    with pytest.raises(FrigateError) as caught:
        await client.system.stats(fresh=True)
    return caught.value


def _errors(client: FrigateClient) -> list[tuple[str, int]]:
    return [(one.message, one.times) for one in client.metrics.errors]


async def test_requests_are_counted_by_route_and_outcome(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    assert client.metrics.routes == {}
    for _ in range(2):
        await client.system.stats(fresh=True)
    for camera in ("front_door", "Portones"):
        await client.media.latest_image(camera)
    frigate.fail("/api/stats", Fault.status(500), times=1)
    await _fails(client)
    frigate.fail("/api/stats", Fault.drop())
    await _fails(client)

    routes = client.metrics.routes
    # What only asks is sent once more where the connection breaks.
    assert routes[STATS].outcomes == {"200": 2, "500": 1, "no answer": 2}
    assert routes["GET", "/api/{camera}/latest.jpg"].outcomes == {"200": 2}
    assert routes.keys() == {STATS, ("GET", "/api/{camera}/latest.jpg")}
    for one in routes.values():
        assert 0 < one.mean_ms <= one.longest_ms < one.total_ms

    frigate.clear_faults()
    await client.system.stats(fresh=True)
    assert client.metrics.routes[STATS].outcomes["200"] == 3


async def test_logins_are_counted_as_requests(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(
        frigate.external_url, username="admin", password="frigate-admin-pass-1"
    )
    await client.system.stats()
    assert client.metrics.routes["POST", "/api/login"].outcomes == {"200": 1}
    assert client.metrics.routes[STATS].outcomes == {"200": 1}

    frigate.revoke_sessions()
    await client.system.stats(fresh=True)
    assert client.metrics.routes["POST", "/api/login"].outcomes == {"200": 2}
    assert client.metrics.routes[STATS].outcomes == {"200": 2, "401": 1}
    # What a new login cured was no error.
    assert client.metrics.errors == ()


def test_the_mean_duration_without_a_request_is_0() -> None:
    assert RouteMetrics().mean_ms == 0


async def test_a_repeated_error_is_kept_once_and_counted(
    frigate: FakeFrigate, client: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-23 12:00:00+00:00")
    frigate.fail("/api/stats", Fault("answer", failure("Broken", 500)))
    for _ in range(3):
        await _fails(client)
        freezer.tick(15)
    frigate.clear_faults()
    await client.system.stats(fresh=True)

    began = 1795435200.0
    assert client.metrics.errors == (
        PastError(STATS, FrigateServerError, "Broken", began, began + 30, 3),
    )


async def test_only_the_last_errors_are_kept(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    for number in range(MAX_ERRORS + 2):
        frigate.fail("/api/stats", Fault("answer", failure(f"Broken {number}", 500)))
        await _fails(client)
        frigate.clear_faults()
    frigate.fail("/api/stats", Fault("answer", failure("Broken 2", 500)))
    await _fails(client)

    kept = [(f"Broken {number}", 1) for number in range(3, MAX_ERRORS + 2)]
    assert _errors(client) == [*kept, ("Broken 2", 2)]


async def _watch(client: FrigateClient) -> None:
    async with client.media.mjpeg("front_door", fps=5, height=90) as stream:
        async for _chunk in stream.chunks():
            pass


async def test_errors_while_a_stream_is_read_are_kept(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail("/api/front_door", Fault.drop_body(after=1000))
    with pytest.raises(FrigateConnectionError):
        await _watch(client)
    (error,) = client.metrics.errors
    assert (error.route, error.kind) == (
        ("GET", "/api/{camera}"),
        FrigateConnectionError,
    )

    frigate.clear_faults()
    async with client.media.mjpeg("front_door", fps=5, height=90) as stream:
        async for chunk in stream.chunks():
            assert chunk
            break
    assert len(client.metrics.errors) == 1


async def test_the_debug_log_has_a_line_for_each_request_and_no_secret(
    frigate: FakeFrigate, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """The path before the route may be secret, as in the URLs of ingress."""
    frigate.prefix = "/ingress/secret-of-the-path"
    client = connect(frigate.internal_url, headers={"X-Key": "secret-of-the-header"})
    frigate.add_face("Ana\nMaría")
    caplog.set_level(logging.DEBUG)

    await client.system.stats()
    await client.logs.newest("frigate", 5)
    frigate.fail("/api/version", Fault.redirect(f"{frigate.internal_url}/api/version"))
    with pytest.raises(FrigateError):
        await client.system.version()
    frigate.clear_faults()
    await client.system.version()
    with pytest.raises(FrigateError):
        await client.faces.create("Ana\nMaría/x")
    await client.users.create("guest", "secret-of-the-guest", "viewer")

    lines = [one.getMessage() for one in caplog.records if "aiofrigate" in one.name]
    assert [re.sub(r"\d+ ms", "1 ms", line) for line in lines] == [
        "GET /api/stats: 200 in 1 ms",
        "GET /api/logs/frigate: 200 in 1 ms",
        "GET /api/version: 302 in 1 ms",
        "GET /api/version: 200 in 1 ms",
        "POST /api/faces/Ana María/x/create: 404 in 1 ms",
        "POST /api/users: 200 in 1 ms",
    ]
    assert "secret-of" not in caplog.text
