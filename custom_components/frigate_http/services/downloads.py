"""Actions that download clips, exports, events and snapshots to files."""

import asyncio
from functools import partial
from pathlib import Path

import voluptuous as vol

from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from ..aiofrigate import EventMedia, Export, FrigateForbiddenError, FrigateNotFoundError
from ..const import LOGGER
from ..dates import as_datetime, as_local_iso
from ..downloads.clip import ClipJob
from ..downloads.job import Job
from ..downloads.jobs import EventJob, ExportJob, SnapshotJob
from ..downloads.paths import DownloadPaths
from ..downloads.saving import run_blocking
from ..downloads.workspace import check_free, free_path
from ..errors import action_error, validation_error
from ..periods import PERIOD_FIELDS, duration, latest_now, period_of, timestamp
from .action import CameraAction, CameraCall, ServerAction, ServerCall
from .export_polling import ExportPoller
from .fields import BOOLEAN, IDENTIFIER, text

FILENAME, OVERWRITE, WAIT = "filename", "overwrite", "wait_for_result"
TIMESTAMP, MEDIA_TYPE = "timestamp", "media_type"
CHUNK, JOIN = "chunk_duration", "join"
MAX_CLIP_DURATION = 86400.0
MIN_CHUNK_DURATION, MAX_CHUNK_DURATION, DEFAULT_CHUNK_DURATION = 10.0, 3600.0, 60.0
EXPORT_TIMEOUT = 3600
"""Seconds to wait for an export in progress."""
_VIDEO_SUFFIXES = (".mp4",)
_IMAGE_SUFFIXES = (".jpg", ".jpeg")
_EVENT_MEDIA: dict[str, tuple[EventMedia, tuple[str, ...]]] = {
    "clip": ("clip.mp4", _VIDEO_SUFFIXES),
    "snapshot": ("snapshot.jpg", _IMAGE_SUFFIXES),
    "thumbnail": ("thumbnail.jpg", _IMAGE_SUFFIXES),
    "preview": ("preview.gif", (".gif",)),
}

_FILE_FIELDS: VolDictType = {
    vol.Optional(FILENAME): text(1000),
    vol.Optional(OVERWRITE, default=False): BOOLEAN,
    vol.Optional(WAIT, default=True): BOOLEAN,
}


# Starting, and waiting for the end


async def _download(
    call: ServerCall,
    job: Job,
    suffixes: tuple[str, ...],
    default: str,
    about: JsonObjectType,
) -> JsonObjectType:
    """Start a download; wait for its response, unless `wait_for_result` is off.

    Args:
        call: the call, with the fields that all downloads have in common.
        job: what to download.
        suffixes: the suffixes that the file may have, the usual one first.
        default: path of the file if the caller gives no filename; see `_default_path`.
        about: fields of the response that describe what is downloaded.
    """
    overwrite = call.data[OVERWRITE]
    _check_right_to_overwrite(call)
    paths, downloads = DownloadPaths(call.hass), call.runtime.downloads
    if (filename := call.data.get(FILENAME)) is not None:
        target = paths.path_from_filename(filename, suffixes)
        await run_blocking(call.hass, paths.check, target)
        if not overwrite:
            await run_blocking(call.hass, check_free, target)
    else:
        target = paths.default_path(call.entry, default + suffixes[0])
        target = await run_blocking(
            call.hass, free_path, target, downloads.reserved_targets
        )
        while target in downloads.reserved_targets:
            # Another download has reserved the path while the executor was at work.
            target = await run_blocking(
                call.hass, free_path, target, downloads.reserved_targets
            )
    about = {**about, "config_entry_id": call.entry.entry_id}
    task = downloads.async_start(target, job, about, overwrite=overwrite)
    if call.data[WAIT]:
        return await _wait_for_result(task)
    task.add_done_callback(partial(_log_failure, target))
    media_location = paths.media_location(target)
    return {
        **about,
        "path": str(target),
        "media_content_id": media_location.media_content_id,
        "url": media_location.url,
        "in_progress": True,
    }


def _check_right_to_overwrite(call: ServerCall) -> None:
    """Allow only administrators and automations to overwrite files."""
    user = call.permissions.user
    if call.data[OVERWRITE] and user is not None and not user.is_admin:
        raise Unauthorized(user_id=user.id)


async def _wait_for_result(task: asyncio.Task[JsonObjectType]) -> JsonObjectType:
    """Wait for the result of a download; cancelling the caller cancels the download."""
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if task.cancelled():
            # The download was cancelled by unloading its config entry, not the caller.
            raise action_error("download_cancelled") from None
        task.cancel()
        await asyncio.wait([task])
        raise


def _log_failure(target: Path, task: asyncio.Task[JsonObjectType]) -> None:
    """Log the failure of a download that nobody waits for."""
    if task.cancelled() or (err := task.exception()) is None:
        return
    if isinstance(err, HomeAssistantError):
        LOGGER.warning("The download of %s failed: %s", target, err)
    else:
        LOGGER.error("The download of %s failed", target, exc_info=err)


def _default_path(subject: str | None, when: float | None, kind: str = "") -> str:
    """Return a path of camera, day and time, in Home Assistant's time zone."""
    time = dt_util.as_local(as_datetime(when) or dt_util.utcnow()).strftime(
        "%Y-%m-%d/%H-%M-%S"
    )
    return f"{subject or 'other'}/{time}{kind}"


# What there is to download


def _about_camera(call: CameraCall) -> JsonObjectType:
    """Return the fields that describe the camera of a download.

    Raises:
        ServiceValidationError: the call has one filename for several cameras.
    """
    if FILENAME in call.data and not call.is_alone:
        raise validation_error("one_filename")
    return {"camera": call.camera, "entity_id": call.entity_id}


async def _download_clip(call: CameraCall) -> JsonObjectType:
    about = _about_camera(call)
    period = period_of(call.data, call.client.clock)
    if period.end - period.start > MAX_CLIP_DURATION:
        raise validation_error("clip_too_long", hours=f"{MAX_CLIP_DURATION / 3600:.0f}")
    about |= {"start": as_local_iso(period.start), "end": as_local_iso(period.end)}
    job = ClipJob(
        hass=call.hass,
        client=call.client,
        camera=call.camera,
        period=period,
        chunk_duration=call.data[CHUNK],
        join=call.data[JOIN],
    )
    return await _download(
        call, job, _VIDEO_SUFFIXES, _default_path(call.camera, period.start), about
    )


async def _download_snapshot(call: CameraCall) -> JsonObjectType:
    about = _about_camera(call)
    at: float | None = call.data.get(TIMESTAMP)
    if at is not None and at > latest_now(call.client.clock):
        raise validation_error("bad_times")
    job = SnapshotJob(
        hass=call.hass, client=call.client, camera=call.camera, timestamp=at
    )
    path = _default_path(call.camera, at, "_snapshot")
    about["time"] = as_local_iso(dt_util.utcnow().timestamp() if at is None else at)
    return await _download(call, job, _IMAGE_SUFFIXES, path, about)


async def _download_event(call: ServerCall) -> JsonObjectType:
    event_id, kind = call.data["event_id"], call.data[MEDIA_TYPE]
    try:
        event = await call.client.events.get(event_id)
    except FrigateNotFoundError as err:
        call.permissions.require_every_camera()
        raise action_error("not_known", name=event_id) from err
    except FrigateForbiddenError:
        call.permissions.require_every_camera()
        raise
    call.permissions.require_control(event.camera)
    media, suffixes = _EVENT_MEDIA[kind]
    job = EventJob(hass=call.hass, client=call.client, event=event, media=media)
    about: JsonObjectType = {
        "event_id": event_id,
        **call.camera_fields(event.camera),
        "start": as_local_iso(event.start),
        "end": as_local_iso(event.end),
    }
    path = _default_path(event.camera, event.start, f"_{kind}")
    return await _download(call, job, suffixes, path, about)


async def _download_export(call: ServerCall) -> JsonObjectType:
    export_id = call.data["export_id"]
    export = await _find_export(call, export_id)
    poller = ExportPoller(call.client, export_id, EXPORT_TIMEOUT)
    job = ExportJob(
        hass=call.hass,
        client=call.client,
        export_id=export_id,
        wait_until_finished=poller.async_wait_until_finished,
        camera_fields=call.camera_fields,
    )
    about: JsonObjectType = {"export_id": export_id}
    camera = None if export is None else export.camera
    start = None if export is None else export.start
    return await _download(
        call, job, _VIDEO_SUFFIXES, _default_path(camera, start, "_export"), about
    )


async def _find_export(call: ServerCall, export_id: str) -> Export | None:
    """Return an export, or None while it is in Frigate's queue.

    Raises:
        HomeAssistantError: the export does not exist.
        Unauthorized: the caller may not control the camera of the export.
    """
    # The list, as Frigate 0.18 does not return a single export that belongs to a case.
    for export in await call.client.exports.list(fresh=True):
        if export.id == export_id:
            call.permissions.require_control(export.camera)
            return export
    for job in await call.client.exports.jobs(fresh=True):
        if job.id == export_id:
            call.permissions.require_control(job.camera)
            return None
    call.permissions.require_every_camera()
    raise action_error("not_known", name=export_id)


ACTIONS = (
    CameraAction(
        name="download_clip",
        handler=_download_clip,
        changes_server=False,
        fields={
            **PERIOD_FIELDS,
            **_FILE_FIELDS,
            vol.Optional(CHUNK, default=DEFAULT_CHUNK_DURATION): duration(
                CHUNK, MAX_CHUNK_DURATION, MIN_CHUNK_DURATION
            ),
            vol.Optional(JOIN, default=True): BOOLEAN,
        },
    ),
    ServerAction(
        name="download_export",
        handler=_download_export,
        changes_server=False,
        fields={vol.Required("export_id"): IDENTIFIER, **_FILE_FIELDS},
    ),
    ServerAction(
        name="download_event",
        handler=_download_event,
        changes_server=False,
        fields={
            vol.Required("event_id"): IDENTIFIER,
            vol.Optional(MEDIA_TYPE, default="clip"): vol.In(tuple(_EVENT_MEDIA)),
            **_FILE_FIELDS,
        },
    ),
    CameraAction(
        name="download_snapshot",
        handler=_download_snapshot,
        changes_server=False,
        fields={vol.Optional(TIMESTAMP): timestamp(TIMESTAMP), **_FILE_FIELDS},
    ),
)
