"""The plan of what a download publishes, kept in its workspace until it is carried out.

A crash between two files leaves some of them published and others not. The plan is on the
disk before the first target changes, and the replaced files stay in the workspace, so that
the next start can finish what was meant, or take it back.

Everything here blocks: call it in the executor.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
import errno
import json
import os
from pathlib import Path
import shutil
from typing import Any, Self

from homeassistant.exceptions import HomeAssistantError

from ..const import LOGGER
from ..errors import validation_error
from .limits import check_space
from .written_file import WrittenFile

# Errors of file systems without hard links, such as exFAT and some network shares, and of
# those that cannot write a folder to the disk.
_UNSUPPORTED = {
    *(errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK),
    *(errno.EXDEV, errno.EACCES, errno.EINVAL),
}
# Some file systems round the modification time when the disk is mounted again.
_TIME_TOLERANCE = 2 * 10**9


class Step(StrEnum):
    """How far a plan is carried out: the name of its file, as a rename is atomic."""

    PUBLISHING = "publishing.json"
    TAKING_BACK = "taking_back.json"
    PUBLISHED = "published.json"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file of a plan; `target` is a name in the folder that holds the workspace."""

    source: str
    target: str
    backup: str | None
    """Copy of the file that is replaced, if there is one."""
    size: int
    changed_at: int
    """Modification time of the source in nanoseconds."""
    overwrite: bool

    def __post_init__(self) -> None:
        """Refuse everything but plain names: others can write to a media folder too.

        Raises:
            TypeError: a number is none.
            ValueError: a name leads to another folder.
        """
        if not isinstance(self.size, int) or not isinstance(self.changed_at, int):
            raise TypeError("Size and time are whole numbers")
        for name in (self.source, self.target, self.backup or "none"):
            if Path(name).name != name:
                raise ValueError(f"{name!r} is not the name of a file")


class Plan:
    """The files that are published together, and how far that has come."""

    def __init__(
        self, workspace: Path, files: Sequence[PlannedFile], step: Step
    ) -> None:
        """Hold a plan that is on the disk already; see `make` and `load`."""
        self.step: Step | None = step
        self._workspace = workspace
        self._folder = workspace.parent
        self._files = files

    @classmethod
    def make(
        cls, workspace: Path, outputs: Sequence[tuple[Path, Path]], *, overwrite: bool
    ) -> Self:
        """Write the plan for sources in the workspace and their targets beside it.

        Files that will be replaced are backed up. No target has changed afterwards.

        Raises:
            OSError: the disk failed.
        """
        files = []
        for number, (source, target) in enumerate(outputs):
            # Otherwise a power failure after the rename could leave an empty file.
            _sync(source)
            backup = workspace / f"replaced{number:04}"
            has_backup = overwrite and _back_up(target, backup)
            stat = source.stat()
            name = backup.name if has_backup else None
            size, changed_at = stat.st_size, stat.st_mtime_ns
            files.append(
                PlannedFile(source.name, target.name, name, size, changed_at, overwrite)
            )
        draft = workspace / "plan.json"
        draft.write_text(json.dumps([asdict(file) for file in files]), "utf-8")
        _sync(draft)
        draft.replace(workspace / Step.PUBLISHING)
        _sync_folder(workspace)
        _sync_folder(workspace.parent)
        return cls(workspace, files, Step.PUBLISHING)

    @classmethod
    def load(cls, workspace: Path) -> Self | None:
        """Return the plan in a workspace, or None if there is none.

        Raises:
            OSError: the disk failed.
            ValueError: the file is not a plan.
        """
        if (step := _step_of(workspace)) is None:
            return None
        try:
            found: Any = json.loads((workspace / step).read_text("utf-8"))
            files = [PlannedFile(**each) for each in found]
        except (TypeError, RecursionError) as err:
            raise ValueError("The file is not a plan") from err
        return cls(workspace, files, step)

    def publish(self) -> None:
        """Publish all files that are not published yet.

        Raises:
            ServiceValidationError: a target path is occupied.
            OSError: the disk failed.
        """
        for file in self._files:
            self._publish(file)
        _sync_folder(self._folder)
        self._enter(Step.PUBLISHED)

    def take_back(self) -> None:
        """Remove the published files, and restore those that they have replaced.

        Raises:
            OSError: the disk failed; the plan stays, so that the next start tries again.
        """
        if self.step is Step.PUBLISHING:
            self._enter(Step.TAKING_BACK)
        failures = [*self._take_back_all()]
        if failures:
            raise failures[0]
        _sync_folder(self._folder)
        (self._workspace / Step.TAKING_BACK).unlink()
        self.step = None

    def _take_back_all(self) -> Iterator[OSError]:
        """Take back each file; yield the errors, as one must not hold up the others."""
        for file in self._files:
            try:
                self._take_back(file)
            except OSError as err:
                LOGGER.exception(
                    "Cannot undo the change of %s; before it was %s",
                    self._folder / file.target,
                    file.backup and self._workspace / file.backup,
                )
                yield err

    def written(self) -> list[WrittenFile]:
        """Return the records of the published files that nobody has changed since.

        Raises:
            OSError: the disk failed.
        """
        return [
            WrittenFile.of(self._folder / file.target)
            for file in self._files
            if self._is_published(file)
        ]

    def _enter(self, step: Step) -> None:
        if self.step is not None:
            (self._workspace / self.step).rename(self._workspace / step)
            _sync_folder(self._workspace)
        self.step = step

    def _is_published(self, file: PlannedFile) -> bool:
        """Return whether a target is the published file, and nobody else's."""
        source, target = self._workspace / file.source, self._folder / file.target
        if _stat(source) is not None and not _is_same(source, target):
            return False
        return _is_alike(target, file.size, file.changed_at)

    def _publish(self, file: PlannedFile) -> None:
        source, target = self._workspace / file.source, self._folder / file.target
        if _stat(source) is None:
            if not self._is_published(file):
                raise FileNotFoundError(errno.ENOENT, "The file is missing", source)
        elif _is_same(source, target):
            # The link was made, and a crash came before the source was removed.
            source.unlink()
        elif file.overwrite and self._can_be_replaced(file):
            source.replace(target)
        else:
            _move_without_replacing(source, target)

    def _can_be_replaced(self, file: PlannedFile) -> bool:
        """Return whether a target is free, or still the file of which there is a backup."""
        target = self._folder / file.target
        if _stat(target) is None:
            return True
        stat = None if file.backup is None else _stat(self._workspace / file.backup)
        if stat is None:
            return False
        return _is_alike(target, stat.st_size, stat.st_mtime_ns)

    def _take_back(self, file: PlannedFile) -> None:
        target = self._folder / file.target
        if file.backup is None:
            if self._is_published(file):
                target.unlink()
            return
        backup = self._workspace / file.backup
        # A file that somebody else has put there since belongs to them.
        is_free = _stat(target) is None or self._is_published(file)
        if is_free and _stat(backup) is not None:
            backup.replace(target)


def is_open(workspace: Path) -> bool:
    """Return whether a workspace may hold the only copies of files.

    Raises:
        OSError: the disk failed.
    """
    return _step_of(workspace) in {Step.PUBLISHING, Step.TAKING_BACK}


def settle(workspace: Path) -> list[WrittenFile]:
    """Finish or take back what a crash has interrupted; return the published files.

    Raises:
        OSError: the disk failed.
        ValueError: the plan cannot be read.
    """
    if (plan := Plan.load(workspace)) is None:
        return []
    if plan.step is Step.PUBLISHING:
        try:
            plan.publish()
        except (HomeAssistantError, OSError) as err:
            LOGGER.warning("Taking back an interrupted download: %r", err)
    if plan.step is not Step.PUBLISHED:
        plan.take_back()
        return []
    return plan.written()


def _step_of(workspace: Path) -> Step | None:
    return next((step for step in Step if _stat(workspace / step) is not None), None)


def _back_up(target: Path, backup: Path) -> bool:
    """Back up the file that will be replaced; return whether there is one."""
    if not target.exists():
        return False
    try:
        backup.hardlink_to(target)
    except OSError as err:
        if err.errno not in _UNSUPPORTED:
            raise
        check_space(backup.parent, target.stat().st_size)
        shutil.copy2(target, backup)
        _sync(backup)
    return True


def _move_without_replacing(source: Path, target: Path) -> None:
    """Move a file atomically to a path that must be free.

    Raises:
        ServiceValidationError: the target exists.
        OSError: the file cannot be moved.
    """
    try:
        # Unlike a rename, a hard link never replaces an existing file.
        target.hardlink_to(source)
    except FileExistsError as err:
        raise validation_error("file_exists", path=str(target)) from err
    except OSError as err:
        if err.errno not in _UNSUPPORTED:
            raise
        if target.exists():
            raise validation_error("file_exists", path=str(target)) from err
        source.rename(target)
    else:
        source.unlink()


def _is_same(one: Path, other: Path) -> bool:
    """Return whether two paths are links to one file."""
    found, expected = _stat(one), _stat(other)
    return bool(found and expected and os.path.samestat(found, expected))


def _is_alike(path: Path, size: int, changed_at: int) -> bool:
    """Return whether a path has a file of this size and modification time."""
    if (stat := _stat(path)) is None:
        return False
    is_as_old = abs(stat.st_mtime_ns - changed_at) <= _TIME_TOLERANCE
    return is_as_old and stat.st_size == size


def _stat(path: Path) -> os.stat_result | None:
    """Return the status of a path; None only if there is certainly nothing.

    `Path.exists` also returns False if the disk fails, and a file would count as gone.
    """
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a power failure, where the system can do it."""
    try:
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
    except OSError as err:
        # Some network shares refuse it, and keep the order on their own.
        if err.errno not in _UNSUPPORTED:
            raise
