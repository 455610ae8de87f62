"""A hidden folder beside a file that is on its way; nothing shows before it is whole.

Everything here is blocking and belongs into the executor.
"""

from collections.abc import Container
from pathlib import Path
import re
import secrets
import shutil

from ..errors import validation_error
from .paths import DownloadPaths


def workspace_for(target: Path) -> Path:
    """Return a name for the folder in which the pieces of a file are put together."""
    return target.parent / f".{secrets.token_hex(8)}.{target.stem[:40]}.part"


def create_workspace(paths: DownloadPaths, target: Path, workspace: Path) -> None:
    """Make the folder, and those above it.

    Raises:
        ServiceValidationError: the folder is not where an allowed one is.
        OSError: it cannot be made.
    """
    paths.check(target)
    made = missing_folders(target.parent)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Somebody may have put a link there in the meantime.
        paths.check(target)
        workspace.mkdir(mode=0o700)
    except BaseException:
        remove_empty(made)
        raise


def missing_folders(folder: Path) -> list[Path]:
    """Return the folders on a path that do not exist yet, the innermost first."""
    return [one for one in (folder, *folder.parents) if not one.exists()]


def remove_empty(folders: list[Path]) -> None:
    """Remove folders as long as nothing is in them, the innermost first."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def discard(workspace: Path) -> bool:
    """Remove the folder and all that is in it; return whether it is gone for certain.

    It is not as long as the disk that it lies on is away.
    """
    shutil.rmtree(workspace, ignore_errors=True)
    return workspace.parent.exists() and not workspace.exists()


def check_free(target: Path) -> None:
    """Refuse a path at which there is a file, or at which a part of one is.

    Raises:
        ServiceValidationError: there is one.
    """
    if (found := _conflicting_path(target)) is not None:
        raise validation_error("file_exists", path=str(found))


def free_path(target: Path, reserved_targets: Container[Path]) -> Path:
    """Return a name that is neither on the disk nor taken, with a number if need be."""
    candidate, number = target, 1
    while candidate in reserved_targets or _conflicting_path(candidate) is not None:
        number += 1
        candidate = target.with_stem(f"{target.stem}_{number}")
    return candidate


def _conflicting_path(target: Path) -> Path | None:
    """Return what would be replaced by a file, or by the parts it may come in."""
    if target.exists() or target.is_symlink():
        return target
    if not target.parent.is_dir():
        return None
    part = re.compile(rf"{re.escape(target.stem)}_part\d+{re.escape(target.suffix)}")
    names = (one.name for one in target.parent.iterdir())
    return next(
        (target.with_name(name) for name in names if part.fullmatch(name)), None
    )
