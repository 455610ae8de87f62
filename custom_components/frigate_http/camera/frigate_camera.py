"""The cameras of Frigate: their states, and what turns them on and off."""

from typing import override

from aiohttp import web

from homeassistant.components.camera import Camera, CameraEntityFeature
from homeassistant.const import Platform
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er

from ..commands import Commands
from ..const import CONF_TAKEN_OVER, DOMAIN
from ..coordinator.server import ServerCoordinator
from ..coordinator.video import VideoCoordinator
from ..entity.control import FeatureEntity, is_settable
from ..errors import action_error, validation_error
from ..inventory import camera_unique_id
from ..relay.relay import Relay
from .mjpeg import Mjpeg
from .stills import Stills
from .video import VideoCamera

ENABLED, RECORDINGS, MOTION = "enabled", "recordings", "motion"
"""The features that the state of a camera shows, as the keys of the switches."""


class FrigateCamera(FeatureEntity, VideoCamera):
    """A camera of Frigate."""

    _attr_name = None
    _features = (ENABLED, RECORDINGS, MOTION)
    _state_attrs = (
        "_attr_is_recording",
        "_attr_motion_detection_enabled",
        "_attr_supported_features",
    )

    def __init__(
        self,
        commands: Commands,
        video: VideoCoordinator,
        relay: Relay,
        coordinator: ServerCoordinator,
        camera: str,
    ) -> None:
        """Initialize for one of the cameras."""
        Camera.__init__(self)
        super().__init__(commands, coordinator, None, camera)
        self._video, self._relay, self._video_key = video, relay, camera
        self._stills = Stills(coordinator, camera)
        self._mjpeg = Mjpeg(coordinator, camera)
        self._can_turn_off = coordinator.config_entry.data.get(CONF_TAKEN_OVER, False)
        if self._can_turn_off:
            self._attr_supported_features = CameraEntityFeature.ON_OFF

    @override
    async def async_added_to_hass(self) -> None:
        """Let whoever watches not outlast the camera."""
        await super().async_added_to_hass()
        self.async_on_remove(self._mjpeg.close)

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
        self._async_update_video()
        return True

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        super()._handle_coordinator_update()
        # Frigate may push that a camera is off although it answers no polls.
        self._handle_video_update()

    @property
    @override
    def is_switched_off(self) -> bool:
        return self.feature_value(ENABLED) is False

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
        height = self._mjpeg.height
        return await self._mjpeg.async_forward(
            request, self._height_for(None, height) or height
        )

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
