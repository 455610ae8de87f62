"""The pictures below `/clips`: of items to review, of tracked objects, of exports."""

import re
import zlib

from .answers import Answer
from .call import Call
from .database import Event
from .disk_files import serve
from .open_files import DiskFile
from .pictures import View, scaled
from .state import Camera

_THUMBNAIL = (320, 180)
_SQUARE = (175, 175)
# Everywhere the name of a camera comes first, which may have dashes itself.
_REVIEW = re.compile(r"/clips/review/thumb-(.+)-([^-/]+-[^-/]+)\.webp")
_OBJECT = re.compile(r"/clips/thumbs/([^/]+)/([^/]+)\.webp")
_CLEAN = re.compile(r"/clips/([^/]+)-([^-/]+-[^-/]+)-clean\.webp")
_SNAPSHOT = re.compile(r"/clips/([^/]+)-([^-/]+-[^-/]+)\.jpg")
_EXPORT = re.compile(r"/clips/export/([^/]+)\.webp")


def camera_of_clip(path: str) -> str | None:
    """Return whose picture is asked for, None where the path does not tell."""
    for pattern in (_REVIEW, _OBJECT, _CLEAN, _SNAPSHOT):
        if (found := pattern.fullmatch(path)) is not None:
            return found[1]
    return None


def _view(camera: str, name: str) -> View:
    """Return what a thumbnail shows: somebody who stands elsewhere in each item.

    That is never near an edge, as some show only the middle of it, as a square.
    """
    number = zlib.crc32(name.encode())
    place = (0.25 + number % 30 / 100, 0.3 + number // 80 % 20 / 100, 0.18, 0.45)
    return View(camera, *_THUMBNAIL, frozen=True, box=place)


def event_view(
    event: Event, size: tuple[int, int], overlays: tuple[str, ...] = ()
) -> View:
    """Return the picture of an event, with the object where it says it was."""
    if (box := event.data.get("box")) is not None:
        return View(event.camera, *size, overlays, frozen=True, box=tuple(box))
    place = _view(event.camera, event.id).box
    return View(event.camera, *size, overlays, frozen=True, box=place)


async def clip_file(call: Call) -> Answer:
    """Answer for a picture below `/clips`."""
    return await serve(call, lambda: _find(call), expires=True)


async def _find(call: Call) -> DiskFile | None:
    database = call.state.database
    if found := _REVIEW.fullmatch(call.path):
        item = database.reviews.get(found[2])
        if item is None or item.camera != found[1]:
            return None
        view = _view(item.camera, item.id)
        return await _drawn(call, view, item.start_time)
    if found := _EXPORT.fullmatch(call.path):
        export = call.state.exporter.row(found[1])
        if export is None or not export.paths()["thumb_path"]:
            return None
        view = _view(export.camera, export.id)
        return await _drawn(call, view, export.start, export.began_at)
    for pattern in (_OBJECT, _CLEAN, _SNAPSHOT):
        if found := pattern.fullmatch(call.path):
            event = database.events.get(found[2])
            if event is None or event.camera != found[1]:
                return None
            return await _event_file(call, event, pattern)
    return None


async def _event_file(
    call: Call, event: Event, pattern: re.Pattern[str]
) -> DiskFile | None:
    written = event.end_time
    if pattern is _OBJECT:
        view = event_view(event, _SQUARE)
        return await _drawn(call, view, event.start_time, written)
    if not event.has_snapshot or (pattern is _SNAPSHOT and call.state.is_018):
        return None
    size = scaled_to(call, event)
    if pattern is _CLEAN:
        return await _drawn(call, event_view(event, size), event.start_time, written)
    picture = await call.workers.still(event_view(event, size), event.start_time)
    modified = written or event.start_time
    return DiskFile(content=picture, modified=modified, content_type="image/jpeg")


def scaled_to(call: Call, event: Event, height: int | None = None) -> tuple[int, int]:
    """Return the size of an event's picture at a height, or that of its camera's."""
    camera = call.state.cameras.get(event.camera, Camera())
    return scaled(camera, height or camera.height)


async def _drawn(
    call: Call, view: View, moment: float, written: float | None = None
) -> DiskFile:
    picture = await call.workers.still(view, moment, "webp")
    return DiskFile(content=picture, modified=written or moment)
