"""Binary sensors of the live state: motion, occupancy and sounds."""

from functools import partial
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..aiofrigate import CameraConfig
from ..coordinator.live import LiveCoordinator
from ..coordinator.server import ServerCoordinator
from ..entity.base import ServerEntity
from ..entity.described import describing
from ..entity.dynamic import async_add_and_remove, async_add_as_they_appear
from ..entity.labels import LabelEntity, Subject, objects, objects_of, sounds, sounds_of
from ..entity.live import LiveEntity
from ..live.camera_state import ALL, CameraState
from ..live.topics import CONNECTION, Kind, Topic
from .suspicious import SUSPICIOUS, SuspiciousBinarySensor

PUSH = BinarySensorEntityDescription(
    key="live_connection",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)
MOTION = BinarySensorEntityDescription(
    key="motion", device_class=BinarySensorDeviceClass.MOTION
)
OCCUPANCY = BinarySensorEntityDescription(
    key="occupancy", device_class=BinarySensorDeviceClass.OCCUPANCY
)
SOUND = BinarySensorEntityDescription(
    key="sound",
    device_class=BinarySensorDeviceClass.SOUND,
    entity_registry_enabled_default=False,
)


@callback
def async_add_live_binary_sensors(
    coordinator: ServerCoordinator,
    live: LiveCoordinator,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the live binary sensors of every camera."""
    async_add_entities([PushBinarySensor(live, coordinator)])
    async_add_as_they_appear(
        coordinator,
        async_add_entities,
        lambda coordinator: ((camera,) for camera in coordinator.data.cameras),
        partial(MotionBinarySensor, live),
    )
    add = partial(async_add_and_remove, coordinator, async_add_entities)
    add({OCCUPANCY.key}, objects, partial(OccupancyBinarySensor, live))
    add({SUSPICIOUS.key}, describing, partial(SuspiciousBinarySensor, live))
    add({SOUND.key}, sounds, partial(SoundBinarySensor, live))


class PushBinarySensor(ServerEntity, BinarySensorEntity):
    """Whether the live connection is up; without it, Frigate is polled."""

    _state_attrs = ("_attr_is_on",)

    def __init__(self, live: LiveCoordinator, coordinator: ServerCoordinator) -> None:
        """Initialize for a server."""
        super().__init__(coordinator, PUSH)
        self._live = live

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the connection, which does not start polling."""
        self.async_on_remove(
            self._live.async_subscribe_topic(
                CONNECTION, self._handle_coordinator_update
            )
        )
        await super().async_added_to_hass()

    @property
    @override
    def is_reachable(self) -> bool:
        """Return whether the live connection is up, or the server answers polls."""
        return self._live.is_pushing or super().is_reachable

    @override
    def _async_update_attrs(self) -> bool:
        self._attr_is_on = self._live.is_pushing
        return True


class MotionBinarySensor(LiveEntity, BinarySensorEntity):
    """Whether a camera detects motion, which only pushed messages tell."""

    _state_attrs = ("_attr_is_on",)

    def __init__(
        self, live: LiveCoordinator, coordinator: ServerCoordinator, camera: str
    ) -> None:
        """Initialize for a camera."""
        topic = Topic(Kind.MOTION, camera)
        super().__init__(live, coordinator, MOTION, camera, topic)

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        self._attr_is_on = state.motion
        return True


class OccupancyBinarySensor(LabelEntity, BinarySensorEntity):
    """Whether there is an object of a label at a camera or in one of its zones.

    While it is polled, an object is in every zone that it has entered, as Frigate does
    not tell which of them it has left.
    """

    _state_attrs = ("_attr_is_on",)

    def __init__(
        self, live: LiveCoordinator, coordinator: ServerCoordinator, subject: Subject
    ) -> None:
        """Initialize for a label of a camera or zone."""
        super().__init__(live, coordinator, OCCUPANCY, Kind.OBJECTS, subject)
        # A zone may list labels that the camera does not track.
        self._attr_entity_registry_enabled_default = (
            subject.label != ALL
            and subject.label in coordinator.data.cameras[subject.camera].labels
        )

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        count = state.count(self._label, self._zone)
        self._attr_is_on = None if count is None else count > 0
        return self._label in objects_of(config, self._zone)


class SoundBinarySensor(LabelEntity, BinarySensorEntity):
    """Whether a camera detects a sound."""

    _state_attrs = ("_attr_is_on",)

    def __init__(
        self, live: LiveCoordinator, coordinator: ServerCoordinator, subject: Subject
    ) -> None:
        """Initialize for a sound label of a camera."""
        super().__init__(live, coordinator, SOUND, Kind.SOUNDS, subject)

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        heard = state.sounds
        self._attr_is_on = None if heard is None else self._label in heard
        return self._label in sounds_of(config)
