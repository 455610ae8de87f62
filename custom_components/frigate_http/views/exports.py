"""Views of exports: the video, which is a file of Frigate."""

from aiohttp import hdrs, web

from homeassistant.helpers.http import HomeAssistantView

from ..const import DOMAIN
from ..view_urls import EXPORT_VIDEO
from .base import (
    KEPT,
    LATER,
    access_to,
    hass_of,
    method_of,
    read_name,
    require_camera,
    view_errors,
)
from .conditions import asked_range, not_modified, tag_of
from .proxy import MP4, async_pass_on


class ExportVideoView(HomeAssistantView):
    """The video of an export."""

    url = EXPORT_VIDEO
    name = f"api:{DOMAIN}:export:video"

    async def get(
        self, request: web.Request, entry_id: str, item_id: str
    ) -> web.StreamResponse:
        """Return the video, or a part of it."""
        access = access_to(request, entry_id)
        with view_errors(hass_of(request), access):
            exports = access.runtime.client.exports
            export = await exports.find(read_name(item_id), fresh=True)
            require_camera(access, export.camera)
            if export.in_progress or export.file is None:
                # Frigate would remember for two minutes that there is no file.
                raise web.HTTPServiceUnavailable(headers=LATER)
            # The file of an export never changes, and no other one gets its name.
            tag = tag_of(entry_id, export.id, export.file)
            if (answer := not_modified(request, tag, KEPT)) is not None:
                return answer
            async with access.runtime.client.files.export_range(
                export.file,
                byte_range=asked_range(request, tag),
                method=method_of(request),
            ) as stream:
                return await async_pass_on(
                    request,
                    access.entry,
                    stream,
                    MP4,
                    headers={**KEPT, hdrs.ETAG: tag},
                )

    head = get
