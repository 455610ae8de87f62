"""What stands before the backend: the cache, sessions, and who may do what."""

import time
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest

from tests.contract.client import PASSWORDS, Answer, bearer, cookie, fetch, log_in
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION


async def test_cache_shows_the_past(
    session: aiohttp.ClientSession, server: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    url = f"{server.internal_url}/api/faces"
    assert (await fetch(session, url)).cache == "MISS"
    server.add_face("Bea", 1)

    freezer.tick(4)
    stale = await fetch(session, url)
    assert stale.cache == "HIT"
    assert "Bea" not in stale.json
    assert "Bea" in (await fetch(session, f"{url}?now=1")).json

    freezer.tick(3)
    fresh = await fetch(session, url)
    assert fresh.cache == "EXPIRED"
    assert "Bea" in fresh.json


@EVERY_VERSION
async def test_cache_shows_the_past_for_long_while_somebody_else_renews_it(
    session: aiohttp.ClientSession, server: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    url = f"{server.internal_url}/api/faces"
    await fetch(session, url)
    server.add_face("Bea", 1)
    server.restart()
    server.state.cache_is_renewed_by_others = True
    freezer.tick(30)
    stale = await fetch(session, url)
    assert stale.cache == "UPDATING"
    assert "Bea" not in stale.json
    assert "Bea" in (await fetch(session, url, headers={"X-Cache-Bypass": "1"})).json
    assert "Bea" in (await fetch(session, url)).json


async def test_cache_bypass_also_refreshes(
    session: aiohttp.ClientSession, server: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    url = f"{server.internal_url}/api/faces"
    await fetch(session, url)
    server.remove_face("Eileen")
    bypassed = await fetch(session, url, headers={"X-Cache-Bypass": "1"})
    assert bypassed.cache == "BYPASS"
    assert "Eileen" not in bypassed.json
    answer = await fetch(session, url)
    assert (answer.cache, "Eileen" in answer.json) == ("HIT", False)


async def test_cache_is_kept_apart_by_user(
    session: aiohttp.ClientSession, server: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    url = f"{server.external_url}/api/profile"
    for user in ("admin", "viewer1", "gate1"):
        answer = await fetch(session, url, **bearer(server, user))
        assert (answer.cache, answer.json["username"]) == ("MISS", user)
    answer = await fetch(session, url, **cookie(server, "viewer1"))
    assert (answer.cache, answer.json["username"]) == ("HIT", "viewer1")


async def test_cache_of_stats_is_silent_and_version_is_not_cached(
    session: aiohttp.ClientSession, server: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    stats, version = (
        f"{server.internal_url}/api/{name}" for name in ("stats", "version")
    )
    before = await fetch(session, stats)
    await fetch(session, version)
    server.state.latest_version = "0.19.0"
    server.state.version = "0.18"
    again = await fetch(session, stats)
    assert before.cache is None
    assert again.json == before.json
    assert (await fetch(session, version)).body.startswith(b"0.18")
    freezer.tick(7)
    answer = await fetch(session, stats)
    assert answer.json["service"]["latest_version"] == "0.19.0"


async def test_cache_keeps_no_errors(
    session: aiohttp.ClientSession, server: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    url = f"{server.internal_url}/api/garden"
    assert (await fetch(session, url)).status == 404
    server.add_camera("garden")
    assert (await fetch(session, f"{url}?fps=0")).status == 200


@EVERY_VERSION
async def test_login_gives_a_token_for_both_uses(
    session: aiohttp.ClientSession, socket_enabled: None, version: str
) -> None:
    async with FakeFrigate(version, cookie_name="session") as server:
        for user, password in PASSWORDS.items():
            answer = await log_in(session, server, user, password)
            assert answer.status == 200
            assert answer.body == b""
            assert "Content-Type" not in answer.headers
            text = answer.headers["Set-Cookie"]
            assert text.startswith("session=")
            assert ("Max-Age=86400" in text) == (version != "0.17.2")
            assert (" 2083 " in text) == (version == "0.17.2")
            token = text.split(";")[0].removeprefix("session=")
            url = f"{server.external_url}/api/profile"
            for headers in (
                {"Authorization": f"Bearer {token}"},
                {"Cookie": f"session={token}"},
            ):
                answer = await fetch(session, url, headers=headers)
                assert answer.json["username"] == user
            headers = {"Cookie": f"frigate_token={token}"}
            assert (await fetch(session, url, headers=headers)).status == 401


async def test_cookie_is_renewed_in_its_last_half_hour(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    url = f"{server.external_url}/api/profile"
    late: dict[str, Any] = {"expires_in": 600, "issued_ago": 85800}
    for path in ("profile", "stats", "front_door/latest.jpg", "auth"):
        answer = await fetch(
            session, f"{server.external_url}/api/{path}", **cookie(server, **late)
        )
        text = answer.headers["Set-Cookie"].split(";")[0]
        renewed = await fetch(session, url, headers={"Cookie": text})
        assert renewed.status == 200
        assert "Set-Cookie" not in renewed.headers
    answer = await fetch(session, url, **bearer(server, **late))
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    early = cookie(server, expires_in=1900)
    assert "Set-Cookie" not in (await fetch(session, url, **early)).headers


async def test_session_ends_with_the_token(
    session: aiohttp.ClientSession, server: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    url = f"{server.external_url}/api/profile"
    options = bearer(server, expires_in=100)
    assert (await fetch(session, url, **options)).status == 200
    freezer.tick(101)
    answer = await fetch(session, url, **options)
    assert answer.status == 401
    assert answer.headers["Content-Type"] == "text/html"
    assert "WWW-Authenticate" not in answer.headers
    assert (await fetch(session, url, **bearer(server))).status == 200


async def test_old_tokens_outlive_the_account_and_its_password(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    url = f"{server.external_url}/api/profile"
    server.add_user("guest", "guest-password-1")
    server.state.users["viewer1"].password_changed_at = time.time() - 60
    for user in ("guest", "viewer1"):
        long = cookie(server, user, issued_ago=3600)
        late = cookie(server, user, issued_ago=3600, expires_in=600)
        shown = bearer(server, user, issued_ago=3600, expires_in=600)
        if user == "guest":
            del server.state.users["guest"]
        assert (await fetch(session, url, **long)).status == 200
        assert (await fetch(session, url, **late)).status == 401
        assert (await fetch(session, url, **shown)).status == 200


async def test_revoked_sessions_need_a_new_login(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    url = f"{server.external_url}/api/stats"
    old = bearer(server)
    server.restart()
    assert (await fetch(session, url, **old)).status == 200
    server.revoke_sessions()
    assert (await fetch(session, url, **old)).status == 401
    answer = await log_in(session, server, "admin", PASSWORDS["admin"])
    text = answer.headers["Set-Cookie"].split(";")[0]
    assert (await fetch(session, url, headers={"Cookie": text})).status == 200


async def test_login_limit_ends_after_its_window(
    session: aiohttp.ClientSession, server: FakeFrigate, freezer: FrozenDateTimeFactory
) -> None:
    server.state.login_rate_limit = 2
    for _ in range(2):
        answer = await log_in(session, server, "admin", PASSWORDS["admin"])
        assert answer.status == 200
    answer = await log_in(session, server, "admin", PASSWORDS["admin"])
    assert answer.status == 429
    assert answer.json == {"error": "Rate limit exceeded: 2 per 1 minute"}
    freezer.tick(61)
    answer = await log_in(session, server, "admin", PASSWORDS["admin"])
    assert answer.status == 200


async def test_login_says_what_was_wrong_with_the_body(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    url = f"{server.external_url}/api/login"
    answer = await fetch(session, url, "POST", json={"user": "admin", "password": 1})
    assert answer.status == 422
    assert answer.json["detail"][0]["type"] == "string_type"
    answer = await fetch(session, url, "POST", json=["admin"])
    assert answer.json["detail"][0]["type"] == "model_attributes_type"
    answer = await fetch(session, url, "POST", json={"username": "a", "password": "b"})
    assert answer.json["detail"][0]["input"] == {"username": "a", "password": "b"}


@pytest.mark.parametrize(("version", "right"), [("0.17.2", 500), ("0.18", 404)])
async def test_auth_disabled(
    session: aiohttp.ClientSession, socket_enabled: None, version: str, right: int
) -> None:
    async with FakeFrigate(version, auth=False) as server:
        answer = await fetch(session, f"{server.external_url}/api/profile")
        assert answer.json["username"] == "viewer"
        answer = await fetch(session, f"{server.external_url}/api/faces")
        assert answer.status == 403
        answer = await log_in(session, server, "admin", PASSWORDS["admin"])
        assert answer.status == right


@EVERY_VERSION
async def test_restricted_role(
    session: aiohttp.ClientSession, socket_enabled: None, version: str
) -> None:
    async with FakeFrigate(version, faces={"Ana": 1}) as server:
        options = bearer(server, "gate1")

        async def get(path: str) -> Answer:
            return await fetch(session, f"{server.external_url}{path}", **options)

        assert (await get("/api/profile")).json["allowed_cameras"] == ["Portones"]
        seen = set((await get("/api/stats")).json["cameras"])
        every = {"front_door", "Portones"}
        assert seen == ({"Portones"} if version != "0.17.2" else every)
        assert set((await get("/api/config")).json["cameras"]) == every
        assert (await get("/api/Portones/latest.jpg")).status == 200
        denied = await get("/api/front_door/latest.jpg")
        assert denied.status == 403
        assert denied.json == {
            "detail": "Access denied to camera 'front_door'. Allowed: ['Portones']"
        }
        file = await get(f"/clips/faces/Ana/{server.state.faces['Ana'][0]}")
        assert file.status == (403 if version != "0.17.2" else 200)
        assert (await get("/api/faces")).status == 403


async def test_stats_018_hide_command_lines_from_viewers(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with FakeFrigate("0.18") as server:
        for user, shown in (("admin", True), ("viewer1", False)):
            answer = await fetch(
                session, f"{server.external_url}/api/stats", **bearer(server, user)
            )
            usages = answer.json["cpu_usages"]
            del usages["frigate.full_system"]
            assert all(("cmdline" in usage) == shown for usage in usages.values())


async def test_config_018_hides_the_environment_from_viewers(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with FakeFrigate("0.18") as server:
        url = f"{server.external_url}/api/config"
        answer = await fetch(session, url, **bearer(server, "viewer1"))
        assert "environment_vars" not in answer.json
        answer = await fetch(session, url, **bearer(server))
        assert "environment_vars" in answer.json


async def test_csrf_counts_only_with_an_origin(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    url = f"{server.external_url}/api/login"
    options = {"json": {"user": "admin", "password": PASSWORDS["admin"]}}
    origin = {"Origin": "https://example.com"}
    answer = await fetch(session, url, "POST", headers=origin, **options)
    assert (answer.status, answer.json["message"]) == (401, "Missing CSRF header")
    both = {**origin, "X-CSRF-TOKEN": ""}
    answer = await fetch(session, url, "POST", headers=both, **options)
    assert answer.status == 200
