"""Moving pictures without sound, for viewers that play no video."""

import asyncio
from contextlib import aclosing, suppress

from aiohttp import ClientError, web

from homeassistant.core import HomeAssistant

from ..aiofrigate import (
    FrigateError,
    FrigateTimeoutError,
    Overlays,
    Stream,
    jpeg_frames,
)
from ..const import (
    CONF_MJPEG_FPS,
    CONF_MJPEG_HEIGHT,
    CONF_OVERLAYS,
    DEFAULT_MJPEG_FPS,
    DEFAULT_MJPEG_HEIGHT,
    LOGGER,
)
from ..coordinator.server import ServerCoordinator
from ..errors import async_handle_lost_login

MJPEG_TYPE = "multipart/x-mixed-replace;boundary=frame"
MJPEG_FRAME = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n%b\r\n\r\n"
MJPEG_SILENCE = 10
"""Seconds without a frame after which an MJPEG stream is closed."""


class Mjpeg:
    """The MJPEG stream of one camera, as the options say."""

    def __init__(self, coordinator: ServerCoordinator, camera: str) -> None:
        """Initialize with the live view options; `height` is the chosen one in pixels."""
        options = coordinator.config_entry.options
        self._coordinator = coordinator
        self._camera = camera
        self._fps = int(options.get(CONF_MJPEG_FPS, DEFAULT_MJPEG_FPS))
        self._overlays = Overlays(**dict.fromkeys(options.get(CONF_OVERLAYS, ()), True))
        self.height = int(options.get(CONF_MJPEG_HEIGHT, DEFAULT_MJPEG_HEIGHT))

    async def async_forward(
        self, request: web.Request, height: int
    ) -> web.StreamResponse | None:
        """Forward the stream in a height in pixels; None if there is none."""
        hass = self._coordinator.hass
        try:
            async with self._coordinator.client.media.mjpeg(
                self._camera, fps=self._fps, height=height, overlays=self._overlays
            ) as stream:
                return await _async_pass_on(hass, stream, request)
        except FrigateTimeoutError as err:
            raise web.HTTPGatewayTimeout from err
        except FrigateError as err:
            async_handle_lost_login(hass, self._coordinator.config_entry, err)
            LOGGER.debug("%s has no MJPEG stream: %s", self._camera, err)
            return None


async def _async_pass_on(
    hass: HomeAssistant, stream: Stream, request: web.Request
) -> web.StreamResponse:
    """Forward frame by frame, with our own headers."""
    response = web.StreamResponse()
    response.content_type = MJPEG_TYPE
    await response.prepare(request)
    # The response has started, so an error can no longer be reported to the viewer.
    with suppress(TimeoutError, FrigateError, ClientError):
        async with aclosing(jpeg_frames(stream)) as frames:
            while hass.is_running:
                async with asyncio.timeout(MJPEG_SILENCE):
                    if (jpeg := await anext(frames, None)) is None:
                        break
                await response.write(MJPEG_FRAME % jpeg)
    return response
