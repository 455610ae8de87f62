"""Credentials: each kind works, and none of them leaks."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import aiohttp
import pytest

from custom_components.frigate_http.aiofrigate import (
    Credentials,
    FrigateArgumentError,
    FrigateAuthError,
    FrigateClient,
    FrigateError,
    FrigateForbiddenError,
)
from tests.fake_frigate import FakeFrigate, Fault, FrontProxy
from tests.fake_frigate.answers import failure
from tests.versions import EVERY_VERSION

from .conftest import (
    ADMIN,
    GATE,
    VIEWER,
    Connect,
    everything_of,
    logins,
    outcome_of,
    sent,
    works,
)

BASIC: dict[str, Any] = {"proxy_username": "door", "proxy_password": "Tür-Schlüssel-7"}
KEY = {"X-Api-Key": "cf-service-token-99", "X-Proxy-Secret": "behind-the-proxy"}
ALL_SECRETS: dict[str, Any] = {
    "password": "secret-of-the-account",
    "proxy_password": "secret-of-the-proxy",
    "headers": {"X-Api-Key": "secret-of-the-header"},
}


def _front(frigate: FakeFrigate, *, basic: bool, headers: bool) -> FrontProxy:
    """Return a proxy that requires the chosen credentials."""
    return FrontProxy(
        frigate.external_url,
        basic=("door", "Tür-Schlüssel-7") if basic else None,
        headers=KEY if headers else None,
    )


async def _sees(client: FrigateClient, camera: str = "front_door") -> str | None:
    """Send every kind of request, and return the user name."""
    assert await works(client)
    assert (await client.media.latest_image(camera)).content
    async with client.media.mjpeg(camera, fps=20, height=90) as stream:
        assert await anext(stream.chunks())
    return (await client.system.profile()).username


@EVERY_VERSION
async def test_port_5000_needs_no_credentials(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    assert await _sees(client) == "anonymous"
    assert not logins(frigate)


@EVERY_VERSION
async def test_missing_credentials_are_an_error(
    frigate: FakeFrigate, connect: Connect
) -> None:
    with pytest.raises(FrigateAuthError) as caught:
        await connect(frigate.external_url).system.stats()
    assert caught.value.session_lost
    assert not logins(frigate)
    assert await works(connect(frigate.external_url, **VIEWER))


@EVERY_VERSION
@pytest.mark.parametrize("account", [ADMIN, VIEWER, GATE])
async def test_an_account_logs_in(
    frigate: FakeFrigate, connect: Connect, account: dict[str, Any]
) -> None:
    client = connect(frigate.external_url, **account)
    assert await _sees(client, "Portones") == account["username"]
    assert logins(frigate) == 1
    assert "Authorization" not in frigate.requests[-1].headers
    identity = await client.system.check_auth()
    assert identity.user == account["username"]
    assert identity.role == frigate.state.users[account["username"]].role


@EVERY_VERSION
async def test_a_bearer_token_is_sent(frigate: FakeFrigate, connect: Connect) -> None:
    client = connect(frigate.external_url, token=frigate.token("viewer1"))
    assert await _sees(client) == "viewer1"
    assert not logins(frigate)
    assert "Cookie" not in frigate.requests[-1].headers


@pytest.mark.parametrize("headers", [False, True], ids=["", "headers"])
@pytest.mark.parametrize("basic", [False, True], ids=["", "basic"])
@pytest.mark.parametrize(
    "how", ["login", "bearer", "nothing"], ids=["login", "bearer", "nothing"]
)
async def test_a_proxy_gets_basic_authentication_and_headers(
    frigate: FakeFrigate, connect: Connect, how: str, basic: bool, headers: bool
) -> None:
    own: dict[str, Any] = {
        "login": VIEWER,
        "bearer": {"token": frigate.token("viewer1")},
        "nothing": {},
    }[how]
    if how == "bearer" and basic:
        with pytest.raises(FrigateArgumentError, match="exclude each other"):
            Credentials(**own, **BASIC)
        assert Credentials(**own)
        return
    for_proxy: dict[str, Any] = {
        **(BASIC if basic else {}),
        **({"headers": KEY} if headers else {}),
    }
    async with _front(frigate, basic=basic, headers=headers) as door:
        client = connect(door.url, **own, **for_proxy)
        if how == "nothing":
            with pytest.raises(FrigateAuthError) as caught:
                await client.system.stats()
            assert caught.value.session_lost
        else:
            assert await _sees(client) == "viewer1"
        # What is the proxy's stays with the proxy.
        assert not KEY.keys() & frigate.requests[-1].headers.keys()

        if for_proxy:
            before = len(frigate.requests)
            with pytest.raises((FrigateAuthError, FrigateForbiddenError)):
                await connect(door.url, **own).system.stats()
            assert len(frigate.requests) == before


async def test_basic_authentication_and_headers_do_no_harm_on_port_5000(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.internal_url, **BASIC, headers=KEY)
    assert await _sees(client) == "anonymous"
    for request in frigate.requests:
        assert request.headers["Authorization"] == aiohttp.encode_basic_auth(
            "door", "Tür-Schlüssel-7", "utf-8"
        )
        assert {name: request.headers[name] for name in KEY} == KEY


async def test_basic_authentication_works_without_a_password(
    frigate: FakeFrigate, connect: Connect
) -> None:
    assert await works(connect(frigate.internal_url, proxy_username="door"))
    expected = aiohttp.encode_basic_auth("door", "")
    assert frigate.requests[-1].headers["Authorization"] == expected


@pytest.mark.parametrize(
    "both",
    [
        {"token": "t", **BASIC},
        {"token": "t", "headers": {"authorization": "Digest x"}},
        {**BASIC, "headers": {"AUTHORIZATION": "Digest x"}},
        {"token": "t", **BASIC, "headers": {"Authorization": "Digest x"}},
    ],
)
def test_two_credentials_for_one_header_are_refused(both: dict[str, Any]) -> None:
    with pytest.raises(FrigateArgumentError, match="exclude each other"):
        Credentials(**both)


def test_a_colon_in_the_proxy_user_name_is_refused() -> None:
    with pytest.raises(FrigateArgumentError, match="colon"):
        Credentials(proxy_username="some:one", proxy_password="secret")
    assert Credentials(proxy_username="someone", proxy_password="sec:ret").secrets


@pytest.mark.parametrize(
    "half", [{"username": "admin"}, {"password": "frigate-admin-pass-1"}]
)
async def test_a_user_name_without_a_password_is_not_an_account(
    frigate: FakeFrigate, connect: Connect, half: dict[str, Any]
) -> None:
    with pytest.raises(FrigateAuthError):
        await connect(frigate.external_url, **half).system.stats()
    assert not logins(frigate)
    assert await works(connect(frigate.external_url, **ADMIN))


# Secrets


def test_repr_contains_no_secret() -> None:
    credentials = Credentials(username="someone", **ALL_SECRETS)
    token = Credentials(token="secret-of-the-token")
    for text in (repr(credentials), str(credentials), repr(token)):
        assert "secret-of" not in text
    assert "someone" in repr(credentials)


def test_credentials_are_frozen_and_comparable() -> None:
    first = Credentials(**VIEWER, headers=MappingProxyType(dict(KEY)))
    assert first == Credentials(**VIEWER, headers=dict(KEY))
    assert first != Credentials(**VIEWER)
    with pytest.raises(AttributeError):
        first.username = "admin"  # type: ignore[misc]
    assert not hasattr(first, "__dict__")


def _secrets(value: object) -> list[str]:
    if isinstance(value, Mapping):
        return [each for inner in value.values() for each in _secrets(inner)]
    return [str(value)]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/api/login", Fault.status(code))
        for code in (400, 401, 403, 404, 422, 429, 500, 502)
    ]
    + [
        ("/api/stats", Fault.status(code))
        for code in (400, 401, 403, 404, 422, 429, 500, 502)
    ]
    + [
        (path, fault)
        for path in ("/api/login", "/api/stats")
        for fault in (
            Fault.drop(),
            Fault.drop_body(),
            Fault.garbage(),
            Fault.html(),
            Fault.redirect("https://else.where/?key=1"),
            Fault.json([]),
        )
    ],
)
async def test_errors_and_logs_contain_no_secret(
    frigate: FakeFrigate,
    connect: Connect,
    caplog: pytest.LogCaptureFixture,
    path: str,
    fault: Fault,
) -> None:
    frigate.add_user("someone", ALL_SECRETS["password"])
    basic = aiohttp.encode_basic_auth("door", "secret-of-the-proxy", "utf-8")
    client = connect(
        frigate.external_url, username="someone", proxy_username="door", **ALL_SECRETS
    )
    secrets = [*_secrets(ALL_SECRETS), basic, basic.removeprefix("Basic ")]
    assert await works(client)
    token = frigate.requests[-1].headers["Cookie"].partition("=")[2]
    frigate.revoke_sessions()
    frigate.fail(path, fault)
    error = await outcome_of(client.system.stats(fresh=True))
    shown = "" if error is None else everything_of(error)
    for secret in (*secrets, token):
        assert secret not in shown
        assert secret not in caplog.text
        assert not any(secret in str(vars(record)) for record in caplog.records)
    assert "/api/stats: 200" in caplog.text

    frigate.clear_faults()
    password = ALL_SECRETS["password"]
    client = connect(frigate.external_url, username="someone", password=password)
    assert await works(client)


async def test_secrets_that_the_server_repeats_are_masked(
    frigate: FakeFrigate, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    sources: list[dict[str, Any]] = [
        {"proxy_username": "door", **ALL_SECRETS},
        {"token": "secret-of-the-token-and-longer"},
        {"headers": {"Authorization": "Digest secret-of-its-own"}},
        # One is the beginning of the other, and both have to go.
        {"headers": {"A": "secret-of", "B": "secret-of-more"}},
    ]
    for source in sources:
        client = connect(frigate.internal_url, **source)
        assert await works(client)
        received = [
            value
            for name, value in frigate.requests[-1].headers.items()
            if name in ("Authorization", "X-Api-Key", "A", "B")
        ]
        assert received
        bare = [value.rpartition(" ")[2] for value in received]
        words = f"Refused: {' and '.join((*received, *bare, *_secrets(source)))}"
        frigate.fail("/api/stats", Fault("answer", failure(words, 403)))
        with pytest.raises(FrigateError) as caught:
            await client.system.stats(fresh=True)
        shown = everything_of(caught.value)
        assert "Refused: ***" in shown
        for value in (*bare, "secret-of", "-more"):
            assert value not in shown
        frigate.clear_faults()
        assert await works(client)
    assert "secret-of" not in caplog.text


async def test_user_name_and_password_are_only_sent_to_the_login_route(
    frigate: FakeFrigate, connect: Connect
) -> None:
    client = connect(frigate.external_url, **VIEWER)
    assert await _sees(client) == "viewer1"
    for request in frigate.requests:
        assert VIEWER["password"] not in str((request.query, request.headers))
    assert len(sent(frigate, "/api/login", "POST")) == 1
    # Nothing that would make Frigate ask for a token against forged requests.
    assert "Origin" not in sent(frigate, "/api/login", "POST")[0].headers
