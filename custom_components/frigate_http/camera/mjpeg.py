"""Moving pictures without sound, for viewers that play no video."""

from contextlib import suppress
from functools import partial
from socket import IPPROTO_TCP, TCP_NOTSENT_LOWAT

from aiohttp import web

from ..aiofrigate import FrigateError, FrigateTimeoutError, Overlays
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
from ..shared_mjpeg import SharedMjpeg, SharedStream

MJPEG_TYPE = "multipart/x-mixed-replace;boundary=frame"
UNSENT_BYTES = 64 * 2**10
"""How much may wait in the system for a viewer, whose connection is slow."""


class Mjpeg:
    """The MJPEG stream of one camera, as the options say."""

    def __init__(self, coordinator: ServerCoordinator, camera: str) -> None:
        """Initialize with the live view options; `height` is the chosen one in pixels."""
        options = coordinator.config_entry.options
        self._coordinator = coordinator
        self._camera = camera
        self._shared = SharedMjpeg[int](f"MJPEG of {camera}")
        self._fps = int(options.get(CONF_MJPEG_FPS, DEFAULT_MJPEG_FPS))
        self._overlays = Overlays(**dict.fromkeys(options.get(CONF_OVERLAYS, ()), True))
        self.height = int(options.get(CONF_MJPEG_HEIGHT, DEFAULT_MJPEG_HEIGHT))

    async def async_forward(
        self, request: web.Request, height: int
    ) -> web.StreamResponse | None:
        """Forward the stream in a height in pixels; None if there is none."""
        hass, entry = self._coordinator.hass, self._coordinator.config_entry
        opener = partial(
            self._coordinator.client.media.mjpeg,
            self._camera,
            fps=self._fps,
            height=height,
            overlays=self._overlays,
        )
        try:
            async with self._shared.async_watch(hass, entry, height, opener) as stream:
                return await _async_forward(stream, request)
        except FrigateTimeoutError as err:
            raise web.HTTPGatewayTimeout from err
        except FrigateError as err:
            async_handle_lost_login(hass, entry, err)
            LOGGER.debug("%s has no MJPEG stream: %s", self._camera, err)
            return None

    def close(self) -> None:
        """End the stream, and with it all who watch it."""
        self._shared.close()


async def _async_forward(
    stream: SharedStream, request: web.Request
) -> web.StreamResponse:
    """Forward frame by frame, with our own headers."""
    response = web.StreamResponse()
    response.content_type = MJPEG_TYPE
    await response.prepare(request)
    _hold_little_back(request)
    with suppress(ConnectionError):
        await stream.deliver(response.write)
    # After a proper end, a browser would show the last frame for ever.
    if request.transport is not None:
        request.transport.abort()
    return response


def _hold_little_back(request: web.Request) -> None:
    """Let a slow viewer see what happens now.

    The system would take some 4 MiB of frames, which are those of half a minute.
    """
    # Not each connection is one of TCP.
    if (connection := request.get_extra_info("socket")) is not None:
        with suppress(OSError):
            connection.setsockopt(IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_BYTES)
