"""The routes of the exports that both versions have, and the deletion of 0.17."""

from datetime import UTC, datetime

from .accounts import admins_only
from .answers import Answer, Json, failure, json_answer, server_error
from .call import Call, path_floats
from .export_requests import ExportRequest, read_name, read_request
from .exporter import Export, Exporter, random_name
from .footage import HOUR, found_in, previews
from .rights import camera_refusal
from .route import route
from .state import ServerState

TIMELAPSE = 25


def exporter_of(call: Call) -> Exporter:
    """Return the exporter, which each request finds a step further."""
    call.state.exporter.advance(call.state.clock())
    return call.state.exporter


def row(state: ServerState, export: Export) -> dict[str, Json]:
    """Return an export as the lists show it."""
    shown: dict[str, Json] = {
        "id": export.id,
        "camera": export.camera,
        "name": export.name,
        "date": int(export.start),
        **export.paths(),
        "in_progress": export.in_progress,
    }
    return shown | {"export_case": export.case} if state.is_018 else shown


def list_route(call: Call) -> Answer:
    """List the exports; the filters are those of 0.18."""
    exports = exporter_of(call).look()
    allowed = call.state.allowed_cameras(call.role)
    if call.state.restricted(call.role):
        exports = [each for each in exports if each.camera in allowed]
    if call.state.is_018:
        exports = [each for each in exports if _fits(call, each)]
    return json_answer([row(call.state, each) for each in exports])


def _fits(call: Call, export: Export) -> bool:
    case = call.query.get("export_case_id")
    cameras = call.query.get("cameras", "all")
    if case is not None and (export.case or "unassigned") != case:
        return False
    if cameras != "all" and export.camera not in cameras.split(","):
        return False
    first = float(call.query.get("start_date") or export.start)
    last = float(call.query.get("end_date") or export.start)
    return first <= export.start <= last


def one_route(call: Call, export_id: str) -> Answer:
    """Return one export; 0.18 falls over one that lies in a case."""
    rows = exporter_of(call).look()
    export = next((each for each in rows if each.id == export_id), None)
    if export is None:
        return failure("Export not found", 404)
    if (refusal := camera_refusal(call, export.camera)) is not None:
        return refusal
    if export.case is not None:
        return server_error()
    return json_answer(row(call.state, export))


def _preview_exists(call: Call, camera: str, start: float, end: float) -> bool:
    running_hour = call.state.clock() // HOUR * HOUR
    if start >= running_hour:
        return True
    videos = previews(call.state, camera)
    return any(first <= start and end <= last for first, last in videos)


def default_name(camera: str, start: float, end: float) -> str:
    """Return the name of an export nobody has given one."""
    times = (datetime.fromtimestamp(each, UTC) for each in (start, end))
    texts = " ".join(f"{each:%Y-%m-%d %H:%M:%S}" for each in times)
    return f"{camera.replace('_', ' ')} {texts}"


def create(
    call: Call, camera: str, times: list[float], wanted: ExportRequest
) -> Export:
    """Make an export; one with swapped times, or of a preview that is not there, fails."""
    start, end = times
    exporter, outcome = call.state.exporter, call.state.exporter.outcome
    found = wanted.source == "recordings" or _preview_exists(call, camera, start, end)
    export = Export(
        f"{camera}_{random_name(6)}",
        camera,
        wanted.name or default_name(camera, start, end),
        start,
        end,
        TIMELAPSE if wanted.timelapse else 1,
        wanted.source,
        wanted.image_path,
        wanted.case,
        outcome if found and start < end else "fail",
        looks_until_seen=exporter.looks_until_seen,
    )
    exporter.exports.append(export)
    exporter.begin(call.state.clock())
    return export


def _refusal(
    call: Call, camera: str, times: list[float], wanted: ExportRequest
) -> Answer | None:
    if camera not in call.state.cameras:
        return failure(f"{camera} is not a valid camera.", 404)
    if not wanted.image_allowed:
        return failure("Invalid image path", 400)
    if wanted.case is not None and call.role != "admin":
        text = "Only admins can attach exports to an existing case."
        return failure(text, 403)
    if wanted.case is not None and wanted.case not in call.state.cases:
        return failure("Export case not found", 404)
    if wanted.source == "recordings" and not found_in(call.state, camera, *times):
        return failure("No recordings found for time range", 400)
    if wanted.forbidden is not None:
        text = f"Forbidden ffmpeg argument: {wanted.forbidden}"
        return failure(f"Invalid ffmpeg output arguments: {text}", 400)
    exporter = exporter_of(call)
    if exporter.queues and len(exporter.waiting) >= exporter.room:
        text = "Export queue is full. Try again once current exports finish."
        return failure(text, 503)
    return None


def _create(call: Call, camera: str, start: str, end: str, *, custom: bool) -> Answer:
    if (refusal := camera_refusal(call, camera)) is not None:
        return refusal
    times, wanted = (
        path_floats(start_time=start, end_time=end),
        read_request(call, custom),
    )
    for each in (times, wanted):
        if isinstance(each, Answer):
            return each
    assert isinstance(times, list)
    assert isinstance(wanted, ExportRequest)
    if (refusal := _refusal(call, camera, times, wanted)) is not None:
        return refusal
    export = create(call, camera, times, wanted)
    if not call.state.is_018:
        return _started("Starting export of recording.", export, 200)
    return _started("Export queued.", export, 202, status="queued")


def _started(text: str, export: Export, code: int, **more: str) -> Answer:
    body: dict[str, Json] = {"success": True, "message": text, "export_id": export.id}
    return json_answer(body | more, code)


def create_route(call: Call, camera: str, start: str, end: str) -> Answer:
    """Begin an export, or put it into the queue."""
    return _create(call, camera, start, end, custom=False)


def custom_route(call: Call, camera: str, start: str, end: str) -> Answer:
    """Put an export with arguments for ffmpeg, or else a time-lapse, into the queue."""
    return _create(call, camera, start, end, custom=True)


def rename_route(call: Call, export_id: str) -> Answer:
    """Give an export another name."""
    if (refusal := admins_only(call)) is not None:
        return refusal
    name = read_name(call)
    if isinstance(name, Answer):
        return name
    export = exporter_of(call).row(export_id)
    if export is None:
        return failure("Export not found.", 404)
    export.name = name
    return json_answer({"success": True, "message": "Successfully renamed export."})


def delete_route(call: Call, export_id: str) -> Answer:
    """Delete one export."""
    if (refusal := admins_only(call)) is not None:
        return refusal
    exporter = exporter_of(call)
    export = exporter.row(export_id)
    if export is None:
        return failure("Export not found.", 404)
    if export.in_progress and exporter.has_file(export):
        return failure("Can not delete in progress export.", 400)
    exporter.delete(export)
    return json_answer({"success": True, "message": "Successfully deleted export."})


_RANGE = "([^/]+)/start/([^/]+)/end/([^/]+)"
ROUTES = (
    route("GET", "/exports", list_route),
    route("GET", "/exports/([^/]+)", one_route),
    route("POST", f"/export/{_RANGE}", create_route),
    route("POST", f"/export/custom/{_RANGE}", custom_route, since="0.18"),
    route("PATCH", "/export/([^/]+)/rename", rename_route),
    route("DELETE", "/export/([^/]+)", delete_route, until="0.18"),
)
