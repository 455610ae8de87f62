"""Credentials that are wrong, or cannot be sent, or meet a server in trouble."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.fake_frigate import FakeFrigate, Fault

from . import ADMIN, BASIC_FIELDS, HEADER_FIELDS, WRONG, Flow, assert_works, proxied
from .test_authenticate import FIELDS, guarded


async def at_login(hass: HomeAssistant, frigate: FakeFrigate) -> Flow:
    """Return a flow that asks for a Frigate account."""
    flow = await Flow.at(hass, frigate.external_url)
    await flow.choose("login")
    return flow


async def finish(hass: HomeAssistant, flow: Flow, frigate: FakeFrigate) -> None:
    """Log in, in the flow that has just shown an error."""
    assert flow.step == "login"
    await flow.submit(**ADMIN, **proxied())
    assert flow.entry.data["username"] == ADMIN["username"]
    assert_works(hass, flow.entry, frigate)


@pytest.mark.parametrize(
    "fields", [WRONG, {"username": "nobody", "password": WRONG["password"]}]
)
async def test_wrong_account(
    hass: HomeAssistant, frigate: FakeFrigate, fields: dict[str, str]
) -> None:
    flow = await at_login(hass, frigate)
    frigate.clear_requests()
    await flow.submit(**fields, **proxied())

    assert flow.errors == {"base": "invalid_auth"}
    assert "Login failed" in flow.error
    assert flow.suggested["username"] == fields["username"]
    logins = [one for one in frigate.requests if one.path == "/api/login"]
    assert len(logins) == 1
    await finish(hass, flow, frigate)


async def test_account_without_a_password(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await at_login(hass, frigate)
    await flow.submit(username="admin", password="", **proxied())

    assert flow.errors == {"base": "invalid_auth"}
    await finish(hass, flow, frigate)


@pytest.mark.parametrize("frigate_options", [{"login_rate_limit": 1}])
async def test_too_many_logins(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    flow = await at_login(hass, frigate)
    await flow.submit(**WRONG, **proxied())
    assert flow.errors == {"base": "invalid_auth"}

    await flow.submit(**ADMIN, **proxied())
    assert flow.errors == {"base": "rate_limited"}
    assert "1 per 1 minute" in flow.error

    frigate.state.login_rate_limit = None
    await finish(hass, flow, frigate)


@pytest.mark.parametrize(
    ("path", "fault", "key"),
    [
        ("/api/login", Fault.status(502), "starting"),
        ("/api/version", Fault.status(500), "server_error"),
        ("/api/login", Fault.drop(), "cannot_connect"),
        ("/api/stats", Fault.status(403), "forbidden"),
        ("/api/stats", Fault.html(), "not_frigate"),
        ("/api/login", Fault.html(), "not_frigate"),
        ("/api/login", Fault.redirect("https://login.example/"), "login_redirect"),
    ],
)
async def test_server_that_answers_with_an_error(
    hass: HomeAssistant, frigate: FakeFrigate, path: str, fault: Fault, key: str
) -> None:
    flow = await at_login(hass, frigate)
    frigate.fail(path, fault)
    await flow.submit(**ADMIN, **proxied())

    assert flow.errors == {"base": key}
    frigate.clear_faults()
    await finish(hass, flow, frigate)


async def test_server_that_cannot_be_reached(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await at_login(hass, frigate)
    await frigate.refuse()
    await flow.submit(**ADMIN, **proxied())

    assert flow.errors == {"base": "cannot_connect"}
    await frigate.resume()
    await finish(hass, flow, frigate)


async def test_server_that_does_not_respond(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await at_login(hass, frigate)
    frigate.clear_requests()
    frigate.fail("/api/login", Fault.stall())
    waiting = asyncio.ensure_future(flow.submit(**ADMIN, **proxied()))
    await frigate.wait_for_requests(2)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=12))
    await waiting

    assert flow.errors == {"base": "timeout"}
    frigate.clear_faults()
    await finish(hass, flow, frigate)


async def test_server_that_is_too_old(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await at_login(hass, frigate)
    frigate.state.version = "0.15.2"
    await flow.submit(**ADMIN, **proxied())

    assert flow.errors == {"base": "unsupported_version"}
    frigate.state.version = "0.17.2"
    await finish(hass, flow, frigate)


async def test_unexpected_exception(
    hass: HomeAssistant, frigate: FakeFrigate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def _explode(*_args: object, **_options: object) -> None:
        raise RuntimeError("nobody thought of this")

    flow = await at_login(hass, frigate)
    with monkeypatch.context() as patch:
        patch.setattr(aiohttp.ClientSession, "_request", _explode)
        await flow.submit(**ADMIN, **proxied())

    assert flow.errors == {"base": "unknown"}
    await finish(hass, flow, frigate)


UNSENDABLE: list[tuple[dict[str, Any], str]] = [
    ({"headers": ["no header at all"]}, "invalid_headers"),
    ({"headers": ["X-Empty:"]}, "invalid_headers"),
    ({"headers": ["X Blank: 1"]}, "invalid_headers"),
    ({"headers": ["X-Umlaut: größer"]}, "invalid_headers"),
    ({"headers": ["X-Good: 1", "X-Break: 1\r\nX-More: 2"]}, "invalid_headers"),
    ({"headers": ["Host: elsewhere"]}, "invalid_headers"),
    ({"headers": ["content-LENGTH: 0"]}, "invalid_headers"),
    ({"proxy_username": "a:b", "proxy_password": "c"}, "bad_argument"),
    ({**BASIC_FIELDS, "headers": ["authorization: x"]}, "authorization_twice"),
]


async def test_invalid_proxy_credentials(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await at_login(hass, frigate)
    frigate.clear_requests()
    for section, key in UNSENDABLE:
        await flow.submit(**ADMIN, **proxied(**section))
        assert flow.errors == {"base": key}, section
    assert frigate.requests == []
    await finish(hass, flow, frigate)


async def test_nothing_entered(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    flow = await at_login(hass, frigate)
    frigate.clear_requests()
    await flow.submit(username=" ", password="", **proxied(headers=[""]))

    assert flow.errors == {"base": "no_credentials"}
    assert frigate.requests == []
    await finish(hass, flow, frigate)


async def test_wrong_token(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    flow = await Flow.at(hass, frigate.external_url)
    await flow.choose("token")
    for token, key in (
        ("nonsense", "invalid_auth"),
        ("two words", "bad_argument"),
        ("größer", "bad_argument"),
        ("line\nbreak", "bad_argument"),
        (" ", "no_credentials"),
        ("Bearer ", "invalid_auth"),
    ):
        await flow.submit(token=token, **proxied())
        assert flow.errors == {"base": key}, token

    await flow.submit(token=frigate.token("admin"), **proxied())
    assert_works(hass, flow.entry, frigate)


async def test_expired_token(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    flow = await Flow.at(hass, frigate.external_url)
    await flow.choose("token")
    await flow.submit(token=frigate.token("admin", expires_in=-1), **proxied())

    assert flow.errors == {"base": "invalid_auth"}
    await flow.submit(token=frigate.token("viewer1"), **proxied())
    assert_works(hass, flow.entry, frigate)


async def test_token_and_an_authorization_header(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await Flow.at(hass, frigate.external_url)
    await flow.choose("token")
    token = frigate.token("admin")
    await flow.submit(token=token, **proxied(headers=["Authorization: other"]))

    assert flow.errors == {"base": "authorization_twice"}
    await flow.submit(token=token, **proxied())
    assert_works(hass, flow.entry, frigate)


@pytest.mark.parametrize(
    ("guard", "options", "wrong", "key"),
    [
        (
            "basic",
            {},
            {"proxy_username": "x", "proxy_password": "basic-wrong"},
            "invalid_auth",
        ),
        ("basic", {}, {"proxy_password": "only-a-password"}, "invalid_auth"),
        ("headers", {}, {"headers": ["X-Api-Key: wrong"]}, "forbidden"),
        ("headers", {"login_html": True}, {"headers": ["A: wrong"]}, "not_frigate"),
        (
            "headers",
            {"redirect_to_login": True},
            {"headers": ["A: wrong"]},
            "login_redirect",
        ),
        ("basic", {}, {}, "no_credentials"),
        ("headers", {}, {"headers": ["wrong"]}, "invalid_headers"),
    ],
)
async def test_wrong_credentials_for_a_proxy(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    guard: str,
    options: dict[str, Any],
    wrong: dict[str, Any],
    key: str,
) -> None:
    async with guarded(frigate.internal_url, guard, **options) as proxy:
        flow = await Flow.at(hass, proxy.url)
        await flow.choose("proxy")
        await flow.submit(**wrong)

        assert flow.errors == {"base": key}
        assert frigate.requests == []
        await flow.submit(**FIELDS[guard])
        assert_works(hass, flow.entry, frigate)


async def test_proxy_is_passed_but_frigate_asks_for_a_login(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    async with guarded(frigate.external_url, "headers") as proxy:
        flow = await Flow.at(hass, proxy.url)
        await flow.choose("proxy")
        await flow.submit(**HEADER_FIELDS)
        assert flow.errors == {"base": "invalid_auth"}

        again = await Flow.at(hass, proxy.url)
        await again.choose("login")
        await again.submit(**ADMIN, **proxied(**HEADER_FIELDS))
        assert_works(hass, again.entry, frigate)
