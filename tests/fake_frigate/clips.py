"""Videos and pictures cut from the recordings: of a range, an event, an item to review."""

import asyncio
from collections.abc import AsyncGenerator
import contextlib
import math

from . import recording_files
from .answers import Answer, failure, unprocessable
from .call import Call, int_params, path_floats
from .cameras import not_found
from .events import EVENT_PATH
from .footage import Segment, found_in, segments
from .forms import Field, query_of
from .rights import camera_refusal
from .route import route
from .streams import pieces


async def _nothing() -> AsyncGenerator[bytes]:
    """Return a video without a byte."""
    for _ in ():
        yield b""


def clip(call: Call, camera: str, start: float, end: float) -> Answer:
    """Return the video of a range, as far as there are recordings of it on the disk."""
    parts = found_in(call.state, camera, start, end)
    if not parts and not call.state.is_017:
        return Answer(200, content_type="video/mp4", stream=_nothing)
    if not parts:
        return failure("No recordings found for the specified time range", 400)

    async def stream() -> AsyncGenerator[bytes]:
        path = recording_files.new_path()
        work = call.workers.begin(recording_files.cut, parts, start, end, path)
        try:
            await asyncio.wrap_future(work)
            size = path.stat().st_size
            async with contextlib.aclosing(
                pieces(call.workers, path, 0, size)
            ) as video:
                async for piece in video:
                    yield piece
        finally:
            # Whoever asked may be gone before the video is there.
            work.add_done_callback(lambda _: path.unlink(missing_ok=True))

    return Answer(200, content_type="video/mp4", stream=stream)


def clip_route(call: Call, camera: str, start: str, end: str) -> Answer:
    """Answer with the video of a range."""
    times = path_floats(start_ts=start, end_ts=end)
    if isinstance(times, Answer):
        return times
    return clip(call, camera, *times)


def _padded(call: Call, camera: str, start: float, end: float | None) -> Answer:
    """Return the video of what may still go on, with more around it if that is wished."""
    if (refusal := camera_refusal(call, camera)) is not None:
        return refusal
    values = query_of(call, {"padding": Field("int", 0, nullable=False)})
    if isinstance(values, Answer):
        return values
    padding = values["padding"]
    until = call.state.clock() if end is None else end + padding
    return clip(call, camera, start - padding, until)


def event_route(call: Call, event_id: str) -> Answer:
    """Answer with the video of an event."""
    if (event := call.state.database.look().get(event_id)) is None:
        return failure("Event not found", 404)
    if not event.has_clip:
        return failure("Clip not available", 404)
    return _padded(call, event.camera, event.start_time, event.end_time)


def review_route(call: Call, review_id: str) -> Answer:
    """Answer with the video of an item to review."""
    if (item := call.state.database.reviews.get(review_id)) is None:
        return failure("Review not found", 404)
    return _padded(call, item.camera, item.start_time, item.end_time)


def no_review_route(call: Call, review_id: str) -> Answer:
    """Take the item for an event, as another route does that catches its path."""
    return failure("Event not found", 404)


def _segment_at(call: Call, camera: str, moment: float) -> Segment | None:
    """Return the newest segment that holds a moment."""
    found = segments(call.state, camera, moment, moment)
    fitting = [each for each in found if each.start <= moment <= each.end]
    return fitting[-1] if fitting else None


async def picture_route(call: Call, camera: str, text: str, kind: str) -> Answer:
    """Answer with a picture out of the recordings, in their size unless one is given."""
    times, (values, errors) = (
        path_floats(frame_time=text),
        int_params(call, height=None),
    )
    if isinstance(times, Answer):
        return times
    if errors:
        return unprocessable(errors)
    if camera not in call.state.cameras:
        return not_found()
    moment = times[0]
    if (segment := _segment_at(call, camera, moment)) is None:
        # The times of files are whole seconds, so that a moment may lie between two.
        moment = math.ceil(moment)
        segment = _segment_at(call, camera, moment)
    if segment is None:
        return failure(f"Recording not found at {moment}", 404)
    picture = await call.workers.run(
        recording_files.picture, segment, moment, kind, values["height"]
    )
    if not picture:
        return failure(f"Unable to parse frame at time {moment}", 404)
    return Answer(200, picture, "image/png" if kind == "png" else "image/jpeg")


ROUTES = (
    route(
        "GET", r"/([^/]+)/start/([^/]+)/end/([^/]+)/clip\.mp4", clip_route, camera=True
    ),
    route("GET", rf"{EVENT_PATH}/clip\.mp4", event_route),
    route("GET", r"/review/([^/]+)/clip\.mp4", review_route, since="0.18"),
    route("GET", r"/review/([^/]+)/clip\.mp4", no_review_route, until="0.18"),
    route(
        "GET",
        r"/([^/]+)/recordings/([^/]+)/snapshot\.(jpg|png)",
        picture_route,
        camera=True,
    ),
)
