"""The pictures of events: thumbnails, snapshots, snapshots without anything drawn in."""

from functools import lru_cache
from io import BytesIO

from PIL import Image

from .answers import Answer, failure, invalid, unprocessable
from .call import Call, int_params
from .cameras import OVERLAYS, not_found
from .clip_files import event_view, scaled_to
from .database import Event
from .events import EVENT_PATH
from .pictures import FORMATS, View, scaled
from .rights import camera_refusal
from .route import Route, route

_DAY = 24 * 60 * 60
_MONTH, _YEAR = 30 * _DAY, 365 * _DAY
_THUMBNAIL = (175, 175)
# Phones want pictures that are twice as wide as they are high.
_FOR_ANDROID = (350, 175)


def _caching(event: Event, seconds: int) -> tuple[str, str]:
    """Return the header that keeps the picture of an event that is over."""
    kept = f"private, max-age={seconds}"
    return "Cache-Control", "no-store" if event.end_time is None else kept


async def thumbnail_route(call: Call, event_id: str, extension: str) -> Answer:
    """Answer with the thumbnail of an event, in one of three formats."""
    values, errors = int_params(call, max_cache_age=_MONTH)
    if extension not in FORMATS:
        text = "'webp', 'png', 'jpg' or 'jpeg'"
        place: list[str | int] = ["path", "extension"]
        message = f"Input should be {text}"
        errors.insert(0, invalid("enum", place, message, extension, expected=text))
    if errors:
        return unprocessable(errors)
    if (event := call.state.database.look().get(event_id)) is None:
        return failure("Event not found", 404)
    if (refusal := camera_refusal(call, event.camera)) is not None:
        return refusal
    size = _FOR_ANDROID if call.query.get("format") == "android" else _THUMBNAIL
    view = event_view(event, size)
    picture = await call.workers.still(view, event.start_time, extension)
    kind = "jpeg" if extension == "jpg" else extension
    age = _caching(event, values["max_cache_age"] or 0)
    return Answer(200, picture, f"image/{kind}", [age])


async def snapshot_route(call: Call, event_id: str) -> Answer:
    """Answer with the snapshot of an event; a tracked object has one as long as it stays.

    Before 0.18 it is a file once the event is over, whatever the parameters say.
    """
    params: dict[str, int | None] = dict.fromkeys(OVERLAYS)
    values, errors = int_params(call, **params, height=None, crop=None, quality=70)
    if errors:
        return unprocessable(errors)
    event = call.state.database.look().get(event_id)
    if event is None or not (event.tracked or event.end_time is not None):
        return failure("Live frame not available", 404)
    if camera_refusal(call, event.camera) is not None:
        # The refusal is raised where every exception is caught.
        text = "Ongoing event not found" if event.tracked else "Unknown error occurred"
        return failure(text, 404)
    if not (event.tracked or event.has_snapshot):
        return failure("Snapshot not available", 404)
    finished = event.end_time is not None and not call.state.is_018
    overlays = tuple(each for each in OVERLAYS if values[each])
    if finished:
        overlays, values = ("bbox",), {"height": None, "quality": 70}
    view = event_view(event, scaled_to(call, event, values["height"]), overlays)
    quality = 70 if values["quality"] is None else values["quality"]
    picture = await call.workers.still(view, event.start_time, quality=quality)
    answer = Answer(200, picture, "image/jpeg", [_caching(event, _YEAR)])
    if call.state.is_018:
        answer.headers.append(("X-Frame-Time", str(_frame_time(event))))
    return answer


def _frame_time(event: Event) -> float:
    found: float = event.data.get("snapshot_frame_time", event.start_time)
    return found


async def clean_route(call: Call, event_id: str) -> Answer:
    """Answer with the snapshot of an event without anything drawn in."""
    if (event := call.state.database.look().get(event_id)) is None:
        return failure("Event not found", 404)
    if (refusal := camera_refusal(call, event.camera)) is not None:
        return refusal
    if not event.has_snapshot:
        return failure("Clean snapshot not available", 404)
    view = event_view(event, scaled_to(call, event))
    picture = await call.workers.still(view, event.start_time, "webp")
    age = f"private, max-age={_YEAR}"
    if event.end_time is None and call.state.is_018:
        age = "no-cache"
    return Answer(200, picture, "image/webp", [("Cache-Control", age)])


def preview_route(call: Call, event_id: str) -> Answer:
    """Return the moving picture of an event."""
    if (event := call.state.database.look().get(event_id)) is None:
        return failure("Event not found", 404)
    if (refusal := camera_refusal(call, event.camera)) is not None:
        return refusal
    age = [("Cache-Control", f"private, max-age={_MONTH}")]
    return Answer(200, _moving_picture(), "image/gif", age)


@lru_cache
def _moving_picture() -> bytes:
    out = BytesIO()
    first, second = (Image.new("P", (32, 18), color) for color in (0, 1))
    first.save(out, "GIF", save_all=True, append_images=[second], duration=500, loop=0)
    return out.getvalue()


async def label_route(call: Call, name: str, label: str) -> Answer:
    """Return the newest snapshot of a label, or a placeholder."""
    if (camera := call.state.cameras.get(name)) is None:
        return not_found()
    events = [
        event
        for event in call.state.database.look().values()
        if (event.camera, event.label, event.has_snapshot) == (name, label, True)
    ]
    newest = max(events, key=lambda each: each.start_time, default=None)
    view, headers = View(name, *scaled(camera, 180), frozen=True), []
    if newest is not None:
        view = event_view(newest, scaled(camera, 180))
        headers = [_caching(newest, _YEAR)]
    return Answer(200, await call.workers.draw(view), "image/jpeg", headers)


ROUTES: tuple[Route, ...] = (
    route("GET", rf"{EVENT_PATH}/snapshot\.jpg", snapshot_route),
    route("GET", rf"{EVENT_PATH}/thumbnail\.([^/]+)", thumbnail_route),
    route("GET", rf"{EVENT_PATH}/snapshot-clean\.webp", clean_route),
    route("GET", rf"{EVENT_PATH}/preview\.gif", preview_route),
    route(
        "GET", r"/(?!events/)([^/]+)/([^/]+)/snapshot\.jpg", label_route, camera=True
    ),
)
