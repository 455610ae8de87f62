"""What nginx remembers of files on the disk.

It remembers for two minutes whether a file is there (`open_file_cache`), and also that it
is not: what was asked for too early stays missing, what was deleted is still served.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

REMEMBERED_SECONDS = 120
_MOST_FILES = 1000


@dataclass(frozen=True, kw_only=True)
class DiskFile:
    """A file on the disk; `modified` is in seconds since the epoch."""

    content: bytes | Path
    modified: float
    content_type: str = "application/octet-stream"

    @property
    def size(self) -> int:
        """Return the number of bytes."""
        content = self.content
        return len(content) if isinstance(content, bytes) else content.stat().st_size

    @property
    def etag(self) -> str:
        """Return the validator that nginx makes of the time and the size."""
        return f'"{int(self.modified):x}-{self.size:x}"'


@dataclass
class OpenFiles:
    """What nginx remembers of the files that were asked for, missing ones included."""

    entries: dict[str, tuple[float, DiskFile | None]] = field(default_factory=dict)

    async def look(
        self, path: str, now: float, find: Callable[[], Awaitable[DiskFile | None]]
    ) -> DiskFile | None:
        """Return a file as it was when it was last looked for."""
        until, file = self.entries.get(path, (0.0, None))
        if now < until:
            return file
        file = await find()
        self.entries.pop(path, None)
        self.entries[path] = (now + REMEMBERED_SECONDS, file)
        if len(self.entries) > _MOST_FILES:
            del self.entries[next(iter(self.entries))]
        return file
