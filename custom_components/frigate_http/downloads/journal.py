"""What was written and what is being written, kept across restarts.

What a crash left half-done is found here at the next start, and what may be deleted
after some days: our own files, and no others.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
import time
from typing import TypedDict

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from .workspace import discard, remove_empty

_VERSION = 1
_RETENTION_SECONDS = timedelta(days=4000).total_seconds()


_JOURNALS: HassKey[dict[str, Journal]] = HassKey(f"{DOMAIN}.journals")


class _Stored(TypedDict):
    workspaces: list[str]
    files: list[_StoredFile]


class _StoredFile(TypedDict):
    path: str
    written_at: float
    size: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of ours, with what tells it from another of the same name."""

    path: Path
    written_at: float
    """Seconds since the epoch."""
    size: int
    changed_at: int
    """Nanoseconds, by the file system's clock."""

    @classmethod
    def of(cls, path: Path) -> WrittenFile:
        """Return a file that was written just now. Blocking."""
        stat = path.stat()
        return cls(path, time.time(), stat.st_size, stat.st_mtime_ns)

    def is_unchanged(self) -> bool:
        """Return whether it is there and still as we wrote it. Blocking."""
        try:
            stat = self.path.lstat()
        except OSError:
            return False
        return (stat.st_size, stat.st_mtime_ns) == (self.size, self.changed_at)

    def may_reappear(self) -> bool:
        """Return whether the whole folder is away, as on a disk that is not mounted."""
        return not self.path.parent.exists() and time.time() - self.written_at < (
            _RETENTION_SECONDS
        )


class Journal:
    """The journal of one server's downloads; it outlives reloads of the config entry.

    A thread may still be at work on a file when Home Assistant has given up to wait for
    the end of its task.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare; `async_load` comes before anything else."""
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
        """Read what was noted in an earlier run."""
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
        """Note a folder before it is made."""
        self._workspaces.add(workspace)
        self._active.add(workspace)
        await self._async_save()

    async def async_end(
        self, workspace: Path, files: list[WrittenFile], *, is_gone: bool
    ) -> None:
        """Note which files came out of a folder, and whether it is gone.

        If it is not, it is removed with the next sweep.
        """
        self._active.discard(workspace)
        if is_gone:
            self._workspaces.discard(workspace)
        self._files |= {one.path: one for one in files}
        await self._async_save()

    async def async_sweep(self, keep_days: int, own_folders: list[Path]) -> None:
        """Remove what was left half-done, and our files that are older than some days.

        For ever, if the days are 0. What is gone is forgotten; what is empty then below
        our own folders goes too.
        """
        run = self._hass.async_add_executor_job
        if leftovers := self._workspaces - self._active:
            LOGGER.info("Removing what unfinished downloads have left: %s", leftovers)
            self._workspaces -= await run(_discard_all, leftovers)
        limit = time.time() - timedelta(days=keep_days).total_seconds()
        files = [*self._files.values()]
        old = [one for one in files if keep_days and one.written_at < limit]
        done = await run(_sweep, files, old, own_folders)
        for one in done:
            # It may have been written anew in the meantime.
            if self._files.get(one.path) is one:
                del self._files[one.path]
        if leftovers or done:
            await self._async_save()

    async def async_close(self) -> None:
        """Remove what was left half-done and then the journal itself; the files stay."""
        await self.async_load()
        leftovers = self._workspaces - self._active
        await self._hass.async_add_executor_job(_discard_all, leftovers)
        store, self._store = self._store, None
        if store is not None:
            await store.async_remove()

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
    """Return the journal of a server, the same one for as long as it is configured."""
    journals = hass.data.setdefault(_JOURNALS, {})
    if entry_id not in journals:
        journals[entry_id] = Journal(hass, entry_id)
    return journals[entry_id]


async def async_forget_journal(hass: HomeAssistant, entry_id: str) -> None:
    """Remove the journal of a server that is removed; its files stay."""
    await journal_of(hass, entry_id).async_close()
    hass.data[_JOURNALS].pop(entry_id)


def _discard_all(workspaces: set[Path]) -> set[Path]:
    """Remove workspaces, and return those that are gone for certain."""
    return {one for one in workspaces if discard(one)}


def _sweep(
    files: list[WrittenFile], old: list[WrittenFile], own_folders: list[Path]
) -> list[WrittenFile]:
    """Delete what is old, and return what need not be thought of any more."""
    done = [one for one in files if not one.is_unchanged() and not one.may_reappear()]
    for one in old:
        # What somebody has put in its place since is not ours.
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
