"""Thumbnails: small images of reviews, events and exports."""

import re

from .errors import FrigateArgumentError
from .images import still_image
from .lanes import Lane
from .models import StillImage
from .routes import Route, route
from .transport import Transport

MAX_THUMBNAIL_BYTES = 2 * 2**20
THUMBNAIL_TIMEOUT = 30.0
"""Seconds, the wait for a place included: a page asks for a hundred at once."""

# No proxy takes it for another path: it is not dots alone, and nothing in it is quoted.
_FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}")


async def get_thumbnail(transport: Transport, target: Route) -> StillImage:
    """Return a thumbnail, whatever type the server calls it.

    Raises:
        FrigateNotFoundError: there is none; nginx remembers that for two minutes.
        FrigateDataError: the answer is not an image.
    """
    answer = await transport.request(
        "GET",
        target,
        lane=Lane.THUMBNAILS,
        timeout=THUMBNAIL_TIMEOUT,
        max_bytes=MAX_THUMBNAIL_BYTES,
    )
    return still_image(answer)


def clips_route(folder: str, file: str) -> Route:
    """Return the route of a file in a folder below `/clips/`.

    Raises:
        FrigateArgumentError: it is not the name of a file.
    """
    if _FILE_NAME.fullmatch(file) is None:
        raise FrigateArgumentError(f"Not a usable name of a file: {file[:100]!a}")
    return route(f"/clips/{folder}/{{file}}", file=file)


def clips_path(folder: str, stored: str | None) -> str | None:
    """Return the path of a file in a folder below `/clips/`; None for any other one.

    Args:
        folder: the only folder that it may be in.
        stored: the path on the server's disk, below `/media/frigate`.
    """
    path = (stored or "").removeprefix("/media/frigate")
    name = path.removeprefix(f"/clips/{folder}/")
    return path if name != path and _FILE_NAME.fullmatch(name) else None
