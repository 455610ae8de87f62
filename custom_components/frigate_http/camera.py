"""Cameras: still images and MJPEG streams."""

import asyncio
from contextlib import aclosing, suppress
from functools import partial
from typing import override

from aiohttp import ClientError, web

from homeassistant.components.camera import (
    Camera,
    CameraEntityDescription,
    CameraEntityFeature,
    async_get_still_stream,
)
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aiofrigate import (
    FrigateError,
    FrigateTimeoutError,
    Overlays,
    StillImage,
    Stream,
    jpeg_frames,
)
from .commands import Commands
from .const import (
    CONF_MJPEG_FPS,
    CONF_MJPEG_HEIGHT,
    CONF_OVERLAYS,
    CONF_TAKEN_OVER,
    DEFAULT_MJPEG_FPS,
    DEFAULT_MJPEG_HEIGHT,
    DOMAIN,
    LOGGER,
)
from .coordinator.server import ServerCoordinator
from .entity.base import ServerEntity
from .entity.control import FeatureEntity, is_settable
from .entity.dynamic import async_add_and_remove, async_add_as_they_appear
from .errors import (
    action_error,
    action_errors,
    async_handle_lost_login,
    validation_error,
)
from .inventory import camera_unique_id
from .runtime import FrigateConfigEntry
from .shared_images import SharedImages

PARALLEL_UPDATES = 0

ENABLED, RECORDINGS, MOTION = "enabled", "recordings", "motion"
"""The features that the state of a camera shows, as the keys of the switches."""
BIRDSEYE = CameraEntityDescription(key="birdseye")
BIRDSEYE_FRAME_INTERVAL = 1.0
MJPEG_TYPE = "multipart/x-mixed-replace;boundary=frame"
MJPEG_FRAME = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n%b\r\n\r\n"
MJPEG_SILENCE = 10
"""Seconds without a frame after which an MJPEG stream is closed."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add every camera, and Birdseye if Frigate restreams it."""
    coordinator = entry.runtime_data.server
    async_add_as_they_appear(
        coordinator,
        async_add_entities,
        lambda coordinator: ((camera,) for camera in coordinator.data.cameras),
        partial(FrigateCamera, entry.runtime_data.commands),
    )
    async_add_and_remove(
        coordinator,
        async_add_entities,
        {BIRDSEYE.key},
        lambda coordinator: ((),) if coordinator.data.config.birdseye_restream else (),
        FrigateBirdseye,
        of_server=True,
    )


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


class FrigateCamera(FeatureEntity, StillsCamera):
    """A camera of Frigate."""

    _attr_name = None
    _features = (ENABLED, RECORDINGS, MOTION)
    _state_attrs = ("_attr_is_recording", "_attr_motion_detection_enabled")

    def __init__(
        self, commands: Commands, coordinator: ServerCoordinator, camera: str
    ) -> None:
        """Initialize with the live view options."""
        Camera.__init__(self)
        super().__init__(commands, coordinator, None, camera)
        options = coordinator.config_entry.options
        self._fps = int(options.get(CONF_MJPEG_FPS, DEFAULT_MJPEG_FPS))
        self._height = int(options.get(CONF_MJPEG_HEIGHT, DEFAULT_MJPEG_HEIGHT))
        self._overlays = Overlays(**dict.fromkeys(options.get(CONF_OVERLAYS, ()), True))
        self._stills = Stills(coordinator, camera)
        self._can_turn_off = coordinator.config_entry.data.get(CONF_TAKEN_OVER, False)
        if self._can_turn_off:
            self._attr_supported_features = CameraEntityFeature.ON_OFF

    @override
    def _async_update_attrs(self) -> bool:
        if self.camera_config is None:
            return False
        is_enabled, is_recorded, has_motion = (
            self.feature_value(feature) for feature in self._features
        )
        self._attr_is_recording = is_enabled is not False and is_recorded is True
        # Versions that cannot switch motion detection off do not tell.
        self._attr_motion_detection_enabled = has_motion is not False
        return True

    @override
    async def async_turn_on(self) -> None:
        """Turn the camera on."""
        await self._async_set(ENABLED, True)

    @override
    async def async_turn_off(self) -> None:
        """Turn the camera off where that is expected, else name the switch.

        Whoever turns off everything in an area does not mean its surveillance. Automations
        that come from the official integration do.
        """
        self._require_settable(ENABLED)
        if not self._can_turn_off:
            raise validation_error(
                "camera_stays_on", camera=self.camera, switch=self._switch
            )
        await self._async_set(ENABLED, False)

    @override
    async def async_enable_motion_detection(self) -> None:
        """Turn motion detection on."""
        await self._async_set(MOTION, True)

    @override
    async def async_disable_motion_detection(self) -> None:
        """Turn motion detection off."""
        await self._async_set(MOTION, False)

    async def _async_set(self, feature: str, value: bool) -> None:
        self._require_settable(feature)
        await self._commands.async_set_feature(self.camera, feature, value)

    def _require_settable(self, feature: str) -> None:
        """Raise an error where there is no switch of a feature either."""
        if is_settable(self.coordinator, self.camera, feature):
            return
        if not (profile := self.coordinator.data.profile).is_admin:
            raise action_error("forbidden", message=profile.role or "?")
        raise action_error("off_in_configuration", camera=self.camera)

    @property
    def _switch(self) -> str:
        """Return the entity id of the switch of the camera."""
        unique_id = camera_unique_id(
            self.coordinator.config_entry, self.camera, ENABLED
        )
        registry = er.async_get(self.hass)
        found = registry.async_get_entity_id(Platform.SWITCH, DOMAIN, unique_id)
        return found or Platform.SWITCH

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return the latest image in the requested size, if Frigate has that size."""
        return await self._async_still(self._height_for(width, height))

    @override
    async def handle_async_mjpeg_stream(
        self, request: web.Request
    ) -> web.StreamResponse | None:
        """Forward the MJPEG stream; None if there is none."""
        try:
            async with self.coordinator.client.media.mjpeg(
                self.camera,
                fps=self._fps,
                height=self._height_for(None, self._height) or self._height,
                overlays=self._overlays,
            ) as stream:
                return await self._pass_on(stream, request)
        except FrigateTimeoutError as err:
            raise web.HTTPGatewayTimeout from err
        except FrigateError as err:
            async_handle_lost_login(self.hass, self.coordinator.config_entry, err)
            LOGGER.debug("%s has no MJPEG stream: %s", self.entity_id, err)
            return None

    async def _pass_on(
        self, stream: Stream, request: web.Request
    ) -> web.StreamResponse:
        """Forward frame by frame, with our own headers."""
        response = web.StreamResponse()
        response.content_type = MJPEG_TYPE
        await response.prepare(request)
        # The response has started, so an error can no longer be reported to the viewer.
        with suppress(TimeoutError, FrigateError, ClientError):
            async with aclosing(jpeg_frames(stream)) as frames:
                while self.hass.is_running:
                    async with asyncio.timeout(MJPEG_SILENCE):
                        if (jpeg := await anext(frames, None)) is None:
                            break
                    await response.write(MJPEG_FRAME % jpeg)
        return response

    def _height_for(self, width: int | None, height: int | None) -> int | None:
        """Return the requested height in pixels, limited to that of the detect stream."""
        camera = self.camera_config
        own_width = camera.detect_width if camera else None
        own_height = camera.detect_height if camera else None
        if height is None and width is not None and own_width and own_height:
            height = round(width * own_height / own_width)
        if height is None:
            return None
        return max(1, min(height, own_height or height))


class FrigateBirdseye(ServerEntity, StillsCamera):
    """All cameras in one image, which Frigate serves as still images only."""

    _attr_frame_interval = BIRDSEYE_FRAME_INTERVAL

    def __init__(self, coordinator: ServerCoordinator) -> None:
        """Initialize Birdseye."""
        Camera.__init__(self)
        super().__init__(coordinator, BIRDSEYE)
        self._stills = Stills(coordinator, BIRDSEYE.key)

    @override
    def _async_update_attrs(self) -> bool:
        return self.coordinator.data.config.birdseye_restream

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return the latest image in the requested height."""
        return await self._async_still(height)

    @override
    async def async_turn_on(self) -> None:
        """Raise an error: there is nothing to turn on."""
        raise self._no_controls()

    @override
    async def async_turn_off(self) -> None:
        """Raise an error: there is nothing to turn off."""
        raise self._no_controls()

    @override
    async def async_enable_motion_detection(self) -> None:
        """Raise an error: there is no motion detection."""
        raise self._no_controls()

    @override
    async def async_disable_motion_detection(self) -> None:
        """Raise an error: there is no motion detection."""
        raise self._no_controls()

    def _no_controls(self) -> ServiceValidationError:
        return validation_error("not_a_camera", entity=self.entity_id)
