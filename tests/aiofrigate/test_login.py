"""Logins: made once, kept, renewed when lost, and backed off from when refused."""

import asyncio

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.frigate_http.aiofrigate import (
    FrigateAuthError,
    FrigateClient,
    FrigateConnectionError,
    FrigateError,
    FrigateHTMLError,
    FrigateRateLimitError,
    FrigateStartingError,
    FrigateWrongPasswordError,
)
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer, text_answer
from tests.versions import EVERY_VERSION

from .conftest import ADMIN, VIEWER, Connect, logins, sent, works

HOUR = 3600
WRONG = {**VIEWER, "password": "not-the-password"}


@pytest.fixture
async def viewer(frigate: FakeFrigate, connect: Connect) -> FrigateClient:
    """Return a client with an account that exists."""
    return connect(frigate.external_url, **VIEWER)


def _token(frigate: FakeFrigate) -> str:
    """Return the session token of the last request."""
    return frigate.requests[-1].headers["Cookie"]


async def _all(client: FrigateClient, number: int = 8) -> list[object]:
    """Send parallel requests, and return the outcome of each."""
    calls = (client.system.stats(fresh=True) for _ in range(number))
    return list(await asyncio.gather(*calls, return_exceptions=True))


def _failed(outcomes: list[object], kind: type[FrigateError]) -> bool:
    return all(type(each) is kind for each in outcomes)


def _good(outcomes: list[object]) -> bool:
    return not any(isinstance(each, BaseException) for each in outcomes)


# Made once and kept


@pytest.mark.parametrize(
    "frigate_options",
    [
        {"cookie_name": "frigate_token"},
        {"cookie_name": "a.different-name"},
        {"version": "0.18", "cookie_name": "SID"},
    ],
)
async def test_a_session_cookie_may_have_any_name(
    frigate: FakeFrigate, viewer: FrigateClient
) -> None:
    for _ in range(3):
        assert await works(viewer)
    assert logins(frigate) == 1
    assert _token(frigate).startswith(f"{frigate.state.cookie_name}=")


async def test_parallel_first_requests_cause_one_login(
    frigate: FakeFrigate, viewer: FrigateClient
) -> None:
    frigate.latency = 500
    assert _good(await _all(viewer, 20))
    assert logins(frigate) == 1
    assert frigate.max_parallel <= 4


async def test_two_clients_do_not_share_a_session(
    frigate: FakeFrigate, connect: Connect, viewer: FrigateClient
) -> None:
    other = connect(frigate.external_url, **ADMIN)
    assert (await viewer.system.profile()).username == "viewer1"
    assert (await other.system.profile()).username == "admin"
    assert (await viewer.system.profile(fresh=True)).username == "viewer1"
    with pytest.raises(FrigateAuthError):
        await connect(frigate.external_url).system.profile()
    assert logins(frigate) == 2


@EVERY_VERSION
async def test_an_account_works_on_port_5000(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.internal_url, **VIEWER)
    assert (await client.system.profile()).username == "anonymous"
    assert logins(frigate) == 1


# Renewed by the server


@EVERY_VERSION
async def test_a_session_that_the_server_renews_is_used(
    frigate: FakeFrigate, viewer: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    assert await works(viewer)
    assert await works(viewer)
    first = _token(frigate)
    # It lasts 24 hours, and is renewed in the last half of one.
    freezer.tick(23 * HOUR)
    assert await works(viewer)
    freezer.tick(HOUR - 600)
    assert await works(viewer)
    assert _token(frigate) == first
    assert await works(viewer)
    assert _token(frigate) != first
    freezer.tick(20 * HOUR)
    assert await works(viewer)
    assert logins(frigate) == 1


@EVERY_VERSION
async def test_an_expired_session_causes_one_login(
    frigate: FakeFrigate, viewer: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    assert await works(viewer)
    freezer.tick(25 * HOUR)
    frigate.latency = 500
    frigate.clear_requests()
    assert _good(await _all(viewer))
    assert logins(frigate) == 1


@EVERY_VERSION
async def test_a_bearer_token_is_not_renewed(
    frigate: FakeFrigate, connect: Connect, freezer: FrozenDateTimeFactory
) -> None:
    client = connect(frigate.external_url, token=frigate.token("viewer1"))
    for hours in (23, 0.9):
        freezer.tick(hours * HOUR)
        assert await works(client)
    freezer.tick(0.2 * HOUR)
    with pytest.raises(FrigateAuthError):
        await client.system.stats()
    assert not logins(frigate)
    token = frigate.token("viewer1")
    assert await works(connect(frigate.external_url, token=token))


# Lost


@EVERY_VERSION
async def test_a_revoked_session_causes_one_login_for_parallel_requests(
    frigate: FakeFrigate, viewer: FrigateClient
) -> None:
    assert await works(viewer)
    for _ in range(2):
        frigate.revoke_sessions()
        frigate.clear_requests()
        frigate.latency = 500
        assert _good(await _all(viewer, 20))
        assert logins(frigate) == 1
        # Four were refused with the old session, and nobody else was sent with it.
        assert len(sent(frigate, "/api/stats")) <= 24


async def test_a_stream_renews_a_lost_login(
    frigate: FakeFrigate, viewer: FrigateClient
) -> None:
    for _ in range(2):
        async with viewer.media.mjpeg("front_door", fps=20, height=90) as stream:
            assert await anext(stream.chunks())
        frigate.revoke_sessions()
    assert logins(frigate) == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.drop(), FrigateConnectionError),
        (Fault.status(502), FrigateStartingError),
        (Fault.status(503), FrigateStartingError),
        (Fault.html(), FrigateHTMLError),
    ],
)
async def test_a_login_that_could_not_be_sent_is_retried(
    frigate: FakeFrigate,
    viewer: FrigateClient,
    fault: Fault,
    kind: type[FrigateError],
) -> None:
    frigate.fail("/api/login", fault)
    with pytest.raises(FrigateError) as caught:
        await viewer.system.stats()
    assert type(caught.value) is kind
    assert not sent(frigate, "/api/stats")
    frigate.clear_faults()
    assert await works(viewer)


# Refused


async def test_a_wrong_password_is_tried_once_per_growing_backoff(
    frigate: FakeFrigate, connect: Connect, freezer: FrozenDateTimeFactory
) -> None:
    client = connect(frigate.external_url, **WRONG)
    frigate.latency = 500
    for tries, pause in enumerate((30, 60, 120, 240, 480, 900, 900), start=1):
        assert _failed(await _all(client), FrigateAuthError)
        assert logins(frigate) == tries
        freezer.tick(pause - 1)
        with pytest.raises(FrigateAuthError, match="Login failed"):
            await client.system.stats()
        assert logins(frigate) == tries
        freezer.tick(1.5)
    # Nothing else was sent: without a session there is no point.
    assert len(frigate.requests) == 7

    frigate.add_user(WRONG["username"], WRONG["password"])
    assert _good(await _all(client))
    assert logins(frigate) == 8

    # The next refusal begins with the shortest pause again.
    frigate.add_user(VIEWER["username"], VIEWER["password"])
    frigate.revoke_sessions()
    assert _failed(await _all(client), FrigateAuthError)
    assert logins(frigate) == 9
    freezer.tick(31)
    frigate.add_user(WRONG["username"], WRONG["password"])
    assert await works(client)
    assert logins(frigate) == 10


async def test_routes_without_a_login_do_not_end_the_backoff(
    frigate: FakeFrigate, viewer: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    assert await works(viewer)
    frigate.add_user(VIEWER["username"], "another-password")
    frigate.revoke_sessions()
    # As a proxy may let some routes through without a login.
    frigate.fail("/api/version", Fault("answer", text_answer("0.17.2-3d4dd3a")))
    for _ in range(5):
        with pytest.raises(FrigateAuthError, match="Login failed"):
            await viewer.system.stats()
        assert await viewer.system.version()
    assert logins(frigate) == 2
    for tries in (3, 4):
        freezer.tick(61)
        with pytest.raises(FrigateAuthError):
            await viewer.system.stats()
        assert await viewer.system.version()
        assert logins(frigate) == tries

    frigate.add_user(VIEWER["username"], VIEWER["password"])
    freezer.tick(121)
    assert await works(viewer)


async def test_a_refusal_right_after_a_login_does_not_loop(
    frigate: FakeFrigate, viewer: FrigateClient, freezer: FrozenDateTimeFactory
) -> None:
    frigate.latency = 500
    frigate.fail("/api/stats", Fault.status(401))
    assert _failed(await _all(viewer), FrigateAuthError)
    # The first one, and one after it turned out to be worth nothing.
    assert logins(frigate) == 2
    assert _failed(await _all(viewer), FrigateAuthError)
    assert logins(frigate) == 2

    # However many were refused, that was one refusal, and the pause the shortest.
    freezer.tick(31)
    assert _failed(await _all(viewer), FrigateAuthError)
    assert logins(frigate) == 3
    freezer.tick(31)
    assert _failed(await _all(viewer), FrigateAuthError)
    assert logins(frigate) == 3

    frigate.clear_faults()
    assert _good(await _all(viewer))
    assert logins(frigate) == 3


async def test_other_refusals_cause_no_login(
    frigate: FakeFrigate, viewer: FrigateClient
) -> None:
    assert await works(viewer)
    body = b'{"message":"Current password is incorrect"}'
    answer = Answer(401, body, "application/json")
    frigate.fail("/api/stats", Fault("answer", answer))
    with pytest.raises(FrigateWrongPasswordError, match="is incorrect"):
        await viewer.system.stats(fresh=True)
    body = b'{"message":"Login failed"}'
    frigate.fail("/api/stats", Fault("answer", Answer(401, body, "application/json")))
    with pytest.raises(FrigateAuthError, match="Login failed"):
        await viewer.system.stats(fresh=True)
    assert logins(frigate) == 1
    frigate.clear_faults()
    assert await works(viewer)
    assert logins(frigate) == 1


# Limited


async def test_the_rate_limit_of_logins_is_honored(
    frigate: FakeFrigate, connect: Connect, freezer: FrozenDateTimeFactory
) -> None:
    frigate.state.login_rate_limit = 1
    assert await works(connect(frigate.external_url, **ADMIN))
    client = connect(frigate.external_url, **VIEWER)
    frigate.clear_requests()
    outcomes = await _all(client)
    assert _failed(outcomes, FrigateRateLimitError)
    assert logins(frigate) == 1
    freezer.tick(45)
    with pytest.raises(FrigateRateLimitError, match="1 per 1 minute") as caught:
        await client.system.stats()
    assert caught.value.status == 429
    assert caught.value.retry_after == pytest.approx(15, abs=0.1)
    assert logins(frigate) == 1
    freezer.tick(16)
    assert await works(client)
    assert logins(frigate) == 2


@pytest.mark.parametrize(("header", "pause"), [("200", 200), ("2", 30)])
async def test_the_retry_after_header_is_honored(
    frigate: FakeFrigate,
    viewer: FrigateClient,
    freezer: FrozenDateTimeFactory,
    header: str,
    pause: float,
) -> None:
    answer = Answer(429, b"", None, [("Retry-After", header)])
    frigate.fail("/api/login", Fault("answer", answer), times=1)
    assert _failed(await _all(viewer), FrigateRateLimitError)
    freezer.tick(pause - 1)
    assert _failed(await _all(viewer), FrigateRateLimitError)
    assert logins(frigate) == 1
    freezer.tick(1.5)
    assert _good(await _all(viewer))
    assert logins(frigate) == 2


async def test_a_rate_limit_of_other_requests_does_not_affect_the_login(
    frigate: FakeFrigate, viewer: FrigateClient
) -> None:
    assert await works(viewer)
    frigate.fail("/api/stats", Fault.status(429), times=1)
    with pytest.raises(FrigateRateLimitError):
        await viewer.system.stats(fresh=True)
    assert await works(viewer)
    assert logins(frigate) == 1


# A server that knows no login


@pytest.mark.parametrize(("version", "answer"), [("0.17.2", 500), ("0.18", 404)])
@pytest.mark.parametrize("frigate_options", [{"auth": False}])
async def test_an_account_works_if_authentication_is_disabled(
    frigate: FakeFrigate, viewer: FrigateClient, answer: int
) -> None:
    assert _good(await _all(viewer))
    assert logins(frigate) == 1
    assert sent(frigate, "/api/login", "POST")[0].status == answer
    assert (await viewer.system.profile()).role == "viewer"


@EVERY_VERSION
async def test_authentication_that_is_enabled_later_causes_a_login(
    frigate: FakeFrigate, viewer: FrigateClient
) -> None:
    frigate.state.auth = False
    assert await works(viewer)
    frigate.state.auth = True
    assert _good(await _all(viewer))
    assert logins(frigate) == 2
    assert (await viewer.system.profile(fresh=True)).username == "viewer1"
