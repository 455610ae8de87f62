"""Adding a server that wants to know who asks: the menu, and every way through it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate, Fault, FrontProxy
from tests.versions import WITH_016

from . import (
    ADMIN,
    BASIC,
    BASIC_FIELDS,
    HEADER_FIELDS,
    HEADERS,
    VIEWER,
    Flow,
    assert_works,
    proxied,
)

FIELDS: dict[str, Any] = {"basic": BASIC_FIELDS, "headers": HEADER_FIELDS}
DATA: dict[str, Any] = {"basic": BASIC_FIELDS, "headers": {"headers": HEADERS}}
GUARDS: dict[str, Any] = {"basic": {"basic": BASIC}, "headers": {"headers": HEADERS}}


@asynccontextmanager
async def guarded(
    upstream: str, guard: str, **options: Any
) -> AsyncGenerator[FrontProxy]:
    """Run a reverse proxy that wants credentials of this kind."""
    async with FrontProxy(upstream, **GUARDS[guard], **options) as proxy:
        yield proxy


@WITH_016
@pytest.mark.parametrize(
    ("frigate_options", "account"),
    [
        ({}, ADMIN),
        ({}, VIEWER),
        ({"tls": False, "cookie_name": "another_name"}, ADMIN),
    ],
)
async def test_frigate_account(
    hass: HomeAssistant, frigate: FakeFrigate, account: dict[str, str]
) -> None:
    flow = await Flow.at(hass, frigate.external_url)
    assert flow.step == "authenticate"
    assert flow.result["menu_options"] == ["login", "token", "proxy"]
    assert flow.placeholders["url"] == frigate.external_url
    assert flow.placeholders["response"] == "HTTP 401 Authorization Required"

    await flow.choose("login")
    assert flow.step == "login"
    assert flow.errors == {}
    await flow.submit(**account, **proxied())

    assert flow.entry.title == "Frigate"
    assert flow.entry.data == {
        "url": frigate.external_url,
        "verify_ssl": False,
        **account,
    }
    assert_works(hass, flow.entry, frigate)


@pytest.mark.parametrize("word", ["", "Bearer ", " bearer  "])
async def test_bearer_token(
    hass: HomeAssistant, frigate: FakeFrigate, word: str
) -> None:
    token = frigate.token("admin")
    flow = await Flow.at(hass, frigate.external_url)

    await flow.choose("token")
    await flow.submit(token=f"{word}{token} ", **proxied())

    assert flow.entry.data == {
        "url": frigate.external_url,
        "verify_ssl": False,
        "token": token,
    }
    assert_works(hass, flow.entry, frigate)


@pytest.mark.parametrize(
    ("guard", "options", "response"),
    [
        ("basic", {}, "HTTP 401, Unauthorized"),
        ("headers", {}, "HTTP 403, Forbidden"),
        (
            "headers",
            {"login_html": True},
            "HTTP 200, A web page instead of data: Sign in",
        ),
        (
            "basic",
            {"redirect_to_login": True, "prefix": "/frigate"},
            "HTTP 302, The server redirects to https://login.example/authorize",
        ),
    ],
)
async def test_reverse_proxy(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    guard: str,
    options: dict[str, Any],
    response: str,
) -> None:
    async with guarded(frigate.internal_url, guard, **options) as proxy:
        flow = await Flow.at(hass, proxy.url)
        assert flow.step == "authenticate"
        assert flow.placeholders["response"] == response
        assert frigate.requests == []

        await flow.choose("proxy")
        await flow.submit(**FIELDS[guard])

        assert flow.entry.data == {
            "url": proxy.url,
            "verify_ssl": False,
            **DATA[guard],
        }
        assert_works(hass, flow.entry, frigate)


@pytest.mark.parametrize(
    ("guard", "options"),
    [("basic", {}), ("headers", {}), ("headers", {"login_html": True})],
)
async def test_frigate_account_behind_a_reverse_proxy(
    hass: HomeAssistant, frigate: FakeFrigate, guard: str, options: dict[str, Any]
) -> None:
    async with guarded(frigate.external_url, guard, **options) as proxy:
        flow = await Flow.at(hass, proxy.url)
        await flow.choose("login")
        await flow.submit(**ADMIN, **proxied(**FIELDS[guard]))

        assert flow.entry.data == {
            "url": proxy.url,
            "verify_ssl": False,
            **ADMIN,
            **DATA[guard],
        }
        assert_works(hass, flow.entry, frigate)


async def test_bearer_token_behind_a_reverse_proxy(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    token = frigate.token("admin")
    async with guarded(frigate.external_url, "headers") as proxy:
        flow = await Flow.at(hass, proxy.url)
        await flow.choose("token")
        await flow.submit(token=token, **proxied(**HEADER_FIELDS))

        assert flow.entry.data == {
            "url": proxy.url,
            "verify_ssl": False,
            "token": token,
            "headers": HEADERS,
        }
        assert_works(hass, flow.entry, frigate)


async def test_proxy_behind_which_the_path_is_found_with_its_credentials(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    async with guarded(frigate.internal_url, "basic", prefix="/frigate") as proxy:
        flow = await Flow.at(hass, f"{proxy.url}/review?x=1#front_door")
        # Before the login all paths look alike.
        assert flow.placeholders["url"] == f"{proxy.url}/review"
        await flow.choose("proxy")
        await flow.submit(**BASIC_FIELDS)

        assert flow.entry.data["url"] == proxy.url
        assert_works(hass, flow.entry, frigate)


async def test_account_is_asked_for_once_and_never_in_an_address(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await Flow.at(hass, frigate.external_url)
    await flow.choose("login")
    frigate.clear_requests()
    frigate.fail("/api/stats", Fault.status(502))
    await flow.submit(**ADMIN, **proxied())

    assert flow.errors == {"base": "starting"}
    logins = [one for one in frigate.requests if one.path == "/api/login"]
    assert len(logins) == 1
    assert not any(one.query for one in frigate.requests)

    frigate.clear_faults()
    await flow.submit(**ADMIN, **proxied())
    assert_works(hass, flow.entry, frigate)


async def test_blanks_around_names_are_dropped(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    async with guarded(frigate.external_url, "basic") as proxy:
        flow = await Flow.at(hass, proxy.url)
        await flow.choose("login")
        await flow.submit(
            username=" admin ",
            password=ADMIN["password"],
            **proxied(
                proxy_username=f" {BASIC[0]} ",
                proxy_password=BASIC[1],
                headers=["", "  "],
            ),
        )

        assert flow.entry.data == {
            "url": proxy.url,
            "verify_ssl": False,
            **ADMIN,
            **BASIC_FIELDS,
        }
        assert_works(hass, flow.entry, frigate)
