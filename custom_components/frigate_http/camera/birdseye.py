"""Birdseye: all cameras in one image."""

from typing import override

from homeassistant.components.camera import Camera, CameraEntityDescription
from homeassistant.exceptions import ServiceValidationError

from ..coordinator.server import ServerCoordinator
from ..coordinator.video import VideoCoordinator
from ..entity.base import ServerEntity
from ..errors import validation_error
from ..relay.relay import Relay
from .stills import Stills
from .video import VideoCamera

BIRDSEYE = CameraEntityDescription(key="birdseye")
BIRDSEYE_FRAME_INTERVAL = 1.0


class FrigateBirdseye(ServerEntity, VideoCamera):
    """All cameras in one image."""

    _attr_frame_interval = BIRDSEYE_FRAME_INTERVAL
    _state_attrs = ("_attr_supported_features",)

    def __init__(
        self, video: VideoCoordinator, relay: Relay, coordinator: ServerCoordinator
    ) -> None:
        """Initialize Birdseye."""
        Camera.__init__(self)
        super().__init__(coordinator, BIRDSEYE)
        self._video, self._relay, self._video_key = video, relay, BIRDSEYE.key
        self._stills = Stills(coordinator, BIRDSEYE.key)

    @override
    def _async_update_attrs(self) -> bool:
        self._async_update_video()
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
