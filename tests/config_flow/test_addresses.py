"""What people type or paste as an address, and what becomes of it."""

from unicodedata import normalize

import pytest

from custom_components.frigate_http.flow.validation import (
    FormError,
    parse_url,
    url_to_text,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate, FrontProxy

from . import ADMIN, Flow, assert_works, proxied


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("frigate.lan:8971", "https://frigate.lan:8971"),
        ("frigate.lan:5000", "http://frigate.lan:5000"),
        ("frigate.lan:8080", "http://frigate.lan:8080"),
        ("frigate.lan", "http://frigate.lan:5000"),
        ("frigate.lan/frigate", "http://frigate.lan:5000/frigate"),
        ("http://frigate.lan:8971", "http://frigate.lan:8971"),
        ("https://frigate.lan", "https://frigate.lan"),
        ("https://frigate.lan:443/", "https://frigate.lan"),
        ("http://frigate.lan:80", "http://frigate.lan"),
        ("HTTPS://Frigate.LAN/Path", "https://frigate.lan/Path"),
        ("https://frigate.lan/api", "https://frigate.lan"),
        ("https://frigate.lan/api/version?x=1", "https://frigate.lan"),
        ("https://frigate.lan/frigate/api/stats", "https://frigate.lan/frigate"),
        ("https://frigate.lan/#front_door", "https://frigate.lan"),
        ("https://frigate.lan?token=secret", "https://frigate.lan"),
        ("frigate.lan#front_door", "http://frigate.lan:5000"),
        ("https://frigate.lan//frigate//", "https://frigate.lan/frigate"),
        ("https://frigate.lan/at%20home", "https://frigate.lan/at%20home"),
        (" https://frigate.lan:8971 \n", "https://frigate.lan:8971"),
        ("192.168.1.10", "http://192.168.1.10:5000"),
        ("::1", "http://[::1]:5000"),
        ("[fd00::10]", "http://[fd00::10]:5000"),
        ("[fd00::10]:8971", "https://[fd00::10]:8971"),
        ("https://[FD00::10]/api", "https://[fd00::10]"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example"),
        ("mu\u0308nchen.example:5000", "http://xn--mnchen-3ya.example:5000"),
        ("MÜNCHEN.example:5000", "http://xn--mnchen-3ya.example:5000"),
        ("[FD00:0::10]", "http://[fd00::10]:5000"),
        ("https://frigate.lan/at home", "https://frigate.lan/at%20home"),
    ],
)
def test_urls_are_normalized(text: str, url: str) -> None:
    assert url_to_text(parse_url(text)) == url
    assert url_to_text(parse_url(url)) == url


REFUSED = [
    "",
    " ",
    "/",
    "/review",
    "//frigate.lan",
    "http://",
    "http:///api",
    "ftp://frigate.lan",
    "rtsp://frigate.lan:8554/front_door",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "mailto:somebody@frigate.lan",
    "http://admin:password@frigate.lan:5000",
    "admin@frigate.lan:5000",
    "http://:password@frigate.lan",
    "frigate.lan:0",
    "frigate.lan:99999",
    "frigate.lan:port",
    "http://frigate.lan:5000:5000",
    "http://[::1",
    "http://back\\slash",
    "http://xn--a",
    "hello world",
    "hello\tworld",
    "hello\nworld",
    "hello\u00a0world",
    "hello\u00adworld",
    "hello%20world",
    "192.168.1.1 0",
    "192.168.1.1\t0:5000",
    "fd00::1 0",
    "[fd00::1 0]",
    "[fd00::1\t0]",
    "http://hello world/helloworld",
    "http://hello\tworld/helloworld",
    "http://frigate.lan http://elsewhere.lan",
]


@pytest.mark.parametrize("text", REFUSED)
def test_invalid_urls_are_rejected(text: str) -> None:
    with pytest.raises(FormError) as caught:
        parse_url(text, "a_field")
    assert caught.value.errors == {"a_field": "invalid_url"}


def test_no_character_leads_to_another_host() -> None:
    accepted = 0
    for code in (*range(0x3100), *range(0xFE00, 0x10000)):
        typed = f"fri{chr(code)}gate.lan"
        if chr(code) in "/?#:":
            # These end the name.
            continue
        try:
            host = parse_url(typed).host
        except FormError:
            continue
        accepted += 1
        assert host is not None
        assert normalize("NFC", host.casefold()) == normalize("NFC", typed.casefold())
    assert accepted > 1000


async def test_an_invalid_address_is_shown_at_the_field_and_recovered_from(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await Flow.start(hass)
    for text in REFUSED:
        await flow.submit(url=text, verify_ssl=False)
        assert flow.step == "user"
        assert flow.errors == {"url": "invalid_url"}
        assert flow.suggested == {"url": text, "verify_ssl": False}
        assert "password" not in flow.placeholders.values()
    assert frigate.requests == []

    await flow.submit(url=frigate.internal_url, verify_ssl=False)
    assert_works(hass, flow.entry, frigate)


PASTED = [
    "",
    "/",
    "/api",
    "/api/",
    "/api/version",
    "/#front_door",
    "/review",
    "/review?severity=alert&labels=person",
    "/explore/a/b#c",
]


async def all_lead_to(
    hass: HomeAssistant, entry: ConfigEntry, url: str, pasted: list[str]
) -> None:
    """Check that the server of an entry is found again, whatever is pasted."""
    assert entry.data["url"] == url
    for path in pasted:
        flow = await Flow.at(hass, f" {url}{path}")
        assert flow.reason == "already_configured", path
    assert hass.config_entries.async_entries() == [entry]


@pytest.mark.parametrize("frigate_options", [{}, {"prefix": "/frigate"}])
async def test_address_from_a_browser(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await Flow.at(hass, f" {frigate.internal_url}/review?labels=person#x")

    assert_works(hass, flow.entry, frigate)
    await all_lead_to(hass, flow.entry, frigate.internal_url, PASTED)


@pytest.mark.parametrize("frigate_options", [{}, {"prefix": "/frigate"}])
@pytest.mark.parametrize("pasted", ["/api/login", "/review"])
async def test_address_from_a_browser_where_a_login_is_needed(
    hass: HomeAssistant, frigate: FakeFrigate, pasted: str
) -> None:
    flow = await Flow.at(hass, f"{frigate.external_url}{pasted}")
    await flow.choose("login")
    await flow.submit(**ADMIN, **proxied())

    assert flow.entry.data["url"] == frigate.external_url
    assert_works(hass, flow.entry, frigate)


async def test_path_prefix_where_nothing_else_is_served(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    async with FrontProxy(frigate.internal_url, prefix="/frigate") as proxy:
        flow = await Flow.at(hass, f"{proxy.url}/nested/deeper/")

        assert_works(hass, flow.entry, frigate)
        await all_lead_to(hass, flow.entry, proxy.url, PASTED)


@pytest.mark.parametrize("frigate_options", [{"prefix": "/frigate"}])
async def test_a_wrong_path_is_an_error_and_recovered_from(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    root = frigate.internal_url.removesuffix("/frigate")
    flow = await Flow.at(hass, f"{root}/elsewhere")
    # A web page may be a login page, so credentials are asked for first.
    assert flow.step == "authenticate"
    assert flow.placeholders["response"] == (
        "HTTP 200, A web page instead of data: Welcome"
    )
    await flow.choose("proxy")
    await flow.submit(headers=["X-Api-Key: header-secret-1"])
    assert flow.errors == {"base": "not_frigate"}

    again = await Flow.at(hass, f"{root}/frigate")
    assert_works(hass, again.entry, frigate)


async def test_address_without_a_scheme(
    hass: HomeAssistant, frigate: FakeFrigate
) -> None:
    flow = await Flow.at(hass, frigate.internal_url.removeprefix("http://"))

    assert flow.entry.data["url"] == frigate.internal_url
    assert_works(hass, flow.entry, frigate)
