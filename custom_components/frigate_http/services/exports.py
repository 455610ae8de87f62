"""Actions for exports: videos that Frigate makes from its recordings and keeps."""

import voluptuous as vol

from homeassistant.util.json import JsonObjectType

from ..aiofrigate import (
    TIMELAPSE,
    Export,
    ExportJob,
    FrigateBadRequestError,
    FrigateError,
    FrigateNotFoundError,
    FrigateStartingError,
)
from ..dates import as_local_iso
from ..downloads.footage import async_wait_for_footage, async_wait_until
from ..errors import action_error, async_handle_lost_login, validation_error
from ..media_links import NO_EXPORT
from ..periods import PERIOD_FIELDS, Period, period_of
from ..runtime import FrigateRuntime
from .action import CameraAction, CameraCall, ServerAction, ServerCall
from .export_deletion import async_delete_exports
from .export_errors import not_listed_error, polling_failed_error
from .export_polling import ExportPoller
from .fields import BOOLEAN, IDENTIFIER, list_of, text, whole_number
from .targets import CAMERAS, cameras_to_list

MAX_NAME_LENGTH = 256
MAX_TIMEOUT = 3600
IMAGE_FOLDER = "/media/frigate/clips/"
_NOTHING_RECORDED = "No recordings"
_QUEUE_FULL = "queue is full"


def _in_image_folder(path: str) -> str:
    """Validate that a path is below the folder from which Frigate takes images."""
    if not path.startswith(IMAGE_FOLDER) or ".." in path or path.endswith("/"):
        raise validation_error("bad_image_path", folder=IMAGE_FOLDER)
    return path


_IMAGE_PATH = vol.All(text(MAX_NAME_LENGTH), _in_image_folder)


def _video_url(runtime: FrigateRuntime, export: Export) -> str | None:
    """Return the URL of the video for a browser; None while it is in progress.

    The browser has to be logged in to Frigate: the URL contains no token.
    """
    if export.in_progress is not False or export.file is None:
        return None
    return f"{runtime.server.browser_url}/exports/{export.file}"


# Creating


async def _create_export(call: CameraCall) -> JsonObjectType:
    period = period_of(call.data, call.client.clock)
    if "image_path" in call.data:
        # The image may show any camera.
        call.permissions.require_read(None)
    if call.data["source"] == "recordings":
        is_whole = await async_wait_for_footage(call.client, call.camera, period)
    else:
        # Previews do not reach the disk late, unlike recordings.
        await async_wait_until(call.client, period.end)
        is_whole = True
    export_id = await _start_export(call, period)
    answer: JsonObjectType = {
        "export_id": export_id,
        **call.camera_fields(call.camera),
        "start": as_local_iso(period.start),
        "end": as_local_iso(period.end),
    }
    if not is_whole:
        answer["incomplete"] = True
    await call.runtime.exports.async_track(export_id)
    if call.data["wait_for_result"]:
        answer |= await _wait_for_result(call, export_id)
    return answer


async def _start_export(call: CameraCall, period: Period) -> str:
    """Start an export and return its id."""
    data = call.data
    try:
        return await call.client.exports.create(
            call.camera,
            period.start,
            period.end,
            name=data.get("name"),
            source=data["source"],
            image_path=data.get("image_path"),
            playback=data["playback"],
        )
    except FrigateBadRequestError as err:
        if err.message.startswith(_NOTHING_RECORDED):
            raise action_error("nothing_recorded", camera=call.camera) from err
        raise
    except FrigateStartingError as err:
        if _QUEUE_FULL in err.message:
            raise action_error("export_queue_full") from err
        raise


async def _wait_for_result(call: CameraCall, export_id: str) -> JsonObjectType:
    """Return the result of an export, and refresh the sensors whatever it is."""
    runtime, timeout = call.runtime, call.data["timeout"]
    try:
        export = await ExportPoller(
            call.client, export_id, timeout
        ).async_wait_until_finished()
    except FrigateError as err:
        async_handle_lost_login(call.hass, call.entry, err)
        raise polling_failed_error(export_id, err) from err
    finally:
        await runtime.exports.async_refresh_past_cache()
    return {
        "name": export.name,
        "in_progress": False,
        "url": _video_url(runtime, export),
        **call.links.to_export(export),
    }


# Reading


async def _get_exports(call: ServerCall) -> JsonObjectType:
    cameras = cameras_to_list(call.permissions, call.data.get("cameras"))
    if cameras == []:
        return {"exports": []}
    in_progress: bool | None = call.data.get("in_progress")
    waits = in_progress is not False
    jobs = await call.runtime.exports.async_active_jobs(fresh=True) if waits else ()
    exports = await call.client.exports.list(fresh=True)
    listed = {export.id for export in exports}
    return {
        "exports": [
            *(
                _job_as_json(call, job)
                for job in jobs
                if job.id not in listed and (cameras is None or job.camera in cameras)
            ),
            *(
                _as_json(call, export)
                for export in exports
                if (cameras is None or export.camera in cameras)
                and in_progress in (None, export.in_progress)
            ),
        ]
    }


def _job_as_json(call: ServerCall, job: ExportJob) -> JsonObjectType:
    """Return a queued export, which Frigate does not list among the exports yet."""
    return {
        "export_id": job.id,
        **call.camera_fields(job.camera),
        "name": job.name,
        "start": as_local_iso(job.start),
        "in_progress": True,
        "queued": True,
        "case_id": job.case_id,
        "url": None,
        **NO_EXPORT,
    }


def _as_json(call: ServerCall, export: Export) -> JsonObjectType:
    return {
        "export_id": export.id,
        **call.camera_fields(export.camera),
        "name": export.name,
        "start": as_local_iso(export.start),
        "in_progress": export.in_progress,
        "queued": False,
        "case_id": export.case_id,
        "url": _video_url(call.runtime, export),
        **call.links.to_export(export),
    }


# Changing


async def _rename_export(call: ServerCall) -> JsonObjectType:
    export_id, name = call.data["export_id"], call.data["name"]
    try:
        await call.client.exports.rename(export_id, name)
    except FrigateNotFoundError as err:
        jobs = {
            job.id for job in await call.runtime.exports.async_active_jobs(fresh=True)
        }
        raise not_listed_error(export_id, is_queued=export_id in jobs) from err
    await call.runtime.exports.async_refresh_past_cache()
    return {"export_id": export_id, "name": name}


ACTIONS = (
    CameraAction(
        name="create_export",
        handler=_create_export,
        fields={
            **PERIOD_FIELDS,
            vol.Optional("name"): text(MAX_NAME_LENGTH),
            vol.Optional("playback", default="realtime"): vol.In(
                ("realtime", TIMELAPSE)
            ),
            vol.Optional("source", default="recordings"): vol.In(
                ("recordings", "preview")
            ),
            vol.Optional("image_path"): _IMAGE_PATH,
            vol.Optional("wait_for_result", default=False): BOOLEAN,
            vol.Optional("timeout", default=600): whole_number(1, MAX_TIMEOUT),
        },
    ),
    ServerAction(
        name="get_exports",
        handler=_get_exports,
        fields={
            vol.Optional("cameras"): CAMERAS,
            vol.Optional("in_progress"): BOOLEAN,
        },
        is_query=True,
    ),
    ServerAction(
        name="rename_export",
        handler=_rename_export,
        fields={
            vol.Required("export_id"): IDENTIFIER,
            vol.Required("name"): text(MAX_NAME_LENGTH),
        },
    ),
    ServerAction(
        name="delete_exports",
        handler=async_delete_exports,
        fields={
            vol.Required("export_ids"): list_of(IDENTIFIER),
        },
    ),
)
