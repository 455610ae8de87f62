"""View of clips: a part of the recordings as one file, which is made when it is asked for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, override

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.http import HomeAssistantView

from ..aiofrigate import ByteRange, FrigateError
from ..const import DOMAIN
from ..downloads.clip_cache import clip_cache
from ..media_access import MediaAccess
from ..runtime import FrigateConfigEntry
from ..view_urls import CLIP
from .base import (
    CHECKED,
    LATER,
    NOT_KEPT,
    access_to,
    answer_to,
    hass_of,
    read_name,
    read_range,
    require_camera,
)
from .proxy import MP4, disconnected_on_unload

_ANSWERS: Final[Mapping[str | None, type[web.HTTPException]]] = {
    "bad_times": web.HTTPBadRequest,
    "broken_file": web.HTTPBadGateway,
    "clip_too_large": web.HTTPBadRequest,
    "end_ahead": web.HTTPBadRequest,
    "media_in_parts": web.HTTPBadRequest,
    "media_too_long": web.HTTPBadRequest,
    "nothing_recorded": web.HTTPNotFound,
    "too_large": web.HTTPBadGateway,
}
"""By the translation key of an error; all other errors may be over later."""


class ClipView(HomeAssistantView):
    """A part of the recordings as one MP4 file."""

    url = CLIP
    name = f"api:{DOMAIN}:clip"

    async def get(
        self, request: web.Request, entry_id: str, camera: str, start: str, end: str
    ) -> web.StreamResponse:
        """Return the file, or a part of it; it takes up to a minute to make it."""
        hass, access = hass_of(request), access_to(request, entry_id)
        camera = read_name(camera)
        period = read_range(start, end)
        require_camera(access, camera)
        path = await async_make_clip(hass, access, camera, *period)
        # Within a minute, whoever asks may have lost the camera.
        require_camera(access_to(request, entry_id), camera)
        return ClipResponse(hass, access.entry, path)

    head = get


async def async_make_clip(
    hass: HomeAssistant, access: MediaAccess, camera: str, start: float, end: float
) -> Path:
    """Return the file of a clip; raises HTTPException if there is none within a minute."""
    try:
        return await clip_cache(hass).async_get_clip(
            access.runtime.client, access.entry.entry_id, camera, start, end
        )
    except HomeAssistantError as err:
        raise _answer_to(err) from err


def _answer_to(err: HomeAssistantError) -> web.HTTPException:
    if isinstance(err.__cause__, FrigateError):
        return answer_to(err.__cause__)
    if (kind := _ANSWERS.get(err.translation_key)) is None:
        return web.HTTPServiceUnavailable(headers=LATER)
    return kind(headers=NOT_KEPT)


class ClipResponse(web.FileResponse):
    """The file of a clip, which a later one may replace."""

    def __init__(
        self, hass: HomeAssistant, entry: FrigateConfigEntry, path: Path
    ) -> None:
        """Answer with a file, until the config entry is unloaded."""
        super().__init__(path, headers={**CHECKED, hdrs.CONTENT_TYPE: MP4})
        self._hass = hass
        self._entry = entry
        self._clip = path

    @override
    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send the file, or the part of it that is asked for."""
        if hdrs.RANGE in request.headers and not await self._async_is_for_part(request):
            headers = request.headers.copy()
            headers.popall(hdrs.RANGE)
            request = request.clone(headers=headers)
        with disconnected_on_unload(request, self._entry):
            return await super().prepare(request)

    async def _async_is_for_part(self, request: web.BaseRequest) -> bool:
        """Return whether a part is asked for, and nothing that aiohttp misunderstands."""
        if ByteRange.parse(request.headers[hdrs.RANGE]) is None:
            return False
        condition = request.headers.get(hdrs.IF_RANGE, "")
        # aiohttp compares times only, and takes an ETag for no condition at all.
        return not condition.endswith('"') or condition == await self._async_tag()

    async def _async_tag(self) -> str | None:
        """Return the ETag that aiohttp gives the file; None if it is gone."""
        try:
            stat = await self._hass.async_add_executor_job(self._clip.stat)
        except OSError:
            return None
        return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
