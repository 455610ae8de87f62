"""Workspaces: hidden folders beside the target, which hold a download until it is complete.

Everything here blocks: call it in the executor.
"""

from collections.abc import Container
from pathlib import Path
import re
import secrets
import shutil

from ..errors import validation_error
from .limits import check_space
from .paths import DownloadPaths
from .plan import is_open


def workspace_for(target: Path) -> Path:
    """Return a new path for the workspace of a target.

    It is in the same folder, so that publishing is a rename within one file system.
    """
    return target.parent / f".{secrets.token_hex(8)}.{target.stem[:40]}.part"


def create_workspace(paths: DownloadPaths, target: Path, workspace: Path) -> None:
    """Create the workspace, and the missing folders above it.

    Raises:
        ServiceValidationError: the folder is not in an allowed one.
        HomeAssistantError: the disk is almost full.
        OSError: a folder cannot be created.
    """
    paths.check(target)
    check_space(target.parent)
    made = missing_folders(target.parent)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Somebody may have created a symbolic link in the meantime.
        paths.check(target)
        workspace.mkdir(mode=0o700)
    except BaseException:
        remove_empty(made)
        raise


def missing_folders(folder: Path) -> list[Path]:
    """Return the folders of a path that do not exist, the innermost first."""
    return [one for one in (folder, *folder.parents) if not one.exists()]


def remove_empty(folders: list[Path]) -> None:
    """Remove folders, the innermost first, up to one that is not empty."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def discard(workspace: Path) -> bool:
    """Remove a workspace with its content; return whether it is certainly removed.

    It may still exist on a disk that is not mounted, of which an empty folder shows. While
    its plan is not carried out it is kept, as it may hold the only copies of replaced files.
    """
    try:
        if is_open(workspace):
            return False
    except OSError:
        return False
    if not workspace.exists():
        return _has_content(workspace.parent)
    shutil.rmtree(workspace, ignore_errors=True)
    return not workspace.exists()


def _has_content(folder: Path) -> bool:
    try:
        return next(folder.iterdir(), None) is not None
    except OSError:
        return False


def check_free(target: Path) -> None:
    """Check that neither a target nor numbered parts of it exist.

    Raises:
        ServiceValidationError: one of them exists.
    """
    if (found := _conflicting_path(target)) is not None:
        raise validation_error("file_exists", path=str(found))


def free_path(target: Path, reserved_targets: Container[Path]) -> Path:
    """Return a path that is neither occupied nor reserved, numbered if necessary."""
    candidate, number = target, 1
    while candidate in reserved_targets or _conflicting_path(candidate) is not None:
        number += 1
        candidate = target.with_stem(f"{target.stem}_{number}")
    return candidate


def _conflicting_path(target: Path) -> Path | None:
    """Return the existing file that a target or one of its parts would replace."""
    if target.exists() or target.is_symlink():
        return target
    if not target.parent.is_dir():
        return None
    part = re.compile(rf"{re.escape(target.stem)}_part\d+{re.escape(target.suffix)}")
    names = (one.name for one in target.parent.iterdir())
    return next(
        (target.with_name(name) for name in names if part.fullmatch(name)), None
    )
