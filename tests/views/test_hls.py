"""Recordings as HLS: what a player gets, and what it is told when there is nothing."""

import math

import aiohttp
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.aiofrigate import MAX_RANGE
from custom_components.frigate_http.view_urls import hls_url
from homeassistant.auth.models import RefreshToken
from homeassistant.core import HomeAssistant
from tests.common import ADMIN, VIEWER
from tests.conftest import make_entry, set_up
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer, nginx_page
from tests.versions import EVERY_VERSION

from .common import length_of
from .player import GATE, NOW, OLD, PLAYLIST, RECENT, Player

pytestmark = pytest.mark.usefixtures("fixed_time", "recorded")


async def original(
    frigate: FakeFrigate, period: tuple[float, float], file: str
) -> bytes:
    """Return what Frigate itself answers."""
    start, end = period
    path = f"/vod/Portones/start/{start}/end/{end}/{file}"
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{frigate.internal_url}{path}") as answer,
    ):
        assert answer.status == 200
        return await answer.read()


@EVERY_VERSION
async def test_it_plays_as_any_account(
    hass: HomeAssistant, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    accounts: tuple[dict[str, str], ...] = (ADMIN, VIEWER, GATE, {})
    for account, period in zip(accounts, (RECENT, OLD, OLD, RECENT), strict=True):
        url = frigate.external_url if account else frigate.internal_url
        entry = await set_up(hass, make_entry(url, **account))
        video = await player.play(player.signed(entry, login, "Portones", period))
        text = (await original(frigate, period, "index-v1-a1.m3u8")).decode()
        names = [one for one in text.splitlines() if one.startswith("seg-")]
        assert list(video.files) == ["init-v1-a1.mp4", *names]
        for name in ("init-v1-a1.mp4", names[-1]):
            seen = await player.see(video.files[name])
            assert seen.status == 200
            assert seen.body == await original(frigate, period, name)


async def test_what_answers_look_like(
    entry: MockConfigEntry, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    signed = player.signed(entry, login)
    video = await player.play(signed)
    kinds = dict.fromkeys((signed, video.url), PLAYLIST)
    kinds |= dict.fromkeys((video.file("init-"), video.file("seg-2")), "video/mp4")
    for url, kind in kinds.items():
        # Whatever a player sends along, there is nothing it could have kept.
        seen = await player.see(
            url, If_None_Match="*", If_Modified_Since="Mon, 23 Nov 2026 13:00:00 GMT"
        )
        head = await player.see(url, "HEAD")
        assert (seen.status, head.status) == (200, 200)
        assert seen.headers["Content-Type"] == head.headers["Content-Type"] == kind
        assert seen.headers["Cache-Control"] == "no-store"
        assert length_of(seen) == length_of(head) == len(seen.body)
        assert head.body == b""
        assert "ETag" not in seen.headers
        assert (seen.headers.get("Accept-Ranges") == "bytes") is (kind == "video/mp4")
    heads = [one for one in frigate.requests if one.method == "HEAD"]
    assert {one.path.split("/")[-1] for one in heads} == {
        "init-v1-a1.mp4",
        "seg-2-v1-a1.m4s",
    }


async def test_parts_of_a_segment(
    entry: MockConfigEntry, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    video = await player.play(player.signed(entry, login))
    segment = video.file("seg-1")
    whole = (await player.see(segment)).body
    size = len(whole)
    parts = {
        "bytes=0-0": (0, 0),
        "bytes=100-299": (100, 299),
        f"bytes={size - 5}-": (size - 5, size - 1),
        "bytes=-7": (size - 7, size - 1),
        f"bytes=0-{size * 9}": (0, size - 1),
    }
    for asked, (first, last) in parts.items():
        for method in ("GET", "HEAD"):
            seen = await player.see(segment, method, Range=asked)
            assert seen.status == 206
            assert seen.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
            assert length_of(seen) == last - first + 1
            body = whole[first : last + 1] if method == "GET" else b""
            assert seen.body == body
    beyond = await player.see(segment, Range=f"bytes={size}-")
    assert beyond.status == 416
    assert beyond.headers["Content-Range"] == f"bytes */{size}"
    for asked in ("bytes=0-1,5-6", "bytes=5-2", "bytes=-", "lines=1-2", "bytes=x-"):
        seen = await player.see(segment, Range=asked)
        assert (seen.status, seen.body) == (200, whole)
    # Frigate's answer to this would never end.
    for condition in ('"-1-5"', "Sun, 19 Nov 2000 08:52:00 GMT"):
        seen = await player.see(segment, Range="bytes=5-", If_Range=condition)
        assert (seen.status, seen.body) == (200, whole)
    assert not any("If-Range" in one.headers for one in frigate.requests)


async def test_pages_of_other_origins_may_play_it(
    entry: MockConfigEntry, login: RefreshToken, player: Player
) -> None:
    signed = player.signed(entry, login)
    video = await player.play(signed)
    origin = "https://cast.example"
    for url in (signed, video.url, video.file("init-"), video.file("seg-1")):
        for method in ("GET", "HEAD"):
            async with await player.open(url, method, Origin=origin) as answer:
                assert answer.headers["Access-Control-Allow-Origin"] == origin
                assert "Access-Control-Allow-Credentials" not in answer.headers
        async with await player.open(
            url, "OPTIONS", Origin=origin, Access_Control_Request_Method="GET"
        ) as answer:
            assert answer.status == 200
            assert answer.headers["Access-Control-Allow-Methods"] == "GET"


async def test_a_period_may_be_too_long(
    entry: MockConfigEntry, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    begin = NOW - 15_000.0
    longest = player.signed(entry, login, period=(begin, begin + MAX_RANGE))
    longer = player.signed(entry, login, period=(begin, begin + MAX_RANGE + 0.001))
    assert (await player.see(longest)).status == 200
    frigate.clear_requests()
    refused = await player.see(longer)
    assert refused.status == 400
    assert b"Choose a shorter one" in refused.body
    assert not frigate.requests
    # Frigate itself refuses too, where recordings are shorter than usual.
    video = await player.play(longest)
    frigate.fail("/vod/", Fault("answer", nginx_page(503)))
    for url in (longest, video.url, video.file("seg-1")):
        refused = await player.see(url)
        assert refused.status == 400
        assert b"Choose a shorter one" in refused.body
    frigate.clear_faults()
    assert (await player.see(longest)).status == 200


@EVERY_VERSION
async def test_what_is_not_there_is_not_found(
    entry: MockConfigEntry, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    nothing = player.signed(entry, login, period=(NOW - 90_000.0, NOW - 89_000.0))
    nobody = player.signed(entry, login, "nobody")
    start, end = RECENT
    swapped = player.signed(entry, login, period=(end, start))
    empty = player.signed(entry, login, period=(start, start))
    for url in (nothing, nobody, swapped, empty):
        assert await player.status(url) == 404
    # Deleted after it was opened.
    video = await player.play(player.signed(entry, login))
    frigate.record_only("front_door")
    assert (await player.see(video.url)).status == 404
    assert (await player.see(video.file("seg-1"))).status == 404
    frigate.record_only("front_door", (NOW - 20_000, math.inf))
    assert (await player.see(video.file("seg-1"))).status == 200


TRICKS = (
    "https://elsewhere.example/seg-1-v1-a1.m4s",
    "//elsewhere.example/seg-1-v1-a1.m4s",
    "/api/config",
    "../seg-1-v1-a1.m4s",
    "seg-1-v1-a1.m4s/..",
    "seg-1-v1-a1.ts",
    "index-v1-a1.m3u8",
    "other-v1-a1.m4s",
    "seg-1.m4s",
    "javascript:alert(1)",
    'seg-1-v1-a1.m4s"',
)


def _playlist(*lines: str) -> Fault:
    text = "\n".join(("#EXTM3U", *lines, ""))
    return Fault("answer", Answer(200, text.encode(), PLAYLIST))


async def test_playlists_that_lead_elsewhere_are_not_passed_on(
    entry: MockConfigEntry, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    signed = player.signed(entry, login)
    video = await player.play(signed)
    strange: list[tuple[str, ...]] = [("#EXTINF:10,", one) for one in TRICKS]
    strange += [
        (f'#EXT-X-MAP:URI="{one}"', "#EXTINF:10,", "seg-1-v1-a1.m4s")
        for one in TRICKS[:5]
    ]
    strange += [
        ('#EXT-X-KEY:METHOD=AES-128,URI="https://elsewhere.example/key"',),
        ("#EXT-X-STREAM-INF:BANDWIDTH=1", "index-v1-a1.m3u8"),
        (),
    ]
    for lines in strange:
        frigate.fail("/vod/", _playlist(*lines), times=1)
        refused = await player.see(video.url)
        assert refused.status == 502
        assert b"elsewhere" not in refused.body
    for one in (*TRICKS[:6], "other-v1-a1.m3u8", "master.m3u8"):
        lines = ("#EXT-X-STREAM-INF:BANDWIDTH=1", one)
        frigate.fail("/vod/", _playlist(*lines), times=1)
        assert (await player.see(signed)).status == 502
    frigate.fail("/vod/", _playlist("#EXTINF:10,", "seg-1-v1-a1.m4s"), times=1)
    assert (await player.see(signed)).status == 502
    for fault in (
        Fault.html(),
        Fault.json({}),
        Fault.redirect("https://elsewhere.example"),
    ):
        frigate.fail("/vod/", fault)
        for url in (signed, video.url, video.file("seg-1")):
            refused = await player.see(url)
            assert (refused.status, "Location" in refused.headers) == (502, False)
        frigate.clear_faults()
    assert (await player.see(video.url)).status == 200


async def test_names_are_taken_from_the_playlist(
    entry: MockConfigEntry, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    signed = player.signed(entry, login)
    # Without sound, a query on each name, and a recording with another beginning.
    fault = _playlist("#EXT-X-STREAM-INF:BANDWIDTH=1", "index-v1.m3u8?padding=5")
    frigate.fail("/vod/.*master", fault)
    lines = (
        '#EXT-X-MAP:URI="init-c7-v1.mp4?padding=5"',
        "#EXTINF:9.5,",
        "seg-6-v1.m4s",
    )
    frigate.fail("/vod/.*index-v1.m3u8", _playlist(*lines))
    video = await player.play(signed)
    assert list(video.files) == ["init-c7-v1.mp4", "seg-6-v1.m4s"]
    frigate.clear_requests()
    for url in video.files.values():
        await player.see(url)
    start, end = RECENT
    folder = f"/vod/front_door/start/{start:.0f}/end/{end:.0f}"
    asked = [(one.path, one.query) for one in frigate.requests]
    assert asked == [(f"{folder}/{name}", {}) for name in video.files]


async def test_only_files_of_a_playlist_are_asked_for(
    entry: MockConfigEntry, frigate: FakeFrigate, login: RefreshToken, player: Player
) -> None:
    token = (await player.play(player.signed(entry, login))).token
    frigate.clear_requests()
    for file in (
        "master.m3u8",
        "index.m3u8",
        "init.mp4",
        "seg-1.m4s",
        "seg-1-v1-a1.ts",
        "seg--v1-a1.m4s",
        "seg-1-v1-a1.mp4",
        "seg-1-v1-a1.m4s.m4s",
        "seg-1234567-v1-a1.m4s",
        "seg-\u0661-v1-a1.m4s",
        "SEG-1-v1-a1.m4s",
        "init-v1-a1-v1-a1-v1.mp4",
        "config",
    ):
        assert (await player.see(hls_url(token, file))).status == 404, file
    assert not frigate.requests
    # Such as one that is not in it: nothing but its form is known.
    assert (await player.see(hls_url(token, "seg-99-v1-a1.m4s"))).status == 404
    assert len(frigate.requests) == 1
