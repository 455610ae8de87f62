"""Still images, single or as a stream."""

from functools import partial
from typing import override

from aiohttp import web

from homeassistant.components.camera import Camera, async_get_still_stream
from homeassistant.exceptions import HomeAssistantError

from ..aiofrigate import FrigateError, StillImage
from ..const import LOGGER
from ..coordinator.server import ServerCoordinator
from ..errors import action_errors
from ..shared_images import SharedImages


class Stills:
    """The still images of one camera; simultaneous viewers share one request."""

    def __init__(self, coordinator: ServerCoordinator, camera: str) -> None:
        """Initialize for a camera or Birdseye."""
        self._coordinator = coordinator
        self._camera = camera
        self._images = SharedImages[int | None](f"still image of {camera}")
        self._is_failing = False

    async def fetch(self, height: int | None) -> StillImage:
        """Return an image of the given height in pixels.

        Raises:
            HomeAssistantError: there is none, with the reason.
        """
        hass, entry = self._coordinator.hass, self._coordinator.config_entry
        with action_errors(hass, entry):
            return await self._images.async_fetch(
                hass, entry, height, partial(self._ask, height)
            )

    async def _ask(self, height: int | None) -> StillImage:
        try:
            image = await self._coordinator.client.media.latest_image(
                self._camera, height=height
            )
        except FrigateError as err:
            self._log_failure(err)
            raise
        if self._is_failing:
            self._is_failing = False
            LOGGER.info("Frigate sends images of %s again", self._camera)
        return image

    def _log_failure(self, err: FrigateError) -> None:
        """Log the first of several failures; Home Assistant only answers 500."""
        # That the whole server is down is logged by its coordinator.
        if self._is_failing or not self._coordinator.is_answering:
            return
        self._is_failing = True
        LOGGER.warning("Frigate sends no image of %s: %s", self._camera, err)


class StillsCamera(Camera):
    """The base of all cameras: still images, single or as a stream."""

    _attr_brand = "Frigate"
    _stills: Stills

    async def _async_still(self, height: int | None) -> bytes:
        image = await self._stills.fetch(height)
        self.content_type = image.content_type
        return image.content

    @override
    async def handle_async_still_stream(
        self, request: web.Request, interval: float
    ) -> web.StreamResponse:
        """Stream still images until one cannot be fetched."""
        return await async_get_still_stream(
            request, self._async_next_still, self.content_type, interval
        )

    async def _async_next_still(self) -> bytes | None:
        """Return a still image; None ends the stream, while an error would be logged."""
        try:
            return await self.async_camera_image()
        except HomeAssistantError as err:
            LOGGER.debug("%s has no more stills: %s", self.entity_id, err)
            return None
