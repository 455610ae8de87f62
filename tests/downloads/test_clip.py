"""Downloading clips: every recorded frame exactly once, or no file at all."""

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
    equal_but_for_overlaps,
    order_of_boxes,
    read_video,
)
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer as FakeAnswer
from tests.mp4.material import Scene
from tests.services.common import INVALID, call, camera_entity, reason
from tests.versions import EVERY_VERSION, WITH_016

RECORDINGS = "/api/front_door/recordings"
CLIPS = r"/api/[^/]+/start/.*/clip\.mp4"
# The usual number of segments, each as small as possible.
SMALL = Scene(width=64, height=48, fps=1, sound=None)

type Answer = dict[str, Any]


def timestamp_ago(frigate: FakeFrigate, seconds: float) -> float:
    """Return a timestamp in the past in whole seconds, by the server's clock."""
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
    """Return the error that a download fails with."""
    with pytest.raises(HomeAssistantError) as caught:
        await download(hass, entry, *times, **data)
    return caught.value


def as_iso(seconds: float) -> str:
    """Return a timestamp as a response has it."""
    return dt_util.as_local(dt_util.utc_from_timestamp(seconds)).isoformat()


def is_gap(gap: dict[str, str], start: float, end: float) -> bool:
    """Return whether a gap is the expected one; the segment before may end a bit early."""
    begins = datetime.fromisoformat(gap["start"]).timestamp()
    return gap["end"] == as_iso(end) and start - 0.7 <= begins <= start


# Complete clips


@EVERY_VERSION
@pytest.mark.parametrize("chunk", [60, 37, 20])
async def test_chunks_are_joined_into_one_video(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    chunk: int,
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 180)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    answer = await download(hass, entry, start, end, chunk_duration=chunk)
    path = Path(answer["path"])
    found = read_video(path)
    assert found.video == whole.video
    assert equal_but_for_overlaps(found.audio, whole.audio, joins=120 // chunk)
    assert found.has_rising_dts
    assert found.decoded_frames == len(found.video)
    boxes = order_of_boxes(path)
    assert boxes.index("moov") < boxes.index("mdat")
    assert answer == {
        "camera": "front_door",
        "entity_id": camera_entity(hass, entry),
        "config_entry_id": entry.entry_id,
        "path": str(path),
        "bytes": path.stat().st_size,
        "seconds": pytest.approx(120, abs=3),
        "start": as_iso(start),
        "end": as_iso(end),
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
async def test_static_and_silent_cameras(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    scene: Scene,
) -> None:
    frigate.state.footage.show("front_door", scene, 0)
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 217)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    answer = await download(hass, entry, start, end, chunk_duration=20)
    found = read_video(Path(answer["path"]))
    assert found.video == whole.video
    assert equal_but_for_overlaps(found.audio, whole.audio, joins=5)
    assert found.has_rising_dts


async def test_gaps_are_reported_and_closed(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = timestamp_ago(frigate, 400), timestamp_ago(frigate, 200)
    frigate.cut_recordings("front_door", start + 50, start + 90)
    frigate.cut_recordings("front_door", end - 15)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    answer = await download(hass, entry, start, end, chunk_duration=30)
    found = read_video(Path(answer["path"]))
    assert found.video == whole.video
    first, last = answer["gaps"]
    assert is_gap(first, start + 50, start + 90)
    assert is_gap(last, end - 15, end)
    assert answer["seconds"] == pytest.approx(145, abs=4)


async def test_a_change_of_codec_starts_another_file(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = timestamp_ago(frigate, 400), timestamp_ago(frigate, 280)
    frigate.state.footage.show("front_door", Scene(width=128, height=96), start + 55)
    answer = await download(
        hass, entry, start, end, filename="door.mp4", chunk_duration=20
    )
    parts = [Path(one["path"]) for one in answer["parts"]]
    assert parts == [folders.media / f"door_part0{number}.mp4" for number in (1, 2)]
    assert answer["path"] == str(parts[0])
    assert folders.files() == [f"config/media/{one.name}" for one in parts]
    for part in answer["parts"]:
        assert read_video(Path(part["path"])).has_rising_dts
        assert part["url"] == f"/media/local/{Path(part['path']).name}"
    assert sum(one["seconds"] for one in answer["parts"]) == pytest.approx(120, abs=4)


async def test_the_period_is_extended_to_whole_seconds(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 240)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    answer = await download(
        hass, entry, start + 0.7, end - 0.1, chunk_duration=20, filename="door.mp4"
    )
    assert read_video(Path(answer["path"])).video == whole.video
    assert answer["start"] == as_iso(start + 0.7)
    assert answer["end"] == as_iso(end - 0.1)


async def test_a_new_file_does_not_start_with_a_nested_chunk(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "custom_components.frigate_http.downloads.clip.MAX_FILE_DURATION", 45
    )
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
    # The second chunk holds everything that is recorded of the third one.
    start = start // 10 * 10
    frigate.cut_recordings("front_door", start + 40.3, start + 62)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    answer = await download(hass, entry, start, end, chunk_duration=20)
    videos = [read_video(Path(one["path"])) for one in answer["parts"]]
    assert [packet for one in videos for packet in one.video] == whole.video


async def test_joined_chunks_are_removed_at_once(
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
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
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


async def test_a_clip_over_two_hours_has_two_files(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.state.footage.since = timestamp_ago(frigate, 10000)
    frigate.state.footage.show("front_door", SMALL, 0)
    start, end = timestamp_ago(frigate, 8000), timestamp_ago(frigate, 200)
    answer = await download(hass, entry, start, end, chunk_duration=1800)
    assert len(answer["parts"]) == 2
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    videos = [read_video(Path(one["path"])) for one in answer["parts"]]
    assert [hash_ for one in videos for hash_ in one.video] == whole.video


async def test_chunks_without_joining(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
    data: dict[str, Any] = {"join": False, "chunk_duration": 40, "filename": "door"}
    answer = await download(hass, entry, start, end, **data)
    assert [Path(one["path"]).name for one in answer["parts"]] == [
        f"door_part0{number}.mp4" for number in (1, 2, 3)
    ]
    assert all(
        read_video(Path(one["path"])).decoded_frames > 90 for one in answer["parts"]
    )
    # While one of the numbered parts exists, no other part is published.
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
def test_numbered_paths_are_in_order(count: int, first: str, last: str) -> None:
    names = numbered_paths(Path("/media/a.mp4"), count)
    assert names == sorted(set(names))
    assert len(names) == count
    assert (names[0], names[-1]) == (Path("/media", first), Path("/media", last))


async def test_two_chunks_are_fetched_in_parallel(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.fail(CLIPS, Fault.stall())
    frigate.clear_requests()
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
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


# Waiting for the end of the period


@pytest.mark.parametrize("fraction", [0, 0.4])
async def test_waits_until_the_end_is_recorded(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    fraction: float,
) -> None:
    # Makes the fake record its video before the frozen time moves.
    await clip_in_one_request(
        frigate, "front_door", timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
    )
    start, end = timestamp_ago(frigate, 60), timestamp_ago(frigate, -10) - fraction
    frigate.clear_requests()
    answer, seconds = await in_time(freezer, download(hass, entry, start, end))
    assert seconds >= 20 - fraction
    # One request every two seconds from the end on, and one for the list of segments.
    assert 3 <= len(sent(frigate, RECORDINGS)) <= 15
    assert "incomplete" not in answer
    assert (answer["start"], answer["end"]) == (as_iso(start), as_iso(end))
    end = float(math.ceil(end))
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    assert read_video(Path(answer["path"])).video == whole.video


async def test_an_end_that_is_never_recorded_is_incomplete(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await clip_in_one_request(
        frigate, "front_door", timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
    )
    start, end = timestamp_ago(frigate, 100), timestamp_ago(frigate, 0)
    frigate.cut_recordings("front_door", timestamp_ago(frigate, 40))
    frigate.clear_requests()
    answer, seconds = await in_time(freezer, download(hass, entry, start, end))
    assert seconds >= 60
    assert 20 <= len(sent(frigate, RECORDINGS)) <= 32
    assert answer["incomplete"] is True
    assert answer["seconds"] == pytest.approx(60, abs=3)


# Nothing to download


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
async def test_invalid_fields(
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
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
    assert (
        await failure(hass, entry, start, end)
    ).translation_key == "nothing_recorded"
    assert [*folders.media.iterdir()] == []


def no_recordings_fault() -> Fault:
    """Return Frigate's response for a range without recordings."""
    text = "No recordings found for the specified time range"
    body = json.dumps({"success": False, "message": text}).encode()
    return Fault("answer", FakeAnswer(400, body, "application/json"))


async def test_a_deleted_chunk_is_a_gap(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 150)
    frigate.cut_recordings("front_door", start, start + 4)
    for chunk in (start, start + 50):
        frigate.fail(
            rf"/api/front_door/start/{chunk:.0f}/.*/clip\.mp4", no_recordings_fault()
        )
    answer = await download(hass, entry, start + 0.5, end, chunk_duration=50)
    assert answer["seconds"] == pytest.approx(50, abs=3)
    assert answer["gaps"] == [
        {"start": as_iso(start + 0.5), "end": as_iso(start + 100)}
    ]
    assert "incomplete" not in answer


@WITH_016
@pytest.mark.parametrize("chunk", [0, 50])
async def test_a_chunk_that_is_deleted_before_its_request_is_a_gap(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    chunk: int,
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
    requests = rf"/api/front_door/start/{start + chunk:.0f}/.*/clip\.mp4"
    frigate.fail(requests, Fault.stall())
    frigate.clear_requests()
    task = hass.async_create_task(download(hass, entry, start, end, chunk_duration=50))
    await frigate.wait_for_requests(3)
    # Some seconds more, so that no segment of another chunk is in this one.
    frigate.cut_recordings("front_door", start + chunk - 15, start + chunk + 65)
    frigate.clear_faults()
    answer = await task
    assert 30 < answer["seconds"] < 53
    assert len(answer["gaps"]) == 1
    assert "incomplete" not in answer
    assert read_video(Path(answer["path"])).decoded_frames > 0


async def test_all_chunks_are_deleted(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.fail(CLIPS, no_recordings_fault())
    error = await failure(
        hass, entry, timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
    )
    assert error.translation_key == "nothing_recorded"


async def clip_fault(frigate: FakeFrigate, start: float, end: float) -> Fault:
    """Return a response with the clip of another range."""
    url = f"{frigate.internal_url}/api/front_door/start/{start}/end/{end}/clip.mp4"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        body = await response.read()
    return Fault("answer", FakeAnswer(200, body, "video/mp4"))


async def test_a_chunk_that_is_too_short_is_retried(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 220)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    short = await clip_fault(frigate, start + 40, start + 55)
    second = rf"/api/front_door/start/{start + 40:.0f}/.*/clip\.mp4"
    frigate.fail(second, short, times=1)
    answer = await download(hass, entry, start, end, chunk_duration=40)
    assert read_video(Path(answer["path"])).video == whole.video
    assert answer["gaps"] == []
    assert "incomplete" not in answer


async def test_a_chunk_that_stays_too_short_is_incomplete(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 220)
    wanted = await clip_in_one_request(frigate, "front_door", start, start + 55)
    short = await clip_fault(frigate, start + 40, start + 55)
    frigate.fail(rf"/api/front_door/start/{start + 40:.0f}/.*/clip\.mp4", short)
    answer = await download(hass, entry, start, end, chunk_duration=40)
    assert read_video(Path(answer["path"])).video == wanted.video
    assert answer["incomplete"] is True
    assert answer["gaps"] == []


async def test_the_deleted_part_of_a_short_chunk_is_a_gap(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 220)
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
    assert is_gap(gap, start + 50, end)
    assert "incomplete" not in answer
    assert answer["seconds"] == pytest.approx(50, abs=3)


async def test_a_second_of_recording_may_have_no_video(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 240)
    # One second of the last chunk is listed as recorded.
    frigate.cut_recordings("front_door", start + 41, end)
    last = rf"/api/front_door/start/{start + 40:.0f}/.*/clip\.mp4"
    frigate.fail(last, Fault.truncate(after=0))
    answer = await download(hass, entry, start, end, chunk_duration=20)
    (gap,) = answer["gaps"]
    assert is_gap(gap, start + 40, end)
    assert answer["seconds"] == pytest.approx(40, abs=3)


# Dropped connections and truncated videos


@pytest.mark.parametrize("place", range(0, 100, 10))
async def test_a_dropped_connection_is_retried(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    place: int,
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 260)
    whole = await clip_in_one_request(frigate, "front_door", start, end)
    fault = Fault.drop_body(after=1 + place * 2000)
    frigate.fail(CLIPS, fault, times=1)
    answer = await download(hass, entry, start, end, chunk_duration=20)
    assert read_video(Path(answer["path"])).video == whole.video


@pytest.mark.parametrize("place", [0, 1, 30, 1000, 50_000, 300_000])
async def test_a_truncated_video_is_not_kept(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    place: int,
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 260)
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
async def test_a_response_without_video_is_not_kept(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    fault: Fault,
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 260)
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
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
    frigate.fail(CLIPS, Fault.stall_body(after=5000))
    frigate.clear_requests()
    waiting = failure(hass, entry, start, end, chunk_duration=20)
    task = hass.async_create_task(waiting)
    await frigate.wait_for_requests(3)
    await frigate.refuse()
    error, seconds = await in_time(freezer, result_of(task))
    assert 55 <= seconds <= 75
    assert error.translation_key == "cannot_connect"
    assert [*folders.media.iterdir()] == []
    await frigate.resume()
    frigate.clear_faults()
    await entry.runtime_data.server.async_refresh()
    assert (await download(hass, entry, start, end))["bytes"] > 0


async def result_of[T](task: asyncio.Task[T]) -> T:
    """Return the result of a task."""
    return await task


async def test_a_server_that_restarts(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
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
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
    whole = (await download(hass, entry, start, end, filename="whole.mp4"))["bytes"]
    # From memory, as the limit holds for the server's own files too.
    for at in (start, start + 60):
        until = min(at + 60, end)
        clip = await clip_fault(frigate, at, until)
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


async def start_stalled(
    hass: HomeAssistant, frigate: FakeFrigate, entry: MockConfigEntry
) -> asyncio.Task[Answer]:
    """Start a download that stalls in the middle of its first chunks."""
    frigate.fail(CLIPS, Fault.stall_body(after=5000))
    frigate.clear_requests()
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
    task = hass.async_create_task(
        download(hass, entry, start, end, chunk_duration=20, filename="new/door.mp4")
    )
    await frigate.wait_for_requests(3)
    await turns()
    return task


async def test_a_cancelled_script_leaves_nothing(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    task = await start_stalled(hass, frigate, entry)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [*folders.media.iterdir()] == []


async def test_home_assistant_stops_during_a_download(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    failed = async_capture_events(hass, "frigate_http_download_failed")
    task = await start_stalled(hass, frigate, entry)
    await hass.async_stop(force=True)
    assert task.done()
    assert [*folders.media.iterdir()] == []
    assert len(failed) <= 1


# Progress


async def test_progress_sensors(
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
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 200)
    last = rf"/api/front_door/start/.*/end/{end:.0f}/clip\.mp4"
    frigate.fail(last, Fault.stall())
    task = hass.async_create_task(download(hass, entry, start, end, chunk_duration=20))
    while states() != ["1", "79"]:
        await turns(1)
    frigate.clear_faults()
    await task
    assert states() == ["0", "unknown"]
