"""How much a download may write: what a recording can have, and never the last of a disk.

Everything here blocks: call it in the executor.
"""

from pathlib import Path
import shutil

from ..errors import action_error

MIN_FREE = 2**30
"""Bytes of free space that are always left on the disk."""
UNKNOWN_DURATION = 86400.0
"""Seconds to assume for a video of which Frigate tells no duration."""
_BYTES_PER_SECOND = 100 * 10**6 // 8
_ALLOWANCE = 64 * 2**20


def max_bytes(seconds: float) -> int:
    """Return the most bytes that an image, or a video of some seconds, can have."""
    return int(_BYTES_PER_SECOND * seconds) + _ALLOWANCE


def check_size(size: int, limit: int) -> None:
    """Check that a file does not exceed its limit in bytes.

    Raises:
        HomeAssistantError: it is larger.
    """
    if size > limit:
        raise action_error("too_large", size=f"{limit / 2**20:.0f}")


def check_clip_size(size: int, limit: int) -> None:
    """Check that a clip fits where it will be kept.

    Raises:
        HomeAssistantError: it is larger than the limit in bytes.
    """
    if size > limit:
        raise action_error("clip_too_large", size=f"{limit / 2**20:.0f}")


def check_space(folder: Path, size: int = 0) -> None:
    """Check that enough space stays free on a disk when `size` more bytes are written.

    Raises:
        HomeAssistantError: it would not.
    """
    if not has_space(folder, size):
        raise action_error(
            "disk_full", folder=str(_existing(folder)), size=f"{MIN_FREE / 2**30:.0f}"
        )


def has_space(folder: Path, size: int = 0) -> bool:
    """Return whether enough space stays free on a disk, as far as it tells."""
    try:
        disk = shutil.disk_usage(_existing(folder))
    except OSError:
        # If the disk has failed, writing fails too; some network shares cannot tell.
        return True
    return not disk.total or disk.free - size >= MIN_FREE


def _existing(folder: Path) -> Path:
    return next((one for one in (folder, *folder.parents) if one.exists()), folder)
