"""What a download is made of: what is to be fetched, and what becomes of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.json import JsonObjectType

from ..aiofrigate import FrigateClient
from ..dates import as_local_iso
from .journal import WrittenFile
from .paths import DownloadPaths


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A finished file of the workspace, and the path at which it is to appear."""

    source: Path
    target: Path
    bytes: int
    seconds: float | None = None
    """How long it is, if it is a film."""
    start: float | None = None
    """When it begins, in seconds since the epoch, if that is known."""
    end: float | None = None

    def as_response(self, paths: DownloadPaths) -> JsonObjectType:
        """Return what a caller is told of it."""
        media_location = paths.media_location(self.target)
        response: JsonObjectType = {
            "path": str(self.target),
            "bytes": self.bytes,
            "media_content_id": media_location.media_content_id,
            "url": media_location.url,
        }
        if self.seconds is not None:
            response["seconds"] = round(self.seconds, 3)
        if self.start is not None:
            response |= {
                "start": as_local_iso(self.start),
                "end": as_local_iso(self.end),
            }
        return response


def numbered_paths(target: Path, count: int) -> list[Path]:
    """Return the paths of so many parts; a single one has the name of the whole."""
    if count == 1:
        return [target]
    width = max(2, len(str(count)))
    return [
        target.with_stem(f"{target.stem}_part{number:0{width}}")
        for number in range(1, count + 1)
    ]


@dataclass(eq=False, kw_only=True)
class Download:
    """A download on its way."""

    target: Path
    overwrite: bool
    workspace: Path
    report: Callable[[], None] = field(repr=False)
    percent: float | None = None
    """How much of it is there; None while nobody can tell."""
    output_files: list[OutputFile] = field(default_factory=list)
    """What is to appear at the end."""
    holds_only_copy: bool = False
    """Whether the workspace holds a file of the user's that could not be put back."""
    written: list[WrittenFile] = field(default_factory=list)
    """What has appeared."""

    @callback
    def progress(self, done: float, total: float | None) -> None:
        """Note how much is there."""
        percent = None if not total else min(100.0, round(done / total * 100))
        if percent != self.percent:
            self.percent = percent
            self.report()


@dataclass(eq=False, kw_only=True)
class Job(ABC):
    """Something to download."""

    hass: HomeAssistant = field(repr=False)
    client: FrigateClient = field(repr=False)

    async def async_prepare(self) -> None:
        """Wait for what must have happened first; no other download waits for this."""
        return

    @abstractmethod
    async def async_fetch(self, download: Download) -> JsonObjectType:
        """Fill the workspace; return what there is to say besides the files.

        Files that are to appear are added to the download's pieces.

        Raises:
            FrigateError: the server does not give it.
            Mp4Error: what it gives is no whole film.
            HomeAssistantError: it is not what was asked for.
            OSError: the disk does not take it.
        """
