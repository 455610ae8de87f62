"""The journal: sweeping the workspaces of a crash, and deleting old files."""

from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.clock import turns
from tests.common import pass_time
from tests.conftest import make_entry, set_up
from tests.downloads.conftest import Folders
from tests.downloads.test_paths import snapshot
from tests.fake_frigate import FakeFrigate, Fault

LATEST = "/api/front_door/latest.jpg"
DAY = 86400.0


def simulate_restart(hass: HomeAssistant) -> None:
    """Drop the journal in memory, as a restart does: only the storage is left."""
    hass.data.pop("frigate_http.journals")


def stored_journal(entry: MockConfigEntry, storage: dict[str, Any]) -> dict[str, Any]:
    """Return the stored journal of a server."""
    found: dict[str, Any] = storage[f"{DOMAIN}.downloads.{entry.entry_id}"]["data"]
    return found


async def test_workspaces_of_a_crash_are_swept(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    frigate.fail(LATEST, Fault.stall())
    frigate.clear_requests()
    running = hass.async_create_task(snapshot(hass, entry, filename="a/bell.jpg"))
    await frigate.wait_for_requests(1)
    await turns()
    # Stored before the folder is created, so that a crash cannot come in between.
    (workspace,) = (
        Path(one) for one in stored_journal(entry, hass_storage)["workspaces"]
    )
    assert workspace.is_dir()
    assert workspace.name.startswith(".")
    frigate.clear_faults()
    await running
    assert stored_journal(entry, hass_storage)["workspaces"] == []
    assert not workspace.exists()

    # As after a crash: the workspace exists, and so does its record.
    await hass.config_entries.async_unload(entry.entry_id)
    simulate_restart(hass)
    workspace.mkdir()
    (workspace / "piece.mp4").write_bytes(b"half")
    mine = workspace.parent / ".mine"
    mine.mkdir()
    gone, away = workspace.with_name(".gone.part"), folders.media / "away" / ".x.part"
    stored_journal(entry, hass_storage)["workspaces"] = [
        str(workspace),
        str(gone),
        str(away),
    ]
    await hass.config_entries.async_setup(entry.entry_id)
    assert not workspace.exists()
    assert mine.exists()
    assert (folders.media / "a" / "bell.jpg").exists()
    # The record of a workspace on an unmounted disk is kept.
    assert stored_journal(entry, hass_storage)["workspaces"] == [str(away)]
    away.mkdir(parents=True)
    await hass.config_entries.async_reload(entry.entry_id)
    assert not away.exists()
    assert stored_journal(entry, hass_storage)["workspaces"] == []


@pytest.fixture
async def entry_keeping_two_days(
    hass: HomeAssistant, fixed_time: None, folders: Folders, frigate: FakeFrigate
) -> MockConfigEntry:
    """Return an entry with the option to keep files for two days."""
    options = {"keep_days": 2}
    return await set_up(hass, make_entry(frigate.internal_url, options=options))


async def advance_days(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, days: float
) -> None:
    """Move the clock by days."""
    await pass_time(hass, freezer, days * DAY)


async def test_files_are_deleted_after_some_days(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry_keeping_two_days: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    first = Path((await snapshot(hass, entry_keeping_two_days))["path"])
    named = Path(
        (await snapshot(hass, entry_keeping_two_days, filename="kept/bell.jpg"))["path"]
    )
    beside = first.with_name("mine.jpg")
    beside.write_bytes(b"mine")
    other = Path((await snapshot(hass, entry_keeping_two_days, "Portones"))["path"])

    await advance_days(hass, freezer, 1.9)
    assert all(one.exists() for one in (first, named, beside, other))
    second = Path((await snapshot(hass, entry_keeping_two_days))["path"])

    await advance_days(hass, freezer, 0.5)
    assert not any(one.exists() for one in (first, named, other))
    assert beside.exists()
    assert second.exists()
    # Only folders below the integration's own are removed; those of a filename stay.
    assert not other.parent.parent.exists()
    assert named.parent.exists()
    assert [
        one["path"]
        for one in stored_journal(entry_keeping_two_days, hass_storage)["files"]
    ] == [str(second)]

    await advance_days(hass, freezer, 2)
    assert not second.exists()
    assert beside.exists()


async def test_a_changed_file_is_kept(
    hass: HomeAssistant,
    folders: Folders,
    entry_keeping_two_days: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    path = Path((await snapshot(hass, entry_keeping_two_days))["path"])
    path.unlink()
    path.write_bytes(b"mine")
    gone = Path((await snapshot(hass, entry_keeping_two_days))["path"])
    gone.unlink()
    await advance_days(hass, freezer, 3)
    assert path.read_bytes() == b"mine"
    assert stored_journal(entry_keeping_two_days, hass_storage)["files"] == []


async def test_a_failed_deletion_is_retried(
    hass: HomeAssistant,
    folders: Folders,
    entry_keeping_two_days: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = Path((await snapshot(hass, entry_keeping_two_days))["path"])

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        await advance_days(hass, freezer, 3)
    assert path.exists()
    assert f"Cannot delete {path}" in caplog.text
    await advance_days(hass, freezer, 1)
    assert not path.exists()


async def test_files_are_kept_forever_by_default(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    path = Path((await snapshot(hass, entry))["path"])
    await advance_days(hass, freezer, 5000)
    assert path.exists()
    # From the next start on, the option also applies to older files.
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "keep_days": 1}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    assert not path.exists()


async def test_removing_the_entry_keeps_the_files(
    hass: HomeAssistant,
    folders: Folders,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    path = Path((await snapshot(hass, entry))["path"])
    assert stored_journal(entry, hass_storage)["files"]
    await hass.config_entries.async_remove(entry.entry_id)
    assert path.exists()
    assert f"{DOMAIN}.downloads.{entry.entry_id}" not in hass_storage


async def test_an_unmounted_disk(
    hass: HomeAssistant,
    folders: Folders,
    entry_keeping_two_days: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    path = Path((await snapshot(hass, entry_keeping_two_days))["path"])
    away = folders.media.rename(folders.config / "unmounted")
    folders.media.mkdir()
    await advance_days(hass, freezer, 3)
    assert stored_journal(entry_keeping_two_days, hass_storage)["files"]
    folders.media.rmdir()
    away.rename(folders.media)
    assert path.exists()
    await advance_days(hass, freezer, 1)
    assert not path.exists()
    assert stored_journal(entry_keeping_two_days, hass_storage)["files"] == []


async def test_a_deleted_file_is_dropped_from_the_journal(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    gone, kept = [Path((await snapshot(hass, entry))["path"]) for _ in range(2)]
    gone.unlink()
    await advance_days(hass, freezer, 1)
    assert [one["path"] for one in stored_journal(entry, hass_storage)["files"]] == [
        str(kept)
    ]


async def test_leftovers_are_swept_while_frigate_is_down(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await snapshot(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    simulate_restart(hass)
    workspace = folders.media / ".x.part"
    workspace.mkdir()
    stored_journal(entry, hass_storage)["workspaces"] = [str(workspace)]
    await frigate.refuse()
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert not workspace.exists()


async def test_removing_the_entry_sweeps_first(
    hass: HomeAssistant,
    folders: Folders,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    path = Path((await snapshot(hass, entry))["path"])
    await hass.config_entries.async_unload(entry.entry_id)
    simulate_restart(hass)
    workspace = folders.media / ".x.part"
    workspace.mkdir()
    stored_journal(entry, hass_storage)["workspaces"] = [str(workspace)]
    await hass.config_entries.async_remove(entry.entry_id)
    assert not workspace.exists()
    assert path.exists()
    assert f"{DOMAIN}.downloads.{entry.entry_id}" not in hass_storage


async def test_a_disk_that_is_unmounted_during_a_download(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    frigate.fail(LATEST, Fault.stall())
    frigate.clear_requests()
    running = hass.async_create_task(snapshot(hass, entry, filename="usb/bell.jpg"))
    await frigate.wait_for_requests(1)
    await turns()
    away = (folders.media / "usb").rename(folders.config / "unplugged")
    frigate.clear_faults()
    with pytest.raises(HomeAssistantError):
        await running
    assert len(stored_journal(entry, hass_storage)["workspaces"]) == 1
    back = away.rename(folders.media / "usb")
    assert [*back.iterdir()]
    await hass.config_entries.async_reload(entry.entry_id)
    assert [*back.iterdir()] == []
    assert stored_journal(entry, hass_storage)["workspaces"] == []
