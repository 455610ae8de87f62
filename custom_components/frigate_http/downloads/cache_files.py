"""The files in the cache: which there are, in the order of their use, and those on the disk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
import json
from pathlib import Path
import re
import shutil

from ..const import LOGGER
from .jobs import IMAGE_SUFFIXES
from .limits import has_space
from .workspace import remove_empty

_FOLDER = re.compile(r"[0-9a-f]{32}")
_FILE = re.compile(
    rf"[0-9a-f]{{32}}({'|'.join(map(re.escape, ('.mp4', *IMAGE_SUFFIXES.values())))})"
)
_WORKSPACE = re.compile(r"\.[0-9a-f]{16}\.[0-9a-f]{32}\.part")


@dataclass(frozen=True, slots=True)
class CacheKey:
    """What a file shows. Only hashes of it become names, as it comes from the server."""

    entry_id: str
    kind: str
    name: str
    """Name of a camera, or ID of an event."""
    start: int = 0
    """Seconds since the epoch; an image has no period."""
    end: int = 0

    @property
    def seconds(self) -> int:
        """Return the duration of a video."""
        return self.end - self.start

    def path(self, root: Path) -> Path:
        """Return the path below the folder of the cache, without a suffix."""
        what = json.dumps([self.kind, self.name, self.start, self.end])
        return folder_of(root, self.entry_id) / _hashed(what)


@dataclass(frozen=True, slots=True)
class CachedFile:
    """A finished file."""

    path: Path
    size: int
    expires_at: float
    """By a clock that never jumps, as that of the event loop."""


class CacheIndex:
    """The finished files, the least recently used first."""

    def __init__(self) -> None:
        """Begin with no files, as each start of Home Assistant does."""
        self._files: dict[CacheKey, CachedFile] = {}

    @property
    def paths(self) -> list[Path]:
        """Return the paths of all files."""
        return [one.path for one in self._files.values()]

    def use(self, key: CacheKey, now: float) -> Path | None:
        """Return the path of a file, if there is one, and note that it is used now."""
        found = self._files.get(key)
        if found is None or found.expires_at <= now:
            return None
        self._files[key] = self._files.pop(key)
        return found.path

    def make_room(self, key: CacheKey, most: int) -> list[Path]:
        """Drop an older file of this key, and then others until `most` bytes are left.

        Return the paths of what is dropped.
        """
        older = self._files.pop(key, None)
        dropped = [] if older is None else [older.path]
        used = sum(one.size for one in self._files.values())
        for file in self._files.values():
            if used <= most:
                break
            used -= file.size
            dropped.append(file.path)
        self.drop(dropped)
        return dropped

    def add(self, key: CacheKey, file: CachedFile) -> None:
        """Add a file that has room, and is used now."""
        self._files[key] = file

    def drop_expired(self, now: float) -> list[Path]:
        """Drop the files that are too old, and return their paths."""
        dropped = [one.path for one in self._files.values() if one.expires_at <= now]
        self.drop(dropped)
        return dropped

    def drop_all_below(self, folder: Path) -> None:
        """Drop all files below a folder."""
        self.drop(one for one in self.paths if one.is_relative_to(folder))

    def drop(self, paths: Iterable[Path]) -> None:
        """Drop the files that have these paths."""
        gone = {*paths}
        self._files = {
            key: one for key, one in self._files.items() if one.path not in gone
        }


def folder_of(root: Path, entry_id: str) -> Path:
    """Return the folder of a server."""
    return root / _hashed(entry_id)


def _hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


# Everything below blocks: call it in the executor.


def clear_all(root: Path) -> None:
    """Remove everything that the cache has ever written, also before a crash.

    What anybody else has put there stays, and links lead nowhere.
    """
    for folder in _content(root):
        if _FOLDER.fullmatch(folder.name) and folder.is_dir(follow_symlinks=False):
            clear(folder)


def clear(folder: Path) -> None:
    """Remove the files and workspaces of one server."""
    for each in _content(folder):
        if _WORKSPACE.fullmatch(each.name) and each.is_dir(follow_symlinks=False):
            shutil.rmtree(each, ignore_errors=True)
        elif _FILE.fullmatch(each.name) and each.is_file(follow_symlinks=False):
            remove([each])
    remove_empty([folder])


def remove(paths: Iterable[Path]) -> None:
    """Remove files. Somebody who still reads one gets the rest of it."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as err:
            LOGGER.warning("Cannot delete %s: %s", path, err)


def remove_until_space(root: Path, size: int, paths: Iterable[Path]) -> list[Path]:
    """Remove files until `size` bytes more fit on the disk; return what is removed."""
    removed: list[Path] = []
    for path in paths:
        if has_space(root, size):
            break
        remove([path])
        removed.append(path)
    return removed


def _content(folder: Path) -> Iterator[Path]:
    try:
        yield from [*folder.iterdir()]
    except FileNotFoundError:
        return
    except OSError as err:
        LOGGER.warning("Cannot read %s: %s", folder, err)
