"""Downloading events: clip, snapshot, thumbnail and preview; and snapshots of the past."""

from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.clock import in_time
from tests.downloads.conftest import Folders
from tests.downloads.videos import read_video
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.answers import Answer
from tests.services.common import call, camera_entity
from tests.versions import EVERY_VERSION, WITH_016


@pytest.fixture
def event_id(frigate: FakeFrigate) -> str:
    """Return the id of an event that has ended and is recorded."""
    return frigate.add_event("front_door", ago=300).id


async def download(hass: HomeAssistant, event_id: str, **data: Any) -> dict[str, Any]:
    """Download media of an event."""
    return await call(hass, "download_event", event_id=event_id, **data)


async def failure(
    hass: HomeAssistant, event_id: str, **data: Any
) -> HomeAssistantError:
    """Return the error that a download fails with."""
    with pytest.raises(HomeAssistantError) as caught:
        await download(hass, event_id, **data)
    return caught.value


@EVERY_VERSION
@pytest.mark.parametrize(
    ("media", "ending", "beginning"),
    [
        ("snapshot", "_snapshot.jpg", b"\xff\xd8\xff"),
        ("thumbnail", "_thumbnail.jpg", b"\xff\xd8\xff"),
        ("preview", "_preview.gif", b"GIF8"),
    ],
)
async def test_images(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    event_id: str,
    media: str,
    ending: str,
    beginning: bytes,
) -> None:
    answer = await download(hass, event_id, media_type=media)
    path = Path(answer["path"])
    assert path.name.endswith(ending)
    assert path.parent.parent.name == "front_door"
    assert path.read_bytes().startswith(beginning)
    assert answer["event_id"] == event_id
    assert answer["start"]
    assert "seconds" not in answer


@EVERY_VERSION
async def test_clip(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    event_id: str,
) -> None:
    answer = await download(hass, event_id)
    path = Path(answer["path"])
    assert path.name.endswith("_clip.mp4")
    assert read_video(path).decoded_frames > 0
    assert answer["seconds"] > 10

    frigate.fail(
        f"/api/events/{event_id}/clip.mp4", Fault.truncate(after=9000), times=1
    )
    again = await download(hass, event_id, filename="again.mp4")
    assert again["bytes"] == answer["bytes"]


async def test_an_unknown_event(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    error = await failure(hass, "1795451690.505339-nobody")
    assert error.translation_key == "not_known"
    assert [*folders.media.iterdir()] == []


async def test_an_event_without_the_media(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    event_id: str,
) -> None:
    frigate.fail(f"/api/events/{event_id}/", Fault.status(404))
    error = await failure(hass, event_id, media_type="preview")
    assert error.translation_key == "not_found"
    assert [*folders.media.iterdir()] == []
    frigate.clear_faults()
    assert (await download(hass, event_id, media_type="preview"))["bytes"] > 0


@pytest.mark.parametrize("media", ["snapshot", "thumbnail", "preview"])
@pytest.mark.parametrize(
    "content", [b'{"a": 1}', b"<svg onload='steal()'/>", b"RIFF....WAVE", b"GIF8<svg/>"]
)
async def test_a_response_without_image_is_not_kept(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    event_id: str,
    media: str,
    content: bytes,
) -> None:
    for claimed in ("image/jpeg", "image/svg+xml"):
        fault = Fault("answer", Answer(200, content, claimed))
        frigate.fail(f"/api/events/{event_id}/{media}", fault)
        error = await failure(hass, event_id, media_type=media)
        assert error.translation_key == "broken_file"
        assert [*folders.media.iterdir()] == []
    frigate.clear_faults()
    assert (await download(hass, event_id, media_type=media))["bytes"] > 0


# Waiting for the recording


async def download_clip_in_time(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    freezer: FrozenDateTimeFactory,
    ago: float,
    **settings: Any,
) -> tuple[dict[str, Any], list[float]]:
    """Download the clip of an event; return the response, and start and end of the event."""
    event = frigate.add_event("front_door", ago=ago, **settings)
    # Makes the fake record its video before the frozen time moves.
    old = frigate.add_event("front_door", ago=300)
    await download(hass, old.id, filename="old.mp4")
    answer, _ = await in_time(freezer, download(hass, event.id))
    assert event.end_time is not None
    return answer, [event.start_time, event.end_time]


async def test_waits_until_the_end_of_an_event_is_recorded(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    answer, (start, end) = await download_clip_in_time(hass, frigate, freezer, ago=20)
    assert "incomplete" not in answer
    assert answer["seconds"] >= end - start - 1


async def test_an_event_whose_end_is_never_recorded_is_incomplete(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    frigate.cut_recordings("front_door", frigate.state.clock() - 16)
    answer, _ = await download_clip_in_time(hass, frigate, freezer, ago=20)
    assert answer["incomplete"] is True


@WITH_016
async def test_an_event_without_recordings(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    recorded = frigate.add_event("front_door", ago=900)
    event = frigate.add_event("front_door", ago=300)
    frigate.cut_recordings("front_door", frigate.state.clock() - 400)
    error = await failure(hass, event.id)
    assert error.translation_key == "nothing_recorded"
    assert error.translation_placeholders == {"camera": "front_door"}
    assert folders.files() == []

    # What is recorded is requested again, should it come empty.
    empty = Fault("answer", Answer(200, b"", "video/mp4"))
    frigate.fail(f"/api/events/{recorded.id}/clip.mp4", empty, times=1)
    assert (await download(hass, recorded.id))["seconds"] > 10


async def test_an_event_in_progress(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    event = frigate.add_event("front_door", ago=30, duration=None)
    assert (await failure(hass, event.id)).translation_key == "in_progress"
    assert [*folders.media.iterdir()] == []
    # Its thumbnail exists already.
    assert (await download(hass, event.id, media_type="thumbnail"))["bytes"] > 0


async def test_an_event_without_a_camera(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    """Without a camera there is no recording to wait for."""
    event = frigate.add_event("front_door", ago=300)
    told = {"id": event.id, "start_time": event.start_time, "end_time": event.end_time}
    frigate.fail(f"/api/events/{event.id}$", Fault.json(told))
    answer = await download(hass, event.id)
    assert answer["camera"] is None
    assert answer["seconds"] > 10


# Snapshots of the past


async def snapshot_at(
    hass: HomeAssistant, entry: MockConfigEntry, timestamp: float
) -> dict[str, Any]:
    """Download a snapshot of the front door at a time."""
    entity_id = camera_entity(hass, entry)
    answers = await call(
        hass, "download_snapshot", entity_id=entity_id, timestamp=timestamp
    )
    found = answers[entity_id]
    assert isinstance(found, dict)
    return found


@EVERY_VERSION
async def test_waits_until_a_snapshot_is_recorded(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    now = frigate.state.clock()
    await snapshot_at(hass, entry, now - 300)
    answer, seconds = await in_time(freezer, snapshot_at(hass, entry, now - 3))
    assert seconds > 5
    assert Path(answer["path"]).read_bytes().startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("fault", [None, Fault.status(400)])
async def test_a_snapshot_that_was_not_recorded(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    fault: Fault | None,
) -> None:
    timestamp = frigate.state.clock() - 300
    if fault is None:
        frigate.cut_recordings("front_door", timestamp - 20, timestamp + 20)
    else:
        frigate.fail("/api/front_door/recordings/", fault)
    with pytest.raises(HomeAssistantError) as caught:
        await snapshot_at(hass, entry, timestamp)
    assert caught.value.translation_key == "nothing_recorded"
    assert [*folders.media.iterdir()] == []
    frigate.clear_faults()
    assert (await snapshot_at(hass, entry, timestamp - 60))["bytes"] > 0
