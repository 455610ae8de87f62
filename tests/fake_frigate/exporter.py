"""The exports: the rows of the database, and the work that fills their files.

No time passes here, and nothing runs in the background: each request that looks at the
rows or the jobs finds them a step further, so that a test decides when one is finished.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
import secrets
import string
from typing import Any, Literal

type Outcome = Literal["done", "fail", "vanish", "hang", "die"]
type Status = Literal["waiting", "running", "success", "failed"]

MEDIA = "/media/frigate"
CHARACTERS = string.ascii_lowercase + string.digits


def random_name(length: int) -> str:
    """Return letters and digits as the server makes them up."""
    return "".join(secrets.choice(CHARACTERS) for _ in range(length))


@dataclass
class Case:
    """A folder for exports; its times are seconds since the epoch."""

    id: str
    name: str
    description: str | None
    created_at: float
    updated_at: float


@dataclass
class Export:
    """One export: what was asked for, and how far it has come.

    `looks` is how often it was found in progress; `forgotten` is a job whose end was long ago.
    """

    id: str
    camera: str
    name: str
    start: float
    end: float
    speed: int = 1
    source: str = "recordings"
    image_path: str | None = None
    case: str | None = None
    outcome: Outcome = "done"
    status: Status = "waiting"
    deleted: bool = False
    looks_until_seen: int = 0
    looks: int = 0
    forgotten: bool = False
    # Of a short export there may never be one.
    has_picture: bool = True
    began_at: float | None = None
    ended_at: float | None = None

    @property
    def in_progress(self) -> bool:
        """Whether the file is still being written."""
        return self.status == "running"

    @property
    def listed(self) -> bool:
        """Whether the database has a row of it that can be seen by now."""
        return self.is_begun and not self.deleted and self.looks_until_seen <= 0

    @property
    def is_begun(self) -> bool:
        """Whether the work on it has begun, and has not failed."""
        return self.status in ("running", "success")

    @property
    def has_job(self) -> bool:
        """Whether it is remembered as a job, unless that ended long ago."""
        return self.outcome != "die" or self.status != "running"

    @property
    def file(self) -> str:
        """Return the name of the file with the video."""
        start, end = (
            f"{datetime.fromtimestamp(each, UTC):%Y%m%d_%H%M%S}"
            for each in (self.start, self.end)
        )
        return f"{self.camera}_{start}-{end}_{self.id.rpartition('_')[2]}.mp4"

    @property
    def seconds(self) -> float:
        """Return the length of the video."""
        return max(0.0, self.end - self.start) / self.speed

    def paths(self) -> dict[str, Any]:
        """Return where the video and its picture lie."""
        picture = f"{MEDIA}/clips/export/{self.id}.webp" if self.has_picture else ""
        return {
            "video_path": f"{MEDIA}/exports/{self.file}",
            "thumb_path": picture,
        }


@dataclass
class Exporter:
    """Makes exports; a test decides how long that takes and what comes of it.

    `looks_until_done` is how often an export is found in progress before it is finished:
    never for 0, always for `math.inf`. While `held`, nothing begins; `opens_files` off is the
    moment before a video has a file. What is to `hang` is worked on for ever. Of what is to
    `die` the worker is gone before it opened a file, and only the row is left, in progress
    for ever.
    """

    queues: bool
    looks_until_done: float = 1
    concurrent: int = 3
    room: int = 100
    held: bool = False
    opens_files: bool = True
    outcome: Outcome = "done"
    message: str = "Export failed"
    looks_until_seen: int = 0
    progress: float = 50.0
    exports: list[Export] = field(default_factory=list)

    def advance(self, now: float) -> None:
        """Go a step further at a time of the server's clock: end what is done, begin more."""
        running = [each for each in self.exports if each.status == "running"]
        for export in running:
            if export.outcome in ("hang", "die"):
                continue
            if export.looks >= self.looks_until_done:
                self._end(export, now)
            export.looks += 1
        self.begin(now)

    def _end(self, export: Export, now: float) -> None:
        export.ended_at = now
        export.status = "success" if export.outcome == "done" else "failed"
        if export.outcome == "vanish":
            self.exports.remove(export)

    def begin(self, now: float) -> None:
        """Begin what waits, as far as there are free workers."""
        for export in self.exports:
            running = sum(each.status == "running" for each in self.exports)
            free = running < self.concurrent or not self.queues
            if export.status == "waiting" and free and not self.held:
                export.status, export.began_at = "running", now

    def forget_jobs(self) -> None:
        """Remember no job any more that has ended, as the server does after some seconds."""
        for export in self.exports:
            export.forgotten |= export.status in ("success", "failed")

    @property
    def waiting(self) -> list[Export]:
        """Return the exports in the queue."""
        return [each for each in self.exports if each.status == "waiting"]

    def rows(self) -> list[Export]:
        """Return what the database has, newest beginning first."""
        rows = [each for each in self.exports if each.listed]
        return sorted(rows, key=lambda each: each.start, reverse=True)

    def row(self, export_id: str) -> Export | None:
        """Return one row."""
        return next((each for each in self.rows() if each.id == export_id), None)

    def look(self) -> list[Export]:
        """Return the rows as a caller sees them, from whom a new one may be hidden yet."""
        seen = self.rows()
        for each in self.exports:
            if each.is_begun and each.looks_until_seen > 0:
                each.looks_until_seen -= 1
        return seen

    def has_file(self, export: Export) -> bool:
        """Return whether there is a file, which is open while the export is in progress.

        One that was deleted before it had a file gets it all the same.
        """
        if export.status == "running":
            opens = self.opens_files or export.deleted
            return opens and export.outcome != "die"
        return export.status == "success"

    def by_file(self, name: str) -> Export | None:
        """Return the export a file belongs to, also when its row was deleted."""
        return next((each for each in self.exports if each.file == name), None)

    def delete(self, export: Export) -> None:
        """Delete a row; a video whose file was not open yet appears all the same."""
        export.deleted = True
        if export.status != "running":
            self.exports.remove(export)

    def job(self, export_id: str) -> Export | None:
        """Return an export as a job, which is forgotten soon after its end."""
        for each in self.exports:
            if each.id == export_id and each.has_job and not each.forgotten:
                return each
        return None

    def percent(self, export: Export) -> float:
        """Return how far a job has come."""
        if export.status == "success":
            return 100.0
        if export.status != "running":
            return 0.0
        return self.progress

    def restart(self) -> None:
        """Forget the queue; what was running stays in progress for ever, or goes."""
        self.exports = [each for each in self.exports if each.status != "waiting"]
        for each in list(self.exports):
            if each.status == "running" and self.queues:
                self.exports.remove(each)
            elif each.status == "running":
                each.outcome = "hang"
            each.forgotten = True
