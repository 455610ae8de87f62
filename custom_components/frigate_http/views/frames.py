"""View of a picture of the recordings."""

from aiohttp import web

from homeassistant.helpers.http import HomeAssistantView

from ..const import DOMAIN
from ..media_ids import read_time
from ..view_urls import FRAME
from .base import (
    KEPT,
    access_to,
    hass_of,
    read_name,
    reading_path,
    require_camera,
    view_errors,
)
from .jpeg import async_as_jpeg


class FrameView(HomeAssistantView):
    """What a camera recorded at a time, as a picture."""

    url = FRAME
    name = f"api:{DOMAIN}:frame"

    async def get(
        self, request: web.Request, entry_id: str, camera: str, start: str
    ) -> web.Response:
        """Return the picture."""
        hass, access = hass_of(request), access_to(request, entry_id)
        camera = read_name(camera)
        with reading_path():
            timestamp = read_time(start)
        require_camera(access, camera)
        with view_errors(hass, access):
            frame = await access.runtime.client.files.frame(camera, timestamp)
            image = await async_as_jpeg(hass, frame)
        return web.Response(
            body=image.content, content_type=image.content_type, headers=KEPT
        )

    head = get
