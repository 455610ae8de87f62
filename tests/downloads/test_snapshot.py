"""Downloading snapshots, and what all downloads have in common."""

import asyncio
from datetime import timedelta
import errno
import os
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from homeassistant.components.media_source import async_resolve_media
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from tests.clock import turns
from tests.common import reauths
from tests.conftest import make_entry, set_up
from tests.downloads.conftest import Folders
from tests.downloads.test_paths import JPEG, snapshot
from tests.fake_frigate import FakeFrigate, Fault
from tests.services.common import call, camera_entity, person, set_up_viewer
from tests.versions import SINCE_018

LATEST = "/api/front_door/latest.jpg"
COMPLETED = "frigate_http_download_completed"
FAILED = "frigate_http_download_failed"


async def failure(
    hass: HomeAssistant, entry: MockConfigEntry, **data: Any
) -> HomeAssistantError:
    """Return the error that a download fails with."""
    with pytest.raises(HomeAssistantError) as caught:
        await snapshot(hass, entry, **data)
    return caught.value


async def test_the_file_is_in_the_media_browser(
    hass: HomeAssistant, folders: Folders, entry: MockConfigEntry
) -> None:
    answer = await snapshot(hass, entry)
    media = await async_resolve_media(hass, answer["media_content_id"], None)
    assert media.url == answer["url"]
    assert media.path == Path(answer["path"])
    assert media.mime_type == "image/jpeg"


async def test_completed_and_failed_events(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    completed, failed = (async_capture_events(hass, one) for one in (COMPLETED, FAILED))
    answer = await snapshot(hass, entry)
    assert [event.data for event in completed] == [answer]

    frigate.fail(LATEST, Fault.status(404))
    error = await failure(hass, entry, filename="bell.jpg")
    (event,) = failed
    assert event.data["path"] == str(folders.media / "bell.jpg")
    assert event.data["error"] == str(error)
    assert event.data.keys() == answer.keys() - {
        *("bytes", "media_content_id", "url"),
    } | {"error"}
    assert len(completed) == 1


async def test_without_waiting_for_the_result(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    completed = async_capture_events(hass, COMPLETED)
    frigate.fail(LATEST, Fault.stall(), times=1)
    answer = await snapshot(hass, entry, filename="bell.jpg", wait_for_result=False)
    path = folders.media / "bell.jpg"
    assert answer.pop("time")
    assert answer.pop("config_entry_id") == entry.entry_id
    assert answer == {
        "camera": "front_door",
        "entity_id": "camera.front_door",
        "path": str(path),
        "media_content_id": "media-source://media_source/local/bell.jpg",
        "url": "/media/local/bell.jpg",
        "in_progress": True,
    }
    assert not path.exists()
    frigate.clear_faults()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert path.read_bytes().startswith(JPEG)
    assert completed[0].data["path"] == str(path)

    frigate.fail(LATEST, Fault.status(404), times=1)
    await snapshot(hass, entry, filename="other.jpg", wait_for_result=False)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert "other.jpg failed" in caplog.text
    assert folders.files() == ["config/media/bell.jpg"]


async def test_overwrite(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    path = folders.media / "bell.jpg"
    path.write_bytes(b"mine")
    frigate.clear_requests()
    error = await failure(hass, entry, filename="bell.jpg")
    assert error.translation_key == "file_exists"
    assert isinstance(error, ServiceValidationError)
    assert frigate.requests == []
    assert path.read_bytes() == b"mine"

    frigate.fail(LATEST, Fault.status(404), times=1)
    await failure(hass, entry, filename="bell.jpg", overwrite=True)
    assert path.read_bytes() == b"mine"
    await snapshot(hass, entry, filename="bell.jpg", overwrite=True)
    assert path.read_bytes().startswith(JPEG)
    assert folders.leftovers() == []


async def test_a_file_that_appears_meanwhile_is_not_replaced(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    path = folders.media / "bell.jpg"
    frigate.fail(LATEST, Fault.stall(), times=1)
    frigate.clear_requests()
    waiting = hass.async_create_task(failure(hass, entry, filename="bell.jpg"))
    await frigate.wait_for_requests(1)
    path.write_bytes(b"mine")
    frigate.clear_faults()
    assert (await waiting).translation_key == "file_exists"
    assert path.read_bytes() == b"mine"
    assert folders.leftovers() == []


async def test_only_administrators_overwrite(
    hass: HomeAssistant, folders: Folders, entry: MockConfigEntry
) -> None:
    path = folders.media / "bell.jpg"
    path.write_bytes(b"mine")
    data: dict[str, Any] = {
        "entity_id": camera_entity(hass, entry),
        "filename": "bell.jpg",
        "overwrite": True,
    }
    with pytest.raises(Unauthorized):
        await call(
            hass, "download_snapshot", await person(hass, is_admin=False), **data
        )
    assert path.read_bytes() == b"mine"
    await call(hass, "download_snapshot", await person(hass, is_admin=True), **data)
    assert path.read_bytes().startswith(JPEG)


async def test_two_downloads_with_the_same_target(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    other = await set_up(
        hass, make_entry(f"{frigate.external_url}", token=frigate.token("admin"))
    )
    frigate.fail(LATEST, Fault.stall())
    frigate.clear_requests()
    first = hass.async_create_task(snapshot(hass, entry, filename="bell.jpg"))
    await frigate.wait_for_requests(1)
    for one in (entry, other):
        error = await failure(hass, one, filename="bell.jpg")
        assert error.translation_key == "download_underway"
        error = await failure(hass, one, filename="bell.jpg", overwrite=True)
        assert error.translation_key == "download_underway"
    frigate.clear_faults()
    await first
    again = await snapshot(hass, entry, filename="bell.jpg", overwrite=True)
    assert again["path"] == str(folders.media / "bell.jpg")


async def test_disk_error(
    hass: HomeAssistant,
    folders: Folders,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EIO):

        def fail(*_: object, number: int = number) -> int:
            raise OSError(number, "no")

        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_bytes", fail)
            error = await failure(hass, entry, filename="a/b/bell.jpg")
        assert error.translation_key == "disk_error"
        assert os.strerror(number) in str(error)
        # The folders that were created for it are removed as well.
        assert [*folders.media.iterdir()] == []
    assert (await snapshot(hass, entry, filename="a/b/bell.jpg"))["bytes"] > 0


async def test_a_folder_that_cannot_be_created(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    (folders.media / "a").write_bytes(b"mine")
    error = await failure(hass, entry, filename="a/bell.jpg")
    assert error.translation_key == "disk_error"
    assert (folders.media / "a").read_bytes() == b"mine"


async def test_a_cancelled_script_leaves_no_file(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    failed = async_capture_events(hass, FAILED)
    frigate.fail(LATEST, Fault.stall())
    frigate.clear_requests()
    script = hass.async_create_task(snapshot(hass, entry, filename="a/bell.jpg"))
    await frigate.wait_for_requests(1)
    script.cancel()
    with pytest.raises(asyncio.CancelledError):
        await script
    assert [*folders.media.iterdir()] == []
    assert "was canceled" in failed[0].data["error"]
    frigate.clear_faults()
    assert (await snapshot(hass, entry, filename="a/bell.jpg"))["bytes"] > 0


async def test_unloading_cancels_downloads(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.fail(LATEST, Fault.stall())
    frigate.clear_requests()
    waiting = hass.async_create_task(failure(hass, entry, filename="a/bell.jpg"))
    await frigate.wait_for_requests(1)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert (await waiting).translation_key == "download_cancelled"
    assert [*folders.media.iterdir()] == []
    frigate.clear_faults()
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert (await snapshot(hass, entry, filename="a/bell.jpg"))["bytes"] > 0


# At most two downloads in parallel


async def test_a_third_download_waits(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.fail(LATEST, Fault.stall())
    frigate.clear_requests()
    downloads = [
        hass.async_create_task(snapshot(hass, entry, filename=f"{number}.jpg"))
        for number in range(4)
    ]
    await frigate.wait_for_requests(2)
    await turns()
    assert len(frigate.requests) == 2
    # A waiting download does not hold up the polls of the server.
    await entry.runtime_data.server.async_refresh()
    assert entry.runtime_data.server.last_update_success
    assert entry.runtime_data.downloads.active == 4
    frigate.clear_faults()
    answers = await asyncio.gather(*downloads)
    assert [Path(one["path"]).name for one in answers] == [
        f"{number}.jpg" for number in range(4)
    ]
    assert entry.runtime_data.downloads.active == 0


# Checking images


@pytest.mark.parametrize(
    "fault",
    [
        Fault.json({"a": 1}),
        Fault.html(),
        Fault.status(403),
        Fault.status(404),
        Fault.redirect("https://login.example/"),
    ],
)
async def test_a_response_without_image_is_not_kept(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    fault: Fault,
) -> None:
    frigate.fail(LATEST, fault)
    assert (await failure(hass, entry)).translation_key is not None
    assert [*folders.media.iterdir()] == []
    frigate.clear_faults()
    assert (await snapshot(hass, entry))["bytes"] > 0


async def test_a_truncated_image_is_retried(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
) -> None:
    frigate.fail(LATEST, Fault.drop_body(), times=1)
    assert (await snapshot(hass, entry))["bytes"] > 0


@SINCE_018
async def test_an_offline_camera_has_no_snapshot(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    frigate.state.cameras["front_door"].online = False
    frigate.state.cameras["front_door"].stopped_at = 0.0
    assert (await failure(hass, entry)).translation_key == "entity_unavailable"
    frigate.state.cameras["front_door"].online = True
    assert (await snapshot(hass, entry))["bytes"] > 0


async def test_a_snapshot_in_the_future(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    at = freezer() + timedelta(minutes=1)
    error = await failure(hass, entry, timestamp=at.timestamp())
    assert error.translation_key == "bad_times"


async def test_a_lost_login_starts_reauthentication(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate
) -> None:
    entry = await set_up_viewer(hass, frigate)
    frigate.state.users["viewer1"].password = "another-password-2"
    frigate.revoke_sessions()
    assert (await failure(hass, entry)).translation_key == "invalid_auth"
    await hass.async_block_till_done()
    assert len(reauths(hass)) == 1
