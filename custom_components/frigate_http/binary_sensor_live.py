"""Binary sensors of what happens: motion, and whether any of it is pushed."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aiofrigate import CameraConfig
from .coordinator import FrigateCoordinator
from .entity import ServerEntity, async_add_as_they_appear
from .live.camera_picture import CameraPicture
from .live.coordinator import LiveCoordinator
from .live.entity import LiveEntity
from .live.topics import Kind, Topic

PUSH = BinarySensorEntityDescription(
    key="push",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)
MOTION = BinarySensorEntityDescription(
    key="motion", device_class=BinarySensorDeviceClass.MOTION
)


@callback
def async_add_live_binary_sensors(
    coordinator: FrigateCoordinator, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the binary sensors of what happens at every camera."""
    async_add_entities([PushBinarySensor(coordinator)])
    async_add_as_they_appear(
        coordinator,
        async_add_entities,
        lambda coordinator: ((camera,) for camera in coordinator.data.cameras),
        MotionBinarySensor,
    )


class PushBinarySensor(ServerEntity, BinarySensorEntity):
    """Whether Frigate pushes what happens, or has to be asked for it."""

    _shown = ("_attr_is_on",)

    def __init__(self, coordinator: FrigateCoordinator) -> None:
        """Show which way is in use."""
        super().__init__(coordinator, PUSH)
        self._live: LiveCoordinator = coordinator.config_entry.runtime_data.live

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the connection, without asking for what happens."""
        self.async_on_remove(
            self._live.async_follow_connection(self._handle_coordinator_update)
        )
        await super().async_added_to_hass()

    @override
    def _read(self) -> bool:
        self._attr_is_on = self._live.is_pushing
        return True


class MotionBinarySensor(LiveEntity, BinarySensorEntity):
    """Whether something moves before a camera, which only a push tells."""

    _shown = ("_attr_is_on",)

    def __init__(self, coordinator: FrigateCoordinator, camera: str) -> None:
        """Show whether something moves."""
        super().__init__(coordinator, MOTION, camera, Topic(Kind.MOTION, camera))

    @override
    def _read_live(self, config: CameraConfig, picture: CameraPicture) -> bool:
        self._attr_is_on = picture.motion
        return True
