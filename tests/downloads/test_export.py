"""The videos of exports: waited for, resumed, checked."""

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
    """Return what a download fails with."""
    with pytest.raises(HomeAssistantError) as caught:
        await download(hass, export_id, **data)
    return caught.value


def finished(frigate: FakeFrigate, **settings: Any) -> str:
    """Add an export of half a minute, and return its id."""
    now = frigate.state.clock()
    return frigate.add_export("front_door", now - 130, now - 100, **settings).id


@pytest.fixture
def export_id(frigate: FakeFrigate) -> str:
    """Return an export that is finished."""
    return finished(frigate)


def ranges(frigate: FakeFrigate) -> list[str | None]:
    """Return which part of a file each request asked for."""
    return [
        request.headers.get("Range")
        for request in frigate.requests
        if request.path.startswith(FILES)
    ]


@EVERY_VERSION
async def test_an_export_becomes_a_file(
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
    assert read_video(path).pictures > 0
    assert answer.keys() == {
        *("export_id", "camera", "start", "path", "bytes", "seconds"),
        "config_entry_id",
        *("media_content_id", "url"),
    }
    assert answer["bytes"] == path.stat().st_size
    assert folders.leftovers() == []


@EVERY_VERSION
async def test_an_export_in_progress_is_waited_for(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    # It ends when the test says so, however long the machine takes.
    frigate.state.exporter.looks_until_done = math.inf
    running = finished(frigate, status="running")
    waiting = hass.async_create_task(download(hass, running))
    await turns()
    assert not waiting.done()
    for export in frigate.state.exporter.exports:
        export.status = "success"
    assert (await waiting)["bytes"] > 0


@pytest.mark.parametrize("place", [1, 1000, 30_000])
async def test_a_dropped_connection_is_taken_up_where_it_broke(
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
    # What arrives together with the end of a connection is lost with it.
    first, *others = ranges(frigate)
    assert first is None
    assert len(others) == 2
    allowed = {None, *(f"bytes={times * place}-" for times in (1, 2))}
    assert allowed.issuperset(others)


def part(
    body: bytes, start: int, end: int | None = None, tag: str | None = None
) -> bytes:
    """Return an answer that holds a file from a byte on, and may break off."""
    head = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
    head |= {} if tag is None else {"ETag": tag}
    answer = http_answer(206, body[start:], "video/mp4", head)
    return answer if end is None else answer[: end - len(body)]


def whole(body: bytes, end: int | None = None, tag: str | None = None) -> bytes:
    """Return an answer that holds a file, or its beginning."""
    head = {} if tag is None else {"ETag": tag}
    answer = http_answer(200, body, "video/mp4", head)
    return answer if end is None else answer[: end - len(body)]


async def body_of(frigate: FakeFrigate, export_id: str) -> bytes:
    """Return the video of an export."""
    exports = frigate.state.exporter.exports
    file = next(one.file for one in exports if one.id == export_id)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{frigate.internal_url}/exports/{file}") as response,
    ):
        return await response.read()


async def fetched(hass: HomeAssistant, url: str, folder: Path) -> bytes:
    """Do the job of downloading an export, and return what became of it."""

    async def watch() -> Export:
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
        job = ExportJob(hass=hass, client=client, export_id="1", watch=watch)
        target = folder / "export.mp4"
        download = Download(
            target=target, overwrite=False, workspace=folder, report=lambda: None
        )
        await job.async_prepare()
        await job.async_fetch(download)
        return await hass.async_add_executor_job(target.read_bytes)


def conditions(server: WireServer) -> list[tuple[str | None, str | None]]:
    """Return which part each request asked for, and on which condition."""
    found = []
    for head in server.heads:
        lines = dict(line.split(": ", 1) for line in head.splitlines()[1:] if line)
        found.append((lines.get("Range"), lines.get("If-Range")))
    return found


async def test_only_the_same_file_is_taken_up(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    export_id: str,
    tmp_path: Path,
) -> None:
    body = await body_of(frigate, export_id)
    other = body[::-1]
    old, new = '"old"', '"new"'
    async with wire_server(
        [whole(other, 10_000, tag=old)],
        # By now it is another file, which is sent from its start.
        [whole(body, 20_000, tag=new)],
        [part(body, 20_000, 30_000, tag=new)],
        # What was not asked for is of no use, nor is what was there before it.
        [part(body, 5, tag=new)],
        [whole(body, 25_000, tag=new)],
        part(body, 25_000, tag=new),
    ) as server:
        found, _ = await in_time(freezer, fetched(hass, server.url, tmp_path))
    assert found == body
    assert conditions(server) == [
        (None, None),
        ("bytes=10000-", '"old"'),
        ("bytes=20000-", '"new"'),
        ("bytes=30000-", '"new"'),
        (None, None),
        ("bytes=25000-", '"new"'),
    ]


async def test_as_long_as_the_file_grows_it_is_asked_for(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    export_id: str,
    tmp_path: Path,
) -> None:
    body = await body_of(frigate, export_id)
    paths = range(1000, 21_000, 1000)
    parts = [[part(body, at, at + 1000)] for at in paths]
    async with wire_server([whole(body, 1000)], *parts, part(body, 21_000)) as server:
        job = fetched(hass, server.url, tmp_path)
        found, seconds = await in_time(freezer, job)
    assert found == body
    assert len(server.heads) == 22
    assert seconds <= 40


async def test_a_file_that_is_there_already(
    hass: HomeAssistant,
    fixed_time: None,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    export_id: str,
    tmp_path: Path,
) -> None:
    body = await body_of(frigate, export_id)
    # It promised more than there is.
    longer = http_answer(200, body + b"more", "video/mp4")[:-4]
    async with wire_server([longer], http_answer(416, b"", "text/html")) as server:
        found, _ = await in_time(freezer, fetched(hass, server.url, tmp_path))
    assert found == body
    assert conditions(server)[1] == (f"bytes={len(body)}-", None)


# Patience


def failing(
    *errors: Exception | None,
) -> tuple[Callable[[], Awaitable[int]], list[float]]:
    """Return something that fails so often, and when it was asked."""
    left, times = [*errors], list[float]()

    async def ask() -> int:
        times.append(time.monotonic())
        if left and (error := left.pop(0)) is not None:
            raise error
        return len(times)

    return ask, times


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
async def test_what_may_pass_is_borne_for_a_minute(
    freezer: FrozenDateTimeFactory, error: FrigateError
) -> None:
    ask, times = failing(*[error] * 7)
    number, seconds = await in_time(freezer, with_retries(ask), step=0.5)
    assert number == 8
    # The clock moves by half a second, and a pause ends with its next move.
    assert 60.5 <= seconds <= 65
    pauses = [after - before for before, after in itertools.pairwise(times)]
    assert pauses == pytest.approx([0.5, 1, 2, 4, 8, 15, 30], abs=0.6)

    ask, times = failing(*[error] * 8)
    with pytest.raises(type(error)):
        await in_time(freezer, with_retries(ask), step=0.5)
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
async def test_what_stays_so_is_not_asked_again(error: FrigateError) -> None:
    ask, times = failing(error)
    with pytest.raises(type(error)):
        await with_retries(ask)
    assert len(times) == 1
    assert await with_retries(ask) == 2


@pytest.mark.parametrize(("wanted", "pause"), [(0, 0.5), (20, 20), (3600, 60)])
async def test_a_server_may_put_off_the_next_attempt(
    freezer: FrozenDateTimeFactory, wanted: float, pause: float
) -> None:
    ask, times = failing(FrigateRateLimitError("slowly", 429, wanted))
    number, _ = await in_time(freezer, with_retries(ask), step=0.5)
    assert number == 2
    assert times[1] - times[0] == pytest.approx(pause, abs=0.6)


async def test_a_broken_video_is_asked_for_four_times(
    freezer: FrozenDateTimeFactory,
) -> None:
    ask, times = failing(*[TruncatedError("short")] * 4)
    with pytest.raises(TruncatedError):
        await in_time(freezer, with_retries(ask), step=0.5)
    assert len(times) == 4
    assert await with_retries(ask) == 5


async def test_a_file_that_broke_off_at_its_very_end(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    export_id: str,
) -> None:
    size = (await download(hass, export_id))["bytes"]
    frigate.fail(FILES, Fault.truncate(after=size - 1), times=1)
    # What is cut short under a good status is asked for anew.
    assert (await download(hass, export_id))["bytes"] == size


async def test_a_broken_video_is_not_kept(
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
async def test_an_export_that_there_is_not(
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


async def test_cancelling_leaves_nothing(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    export_id: str,
) -> None:
    frigate.fail(FILES, Fault.stall_body(after=5000))
    frigate.clear_requests()
    script = hass.async_create_task(download(hass, export_id))
    while not ranges(frigate):
        await turns(1)
    await turns()
    script.cancel()
    with pytest.raises(asyncio.CancelledError):
        await script
    assert [*folders.media.iterdir()] == []
