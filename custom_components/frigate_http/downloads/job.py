"""Base classes of downloads: jobs, running downloads and output files."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.json import JsonObjectType

from ..aiofrigate import FrigateClient
from ..dates import as_local_iso
from .paths import DownloadPaths
from .written_file import WrittenFile


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A finished file in the workspace, and the path at which it will be published."""

    source: Path
    target: Path
    bytes: int
    seconds: float | None = None
    """Duration of a video."""
    start: float | None = None
    """Start in seconds since the epoch, if known."""
    end: float | None = None

    def as_response(self, paths: DownloadPaths) -> JsonObjectType:
        """Return the description of the file for the response of an action."""
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
    """Return `count` paths with a part number each; a single file needs no number."""
    if count == 1:
        return [target]
    width = max(2, len(str(count)))
    return [
        target.with_stem(f"{target.stem}_part{number:0{width}}")
        for number in range(1, count + 1)
    ]


@dataclass(eq=False, kw_only=True)
class Download:
    """A running download: its workspace, progress and output files."""

    target: Path
    overwrite: bool
    workspace: Path
    report: Callable[[], None] = field(repr=False)
    percent: float | None = None
    """Progress; None while the total size is unknown."""
    output_files: list[OutputFile] = field(default_factory=list)
    """Finished files, to be published at the end."""
    written: list[WrittenFile] = field(default_factory=list)
    """Published files."""

    @callback
    def progress(self, done: float, total: float | None) -> None:
        """Update the progress, and report it if the percentage has changed."""
        percent = None if not total else min(100.0, round(done / total * 100))
        if percent != self.percent:
            self.percent = percent
            self.report()


@dataclass(eq=False, kw_only=True)
class Job(ABC):
    """Base class of what can be downloaded."""

    hass: HomeAssistant = field(repr=False)
    client: FrigateClient = field(repr=False)

    async def async_prepare(self) -> None:
        """Wait until Frigate has the file; this does not hold up other downloads."""
        return

    @abstractmethod
    async def async_fetch(self, download: Download) -> JsonObjectType:
        """Fetch the files into the workspace, and add them to `download.output_files`.

        Return additional fields for the response.

        Raises:
            FrigateError: a request failed.
            Mp4Error: a response is not a complete video.
            HomeAssistantError: a response is not what was requested.
            OSError: the file cannot be written.
        """
