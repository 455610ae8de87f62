"""Logging in again, in the way it was done before or in another one."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.frigate_http.const import CONF_TAKEN_OVER
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault, FrontProxy

from . import (
    ADMIN,
    BASIC,
    BASIC_FIELDS,
    HEADER_FIELDS,
    HEADERS,
    VIEWER,
    WRONG,
    Flow,
    assert_works,
    proxied,
)


def assert_unchanged(entry: MockConfigEntry, data: dict[str, Any]) -> None:
    """Check that nothing was lost."""
    assert dict(entry.data) == data


async def lose(hass: HomeAssistant, entry: MockConfigEntry) -> Flow:
    """Let the server's refusal begin the flow, and open it."""
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    return await Flow.reauth(hass, entry)


def assert_logged_in(
    hass: HomeAssistant, flow: Flow, entry: MockConfigEntry, frigate: FakeFrigate
) -> None:
    """Check that the flow has brought the entry back."""
    assert flow.reason == "reauth_successful"
    assert hass.config_entries.async_entries() == [entry]
    assert hass.config_entries.flow.async_progress() == []
    assert_works(hass, entry, frigate)


async def test_changed_password(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    kept = {CONF_TAKEN_OVER: True}
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN, **kept))
    assert_works(hass, entry, frigate)
    before = dict(entry.data)
    new = {"username": "admin", "password": "a-new-password-1"}
    frigate.state.users["admin"].password = new["password"]
    frigate.revoke_sessions()

    # The next poll notices.
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=20))
    await hass.async_block_till_done(wait_background_tasks=True)
    flow = await Flow.reauth(hass, entry)
    assert flow.step == "login"
    assert flow.suggested == {"username": "admin"}
    assert flow.placeholders["name"] == "Frigate"

    await flow.submit(**WRONG, **proxied())
    assert flow.errors == {"base": "invalid_auth"}
    assert_unchanged(entry, before)

    await flow.submit(**new, **proxied())
    assert_logged_in(hass, flow, entry, frigate)
    assert_unchanged(entry, {**before, **new})


async def test_other_account(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **WRONG))
    flow = await Flow.reauth(hass, entry)

    await flow.submit(**VIEWER, **proxied())

    assert_logged_in(hass, flow, entry, frigate)
    assert_unchanged(
        entry, {"url": frigate.external_url, "verify_ssl": False, **VIEWER}
    )


@pytest.mark.parametrize(
    ("stored", "guard"),
    [
        ({"headers": HEADERS}, {"headers": HEADERS}),
        (BASIC_FIELDS, {"basic": BASIC}),
    ],
)
async def test_account_behind_a_proxy_whose_credentials_stay(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    stored: dict[str, Any],
    guard: dict[str, Any],
) -> None:
    async with FrontProxy(frigate.external_url, **guard) as proxy:
        entry = await set_up(hass, make_entry(proxy.url, **WRONG, **stored))
        flow = await Flow.reauth(hass, entry)
        assert flow.step == "login"

        await flow.submit(**ADMIN, **proxied(headers=[]))

        assert_logged_in(hass, flow, entry, frigate)
        assert_unchanged(
            entry, {"url": proxy.url, "verify_ssl": False, **ADMIN, **stored}
        )


async def test_account_and_new_credentials_for_the_proxy(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    async with FrontProxy(frigate.external_url, headers=HEADERS) as proxy:
        stored = {"headers": {"X-Api-Key": "of-yesterday"}}
        entry = await set_up(hass, make_entry(proxy.url, **ADMIN, **stored))
        await hass.async_block_till_done(wait_background_tasks=True)
        # A refusal with 403 is no question for a login; the user asks for one.
        entry.async_start_reauth(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
        flow = await Flow.reauth(hass, entry)
        await flow.submit(**ADMIN, **proxied())
        assert flow.errors == {"base": "forbidden"}

        await flow.submit(**ADMIN, **proxied(**HEADER_FIELDS))

        assert_logged_in(hass, flow, entry, frigate)
        assert entry.data["headers"] == HEADERS


async def test_token(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    ended = frigate.token("admin", expires_in=-1)
    entry = await set_up(hass, make_entry(frigate.external_url, token=ended))
    flow = await Flow.reauth(hass, entry)
    assert flow.step == "token"
    assert flow.suggested == {}

    await flow.submit(token=ended, **proxied())
    assert flow.errors == {"base": "invalid_auth"}
    assert entry.data["token"] == ended

    token = frigate.token("admin")
    await flow.submit(token=token, **proxied())
    assert_logged_in(hass, flow, entry, frigate)
    assert_unchanged(
        entry, {"url": frigate.external_url, "verify_ssl": False, "token": token}
    )


async def test_token_behind_a_proxy_whose_headers_stay(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    async with FrontProxy(frigate.external_url, headers=HEADERS) as proxy:
        stored = {"token": "worthless", "headers": HEADERS}
        entry = await set_up(hass, make_entry(proxy.url, **stored))
        flow = await Flow.reauth(hass, entry)
        await flow.submit(token=frigate.token("admin"), **proxied())

        assert_logged_in(hass, flow, entry, frigate)
        assert entry.data["headers"] == HEADERS


async def test_proxy(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    async with FrontProxy(frigate.internal_url, basic=BASIC) as proxy:
        stored = {"proxy_username": BASIC[0], "proxy_password": "of-yesterday"}
        entry = await set_up(hass, make_entry(proxy.url, **stored))
        flow = await Flow.reauth(hass, entry)
        assert flow.step == "authenticate"
        assert flow.placeholders["response"] == "HTTP 401, Unauthorized"
        await flow.choose("proxy")
        assert flow.suggested == {"proxy_username": BASIC[0]}

        await flow.submit(**{**stored, "proxy_password": "still-wrong"})
        assert flow.errors == {"base": "invalid_auth"}
        assert_unchanged(entry, {"url": proxy.url, "verify_ssl": False, **stored})

        # The name is stored, so the new password is enough.
        await flow.submit(proxy_password=BASIC[1])
        assert_logged_in(hass, flow, entry, frigate)
        assert_unchanged(entry, {"url": proxy.url, "verify_ssl": False, **BASIC_FIELDS})


async def test_proxy_gives_way_to_a_token(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **BASIC_FIELDS))
    flow = await Flow.reauth(hass, entry)
    await flow.choose("token")
    token = frigate.token("admin")

    await flow.submit(token=token, **proxied())

    # Both would be sent in the same header.
    assert_logged_in(hass, flow, entry, frigate)
    assert_unchanged(
        entry, {"url": frigate.external_url, "verify_ssl": False, "token": token}
    )


@pytest.mark.parametrize("frigate_options", [{"auth": False}])
async def test_login_required_for_the_first_time(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url))
    assert_works(hass, entry, frigate)
    frigate.state.auth = True

    flow = await lose(hass, entry)
    assert flow.step == "authenticate"
    assert flow.placeholders["url"] == frigate.external_url
    assert flow.placeholders["response"] == "HTTP 401 Authorization Required"
    await flow.choose("login")
    await flow.submit(**WRONG, **proxied())
    assert flow.errors == {"base": "invalid_auth"}
    await flow.submit(**ADMIN, **proxied())

    assert_logged_in(hass, flow, entry, frigate)
    assert_unchanged(entry, {"url": frigate.external_url, "verify_ssl": False, **ADMIN})


async def test_login_page_of_a_proxy_for_the_first_time(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    entry = await set_up(hass, make_entry(frigate.internal_url))
    frigate.fail("/api", Fault.redirect("https://login.example/authorize?state=1"))

    flow = await lose(hass, entry)
    assert flow.placeholders["response"] == (
        "HTTP 302, The server redirects to https://login.example/authorize"
    )
    await flow.choose("proxy")
    await flow.submit(**HEADER_FIELDS)
    assert flow.errors == {"base": "login_redirect"}
    frigate.clear_faults()
    await flow.submit(**HEADER_FIELDS)

    assert_logged_in(hass, flow, entry, frigate)
    assert entry.data["headers"] == HEADERS


async def start_reauth(hass: HomeAssistant, entry: MockConfigEntry) -> Flow:
    """Begin although the server asks for nothing."""
    entry.async_start_reauth(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    return await Flow.reauth(hass, entry)


async def test_server_that_answers_again_meanwhile(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    flow = await start_reauth(hass, entry)
    assert flow.step == "authenticate"
    assert flow.placeholders["response"] == "HTTP 200"

    await flow.choose("login")
    await flow.submit(**ADMIN, **proxied())
    assert_logged_in(hass, flow, entry, frigate)


async def test_server_that_is_down_meanwhile(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    await frigate.refuse()
    flow = await start_reauth(hass, entry)
    assert flow.step == "authenticate"
    assert flow.placeholders["response"].startswith("No connection to 127.0.0.1")

    await flow.choose("login")
    await flow.submit(**ADMIN, **proxied())
    assert flow.errors == {"base": "cannot_connect"}
    await frigate.resume()
    await flow.submit(**ADMIN, **proxied())
    assert_logged_in(hass, flow, entry, frigate)


async def test_unexpected_exception_meanwhile(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def _explode(*_args: object, **_options: object) -> None:
        raise RuntimeError("nobody thought of this")

    with monkeypatch.context() as patch:
        patch.setattr(aiohttp.ClientSession, "_request", _explode)
        entry.async_start_reauth(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
    flow = await Flow.reauth(hass, entry)
    assert flow.step == "authenticate"
    assert flow.placeholders["response"] == "RuntimeError"

    await flow.choose("login")
    await flow.submit(**ADMIN, **proxied())
    assert_logged_in(hass, flow, entry, frigate)
