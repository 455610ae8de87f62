"""Changing how a server is reached: its address, and its credentials."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import CONF_TAKEN_OVER
from homeassistant.core import HomeAssistant
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault, FrontProxy
from tests.versions import EVERY_VERSION

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

KEEP, REPLACE, REMOVE = ({"credentials": one} for one in ("keep", "replace", "remove"))


@pytest.fixture
async def moved(socket_enabled: None) -> AsyncGenerator[FakeFrigate]:
    """Return the server at its new address."""
    async with FakeFrigate() as server:
        yield server


@pytest.fixture
async def login_entry(hass: HomeAssistant, frigate: FakeFrigate) -> MockConfigEntry:
    """Return an entry with a Frigate account."""
    return await set_up(hass, make_entry(frigate.external_url, **ADMIN))


def data(url: str, **credentials: Any) -> dict[str, Any]:
    """Return what an entry holds."""
    return {"url": url, "verify_ssl": False, **credentials}


def assert_changed(
    hass: HomeAssistant, flow: Flow, entry: MockConfigEntry, expected: dict[str, Any]
) -> None:
    """Check that the flow has changed the entry, and that it works."""
    assert flow.reason == "reconfigure_successful"
    assert hass.config_entries.async_entries() == [entry]
    assert dict(entry.data) == expected
    assert_works(hass, entry)


async def test_address_of_a_server_without_a_login(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    moved: FakeFrigate,
) -> None:
    flow = await Flow.reconfigure(hass, entry)
    assert flow.step == "reconfigure"
    # Nothing is stored, so nothing is offered to keep.
    assert flow.suggested == {"url": frigate.internal_url, "verify_ssl": False}

    await flow.submit(url=f"{moved.internal_url}/api", verify_ssl=True)

    assert_changed(hass, flow, entry, {"url": moved.internal_url, "verify_ssl": True})
    assert entry.title == "Frigate"


async def test_the_mark_of_an_entry_that_was_taken_over_stays(
    hass: HomeAssistant, frigate: FakeFrigate, moved: FakeFrigate
) -> None:
    entry = await set_up(
        hass, make_entry(frigate.internal_url, **{CONF_TAKEN_OVER: True})
    )
    flow = await Flow.reconfigure(hass, entry)
    await flow.submit(url=moved.internal_url, verify_ssl=False)

    assert_changed(
        hass, flow, entry, data(moved.internal_url, **{CONF_TAKEN_OVER: True})
    )


async def test_same_address_once_more(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    flow = await Flow.reconfigure(hass, entry)
    await flow.submit(url=frigate.internal_url, verify_ssl=False)

    assert_changed(hass, flow, entry, data(frigate.internal_url))


async def test_login_where_none_was_needed(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    flow = await Flow.reconfigure(hass, entry)
    await flow.submit(url=frigate.external_url, verify_ssl=False)
    assert flow.step == "authenticate"
    assert flow.placeholders["response"] == "HTTP 401 Authorization Required"
    assert dict(entry.data) == data(frigate.internal_url)

    await flow.choose("login")
    await flow.submit(**WRONG, **proxied())
    assert flow.errors == {"base": "invalid_auth"}
    assert dict(entry.data) == data(frigate.internal_url)
    assert_works(hass, entry, frigate)

    await flow.submit(**ADMIN, **proxied())
    assert_changed(hass, flow, entry, data(frigate.external_url, **ADMIN))


async def test_keeping_the_credentials(
    hass: HomeAssistant, login_entry: MockConfigEntry, moved: FakeFrigate
) -> None:
    flow = await Flow.reconfigure(hass, login_entry)
    await flow.submit(url=moved.external_url, verify_ssl=False, **KEEP)

    assert_changed(hass, flow, login_entry, data(moved.external_url, **ADMIN))


async def test_keeping_credentials_that_are_wrong_there(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    login_entry: MockConfigEntry,
    moved: FakeFrigate,
) -> None:
    moved.state.users["admin"].password = WRONG["password"]
    flow = await Flow.reconfigure(hass, login_entry)
    await flow.submit(url=moved.external_url, verify_ssl=False, **KEEP)
    assert flow.step == "authenticate"
    assert flow.placeholders["response"] == "HTTP 401, Login failed"
    assert dict(login_entry.data) == data(frigate.external_url, **ADMIN)

    await flow.choose("login")
    assert flow.suggested == {"username": "admin"}
    await flow.submit(**WRONG, **proxied())
    assert_changed(hass, flow, login_entry, data(moved.external_url, **WRONG))


async def test_keeping_the_credentials_of_the_proxy(
    hass: HomeAssistant, frigate: FakeFrigate, moved: FakeFrigate
) -> None:
    async with (
        FrontProxy(frigate.internal_url, headers=HEADERS) as old,
        FrontProxy(moved.external_url, headers=HEADERS) as new,
    ):
        entry = await set_up(hass, make_entry(old.url, headers=HEADERS))
        flow = await Flow.reconfigure(hass, entry)
        await flow.submit(url=new.url, verify_ssl=False, **KEEP)
        # The proxy lets these through, but Frigate wants a login there.
        assert flow.step == "authenticate"
        assert flow.placeholders["response"] == "HTTP 401 Authorization Required"
        await flow.choose("login")
        await flow.submit(**ADMIN, **proxied())

        assert_changed(hass, flow, entry, data(new.url, **ADMIN, headers=HEADERS))


async def test_other_credentials_at_the_same_address(
    hass: HomeAssistant, frigate: FakeFrigate, login_entry: MockConfigEntry
) -> None:
    flow = await Flow.reconfigure(hass, login_entry)
    await flow.submit(url=frigate.external_url, verify_ssl=False, **REPLACE)
    assert flow.step == "authenticate"
    assert flow.placeholders["response"] == "HTTP 401 Authorization Required"

    await flow.choose("login")
    await flow.submit(**WRONG, **proxied())
    assert flow.errors == {"base": "invalid_auth"}
    assert dict(login_entry.data) == data(frigate.external_url, **ADMIN)
    assert_works(hass, login_entry, frigate)

    await flow.submit(**VIEWER, **proxied())
    assert_changed(hass, flow, login_entry, data(frigate.external_url, **VIEWER))


async def test_other_credentials_replace_all_of_the_old_ones(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    async with FrontProxy(frigate.external_url, basic=BASIC) as proxy:
        entry = await set_up(hass, make_entry(proxy.url, **ADMIN, **BASIC_FIELDS))
        assert_works(hass, entry, frigate)
        token = frigate.token("admin")

        flow = await Flow.reconfigure(hass, entry)
        await flow.submit(url=frigate.external_url, verify_ssl=False, **REPLACE)
        await flow.choose("token")
        await flow.submit(token=token, **proxied())

        assert_changed(hass, flow, entry, data(frigate.external_url, token=token))


async def test_other_credentials_where_none_are_asked_for(
    hass: HomeAssistant, frigate: FakeFrigate, login_entry: MockConfigEntry
) -> None:
    flow = await Flow.reconfigure(hass, login_entry)
    await flow.submit(url=f"{frigate.internal_url}/api", verify_ssl=True, **REPLACE)
    assert flow.step == "replace_credentials"
    assert flow.result["menu_options"] == ["login", "token", "proxy"]
    assert flow.placeholders["url"] == frigate.internal_url
    await flow.choose("proxy")
    await flow.submit(**HEADER_FIELDS)

    expected = {"url": frigate.internal_url, "verify_ssl": True, "headers": HEADERS}
    assert_changed(hass, flow, login_entry, expected)


async def test_removing_the_credentials(
    hass: HomeAssistant, frigate: FakeFrigate, login_entry: MockConfigEntry
) -> None:
    flow = await Flow.reconfigure(hass, login_entry)
    await flow.submit(url=frigate.internal_url, verify_ssl=False, **REMOVE)

    assert_changed(hass, flow, login_entry, data(frigate.internal_url))


async def test_removing_credentials_that_are_needed(
    hass: HomeAssistant, frigate: FakeFrigate, login_entry: MockConfigEntry
) -> None:
    flow = await Flow.reconfigure(hass, login_entry)
    await flow.submit(url=frigate.external_url, verify_ssl=False, **REMOVE)
    assert flow.step == "authenticate"
    assert dict(login_entry.data) == data(frigate.external_url, **ADMIN)

    await flow.choose("token")
    token = frigate.token("admin")
    await flow.submit(token=token, **proxied())
    assert_changed(hass, flow, login_entry, data(frigate.external_url, token=token))


@pytest.mark.parametrize("choice", [KEEP, REPLACE, REMOVE])
async def test_failure_keeps_what_was_there(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    login_entry: MockConfigEntry,
    moved: FakeFrigate,
    choice: dict[str, str],
) -> None:
    flow = await Flow.reconfigure(hass, login_entry)
    runtime_data = login_entry.runtime_data

    def assert_kept() -> None:
        assert flow.step == "reconfigure"
        assert dict(login_entry.data) == data(frigate.external_url, **ADMIN)
        assert login_entry.runtime_data is runtime_data
        assert_works(hass, login_entry, frigate)

    await flow.submit(url="ftp://frigate.lan", verify_ssl=False, **choice)
    assert flow.errors == {"url": "invalid_url"}
    assert_kept()

    await moved.refuse()
    await flow.submit(url=moved.internal_url, verify_ssl=False, **choice)
    assert flow.errors == {"base": "cannot_connect"}
    assert flow.suggested == {
        "url": moved.internal_url,
        "verify_ssl": False,
        **choice,
    }
    assert_kept()

    await moved.resume()
    moved.fail("/api", Fault.status(502))
    await flow.submit(url=moved.internal_url, verify_ssl=False, **choice)
    assert flow.errors == {"base": "starting"}
    assert_kept()

    moved.clear_faults()
    await flow.submit(url=moved.external_url, verify_ssl=True, **choice)
    assert flow.errors == {"base": "tls_untrusted"}
    assert_kept()

    await flow.submit(url=moved.internal_url, verify_ssl=False, **choice)
    if choice == REPLACE:
        await flow.choose("login")
        await flow.submit(**ADMIN, **proxied())
    credentials = {} if choice == REMOVE else ADMIN
    assert_changed(hass, flow, login_entry, data(moved.internal_url, **credentials))


async def test_address_of_another_entry(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    moved: FakeFrigate,
) -> None:
    other = await set_up(hass, make_entry(moved.internal_url))

    for pasted in ("", "/", "/api", "/review"):
        flow = await Flow.reconfigure(hass, entry)
        await flow.submit(url=f"{moved.internal_url}{pasted}", verify_ssl=False)
        assert flow.reason == "already_configured", pasted

    assert dict(entry.data) == data(frigate.internal_url)
    assert dict(other.data) == data(moved.internal_url)
    assert_works(hass, entry, frigate)


@pytest.fixture
async def other(socket_enabled: None, version: str) -> AsyncGenerator[FakeFrigate]:
    """Return a server that has none of the cameras."""
    async with FakeFrigate(version) as server:
        for camera in [*server.state.cameras]:
            server.state.cameras[f"{camera}_elsewhere"] = server.state.cameras.pop(
                camera
            )
        yield server


@EVERY_VERSION
async def test_another_server_is_accepted_only_after_a_question(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    other: FakeFrigate,
) -> None:
    flow = await Flow.reconfigure(hass, entry)
    await flow.submit(url=other.internal_url, verify_ssl=False)

    assert flow.step == "different_server"
    assert flow.errors == {}
    assert flow.placeholders["url"] == other.internal_url
    assert flow.placeholders["title"] == entry.title
    # Whoever closes the dialog keeps what was there.
    assert dict(entry.data) == data(frigate.internal_url)
    assert_works(hass, entry, frigate)

    await flow.submit()
    assert flow.reason == "reconfigure_successful"
    assert dict(entry.data) == data(other.internal_url)
    assert entry.runtime_data.server.data.cameras.keys() == {
        "front_door_elsewhere",
        "Portones_elsewhere",
    }


async def test_another_server_with_other_credentials_is_asked_about_at_the_end(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    login_entry: MockConfigEntry,
    other: FakeFrigate,
) -> None:
    flow = await Flow.reconfigure(hass, login_entry)
    await flow.submit(url=other.external_url, verify_ssl=False, **REMOVE)
    assert flow.step == "authenticate"
    await flow.choose("login")
    await flow.submit(**VIEWER, **proxied())
    assert flow.step == "different_server"
    assert dict(login_entry.data) == data(frigate.external_url, **ADMIN)

    await flow.submit()
    assert flow.reason == "reconfigure_successful"
    assert dict(login_entry.data) == data(other.external_url, **VIEWER)


async def test_a_server_without_cameras_is_another_one_too(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    other: FakeFrigate,
) -> None:
    other.state.cameras.clear()
    flow = await Flow.reconfigure(hass, entry)
    await flow.submit(url=other.internal_url, verify_ssl=False)

    assert flow.step == "different_server"
    assert_works(hass, entry, frigate)


async def test_one_common_camera_is_enough_not_to_ask(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    other: FakeFrigate,
) -> None:
    other.state.cameras["front_door"] = other.state.cameras.pop("front_door_elsewhere")
    flow = await Flow.reconfigure(hass, entry)
    await flow.submit(url=other.internal_url, verify_ssl=False)

    assert flow.reason == "reconfigure_successful"
    assert dict(entry.data) == data(other.internal_url)


async def test_no_question_where_no_camera_was_known(
    hass: HomeAssistant, frigate: FakeFrigate, other: FakeFrigate
) -> None:
    frigate.state.cameras.clear()
    entry = await set_up(hass, make_entry(frigate.internal_url))
    flow = await Flow.reconfigure(hass, entry)
    await flow.submit(url=other.internal_url, verify_ssl=False)

    assert flow.reason == "reconfigure_successful"


async def test_cameras_are_known_while_their_server_is_down(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    other: FakeFrigate,
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    await frigate.refuse()
    flow = await Flow.reconfigure(hass, entry)
    await flow.submit(url=other.internal_url, verify_ssl=False)

    assert flow.step == "different_server"
    await flow.submit()
    assert dict(entry.data) == data(other.internal_url)


async def test_a_configuration_that_cannot_be_read_is_an_error_and_recovered_from(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    moved: FakeFrigate,
) -> None:
    moved.fail("/api/config", Fault.status(500))
    flow = await Flow.reconfigure(hass, entry)
    await flow.submit(url=moved.internal_url, verify_ssl=False)
    assert flow.errors == {"base": "server_error"}
    assert_works(hass, entry, frigate)

    moved.clear_faults()
    await flow.submit(url=moved.internal_url, verify_ssl=False)
    assert_changed(hass, flow, entry, data(moved.internal_url))
