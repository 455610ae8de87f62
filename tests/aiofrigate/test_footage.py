"""Exports, recordings and previews as the client sees them, on both versions."""

from datetime import UTC, datetime
from functools import partial
import time
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    TIMELAPSE,
    ByteRange,
    Export,
    ExportFile,
    ExportJob,
    FrigateArgumentError,
    FrigateAuthError,
    FrigateBadRequestError,
    FrigateClient,
    FrigateContentError,
    FrigateDataError,
    FrigateForbiddenError,
    FrigateNotFoundError,
    FrigateServerError,
    FrigateStartingError,
    FrigateValidationError,
    Gap,
    Preview,
    Segment,
)
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION, SINCE_018

from .conftest import GATE, VIEWER, Connect, logins, recorded, sent

JUNK: tuple[Any, ...] = (None, True, -1, 10**400, "", "x", "\ud800", [], [{}], {"": 1})


@pytest.fixture
def now(frigate: FakeFrigate) -> int:
    """Return a time before which everything is on disk."""
    return int(time.time()) - 60


def exported(frigate: FakeFrigate, now: int, count: int = 1, **settings: Any) -> Any:
    """Add exports to the server and return their ids."""
    return [
        frigate.add_export("front_door", now - 60, now, f"Film {number}", **settings).id
        for number in range(count)
    ]


# What is read


@EVERY_VERSION
def test_an_export_is_read(version: str) -> None:
    data = recorded(version, "exports.id.ok")
    export = Export.from_api(data)
    assert export is not None
    assert export.id == data["id"]
    assert (export.camera, export.name) == ("front_door", "Test clip")
    assert export.start == data["date"]
    assert data["video_path"] == f"/media/frigate/exports/{export.file}"
    assert (export.in_progress, export.case_id) == (False, None)


def test_the_case_of_an_export_is_read() -> None:
    assert _case_of(recorded("0.18", "exports.list.by-case")[0]) == "ec9ndfv2l36l"
    # So the OpenAPI description has it.
    assert _case_of({"id": "a", "export_case": {"id": "b", "name": "c"}}) == "b"


def _case_of(data: dict[str, Any]) -> str | None:
    export = Export.from_api(data)
    assert export is not None
    return export.case_id


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (Export.from_api, "exports.id.ok"),
        (partial(ExportJob.from_api, mask=str), "jobs.export.id.running"),
        (Segment.from_api, "camera.recordings.5000"),
        (Gap.from_api, "recordings2.unavailable.range.admin"),
        (Preview.from_api, "preview.ok.5000"),
        (ExportFile.from_api, "exports.dir-listing"),
    ],
)
def test_invalid_values_are_unknown(read: Any, name: str) -> None:
    found = recorded("0.18", name)
    data = found[0] if isinstance(found, list) else found
    assert read(data) is not None
    for key in data:
        for junk in JUNK:
            assert repr(read({**data, key: junk}))
    assert read({}) is None


@pytest.mark.parametrize(
    ("text", "modified"),
    [
        (
            "Mon, 23 Nov 2026 16:38:30 GMT",
            datetime(2026, 11, 23, 16, 38, 30, tzinfo=UTC),
        ),
        ("Mon, 23 Nov 2026 16:38:30 -0000", None),
        ("yesterday", None),
    ],
)
def test_the_modification_time_of_a_file_is_read(
    text: str, modified: datetime | None
) -> None:
    found = ExportFile.from_api({"name": "a.mp4", "mtime": text})
    assert found == ExportFile("a.mp4", modified)


# Exports


@EVERY_VERSION
async def test_an_export_is_started_watched_and_renamed(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    export_id = await client.exports.create(
        "front_door",
        now - 60.5,
        now,
        name="Mine",
        source="recordings",
        image_path="/media/frigate/clips/a.jpg",
    )
    (made,) = frigate.state.exporter.exports
    assert (made.id, made.name, made.end) == (export_id, "Mine", now)
    assert made.start == now - 60.5
    assert made.image_path == "/media/frigate/clips/a.jpg"
    assert (await client.exports.get(export_id, fresh=True)).in_progress is True
    frigate.state.exporter.looks_until_done = 0
    export = await client.exports.get(export_id, fresh=True)
    assert export.in_progress is False
    assert await client.exports.list(fresh=True) == (export,)
    (file,) = await client.exports.files()
    assert file.name == export.file
    assert file.modified is not None
    await client.exports.rename(export_id, "Other")
    assert (await client.exports.get(export_id, fresh=True)).name == "Other"


@EVERY_VERSION
async def test_a_time_lapse_is_started_by_the_route_of_the_version(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    period = now - 60, now
    await client.exports.create("front_door", *period, playback="realtime")
    await client.exports.create("front_door", *period, playback=TIMELAPSE, name="Fast")
    assert [made.speed for made in frigate.state.exporter.exports] == [1, 25]
    routes = [one.path.split("/")[2:4] for one in frigate.requests[1:]]
    slow, fast = ["export", "front_door"], ["export", "custom"]
    assert routes == ([slow, fast] if frigate.state.is_018 else [slow, slow])


@EVERY_VERSION
async def test_refused_exports_are_errors(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    create = client.exports.create
    with pytest.raises(FrigateBadRequestError, match="No recordings found"):
        await create("front_door", 10, 20)
    with pytest.raises(FrigateNotFoundError, match="nope is not a valid camera"):
        await create("nope", now - 60, now)
    with pytest.raises(FrigateBadRequestError, match="Invalid image path"):
        await create("front_door", now - 60, now, image_path="/etc/passwd")
    with pytest.raises(FrigateValidationError, match="at most 256"):
        await create("front_door", now - 60, now, name="n" * 257)
    with pytest.raises(FrigateArgumentError):
        await create("..", now - 60, now)
    assert frigate.state.exporter.exports == []
    assert await create("front_door", now - 60, now)


@SINCE_018
async def test_a_queued_export_is_a_job_and_a_full_queue_an_error(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    frigate.state.exporter.held, frigate.state.exporter.room = True, 1
    first = await client.exports.create("front_door", now - 60, now, name="Mine")
    with pytest.raises(FrigateStartingError, match="queue is full"):
        await client.exports.create("front_door", now - 60, now)
    with pytest.raises(FrigateNotFoundError):
        await client.exports.get(first)
    (job,) = await client.exports.jobs()
    assert (job.id, job.status, job.is_active) == (first, "queued", True)
    assert (job.camera, job.name) == ("front_door", "Mine")
    assert (job.start, job.case_id) == (now - 60, None)
    assert await client.exports.job(first) == job
    frigate.state.exporter.held = False
    frigate.state.exporter.looks_until_done = 0
    assert (await client.exports.get(first, fresh=True)).in_progress is True
    assert (await client.exports.get(first, fresh=True)).in_progress is False
    done = await client.exports.job(first, fresh=True)
    assert done is not None
    assert (done.status, done.progress, done.is_active) == ("success", 100, False)
    assert await client.exports.jobs(fresh=True) == ()


@SINCE_018
async def test_a_failed_job_tells_why(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    frigate.state.exporter.outcome, frigate.state.exporter.looks_until_done = "fail", 0
    export_id = await client.exports.create("front_door", now - 60, now)
    job = await client.exports.job(export_id)
    assert job is not None
    assert (job.status, job.error) == ("failed", "Export failed")
    frigate.state.exporter.forget_jobs()
    with pytest.raises(FrigateNotFoundError, match="Job not found"):
        await client.exports.job(export_id, fresh=True)


async def test_there_are_no_jobs_before_0_18(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    assert await client.exports.jobs() == ()
    assert await client.exports.job("front_door_abc123") is None
    assert [one.path for one in frigate.requests] == ["/api/version"]


@SINCE_018
async def test_an_export_in_a_case_is_only_in_the_list(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    case = frigate.add_case("Break-in").id
    (export_id,) = exported(frigate, now, case=case)
    with pytest.raises(FrigateServerError):
        await client.exports.get(export_id)
    (export,) = await client.exports.list()
    assert export.case_id == case


async def test_exports_are_deleted_one_by_one_before_0_18(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    first, second = exported(frigate, now, 2)
    await client.exports.delete([first])
    assert [one.id for one in await client.exports.list()] == [second]
    with pytest.raises(FrigateNotFoundError, match="Export not found"):
        await client.exports.delete([first])
    (busy,) = exported(frigate, now, status="running", outcome="hang")
    with pytest.raises(FrigateBadRequestError, match="in progress"):
        await client.exports.delete([busy])


@SINCE_018
async def test_all_or_no_exports_are_deleted_since_0_18(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    ids = exported(frigate, now, 3)
    with pytest.raises(FrigateNotFoundError, match="One or more"):
        await client.exports.delete([*ids, "nope"])
    assert len(await client.exports.list(fresh=True)) == 3
    await client.exports.delete(ids[:2])
    assert [one.id for one in await client.exports.list(fresh=True)] == ids[2:]


@EVERY_VERSION
async def test_a_viewer_may_start_exports_but_not_change_them(
    frigate: FakeFrigate, connect: Connect, now: int
) -> None:
    viewer = connect(frigate.external_url, **VIEWER)
    export_id = await viewer.exports.create("front_door", now - 60, now)
    for call in (
        viewer.exports.rename(export_id, "Other"),
        viewer.exports.delete([export_id]),
    ):
        with pytest.raises(FrigateForbiddenError, match="Required: admin"):
            await call
    assert len(await viewer.exports.list(fresh=True)) == 1


@EVERY_VERSION
async def test_a_restricted_role_sees_only_its_cameras(
    frigate: FakeFrigate, connect: Connect, now: int
) -> None:
    exported(frigate, now)
    gate = connect(frigate.external_url, **GATE)
    assert await gate.exports.list() == ()
    for call in (
        gate.exports.create("front_door", now - 60, now),
        gate.recordings.segments("front_door", now - 60, now),
        gate.previews.list("front_door", now - 60, now),
    ):
        with pytest.raises(FrigateForbiddenError):
            await call
    if frigate.state.is_018:
        with pytest.raises(FrigateForbiddenError):
            await gate.exports.files()
    else:
        assert await gate.exports.files()


async def test_files_that_a_proxy_refuses_cause_no_login(
    frigate: FakeFrigate, connect: Connect
) -> None:
    viewer = connect(frigate.external_url, **VIEWER)
    frigate.fail("/exports/", Fault.status(401))
    for _ in range(3):
        assert await viewer.exports.list(fresh=True) == ()
        with pytest.raises(FrigateAuthError):
            await viewer.exports.files()
    assert logins(frigate) == 1
    # Nor do they keep a login from being made that is lost indeed.
    frigate.revoke_sessions()
    assert await viewer.exports.list(fresh=True) == ()
    assert logins(frigate) == 2
    frigate.clear_faults()
    assert await viewer.exports.files() == ()


@SINCE_018
@pytest.mark.parametrize(
    ("method", "path", "fault"),
    [
        ("list", "/api/exports", Fault.json([{}])),
        ("list", "/api/exports", Fault.json({})),
        ("jobs", "/api/jobs/export", Fault.json(["x"])),
        ("files", "/exports/", Fault.html()),
    ],
)
async def test_export_answers_of_another_shape_are_refused(
    frigate: FakeFrigate, client: FrigateClient, method: str, path: str, fault: Fault
) -> None:
    frigate.fail(path, fault)
    with pytest.raises(FrigateContentError):
        await getattr(client.exports, method)()
    frigate.clear_faults()
    assert await client.exports.list() == ()


@pytest.mark.parametrize("body", [{}, {"success": True, "export_id": 5}])
async def test_an_export_without_an_id_is_refused(
    frigate: FakeFrigate, client: FrigateClient, now: int, body: dict[str, Any]
) -> None:
    frigate.fail("/api/export/", Fault.json(body), times=1)
    with pytest.raises(FrigateDataError, match="without an id"):
        await client.exports.create("front_door", now - 60, now)
    assert await client.exports.create("front_door", now - 60, now)


# Recordings and previews


@EVERY_VERSION
async def test_segments_are_listed(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    segments = await client.recordings.segments("front_door", now - 30.5, now - 10)
    assert segments[0].end >= now - 30.5
    assert segments[-1].start <= now - 10
    assert all(9 <= one.end - one.start <= 10 for one in segments)
    assert all(one.size and 100_000 < one.size < 400_000 for one in segments)
    assert await client.recordings.segments("nope", now - 30, now) == ()
    request = sent(frigate, "/api/nope/recordings")[0]
    assert request.query == {"after": str(now - 30), "before": str(now)}


async def test_segments_can_bypass_the_cache(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    before = await client.recordings.segments("front_door", now - 60, now)
    frigate.record_only("front_door")
    assert await client.recordings.segments("front_door", now - 60, now) == before
    fresh = await client.recordings.segments("front_door", now - 60, now, fresh=True)
    assert fresh == ()


async def test_segments_without_times_are_refused(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    frigate.fail("/api/front_door/recordings", Fault.json([{"id": 1}]), times=1)
    with pytest.raises(FrigateDataError, match="without times"):
        await client.recordings.segments("front_door", now - 60, now)
    assert await client.recordings.segments("front_door", now - 60, now)


@EVERY_VERSION
async def test_previews_are_listed(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    hour = now // 3600 * 3600
    (preview,) = await client.previews.list("front_door", hour - 1800, hour - 900.5)
    assert preview.camera == "front_door"
    assert preview.path.startswith("/clips/previews/front_door/")
    assert preview.media_type == "video/mp4"
    assert preview.end == pytest.approx(hour, abs=1)
    both = await client.previews.list("all", hour - 1800, hour - 900)
    assert {one.camera for one in both} == {"front_door", "Portones"}
    assert await client.previews.list("front_door", 10, 20) == ()
    with pytest.raises(FrigateForbiddenError, match="Access denied for camera"):
        await client.previews.list("nope", hour - 1800, hour)


async def test_preview_answers_of_another_shape_are_refused(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    period = now - 7200, now - 3600
    frigate.fail("/api/preview", Fault.status(404), times=1)
    with pytest.raises(FrigateNotFoundError, match="Not Found"):
        await client.previews.list("front_door", *period)
    frigate.fail("/api/preview", Fault.json([{"camera": "front_door"}]), times=1)
    with pytest.raises(FrigateDataError, match="without a path"):
        await client.previews.list("front_door", *period)
    assert await client.previews.list("front_door", *period)


@EVERY_VERSION
async def test_a_preview_of_a_range_is_streamed(
    frigate: FakeFrigate, client: FrigateClient, now: int
) -> None:
    previews = client.previews
    async with previews.of_range("front_door", now - 60, now - 30) as stream:
        whole = b"".join([chunk async for chunk in stream.chunks()])
    assert (stream.status, whole[4:8]) == (200, b"ftyp")
    asked = ByteRange(first=2, last=9)
    async with previews.of_range(
        "front_door", now - 60, now - 30, byte_range=asked
    ) as stream:
        part = b"".join([chunk async for chunk in stream.chunks()])
    assert (stream.status, part) == (206, whole[2:10])
    async with previews.of_range(
        "front_door", now - 60, now - 30, method="HEAD"
    ) as stream:
        assert stream.content_length == len(whole)
    with pytest.raises(FrigateNotFoundError, match="Preview not found"):
        async with previews.of_range("front_door", 10, 20):
            raise AssertionError
