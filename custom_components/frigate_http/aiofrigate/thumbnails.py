"""Thumbnails: small images of reviews, events and exports."""

import re

from .errors import FrigateArgumentError
from .images import still_image
from .lanes import Lane
from .models import StillImage
from .routes import Route
from .transport import Transport

MAX_THUMBNAIL_BYTES = 2 * 2**20

_CLIPS = "/clips/"
_MEDIA = "/media/frigate"
# A part of a path that is no other one for any proxy: no dots alone, nothing quoted.
_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}")
_MAX_PARTS = 4


async def get_thumbnail(transport: Transport, target: Route) -> StillImage:
    """Return a thumbnail, whatever type the server calls it.

    Raises:
        FrigateNotFoundError: there is none; nginx remembers that for two minutes.
        FrigateDataError: the answer is not an image.
    """
    answer = await transport.request(
        "GET", target, lane=Lane.THUMBNAILS, max_bytes=MAX_THUMBNAIL_BYTES
    )
    return still_image(answer)


def clips_path(stored: str | None) -> str | None:
    """Return the path below `/clips/` of a file that Frigate stores; None for any other.

    Args:
        stored: the path on the server's disk, such as
            `/media/frigate/clips/export/<id>.webp`.
    """
    path = (stored or "").removeprefix(_MEDIA)
    parts = path.removeprefix(_CLIPS).split("/")
    is_safe = len(parts) <= _MAX_PARTS and all(map(_PART.fullmatch, parts))
    return path if path.startswith(_CLIPS) and is_safe else None


def clips_route(template: str, path: str) -> Route:
    """Return the route of a file below `/clips/`.

    Args:
        template: what is counted and logged, such as `/clips/review/{file}`.
        path: the path of the file.

    Raises:
        FrigateArgumentError: a part of the path is not the name of a file or folder.
    """
    if clips_path(path) != path:
        raise FrigateArgumentError(f"Not a usable path: {path[:200]!a}")
    return Route(template, tuple(path[1:].split("/")))
