"""Views of previews: what happened in a review item or in an hour, silent and sped up."""

from aiohttp import web

from homeassistant.helpers.http import HomeAssistantView

from ..const import DOMAIN
from ..media_ids import written_time
from ..view_urls import PREVIEW, RANGE_PREVIEW, REVIEW_PREVIEW
from .base import (
    NOT_KEPT,
    access_to,
    hass_of,
    method_of,
    read_name,
    read_range,
    require_camera,
    view_errors,
)
from .conditions import asked_range
from .proxy import MP4, async_pass_on


class ReviewPreviewView(HomeAssistantView):
    """The preview of a review item."""

    url = REVIEW_PREVIEW
    name = f"api:{DOMAIN}:review:preview"

    async def get(
        self, request: web.Request, entry_id: str, item_id: str
    ) -> web.StreamResponse:
        """Return the video, or a part of it; Frigate makes it anew each time."""
        access = access_to(request, entry_id)
        review_id = read_name(item_id)
        with view_errors(hass_of(request), access):
            owner = await access.runtime.owners.async_review(review_id)
            require_camera(access, owner.camera)
            async with access.runtime.client.reviews.preview(
                review_id, byte_range=asked_range(request), method=method_of(request)
            ) as stream:
                return await async_pass_on(request, access.entry, stream, MP4)

    head = get


class RangePreviewView(HomeAssistantView):
    """The preview of any range of the recordings."""

    url = RANGE_PREVIEW
    name = f"api:{DOMAIN}:range:preview"

    async def get(
        self, request: web.Request, entry_id: str, camera: str, start: str, end: str
    ) -> web.StreamResponse:
        """Return the video, or a part of it; Frigate makes it anew each time."""
        access = access_to(request, entry_id)
        camera = read_name(camera)
        period = read_range(start, end)
        require_camera(access, camera)
        with view_errors(hass_of(request), access):
            async with access.runtime.client.previews.of_range(
                camera,
                *period,
                byte_range=asked_range(request),
                method=method_of(request),
            ) as stream:
                return await async_pass_on(request, access.entry, stream, MP4)

    head = get


class PreviewView(HomeAssistantView):
    """The preview of an hour, as Frigate keeps it."""

    url = PREVIEW
    name = f"api:{DOMAIN}:preview"

    async def get(
        self, request: web.Request, entry_id: str, camera: str, start: str, end: str
    ) -> web.StreamResponse:
        """Return the video, or a part of it."""
        access = access_to(request, entry_id)
        camera = read_name(camera)
        period = read_range(start, end)
        require_camera(access, camera)
        previews = access.runtime.client.previews
        with view_errors(hass_of(request), access):
            for preview in await previews.list(camera, *period):
                times = (preview.start or 0.0, preview.end or 0.0)
                if [*map(written_time, times)] == [start, end]:
                    async with previews.video(
                        camera,
                        preview,
                        byte_range=asked_range(request),
                        method=method_of(request),
                    ) as stream:
                        return await async_pass_on(request, access.entry, stream, MP4)
        raise web.HTTPNotFound(headers=NOT_KEPT)

    head = get
