"""Published files, and how to recognize one that nobody has changed since.

Everything here blocks: call it in the executor.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
import time

_RETENTION_SECONDS = timedelta(days=4000).total_seconds()


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A published file, with size and modification time to recognize it by."""

    path: Path
    written_at: float
    """Seconds since the epoch."""
    size: int
    changed_at: int
    """Modification time in nanoseconds, by the clock of the file system."""

    @classmethod
    def of(cls, path: Path) -> WrittenFile:
        """Return the record of a file that was written just now."""
        stat = path.stat()
        return cls(path, time.time(), stat.st_size, stat.st_mtime_ns)

    def is_unchanged(self) -> bool:
        """Return whether the file still exists as it was written."""
        try:
            stat = self.path.lstat()
        except OSError:
            return False
        return (stat.st_size, stat.st_mtime_ns) == (self.size, self.changed_at)

    def may_reappear(self) -> bool:
        """Return whether the whole folder is missing, as on an unmounted disk."""
        return not self.path.parent.exists() and time.time() - self.written_at < (
            _RETENTION_SECONDS
        )
