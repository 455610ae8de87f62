"""Films that Frigate makes of its recordings, and the jobs that make them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Literal, Self

from .error_mapping import http_date
from .errors import FrigateDataError
from .messages import Answer, seconds_in_path
from .parsing import as_bool, as_dict, as_float, as_str
from .system import System
from .transport import Transport

type Reader[T] = Callable[[Mapping[str, Any]], T | None]
type Source = Literal["recordings", "preview"]

TIMELAPSE = "timelapse_25x"
"""The playback of an export that is 25 times as fast."""

_ACTIVE = frozenset({"queued", "running"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A film that is there, or being made."""

    id: str
    camera: str | None
    name: str | None
    start: float | None
    """Where the footage begins, in seconds since the epoch; not when it was made."""
    file: str | None
    """Name of the file, which is found below `/exports`."""
    in_progress: bool | None
    case_id: str | None
    """The case it belongs to, since 0.18."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"id", "camera", "name", "date", "video_path", ...}`; None without id."""
        if (export_id := as_str(data.get("id"))) is None:
            return None
        case = data.get("export_case")
        return cls(
            id=export_id,
            camera=as_str(data.get("camera")),
            name=as_str(data.get("name")),
            start=as_float(data.get("date")),
            file=_file_name(data.get("video_path")),
            in_progress=as_bool(data.get("in_progress")),
            case_id=as_str(case) or as_str(as_dict(case).get("id")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportJob:
    """The work on an export, since 0.18; forgotten 5 seconds after its end."""

    id: str
    status: str | None
    """`queued`, `running`, `success`, `failed` or `cancelled`."""
    camera: str | None
    name: str | None
    start: float | None
    """Where the footage begins, in seconds since the epoch."""
    case_id: str | None
    progress: float | None
    """In per cent."""
    error: str | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"id", "status", "progress_percent", ...}`; None without an id."""
        if (job_id := as_str(data.get("id"))) is None:
            return None
        return cls(
            id=job_id,
            status=as_str(data.get("status")),
            camera=as_str(data.get("camera")),
            name=as_str(data.get("name")),
            start=as_float(data.get("request_start_time")),
            case_id=as_str(data.get("export_case_id")),
            progress=as_float(data.get("progress_percent")),
            error=as_str(data.get("error_message")),
        )

    @property
    def is_active(self) -> bool:
        """Return whether it waits or runs."""
        return self.status in _ACTIVE


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file in the folder of the exports."""

    name: str
    modified: datetime | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"name", "type": "file", "mtime", "size"}`; None without a name."""
        if (name := as_str(data.get("name"))) is None:
            return None
        modified = http_date(as_str(data.get("mtime")) or "")
        is_known = modified is not None and modified.tzinfo is not None
        return cls(name, modified if is_known else None)


class Exports:
    """Exports of all cameras that the account may see.

    Every method raises `FrigateError` for anything but a good answer; `fresh` asks past
    Frigate's cache of 5 seconds, which shows an export in progress long after its end.
    """

    def __init__(self, transport: Transport, system: System) -> None:
        """Speak through a transport, as the version of the server wants it."""
        self._transport = transport
        self._system = system

    async def list(self, *, fresh: bool = False) -> tuple[Export, ...]:
        """Return those that exist or are being made (`GET /api/exports`).

        On 0.18 those that wait in the queue are missing.

        Raises:
            FrigateDataError: the answer is no list of exports.
        """
        answer = await self._transport.request("GET", "api", "exports", fresh=fresh)
        return _each(answer, Export.from_api)

    async def get(self, export_id: str, *, fresh: bool = False) -> Export:
        """Return one export (`GET /api/exports/<id>`).

        Raises:
            FrigateNotFoundError: there is none, or it waits in the queue of 0.18.
            FrigateServerError: 0.18 does not answer for one that belongs to a case;
                `list` does.
            FrigateDataError: the answer is no export.
        """
        answer = await self._transport.request(
            "GET", "api", "exports", export_id, fresh=fresh
        )
        return _one(answer, Export.from_api(answer.json(dict)))

    async def create(
        self,
        camera: str,
        start: float,
        end: float,
        *,
        name: str | None = None,
        source: Source | None = None,
        image_path: str | None = None,
        playback: str | None = None,
    ) -> str:
        """Begin an export and return its id.

        `POST /api/export/<camera>/start/<s>/end/<e>`, and for a time-lapse since 0.18
        `POST /api/export/custom/<camera>/...`.

        Args:
            camera: name of the camera.
            start: where it begins, in seconds since the epoch.
            end: where it ends. Swapped times are accepted, and the export vanishes.
            name: at most 256 characters; Frigate makes one up without.
            source: recordings unless given.
            image_path: the picture of the export, a file below `/media/frigate/clips`.
            playback: `realtime` or `timelapse_25x`.

        Raises:
            FrigateBadRequestError: nothing is recorded there, or the path is refused.
            FrigateNotFoundError: there is no such camera.
            FrigateStartingError: the queue of 0.18 is full.
            FrigateDataError: the answer has no id.
        """
        path: tuple[str, ...] = ("api", "export", camera)
        body = {"name": name, "source": source, "image_path": image_path}
        if not (await self._system.ensure_capabilities()).has_export_jobs:
            body["playback"] = playback
        elif playback == TIMELAPSE:
            # On the usual route 0.18 ignores the playback without a word.
            path = ("api", "export", "custom", camera)
        period = ("start", seconds_in_path(start), "end", seconds_in_path(end))
        # Frigate wants a body, be it an empty object.
        data = {key: value for key, value in body.items() if value is not None}
        answer = await self._transport.request("POST", *path, *period, data=data)
        return _one(answer, as_str(answer.json(dict).get("export_id")))

    async def rename(self, export_id: str, name: str) -> None:
        """Give an export another name (`PATCH /api/export/<id>/rename`).

        Raises:
            FrigateForbiddenError: the account is not an administrator's.
            FrigateNotFoundError: there is no such export.
        """
        path = ("api", "export", export_id, "rename")
        answer = await self._transport.request("PATCH", *path, data={"name": name})
        answer.json(dict)

    async def delete(self, export_ids: Collection[str]) -> None:
        """Delete exports: since 0.18 all of them or none (`POST /api/exports/delete`).

        Before it is one request each (`DELETE /api/export/<id>`), and what comes before
        an error is gone.

        Raises:
            FrigateForbiddenError: the account is not an administrator's.
            FrigateNotFoundError: one of them is not there, waits, or is named twice.
            FrigateBadRequestError: the file of one is being written.
        """
        if (await self._system.ensure_capabilities()).has_export_jobs:
            data = {"ids": [*export_ids]}
            path = ("api", "exports", "delete")
            answer = await self._transport.request("POST", *path, data=data)
            answer.json(dict)
            return
        for export_id in export_ids:
            path = ("api", "export", export_id)
            answer = await self._transport.request("DELETE", *path)
            answer.json(dict)

    async def jobs(self, *, fresh: bool = False) -> tuple[ExportJob, ...]:
        """Return the jobs that wait or run (`GET /api/jobs/export`); none before 0.18.

        Raises:
            FrigateDataError: the answer is no list of jobs.
        """
        if not (await self._system.ensure_capabilities()).has_export_jobs:
            return ()
        path = ("api", "jobs", "export")
        answer = await self._transport.request("GET", *path, fresh=fresh)
        return _each(answer, ExportJob.from_api)

    async def job(self, export_id: str, *, fresh: bool = False) -> ExportJob | None:
        """Return the job of an export (`GET /api/jobs/export/<id>`).

        Before 0.18, where the server tells of no jobs, that is None.

        Raises:
            FrigateNotFoundError: there is none, or it ended 5 seconds ago.
            FrigateDataError: the answer is no job.
        """
        if not (await self._system.ensure_capabilities()).has_export_jobs:
            return None
        path = ("api", "jobs", "export", export_id)
        answer = await self._transport.request("GET", *path, fresh=fresh)
        return _one(answer, ExportJob.from_api(answer.json(dict)))

    async def files(self) -> tuple[ExportFile, ...]:
        """Return the files of the exports, as nginx lists them (`GET /exports/`).

        A proxy may want another login for files than for the API. That is not one that
        was lost, so none is made anew for them.

        Raises:
            FrigateAuthError: a proxy shows them to others, or `list` would log in first.
            FrigateForbiddenError: 0.18 does not list them for a restricted role.
            FrigateDataError: the answer is no list of files.
        """
        answer = await self._transport.request("GET", "exports", "", logs_in=False)
        return _each(answer, ExportFile.from_api)


def _file_name(path: Any) -> str | None:
    return PurePosixPath(path).name or None if isinstance(path, str) else None


def _one[T](answer: Answer, value: T | None) -> T:
    if value is None:
        raise FrigateDataError("An export without an id", answer.status)
    return value


def _each[T](answer: Answer, read: Reader[T]) -> tuple[T, ...]:
    return tuple(_one(answer, read(as_dict(one))) for one in answer.json(list))
