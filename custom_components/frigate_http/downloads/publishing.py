"""Publishing the finished files of a download atomically: all of them, or none.

Everything here blocks: call it in the executor.
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

# Errors of file systems without hard links, such as exFAT and some network shares.
_NO_LINKS = {
    *(errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK),
    *(errno.EXDEV, errno.EACCES, errno.EINVAL),
}


def publish_all(download: Download, paths: DownloadPaths) -> None:
    """Publish all output files of a download under their target paths.

    Raises:
        ServiceValidationError: a target path is occupied; everything is rolled back.
        OSError: a file cannot be moved; everything is rolled back.
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
    """Remove a published file, and restore the file that it has replaced."""
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
    """Back up the file that will be replaced; return whether there is one."""
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
    """Publish one output file atomically under its target path.

    Raises:
        ServiceValidationError: the target exists, and `overwrite` is off.
        OSError: the file cannot be moved.
    """
    # Otherwise a power failure after the rename could leave an empty file.
    with output_file.open("rb") as file:
        os.fsync(file.fileno())
    if overwrite:
        output_file.replace(target)
        return
    try:
        # Unlike a rename, a hard link never replaces an existing file.
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
