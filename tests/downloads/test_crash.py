"""A crash while files are published: all of them or none, after the next start."""

import builtins
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
import json
import os
from pathlib import Path
from typing import Any

import pytest

from custom_components.frigate_http.const import DOMAIN
from custom_components.frigate_http.downloads.job import Download, OutputFile
from custom_components.frigate_http.downloads.journal import (
    async_forget_journal,
    journal_of,
)
from custom_components.frigate_http.downloads.paths import DownloadPaths
from custom_components.frigate_http.downloads.plan import settle
from custom_components.frigate_http.downloads.publishing import publish_all
from custom_components.frigate_http.downloads.workspace import (
    create_workspace,
    discard,
    workspace_for,
)
from homeassistant.core import HomeAssistant
from tests.downloads.conftest import Folders
from tests.downloads.test_journal import simulate_restart

ENTRY_ID = "some_entry"
OLD = {"door_part01.mp4": b"old one", "door_part03.mp4": b"old three"}
NEW = {f"door_part0{number}.mp4": b"new" * number for number in (1, 2, 3)}
MOST_STEPS = 100
CHANGES = ("fsync", "link", "mkdir", "remove", "rename", "replace", "rmdir", "unlink")


class KilledError(BaseException):
    """Nothing of a killed process goes on, and nothing catches it."""


@dataclass
class Disk:
    """A disk that dies at one of the calls that change it, and stays dead."""

    dies_at: int
    steps: int = 0

    @property
    def is_dead(self) -> bool:
        """Whether one call has failed."""
        return self.steps >= self.dies_at


@contextmanager
def dies_at(
    step: int, error: type[BaseException] = KilledError, *, has_links: bool = True
) -> Iterator[Disk]:
    """Let the disk die at one of the calls that change it."""
    disk = Disk(step)

    def dying(call: Callable[..., object]) -> Callable[..., object]:
        def change(*args: Any, **kwargs: Any) -> object:
            mode = kwargs.get("mode", args[1] if len(args) > 1 else "r")
            if call is builtins_open and not set(str(mode)) & set("wxa+"):
                return call(*args, **kwargs)
            disk.steps += 1
            if disk.is_dead:
                raise error(5, "The disk is dead")
            if call is os_link and not has_links:
                raise PermissionError(1, "There are no links")
            return call(*args, **kwargs)

        return change

    builtins_open, os_link = builtins.open, os.link
    with pytest.MonkeyPatch.context() as patch:
        for name in CHANGES:
            patch.setattr(os, name, dying(getattr(os, name)))
        patch.setattr("io.open", dying(builtins_open))
        patch.setattr("builtins.open", dying(builtins_open))
        yield disk


def is_killed_at(step: int, act: Callable[[], object], **options: Any) -> bool:
    """Do something on a disk that dies; return whether it died before the end."""
    with dies_at(step, **options) as disk, suppress(KilledError, OSError):
        act()
    return disk.is_dead


def put(folder: Path, contents: dict[str, bytes]) -> None:
    """Let a folder have these files and nothing else."""
    for file in folder.iterdir():
        file.unlink()
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def contents(folder: Path) -> dict[str, bytes]:
    """Return everything in a folder, hidden files too."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def begin(hass: HomeAssistant, folders: Folders, *, overwrite: bool) -> Download:
    """Return a download that has fetched its files."""
    target = folders.media / "door.mp4"
    workspace = workspace_for(target)
    journal = journal_of(hass, ENTRY_ID)
    await journal.async_load()
    await journal.async_begin(workspace)
    create_workspace(DownloadPaths(hass), target, workspace)
    outputs = []
    for number, (name, content) in enumerate(NEW.items()):
        source = workspace / f"joined{number:04}.mp4"
        source.write_bytes(content)
        outputs.append(OutputFile(source, target.with_name(name), len(content)))
    return Download(
        target=target,
        overwrite=overwrite,
        workspace=workspace,
        report=lambda: None,
        output_files=outputs,
    )


def publish(hass: HomeAssistant, download: Download) -> Callable[[], object]:
    """Return the end of a download: files are published, the workspace is removed."""

    def finish() -> None:
        publish_all(download, DownloadPaths(hass))
        discard(download.workspace)

    return finish


async def start_again(hass: HomeAssistant) -> None:
    """Sweep as the next start does."""
    simulate_restart(hass)
    journal = journal_of(hass, ENTRY_ID)
    await journal.async_load()
    await journal.async_sweep(0, [])


def stored(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Return the stored journal."""
    found: dict[str, Any] = hass_storage[f"{DOMAIN}.downloads.{ENTRY_ID}"]["data"]
    return found


@pytest.mark.parametrize("error", [KilledError, OSError])
@pytest.mark.parametrize("has_links", [True, False])
@pytest.mark.parametrize("before", [OLD, {}])
async def test_all_or_none_whenever_the_process_dies(
    hass: HomeAssistant,
    folders: Folders,
    hass_storage: dict[str, Any],
    before: dict[str, bytes],
    has_links: bool,
    error: type[BaseException],
) -> None:
    outcomes = []
    for step in range(1, MOST_STEPS):
        put(folders.media, before)
        download = await begin(hass, folders, overwrite=bool(before))
        finish = publish(hass, download)
        if not (killed := is_killed_at(step, finish, has_links=has_links, error=error)):
            break
        await start_again(hass)
        found = contents(folders.media)
        assert found in (before, NEW), step
        outcomes.append(found == NEW)
        assert stored(hass_storage)["workspaces"] == []
    assert not killed
    assert contents(folders.media) == NEW
    assert len(outcomes) > 10
    assert {*outcomes} == {True, False}


@pytest.mark.parametrize("error", [KilledError, OSError])
async def test_a_second_crash_while_the_first_is_settled(
    hass: HomeAssistant,
    folders: Folders,
    hass_storage: dict[str, Any],
    error: type[BaseException],
) -> None:
    outcomes = []
    for step in range(1, MOST_STEPS, 2):
        second = 0
        was_killed = True
        while was_killed:
            second += 1
            put(folders.media, OLD)
            download = await begin(hass, folders, overwrite=True)
            if not is_killed_at(step, publish(hass, download), error=error):
                break
            with dies_at(second) as disk, suppress(KilledError):
                await start_again(hass)
            was_killed = disk.is_dead
            await start_again(hass)
            found = contents(folders.media)
            assert found in (OLD, NEW), (step, second)
            outcomes.append(found == NEW)
            assert stored(hass_storage)["workspaces"] == []
        if was_killed:
            break
    assert was_killed
    assert len(outcomes) > 50
    assert {*outcomes} == {True, False}


async def killed_halfway(hass: HomeAssistant, folders: Folders) -> Download:
    """Return a download that was killed when it had published one of three files."""
    for step in range(1, MOST_STEPS):
        put(folders.media, OLD)
        download = await begin(hass, folders, overwrite=True)
        is_killed_at(step, publish(hass, download))
        if (folders.media / "door_part01.mp4").read_bytes() == b"new":
            return download
        await start_again(hass)
    raise AssertionError


async def test_an_interrupted_download_is_finished_and_deleted_after_some_days(
    hass: HomeAssistant, folders: Folders, hass_storage: dict[str, Any]
) -> None:
    await killed_halfway(hass, folders)
    assert not (folders.media / "door_part02.mp4").exists()
    await start_again(hass)
    assert contents(folders.media) == NEW
    names = [Path(one["path"]).name for one in stored(hass_storage)["files"]]
    assert names == [*NEW]


@pytest.mark.parametrize("name", ["door_part02.mp4", "door_part03.mp4"])
async def test_a_file_that_somebody_has_put_there_since_is_kept(
    hass: HomeAssistant, folders: Folders, hass_storage: dict[str, Any], name: str
) -> None:
    await killed_halfway(hass, folders)
    (folders.media / name).unlink(missing_ok=True)
    (folders.media / name).write_bytes(b"mine, and new")
    await start_again(hass)
    assert contents(folders.media) == {**OLD, name: b"mine, and new"}
    assert stored(hass_storage) == {"workspaces": [], "files": []}


async def test_a_disk_that_is_not_mounted_at_the_next_start(
    hass: HomeAssistant, folders: Folders, hass_storage: dict[str, Any]
) -> None:
    download = await killed_halfway(hass, folders)
    away = folders.media.rename(folders.config / "unmounted")
    await start_again(hass)
    assert stored(hass_storage)["workspaces"] == [str(download.workspace)]
    away.rename(folders.media)
    await start_again(hass)
    assert contents(folders.media) == NEW


async def test_an_empty_mount_point_at_the_next_start(
    hass: HomeAssistant, folders: Folders, hass_storage: dict[str, Any]
) -> None:
    download = await killed_halfway(hass, folders)
    away = folders.media.rename(folders.config / "unmounted")
    folders.media.mkdir()
    await start_again(hass)
    assert stored(hass_storage)["workspaces"] == [str(download.workspace)]
    folders.media.rmdir()
    away.rename(folders.media)
    await start_again(hass)
    assert contents(folders.media) == NEW
    assert stored(hass_storage)["workspaces"] == []


async def test_a_disk_that_still_fails_at_the_next_start(
    hass: HomeAssistant,
    folders: Folders,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    download = await killed_halfway(hass, folders)
    with dies_at(1, OSError):
        await start_again(hass)
    assert f"Cannot settle the unfinished download in {download.workspace}" in (
        caplog.text
    )
    assert stored(hass_storage)["workspaces"] == [str(download.workspace)]
    assert download.workspace.exists()
    await start_again(hass)
    assert contents(folders.media) in (OLD, NEW)
    assert stored(hass_storage)["workspaces"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"target": "../../secret.mp4"},
        {"source": "../../secret.mp4"},
        {"backup": "/etc/passwd"},
        {"more": 1},
    ],
)
async def test_a_plan_leads_to_no_other_folder(
    hass: HomeAssistant,
    folders: Folders,
    hass_storage: dict[str, Any],
    change: dict[str, Any],
) -> None:
    """Others can write to a media folder too, over the network for example."""
    download = await killed_halfway(hass, folders)
    secret = folders.config / "secret.mp4"
    secret.write_bytes(b"secret")
    plan = download.workspace / "publishing.json"
    right = plan.read_text("utf-8")
    files = json.loads(right)
    plan.write_text(json.dumps([*files[:2], files[2] | change]), "utf-8")
    await start_again(hass)
    assert secret.read_bytes() == b"secret"
    assert (download.workspace / "replaced0000").read_bytes() == b"old one"
    plan.write_text(right, "utf-8")
    await start_again(hass)
    assert contents(folders.media) == NEW
    assert stored(hass_storage)["workspaces"] == []


async def test_removing_the_entry_finishes_first(
    hass: HomeAssistant, folders: Folders, hass_storage: dict[str, Any]
) -> None:
    await killed_halfway(hass, folders)
    simulate_restart(hass)
    await async_forget_journal(hass, ENTRY_ID)
    assert contents(folders.media) == NEW
    assert f"{DOMAIN}.downloads.{ENTRY_ID}" not in hass_storage


@pytest.mark.parametrize(
    "body",
    [
        "5",
        "[" * 600_000,
        json.dumps([dict.fromkeys(("source", "target", "size", "changed_at"), "a")]),
        json.dumps(
            [
                dict.fromkeys(("source", "target", "size", "changed_at"), "a")
                | {"backup": None, "overwrite": True}
            ]
        ),
    ],
)
def test_what_is_no_plan_is_an_error_that_is_expected(
    tmp_path: Path, body: str
) -> None:
    (tmp_path / "publishing.json").write_text(body, "utf-8")
    with pytest.raises(ValueError, match="not a plan"):
        settle(tmp_path)
