"""What all views have in common: who may see what, what errors become, safe headers."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final, Literal

from aiohttp import hdrs, web

from homeassistant.auth.models import User
from homeassistant.components.http import KEY_HASS_USER
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import KEY_HASS

from ..aiofrigate import (
    FrigateArgumentError,
    FrigateClosedError,
    FrigateError,
    FrigateForbiddenError,
    FrigateNotFoundError,
    FrigateRangeError,
    FrigateRateLimitError,
    FrigateStartingError,
    FrigateTimeoutError,
    FrigateTooLongError,
)
from ..const import LOGGER
from ..errors import async_handle_lost_login
from ..media_access import (
    MediaAccess,
    NotLoadedError,
    UnknownServerError,
    async_get_access,
)
from ..media_ids import MediaIdError, read_time, unescaped

SAFE_HEADERS: Final[Mapping[str, str]] = {
    # Whatever Frigate sends, a browser must neither guess its type nor run it.
    "X-Content-Type-Options": "nosniff",
    # A browser that opens a video loads it once more, from a page that it makes for it.
    "Content-Security-Policy": "default-src 'none'; media-src 'self'",
}
KEPT: Final[Mapping[str, str]] = {
    **SAFE_HEADERS,
    hdrs.CACHE_CONTROL: "private, max-age=86400",
}
CHECKED: Final[Mapping[str, str]] = {
    **SAFE_HEADERS,
    hdrs.CACHE_CONTROL: "private, no-cache",
}
"""Kept, but only shown again after asking whether it is still the same."""
NOT_KEPT: Final[Mapping[str, str]] = {**SAFE_HEADERS, hdrs.CACHE_CONTROL: "no-store"}
LATER: Final[Mapping[str, str]] = {**NOT_KEPT, hdrs.RETRY_AFTER: "10"}
"""The headers of 503: seconds after which to ask again."""

_NOT_THERE = (FrigateArgumentError, FrigateForbiddenError, FrigateNotFoundError)
_LATER = (FrigateClosedError, FrigateRateLimitError, FrigateStartingError)


def hass_of(request: web.Request) -> HomeAssistant:
    """Return the Home Assistant that answers a request."""
    return request.app[KEY_HASS]


def method_of(request: web.Request) -> Literal["GET", "HEAD"]:
    """Return the method with which Frigate is asked."""
    return "HEAD" if request.method == hdrs.METH_HEAD else "GET"


def access_to(
    request: web.Request, entry_id: str, user: User | None = None
) -> MediaAccess:
    """Return what the user of a request may see of a server.

    Args:
        request: the request, whose user Home Assistant has verified.
        entry_id: the config entry.
        user: the user instead, for a request that Home Assistant has not verified.

    Raises:
        HTTPNotFound: there is no such server.
        HTTPServiceUnavailable: it is not loaded, which may be over in a moment.
    """
    # Never None, which would stand for an automation.
    viewer: User = user or request[KEY_HASS_USER]
    try:
        return async_get_access(hass_of(request), entry_id, viewer)
    except UnknownServerError as err:
        raise web.HTTPNotFound(headers=NOT_KEPT) from err
    except NotLoadedError as err:
        raise web.HTTPServiceUnavailable(headers=LATER) from err


def require_camera(access: MediaAccess, camera: str | None) -> None:
    """Raise HTTPNotFound unless recordings of a camera may be shown.

    Home Assistant counts a 401 as a failed login, and in the end bans the address. It is
    also what somebody gets who asks for a camera that does not exist.
    """
    if not access.may_see(camera):
        raise web.HTTPNotFound(headers=NOT_KEPT)


@contextmanager
def reading_path() -> Generator[None]:
    """Raise HTTPNotFound for a path that we would never write."""
    try:
        yield
    except MediaIdError as err:
        raise web.HTTPNotFound(headers=NOT_KEPT) from err


def read_name(text: str) -> str:
    """Return the name of a camera, or an id, in a path; raises HTTPNotFound."""
    with reading_path():
        return unescaped(text)


def read_range(start: str, end: str) -> tuple[float, float]:
    """Return the range in a path, in seconds since the epoch; raises HTTPNotFound."""
    with reading_path():
        first, last = read_time(start), read_time(end)
        if first >= last:
            raise MediaIdError(start)
        return first, last


def too_long() -> web.HTTPBadRequest:
    """Return the answer for a period that Frigate cannot play in one piece."""
    return web.HTTPBadRequest(
        text="This period is too long to be played at once. Choose a shorter one.",
        headers=NOT_KEPT,
    )


@contextmanager
def view_errors(hass: HomeAssistant, access: MediaAccess) -> Generator[None]:
    """Raise client errors as the answers that a browser or a player understands.

    What Frigate says is only logged; it is not for those who watch.
    """
    try:
        yield
    except FrigateError as err:
        async_handle_lost_login(hass, access.entry, err)
        LOGGER.debug("Cannot show a recording of %s: %s", access.entry.title, err)
        raise answer_to(err) from err


def answer_to(err: FrigateError) -> web.HTTPException:
    """Return the answer that a browser or a player understands for a client error."""
    if isinstance(err, FrigateRangeError):
        answer = web.HTTPRequestRangeNotSatisfiable(headers=NOT_KEPT)
        if err.size is not None:
            answer.headers[hdrs.CONTENT_RANGE] = f"bytes */{err.size}"
        return answer
    if isinstance(err, _NOT_THERE):
        return web.HTTPNotFound(headers=NOT_KEPT)
    if isinstance(err, FrigateTooLongError):
        return too_long()
    if isinstance(err, _LATER):
        return web.HTTPServiceUnavailable(headers=LATER)
    if isinstance(err, FrigateTimeoutError):
        return web.HTTPGatewayTimeout(headers=NOT_KEPT)
    return web.HTTPBadGateway(headers=NOT_KEPT)
