"""What is remembered of downloads: leftovers of a crash, and files to be deleted."""

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


def forget_this_run(hass: HomeAssistant) -> None:
    """Begin anew as after a restart: only what is written down is known."""
    hass.data.pop("frigate_http.journals")


def stored(entry: MockConfigEntry, storage: dict[str, Any]) -> dict[str, Any]:
    """Return what is written down for a server."""
    found: dict[str, Any] = storage[f"{DOMAIN}.downloads.{entry.entry_id}"]["data"]
    return found


async def test_what_a_crash_has_left_is_swept(
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
    # Written down before it was made, so that no moment of a crash escapes.
    (workspace,) = (Path(one) for one in stored(entry, hass_storage)["workspaces"])
    assert workspace.is_dir()
    assert workspace.name.startswith(".")
    frigate.clear_faults()
    await running
    assert stored(entry, hass_storage)["workspaces"] == []
    assert not workspace.exists()

    # As after a crash: the folder is there, and so is the note.
    await hass.config_entries.async_unload(entry.entry_id)
    forget_this_run(hass)
    workspace.mkdir()
    (workspace / "piece.mp4").write_bytes(b"half")
    mine = workspace.parent / ".mine"
    mine.mkdir()
    gone, away = workspace.with_name(".gone.part"), folders.media / "away" / ".x.part"
    stored(entry, hass_storage)["workspaces"] = [str(workspace), str(gone), str(away)]
    await hass.config_entries.async_setup(entry.entry_id)
    assert not workspace.exists()
    assert mine.exists()
    assert (folders.media / "a" / "bell.jpg").exists()
    # What lies on a disk that is not there is remembered until it is.
    assert stored(entry, hass_storage)["workspaces"] == [str(away)]
    away.mkdir(parents=True)
    await hass.config_entries.async_reload(entry.entry_id)
    assert not away.exists()
    assert stored(entry, hass_storage)["workspaces"] == []


@pytest.fixture
async def keeping(
    hass: HomeAssistant, fixed_time: None, folders: Folders, frigate: FakeFrigate
) -> MockConfigEntry:
    """Return an entry that keeps files for two days."""
    options = {"keep_days": 2}
    return await set_up(hass, make_entry(frigate.internal_url, options=options))


async def days_later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, days: float
) -> None:
    """Let days pass."""
    await pass_time(hass, freezer, days * DAY)


async def test_files_are_deleted_after_some_days(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    keeping: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    first = Path((await snapshot(hass, keeping))["path"])
    named = Path((await snapshot(hass, keeping, filename="kept/bell.jpg"))["path"])
    beside = first.with_name("mine.jpg")
    beside.write_bytes(b"mine")
    other = Path((await snapshot(hass, keeping, "Portones"))["path"])

    await days_later(hass, freezer, 1.9)
    assert all(one.exists() for one in (first, named, beside, other))
    second = Path((await snapshot(hass, keeping))["path"])

    await days_later(hass, freezer, 0.5)
    assert not any(one.exists() for one in (first, named, other))
    assert beside.exists()
    assert second.exists()
    # Ours are the folders below our own; what somebody else named stays.
    assert not other.parent.parent.exists()
    assert named.parent.exists()
    assert [one["path"] for one in stored(keeping, hass_storage)["files"]] == [
        str(second)
    ]

    await days_later(hass, freezer, 2)
    assert not second.exists()
    assert beside.exists()


async def test_what_was_put_in_its_place_is_kept(
    hass: HomeAssistant,
    folders: Folders,
    keeping: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    path = Path((await snapshot(hass, keeping))["path"])
    path.unlink()
    path.write_bytes(b"mine")
    gone = Path((await snapshot(hass, keeping))["path"])
    gone.unlink()
    await days_later(hass, freezer, 3)
    assert path.read_bytes() == b"mine"
    assert stored(keeping, hass_storage)["files"] == []


async def test_what_cannot_be_deleted_is_tried_again(
    hass: HomeAssistant,
    folders: Folders,
    keeping: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = Path((await snapshot(hass, keeping))["path"])

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        await days_later(hass, freezer, 3)
    assert path.exists()
    assert f"Cannot delete {path}" in caplog.text
    await days_later(hass, freezer, 1)
    assert not path.exists()


async def test_files_are_kept_for_ever_unless_told_otherwise(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    path = Path((await snapshot(hass, entry))["path"])
    await days_later(hass, freezer, 5000)
    assert path.exists()
    # The option counts for what was written before, too, from the next start on.
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "keep_days": 1}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    assert not path.exists()


async def test_removing_the_server_leaves_the_files(
    hass: HomeAssistant,
    folders: Folders,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    path = Path((await snapshot(hass, entry))["path"])
    assert stored(entry, hass_storage)["files"]
    await hass.config_entries.async_remove(entry.entry_id)
    assert path.exists()
    assert f"{DOMAIN}.downloads.{entry.entry_id}" not in hass_storage


async def test_a_disk_that_is_not_mounted_is_waited_for(
    hass: HomeAssistant,
    folders: Folders,
    keeping: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    path = Path((await snapshot(hass, keeping))["path"])
    away = folders.media.rename(folders.config / "unmounted")
    folders.media.mkdir()
    await days_later(hass, freezer, 3)
    assert stored(keeping, hass_storage)["files"]
    folders.media.rmdir()
    away.rename(folders.media)
    assert path.exists()
    await days_later(hass, freezer, 1)
    assert not path.exists()
    assert stored(keeping, hass_storage)["files"] == []


async def test_what_somebody_deleted_is_forgotten(
    hass: HomeAssistant,
    fixed_time: None,
    folders: Folders,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    gone, kept = [Path((await snapshot(hass, entry))["path"]) for _ in range(2)]
    gone.unlink()
    await days_later(hass, freezer, 1)
    assert [one["path"] for one in stored(entry, hass_storage)["files"]] == [str(kept)]


async def test_leftovers_are_swept_without_the_server(
    hass: HomeAssistant,
    folders: Folders,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await snapshot(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    forget_this_run(hass)
    workspace = folders.media / ".x.part"
    workspace.mkdir()
    stored(entry, hass_storage)["workspaces"] = [str(workspace)]
    await frigate.refuse()
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert not workspace.exists()


async def test_removing_the_server_sweeps_first(
    hass: HomeAssistant,
    folders: Folders,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    path = Path((await snapshot(hass, entry))["path"])
    await hass.config_entries.async_unload(entry.entry_id)
    forget_this_run(hass)
    workspace = folders.media / ".x.part"
    workspace.mkdir()
    stored(entry, hass_storage)["workspaces"] = [str(workspace)]
    await hass.config_entries.async_remove(entry.entry_id)
    assert not workspace.exists()
    assert path.exists()
    assert f"{DOMAIN}.downloads.{entry.entry_id}" not in hass_storage


async def test_a_disk_that_goes_away_in_the_middle(
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
    assert len(stored(entry, hass_storage)["workspaces"]) == 1
    back = away.rename(folders.media / "usb")
    assert [*back.iterdir()]
    await hass.config_entries.async_reload(entry.entry_id)
    assert [*back.iterdir()] == []
    assert stored(entry, hass_storage)["workspaces"] == []
