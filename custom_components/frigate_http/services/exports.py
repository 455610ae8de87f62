"""Actions for exports: films that Frigate makes of its recordings and keeps."""

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
from ..periods import PERIOD_FIELDS, Period, period_of
from ..runtime import FrigateRuntime
from .action import CameraAction, CameraCall, ServerAction, ServerCall
from .export_errors import unlisted, unwatched
from .export_removal import async_delete_exports
from .export_watch import Watch
from .fields import BOOLEAN, IDENTIFIER, each, text, whole_number
from .targets import CAMERAS, cameras_to_list

LONGEST_NAME = 256
LONGEST_TIMEOUT = 3600
PICTURES = "/media/frigate/clips/"
_NOTHING_RECORDED = "No recordings"
_QUEUE_FULL = "queue is full"


def _below_pictures(path: str) -> str:
    """Accept a file below the folder that Frigate takes pictures from."""
    if not path.startswith(PICTURES) or ".." in path or path.endswith("/"):
        raise validation_error("bad_image_path", folder=PICTURES)
    return path


_IMAGE_PATH = vol.All(text(LONGEST_NAME), _below_pictures)


def _url(runtime: FrigateRuntime, export: Export) -> str | None:
    """Return where a browser that is logged in to Frigate, if need be, plays the film.

    It is the address that people use, not necessarily ours, and holds no token. There is
    nothing to see while the export is in progress.
    """
    if export.in_progress is not False or export.file is None:
        return None
    return f"{runtime.server.browser_url}/exports/{export.file}"


# Creating


async def _create_export(call: CameraCall) -> JsonObjectType:
    period = period_of(call.data)
    if "image_path" in call.data:
        # The picture may be of any camera.
        call.permissions.require_read(None)
    if call.data["source"] == "recordings":
        is_whole = await async_wait_for_footage(call.client, call.camera, period)
    else:
        # Previews are made of the live picture, which does not reach the disk late.
        await async_wait_until(period.end)
        is_whole = True
    export_id = await _begin(call, period)
    answer: JsonObjectType = {
        "export_id": export_id,
        "camera": call.camera,
        "start": as_local_iso(period.start),
        "end": as_local_iso(period.end),
    }
    if not is_whole:
        answer["incomplete"] = True
    await call.runtime.exports.async_track(export_id)
    if call.data["wait_for_result"]:
        answer |= await _result(call, export_id)
    return answer


async def _begin(call: CameraCall, period: Period) -> str:
    """Begin an export and return its id."""
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


async def _result(call: CameraCall, export_id: str) -> JsonObjectType:
    """Return the export once it is finished, whatever becomes of it shown at once."""
    runtime, timeout = call.runtime, call.data["timeout"]
    try:
        export = await Watch(call.client, export_id, timeout).async_finished()
    except FrigateError as err:
        async_handle_lost_login(call.hass, call.entry, err)
        raise unwatched(export_id, err) from err
    finally:
        await runtime.exports.async_refresh_past_cache()
    return {"name": export.name, "in_progress": False, "url": _url(runtime, export)}


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
                _shown_job(job)
                for job in jobs
                if job.id not in listed and (cameras is None or job.camera in cameras)
            ),
            *(
                _shown(call.runtime, export)
                for export in exports
                if (cameras is None or export.camera in cameras)
                and in_progress in (None, export.in_progress)
            ),
        ]
    }


def _shown_job(job: ExportJob) -> JsonObjectType:
    """Return an export that is in no list of Frigate's until the work on it begins."""
    return {
        "export_id": job.id,
        "camera": job.camera,
        "name": job.name,
        "start": as_local_iso(job.start),
        "in_progress": True,
        "queued": True,
        "case_id": job.case_id,
        "url": None,
    }


def _shown(runtime: FrigateRuntime, export: Export) -> JsonObjectType:
    return {
        "export_id": export.id,
        "camera": export.camera,
        "name": export.name,
        "start": as_local_iso(export.start),
        "in_progress": export.in_progress,
        "queued": False,
        "case_id": export.case_id,
        "url": _url(runtime, export),
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
        raise unlisted(export_id, is_queued=export_id in jobs) from err
    await call.runtime.exports.async_refresh_past_cache()
    return {"export_id": export_id, "name": name}


ACTIONS = (
    CameraAction(
        name="create_export",
        handler=_create_export,
        fields={
            **PERIOD_FIELDS,
            vol.Optional("name"): text(LONGEST_NAME),
            vol.Optional("playback", default="realtime"): vol.In(
                ("realtime", TIMELAPSE)
            ),
            vol.Optional("source", default="recordings"): vol.In(
                ("recordings", "preview")
            ),
            vol.Optional("image_path"): _IMAGE_PATH,
            vol.Optional("wait_for_result", default=False): BOOLEAN,
            vol.Optional("timeout", default=600): whole_number(1, LONGEST_TIMEOUT),
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
            vol.Required("name"): text(LONGEST_NAME),
        },
    ),
    ServerAction(
        name="delete_exports",
        handler=async_delete_exports,
        fields={
            vol.Required("export_ids"): each(IDENTIFIER),
        },
    ),
)
