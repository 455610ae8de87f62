"""`/vod/` of the fake: the video that nginx makes of the recordings."""

from collections.abc import AsyncIterator
import gzip
import math
import struct

import aiohttp
import pytest

from tests.contract.client import bearer, fetch, picture
from tests.fake_frigate import FakeFrigate
from tests.mp4.material import Scene
from tests.mp4.scene_clock import read_clock
from tests.versions import EVERY_VERSION, WITH_016

from .vod_client import CLOCK, VodClient, boxes, frames, seconds_of, structure

BEGIN = 1_795_449_600
"""When the cameras began to record, a whole hour."""
NOW = BEGIN + 1800.5
ALL_VOD = "/vod/"


@pytest.fixture
async def server(socket_enabled: None, version: str) -> AsyncIterator[FakeFrigate]:
    """Return a server whose cameras show when they were recorded."""
    async with FakeFrigate(version, clock=lambda: NOW) as server:
        for camera in server.state.cameras:
            server.record_only(camera, (BEGIN, math.inf))
            server.show(camera, CLOCK)
        yield server


@WITH_016
async def test_files_of_a_video(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    vod = VodClient(session, server, BEGIN + 10.01, BEGIN + 55)
    master = await vod.get("master.m3u8")
    assert master.body.decode().splitlines()[2:] == ["index-v1-a1.m3u8", ""]
    assert b'RESOLUTION=384x216,FRAME-RATE=5.000,CODECS="avc1.' in master.body
    text = await vod.playlist()
    assert text.splitlines() == [
        "#EXTM3U",
        "#EXT-X-TARGETDURATION:20",
        "#EXT-X-ALLOW-CACHE:YES",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-VERSION:6",
        "#EXT-X-MEDIA-SEQUENCE:1",
        '#EXT-X-MAP:URI="init-v1-a1.mp4"',
        "#EXTINF:10.000,",
        "seg-1-v1-a1.m4s",
        "#EXTINF:10.000,",
        "seg-2-v1-a1.m4s",
        "#EXTINF:19.800,",
        "seg-3-v1-a1.m4s",
        "#EXTINF:5.000,",
        "seg-4-v1-a1.m4s",
        "#EXT-X-ENDLIST",
    ]
    assert (await vod.get("index-v1-a1.m3u8")).body.decode() == text
    third = await vod.get("seg-3-v1-a1.m4s")
    found = dict(boxes(third.body))
    assert struct.unpack(">4xI", found["moof/mfhd"]) == (2,)
    assert struct.unpack(">4xQ", found["moof/traf/tfdt"]) == (20 * 90_000,)
    assert (await vod.get("seg-5-v1-a1.m4s")).status == 404
    shown = frames(await vod.video())
    assert len(shown) == 44.8 * 5
    # A fifth of a second is missing at the end of the third recording.
    clocks = [BEGIN + 10 + int(each.time + 0.2 * (each.time > 29.7)) for each in shown]
    assert [each.clock for each in shown] == clocks


@pytest.mark.parametrize(
    ("start", "begin", "seconds"),
    [
        # The keyframe at or before the start.
        (15.7, 15, [15]),
        # Of the recording before the last keyframe interval is shown as well.
        (20, 19, [11]),
        (20.01, 20, [10]),
    ],
)
async def test_video_begins_at_a_keyframe(
    session: aiohttp.ClientSession,
    server: FakeFrigate,
    start: float,
    begin: int,
    seconds: list[float],
) -> None:
    vod = VodClient(session, server, BEGIN + start, BEGIN + 30)
    assert seconds_of(await vod.playlist()) == seconds
    init, first = await vod.get("init.mp4"), await vod.get("seg-1.m4s")
    assert frames(init.body + first.body)[0] == (0, BEGIN + begin)


async def test_gap_is_not_seen(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.cut_recordings("front_door", BEGIN + 35, BEGIN + 120)
    vod = VodClient(session, server, BEGIN + 20.01, BEGIN + 135)
    text = await vod.playlist()
    assert seconds_of(text) == [10, 14.8, 5]
    assert "DISCONTINUITY" not in text
    shown = {each.time: each.clock for each in frames(await vod.video())}
    assert (shown[14.8], shown[15]) == (BEGIN + 34, BEGIN + 120)
    inside = VodClient(session, server, BEGIN + 50, BEGIN + 100)
    assert (await inside.get("index.m3u8")).status == 404


async def test_clip_begins_anew_with_each_recording(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    vod = VodClient(session, server, BEGIN + 15, BEGIN + 40, form="clip/")
    lines = (await vod.playlist()).splitlines()
    assert lines[6:13] == [
        '#EXT-X-MAP:URI="init-c1-v1-a1.mp4"',
        "#EXTINF:5.000,",
        "seg-1-v1-a1.m4s",
        "#EXT-X-DISCONTINUITY",
        '#EXT-X-MAP:URI="init-c2-v1-a1.mp4"',
        "#EXTINF:10.000,",
        "seg-2-v1-a1.m4s",
    ]
    assert (await vod.get("init-c2-v1-a1.mp4")).status == 200
    assert (await vod.get("init-c9-v1-a1.mp4")).status == 404
    assert len(frames(await vod.video())) == 24.8 * 5


async def test_silent_camera(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    server.show("front_door", Scene(clock=True, sound=None))
    vod = VodClient(session, server, BEGIN + 20.01, BEGIN + 45)
    assert b"index-v1.m3u8" in (await vod.get("master.m3u8")).body
    text = await vod.playlist()
    assert '"init-v1.mp4"' in text
    assert "seg-1-v1.m4s" in text
    kinds = structure((await vod.get("seg-1-v1.m4s")).body)
    assert kinds[:3] == ["styp", "sidx", "moof"]
    assert kinds.count("moof/traf") == 1
    assert len(frames(await vod.video())) == 24.8 * 5
    assert (await vod.get("seg-1-a1.m4s")).status == 404


async def test_headers(session: aiohttp.ClientSession, server: FakeFrigate) -> None:
    vod = VodClient(session, server, BEGIN + 10.01, BEGIN + 33)
    never = "Sun, 19 Nov 2000 08:52:00 GMT"
    whole = await vod.get("seg-2-v1-a1.m4s")
    size = len(whole.body)
    head = await vod.get("seg-2-v1-a1.m4s", "HEAD")
    for answer in (whole, head):
        assert answer.headers["Content-Length"] == str(size)
        assert answer.headers["ETag"] == f'"-1-{size:x}"'
        assert answer.headers["Last-Modified"] == never
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Accept-Ranges"] == "bytes"
    for text, start, end in (
        ("0-99", 0, 99),
        ("100-", 100, size - 1),
        ("-10", size - 10, size - 1),
    ):
        part = await vod.get("seg-2-v1-a1.m4s", Range=f"bytes={text}")
        assert part.status == 206
        assert part.headers["Content-Range"] == f"bytes {start}-{end}/{size}"
        assert part.body == whole.body[start : end + 1]
    beyond = await vod.get("seg-2-v1-a1.m4s", Range=f"bytes={size}-")
    assert (beyond.status, beyond.headers["Content-Type"]) == (416, "text/html")
    several = await vod.get("seg-2-v1-a1.m4s", Range="bytes=0-9,20-29")
    assert several.headers["Content-Type"].startswith("multipart/byteranges")
    assert whole.body[20:30] in several.body
    tag = whole.headers["ETag"]
    same = await vod.get("seg-2-v1-a1.m4s", **{"If-None-Match": tag})
    assert (same.status, same.body) == (304, b"")
    playlist = await vod.get("index.m3u8", Range="bytes=0-5")
    head = await vod.get("index.m3u8", "HEAD")
    for answer in (playlist, head):
        assert answer.status == 200
        assert "Content-Length" not in answer.headers
        assert "ETag" not in answer.headers
        assert answer.headers["Last-Modified"] == never
    assert playlist.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    queried = await vod.get("index.m3u8?a=1&b=2")
    assert b"seg-3-v1-a1.m4s?a=1&b=2\n" in queried.body
    assert queried.headers["Last-Modified"] != never
    url = f"{server.internal_url}{vod.base}/index.m3u8"
    async with session.get(
        url, headers={"Accept-Encoding": "gzip"}, auto_decompress=False
    ) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(await response.read()) == playlist.body


@EVERY_VERSION
async def test_refusals(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    server.cut_recordings("front_door", BEGIN + 100, BEGIN + 200)
    good = VodClient(session, server, BEGIN + 20, BEGIN + 45)
    for start, end, camera in (
        (BEGIN + 45, BEGIN + 20, "front_door"),
        (BEGIN * 1000, BEGIN * 1000 + 1000, "front_door"),
        (BEGIN + 3600, BEGIN + 3700, "front_door"),
        (BEGIN + 110, BEGIN + 190, "front_door"),
        (BEGIN + 20, BEGIN + 45, "nope"),
    ):
        vod = VodClient(session, server, start, end, camera=camera)
        for answer in (
            await vod.get("index.m3u8"),
            await vod.get_as("gate1", "init.mp4"),
        ):
            assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html")
    statuses = {
        "": 400,
        "manifest.mpd": 400,
        "iframes.m3u8": 400,
        "seg-0-v1-a1.m4s": 400,
        "seg-99-v1-a1.m4s": 404,
        "master.m3u8": 200,
    }
    assert {file: (await good.get(file)).status for file in statuses} == statuses
    assert (await good.get("index.m3u8", "POST")).status == 405
    assert (await good.get("index.m3u8", "OPTIONS")).status == 200
    nobody = await fetch(session, f"{server.external_url}{good.base}/index.m3u8")
    assert (nobody.status, nobody.headers["Content-Type"]) == (401, "text/html")
    # The same as JSON says why.
    gate = bearer(server, "gate1")
    url = f"{server.external_url}/api{good.base}"
    assert (await fetch(session, url, **gate)).status == 403
    assert (await good.mapping()).json["cache"] is False
    nothing = VodClient(session, server, BEGIN + 110, BEGIN + 190)
    answer = await nothing.mapping()
    assert (answer.status, answer.json["message"]) == (404, "No recordings found.")
    wrong = VodClient(session, server, BEGIN, BEGIN)
    wrong.base = "/vod/front_door/start/x/end/5"
    assert (await wrong.mapping()).status == 422
    wrong.base = "/vod/event/nope"
    assert (await wrong.mapping()).json["message"] == "Event not found."
    assert (await wrong.get("index.m3u8")).status == 404
    wrong.base = "/vod/2026-11/23/25/front_door/utc"
    assert (await wrong.mapping()).status == 500


async def test_event_and_hour(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    event = server.add_event("front_door", ago=1780, duration=20.5)
    vod = VodClient(session, server, 0, 0)
    vod.base = f"/vod/event/{event.id}"
    text = await vod.playlist()
    assert seconds_of(text) == [10, 10.8]
    # It is not handed to the backend, which would know what to do with it.
    padded = await vod.get("index.m3u8?padding=20")
    assert seconds_of(padded.body.decode()) == [10, 10.8]
    vod.base += "?padding=20"
    assert sum((await vod.mapping()).json["durations"]) == pytest.approx(60_600, abs=1)
    vod.base = "/vod/2026-11/23/17/front_door/Europe,Madrid"
    hour = await vod.playlist()
    vod.base = "/vod/2026-11/23/16/front_door"
    assert await vod.playlist() == hour
    assert sum(seconds_of(hour)) == pytest.approx(1778)


async def test_every_video_shows_when_it_was_recorded(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    start, end = BEGIN + 42, BEGIN + 56
    export = server.add_export("front_door", start, end)
    path = f"/api/front_door/start/{start}/end/{end}/clip.mp4"
    for url in (path, f"/exports/{export.file}"):
        answer = await fetch(session, server.internal_url + url)
        shown = [each.clock for each in frames(answer.body)]
        assert {*shown} == {*range(start, end)}
    path = f"/api/front_door/recordings/{start + 3.5}/snapshot.jpg"
    answer = await fetch(session, server.internal_url + path)
    assert read_clock(picture(answer)) == start + 3
