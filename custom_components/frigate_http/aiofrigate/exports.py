"""Exports: videos that Frigate makes from recordings, and the jobs that make them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Literal, Self

from .error_mapping import http_date, shown_or_none
from .errors import FrigateNotFoundError, FrigateServerError, FrigateStartingError
from .models import StillImage
from .parsing import as_bool, as_dict, as_float, as_name, as_str, as_timestamp
from .redaction import Mask
from .resource import Resource
from .routes import route
from .system import System
from .thumbnails import clips_path, clips_route, get_thumbnail
from .transport import Transport

type Source = Literal["recordings", "preview"]

TIMELAPSE = "timelapse_25x"
"""The playback of an export that is 25 times as fast."""

_WITHOUT_ID = "An export without an id"
_ACTIVE = frozenset({"queued", "running"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An export, finished or in progress."""

    id: str
    camera: str | None
    name: str | None
    start: float | None
    """Start of the recording, in seconds since the epoch; not when it was exported."""
    file: str | None
    """Name of the file below `/exports`."""
    in_progress: bool | None
    case_id: str | None
    """The case that it belongs to; since 0.18."""
    thumbnail_path: str | None = None
    """Path below `/clips/export/`; None if it has none, for now or for ever."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"id", "camera", "name", "date", "video_path", ...}`; None without id."""
        if (export_id := as_name(data.get("id"))) is None:
            return None
        case = data.get("export_case")
        return cls(
            id=export_id,
            camera=as_name(data.get("camera")),
            name=as_str(data.get("name")),
            start=as_timestamp(data.get("date")),
            file=_file_name(data.get("video_path")),
            in_progress=as_bool(data.get("in_progress")),
            case_id=as_name(case) or as_name(as_dict(case).get("id")),
            thumbnail_path=clips_path("export", as_str(data.get("thumb_path"))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportJob:
    """The job that makes an export; since 0.18, until 5 seconds after its end."""

    id: str
    status: str | None
    """`queued`, `running`, `success`, `failed` or `cancelled`."""
    camera: str | None
    name: str | None
    start: float | None
    """Start of the recording, in seconds since the epoch."""
    case_id: str | None
    progress: float | None
    """Percent."""
    error: str | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any], mask: Mask) -> Self | None:
        """Read `{"id", "status", "progress_percent", ...}`; None without an id.

        The mask is for the error.
        """
        if (job_id := as_name(data.get("id"))) is None:
            return None
        return cls(
            id=job_id,
            status=as_name(data.get("status")),
            camera=as_name(data.get("camera")),
            name=as_str(data.get("name")),
            start=as_timestamp(data.get("request_start_time")),
            case_id=as_name(data.get("export_case_id")),
            progress=as_float(data.get("progress_percent")),
            error=shown_or_none(data.get("error_message"), mask),
        )

    @property
    def is_active(self) -> bool:
        """Return whether it is queued or running."""
        return self.status in _ACTIVE


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file in the exports folder of the server."""

    name: str
    modified: datetime | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `{"name", "type": "file", "mtime", "size"}`; None without a name."""
        if (name := as_name(data.get("name"))) is None:
            return None
        return cls(name, http_date(as_name(data.get("mtime")) or ""))


class Exports(Resource):
    """Exports of the cameras that the account may see.

    Frigate's cache of 5 seconds shows exports as in progress after they have finished:
    `fresh` bypasses it.
    """

    def __init__(self, transport: Transport, system: System) -> None:
        """Send everything through a transport, as the version of the server wants it."""
        super().__init__(transport)
        self._system = system

    async def list(self, *, fresh: bool = False) -> tuple[Export, ...]:
        """Return finished exports and those in progress (`GET /api/exports`).

        Since 0.18, queued exports are not in the list.

        Raises:
            FrigateDataError: the answer is not a list of exports.
        """
        answer = await self._transport.request("GET", "/api/exports", fresh=fresh)
        return answer.models(Export.from_api, _WITHOUT_ID)

    async def get(self, export_id: str, *, fresh: bool = False) -> Export:
        """Return one export (`GET /api/exports/{export_id}`).

        Raises:
            FrigateNotFoundError: there is no such export, or it is still queued.
            FrigateServerError: it belongs to a case, for which 0.18 fails here; `list`
                returns it.
            FrigateDataError: the answer is not an export.
        """
        target = route("/api/exports/{export_id}", export_id=export_id)
        answer = await self._transport.request("GET", target, fresh=fresh)
        return answer.required(Export.from_api(answer.json(dict)), _WITHOUT_ID)

    async def find(self, export_id: str, *, fresh: bool = False) -> Export:
        """Return one export, also where `get` fails because it belongs to a case.

        Raises:
            FrigateNotFoundError: there is no such export, or it is still queued.
            FrigateDataError: the answer is not an export.
        """
        try:
            return await self.get(export_id, fresh=fresh)
        except FrigateServerError as err:
            if isinstance(err, FrigateStartingError):
                raise
        for one in await self.list(fresh=fresh):
            if one.id == export_id:
                return one
        raise FrigateNotFoundError("Export not found", 404)

    async def thumbnail(self, export: Export) -> StillImage:
        """Return the thumbnail of an export (`GET /clips/export/{file}`).

        Raises:
            FrigateArgumentError: it has none.
            FrigateNotFoundError: its file is not there, or not yet.
            FrigateForbiddenError: since 0.18, for a restricted role.
            FrigateDataError: the answer is not an image.
        """
        target = clips_route("export", _file_name(export.thumbnail_path) or "")
        return await get_thumbnail(self._transport, target)

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
        """Start an export and return its id.

        `POST /api/export/{camera}/start/{start}/end/{end}`; since 0.18, a time-lapse has
        a route of its own, `POST /api/export/custom/{camera}/start/{start}/end/{end}`.

        Args:
            camera: name of the camera.
            start: start of the recording, in seconds since the epoch.
            end: end of the recording, after the start. If it is before the start, Frigate
                accepts the export and it disappears.
            name: at most 256 characters; without one, Frigate generates it.
            source: `recordings` (default) or `preview`.
            image_path: thumbnail of the export, a file below `/media/frigate/clips`.
            playback: `realtime` or `timelapse_25x`.

        Raises:
            FrigateBadRequestError: nothing is recorded in this period, or the path is
                not allowed.
            FrigateNotFoundError: there is no such camera.
            FrigateStartingError: the queue of 0.18 is full.
            FrigateDataError: the answer contains no id.
        """
        template = "/api/export/{camera}/start/{start}/end/{end}"
        body = {"name": name, "source": source, "image_path": image_path}
        if not (await self._system.ensure_capabilities()).has_export_jobs:
            body["playback"] = playback
        elif playback == TIMELAPSE:
            # On the usual route, 0.18 silently ignores the playback.
            template = "/api/export/custom/{camera}/start/{start}/end/{end}"
        # Frigate requires a body, even if it is an empty object.
        data = {key: value for key, value in body.items() if value is not None}
        target = route(template, camera=camera, start=start, end=end)
        answer = await self._transport.request("POST", target, data=data)
        return answer.required(as_name(answer.json(dict).get("export_id")), _WITHOUT_ID)

    async def rename(self, export_id: str, name: str) -> None:
        """Rename an export (`PATCH /api/export/{export_id}/rename`).

        Raises:
            FrigateForbiddenError: the account is not an administrator's.
            FrigateNotFoundError: there is no such export.
        """
        target = route("/api/export/{export_id}/rename", export_id=export_id)
        answer = await self._transport.request("PATCH", target, data={"name": name})
        answer.json(dict)

    async def delete(self, export_ids: Collection[str]) -> None:
        """Delete exports.

        Since 0.18, all of them or none (`POST /api/exports/delete`). Before, one after
        the other (`DELETE /api/export/{export_id}`) until the first error.

        Raises:
            FrigateForbiddenError: the account is not an administrator's.
            FrigateNotFoundError: one of them does not exist, is queued, or is given twice.
            FrigateBadRequestError: one of them is in progress.
        """
        if (await self._system.ensure_capabilities()).has_export_jobs:
            data = {"ids": [*export_ids]}
            answer = await self._transport.request(
                "POST", "/api/exports/delete", data=data
            )
            answer.json(dict)
            return
        for export_id in export_ids:
            target = route("/api/export/{export_id}", export_id=export_id)
            answer = await self._transport.request("DELETE", target)
            answer.json(dict)

    async def jobs(self, *, fresh: bool = False) -> tuple[ExportJob, ...]:
        """Return the jobs that are queued or running; none before 0.18.

        `GET /api/jobs/export`.

        Raises:
            FrigateDataError: the answer is not a list of jobs.
        """
        if not (await self._system.ensure_capabilities()).has_export_jobs:
            return ()
        answer = await self._transport.request("GET", "/api/jobs/export", fresh=fresh)
        read = partial(ExportJob.from_api, mask=answer.mask)
        return answer.models(read, _WITHOUT_ID)

    async def job(self, export_id: str, *, fresh: bool = False) -> ExportJob | None:
        """Return the job of an export; None before 0.18, which has no jobs.

        `GET /api/jobs/export/{export_id}`.

        Raises:
            FrigateNotFoundError: there is none, or it ended more than 5 seconds ago.
            FrigateDataError: the answer is not a job.
        """
        if not (await self._system.ensure_capabilities()).has_export_jobs:
            return None
        target = route("/api/jobs/export/{export_id}", export_id=export_id)
        answer = await self._transport.request("GET", target, fresh=fresh)
        job = ExportJob.from_api(answer.json(dict), answer.mask)
        return answer.required(job, _WITHOUT_ID)

    async def files(self) -> tuple[ExportFile, ...]:
        """Return the files in the exports folder, as nginx lists them (`GET /exports/`).

        A proxy may require another login for files than for the API. A new login at
        Frigate would not help there, so none is made.

        Raises:
            FrigateAuthError: a proxy refuses the files, or the login was lost.
            FrigateForbiddenError: 0.18 does not list them for a restricted role.
            FrigateDataError: the answer is not a list of files.
        """
        answer = await self._transport.request("GET", "/exports/", renews_login=False)
        return answer.models(ExportFile.from_api, _WITHOUT_ID)


def _file_name(path: Any) -> str | None:
    text = as_str(path)
    return None if text is None else as_name(PurePosixPath(text).name)
