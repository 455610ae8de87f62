"""The paths that downloads may have, and their URLs and media content IDs.

Whatever accesses the file system blocks: call it in the executor.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
import re
from urllib.parse import quote

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import slugify

from ..const import DOMAIN
from ..errors import validation_error

_MAX_NAME_BYTES = 200
"""Maximum length of a name; file systems allow 255 bytes, with the part number."""
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
# Reserved names of Windows, which may access the folder as a network share.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
# Windows forbids all of them but `~`, which Home Assistant's media source refuses.
_FORBIDDEN = frozenset('<>:"|?*\\~')


@dataclass(frozen=True, slots=True)
class MediaLocation:
    """The URL and the media content ID of a file; None outside of all media folders."""

    url: str | None
    media_content_id: str | None


class DownloadPaths:
    """The folders that Home Assistant's configuration allows for downloads."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Read the folders from the current configuration."""
        self._media = {
            name: Path(folder) for name, folder in hass.config.media_dirs.items()
        }
        self._allowed = [Path(one) for one in hass.config.allowlist_external_dirs]
        self._public = Path(hass.config.path("www"))
        self._entries = hass.config_entries.async_entries(DOMAIN)

    @property
    def _default_media_dir(self) -> Path:
        """Return the media folder for files without a given folder."""
        if not self._media:
            raise validation_error("no_media_folder")
        return self._media.get("local") or next(iter(self._media.values()))

    def own_folders(self) -> list[Path]:
        """Return this integration's own folder in each media folder."""
        return [folder / DOMAIN for folder in self._media.values()]

    def default_path(self, entry: ConfigEntry, path: str) -> Path:
        """Return the default path of a file, for a caller that gives no filename.

        Args:
            entry: config entry of the server.
            path: path below the server's folder: `front_door/2026-01-31/18-30-00.mp4`.
        """
        *folders, name = path.split("/")
        server = _server_folders(self._entries)[entry.entry_id]
        plain = [plain_name(folder) for folder in folders]
        return self._default_media_dir.joinpath(DOMAIN, server, *plain, name)

    def path_from_filename(self, filename: str, suffixes: tuple[str, ...]) -> Path:
        """Return the path for a caller's `filename`, without accessing the file system.

        The filename is absolute, or relative to the default media folder. Without a suffix
        it gets the first of `suffixes`.

        Raises:
            ServiceValidationError: the filename or its suffix is not allowed.
        """
        bad_filename = validation_error("bad_filename", extensions=", ".join(suffixes))
        wanted = PurePosixPath(filename.strip())
        parts = [part for part in wanted.parts if part != "/"]
        if (
            not parts
            or filename.rstrip().endswith("/")
            or not all(map(_is_portable_name, parts))
        ):
            raise bad_filename
        if not wanted.suffix:
            wanted = wanted.with_name(wanted.name + suffixes[0])
        elif wanted.suffix.lower() not in suffixes:
            raise bad_filename
        return (
            Path(wanted) if wanted.is_absolute() else self._default_media_dir / wanted
        )

    def check(self, path: Path) -> None:
        """Check that a path is in an allowed folder, with symbolic links resolved.

        Raises:
            ServiceValidationError: the folder is not allowed, or the path is not a file.
        """
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise validation_error("file_exists", path=str(path))
        real = path.parent.resolve() / path.name
        if not _is_below(real, self._roots()) or self._is_public(real):
            raise validation_error("folder_not_allowed", path=str(path))

    def _is_public(self, real: Path) -> bool:
        """Return whether a path is in `www`, which Home Assistant serves without a login."""
        # `samefile` sees through other spellings, as on a case-insensitive file system.
        return self._public.exists() and any(
            above.exists() and above.samefile(self._public) for above in real.parents
        )

    def media_location(self, path: Path) -> MediaLocation:
        """Return the URL and the media content ID of a file."""
        for name, folder in self._media.items():
            if path.is_relative_to(folder):
                below = path.relative_to(folder).as_posix()
                return MediaLocation(
                    f"/media/{quote(name)}/{quote(below)}",
                    f"media-source://media_source/{name}/{below}",
                )
        return MediaLocation(None, None)

    def _roots(self) -> list[Path]:
        return list(_resolved([*self._media.values(), *self._allowed]))


def _server_folders(entries: Iterable[ConfigEntry]) -> dict[str, str]:
    """Return the folder of each server by the id of its entry, a folder of its own.

    It is named after the title. The oldest of several servers with equal names keeps the
    folder in which its files already are, and the others get a number.
    """
    names = {one.entry_id: plain_name(one.title) for one in entries}
    folders: dict[str, str] = {}
    # Case does not tell folders apart on every file system.
    taken: set[str] = set()
    for entry_id, name in names.items():
        if name.casefold() not in taken:
            taken.add(name.casefold())
            folders[entry_id] = name
    for entry_id, name in names.items():
        if entry_id not in folders:
            numbered = (f"{name}_{number}" for number in count(2))
            folder = next(one for one in numbered if one.casefold() not in taken)
            taken.add(folder.casefold())
            folders[entry_id] = folder
    return folders


def plain_name(text: str) -> str:
    """Return a safe folder name: the text itself if it is plain, else its slug."""
    name = text if _PLAIN_NAME.fullmatch(text) else slugify(text)[:64]
    return f"{name}_" if _RESERVED.fullmatch(name) else name


def _is_portable_name(part: str) -> bool:
    """Return whether a name is valid on every operating system, and not hidden."""
    return (
        not part.startswith(".")
        and not part.endswith((".", " "))
        and part == part.strip()
        and ".." not in part
        and len(part.encode("utf-8", "replace")) <= _MAX_NAME_BYTES
        and part.isprintable()
        and _FORBIDDEN.isdisjoint(part)
        and not _RESERVED.fullmatch(part)
    )


def _resolved(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield folder.resolve()


def _is_below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)
