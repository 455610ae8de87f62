"""Publishing: all output files of a download, or none, whatever happens meanwhile."""

import asyncio
from collections.abc import Callable
import os
from pathlib import Path
import threading
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.downloads.setup import async_set_up_downloads
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.clock import turns
from tests.downloads.conftest import Folders
from tests.downloads.test_clip import download, timestamp_ago
from tests.downloads.test_paths import snapshot
from tests.downloads.test_snapshot import COMPLETED, FAILED
from tests.fake_frigate import FakeFrigate

IN_PARTS: dict[str, Any] = {
    "join": False,
    "chunk_duration": 20,
    "filename": "door.mp4",
    "overwrite": True,
}


async def test_overwriting_parts_is_all_or_nothing(
    hass: HomeAssistant, folders: Folders, frigate: FakeFrigate, entry: MockConfigEntry
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 260)
    first, second = (folders.media / f"door_part0{one}.mp4" for one in (1, 2))
    first.write_bytes(b"mine")
    second.mkdir()
    with pytest.raises(HomeAssistantError) as caught:
        await download(hass, entry, start, end, **IN_PARTS)
    assert caught.value.translation_key == "file_exists"
    assert first.read_bytes() == b"mine"
    second.rmdir()
    answer = await download(hass, entry, start, end, **IN_PARTS)
    assert [one["path"] for one in answer["parts"]] == [str(first), str(second)]
    assert first.read_bytes() != b"mine"
    assert folders.leftovers() == []


@pytest.mark.parametrize("has_links", [True, False])
async def test_replaced_files_are_restored_if_the_disk_fails(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    has_links: bool,
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 260)
    first, second = (folders.media / f"door_part0{one}.mp4" for one in (1, 2))
    first.write_bytes(b"mine")
    replace = Path.replace

    def fail_for_the_second(source: Path, target: Path) -> Path:
        if target == second:
            raise OSError(5, "no")
        return replace(source, target)

    def no_links(*_: object) -> None:
        raise PermissionError(1, "no")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail_for_the_second)
        if not has_links:
            patch.setattr(Path, "hardlink_to", no_links)
        with pytest.raises(HomeAssistantError) as caught:
            await download(hass, entry, start, end, **IN_PARTS)
    assert caught.value.translation_key == "disk_error"
    assert first.read_bytes() == b"mine"
    assert folders.files() == ["config/media/door_part01.mp4"]
    answer = await download(hass, entry, start, end, **IN_PARTS)
    assert len(answer["parts"]) == 2


async def test_a_file_system_without_hard_links(
    hass: HomeAssistant,
    folders: Folders,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(95, "no")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    answer = await snapshot(hass, entry, filename="bell.jpg")
    assert Path(answer["path"]).stat().st_size == answer["bytes"]
    with pytest.raises(HomeAssistantError) as caught:
        await snapshot(hass, entry, filename="bell.jpg")
    assert caught.value.translation_key == "file_exists"


def during_publishing(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]
) -> None:
    """Call a function right before a file is published, in the executor thread."""
    hardlink_to = Path.hardlink_to

    def link(self: Path, target: Path) -> None:
        act()
        hardlink_to(self, target)

    monkeypatch.setattr(Path, "hardlink_to", link)


async def test_a_cancellation_during_publishing(
    hass: HomeAssistant,
    folders: Folders,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    completed, failed = (async_capture_events(hass, one) for one in (COMPLETED, FAILED))
    script: asyncio.Task[Any] | None = None

    def cancel() -> None:
        assert script is not None
        for _ in range(3):
            hass.loop.call_soon_threadsafe(script.cancel)

    during_publishing(monkeypatch, cancel)
    script = hass.async_create_task(snapshot(hass, entry, filename="bell.jpg"))
    with pytest.raises(asyncio.CancelledError):
        await script
    await hass.async_block_till_done(wait_background_tasks=True)
    # The file is published, so the download completed, although the script is cancelled.
    assert (folders.media / "bell.jpg").exists()
    assert [event.data["path"] for event in completed] == [
        str(folders.media / "bell.jpg")
    ]
    assert failed == []
    assert folders.leftovers() == []


async def test_an_unexpected_error(
    hass: HomeAssistant,
    folders: Folders,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    failed = async_capture_events(hass, FAILED)

    def surprise(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "hardlink_to", surprise)
        await snapshot(hass, entry, filename="bell.jpg", wait_for_result=False)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert "ZeroDivisionError" in failed[0].data["error"]
    assert "ZeroDivisionError" in caplog.text
    assert folders.files() == []
    caplog.clear()
    assert (await snapshot(hass, entry, filename="bell.jpg"))["bytes"] > 0


async def test_a_symbolic_link_that_appears_at_the_last_moment(
    hass: HomeAssistant,
    folders: Folders,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    mkdir = Path.mkdir

    def swap(self: Path, *arguments: Any, **options: Any) -> None:
        if self.name == "way":
            self.symlink_to(elsewhere)
        else:
            mkdir(self, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", swap)
        with pytest.raises(HomeAssistantError) as caught:
            await snapshot(hass, entry, filename="way/bell.jpg")
    assert caught.value.translation_key == "folder_not_allowed"
    assert [*elsewhere.iterdir()] == []
    (folders.media / "way").unlink()
    assert (await snapshot(hass, entry, filename="way/bell.jpg"))["bytes"] > 0


async def test_a_backup_that_cannot_be_restored_is_restored_at_the_next_start(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    start, end = timestamp_ago(frigate, 300), timestamp_ago(frigate, 260)
    first, second = (folders.media / f"door_part0{one}.mp4" for one in (1, 2))
    first.write_bytes(b"mine")
    replace = Path.replace

    def fail_from_the_second_on(source: Path, target: Path) -> Path:
        if target == second or source.name.startswith("replaced"):
            raise OSError(5, "no")
        return replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail_from_the_second_on)
        with pytest.raises(HomeAssistantError):
            await download(hass, entry, start, end, **IN_PARTS)
    (kept,) = folders.media.glob(".*/replaced0000")
    assert kept.read_bytes() == b"mine"
    assert f"before it was {kept}" in caplog.text
    caplog.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    assert first.read_bytes() == b"mine"
    assert folders.files() == ["config/media/door_part01.mp4"]
    assert folders.leftovers() == []
    assert (await download(hass, entry, start, end, **IN_PARTS))["bytes"] > 0


async def test_a_reload_during_publishing(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    hass_storage: dict[str, Any],
) -> None:
    """A slow disk takes longer than Home Assistant waits for a task."""
    begun, goes_on = threading.Event(), threading.Event()
    fsync = os.fsync

    def slow(number: int) -> None:
        if threading.current_thread() is not threading.main_thread():
            begun.set()
            assert goes_on.wait(30)
        fsync(number)

    path = folders.media / "bell.jpg"
    path.write_bytes(b"mine")
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", slow)
        script = hass.async_create_task(
            snapshot(hass, entry, filename="bell.jpg", overwrite=True)
        )
        while not begun.is_set():
            await turns(1)
        # The reloaded entry must not sweep a workspace that is still in use.
        await async_set_up_downloads(hass, entry, list)
        goes_on.set()
        answer = await script
    assert path.stat().st_size == answer["bytes"]
    other = await snapshot(hass, entry, filename="other.jpg")
    noted = hass_storage[f"{DOMAIN}.downloads.{entry.entry_id}"]["data"]
    assert noted["workspaces"] == []
    assert [one["path"] for one in noted["files"]] == [answer["path"], other["path"]]
