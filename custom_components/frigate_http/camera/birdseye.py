"""Birdseye: all cameras in one image."""

from typing import override

from homeassistant.components.camera import Camera, CameraEntityDescription
from homeassistant.exceptions import ServiceValidationError

from ..coordinator.server import ServerCoordinator
from ..entity.base import ServerEntity
from ..errors import validation_error
from .stills import Stills, StillsCamera

BIRDSEYE = CameraEntityDescription(key="birdseye")
BIRDSEYE_FRAME_INTERVAL = 1.0


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
