"""Views of the clips of review items and events, for notifications.

The companion apps ask for them as soon as they are told, when Frigate has not written all of
it to its disk, and show nothing that is larger than iOS allows.
"""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
import math
from pathlib import Path
from typing import Final, override

from aiohttp import web

from homeassistant.helpers.http import HomeAssistantView

from ..aiofrigate import Event, FrigateClient, Review, Stream
from ..const import DOMAIN, LOGGER, MAX_MEDIA_FILE
from ..downloads.footage import Footage, async_size_of, footage_of
from ..media_access import MediaAccess
from ..periods import Period, probable_now
from ..view_urls import EVENT_CLIP, REVIEW_CLIP
from .base import (
    NOT_KEPT,
    access_to,
    hass_of,
    method_of,
    read_name,
    require_camera,
    view_errors,
)
from .clips import ClipResponse, async_make_clip
from .conditions import asked_range
from .proxy import MP4, async_pass_on

MAX_BYTES: Final = 50 * 10**6
"""Bytes of the largest video that iOS shows in a notification."""
REASON: Final = "X-Frigate-Http-Reason"
"""The header that says why a preview is the answer."""
TOO_LARGE: Final = "clip-too-large"
TOO_LONG: Final = "clip-too-long"
STEP: Final = 30.0
"""Seconds by which the clip of what goes on grows: a player must find the same file again."""


class ItemClipView(HomeAssistantView):
    """The base of the clips of items; a preview instead of a clip that is too large."""

    async def get(
        self, request: web.Request, entry_id: str, item_id: str
    ) -> web.StreamResponse:
        """Return the clip, or a part of it; it takes up to a minute to make it."""
        hass, access = hass_of(request), access_to(request, entry_id)
        with view_errors(hass, access):
            client = access.runtime.client
            item = await self._async_item(client, read_name(item_id))
            require_camera(access, item.camera)
            if (footage := footage_of(item)) is None:
                raise web.HTTPNotFound(headers=NOT_KEPT)
            period = _period_of(footage, client)
            if period.end - period.start > MAX_MEDIA_FILE:
                return await _async_preview(request, access, item, period, TOO_LONG)
            size = await async_size_of(client, footage.camera, period)
            if size > MAX_BYTES:
                return await _async_preview(request, access, item, period, TOO_LARGE)
        path = await async_make_clip(
            hass, access, footage.camera, period.start, period.end
        )
        # Within a minute, whoever asks may have lost the camera.
        access = access_to(request, entry_id)
        require_camera(access, footage.camera)
        if await hass.async_add_executor_job(_size_of, path) > MAX_BYTES:
            with view_errors(hass, access):
                return await _async_preview(request, access, item, period, TOO_LARGE)
        return ClipResponse(hass, access.entry, path)

    head = get

    @abstractmethod
    async def _async_item(self, client: FrigateClient, item_id: str) -> Review | Event:
        """Return the item; raises FrigateError if there is none."""


class ReviewClipView(ItemClipView):
    """The clip of a review item."""

    url = REVIEW_CLIP
    name = f"api:{DOMAIN}:review:clip"

    @override
    async def _async_item(self, client: FrigateClient, item_id: str) -> Review:
        return await client.reviews.get(item_id)


class EventClipView(ItemClipView):
    """The clip of an event."""

    url = EVENT_CLIP
    name = f"api:{DOMAIN}:event:clip"

    @override
    async def _async_item(self, client: FrigateClient, item_id: str) -> Event:
        return await client.events.get(item_id)


def _period_of(footage: Footage, client: FrigateClient) -> Period:
    """Return the period of a clip; that of what goes on ends at one of a few times."""
    now = probable_now(client.clock)
    lasted = max(0.0, now - footage.began)
    steps = math.floor(lasted / STEP) * STEP
    return footage.period(footage.began + (steps or lasted))


def _size_of(path: Path) -> int:
    """Return the bytes of a file; 0 if it is gone, which is found out when it is read."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


async def _async_preview(
    request: web.Request,
    access: MediaAccess,
    item: Review | Event,
    period: Period,
    reason: str,
) -> web.StreamResponse:
    """Answer with Frigate's preview of an item, and with why; raises FrigateError."""
    LOGGER.debug("A preview is shown instead of a clip: %s", reason)
    headers = {**NOT_KEPT, REASON: reason}
    async with _open_preview(request, access.runtime.client, item, period) as stream:
        return await async_pass_on(request, access.entry, stream, MP4, headers=headers)


def _open_preview(
    request: web.Request, client: FrigateClient, item: Review | Event, period: Period
) -> AbstractAsyncContextManager[Stream]:
    byte_range, method = asked_range(request), method_of(request)
    if isinstance(item, Review):
        return client.reviews.preview(
            item.review_id, byte_range=byte_range, method=method
        )
    return client.previews.of_range(
        item.camera or "",
        period.start,
        period.end,
        byte_range=byte_range,
        method=method,
    )
