"""The routes of the recordings: lists of segments, summaries, what they take on the disk."""

from bisect import bisect_right
from collections import Counter
from typing import Any

from .accounts import admins_only
from .answers import Answer, Json, failure, json_answer, server_error, unprocessable
from .call import Call, float_params, int_params, path_floats
from .database import Event
from .footage import HOUR, Segment, plain, segments
from .route import route
from .state import ServerState
from .time_zones import Stretch, stretches

_DISK_MEGABYTES = 258_000
# The bandwidth of a camera stays 0 until there are enough segments for an average.
_ENOUGH_SEGMENTS = 10
_GAP_SECONDS = 30


def _row(state: ServerState, each: Segment) -> dict[str, Json]:
    motion = each.number % 200
    row: dict[str, Json] = {
        "id": f"{each.start:.1f}-{each.number % 36**6:06x}"[:19],
        "start_time": plain(each.start),
        "end_time": plain(each.end),
        "segment_size": each.megabytes,
        "motion": motion,
        "objects": each.number // 200 % 20,
    }
    if state.is_018:
        cells: dict[str, Json] = {str(cell): motion for cell in range(0, 256, 5)}
        row["motion_heatmap"] = cells if motion else None
    return row | {"duration": float(each.duration)}


def segments_route(call: Call, camera: str) -> Answer:
    """List the segments of a camera that touch a window of time."""
    # The backend works the default out when it starts, and never again.
    started = call.state.started_at
    values, errors = float_params(call, after=started - HOUR, before=started)
    if errors:
        return unprocessable(errors)
    rows: list[Json] = [
        _row(call.state, each)
        for each in segments(call.state, camera, values["after"], values["before"])
        if each.end >= values["after"] and each.start <= values["before"]
    ]
    return json_answer(rows)


def _asked_zone(call: Call) -> str:
    return call.query.get("timezone", "utc")


def camera_summary_route(call: Call, camera: str) -> Answer:
    """Count the recordings of a camera by day and hour, newest first.

    Where the clocks were changed, the stretch before comes first, and an hour that there
    is on both sides twice.
    """
    parts, days = list(segments(call.state, camera)), dict[str, dict[str, Any]]()
    if not parts:
        return json_answer([])
    begun = [each.start_time for each in _clips(call.state, camera)]
    span = min(each.start for each in parts), max(each.start for each in parts)
    for part in stretches(_asked_zone(call), *span, exact=call.state.is_018):
        events = Counter(
            _hour_of(part, each) for each in begun if _began_in(part, each)
        )
        hours: dict[str, list[Segment]] = {}
        for each in reversed(parts):
            if each.end >= part.start and each.start <= part.end:
                hours.setdefault(_hour_of(part, each.start), []).append(each)
        for name, found in hours.items():
            day, _, hour = name.partition(" ")
            row = days.setdefault(day, {"events": 0, "hours": [], "day": day})
            row["events"] += events[name]
            row["hours"].append(_hour(hour, events[name], found))
    return json_answer([*days.values()])


def _clips(state: ServerState, camera: str) -> list[Event]:
    """Return the events of a camera that have a clip; others are not counted."""
    events = state.database.events.values()
    return [each for each in events if each.camera == camera and each.has_clip]


def _began_in(part: Stretch, moment: float) -> bool:
    return part.start <= moment <= part.end


def _hour_of(part: Stretch, moment: float) -> str:
    return f"{part.local(moment):%Y-%m-%d %H}"


def _hour(hour: str, events: int, parts: list[Segment]) -> dict[str, Json]:
    return {
        "hour": hour,
        "events": events,
        "motion": sum(each.number % 200 for each in parts),
        "objects": sum(each.number // 200 % 20 for each in parts),
        "duration": round(sum(each.duration for each in parts)),
    }


def _wanted(call: Call) -> list[str]:
    names = call.query.get("cameras", "all")
    allowed = call.state.allowed_cameras(call.role)
    if names == "all":
        return allowed
    return [each for each in names.split(",") if each in allowed]


def summary_route(call: Call) -> Answer:
    """Name the days on which something was recorded."""
    parts = [each for camera in _wanted(call) for each in segments(call.state, camera)]
    if not parts:
        return json_answer({})
    span = min(each.start for each in parts), max(each.start for each in parts)
    days = {
        f"{part.local(each.start):%Y-%m-%d}"
        for part in stretches(_asked_zone(call), *span, exact=call.state.is_018)
        for each in parts
        if each.end >= part.start and each.start <= part.end
    }
    return json_answer(dict.fromkeys(sorted(days), True))


def _usage(parts: list[Segment]) -> dict[str, Json]:
    megabytes = sum(each.megabytes for each in parts)
    newest = parts[-100:]
    seconds = sum(each.duration for each in newest)
    rate = sum(each.megabytes for each in newest) / seconds * HOUR if seconds else 0
    return {
        "usage": megabytes,
        "bandwidth": round(rate, 2) if len(parts) >= _ENOUGH_SEGMENTS else 0,
        "usage_percent": megabytes / _DISK_MEGABYTES * 100,
    }


def storage_route(call: Call) -> Answer:
    """Answer with the disk usage of each camera, in MB and in MB an hour."""
    if call.state.is_018 and (refusal := admins_only(call)) is not None:
        return refusal
    # Cameras that people have given a name are listed under that one.
    return json_answer(
        {
            camera.friendly_name or name: _usage(list(segments(call.state, name)))
            for name, camera in call.state.cameras.items()
        }
    )


def _gaps(
    parts: list[Segment], start: float, end: float, scale: float, *, touching: bool
) -> list[Json]:
    """Return the stretches without a recording, in steps of so many seconds.

    Before 0.17 a recording counts for each step that it so much as touches.
    """
    gaps: list[Json] = []
    parts, begun, current = sorted(parts, key=lambda each: each.start), None, start
    while current < end:
        until = current + scale if touching else min(current + scale, end)
        while parts and parts[0].end < current:
            del parts[0]
        count = bisect_right(parts, until, key=lambda each: each.start)
        near = parts[:count]
        if any(_is_within(each, current, until, touching=touching) for each in near):
            if begun is not None:
                gaps.append({"start_time": int(begun), "end_time": int(current)})
            begun = None
        elif begun is None:
            begun = current
        current = until
    if begun is not None:
        gaps.append({"start_time": int(begun), "end_time": int(end)})
    return gaps


def _is_within(part: Segment, start: float, end: float, *, touching: bool) -> bool:
    if touching:
        return part.start <= end and part.end >= start
    return part.start < end and part.end > start


def unavailable_route(call: Call) -> Answer:
    """Name the stretches of a window in which no camera recorded anything.

    Without both times it falls over, and 0.17 without the cameras too. 0.16 counts only
    what lies within the window as a whole, of whatever camera.
    """
    values, errors = float_params(call, after=0.0, before=0.0)
    whole, more = int_params(call, scale=_GAP_SECONDS)
    if errors or more:
        return unprocessable(errors + more)
    state, wanted = call.state, call.query.get("cameras", "all")
    cameras, start, end = _wanted(call), values["after"], values["before"]
    if state.is_017 and wanted != "all" and not cameras:
        return json_answer([])
    scale = whole["scale"]
    needs_cameras = state.is_017 and not state.is_018
    if not start or not end or not scale or (wanted == "all" and needs_cameras):
        return server_error()
    parts = [
        each
        for camera in cameras
        for each in segments(state, camera, start, end)
        if each.end >= start
        and each.start <= end
        and (state.is_017 or (each.start > start and each.end < end))
    ]
    return json_answer(_gaps(parts, start, end, scale, touching=not state.is_017))


def delete_route(call: Call, start: str, end: str) -> Answer:
    """Delete the segments of a range."""
    times = path_floats(start_time=start, end_time=end)
    if isinstance(times, Answer):
        return times
    first, last = times
    if first >= last:
        return failure("Start time must be less than end time.", 400)
    names = call.query.get("cameras", "all")
    count = 0
    for camera in call.state.cameras if names == "all" else names.split(","):
        for each in list(segments(call.state, camera)):
            if each.end > first and each.start < last:
                call.state.footage.cut(camera, each.start, each.until)
                count += 1
    text = f"Successfully deleted {count} recording(s)."
    return json_answer({"success": True, "message": text})


ROUTES = (
    route("GET", "/([^/]+)/recordings", segments_route, camera=True),
    route("GET", "/([^/]+)/recordings/summary", camera_summary_route, camera=True),
    route("GET", "/recordings/summary", summary_route),
    route("GET", "/recordings/storage", storage_route),
    route("GET", "/recordings/unavailable", unavailable_route),
    route(
        "DELETE",
        "/recordings/start/([^/]+)/end/([^/]+)",
        delete_route,
        admin=True,
        since="0.18",
    ),
)
