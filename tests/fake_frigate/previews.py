"""The previews: which hourly videos there are, and short ones that are made of them."""

from functools import lru_cache
from io import BytesIO

from PIL import Image

from . import recording_files
from .answers import Answer, Json, detail, failure, json_answer
from .call import Call, path_floats
from .disk_files import serve
from .footage import HOUR, SCENE, previews
from .open_files import DiskFile
from .pictures import View, encode
from .rights import camera_refusal
from .route import route

# A preview of an item begins so many seconds before it, and ends as many after it.
_PADDING = 8
# Each second has one picture, of which the preview shows eight a second.
_SPEED = 8
_SIZE = (320, 180)
_MONTH = 30 * 24 * 60 * 60
_WEEK = 7 * 24 * 60 * 60


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


def _exists(call: Call, camera: str, start: float, end: float) -> bool:
    """Return whether there is anything to make a preview of: pictures, or a whole hour."""
    now = call.state.clock()
    if start < now // HOUR * HOUR:
        return any(
            first <= end and last >= start
            for first, last in previews(call.state, camera)
        )
    known = camera in call.state.cameras
    spans = call.state.footage.of(camera) if known else []
    return any(first <= end and min(last, now) >= start for first, last in spans)


async def _video(call: Call, camera: str, start: float, end: float) -> Answer:
    """Answer with a preview as a video, which nginx serves from where it was written."""
    if not _exists(call, camera, start, end):
        return failure("Preview not found", 404)
    name = f"preview_{camera}_{start}-{end}.mp4"
    length = round(max(0.5, (end - start - 2 * _PADDING) / _SPEED), 1)

    async def make() -> DiskFile:
        path = await call.workers.run(
            recording_files.video_of, SCENE, start, length, True
        )
        now = call.state.clock()
        return DiskFile(content=path, modified=now, content_type="video/mp4")

    answer = await serve(call, make, path=f"/clips/cache/{name}")
    if answer.status == 206:
        answer.headers.append(("Accept-Ranges", "bytes"))
    answer.headers += [
        ("Cache-Control", f"private, max-age={_WEEK}"),
        ("Content-Disposition", f'attachment; filename="{name}"'),
    ]
    answer.redirected = True
    return answer


async def _picture(
    call: Call, camera: str, start: float, end: float, *, age: str | None = None
) -> Answer:
    """Answer with a preview as a moving picture."""
    if not _exists(call, camera, start, end):
        return failure("Preview not found", 404)
    picture = await call.workers.run(_moving_picture, camera, start, end)
    headers = [] if age is None else [("Cache-Control", age)]
    return Answer(200, picture, "image/gif", headers)


@lru_cache(maxsize=64)
def _moving_picture(camera: str, start: float, end: float) -> bytes:
    view, times = View(camera, *_SIZE), (start, (start + end) / 2, end)
    frames = [
        Image.open(BytesIO(encode(view, time, number, "png", 70))).quantize(16)
        for number, time in enumerate(times)
    ]
    out = BytesIO()
    options = {"duration": 125, "loop": 0}
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], **options)
    return out.getvalue()


async def range_route(
    call: Call, camera: str, start: str, end: str, kind: str
) -> Answer:
    """Answer with the preview of a range."""
    times = path_floats(start_ts=start, end_ts=end)
    if isinstance(times, Answer):
        return times
    first, last = times
    if kind == "mp4":
        return await _video(call, camera, first, last)
    return await _picture(call, camera, first, last, age=f"private, max-age={_MONTH}")


async def review_route(call: Call, review_id: str) -> Answer:
    """Answer with the preview of an item; whatever is no GIF is a video."""
    if (item := call.state.database.reviews.get(review_id)) is None:
        return failure("Review segment not found", 404)
    if (refusal := camera_refusal(call, item.camera)) is not None:
        return refusal
    until = call.state.clock() if item.end_time is None else item.end_time
    span = item.start_time - _PADDING, until + _PADDING
    if call.query.get("format", "gif") == "gif":
        return await _picture(call, item.camera, *span)
    return await _video(call, item.camera, *span)


ROUTES = (
    route("GET", "/preview/([^/]+)/start/([^/]+)/end/([^/]+)", previews_route),
    route("GET", "/review/([^/]+)/preview", review_route),
    route(
        "GET",
        r"/([^/]+)/start/([^/]+)/end/([^/]+)/preview\.(mp4|gif)",
        range_route,
        camera=True,
    ),
)
