"""Accounts, logs, notifications and restarts: what one request does to the next."""

from collections.abc import AsyncIterator
import time
from typing import Any

import aiohttp
import pytest

from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION

from .client import Answer, bearer, cookie, fetch, log_in

BYPASS = {"X-Cache-Bypass": "1"}
NEW = {"username": "guest", "password": "guest-password-1"}
SUBSCRIPTION = {
    "endpoint": "https://push.example/abc",
    "keys": {
        "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1Xbj"
        "hazAkj7I99e8QcYP7DkM",
        "auth": "tBHItJI5svbpez7KI4CCXg",
    },
}


@pytest.fixture
async def server(version: str, socket_enabled: None) -> AsyncIterator[FakeFrigate]:
    """Return a running server."""
    async with FakeFrigate(version) as server:
        yield server


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session that keeps no cookies."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


async def users(session: aiohttp.ClientSession, server: FakeFrigate) -> dict[str, str]:
    url = f"{server.internal_url}/api/users"
    answer = await fetch(session, url, headers=BYPASS)
    return {each["username"]: each["role"] for each in answer.json}


async def post_user(
    session: aiohttp.ClientSession, server: FakeFrigate, **body: Any
) -> Answer:
    url = f"{server.internal_url}/api/users"
    return await fetch(session, url, "POST", json=NEW | body)


async def register(
    session: aiohttp.ClientSession, server: FakeFrigate, sub: Any, **options: Any
) -> Answer:
    url = server.external_url if options else server.internal_url
    path = f"{url}/api/notifications/register"
    return await fetch(session, path, "POST", json={"sub": sub}, **options)


@EVERY_VERSION
async def test_an_account_from_its_beginning_to_its_end(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    assert (await post_user(session, server)).json == {"username": "guest"}
    assert (await users(session, server))["guest"] == "viewer"
    assert (await log_in(session, server, "guest", NEW["password"])).status == 200

    url = f"{server.internal_url}/api/users/guest"
    await fetch(session, f"{url}/role", "PUT", json={"role": "gate"})
    assert (await users(session, server))["guest"] == "gate"
    await fetch(session, f"{url}/password", "PUT", json={"password": "another-one-12"})
    assert (await log_in(session, server, "guest", NEW["password"])).status == 401
    assert (await log_in(session, server, "guest", "another-one-12")).status == 200

    for _ in range(2):
        assert (await fetch(session, url, "DELETE")).json == {"success": True}
    assert "guest" not in await users(session, server)
    assert (await log_in(session, server, "guest", "another-one-12")).status == 401


@EVERY_VERSION
async def test_the_list_of_accounts_is_kept_in_the_cache(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    url = f"{server.internal_url}/api/users"
    before = (await fetch(session, url)).json
    await post_user(session, server)
    assert (await fetch(session, url)).json == before
    assert "guest" in await users(session, server)


@EVERY_VERSION
@pytest.mark.parametrize(
    "body",
    [
        {"username": "guest\n"},
        {"username": "../guest"},
        {"password": "short"},
        {"role": "owner"},
        {"role": None},
        {"role": 1},
        {"password": 1},
    ],
)
async def test_a_refused_account_does_not_exist(
    session: aiohttp.ClientSession, server: FakeFrigate, body: dict[str, Any]
) -> None:
    before = await users(session, server)
    assert (await post_user(session, server, **body)).status in (400, 422)
    assert await users(session, server) == before


@EVERY_VERSION
async def test_an_exception_costs_the_next_post_its_connection(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    twice = {"username": "viewer1"}
    assert (await post_user(session, server, **twice)).body == b"Internal Server Error"
    assert "guest" not in await users(session, server)
    lost = await post_user(session, server)
    assert (lost.status, lost.headers["Content-Type"]) == (502, "text/html")
    assert "guest" not in await users(session, server)
    assert (await post_user(session, server)).status == 200

    assert (await post_user(session, server, **twice)).status == 500
    server.state.clock = lambda: time.time() + 6
    assert (await post_user(session, server, username="later")).status == 200

    server.state.keeps_closed_connections = False
    assert (await post_user(session, server, **twice)).status == 500
    assert (await post_user(session, server, username="at.once")).status == 200


@EVERY_VERSION
async def test_a_new_password_ends_the_renewal_of_older_cookies(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    old = cookie(server, "viewer1", expires_in=600, issued_ago=60)
    profile = f"{server.external_url}/api/profile"
    assert (await fetch(session, profile, **old)).status == 200
    answer = await fetch(
        session,
        f"{server.external_url}/api/users/viewer1/password",
        "PUT",
        json={"password": "other-password-1", "old_password": "viewer-password-1"},
        **old,
    )
    assert answer.headers["Set-Cookie"].startswith("frigate_token=ey")
    assert (await fetch(session, profile, **old)).status == 401


@EVERY_VERSION
async def test_only_the_viewers_role_is_held_to_its_own_password(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    url = f"{server.external_url}/api/users/viewer1/password"
    body = {"password": "other-password-1", "old_password": "viewer-password-1"}
    server.add_user("viewer2", "viewer-password-2")
    refused = await fetch(session, url, "PUT", json=body, **bearer(server, "viewer2"))
    assert refused.status == 403
    taken = await fetch(session, url, "PUT", json=body, **bearer(server, "gate1"))
    assert taken.status == 200
    wrong = body | {"old_password": 7}
    unread = await fetch(session, url, "PUT", json=wrong, **bearer(server, "gate1"))
    assert unread.status == 422


@EVERY_VERSION
async def test_logs(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    url = f"{server.internal_url}/api/logs/frigate"
    whole = (await fetch(session, url)).json
    assert whole["totalLines"] == len(whole["lines"])
    note = "[LOGGING] Last message repeated 2 times"
    assert [line for line in whole["lines"] if line.endswith(note)]
    server.log("No frames have been received from front_door", "ERROR", "frigate.video")
    part = (await fetch(session, f"{url}?start=-2&end=-1")).json
    assert part["totalLines"] == whole["totalLines"] + 1
    assert part["lines"] == whole["lines"][-1:]
    assert (await fetch(session, f"{url}?stream=true")).status == 501


@EVERY_VERSION
async def test_the_end_of_a_log_is_folded_too(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    for _ in range(4):
        server.log("Again")
    url = f"{server.internal_url}/api/logs/frigate?start=-2"
    lines = (await fetch(session, url)).json["lines"]
    assert lines[0].endswith("INFO    : Again")
    assert lines[1].endswith("  [LOGGING] Last message repeated 3 times")


@EVERY_VERSION
async def test_a_restart(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    url = f"{server.internal_url}/api"
    server.state.started_at -= 500
    assert (await fetch(session, f"{url}/restart", "POST")).json["success"]
    assert (await fetch(session, f"{url}/version")).status == 500
    assert (await log_in(session, server, "admin", "x")).status == 502
    server.restart()
    assert (await fetch(session, f"{url}/version")).status == 200
    assert (await fetch(session, f"{url}/stats")).json["service"]["uptime"] < 100


@EVERY_VERSION
@pytest.mark.parametrize(
    "garbage",
    [
        "garbage",
        {"keys": SUBSCRIPTION["keys"]},
        {"endpoint": "https://push.example/abc"},
        SUBSCRIPTION | {"keys": {"p256dh": "BA", "auth": "AA"}},
        SUBSCRIPTION | {"keys": {"p256dh": 1, "auth": 2}},
    ],
)
async def test_a_malformed_subscription_stops_the_next_start(
    session: aiohttp.ClientSession, server: FakeFrigate, garbage: Any
) -> None:
    viewer = bearer(server, "viewer1")
    assert (await register(session, server, SUBSCRIPTION, **viewer)).status == 200
    server.restart()
    assert not server.state.starting

    assert (await register(session, server, garbage, **viewer)).status == 200
    assert (await fetch(session, f"{server.internal_url}/api/version")).status == 200
    server.restart()
    assert (await fetch(session, f"{server.internal_url}/api/version")).status == 500

    server.state.users["viewer1"].subscriptions.pop()
    server.restart()
    assert (await fetch(session, f"{server.internal_url}/api/version")).status == 200


@EVERY_VERSION
async def test_what_nobody_subscribes_to_is_lost(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    assert (await register(session, server, SUBSCRIPTION)).json["success"]
    assert not any(user.subscriptions for user in server.state.users.values())

    server.state.auth = False
    assert (await register(session, server, SUBSCRIPTION)).json["success"]
    assert server.state.users["admin"].subscriptions == [SUBSCRIPTION]


@EVERY_VERSION
async def test_notifications_that_are_switched_off(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.state.notifications = False
    config = (await fetch(session, f"{server.internal_url}/api/config")).json
    assert not config["notifications"]["enabled"]
    assert not config["cameras"]["Portones"]["notifications"]["enabled"]
