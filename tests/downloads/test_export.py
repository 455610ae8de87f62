"""Downloading exports: waiting, resuming, retrying and checking."""

import asyncio
from collections.abc import Awaitable, Callable
import itertools
import math
from pathlib import Path
import time
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.aiofrigate import (
    Credentials,
    Export,
    FrigateClient,
    FrigateClosedError,
    FrigateConnectionError,
    FrigateDataError,
    FrigateError,
    FrigateNotFoundError,
    FrigateRateLimitError,
    FrigateServerError,
    FrigateStartingError,
    FrigateTimeoutError,
    FrigateTLSError,
)
from custom_components.frigate_http.downloads.job import Download
from custom_components.frigate_http.downloads.jobs import ExportJob, with_retries
from custom_components.frigate_http.mp4 import TruncatedError
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.aiofrigate.conftest import WireServer, http_answer, wire_server
from tests.clock import in_time, turns
from tests.downloads.conftest import Folders
from tests.downloads.videos import read_video
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import call, set_up_viewer
from tests.versions import EVERY_VERSION

FILES = "/exports/front"


async def download(hass: HomeAssistant, export_id: str, **data: Any) -> dict[str, Any]:
    """Download an export."""
    return await call(hass, "download_export", export_id=export_id, **data)


async def failure(
    hass: HomeAssistant, export_id: str, **data: Any
) -> HomeAssistantError:
    """Return the error that a download fails with."""
    with pytest.raises(HomeAssistantError) as caught:
        await download(hass, export_id, **data)
    return caught.value


def finished_export(frigate: FakeFrigate, **settings: Any) -> str:
    """Add an export of half a minute, and return its id."""
    now = frigate.state.clock()
    return frigate.add_export("front_door", now - 130, now - 100, **settings).id


@pytest.fixture
def export_id(frigate: FakeFrigate) -> str:
    """Return the id of a finished export."""
    return finished_export(frigate)


def requested_ranges(frigate: FakeFrigate) -> list[str | None]:
    """Return the Range header of each request."""
    return [
        request.headers.get("Range")
        for request in frigate.requests
        if request.path.startswith(FILES)
    ]


@EVERY_VERSION
async def test_download_an_export(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    export_id: str,
) -> None:
    answer = await download(hass, export_id)
    path = Path(answer["path"])
    assert path.name.endswith("_export.mp4")
    assert path.parent.parent.name == "front_door"
    assert read_video(path).decoded_frames > 0
    assert answer.keys() == {
        *("export_id", "camera", "entity_id", "start", "path", "bytes", "seconds"),
        "config_entry_id",
        *("media_content_id", "url"),
    }
    assert answer["bytes"] == path.stat().st_size
    assert folders.leftovers() == []


@EVERY_VERSION
async def test_waits_for_an_export_in_progress(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    # It ends when the test says so, however long the machine takes.
    frigate.state.exporter.looks_until_done = math.inf
    running = finished_export(frigate, status="running")
    waiting = hass.async_create_task(download(hass, running))
    await turns()
    assert not waiting.done()
    for export in frigate.state.exporter.exports:
        export.status = "success"
    assert (await waiting)["bytes"] > 0


@pytest.mark.parametrize("place", [1, 1000, 30_000])
async def test_a_dropped_connection_is_resumed(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    export_id: str,
    place: int,
) -> None:
    whole = read_video(Path((await download(hass, export_id))["path"]))
    frigate.clear_requests()
    frigate.fail(FILES, Fault.drop_body(after=place), times=2)
    answer = await download(hass, export_id)
    assert read_video(Path(answer["path"])) == whole
    # Bytes that arrive together with the end of the connection are lost.
    first, *others = requested_ranges(frigate)
    assert first is None
    assert len(others) == 2
    allowed = {None, *(f"bytes={times * place}-" for times in (1, 2))}
    assert allowed.issuperset(others)


def partial_response(
    body: bytes, start: int, end: int | None = None, tag: str | None = None
) -> bytes:
    """Return a 206 response from a byte on, which may be truncated."""
    head = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
    head |= {} if tag is None else {"ETag": tag}
    answer = http_answer(206, body[start:], "video/mp4", head)
    return answer if end is None else answer[: end - len(body)]


def full_response(body: bytes, end: int | None = None, tag: str | None = None) -> bytes:
    """Return a 200 response, which may be truncated."""
    head = {} if tag is None else {"ETag": tag}
    answer = http_answer(200, body, "video/mp4", head)
    return answer if end is None else answer[: end - len(body)]


async def export_content(frigate: FakeFrigate, export_id: str) -> bytes:
    """Return the content of an export's file."""
    exports = frigate.state.exporter.exports
    file = next(one.file for one in exports if one.id == export_id)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{frigate.internal_url}/exports/{file}") as response,
    ):
        return await response.read()


async def fetch_export(hass: HomeAssistant, url: str, folder: Path) -> bytes:
    """Run an `ExportJob`, and return the content of its output file."""

    async def wait() -> Export:
        return Export(
            id="1",
            camera="front_door",
            name="Mine",
            start=100.0,
            file="a.mp4",
            in_progress=False,
            case_id=None,
        )

    async with aiohttp.ClientSession() as session:
        client = FrigateClient(session, url, Credentials())
        job = ExportJob(
            hass=hass, client=client, export_id="1", wait_until_finished=wait
        )
        target = folder / "export.mp4"
        download = Download(
            target=target, overwrite=False, workspace=folder, report=lambda: None
        )
        await job.async_prepare()
        await job.async_fetch(download)
        return await hass.async_add_executor_job(target.read_bytes)


def range_headers(server: WireServer) -> list[tuple[str | None, str | None]]:
    """Return the Range and If-Range headers of each request."""
    found = []
    for head in server.heads:
        lines = dict(line.split(": ", 1) for line in head.splitlines()[1:] if line)
        found.append((lines.get("Range"), lines.get("If-Range")))
    return found


async def test_only_an_unchanged_file_is_resumed(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    export_id: str,
    tmp_path: Path,
) -> None:
    body = await export_content(frigate, export_id)
    other = body[::-1]
    old, new = '"old"', '"new"'
    async with wire_server(
        [full_response(other, 10_000, tag=old)],
        # The file has changed, so that the server sends it from the start.
        [full_response(body, 20_000, tag=new)],
        [partial_response(body, 20_000, 30_000, tag=new)],
        # A range that was not requested makes the next request start over.
        [partial_response(body, 5, tag=new)],
        [full_response(body, 25_000, tag=new)],
        partial_response(body, 25_000, tag=new),
    ) as server:
        found, _ = await in_time(freezer, fetch_export(hass, server.url, tmp_path))
    assert found == body
    assert range_headers(server) == [
        (None, None),
        ("bytes=10000-", '"old"'),
        ("bytes=20000-", '"new"'),
        ("bytes=30000-", '"new"'),
        (None, None),
        ("bytes=25000-", '"new"'),
    ]


async def test_progress_resets_the_retries(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    export_id: str,
    tmp_path: Path,
) -> None:
    body = await export_content(frigate, export_id)
    paths = range(1000, 21_000, 1000)
    parts = [[partial_response(body, at, at + 1000)] for at in paths]
    async with wire_server(
        [full_response(body, 1000)], *parts, partial_response(body, 21_000)
    ) as server:
        job = fetch_export(hass, server.url, tmp_path)
        found, seconds = await in_time(freezer, job)
    assert found == body
    assert len(server.heads) == 22
    assert seconds <= 40


async def test_range_not_satisfiable_means_complete(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    export_id: str,
    tmp_path: Path,
) -> None:
    body = await export_content(frigate, export_id)
    # The Content-Length is larger than the file.
    longer = http_answer(200, body + b"more", "video/mp4")[:-4]
    async with wire_server([longer], http_answer(416, b"", "text/html")) as server:
        found, _ = await in_time(freezer, fetch_export(hass, server.url, tmp_path))
    assert found == body
    assert range_headers(server)[1] == (f"bytes={len(body)}-", None)


# Retries


def failing_request(
    *errors: Exception | None,
) -> tuple[Callable[[], Awaitable[int]], list[float]]:
    """Return a request that raises these errors first, and the times of its calls."""
    left, times = [*errors], list[float]()

    async def request() -> int:
        times.append(time.monotonic())
        if left and (error := left.pop(0)) is not None:
            raise error
        return len(times)

    return request, times


UNREACHABLE = FrigateConnectionError("gone")
SENT_TWICE = FrigateConnectionError("gone")
SENT_TWICE.was_repeated = True


@pytest.mark.parametrize(
    "error",
    [
        UNREACHABLE,
        SENT_TWICE,
        FrigateTimeoutError("slow"),
        FrigateStartingError("starting", 502),
        FrigateServerError("failed", 500),
    ],
)
async def test_transient_errors_are_retried_for_a_minute(
    freezer: FrozenDateTimeFactory, error: FrigateError
) -> None:
    request, times = failing_request(*[error] * 7)
    number, seconds = await in_time(freezer, with_retries(request), step=0.5)
    assert number == 8
    # The clock moves by half a second, and a delay ends with its next move.
    assert 60.5 <= seconds <= 65
    delays = [after - before for before, after in itertools.pairwise(times)]
    assert delays == pytest.approx([0.5, 1, 2, 4, 8, 15, 30], abs=0.6)

    request, times = failing_request(*[error] * 8)
    with pytest.raises(type(error)):
        await in_time(freezer, with_retries(request), step=0.5)
    assert len(times) == 8


@pytest.mark.parametrize(
    "error",
    [
        FrigateTLSError("untrusted"),
        FrigateClosedError("closed"),
        FrigateNotFoundError("no", 404),
        FrigateDataError("no video", 200),
    ],
)
async def test_permanent_errors_are_not_retried(error: FrigateError) -> None:
    request, times = failing_request(error)
    with pytest.raises(type(error)):
        await with_retries(request)
    assert len(times) == 1
    assert await with_retries(request) == 2


@pytest.mark.parametrize(("wanted", "delay"), [(0, 0.5), (20, 20), (3600, 60)])
async def test_retry_after_is_respected(
    freezer: FrozenDateTimeFactory, wanted: float, delay: float
) -> None:
    request, times = failing_request(FrigateRateLimitError("slowly", 429, wanted))
    number, _ = await in_time(freezer, with_retries(request), step=0.5)
    assert number == 2
    assert times[1] - times[0] == pytest.approx(delay, abs=0.6)


async def test_a_truncated_video_is_requested_four_times(
    freezer: FrozenDateTimeFactory,
) -> None:
    request, times = failing_request(*[TruncatedError("short")] * 4)
    with pytest.raises(TruncatedError):
        await in_time(freezer, with_retries(request), step=0.5)
    assert len(times) == 4
    assert await with_retries(request) == 5


async def test_a_video_without_its_last_byte_is_retried(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    export_id: str,
) -> None:
    size = (await download(hass, export_id))["bytes"]
    frigate.fail(FILES, Fault.truncate(after=size - 1), times=1)
    # A video that is truncated under status 200 is requested again.
    assert (await download(hass, export_id))["bytes"] == size


async def test_a_truncated_export_is_not_kept(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    export_id: str,
) -> None:
    frigate.fail(FILES, Fault.truncate(after=5000))
    assert (await failure(hass, export_id)).translation_key == "broken_file"
    frigate.clear_faults()
    frigate.fail(FILES, Fault.status(404))
    assert (await failure(hass, export_id)).translation_key == "not_found"
    assert [*folders.media.iterdir()] == []
    frigate.clear_faults()
    assert (await download(hass, export_id))["bytes"] > 0


async def test_an_export_without_a_file(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    export_id: str,
) -> None:
    now = frigate.state.clock()
    told = {"id": export_id, "camera": "front_door", "date": now, "in_progress": False}
    frigate.fail("/api/exports$", Fault.json([told]))
    frigate.fail(f"/api/exports/{export_id}$", Fault.json(told))
    assert (await failure(hass, export_id)).translation_key == "export_without_video"
    assert [*folders.media.iterdir()] == []
    frigate.clear_faults()
    assert (await download(hass, export_id))["bytes"] > 0


@EVERY_VERSION
async def test_an_unknown_export(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    error = await failure(hass, "front_door_nobody")
    assert error.translation_key == "not_known"
    assert [*folders.media.iterdir()] == []


async def test_a_viewer_may_download(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, export_id: str
) -> None:
    await set_up_viewer(hass, frigate)
    assert (await download(hass, export_id))["bytes"] > 0


async def test_cancelling_leaves_no_file(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    export_id: str,
) -> None:
    frigate.fail(FILES, Fault.stall_body(after=5000))
    frigate.clear_requests()
    script = hass.async_create_task(download(hass, export_id))
    while not requested_ranges(frigate):
        await turns(1)
    await turns()
    script.cancel()
    with pytest.raises(asyncio.CancelledError):
        await script
    assert [*folders.media.iterdir()] == []
