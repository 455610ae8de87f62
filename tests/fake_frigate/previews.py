"""The route of the previews: which hourly videos there are."""

from .answers import Answer, Json, detail, failure, json_answer
from .call import Call, path_floats
from .footage import previews
from .route import route


def _rows(call: Call, camera: str, start: float, end: float) -> list[Json]:
    return [
        {
            "camera": camera,
            "src": f"/clips/previews/{camera}/{first:.6f}-{last:.6f}.mp4",
            "type": "video/mp4",
            "start": round(first, 6),
            "end": round(last, 6),
        }
        for first, last in previews(call.state, camera)
        if first <= end and last >= start
    ]


def previews_route(call: Call, camera: str, start: str, end: str) -> Answer:
    """List the finished previews of a camera, or of `all`, that touch a range."""
    times = path_floats(start_ts=start, end_ts=end)
    if isinstance(times, Answer):
        return times
    allowed = call.state.allowed_cameras(call.role)
    if camera != "all" and camera not in allowed:
        return detail("Access denied for camera", 403)
    names = allowed if camera == "all" else [camera]
    rows = [row for name in names for row in _rows(call, name, times[0], times[1])]
    return json_answer(rows) if rows else failure("No previews found.", 404)


ROUTES = (route("GET", "/preview/([^/]+)/start/([^/]+)/end/([^/]+)", previews_route),)
