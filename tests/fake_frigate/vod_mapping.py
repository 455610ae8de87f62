"""The routes that tell nginx which recordings a video is made of, and which parts of them."""

from datetime import UTC, datetime, timedelta
import math
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .answers import Answer, Json, failure, json_answer, server_error
from .call import Call, path_floats
from .footage import HOUR, Segment, found_in
from .forms import Field, query_of
from .rights import camera_refusal
from .route import route

_SHORTEST_MS, _LONGEST_MS = 100, 600_000


def path_of(segment: Segment) -> str:
    """Return where the file of a segment is in the container."""
    begin = datetime.fromtimestamp(segment.start, UTC)
    return (
        f"/media/frigate/recordings/{begin:%Y-%m-%d/%H}/{segment.camera}"
        f"/{begin:%M.%S}.mp4"
    )


def _keyframe(segment: Segment, milliseconds: int) -> int:
    """Return the last keyframe of a file at or before a place in it."""
    interval = round(segment.scene.keyframes * 1000)
    # At the very end of a file there is none.
    last = (round(segment.duration * 1000) - 1) // interval * interval
    return min(milliseconds // interval * interval, last)


def mapping(
    call: Call, camera: str, start: float, end: float, *, apart: bool = False
) -> Answer:
    """Answer with the files of a range, and whether each is a video of its own."""
    if not (math.isfinite(start) and math.isfinite(end)):
        return server_error()
    clips: list[Json] = []
    durations: list[int] = []
    for each in found_in(call.state, camera, start, end):
        clip: dict[str, Json] = {"type": "source", "path": path_of(each)}
        duration = int(each.duration * 1000)
        # A file whose keyframes are not known is shown from its beginning.
        if start > each.start and not call.state.footage.keyframes_unknown:
            begin = _keyframe(each, int((start - each.start) * 1000))
            clip["clipFrom"] = begin
            duration -= begin
        if each.end > end:
            duration -= int((each.end - end) * 1000)
        if _SHORTEST_MS <= duration < _LONGEST_MS:
            clips.append(clip | {"keyFrameDurations": [duration]})
            durations.append(duration)
    if not clips:
        return failure("No recordings found.", 404)
    return json_answer(
        {
            "cache": call.state.clock() - HOUR > start,
            "discontinuity": apart,
            "consistentSequenceMediaInfo": True,
            "durations": [*durations],
            "segment_duration": max(durations),
            "sequences": [{"clips": clips}],
        }
    )


def range_route(call: Call, camera: str, start: str, end: str) -> Answer:
    """Answer for a range."""
    times = path_floats(start_ts=start, end_ts=end)
    return times if isinstance(times, Answer) else mapping(call, camera, *times)


def clip_route(call: Call, camera: str, start: str, end: str) -> Answer:
    """Answer for a range, each of whose recordings is a video of its own."""
    times = path_floats(start_ts=start, end_ts=end)
    if isinstance(times, Answer):
        return times
    return mapping(call, camera, *times, apart=True)


def event_route(call: Call, event_id: str) -> Answer:
    """Answer for an event; one that goes on has lasted until now."""
    values = query_of(call, {"padding": Field("int", 0, nullable=False)})
    if isinstance(values, Answer):
        return values
    if (event := call.state.database.look().get(event_id)) is None:
        return failure("Event not found.", 404)
    if (refusal := camera_refusal(call, event.camera)) is not None:
        return refusal
    end, padding = event.end_time, values["padding"]
    until = call.state.clock() if end is None else end + padding
    return mapping(call, event.camera, event.start_time - padding, until)


def hour_route(
    call: Call, month: str, day: str, hour: str, camera: str, zone: str = "UTC"
) -> Answer:
    """Answer for an hour, by the offset that its zone has today."""
    if (refusal := camera_refusal(call, camera)) is not None:
        return refusal
    try:
        today = datetime.fromtimestamp(
            call.state.clock(), ZoneInfo(zone.replace(",", "/").replace("utc", "UTC"))
        )
        year, number = map(int, month.split("-"))
        begin = datetime(year, number, int(day), int(hour), tzinfo=UTC)
    except ZoneInfoNotFoundError, ValueError:
        return server_error()
    begin -= today.utcoffset() or timedelta()
    start = begin.timestamp()
    return mapping(call, camera, start, start + HOUR - 0.001)


_RANGE = "/([^/]+)/start/([^/]+)/end/([^/]+)"
ROUTES = (
    route("GET", f"/vod{_RANGE}", range_route, camera=True),
    route("GET", f"/vod/clip{_RANGE}", clip_route, camera=True),
    route("GET", "/vod/event/([^/]+)", event_route),
    route("GET", r"/vod/(\d+-\d+)/(\d+)/(\d+)/([^/]+)", hour_route),
    route("GET", r"/vod/(\d+-\d+)/(\d+)/(\d+)/([^/]+)/([^/]+)", hour_route),
)
