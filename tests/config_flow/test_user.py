"""Adding a server: what answers at the address, and what does not."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from yarl import URL

from custom_components.frigate_http.flow.titles import new_title
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.clock import turns
from tests.conftest import make_entry
from tests.fake_frigate import FakeFrigate, Fault, Forwarder
from tests.versions import WITH_016

from . import ADMIN, Flow, assert_works, proxied

OPEN = pytest.mark.parametrize("frigate_options", [{"auth": False}])


@WITH_016
async def test_port_without_login_makes_the_entry_at_once(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await Flow.start(hass)
    assert flow.step == "user"
    assert flow.errors == {}

    await flow.submit(url=frigate.internal_url, verify_ssl=True)

    assert flow.entry.title == "Frigate"
    assert flow.entry.data == {"url": frigate.internal_url, "verify_ssl": True}
    assert flow.entry.options == {}
    assert_works(hass, flow.entry, frigate)
    # `/api/auth` says 401 on this port although everything works.
    assert "/api/auth" not in {request.path for request in frigate.requests}


@WITH_016
@pytest.mark.parametrize(
    "frigate_options", [{"auth": False}, {"auth": False, "tls": False}]
)
async def test_disabled_authentication_makes_the_entry_at_once(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await Flow.at(hass, frigate.external_url)

    assert flow.entry.data == {"url": frigate.external_url, "verify_ssl": False}
    assert_works(hass, flow.entry, frigate)


async def test_certificates_are_verified_by_default(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await Flow.start(hass)
    await flow.submit(url=frigate.internal_url)

    assert flow.entry.data["verify_ssl"] is True


type Break = Callable[[FakeFrigate], Awaitable[None]]


def fail(path: str, fault: Fault) -> Break:
    """Return what lets a route fail."""

    async def _fail(frigate: FakeFrigate) -> None:
        frigate.fail(path, fault)

    return _fail


async def refuse(frigate: FakeFrigate) -> None:
    """Let nobody in."""
    await frigate.refuse()


async def boot(frigate: FakeFrigate) -> None:
    """Be starting."""
    frigate.state.starting = True


async def age(frigate: FakeFrigate) -> None:
    """Be the last version before those that are supported."""
    frigate.state.version = "0.15.2"


async def mend(frigate: FakeFrigate) -> None:
    """Undo all of these."""
    frigate.clear_faults()
    await frigate.refuse()
    await frigate.resume()
    frigate.state.starting = False
    frigate.state.version = "0.17.2"


VERSION, STATS = "/api/version", "/api/stats"


@pytest.mark.parametrize(
    ("break_it", "key", "words"),
    [
        (refuse, "cannot_connect", "No connection to 127.0.0.1"),
        (fail(VERSION, Fault.drop()), "cannot_connect", "closed the connection"),
        (fail(STATS, Fault.drop_body()), "cannot_connect", "cut off"),
        (boot, "starting", "starting"),
        (fail(VERSION, Fault.status(502)), "starting", "Wait a moment"),
        (fail(STATS, Fault.status(503)), "starting", "Wait a moment"),
        (fail(STATS, Fault.status(500)), "server_error", "Internal Server Error"),
        (fail(VERSION, Fault.status(504)), "server_error", "log"),
        (fail(VERSION, Fault.status(429)), "rate_limited", "Wait a minute"),
        (
            age,
            "unsupported_version",
            "Frigate 0.15.2 is too old. Update Frigate to version 0.16",
        ),
        (fail(VERSION, Fault.garbage()), "not_frigate", "not a Frigate version"),
        (fail(STATS, Fault.garbage()), "not_frigate", "not valid JSON"),
        (fail(STATS, Fault.truncate()), "not_frigate", "not valid JSON"),
        (fail(STATS, Fault.json([])), "not_frigate", "list, not dict"),
        (fail(VERSION, Fault.status(400)), "not_frigate", "Check the address"),
        (fail(VERSION, Fault.status(404)), "not_frigate", "Not Found"),
        (fail(STATS, Fault.status(405)), "not_frigate", "Check the address"),
        (fail(VERSION, Fault.status(409)), "not_frigate", "Check the address"),
        (fail(VERSION, Fault.status(422)), "not_frigate", "Check the address"),
    ],
)
async def test_error_is_explained_and_recovered_from(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    break_it: Break,
    key: str,
    words: str,
) -> None:
    await break_it(frigate)
    flow = await Flow.at(hass, frigate.internal_url)

    assert flow.step == "user"
    assert flow.errors == {"base": key}
    assert words in flow.error
    assert flow.suggested == {"url": frigate.internal_url, "verify_ssl": False}
    assert not hass.config_entries.async_entries()

    await mend(frigate)
    await flow.submit(url=frigate.internal_url, verify_ssl=False)

    assert_works(hass, flow.entry, frigate)


async def test_no_response_is_a_timeout_and_recovered_from(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await Flow.start(hass)
    frigate.fail(VERSION, Fault.stall())
    waiting = asyncio.ensure_future(flow.submit(url=frigate.internal_url))
    await frigate.wait_for_requests(1)

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=9))
    await turns()
    assert not waiting.done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=12))
    await waiting

    assert flow.errors == {"base": "timeout"}
    frigate.clear_faults()
    await flow.submit(url=frigate.internal_url)
    assert_works(hass, flow.entry, frigate)


@OPEN
async def test_untrusted_certificate(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    flow = await Flow.at(hass, frigate.external_url, verify_ssl=True)

    assert flow.errors == {"base": "tls_untrusted"}
    assert "self-signed certificate" in flow.error
    # Not one request got through.
    assert frigate.requests == []

    await flow.submit(url=frigate.external_url, verify_ssl=False)
    assert_works(hass, flow.entry, frigate)


@OPEN
async def test_plain_http_on_a_tls_port(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await Flow.at(hass, frigate.external_url.replace("https", "http"))
    assert flow.errors == {"base": "tls_protocol"}

    await flow.submit(url=frigate.external_url, verify_ssl=False)
    assert_works(hass, flow.entry, frigate)


async def test_tls_on_a_plain_port(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    flow = await Flow.at(hass, frigate.internal_url.replace("http", "https"))
    assert flow.errors == {"base": "tls_protocol"}

    await flow.submit(url=frigate.internal_url, verify_ssl=False)
    assert_works(hass, flow.entry, frigate)


@OPEN
async def test_a_forwarder_with_nothing_behind_it(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    async with Forwarder(frigate.external_port) as forwarder:
        forwarder.closes_at = "hello"
        url = f"https://127.0.0.1:{forwarder.port}"
        flow = await Flow.at(hass, url)
        assert flow.errors == {"base": "cannot_connect"}
        assert "make sure Frigate is running" in flow.error

        forwarder.closes_at = None
        await flow.submit(url=url, verify_ssl=False)
        assert_works(hass, flow.entry, frigate)
        await hass.config_entries.async_unload(flow.entry.entry_id)


async def test_unexpected_exception(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def _explode(*_args: object, **_options: object) -> None:
        raise RuntimeError("nobody thought of this")

    with monkeypatch.context() as patch:
        patch.setattr(aiohttp.ClientSession, "_request", _explode)
        flow = await Flow.at(hass, frigate.internal_url)

    assert flow.errors == {"base": "unknown"}
    assert "nobody thought of this" in caplog.text

    await flow.submit(url=frigate.internal_url, verify_ssl=False)
    assert_works(hass, flow.entry, frigate)


async def test_second_server_is_named_after_its_host(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    make_entry("http://elsewhere.test:5000").add_to_hass(hass)

    flow = await Flow.at(hass, frigate.internal_url)

    assert flow.entry.title == "Frigate (127.0.0.1)"
    assert_works(hass, flow.entry, frigate)


@pytest.mark.parametrize(
    ("others", "title"),
    [
        ({"Frigate": "http://127.0.0.1:1"}, "Frigate (127.0.0.1:{port})"),
        (
            {"Frigate": "http://elsewhere.test", "Garage": "http://127.0.0.1:1"},
            "Frigate (127.0.0.1:{port})",
        ),
        (
            {"Frigate": "http://a.test", "Frigate (127.0.0.1)": "http://b.test"},
            "Frigate (127.0.0.1:{port})",
        ),
        (
            {"Frigate": "http://127.0.0.1:{port}/garage"},
            "Frigate (127.0.0.1:{port}/home)",
        ),
        ({"Home": "http://[::1]:{port}/home"}, "Frigate (127.0.0.1)"),
    ],
)
@pytest.mark.parametrize("frigate_options", [{"prefix": "/home"}])
async def test_titles_tell_servers_of_one_host_apart(
    hass: HomeAssistant, frigate: FakeFrigate, others: dict[str, str], title: str
) -> None:
    port = URL(frigate.internal_url).port
    for name, url in others.items():
        other = make_entry(url.format(port=port))
        other.add_to_hass(hass)
        hass.config_entries.async_update_entry(other, title=name)

    flow = await Flow.at(hass, frigate.internal_url)

    assert flow.entry.title == title.format(port=port)
    # Those that exist keep the names that people know.
    titles = [one.title for one in hass.config_entries.async_entries()]
    assert titles == [*others, flow.entry.title]
    assert len({*titles}) == len(titles)


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("http://[::1]:8971", "Frigate ([::1]:8971)"),
        ("https://xn--mnchen-3ya.example", "Frigate (münchen.example)"),
        ("https://nvr.lan", "Frigate (nvr.lan:443)"),
        ("http://nvr.lan:5000", "Frigate (http://nvr.lan:5000)"),
    ],
)
def test_title_of_another_address(url: str, title: str) -> None:
    others = ("http://[::1]:5000", "https://nvr.lan:5000")
    assert new_title([make_entry(one) for one in others], URL(url)) == title


async def test_same_server_twice(hass: HomeAssistant, frigate: FakeFrigate) -> None:
    first = await Flow.at(hass, frigate.internal_url)

    second = await Flow.at(hass, f"{frigate.internal_url}/api")

    assert second.reason == "already_configured"
    assert hass.config_entries.async_entries() == [first.entry]
    assert_works(hass, first.entry, frigate)


async def test_same_server_twice_is_refused_before_a_password_is_asked_for(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    first = await Flow.at(hass, frigate.external_url)
    await first.choose("login")
    await first.submit(**ADMIN, **proxied())

    second = await Flow.at(hass, f"{frigate.external_url}/api")

    assert second.reason == "already_configured"
    assert_works(hass, first.entry, frigate)


async def test_same_server_twice_found_after_the_login(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    first = await Flow.at(hass, frigate.external_url)
    await first.choose("login")
    await first.submit(**ADMIN, **proxied())

    second = await Flow.at(hass, f"{frigate.external_url}/review")
    await second.choose("login")
    await second.submit(**ADMIN, **proxied())

    assert second.reason == "already_configured"
    assert hass.config_entries.async_entries() == [first.entry]


async def test_redirect_to_https_is_adopted(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.auth = False
    frigate.fail("/api/", Fault.redirect(f"{frigate.external_url}/api/version", 301), 1)

    flow = await Flow.at(hass, frigate.internal_url)

    assert flow.entry.data["url"] == frigate.external_url
    assert_works(hass, flow.entry, frigate)


async def test_redirect_to_https_with_an_untrusted_certificate(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    frigate.state.auth = False
    frigate.fail("/api/", Fault.redirect(f"{frigate.external_url}/api/version", 301), 1)

    flow = await Flow.at(hass, frigate.internal_url, verify_ssl=True)
    assert flow.errors == {"base": "tls_untrusted"}

    await flow.submit(url=frigate.internal_url, verify_ssl=False)
    assert_works(hass, flow.entry, frigate)
