"""Responses with a successful status but the wrong content, and redirects."""

from collections.abc import Awaitable, Callable

import pytest
from yarl import URL

from custom_components.frigate_http.aiofrigate import (
    FrigateClient,
    FrigateContentError,
    FrigateDataError,
    FrigateError,
    FrigateHTMLError,
    FrigateRedirectError,
    FrigateTooLargeError,
    Stats,
)
from custom_components.frigate_http.aiofrigate.transport import MAX_BYTES
from tests.fake_frigate import FakeFrigate, Fault, FrontProxy
from tests.fake_frigate.answers import Answer, text_answer
from tests.fake_frigate.proxy import LOGIN_URL

from .conftest import (
    ADMIN,
    Connect,
    everything_of,
    http_answer,
    sent,
    wire_server,
    works,
)

type Ask = Callable[[FrigateClient], Awaitable[object]]


async def _stream(client: FrigateClient) -> bytes:
    async with client.media.mjpeg("front_door", fps=20, height=90) as stream:
        return await anext(stream.chunks())


async def _identity(client: FrigateClient) -> object:
    return await client.system.check_auth()


ROUTES: dict[str, Ask] = {
    "/api/$": lambda client: client.system.health(),
    "/api/version": lambda client: client.system.version(),
    "/api/stats": lambda client: client.system.stats(),
    "/api/config": lambda client: client.system.config(),
    "/api/profile": lambda client: client.system.profile(),
    "/api/faces": lambda client: client.faces.library(),
    "/api/front_door/latest.jpg": lambda client: client.media.latest_image(
        "front_door"
    ),
    "/api/front_door$": _stream,
}
JSON_ROUTES = ["/api/stats", "/api/config", "/api/profile", "/api/faces"]


@pytest.mark.parametrize("path", [*ROUTES, "/api/auth"])
async def test_every_route_refuses_an_html_page(
    frigate: FakeFrigate, client: FrigateClient, path: str
) -> None:
    ask = ROUTES.get(path, _identity)
    frigate.fail(path, Fault.html())
    with pytest.raises(FrigateHTMLError, match="web page") as caught:
        await ask(client)
    assert caught.value.status == 200
    frigate.clear_faults()
    if path == "/api/auth":
        # The port that needs no login says 401 here, which is how Frigate is.
        frigate.state.auth = False
    assert await ask(client)


@pytest.mark.parametrize("path", ROUTES)
async def test_every_route_refuses_a_redirect_to_a_login_page(
    frigate: FakeFrigate, client: FrigateClient, path: str
) -> None:
    frigate.fail(path, Fault.redirect("/login"))
    with pytest.raises(FrigateRedirectError) as caught:
        await ROUTES[path](client)
    assert caught.value.location == f"{frigate.internal_url}/login"
    assert not sent(frigate, "/login")
    frigate.clear_faults()
    assert await ROUTES[path](client)


@pytest.mark.parametrize("path", JSON_ROUTES)
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.garbage(), "not valid JSON"),
        (Fault.truncate(), "not valid JSON"),
        (Fault("answer", Answer(200, b"", "application/json")), "not valid JSON"),
        (
            Fault("answer", Answer(200, b"\xff\xfe\xfd", "application/json")),
            "not valid JSON",
        ),
        (
            Fault("answer", Answer(200, b"[" * 200_000, "application/json")),
            "not valid JSON",
        ),
        (
            Fault("answer", Answer(200, b"9" * 5000, "application/json")),
            "NoneType, not dict",
        ),
        (Fault.json([]), "list, not dict"),
        (Fault.json(None), "NoneType, not dict"),
        (Fault.json("ok"), "str, not dict"),
        (Fault.json(3), "int, not dict"),
    ],
    ids=[
        "garbage",
        "truncated",
        "empty",
        "no text",
        "too deep",
        "too many digits",
        "list",
        "null",
        "text",
        "number",
    ],
)
async def test_a_body_that_is_not_a_json_object_is_refused(
    frigate: FakeFrigate, client: FrigateClient, path: str, fault: Fault, words: str
) -> None:
    frigate.add_face("Ana")
    frigate.fail(path, fault)
    with pytest.raises(FrigateDataError, match=words) as caught:
        await ROUTES[path](client)
    assert caught.value.status == 200
    frigate.clear_faults()
    assert await ROUTES[path](client)


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/api/$", Fault("answer", text_answer("Welcome to another server"))),
        ("/api/version", Fault("answer", text_answer("hello"))),
        ("/api/version", Fault("answer", text_answer(""))),
        ("/api/version", Fault("answer", text_answer("1.2 is my favourite"))),
        ("/api/version", Fault.json({"version": "0.17.2"})),
        ("/api/config", Fault.json({"cameras": []})),
        ("/api/config", Fault.json({})),
        ("/api/faces", Fault.json({"Ana": "a picture"})),
        ("/api/faces", Fault.json({"success": False, "message": "No"})),
        ("/api/front_door/latest.jpg", Fault.json({"success": True})),
        (
            "/api/front_door/latest.jpg",
            Fault("answer", Answer(200, b"", "image/jpeg")),
        ),
        ("/api/front_door/latest.jpg", Fault("answer", Answer(200, b"\xff\xd8"))),
        ("/api/front_door$", Fault.json({"success": True})),
        ("/api/front_door$", Fault("answer", Answer(200, b"", "image/jpeg"))),
    ],
)
async def test_answers_of_another_server_are_refused(
    frigate: FakeFrigate, client: FrigateClient, path: str, fault: Fault
) -> None:
    frigate.fail(path, fault)
    with pytest.raises(FrigateDataError):
        await ROUTES[path](client)
    frigate.clear_faults()
    assert await ROUTES[path](client)


async def test_empty_stats_are_valid(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail("/api/stats", Fault.json({}))
    stats = await client.system.stats()
    assert stats.cameras == {}
    assert stats.uptime is None
    frigate.clear_faults()
    assert (await client.system.stats(fresh=True)).cameras


# Size


async def test_a_body_over_the_limit_is_refused(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail("/api/stats", Fault.huge(MAX_BYTES + 10 * 2**20))
    with pytest.raises(FrigateTooLargeError, match="larger than"):
        await client.system.stats()
    frigate.clear_faults()
    assert await works(client)


async def test_a_large_body_below_the_limit_is_read(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    frigate.fail("/api/profile", Fault.huge(2**20))
    assert (await client.system.profile()).username is None


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 20000000\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1312d00\r\n",
        b"\r\n",
    ],
    ids=["length", "chunked", "neither"],
)
async def test_an_image_over_the_limit_is_refused(
    connect: Connect, framing: bytes
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
    async with wire_server(head + framing + b"x" * 17_000_000) as server:
        client = connect(server.url)
        with pytest.raises(FrigateTooLargeError) as caught:
            await client.media.latest_image("front_door")
        assert isinstance(caught.value, FrigateContentError)
        assert await client.system.version()


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "shown"),
    [
        (
            "https://login.example/authorize?state=s3cr3t#frag",
            "https://login.example/authorize",
        ),
        (
            "http://user:s3cr3t@login.example/api/stats",
            "http://login.example/api/stats",
        ),
        ("//login.example/api/stats", "http://login.example/api/stats"),
    ],
)
async def test_a_redirect_to_another_host_is_never_followed(
    frigate: FakeFrigate,
    connect: Connect,
    status: int,
    location: str,
    shown: str,
) -> None:
    client = connect(frigate.external_url, token=frigate.token("admin"))
    if location.startswith("//"):
        shown = shown.replace("http:", "https:")
    frigate.fail("/api/stats", Fault.redirect(location, status))
    with pytest.raises(FrigateRedirectError) as caught:
        await client.system.stats()
    assert caught.value.location == shown
    assert caught.value.status == status
    assert "s3cr3t" not in everything_of(caught.value)
    assert len(frigate.requests) == 1
    frigate.clear_faults()
    assert await works(client)


@pytest.mark.parametrize(
    "location",
    [
        "",
        "/api/stats",
        "/api/version",
        "http://[::1",
        "mailto:nobody@example.org",
        "about:blank",
        "ftp://127.0.0.1/api/stats",
    ],
)
async def test_an_invalid_redirect_is_refused(
    frigate: FakeFrigate, client: FrigateClient, location: str
) -> None:
    frigate.fail("/api/stats", Fault.redirect(location))
    with pytest.raises(FrigateRedirectError, match="redirects to"):
        await client.system.stats()
    assert len(frigate.requests) == 1
    frigate.clear_faults()
    assert await works(client)


async def test_a_redirect_to_the_same_route_on_the_same_host_is_followed(
    frigate: FakeFrigate, connect: Connect
) -> None:
    async with FrontProxy(frigate.internal_url, prefix="/cameras") as door:
        target = f"{door.url}/api/stats"
        client = connect(frigate.internal_url)
        frigate.fail("/api/stats", Fault.redirect(target), times=1)
        assert isinstance(await client.system.stats(), Stats)
        assert [each.status for each in sent(frigate, "/api/stats")] == [302, 200]


async def test_a_redirect_to_https_is_followed_but_not_back_to_http(
    frigate: FakeFrigate, connect: Connect
) -> None:
    token = frigate.token("admin")
    secure = URL(frigate.external_url) / "api/stats"
    frigate.fail("/api/stats", Fault.redirect(str(secure)), times=1)
    client = connect(frigate.internal_url, token=token)
    assert (await client.system.stats()).cameras
    assert [each.port for each in frigate.requests] == ["internal", "external"]

    frigate.clear_requests()
    plain = URL(frigate.internal_url) / "api/stats"
    frigate.fail("/api/stats", Fault.redirect(str(plain)))
    client = connect(frigate.external_url, token=token)
    with pytest.raises(FrigateRedirectError):
        await client.system.stats()
    assert [each.port for each in frigate.requests] == ["external"]
    frigate.clear_faults()
    assert await works(client)


async def test_a_redirect_loop_ends(frigate: FakeFrigate, connect: Connect) -> None:
    async with FrontProxy(frigate.internal_url) as door:
        here, there = f"{frigate.internal_url}/api/stats", f"{door.url}/api/stats"
        for _ in range(5):
            frigate.fail("/api/stats", Fault.redirect(here), times=1)
            frigate.fail("/api/stats", Fault.redirect(there), times=1)
        client = connect(frigate.internal_url)
        with pytest.raises(FrigateRedirectError):
            await client.system.stats()
        assert len(frigate.requests) == 4
        frigate.clear_faults()
        assert await works(client)


@pytest.mark.parametrize("status", [302, 307, 308])
async def test_a_login_follows_no_redirect(
    frigate: FakeFrigate, connect: Connect, status: int
) -> None:
    client = connect(frigate.internal_url, **ADMIN)
    target = f"{frigate.external_url}/api/login"
    frigate.fail("/api/login", Fault.redirect(target, status))
    with pytest.raises(FrigateRedirectError):
        await client.system.stats()
    assert len(frigate.requests) == 1
    frigate.clear_faults()
    assert await works(client)


@pytest.mark.parametrize("redirect", [True, False])
async def test_the_login_page_of_a_proxy_is_recognized(
    frigate: FakeFrigate, connect: Connect, redirect: bool
) -> None:
    async with FrontProxy(
        frigate.external_url,
        headers={"X-Key": "open-sesame"},
        redirect_to_login=redirect,
        login_html=not redirect,
    ) as door:
        with pytest.raises(FrigateError) as caught:
            await connect(door.url, **ADMIN).system.stats()
        if redirect:
            assert isinstance(caught.value, FrigateRedirectError)
            assert caught.value.location == LOGIN_URL
        else:
            assert isinstance(caught.value, FrigateHTMLError)
            assert "Sign in" in str(caught.value)
        assert not frigate.requests
        client = connect(door.url, **ADMIN, headers={"X-Key": "open-sesame"})
        assert await works(client)


async def test_an_html_page_without_a_title_is_refused(connect: Connect) -> None:
    page = http_answer(200, b"<p>Hi", "Text/HTML; charset=utf-8")
    async with wire_server(page) as server:
        client = connect(server.url)
        with pytest.raises(FrigateHTMLError, match="no title"):
            await client.system.version()
        assert await client.system.version()
