"""View of previews: what happened in a review item, silent and sped up."""

from aiohttp import web

from homeassistant.helpers.http import HomeAssistantView

from ..const import DOMAIN
from ..view_urls import REVIEW_PREVIEW
from .base import access_to, hass_of, method_of, read_name, require_camera, view_errors
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
