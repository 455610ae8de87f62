"""Playing while something fails: what the player is told, and that it goes on afterwards."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.aiofrigate.videos import VIEWER_SILENCE
from custom_components.frigate_http.const import DOMAIN
from homeassistant.auth.models import RefreshToken
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from tests.common import ADMIN, reauths, sent
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION

from .player import RECENT, Player, Video

pytestmark = pytest.mark.usefixtures("fixed_time", "recorded")

OURS = f"custom_components.{DOMAIN}"
FILES = r"/vod/.*\.(m4s|mp4)"


def urls(
    player: Player, entry: MockConfigEntry, login: RefreshToken, video: Video
) -> list[str]:
    """Return what a player asks for: the master, the playlist, and files of each kind."""
    signed = player.signed(entry, login)
    return [signed, video.url, video.file("init-"), video.file("seg-2")]


async def statuses(player: Player, paths: list[str]) -> list[int]:
    """Return what a player gets for some paths."""
    return [await player.status(one) for one in paths]


@EVERY_VERSION
async def test_a_login_that_is_lost_in_the_middle(
    hass: HomeAssistant, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    video = await player.play(player.signed(entry, login))
    for url in urls(player, entry, login, video):
        frigate.clear_requests()
        frigate.revoke_sessions()
        assert await player.status(url) == 200
        assert len(sent(frigate, "/api/login")) == 1
    # Several files at once share the new login.
    frigate.clear_requests()
    frigate.revoke_sessions()
    assert await asyncio.gather(*map(player.status, video.files.values())) == (
        [200] * len(video.files)
    )
    assert len(sent(frigate, "/api/login")) == 1
    assert not reauths(hass)


async def test_a_login_that_is_lost_for_good(
    hass: HomeAssistant, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    entry = await set_up(hass, make_entry(frigate.external_url, **ADMIN))
    video = await player.play(player.signed(entry, login))
    before = frigate.state.users["admin"].password
    frigate.state.users["admin"].password = "another-password-2"
    frigate.revoke_sessions()
    # Not a 401, which would be about the login at Home Assistant.
    assert await player.status(video.file("seg-1")) == 502
    assert len(reauths(hass)) == 1
    frigate.state.users["admin"].password = before
    await hass.config_entries.async_reload(entry.entry_id)
    assert await player.status(video.file("seg-1")) == 200


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.status(500), 502),
        (Fault.status(502), 503),
        (Fault.drop(), 502),
        (Fault.html(), 502),
        (Fault.status(403), 404),
    ],
)
async def test_a_server_that_fails(
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    login: RefreshToken,
    player: Player,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
    status: int,
) -> None:
    video = await player.play(player.signed(entry, login))
    paths = urls(player, entry, login, video)
    frigate.fail("/vod/", fault)
    assert await statuses(player, paths) == [status] * 4
    ours = [one for one in caplog.records if one.name.startswith(OURS)]
    assert any("Cannot show" in one.getMessage() for one in ours)
    assert not any(video.token in one.getMessage() for one in ours)
    frigate.clear_faults()
    assert await statuses(player, paths) == [200] * 4


async def test_a_server_that_is_down(
    entry: MockConfigEntry, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    video = await player.play(player.signed(entry, login))
    paths = urls(player, entry, login, video)
    await frigate.refuse()
    assert await statuses(player, paths) == [502] * 4
    await frigate.resume()
    assert await statuses(player, paths) == [200] * 4


async def test_a_server_that_says_nothing(
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    login: RefreshToken,
    player: Player,
    freezer: FrozenDateTimeFactory,
) -> None:
    video = await player.play(player.signed(entry, login))
    paths = urls(player, entry, login, video)
    frigate.fail("/vod/", Fault.stall())
    asked = asyncio.gather(*map(player.status, paths))
    await frigate.wait_for_open("/vod/", 4)
    freezer.tick(VIEWER_SILENCE + 1)
    assert await asked == [504] * 4
    await frigate.wait_for_open("/vod/", 0)
    frigate.clear_faults()
    assert await statuses(player, paths) == [200] * 4


async def _silence(frigate: FakeFrigate, freezer: FrozenDateTimeFactory) -> None:
    freezer.tick(VIEWER_SILENCE + 1)


async def _drop(frigate: FakeFrigate, freezer: FrozenDateTimeFactory) -> None:
    await frigate.refuse()
    await frigate.resume()


@pytest.mark.parametrize("end", [_silence, _drop])
async def test_a_segment_that_breaks_off_does_not_look_whole(
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    login: RefreshToken,
    player: Player,
    freezer: FrozenDateTimeFactory,
    end: Callable[[FakeFrigate, FrozenDateTimeFactory], Awaitable[None]],
) -> None:
    video = await player.play(player.signed(entry, login))
    segment = video.file("seg-1")
    whole = (await player.see(segment)).body
    frigate.fail(FILES, Fault.stall_body(1000))
    async with await player.open(segment) as answer:
        assert answer.status == 200
        # What has come is there at once.
        assert await answer.content.readexactly(1000) == whole[:1000]
        await end(frigate, freezer)
        with pytest.raises(aiohttp.ClientError):
            await answer.read()
    await frigate.wait_for_open("/vod/", 0)
    frigate.clear_faults()
    assert (await player.see(segment)).body == whole


@pytest.mark.parametrize("fault", [Fault.stall(), Fault.stall_body(1000)])
async def test_who_leaves_ends_the_request_to_frigate_within_a_second(
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    login: RefreshToken,
    player: Player,
    fault: Fault,
) -> None:
    video = await player.play(player.signed(entry, login))
    frigate.fail(FILES, fault)
    watching = [
        asyncio.ensure_future(player.see(video.file(one))) for one in ("seg-1", "seg-2")
    ]
    await frigate.wait_for_open(FILES, 2)
    # Such as by seeking: what is no longer wanted is not waited for.
    watching[0].cancel()
    await frigate.wait_for_open(FILES, 1, timeout=1)
    watching[1].cancel()
    await frigate.wait_for_open(FILES, 0, timeout=1)
    await asyncio.gather(*watching, return_exceptions=True)
    frigate.clear_faults()
    assert await player.status(video.file("seg-1")) == 200


async def test_seventeen_files_at_once(
    entry: MockConfigEntry, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    video = await player.play(player.signed(entry, login))
    segment = video.file("seg-1")
    frigate.fail(FILES, Fault.stall())
    first, *others = [asyncio.ensure_future(player.status(segment)) for _ in range(16)]
    await frigate.wait_for_open(FILES, 16)
    frigate.clear_requests()
    waiting = asyncio.ensure_future(player.status(segment))
    # Frigate hears of it when one of those before it has left; what is polled does not wait.
    assert await entry.runtime_data.client.recordings.segments("front_door", *RECENT)
    assert [one.path for one in frigate.requests] == ["/api/front_door/recordings"]
    first.cancel()
    await frigate.wait_for_requests(2)
    frigate.clear_faults()
    assert await asyncio.gather(waiting, *others) == [200] * 16


@EVERY_VERSION
async def test_an_entry_that_is_reloaded_while_somebody_watches(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    login: RefreshToken,
    player: Player,
) -> None:
    video = await player.play(player.signed(entry, login))
    segment = video.file("seg-1")
    frigate.fail(FILES, Fault.stall_body(1000))
    async with await player.open(segment) as answer:
        await answer.content.readexactly(1000)
        assert await hass.config_entries.async_unload(entry.entry_id)
        with pytest.raises(aiohttp.ClientError):
            await answer.read()
    await frigate.wait_for_open("/vod/", 0)
    frigate.clear_faults()
    # It may be back in a moment, so the player is told to try again.
    paths = urls(player, entry, login, video)
    frigate.clear_requests()
    assert await statuses(player, paths) == [503] * 4
    assert not frigate.requests
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert await statuses(player, paths) == [200] * 4


async def test_an_entry_that_is_unloaded_while_frigate_says_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    login: RefreshToken,
    player: Player,
) -> None:
    video = await player.play(player.signed(entry, login))
    paths = urls(player, entry, login, video)
    frigate.fail("/vod/", Fault.stall())
    asked = [asyncio.ensure_future(player.status(one)) for one in paths]
    await frigate.wait_for_open("/vod/", 4)
    await hass.config_entries.async_unload(entry.entry_id)
    await frigate.wait_for_open("/vod/", 0, timeout=1)
    assert await asyncio.gather(*asked) == [503] * 4
    frigate.clear_faults()
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert await statuses(player, paths) == [200] * 4


async def test_home_assistant_that_stops_waits_for_nobody(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    login: RefreshToken,
    player: Player,
) -> None:
    video = await player.play(player.signed(entry, login))
    frigate.fail(FILES, Fault.stall())
    segment = video.file("seg-1")
    # One of them waits for a place in the lane.
    asked = [asyncio.ensure_future(player.status(segment)) for _ in range(17)]
    await frigate.wait_for_open(FILES, 16)
    await hass.async_stop(force=True)
    await frigate.wait_for_open("/", 0, timeout=1)
    assert await asyncio.gather(*asked) == [503] * 17


async def test_an_entry_that_is_disabled_or_removed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FakeFrigate,
    login: RefreshToken,
    player: Player,
) -> None:
    video = await player.play(player.signed(entry, login))
    paths = urls(player, entry, login, video)
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    frigate.clear_requests()
    assert await statuses(player, paths) == [503] * 4
    await hass.config_entries.async_remove(entry.entry_id)
    assert await statuses(player, paths) == [404] * 4
    assert not frigate.requests
    again = await set_up(hass, make_entry(frigate.internal_url))
    await player.play(player.signed(again, login))
    assert await player.status(video.url) == 404
