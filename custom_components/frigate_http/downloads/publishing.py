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
    for output_file in download.output_files:
        paths.check(output_file.target)
    done: list[tuple[Path, Path | None]] = []
    try:
        for number, output_file in enumerate(download.output_files):
            backup = download.workspace / f"replaced{number:04}"
            has_backup = download.overwrite and _back_up(output_file.target, backup)
            _publish(
                output_file.source, output_file.target, overwrite=download.overwrite
            )
            done.append((output_file.target, backup if has_backup else None))
        download.written += [WrittenFile.of(target) for target, _backup in done]
    except BaseException:
        for target, before in done:
            _roll_back(download, target, before)
        raise


def _roll_back(download: Download, target: Path, before: Path | None) -> None:
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
        download.holds_only_copy |= before is not None


def _back_up(target: Path, backup: Path) -> bool:
    """Keep what is about to be replaced; return whether there is anything."""
    if not target.exists():
        return False
    try:
        backup.hardlink_to(target)
    except OSError as err:
        if err.errno not in _NO_LINKS:
            raise
        shutil.copy2(target, backup)
    return True


def _publish(output_file: Path, target: Path, *, overwrite: bool) -> None:
    """Let a finished file appear under its name, all at once.

    Raises:
        ServiceValidationError: another one is there, which stays.
        OSError: it cannot be moved.
    """
    with output_file.open("rb") as file:
        os.fsync(file.fileno())
    if overwrite:
        output_file.replace(target)
        return
    try:
        # Unlike a renaming, a link never takes the place of what is there.
        target.hardlink_to(output_file)
    except FileExistsError as err:
        raise validation_error("file_exists", path=str(target)) from err
    except OSError as err:
        if err.errno not in _NO_LINKS:
            raise
        if target.exists():
            raise validation_error("file_exists", path=str(target)) from err
        output_file.rename(target)
    else:
        output_file.unlink()
