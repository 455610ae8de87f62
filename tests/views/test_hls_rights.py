"""Who may watch recordings: asked anew with each request, whatever Frigate would show."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.frigate_http.media_ids import Form, RecordingVideo
from custom_components.frigate_http.view_urls import hls_url, playlist_url
from custom_components.frigate_http.views.tokens import TOKEN_LIFETIME
from homeassistant.auth.models import RefreshToken, User
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.common import VIEWER, pass_time
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION

from .common import guest_of
from .player import GATE, NOW, OLD, RECENT, Player, Video

pytestmark = pytest.mark.usefixtures("fixed_time", "recorded")

DOOR, PORTONES = "front_door", "Portones"
HOME, AWAY = "192.168.1.5", "203.0.113.5"


async def statuses(player: Player, video: Video) -> list[int]:
    """Return what a player gets for the playlist, and for a file of each kind."""
    urls = (video.url, video.file("init-"), video.file("seg-2"))
    return [(await player.see(url)).status for url in urls]


def asked(frigate: FakeFrigate) -> list[str]:
    """Return what Frigate was asked for."""
    return [one.path for one in frigate.requests if one.path.startswith("/vod/")]


@EVERY_VERSION
async def test_frigate_shows_a_refused_account_what_another_one_has_asked_for(
    hass: HomeAssistant, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    viewer = await set_up(hass, make_entry(frigate.external_url, **VIEWER))
    watched = await player.play(player.signed(viewer, login, DOOR, OLD))
    gate = await set_up(hass, make_entry(frigate.external_url, **GATE))
    # Frigate itself would hand it out.
    start, end = OLD
    vod = gate.runtime_data.client.vod
    assert (await vod.playlist(DOOR, start, end)).files == ("index-v1-a1.m3u8",)
    frigate.clear_requests()
    assert await player.status(player.signed(gate, login, DOOR, OLD)) == 404
    assert asked(frigate) == []
    own = await player.play(player.signed(gate, login, PORTONES, OLD))
    assert await statuses(player, own) == [200, 200, 200]
    assert await statuses(player, watched) == [200, 200, 200]


async def test_an_account_that_may_see_less_than_before(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    login: RefreshToken,
    player: Player,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.state.roles["gate"] = [DOOR, PORTONES]
    entry = await set_up(hass, make_entry(frigate.external_url, **GATE))
    video = await player.play(player.signed(entry, login, DOOR))
    frigate.state.roles["gate"] = [PORTONES]
    await pass_time(hass, freezer, 301)
    frigate.clear_requests()
    assert await statuses(player, video) == [404, 404, 404]
    assert asked(frigate) == []
    frigate.state.roles["gate"] = [DOOR, PORTONES]
    await pass_time(hass, freezer, 301)
    assert await statuses(player, video) == [200, 200, 200]


async def test_a_user_who_may_see_one_camera(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry, player: Player
) -> None:
    guest = guest_of(hass, entry, PORTONES)
    login = await player.log_in(guest)
    video = await player.play(player.signed(entry, login, PORTONES))
    assert await statuses(player, video) == [200, 200, 200]
    frigate.clear_requests()
    # It is as if the other one did not exist.
    other = await player.see(player.signed(entry, login, DOOR))
    nobody = await player.see(player.signed(entry, login, "nobody"))
    assert (other.status, other.body) == (nobody.status, nobody.body)
    assert other.status == 404
    guest.mock_policy({})
    assert await statuses(player, video) == [404, 404, 404]
    assert asked(frigate) == []


async def test_a_signature_is_for_one_path_and_some_time(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    login: RefreshToken,
    player: Player,
    freezer: FrozenDateTimeFactory,
) -> None:
    signed = player.signed(entry, login)
    path, _, signature = signed.partition("?")
    frigate.clear_requests()
    for altered in (
        path,
        signed[:-2],
        f"{signed}&start=1",
        f"{playlist_url(entry.entry_id, PORTONES, *RECENT)}?{signature}",
        f"{playlist_url(entry.entry_id, DOOR, RECENT[0], NOW)}?{signature}",
        signed.replace("front_door", "%66ront_door", 1).replace("vod", "clip"),
    ):
        async with await player.open(altered) as answer:
            assert answer.status in {401, 404}, altered
    assert asked(frigate) == []
    video = await player.play(signed)
    freezer.tick(timedelta(minutes=6))
    async with await player.open(signed) as answer:
        assert answer.status == 401
    # What plays already goes on.
    assert await statuses(player, video) == [200, 200, 200]


async def test_a_token_is_for_one_video_and_some_time(
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    login: RefreshToken,
    player: Player,
    freezer: FrozenDateTimeFactory,
) -> None:
    video = await player.play(player.signed(entry, login))
    frigate.clear_requests()
    token = video.token
    for altered in (token[:-1], f"{token}A", token.swapcase(), "0" * 43, "", "%00"):
        url = hls_url(altered, "index-v1-a1.m3u8")
        async with await player.open(url) as answer:
            assert answer.status in {400, 404}, altered
    assert asked(frigate) == []
    freezer.tick(TOKEN_LIFETIME - 1)
    assert await player.status(video.url) == 200
    freezer.tick(TOKEN_LIFETIME - 1)
    assert await player.status(video.file("seg-1")) == 200
    freezer.tick(2)
    frigate.clear_requests()
    assert await statuses(player, video) == [404, 404, 404]
    assert asked(frigate) == []


async def _delete(hass: HomeAssistant, user: User, _login: RefreshToken) -> None:
    await hass.auth.async_remove_user(user)


async def _deactivate(hass: HomeAssistant, user: User, _login: RefreshToken) -> None:
    await hass.auth.async_update_user(user, is_active=False)


async def _log_out(hass: HomeAssistant, _user: User, login: RefreshToken) -> None:
    hass.auth.async_remove_refresh_token(login)


@pytest.mark.parametrize("end", [_delete, _deactivate, _log_out])
async def test_a_login_that_ends(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    login: RefreshToken,
    player: Player,
    end: Callable[[HomeAssistant, User, RefreshToken], Awaitable[None]],
) -> None:
    guest = guest_of(hass, entry, DOOR)
    theirs = await player.log_in(guest)
    video = await player.play(player.signed(entry, theirs))
    other = await player.play(player.signed(entry, login))
    await end(hass, guest, theirs)
    frigate.clear_requests()
    assert await statuses(player, video) == [404, 404, 404]
    assert asked(frigate) == []
    # It does not come back with the user, and nobody else loses anything.
    await hass.auth.async_update_user(guest, is_active=True)
    again = await player.log_in(guest)
    assert await statuses(player, video) == [404, 404, 404]
    assert await statuses(player, other) == [200, 200, 200]
    if guest in await hass.auth.async_get_users():
        guest.mock_policy({"entities": True})
        video = await player.play(player.signed(entry, again))
        assert await statuses(player, video) == [200, 200, 200]


async def test_a_user_for_the_local_network_only(
    hass: HomeAssistant, frigate: FakeFrigate, player: Player
) -> None:
    behind = {"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1"]}
    assert await async_setup_component(hass, "http", {"http": behind})
    entry = await set_up(hass, make_entry(frigate.internal_url))
    guest = guest_of(hass, entry, DOOR)
    video = await player.play(player.signed(entry, await player.log_in(guest)))
    found = []
    for local_only, address in ((False, AWAY), (True, HOME), (True, AWAY)):
        guest.local_only = local_only
        seen = await player.see(video.file("seg-1"), X_Forwarded_For=address)
        found.append(seen.status)
    assert found == [200, 200, 404]


async def test_a_media_player_is_not_a_person(
    hass: HomeAssistant, entry: MockConfigEntry, player: Player
) -> None:
    # Home Assistant signs for the players on its own behalf.
    url = playlist_url(entry.entry_id, DOOR, *RECENT)
    video = await player.play(async_sign_path(hass, url, timedelta(minutes=5)))
    assert await statuses(player, video) == [200, 200, 200]


async def test_who_resolves_it_in_the_browser_is_who_watches(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    player: Player,
    hass_ws_client: WebSocketGenerator,
) -> None:
    guest = guest_of(hass, entry, DOOR)
    login = await player.log_in(guest)
    browser = await hass_ws_client(hass, hass.auth.async_create_access_token(login))

    async def resolve(camera: str) -> dict[str, Any]:
        media_id = RecordingVideo(entry.entry_id, Form.HLS, camera, *RECENT)
        await browser.send_json_auto_id(
            {
                "type": "media_source/resolve_media",
                "media_content_id": media_id.media_content_id,
            }
        )
        answer: dict[str, Any] = await browser.receive_json()
        return answer

    assert not (await resolve(PORTONES))["success"]
    found = (await resolve(DOOR))["result"]
    # Home Assistant's frontend plays exactly this type as HLS.
    assert found["mime_type"] == "application/x-mpegURL"
    video = await player.play(found["url"])
    assert await statuses(player, video) == [200, 200, 200]
    await browser.close()
    hass.auth.async_remove_refresh_token(login)
    assert await statuses(player, video) == [404, 404, 404]
    async with await player.open(found["url"]) as answer:
        assert answer.status == 401
