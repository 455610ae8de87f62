"""Recordings, exports and previews over time: what one request shows of another."""

import math
import time
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest

from tests.contract.client import Answer, bearer, fetch
from tests.fake_frigate import FakeFrigate, WrongClock
from tests.fake_frigate.open_files import REMEMBERED_SECONDS
from tests.versions import EVERY_VERSION, VERSIONS

FRESH = {"X-Cache-Bypass": "1"}


class Client:
    """Asks one server, past its cache."""

    def __init__(self, session: aiohttp.ClientSession, server: FakeFrigate) -> None:
        self.session = session
        self.server = server
        self.now = int(server.state.clock())

    async def ask(self, path: str, method: str = "GET", **options: Any) -> Answer:
        options = {"headers": FRESH, **options}
        return await fetch(
            self.session, self.server.internal_url + path, method, **options
        )

    async def export(self, kind: str = "", **body: Any) -> Answer:
        path = f"/api/export/{kind}front_door/start/{self.now - 300}"
        return await self.ask(f"{path}/end/{self.now - 200}", "POST", json=body)

    async def finished(self, export_id: str) -> Any:
        """Ask until an export is finished."""
        while True:
            answer = await self.ask(f"/api/exports/{export_id}")
            if answer.status == 200 and not answer.json["in_progress"]:
                return answer.json


async def test_recordings_reach_the_disk_late(
    fixed_time: None,
    session: aiohttp.ClientSession,
    server: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    client = Client(session, server)
    window = f"after={client.now - 60}&before={client.now + 60}"
    path = f"/api/front_door/recordings?{window}"
    rows = (await client.ask(path)).json
    assert 10 <= time.time() - rows[-1]["end_time"] <= 20.2
    freezer.tick(20)
    later = (await client.ask(path)).json
    assert len(later) == len(rows) + 2
    assert later[: len(rows)] == rows
    server.cut_recordings("front_door", rows[0]["start_time"], rows[2]["start_time"])
    assert (await client.ask(path)).json == later[2:]
    server.cut_recordings("front_door", client.now)
    freezer.tick(60)
    # One file of three ends a frame early.
    end = (await client.ask(path)).json[-1]["end_time"]
    assert client.now - 0.2 <= end <= client.now
    # The window without parameters ends when the server began.
    default = (await client.ask("/api/front_door/recordings")).json
    assert default[-1]["start_time"] <= server.state.started_at


async def test_dead_camera_records_nothing(
    fixed_time: None,
    session: aiohttp.ClientSession,
    server: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    client = Client(session, server)
    server.state.cameras["front_door"].online = False
    freezer.tick(120)
    path = f"/api/front_door/recordings?after={client.now + 1}&before={client.now + 60}"
    assert (await client.ask(path)).json == []
    server.state.cameras["Portones"].recording = False
    assert (await client.ask("/api/Portones/recordings")).json == []


async def test_previews_are_written_at_the_full_hour(
    fixed_time: None,
    session: aiohttp.ClientSession,
    server: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to("2026-11-24 12:30:00")
    now = int(time.time())
    server.record_only("front_door", (now - 600, now + 7200))
    client = Client(session, server)
    path = f"/api/preview/front_door/start/{now - 600}/end/{now}"
    assert (await client.ask(path)).status == 404
    freezer.tick(1800)
    (row,) = (await client.ask(path)).json
    assert row["camera"] == "front_door"
    assert row["start"] == pytest.approx(now - 600, abs=1)
    video = await client.ask(row["src"])
    assert (video.status, video.body[4:8]) == (200, b"ftyp")
    assert (await client.ask("/clips/previews/front_door/1-2.mp4")).status == 404


@EVERY_VERSION
async def test_export_from_request_to_video(
    session: aiohttp.ClientSession, socket_enabled: None, version: str
) -> None:
    async with FakeFrigate(version) as server:
        client = Client(session, server)
        answer = await client.export(name="Mine")
        assert answer.status == (202 if version != "0.17.2" else 200)
        export_id = answer.json["export_id"]
        row = (await client.ask(f"/api/exports/{export_id}")).json
        assert row["in_progress"] is True
        file = row["video_path"].removeprefix("/media/frigate")
        useless = await client.ask(file)
        assert (useless.status, b"moov" in useless.body) == (200, False)
        assert (await client.finished(export_id))["name"] == "Mine"
        assert (await client.ask(file)).body == useless.body
        server.state.clock = WrongClock(REMEMBERED_SECONDS)
        video = await client.ask(file)
        assert b"moov" in video.body
        assert len(video.body) > 100 * 1000
        renamed = {"name": "Other"}
        path = f"/api/export/{export_id}/rename"
        await client.ask(path, "PATCH", json=renamed)
        assert (await client.ask("/api/exports")).json[0]["name"] == "Other"


async def test_download_of_a_part(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    client = Client(session, server)
    export = server.add_export("front_door", client.now - 60, client.now - 50)
    path = f"/exports/{export.file}"
    whole = await client.ask(path)
    size = len(whole.body)
    for text, start, end in (
        ("0-99", 0, 99),
        ("100-", 100, size - 1),
        ("-10", size - 10, size - 1),
        (f"5-{size + 5}", 5, size - 1),
    ):
        part = await client.ask(path, headers={"Range": f"bytes={text}"})
        assert part.status == 206
        assert part.headers["Content-Range"] == f"bytes {start}-{end}/{size}"
        assert part.body == whole.body[start : end + 1]
    beyond = await client.ask(path, headers={"Range": f"bytes={size}-"})
    assert beyond.status == 416
    assert beyond.headers["Content-Range"] == f"bytes */{size}"
    head = await client.ask(path, "HEAD")
    assert (head.headers["Content-Length"], head.body) == (str(size), b"")


async def test_cache_shows_an_export_in_progress_for_long(
    fixed_time: None,
    session: aiohttp.ClientSession,
    server: FakeFrigate,
    freezer: FrozenDateTimeFactory,
) -> None:
    client = Client(session, server)
    export_id = (await client.export()).json["export_id"]
    path = f"/api/exports/{export_id}"
    assert (await client.ask(path, headers={})).json["in_progress"] is True
    server.state.exporter.looks_until_done = 0
    stale = await client.ask(path, headers={})
    assert (stale.cache, stale.json["in_progress"]) == ("HIT", True)
    assert (await client.ask(f"{path}?x=1")).json["in_progress"] is False


async def test_new_row_may_be_hidden_for_a_moment(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    client = Client(session, server)
    server.state.exporter.looks_until_seen = 2
    path = f"/api/exports/{(await client.export()).json['export_id']}"
    statuses = [(await client.ask(path)).status for _ in range(3)]
    assert statuses == [404, 404, 200]
    # What is hidden from one route is hidden from all.
    export_id = (await client.export()).json["export_id"]
    route = f"/api/export/{export_id}"
    assert (await client.ask(route, "DELETE")).status == 404
    lists = [(await client.ask("/api/exports")).json for _ in range(3)]
    shown = [export_id in {each["id"] for each in rows} for rows in lists]
    assert shown == [False, False, True]


@EVERY_VERSION
async def test_worker_that_dies(
    session: aiohttp.ClientSession, socket_enabled: None, version: str
) -> None:
    async with FakeFrigate(version) as server:
        client = Client(session, server)
        server.state.exporter.outcome = "die"
        export_id = (await client.export()).json["export_id"]
        (row,) = (await client.ask("/api/exports")).json
        assert row["in_progress"] is True
        assert (await client.ask(f"/api/jobs/export/{export_id}")).status == 404
        assert (await client.ask("/exports/")).json == []
        if version != "0.17.2":
            assert (await client.ask("/api/jobs/export")).json == []
            body = {"ids": [export_id]}
            deleted = await client.ask("/api/exports/delete", "POST", json=body)
        else:
            deleted = await client.ask(f"/api/export/{export_id}", "DELETE")
        assert deleted.status == 200
        assert (await client.ask("/api/exports")).json == []


@EVERY_VERSION
@pytest.mark.parametrize("outcome", ["fail", "vanish"])
async def test_export_that_comes_to_nothing(
    session: aiohttp.ClientSession, socket_enabled: None, version: str, outcome: Any
) -> None:
    async with FakeFrigate(version) as server:
        client = Client(session, server)
        server.state.exporter.outcome = outcome
        export_id = (await client.export()).json["export_id"]
        server.state.exporter.looks_until_done = 0
        assert (await client.ask(f"/api/exports/{export_id}")).status == 404
        assert (await client.ask("/api/exports")).json == []
        job = await client.ask(f"/api/jobs/export/{export_id}")
        if version != "0.17.2" and outcome == "fail":
            assert job.json["error_message"] == "Export failed"
            server.state.exporter.forget_jobs()
            job = await client.ask(f"/api/jobs/export/{export_id}")
        assert job.status == 404


async def test_export_that_hangs(
    session: aiohttp.ClientSession, server: FakeFrigate
) -> None:
    client = Client(session, server)
    server.state.exporter.outcome = "hang"
    server.state.exporter.looks_until_done = 0
    export_id = (await client.export()).json["export_id"]
    path = f"/api/exports/{export_id}"
    assert (await client.ask(path)).json["in_progress"] is True
    server.restart()
    assert (await client.ask(path)).json["in_progress"] is True
    delete = f"/api/export/{export_id}"
    assert (await client.ask(delete, "DELETE")).status == 400
    server.state.exporter.opens_files = False
    row = (await client.ask(path)).json
    assert (await client.ask(delete, "DELETE")).status == 200
    assert (await client.ask(path)).status == 404
    # The video appears although nothing in the database speaks of it any more.
    file = row["video_path"].removeprefix("/media/frigate")
    assert (await client.ask(file)).status == 200


async def test_queue_of_0_18(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with FakeFrigate("0.18") as server:
        client, exporter = Client(session, server), server.state.exporter
        exporter.looks_until_done = math.inf
        ids = [(await client.export()).json["export_id"] for _ in range(7)]
        looks = [await client.ask(f"/api/exports/{each}") for each in ids]
        assert [each.status for each in looks] == [200] * 3 + [404] * 4
        jobs = (await client.ask("/api/jobs/export")).json
        assert [each["status"] for each in jobs] == ["running"] * 3 + ["queued"] * 4
        assert 0 <= jobs[0]["progress_percent"] < 100
        exporter.looks_until_done = 1
        row = await client.finished(ids[-1])
        job = (await client.ask(f"/api/jobs/export/{ids[-1]}")).json
        assert job["results"]["video_path"] == row["video_path"]
        assert (job["status"], job["progress_percent"]) == ("success", 100)
        assert job["start_time"] <= job["end_time"]
        assert (await client.ask("/api/jobs/export")).json == []
        assert len((await client.ask("/api/exports")).json) == 7


async def test_full_queue_and_restart(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with FakeFrigate("0.18") as server:
        client, exporter = Client(session, server), server.state.exporter
        exporter.held, exporter.room = True, 2
        answers = [await client.export() for _ in range(3)]
        assert [each.status for each in answers] == [202, 202, 503]
        assert "queue is full" in answers[-1].json["message"]
        server.restart()
        exporter.held = False
        assert (await client.ask("/api/jobs/export")).json == []
        assert (await client.export()).status == 202


async def test_timelapse_has_a_route_of_its_own_since_0_18(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    lengths: dict[str, list[int]] = {}
    for version in VERSIONS:
        async with FakeFrigate(version) as server:
            client = Client(session, server)
            for kind in ("", "custom/"):
                answer = await client.export(kind, playback="timelapse_25x")
                if kind and not server.state.is_018:
                    assert answer.status == 404
                    continue
                row = await client.finished(answer.json["export_id"])
                file = row["video_path"].removeprefix("/media/frigate")
                size = len((await client.ask(file)).body)
                lengths.setdefault(version, []).append(size)
    (timelapse,) = {sizes[0] for sizes in lengths.values() if len(sizes) == 1}
    newer = [sizes for sizes in lengths.values() if len(sizes) == 2]
    assert newer
    for at_normal_speed, faster in newer:
        assert faster == timelapse
        assert at_normal_speed > 10 * faster


async def test_deletion_of_0_18_is_all_or_nothing(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with FakeFrigate("0.18") as server:
        client = Client(session, server)
        ids = [
            server.add_export("front_door", client.now - 60, client.now - 50).id
            for _ in range(3)
        ]
        wrong: list[list[str]] = [[*ids, "nope"], [ids[0], ids[0]], []]
        for each in wrong:
            body = {"ids": each}
            answer = await client.ask("/api/exports/delete", "POST", json=body)
            assert answer.status == (404 if each else 422)
        assert len((await client.ask("/api/exports")).json) == 3
        body = {"ids": ids[:2]}
        await client.ask("/api/exports/delete", "POST", json=body)
        assert [each["id"] for each in (await client.ask("/api/exports")).json] == [
            ids[2]
        ]


async def test_export_in_a_case_cannot_be_asked_for(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with FakeFrigate("0.18") as server:
        client = Client(session, server)
        export = server.add_export("front_door", client.now - 60, client.now - 50)
        answer = await client.ask("/api/cases", "POST", json={"name": "Break-in"})
        case = answer.json["id"]
        body = {"ids": [export.id], "export_case_id": case}
        await client.ask("/api/exports/reassign", "POST", json=body)
        assert (await client.ask(f"/api/exports/{export.id}")).status == 500
        (row,) = (await client.ask(f"/api/exports?export_case_id={case}")).json
        assert row["export_case"] == case
        assert (await client.ask("/api/exports?export_case_id=unassigned")).json == []
        await client.ask(f"/api/cases/{case}", "DELETE")
        assert (await client.ask(f"/api/exports/{export.id}")).status == 200


@EVERY_VERSION
async def test_restricted_role_sees_its_own_camera_only(
    session: aiohttp.ClientSession, socket_enabled: None, version: str
) -> None:
    async with FakeFrigate(version) as server:
        now = int(time.time())
        own, foreign = (
            server.add_export(camera, now - 60, now - 50)
            for camera in ("Portones", "front_door")
        )
        gate = bearer(server, "gate1")

        async def status(path: str) -> int:
            return (await fetch(session, server.external_url + path, **gate)).status

        answer = await fetch(session, f"{server.external_url}/api/exports", **gate)
        assert [each["id"] for each in answer.json] == [own.id]
        assert await status(f"/api/exports/{own.id}") == 200
        assert await status(f"/api/exports/{foreign.id}") == 403
        assert await status(f"/exports/{own.file}") == 200
        denied = 403 if version != "0.17.2" else 200
        assert await status(f"/exports/{foreign.file}") == denied
        window = f"start/{now - 7200}/end/{now}"
        assert await status(f"/api/preview/front_door/{window}") == 403
        answer = await fetch(
            session, f"{server.external_url}/api/preview/all/{window}", **gate
        )
        assert {each["camera"] for each in answer.json} == {"Portones"}
        assert await status("/api/front_door/recordings") == 403
        assert await status("/api/recordings/storage") == denied
