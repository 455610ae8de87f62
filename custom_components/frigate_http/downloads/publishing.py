"""Letting finished files appear: all of them, or none, and never a part of one.

Everything here is blocking and belongs into the executor.
"""

import errno
import os
from pathlib import Path
import shutil

from ..const import LOGGER
from ..errors import validation_error
from .job import Download
from .journal import WrittenFile
from .paths import DownloadPaths

# What file systems without hard links say to one.
_NO_LINKS = {
    *(errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK),
    *(errno.EXDEV, errno.EACCES, errno.EINVAL),
}


def publish_all(download: Download, paths: DownloadPaths) -> None:
    """Let all pieces of a download appear under their names.

    Raises:
        ServiceValidationError: something else is there; nothing has changed then.
        OSError: they cannot be moved; nothing has changed then, either.
    """
    for piece in download.pieces:
        paths.check(piece.target)
    done: list[tuple[Path, Path | None]] = []
    try:
        for number, piece in enumerate(download.pieces):
            kept = download.workspace / f"replaced{number:04}"
            has_kept = download.overwrite and _keep(piece.target, kept)
            _publish(piece.source, piece.target, overwrite=download.overwrite)
            done.append((piece.target, kept if has_kept else None))
        download.written += [WrittenFile.of(target) for target, _kept in done]
    except BaseException:
        for target, before in done:
            _take_back(download, target, before)
        raise


def _take_back(download: Download, target: Path, before: Path | None) -> None:
    """Remove what has appeared, and put back what it has replaced."""
    try:
        if before is None:
            target.unlink(missing_ok=True)
        else:
            before.replace(target)
    except OSError:
        LOGGER.exception(
            "Cannot undo the change of %s; before it was %s", target, before
        )
        download.is_stranded |= before is not None


def _keep(target: Path, kept: Path) -> bool:
    """Keep what is about to be replaced; return whether there is anything."""
    if not target.exists():
        return False
    try:
        kept.hardlink_to(target)
    except OSError as err:
        if err.errno not in _NO_LINKS:
            raise
        shutil.copy2(target, kept)
    return True


def _publish(piece: Path, target: Path, *, overwrite: bool) -> None:
    """Let a finished file appear under its name, all at once.

    Raises:
        ServiceValidationError: another one is there, which stays.
        OSError: it cannot be moved.
    """
    with piece.open("rb") as file:
        os.fsync(file.fileno())
    if overwrite:
        piece.replace(target)
        return
    try:
        # Unlike a renaming, a link never takes the place of what is there.
        target.hardlink_to(piece)
    except FileExistsError as err:
        raise validation_error("file_exists", path=str(target)) from err
    except OSError as err:
        if err.errno not in _NO_LINKS:
            raise
        if target.exists():
            raise validation_error("file_exists", path=str(target)) from err
        piece.rename(target)
    else:
        piece.unlink()
