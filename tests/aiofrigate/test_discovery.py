"""Normalizing the address that a person types, and finding the server there."""

import aiohttp
import pytest
from yarl import URL

from custom_components.frigate_http.aiofrigate import (
    Credentials,
    FrigateArgumentError,
    FrigateConnectionError,
    FrigateDataError,
    FrigateError,
    FrigateHTMLError,
    FrigateNotFoundError,
    FrigateRedirectError,
    FrigateStartingError,
    find_server,
    normalize_url,
)
from tests.fake_frigate import FakeFrigate, Fault, FrontProxy
from tests.fake_frigate.answers import Answer

from .conftest import ADMIN, everything_of, http_answer, sent, wire_server

NOBODY = Credentials()


@pytest.mark.parametrize(
    ("text", "url"),
    [
        # Neither scheme nor port.
        ("frigate", "http://frigate:5000"),
        ("192.168.1.9", "http://192.168.1.9:5000"),
        ("192.168.1.9/frigate", "http://192.168.1.9:5000/frigate"),
        # A port alone.
        ("frigate:8971", "https://frigate:8971"),
        ("frigate:8971/nvr/", "https://frigate:8971/nvr"),
        ("frigate:5000", "http://frigate:5000"),
        ("frigate:80", "http://frigate"),
        ("frigate:8443", "http://frigate:8443"),
        # A scheme, with its own port or another.
        ("http://frigate", "http://frigate"),
        ("http://frigate:80", "http://frigate"),
        ("https://frigate", "https://frigate"),
        ("https://frigate:443/", "https://frigate"),
        ("http://frigate:8971", "http://frigate:8971"),
        ("https://frigate:5000", "https://frigate:5000"),
        ("HTTPS://Frigate.Example:8971/Path", "https://frigate.example:8971/Path"),
        # What browsers add.
        ("http://frigate:5000/#front_door", "http://frigate:5000"),
        ("http://frigate:5000/?a=b#c", "http://frigate:5000"),
        ("frigate:5000/review?id=1", "http://frigate:5000/review"),
        ("http://frigate:5000/api", "http://frigate:5000"),
        ("http://frigate:5000/api/version?x=1", "http://frigate:5000"),
        ("http://frigate/nvr/api/stats", "http://frigate/nvr"),
        ("http://frigate//nvr///", "http://frigate/nvr"),
        ("http://frigate/a/./b/../c", "http://frigate/a/c"),
        # What people add.
        ("  http://frigate:5000\n", "http://frigate:5000"),
        # Names and addresses of other kinds.
        ("::1", "http://[::1]:5000"),
        ("fe80::1:2", "http://[fe80::1:2]:5000"),
        ("[fe80::1]:8971", "https://[fe80::1]:8971"),
        ("http://[::1]", "http://[::1]"),
        ("http://frigate/ein pfad", "http://frigate/ein%20pfad"),
        ("http://frigate/ein%20pfad/é", "http://frigate/ein%20pfad/%C3%A9"),
        ("münchen.example", "http://xn--mnchen-3ya.example:5000"),
    ],
)
def test_addresses_are_normalized(text: str, url: str) -> None:
    found = normalize_url(text)
    assert str(found).rstrip("/") == url
    assert normalize_url(str(found)) == found
    assert normalize_url(f"{found}/") == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "/",
        "//frigate",
        "#front_door",
        "http://",
        "https:///path",
        "http:/frigate:5000",
        "http://\tfrigate:5000",
        "HTTPS:/frigate",
        "ftp://frigate",
        "rtsp://frigate:8554/front_door",
        "file:///etc/passwd",
        "frigate:port",
        "frigate:99999",
        "http://frigate:0",
        "http://[::1",
        "http://frig\\ate",
        "\ud800",
    ],
)
def test_invalid_addresses_are_refused(text: str) -> None:
    with pytest.raises(FrigateArgumentError):
        normalize_url(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://user:s3cr3t@frigate:5000",
        "http://s3cr3t@frigate",
        "http://:s3cr3t@frigate",
        "user:s3cr3t@frigate",
        "user:s3cr3t@frigate:8971",
        "http://user:s3cr3t@frigate:99999",
        "http://user:s3cr3t@[frigate",
        "http:/user:s3cr3t@frigate",
        "ftp://user:s3cr3t@frigate",
        "user:s3cr3t",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(FrigateArgumentError) as caught:
        normalize_url(text)
    words = "".join((str(caught.value), repr(caught.value)))
    assert "s3cr3t" not in words
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


# Looking for the server


@pytest.mark.parametrize("prefix", ["", "/frigate", "/home/nvr"])
@pytest.mark.parametrize("pasted", ["", "/review", "/deep/down", "/api/stats", "/api"])
async def test_the_path_of_a_browser_address_is_shortened_until_frigate_answers(
    session: aiohttp.ClientSession, socket_enabled: None, prefix: str, pasted: str
) -> None:
    async with FakeFrigate(prefix=prefix) as frigate:
        url = normalize_url(f"{frigate.internal_url}{pasted}#front_door")
        found = await find_server(session, url, NOBODY)
        assert str(found).rstrip("/") == frigate.internal_url


@pytest.mark.parametrize("prefix", ["", "/frigate"])
async def test_a_server_that_asks_for_a_login_is_found(
    session: aiohttp.ClientSession, socket_enabled: None, prefix: str
) -> None:
    async with FakeFrigate(prefix=prefix) as frigate:
        url = normalize_url(f"{frigate.external_url}/review")
        found = await find_server(session, url, NOBODY)
        assert str(found).rstrip("/") == frigate.external_url


async def test_the_path_prefix_of_a_proxy_is_kept(
    frigate: FakeFrigate, session: aiohttp.ClientSession
) -> None:
    async with FrontProxy(frigate.internal_url, prefix="/cameras") as door:
        for pasted in ("", "/", "/review", "/api/version"):
            url = normalize_url(f"{door.url}{pasted}")
            assert str(await find_server(session, url, NOBODY)) == door.url


@pytest.mark.parametrize("status", [401, 403])
async def test_the_search_ends_at_the_address_that_asks_for_a_login(
    frigate: FakeFrigate, session: aiohttp.ClientSession, status: int
) -> None:
    frigate.fail("/deep/api/version", Fault.status(status))
    url = normalize_url(f"{frigate.internal_url}/deep/down")
    found = await find_server(session, url, NOBODY)
    assert str(found) == f"{frigate.internal_url}/deep"
    frigate.clear_faults()
    found = await find_server(session, url, NOBODY)
    assert str(found).rstrip("/") == frigate.internal_url


@pytest.mark.parametrize("guarded", [False, True])
async def test_a_redirect_on_the_same_host_is_followed_to_the_base_url(
    frigate: FakeFrigate, session: aiohttp.ClientSession, guarded: bool
) -> None:
    secure = f"{frigate.external_url}/api/version"
    frigate.fail("/api/version", Fault.redirect(secure), times=1)
    credentials = Credentials(token=None if guarded else frigate.token("admin"))
    found = await find_server(session, normalize_url(frigate.internal_url), credentials)
    assert str(found).rstrip("/") == frigate.external_url


async def test_the_search_sends_proxy_credentials_but_does_not_log_in(
    frigate: FakeFrigate, session: aiohttp.ClientSession
) -> None:
    credentials = Credentials(**ADMIN, headers={"X-Key": "abc"})
    url = normalize_url(f"{frigate.external_url}/review")
    await find_server(session, url, credentials)
    assert not sent(frigate, "/api/login", "POST")
    assert all(request.headers["X-Key"] == "abc" for request in frigate.requests)
    assert len(frigate.requests) == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.html(), FrigateHTMLError),
        (Fault.status(404), FrigateNotFoundError),
        (Fault.json({"status": "ok"}), FrigateDataError),
        (Fault("answer", Answer(200, b"10 apples", "text/plain")), FrigateDataError),
        (Fault.redirect("https://login.example/"), FrigateRedirectError),
        (Fault.status(502), FrigateStartingError),
        (Fault.drop(), FrigateConnectionError),
    ],
)
async def test_a_server_that_is_not_frigate_is_an_error(
    frigate: FakeFrigate,
    session: aiohttp.ClientSession,
    fault: Fault,
    kind: type[FrigateError],
) -> None:
    url = normalize_url(f"{frigate.internal_url}/some/where")
    frigate.fail("/api/version", fault)
    frigate.fail("/some", fault)
    with pytest.raises(FrigateError) as caught:
        await find_server(session, url, NOBODY)
    assert type(caught.value) is kind
    frigate.clear_faults()
    found = await find_server(session, url, NOBODY)
    assert str(found).rstrip("/") == frigate.internal_url


async def test_an_html_page_is_reported_rather_than_a_404(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    nothing = http_answer(404, b"{}")
    page = http_answer(200, b"<title>Router</title>", "text/html")
    async with wire_server(nothing, page) as server:
        url = normalize_url(f"{server.url}/review")
        with pytest.raises(FrigateHTMLError, match="Router"):
            await find_server(session, url, NOBODY)
        assert server.targets == ["/review/api/version", "/api/version"]
        found = await find_server(session, url, NOBODY)
        assert str(found) == f"{server.url}/review"


async def test_errors_and_logs_of_the_search_contain_no_token(
    frigate: FakeFrigate,
    session: aiohttp.ClientSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frigate.fail("/", Fault.drop())
    credentials = Credentials(token="secret-of-the-token")
    with pytest.raises(FrigateConnectionError) as caught:
        await find_server(session, URL(frigate.internal_url), credentials)
    assert "secret-of" not in everything_of(caught.value)
    assert "secret-of" not in caplog.text
    frigate.clear_faults()
    assert await find_server(session, URL(frigate.internal_url), credentials)
