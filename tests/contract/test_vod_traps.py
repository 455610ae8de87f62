"""`/vod/` of the fake where the real server surprises: its caches, limits and silences."""

import asyncio
from collections.abc import AsyncIterator
import math
from typing import Any

import aiohttp
import pytest

from tests.contract.client import Answer, bearer, fetch
from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.faults import Fault
from tests.versions import EVERY_VERSION

from .vod_client import VodClient, frames, seconds_of

BEGIN = 1_795_449_600
"""When the cameras began to record, a whole hour."""
HOUR = 3600
SEGMENT = "seg-2-v1-a1.m4s"


@pytest.fixture
async def server(socket_enabled: None, version: str) -> AsyncIterator[FakeFrigate]:
    """Return a server that has recorded for two hours."""
    async with FakeFrigate(version) as server:
        go_to(server, 2 * HOUR)
        for camera in server.state.cameras:
            server.record_only(camera, (BEGIN, math.inf))
        yield server


def go_to(server: FakeFrigate, seconds: float) -> None:
    """Let it be so long after the cameras began to record."""
    server.state.clock = lambda: BEGIN + seconds


async def statuses(vod: VodClient, user: str, *files: str) -> list[int]:
    return [(await vod.get_as(user, each)).status for each in files]


@EVERY_VERSION
async def test_one_user_sees_what_another_was_shown(
    session: aiohttp.ClientSession, server: FakeFrigate, version: str
) -> None:
    files = "master.m3u8", "index.m3u8", "init-v1-a1.mp4", SEGMENT
    old = VodClient(session, server, BEGIN + 10, BEGIN + 60)
    assert await statuses(old, "gate1", *files) == [404] * 4
    assert await statuses(old, "viewer1", "index.m3u8") == [200]
    assert await statuses(old, "gate1", *files) == [200] * 4
    mapping = f"{server.external_url}/api{old.base}"
    assert (await fetch(session, mapping, **bearer(server, "gate1"))).status == 403
    nobody = await fetch(session, f"{server.external_url}{old.base}/index.m3u8")
    assert nobody.status == 401
    other = VodClient(session, server, BEGIN + 11, BEGIN + 60)
    assert await statuses(other, "gate1", "index.m3u8") == [404]
    go_to(server, 2 * HOUR + 600)
    assert await statuses(old, "gate1", "index.m3u8") == [200]
    go_to(server, 2 * HOUR + 601)
    assert await statuses(old, "gate1", *files) == [404] * 4
    # What began less than an hour ago is never kept.
    young = VodClient(session, server, BEGIN + 2 * HOUR - 600, BEGIN + 2 * HOUR - 500)
    assert await statuses(young, "viewer1", "index.m3u8") == [200]
    assert await statuses(young, "gate1", "index.m3u8") == [404]


async def test_ports_share_what_was_asked_of_the_same_host(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    path = VodClient(session, server, BEGIN + 10, BEGIN + 60).base + "/index.m3u8"

    async def status(base: str, host: str, **headers: str) -> int:
        headers = {"Host": host, **headers}
        return (await fetch(session, base + path, headers=headers)).status

    gate: dict[str, str] = bearer(server, "gate1")["headers"]
    assert await status(server.external_url, "same.example", **gate) == 404
    assert await status(server.internal_url, "same.example") == 200
    assert await status(server.external_url, "same.example", **gate) == 200
    assert await status(server.external_url, "other.example", **gate) == 404


async def test_range_with_a_condition_that_fails_never_ends(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    vod = VodClient(session, server, BEGIN + 10, BEGIN + 60)
    whole = await vod.get(SEGMENT)
    headers = {"Range": "bytes=0-99", "If-Range": '"other"'}
    for wanted, status in (({"If-Range": whole.headers["ETag"]}, 206), ({}, 200)):
        part = await vod.get(
            SEGMENT, **{**headers, **wanted, **_from_the_start(status)}
        )
        assert part.status == status
        assert part.body == whole.body[: 100 if status == 206 else None]
    url = f"{vod.base}/{SEGMENT}"
    async with session.get(server.internal_url + url, headers=headers) as response:
        assert (response.status, response.content_length) == (200, len(whole.body))
        assert await response.content.readexactly(5020) == whole.body[:5020]
        more = asyncio.ensure_future(response.content.read(1))
        await _others_are_served(vod)
        assert not more.done()
        more.cancel()
    await server.wait_for_open(url, 0)
    headers |= bearer(server)["headers"]
    asked = asyncio.ensure_future(
        fetch(session, server.external_url + url, headers=headers)
    )
    await server.wait_for_open(url, 1)
    await _others_are_served(vod)
    assert not asked.done()
    asked.cancel()
    await server.wait_for_open(url, 0)


def _from_the_start(status: int) -> dict[str, str]:
    """Return the range that is whole, which does no harm."""
    return {"Range": "bytes=0-"} if status == 200 else {}


async def _others_are_served(vod: VodClient) -> None:
    for _ in range(3):
        assert (await vod.get("init.mp4")).status == 200


@pytest.mark.parametrize("old", [True, False])
async def test_file_that_is_gone(
    session: aiohttp.ClientSession, server: FakeFrigate, old: bool
) -> None:
    start = BEGIN + (10 if old else HOUR + 1810)
    vod = VodClient(session, server, start + 0.01, start + 40)
    files = "index.m3u8", "seg-1.m4s", "seg-2.m4s", "seg-3.m4s"

    async def answers() -> list[int]:
        return [(await vod.get(file)).status for file in files]

    assert await answers() == [200] * 4
    server.lose_file("front_door", start + 15)
    assert await answers() == [200] * 4
    # Files are taken for open for two minutes.
    go_to(server, 2 * HOUR + 121)
    assert await answers() == [200, 200, 404, 200]
    assert (await vod.get("seg-2.m4s")).headers["Content-Type"] == "text/html"
    server.lose_file("front_door", start)
    go_to(server, 2 * HOUR + 250)
    assert await answers() == [404] * 4
    server.state.footage.lost.clear()
    assert await answers() == [200] * 4


async def test_deletion_is_not_seen_in_what_is_kept(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    old = VodClient(session, server, BEGIN + 10.01, BEGIN + 40)
    young = VodClient(session, server, BEGIN + HOUR + 1810.01, BEGIN + HOUR + 1840)
    for vod in (old, young):
        assert len(seconds_of(await vod.playlist())) == 3
    server.cut_recordings("front_door", BEGIN, BEGIN + 2 * HOUR)
    assert len(seconds_of(await old.playlist())) == 3
    assert (await young.get("index.m3u8")).status == 404
    go_to(server, 2 * HOUR + 601)
    assert (await old.get("index.m3u8")).status == 404


async def test_too_many_recordings(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    go_to(server, 4 * HOUR)
    most = VodClient(session, server, BEGIN + 0.01, BEGIN + 10_795)
    # The recordings that end early share their segments.
    assert (await most.get("index.m3u8")).status == 200
    assert len((await most.mapping()).json["durations"]) == 1080
    more = VodClient(session, server, BEGIN + 0.01, BEGIN + 10_805)
    for file in ("master.m3u8", "index.m3u8", SEGMENT):
        answer = await more.get(file)
        assert (answer.status, answer.headers["Content-Type"]) == (503, "text/html")


async def test_running_hour_grows(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    vod = VodClient(session, server, BEGIN + 2 * HOUR - 600, BEGIN + 3 * HOUR)
    before = sum(seconds_of(await vod.playlist()))
    go_to(server, 2 * HOUR + 60)
    assert sum(seconds_of(await vod.playlist())) == pytest.approx(before + 60, abs=1)


async def test_keyframes_that_are_not_found_in_time(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    start = BEGIN + 2 * HOUR - 600
    vod = VodClient(session, server, start + 15, start + 30)
    assert seconds_of(await vod.playlist()) == [15]
    exact = await vod.get("seg-1.m4s")
    server.state.footage.keyframes_unknown = True
    assert seconds_of(await vod.playlist()) == [10, 10]
    assert (await vod.get("seg-1.m4s")).body != exact.body


async def test_faults_of_segments(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    vod = VodClient(session, server, BEGIN + 10.01, BEGIN + 40)
    whole = await vod.get(SEGMENT)
    path = f"{vod.base}/{SEGMENT}"
    server.fail("/vod/.*/seg-", Fault.slow(0.001))
    assert (await vod.get(SEGMENT)).body == whole.body
    for fault in (Fault.stall(), Fault.stall_body()):
        server.fail("/vod/.*/seg-", fault)
        asked: Any = asyncio.ensure_future(vod.get(SEGMENT))
        await server.wait_for_open(path, 1)
        assert (await vod.get("index.m3u8")).status == 200
        assert not asked.done()
        # Whoever leaves is noticed.
        asked.cancel()
        await server.wait_for_open(path, 0)
        asked = asyncio.ensure_future(vod.get(SEGMENT))
        await server.wait_for_open(path, 1)
        server.clear_faults()
        answer: Answer = await asked
        assert answer.body == whole.body
    assert server.open_requests == []


async def test_login_that_is_lost_while_watching(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    vod = VodClient(session, server, BEGIN + 10.01, BEGIN + 40)
    options = bearer(server, "viewer1")

    async def ask(file: str) -> Answer:
        url = f"{server.external_url}{vod.base}/{file}"
        return await fetch(session, url, **options)

    first = [await ask("init.mp4"), await ask("seg-1.m4s")]
    assert frames(b"".join(each.body for each in first))
    server.revoke_sessions()
    refused = await ask("seg-2.m4s")
    assert (refused.status, refused.headers["Content-Type"]) == (401, "text/html")
    options = bearer(server, "viewer1")
    assert (await ask("seg-2.m4s")).status == 200
    server.state.starting = True
    assert (await ask("seg-2.m4s")).status == 500
