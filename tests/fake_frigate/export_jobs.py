"""What 0.18 adds to the exports: jobs, and changes of several at once."""

from .accounts import admins_only
from .answers import Answer, Json, failure, json_answer
from .call import Call, read_object
from .export_requests import read_ids
from .exporter import Export
from .exports import exporter_of
from .footage import plain
from .rights import camera_refusal
from .route import route

_SHOWN = {"waiting": "queued"}


def _job(call: Call, export: Export) -> dict[str, Json]:
    done, failed = export.status == "success", export.status == "failed"
    results: dict[str, Json] = {"export_id": export.id, "export_case_id": export.case}
    steps = {"waiting": "queued", "success": "finalizing"}
    working = "copying" if export.speed == 1 else "encoding"
    return {
        "id": export.id,
        "job_type": "export",
        "status": _SHOWN.get(export.status, export.status),
        "camera": export.camera,
        "name": export.name,
        "export_case_id": export.case,
        "request_start_time": plain(export.start),
        "request_end_time": plain(export.end),
        "start_time": export.began_at,
        "end_time": export.ended_at,
        "error_message": call.state.exporter.message if failed else None,
        "results": results | export.paths() if done else None,
        "current_step": steps.get(export.status, working),
        "progress_percent": call.state.exporter.percent(export),
    }


def jobs_route(call: Call) -> Answer:
    """List the jobs that wait or run."""
    allowed = call.state.allowed_cameras(call.role)
    jobs: list[Json] = [
        _job(call, each)
        for each in exporter_of(call).exports
        if each.status in ("waiting", "running")
        and each.has_job
        and each.camera in allowed
    ]
    return json_answer(jobs)


def job_route(call: Call, export_id: str) -> Answer:
    """Return a job, also for some seconds after its end."""
    export = exporter_of(call).job(export_id)
    if export is None:
        return failure("Job not found", 404)
    return camera_refusal(call, export.camera) or json_answer(_job(call, export))


def _wanted(call: Call, ids: list[str]) -> list[Export] | Answer:
    rows = [each for each in exporter_of(call).rows() if each.id in ids]
    if len(rows) != len(ids):
        return failure("One or more exports not found.", 404)
    return rows


def delete_route(call: Call) -> Answer:
    """Delete several exports, or none if one of them cannot be deleted."""
    if (refusal := admins_only(call)) is not None:
        return refusal
    body = read_object(call)
    ids = body if isinstance(body, Answer) else read_ids(body)
    rows = ids if isinstance(ids, Answer) else _wanted(call, ids)
    if isinstance(rows, Answer):
        return rows
    has_file = call.state.exporter.has_file
    if any(each.in_progress and has_file(each) for each in rows):
        return failure("Can not delete in-progress export.", 400)
    for each in rows:
        call.state.exporter.delete(each)
    text = f"Successfully deleted {len(rows)} export(s)."
    return json_answer({"success": True, "message": text})


def reassign_route(call: Call) -> Answer:
    """Put exports into a case, or take them out of theirs."""
    if (refusal := admins_only(call)) is not None:
        return refusal
    body = read_object(call)
    if isinstance(body, Answer):
        return body
    ids, case = read_ids(body), body.get("export_case_id")
    if case is not None and case not in call.state.cases:
        return failure("Export case not found", 404)
    rows = ids if isinstance(ids, Answer) else _wanted(call, ids)
    if isinstance(rows, Answer):
        return rows
    for each in rows:
        each.case = case
    text = f"Successfully updated {len(rows)} export(s)."
    return json_answer({"success": True, "message": text})


ROUTES = (
    route("GET", "/jobs/export", jobs_route, since="0.18"),
    route("GET", "/jobs/export/([^/]+)", job_route, since="0.18"),
    route("POST", "/exports/delete", delete_route, since="0.18"),
    route("POST", "/exports/reassign", reassign_route, since="0.18"),
)
