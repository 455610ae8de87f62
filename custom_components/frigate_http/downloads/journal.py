"""The journal of downloads: published files and open workspaces, kept across restarts.

With it the next start finishes or takes back what a crash interrupted and removes the
workspaces that were left behind, and old files are deleted after some days: those of this
integration, and no others.
"""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
import time
from typing import TypedDict

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from .plan import settle
from .workspace import discard, remove_empty
from .written_file import WrittenFile

_VERSION = 1

_JOURNALS: HassKey[dict[str, Journal]] = HassKey(f"{DOMAIN}.journals")


class _Stored(TypedDict):
    workspaces: list[str]
    files: list[_StoredFile]


class _StoredFile(TypedDict):
    path: str
    written_at: float
    size: int
    changed_at: int


class Journal:
    """The journal of one server's downloads, which outlives reloads of the config entry.

    An executor thread may still write to a workspace after Home Assistant has stopped
    waiting for the task of the download.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Create an empty journal; call `async_load` before anything else."""
        self._hass = hass
        key = f"{DOMAIN}.downloads.{entry_id}"
        self._store: Store[_Stored] | None = Store(
            hass, _VERSION, key, serialize_in_event_loop=False
        )
        self._is_loaded = False
        self._workspaces: set[Path] = set()
        self._active: set[Path] = set()
        self._files: dict[Path, WrittenFile] = {}

    async def async_load(self) -> None:
        """Load the journal from the storage, unless it is loaded already."""
        if self._is_loaded or self._store is None:
            return
        self._is_loaded = True
        if (stored := await self._store.async_load()) is None:
            return
        self._files = {
            Path(one["path"]): WrittenFile(
                Path(one["path"]), one["written_at"], one["size"], one["changed_at"]
            )
            for one in stored["files"]
        }
        self._workspaces = {Path(one) for one in stored["workspaces"]}

    async def async_begin(self, workspace: Path) -> None:
        """Record a workspace, before its folder is created."""
        self._workspaces.add(workspace)
        self._active.add(workspace)
        await self._async_save()

    async def async_add_files(self, files: Iterable[WrittenFile]) -> None:
        """Record published files, before the workspace is removed that has their plan."""
        self._files |= {one.path: one for one in files}
        await self._async_save()

    async def async_end(self, workspace: Path, *, is_gone: bool) -> None:
        """Record that a download is over, and whether its workspace is removed.

        If it is not, the next sweep settles and removes it.
        """
        self._active.discard(workspace)
        if is_gone:
            self._workspaces.discard(workspace)
        await self._async_save()

    async def async_sweep(self, keep_days: int, own_folders: list[Path]) -> None:
        """Settle and remove abandoned workspaces; remove files older than `keep_days`.

        0 keeps files forever. Records of files that no longer exist are dropped, and so are
        empty folders below `own_folders`.
        """
        run = self._hass.async_add_executor_job
        leftovers = self._workspaces - self._active
        await self._async_settle(leftovers)
        limit = time.time() - timedelta(days=keep_days).total_seconds()
        files = [*self._files.values()]
        old = [one for one in files if keep_days and one.written_at < limit]
        done = await run(_sweep, files, old, own_folders)
        for one in done:
            # A download may have replaced the file in the meantime.
            if self._files.get(one.path) is one:
                del self._files[one.path]
        if leftovers or done:
            await self._async_save()

    async def async_close(self) -> None:
        """Settle abandoned workspaces, remove the journal itself; published files stay."""
        await self.async_load()
        await self._async_settle(self._workspaces - self._active)
        store, self._store = self._store, None
        if store is not None:
            await store.async_remove()

    async def _async_settle(self, leftovers: set[Path]) -> None:
        """Finish or take back what a crash interrupted, then remove the workspaces."""
        if not leftovers:
            return
        LOGGER.info("Settling what unfinished downloads have left: %s", leftovers)
        run = self._hass.async_add_executor_job
        if published := await run(_settle_all, leftovers):
            await self.async_add_files(published)
        self._workspaces -= await run(_discard_all, leftovers)

    async def _async_save(self) -> None:
        if self._store is None:
            return
        await self._store.async_save(
            {
                "workspaces": sorted(map(str, self._workspaces)),
                "files": [
                    {
                        "path": str(one.path),
                        "written_at": one.written_at,
                        "size": one.size,
                        "changed_at": one.changed_at,
                    }
                    for one in self._files.values()
                ],
            }
        )


@callback
def journal_of(hass: HomeAssistant, entry_id: str) -> Journal:
    """Return the journal of a server, the same one across reloads of its entry."""
    journals = hass.data.setdefault(_JOURNALS, {})
    if entry_id not in journals:
        journals[entry_id] = Journal(hass, entry_id)
    return journals[entry_id]


async def async_forget_journal(hass: HomeAssistant, entry_id: str) -> None:
    """Remove the journal of a removed config entry; published files stay."""
    await journal_of(hass, entry_id).async_close()
    hass.data[_JOURNALS].pop(entry_id)


def _settle_all(workspaces: set[Path]) -> list[WrittenFile]:
    """Settle workspaces, and return the records of the files that are published."""
    published: list[WrittenFile] = []
    for one in workspaces:
        try:
            published += settle(one)
        except (OSError, ValueError) as err:
            LOGGER.warning("Cannot settle the unfinished download in %s: %s", one, err)
    return published


def _discard_all(workspaces: set[Path]) -> set[Path]:
    """Remove workspaces, and return those that are certainly removed."""
    return {one for one in workspaces if discard(one)}


def _sweep(
    files: list[WrittenFile], old: list[WrittenFile], own_folders: list[Path]
) -> list[WrittenFile]:
    """Delete old files, and return the records that can be dropped."""
    done = [one for one in files if not one.is_unchanged() and not one.may_reappear()]
    for one in old:
        # A file that somebody has changed or replaced since belongs to them.
        if not one.is_unchanged():
            continue
        try:
            one.path.unlink()
        except OSError as err:
            LOGGER.warning("Cannot delete %s: %s", one.path, err)
            continue
        done.append(one)
        remove_empty(
            [above for above in one.path.parents if _is_inside(above, own_folders)]
        )
    return done


def _is_inside(folder: Path, own_folders: list[Path]) -> bool:
    return any(one in folder.parents for one in own_folders)
