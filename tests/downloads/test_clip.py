"""Clips: every recorded frame once, however they were fetched, or nothing at all."""

import asyncio
from datetime import datetime
import json
import math
from pathlib import Path
import resource
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.frigate_http.downloads.clip import ClipJob
from custom_components.frigate_http.downloads.job import Download, numbered_paths
from custom_components.frigate_http.periods import Period
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from tests.clock import in_time, turns
from tests.common import sent
from tests.downloads.conftest import Folders
from tests.downloads.videos import (
    clip_in_one_request,
    nearly_equal,
    order_of_boxes,
    read_video,
)
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer as FakeAnswer
from tests.mp4.material import Scene
from tests.services.common import INVALID, call, camera_entity, reason
from tests.versions import EVERY_VERSION

RECORDINGS = "/api/front_door/recordings"
CLIPS = r"/api/[^/]+/start/.*/clip\.mp4"
# As many segments as ever, with as little in them as there can be.
SMALL = Scene(width=64, height=48, fps=1, sound=None)

type Answer = dict[str, Any]


def ago(frigate: FakeFrigate, seconds: float) -> float:
    """Return a whole second some time ago, by the server's clock."""
    return float(int(frigate.state.clock() - seconds))


async def download(
    hass: HomeAssistant, entry: MockConfigEntry, start: float, end: float, **data: Any
) -> Answer:
    """Download a clip of the front door."""
    entity_id = camera_entity(hass, entry)
    answers = await call(
        hass,
        "download_clip",
        entity_id=entity_id,
        start_time=start,
        end_time=end,
        **data,
    )
    found = answers[entity_id]
    assert isinstance(found, dict)
    return found


async def failure(
    hass: HomeAssistant, entry: MockConfigEntry, *times: float, **data: Any
) -> HomeAssistantError:
    """Return what a download fails with."""
    with pytest.raises(HomeAssistantError) as caught:
        await download(hass, entry, *times, **data)
    return caught.value


def shown(seconds: float) -> str:
    """Return a moment as an answer has it."""
    return dt_util.as_local(dt_util.utc_from_timestamp(seconds)).isoformat()


def about(gap: dict[str, str], start: float, end: float) -> bool:
    """Whether a gap is this one; before it a file may end a little early."""
    begins = datetime.fromisoformat(gap["start"]).timestamp()
    return gap["end"] == shown(end) and start - 0.7 <= begins <= start


# Whole


@EVERY_VERSION
@pytest.mark.parametrize("chunk", [60, 37, 20])
async def test_the_chunks_become_one_video(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    chunk: int,
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 180)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    answer = await download(hass, entry, start, end, chunk_duration=chunk)
    path = Path(answer["path"])
    found = read_video(path)
    assert found.video == whole.video
    assert nearly_equal(found.audio, whole.audio, seams=120 // chunk)
    assert found.rises
    assert found.pictures == len(found.video)
    boxes = order_of_boxes(path)
    assert boxes.index("moov") < boxes.index("mdat")
    assert answer == {
        "camera": "front_door",
        "entity_id": camera_entity(hass, entry),
        "config_entry_id": entry.entry_id,
        "path": str(path),
        "bytes": path.stat().st_size,
        "seconds": pytest.approx(120, abs=3),
        "start": shown(start),
        "end": shown(end),
        "gaps": [],
        "media_content_id": f"media-source://media_source/local/{path.relative_to(folders.media)}",
        "url": f"/media/local/{path.relative_to(folders.media)}",
    }
    assert folders.leftovers() == []


@pytest.mark.parametrize(
    "scene",
    [
        Scene(moving=False, sound="silence", keyframes=5),
        Scene(moving=False, sound=None, keyframes=2),
        Scene(sound=None, keyframes=5),
        Scene(b_frames=2, keyframes=2),
    ],
    ids=["a silent night", "a night without a microphone", "no microphone", "B frames"],
)
async def test_other_cameras(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    scene: Scene,
) -> None:
    frigate.state.footage.show("front_door", scene, 0)
    start, end = ago(frigate, 300), ago(frigate, 217)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    answer = await download(hass, entry, start, end, chunk_duration=20)
    found = read_video(Path(answer["path"]))
    assert found.video == whole.video
    assert nearly_equal(found.audio, whole.audio, seams=5)
    assert found.rises


async def test_gaps_are_told_and_closed(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = ago(frigate, 400), ago(frigate, 200)
    frigate.cut_recordings("front_door", start + 50, start + 90)
    frigate.cut_recordings("front_door", end - 15)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    answer = await download(hass, entry, start, end, chunk_duration=30)
    found = read_video(Path(answer["path"]))
    assert found.video == whole.video
    first, last = answer["gaps"]
    assert about(first, start + 50, start + 90)
    assert about(last, end - 15, end)
    assert answer["seconds"] == pytest.approx(145, abs=4)


async def test_a_camera_that_was_reconfigured_begins_another_file(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = ago(frigate, 400), ago(frigate, 280)
    frigate.state.footage.show("front_door", Scene(width=128, height=96), start + 55)
    answer = await download(
        hass, entry, start, end, filename="door.mp4", chunk_duration=20
    )
    parts = [Path(one["path"]) for one in answer["parts"]]
    assert parts == [folders.media / f"door_part0{number}.mp4" for number in (1, 2)]
    assert answer["path"] == str(parts[0])
    assert folders.files() == [f"config/media/{one.name}" for one in parts]
    for part in answer["parts"]:
        assert read_video(Path(part["path"])).rises
        assert part["url"] == f"/media/local/{Path(part['path']).name}"
    assert sum(one["seconds"] for one in answer["parts"]) == pytest.approx(120, abs=4)


async def test_the_last_second_is_there_though_it_is_not_whole(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 240)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    answer = await download(
        hass, entry, start + 0.7, end - 0.1, chunk_duration=20, filename="door.mp4"
    )
    assert read_video(Path(answer["path"])).video == whole.video
    assert answer["start"] == shown(start + 0.7)
    assert answer["end"] == shown(end - 0.1)


async def test_a_new_file_does_not_begin_with_what_the_last_one_holds(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "custom_components.frigate_http.downloads.clip.MAX_FILE_DURATION", 45
    )
    start, end = ago(frigate, 300), ago(frigate, 200)
    # Of the third chunk nothing is recorded but what the second one's video holds too.
    start = start // 10 * 10
    frigate.cut_recordings("front_door", start + 40.3, start + 62)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    answer = await download(hass, entry, start, end, chunk_duration=20)
    videos = [read_video(Path(one["path"])) for one in answer["parts"]]
    assert [packet for one in videos for packet in one.video] == whole.video


async def test_what_is_joined_is_removed_at_once(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(
        "custom_components.frigate_http.downloads.clip.MAX_FILE_DURATION", 40
    )
    start, end = ago(frigate, 300), ago(frigate, 200)
    job = ClipJob(
        hass=hass,
        client=entry.runtime_data.client,
        camera="front_door",
        period=Period(start + 0.5, end - 0.5),
        chunk_duration=20,
        join=True,
    )
    download = Download(
        target=tmp_path / "door.mp4",
        overwrite=False,
        workspace=tmp_path,
        report=lambda: None,
    )
    await job.async_fetch(download)
    assert sorted(tmp_path.glob("*.mp4")) == [
        one.source for one in download.output_files
    ]
    assert [(one.start, one.end) for one in download.output_files] == [
        (start + 0.5, start + 40),
        (start + 40, start + 80),
        (start + 80, end - 0.5),
    ]


async def test_after_two_hours_another_file_begins(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.state.footage.since = ago(frigate, 10000)
    frigate.state.footage.show("front_door", SMALL, 0)
    start, end = ago(frigate, 8000), ago(frigate, 200)
    answer = await download(hass, entry, start, end, chunk_duration=1800)
    assert len(answer["parts"]) == 2
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    videos = [read_video(Path(one["path"])) for one in answer["parts"]]
    assert [hash_ for one in videos for hash_ in one.video] == whole.video


async def test_chunks_can_stay_what_they_are(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 200)
    data: dict[str, Any] = {"join": False, "chunk_duration": 40, "filename": "door"}
    answer = await download(hass, entry, start, end, **data)
    assert [Path(one["path"]).name for one in answer["parts"]] == [
        f"door_part0{number}.mp4" for number in (1, 2, 3)
    ]
    assert all(read_video(Path(one["path"])).pictures > 90 for one in answer["parts"])
    # One of them is there: none may be replaced, and no new one appears.
    (folders.media / "door_part01.mp4").unlink()
    before = folders.files()
    assert (
        await failure(hass, entry, start, end, **data)
    ).translation_key == "file_exists"
    assert folders.files() == before


@pytest.mark.parametrize(
    ("count", "first", "last"),
    [
        (1, "a.mp4", "a.mp4"),
        (2, "a_part01.mp4", "a_part02.mp4"),
        (99, "a_part01.mp4", "a_part99.mp4"),
        (100, "a_part001.mp4", "a_part100.mp4"),
        (8640, "a_part0001.mp4", "a_part8640.mp4"),
    ],
)
def test_names_of_parts_are_in_order(count: int, first: str, last: str) -> None:
    names = numbered_paths(Path("/media/a.mp4"), count)
    assert names == sorted(set(names))
    assert len(names) == count
    assert (names[0], names[-1]) == (Path("/media", first), Path("/media", last))


async def test_only_two_chunks_are_fetched_at_once(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.fail(CLIPS, Fault.stall())
    frigate.clear_requests()
    start, end = ago(frigate, 300), ago(frigate, 200)
    waiting = hass.async_create_task(
        download(hass, entry, start, end, chunk_duration=10)
    )

    def clips() -> int:
        return sum(request.path.endswith("clip.mp4") for request in frigate.requests)

    while clips() < 2:
        await turns(1)
    await turns()
    assert clips() == 2
    frigate.clear_faults()
    await waiting
    assert clips() == 10


# The end that is not there yet


@pytest.mark.parametrize("fraction", [0, 0.4])
async def test_an_end_that_is_now_is_waited_for(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    fraction: float,
) -> None:
    # What the cameras show is recorded now, which must not take any of the clock's time.
    await clip_in_one_request(
        frigate, "front_door", ago(frigate, 300), ago(frigate, 200)
    )
    start, end = ago(frigate, 60), ago(frigate, -10) - fraction
    frigate.clear_requests()
    answer, seconds = await in_time(freezer, download(hass, entry, start, end))
    assert seconds >= 20 - fraction
    # Every two seconds from the end on; the last one is the list of what there is.
    assert 3 <= len(sent(frigate, RECORDINGS)) <= 15
    assert "incomplete" not in answer
    assert (answer["start"], answer["end"]) == (shown(start), shown(end))
    end = float(math.ceil(end))
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    assert read_video(Path(answer["path"])).video == whole.video


async def test_an_end_that_never_comes_is_told(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await clip_in_one_request(
        frigate, "front_door", ago(frigate, 300), ago(frigate, 200)
    )
    start, end = ago(frigate, 100), ago(frigate, 0)
    frigate.cut_recordings("front_door", ago(frigate, 40))
    frigate.clear_requests()
    answer, seconds = await in_time(freezer, download(hass, entry, start, end))
    assert seconds >= 60
    assert 20 <= len(sent(frigate, RECORDINGS)) <= 32
    assert answer["incomplete"] is True
    assert answer["seconds"] == pytest.approx(60, abs=3)


# Nothing


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"start_time": 100, "end_time": 100 + 86401}, "clip_too_long"),
        ({"duration": 60, "chunk_duration": 9}, "not_a_duration"),
        ({"duration": 60, "chunk_duration": 3601}, "not_a_duration"),
        ({"duration": 60, "join": "perhaps"}, "field join"),
        ({"duration": 60, "filename": "clip.avi"}, "bad_filename"),
        ({}, "bad_period"),
    ],
)
async def test_what_is_refused_at_once(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    data: dict[str, Any],
    key: str,
) -> None:
    frigate.clear_requests()
    with pytest.raises(INVALID) as caught:
        await call(hass, "download_clip", entity_id=camera_entity(hass, entry), **data)
    assert reason(caught.value) == key
    assert frigate.requests == []


async def test_nothing_recorded(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.cut_recordings("front_door", 0)
    start, end = ago(frigate, 300), ago(frigate, 200)
    assert (
        await failure(hass, entry, start, end)
    ).translation_key == "nothing_recorded"
    assert [*folders.media.iterdir()] == []


def gone() -> Fault:
    """Return the answer for a range in which nothing is recorded."""
    text = "No recordings found for the specified time range"
    body = json.dumps({"success": False, "message": text}).encode()
    return Fault("answer", FakeAnswer(400, body, "application/json"))


async def test_what_was_deleted_in_the_meantime_is_a_gap(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 150)
    frigate.cut_recordings("front_door", start, start + 4)
    for chunk in (start, start + 50):
        frigate.fail(rf"/api/front_door/start/{chunk:.0f}/.*/clip\.mp4", gone())
    answer = await download(hass, entry, start + 0.5, end, chunk_duration=50)
    assert answer["seconds"] == pytest.approx(50, abs=3)
    assert answer["gaps"] == [{"start": shown(start + 0.5), "end": shown(start + 100)}]
    assert "incomplete" not in answer


async def test_everything_was_deleted_in_the_meantime(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.fail(CLIPS, gone())
    error = await failure(hass, entry, ago(frigate, 300), ago(frigate, 200))
    assert error.translation_key == "nothing_recorded"


async def clip_of(frigate: FakeFrigate, start: float, end: float) -> Fault:
    """Return an answer with what is recorded in another range."""
    url = f"{frigate.internal_url}/api/front_door/start/{start}/end/{end}/clip.mp4"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        body = await response.read()
    return Fault("answer", FakeAnswer(200, body, "video/mp4"))


async def test_a_chunk_that_is_too_short_is_asked_for_again(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 220)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    short = await clip_of(frigate, start + 40, start + 55)
    second = rf"/api/front_door/start/{start + 40:.0f}/.*/clip\.mp4"
    frigate.fail(second, short, times=1)
    answer = await download(hass, entry, start, end, chunk_duration=40)
    assert read_video(Path(answer["path"])).video == whole.video
    assert answer["gaps"] == []
    assert "incomplete" not in answer


async def test_a_chunk_that_stays_too_short_is_told(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 220)
    wanted = await clip_in_one_request(frigate, "front_door", start, start + 55)
    short = await clip_of(frigate, start + 40, start + 55)
    frigate.fail(rf"/api/front_door/start/{start + 40:.0f}/.*/clip\.mp4", short)
    answer = await download(hass, entry, start, end, chunk_duration=40)
    assert read_video(Path(answer["path"])).video == wanted.video
    assert answer["incomplete"] is True
    assert answer["gaps"] == []


async def test_what_a_short_chunk_lacks_is_a_gap_if_it_is_deleted(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 220)
    second = rf"/api/front_door/start/{start + 40:.0f}/.*/clip\.mp4"
    frigate.fail(second, Fault.stall())
    frigate.clear_requests()
    task = hass.async_create_task(
        download(hass, entry, start, end, chunk_duration=40, filename="door.mp4")
    )
    while not any(f"/start/{start + 40:.0f}/" in one.path for one in frigate.requests):
        await turns(1)
    frigate.cut_recordings("front_door", start + 50, end)
    frigate.clear_faults()
    answer = await task
    (gap,) = answer["gaps"]
    assert about(gap, start + 50, end)
    assert "incomplete" not in answer
    assert answer["seconds"] == pytest.approx(50, abs=3)


async def test_of_a_second_of_recording_nothing_need_come(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 240)
    # The list says that of the last chunk one second is recorded.
    frigate.cut_recordings("front_door", start + 41, end)
    last = rf"/api/front_door/start/{start + 40:.0f}/.*/clip\.mp4"
    frigate.fail(last, Fault.truncate(after=0))
    answer = await download(hass, entry, start, end, chunk_duration=20)
    (gap,) = answer["gaps"]
    assert about(gap, start + 40, end)
    assert answer["seconds"] == pytest.approx(40, abs=3)


# Broken off


@pytest.mark.parametrize("place", range(0, 100, 10))
async def test_a_connection_that_drops_is_made_again(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    place: int,
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 260)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    fault = Fault.drop_body(after=1 + place * 2000)
    frigate.fail(CLIPS, fault, times=1)
    answer = await download(hass, entry, start, end, chunk_duration=20)
    assert read_video(Path(answer["path"])).video == whole.video


@pytest.mark.parametrize("place", [0, 1, 30, 1000, 50_000, 300_000])
async def test_a_video_cut_short_under_a_good_status_is_not_kept(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    place: int,
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 260)
    frigate.fail(CLIPS, Fault.truncate(after=place))
    error = await failure(hass, entry, start, end, chunk_duration=20)
    assert error.translation_key == "broken_file"
    assert [*folders.media.iterdir()] == []
    frigate.clear_faults()
    frigate.fail(CLIPS, Fault.truncate(after=place), times=1)
    answer = await download(hass, entry, start, end, chunk_duration=20)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    assert read_video(Path(answer["path"])).video == whole.video


@pytest.mark.parametrize("fault", [Fault.html(), Fault.json([1]), Fault.status(500)])
async def test_what_is_no_video_is_not_kept(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    fault: Fault,
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 260)
    frigate.fail(CLIPS, fault)
    error, _ = await in_time(freezer, failure(hass, entry, start, end))
    assert error.translation_key in {"not_frigate", "server_error"}
    assert [*folders.media.iterdir()] == []
    frigate.clear_faults()
    assert (await download(hass, entry, start, end))["bytes"] > 0


async def test_the_server_goes_down_between_chunks(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 200)
    frigate.fail(CLIPS, Fault.stall_body(after=5000))
    frigate.clear_requests()
    waiting = failure(hass, entry, start, end, chunk_duration=20)
    task = hass.async_create_task(waiting)
    await frigate.wait_for_requests(3)
    await frigate.refuse()
    error, seconds = await in_time(freezer, ended(task))
    assert 55 <= seconds <= 75
    assert error.translation_key == "cannot_connect"
    assert [*folders.media.iterdir()] == []
    await frigate.resume()
    frigate.clear_faults()
    await entry.runtime_data.server.async_refresh()
    assert (await download(hass, entry, start, end))["bytes"] > 0


async def ended[T](task: asyncio.Task[T]) -> T:
    """Return what a task comes to."""
    return await task


async def test_a_server_that_is_soon_back(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 200)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    frigate.fail("/api/front_door/", Fault.status(502))
    answer, _ = await in_time(
        freezer,
        download(hass, entry, start, end, chunk_duration=20),
        meanwhile={40: frigate.clear_faults},
    )
    assert read_video(Path(answer["path"])).video == whole.video


async def test_a_full_disk_leaves_nothing(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = ago(frigate, 300), ago(frigate, 200)
    whole = (await download(hass, entry, start, end, filename="whole.mp4"))["bytes"]
    # From memory, as the limit holds for the server's own files too.
    for at in (start, start + 60):
        until = min(at + 60, end)
        clip = await clip_of(frigate, at, until)
        frigate.fail(rf"/api/front_door/start/{at:.0f}/.*/clip\.mp4", clip)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    for size in (4096, whole // 4, whole - 1000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
        try:
            error = await failure(hass, entry, start, end, filename="new/door.mp4")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert error.translation_key == "disk_error"
        assert folders.files() == ["config/media/whole.mp4"]
        assert not (folders.media / "new").exists()
    again = await download(hass, entry, start, end, filename="new/door.mp4")
    assert again["bytes"] == whole


async def stalled(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> asyncio.Task[Answer]:
    """Begin a download that stops in the middle of its first chunks."""
    frigate.fail(CLIPS, Fault.stall_body(after=5000))
    frigate.clear_requests()
    start, end = ago(frigate, 300), ago(frigate, 200)
    task = hass.async_create_task(
        download(hass, entry, start, end, chunk_duration=20, filename="new/door.mp4")
    )
    await frigate.wait_for_requests(3)
    await turns()
    return task


async def test_a_cancelled_script_leaves_nothing(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    task = await stalled(hass, frigate, entry)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [*folders.media.iterdir()] == []


async def test_home_assistant_stops_in_the_middle(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    failed = async_capture_events(hass, "frigate_http_download_failed")
    task = await stalled(hass, frigate, entry)
    await hass.async_stop(force=True)
    assert task.done()
    assert [*folders.media.iterdir()] == []
    assert len(failed) <= 1


# Progress


async def test_progress_is_shown(
    hass: HomeAssistant,
    entity_registry_enabled_by_default: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
) -> None:
    def states() -> list[str]:
        return [
            found.state
            for one in ("active_downloads", "download_progress")
            if (found := hass.states.get(f"sensor.frigate_{one}"))
        ]

    assert states() == ["0", "unknown"]
    start, end = ago(frigate, 300), ago(frigate, 200)
    last = rf"/api/front_door/start/.*/end/{end:.0f}/clip\.mp4"
    frigate.fail(last, Fault.stall())
    task = hass.async_create_task(download(hass, entry, start, end, chunk_duration=20))
    while states() != ["1", "79"]:
        await turns(1)
    frigate.clear_faults()
    await task
    assert states() == ["0", "unknown"]
