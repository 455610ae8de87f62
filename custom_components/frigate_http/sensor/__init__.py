"""Sensors: how the server and its cameras are doing, and whom it knows."""

from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator.server import ServerCoordinator
from ..entity.base import CameraEntity, ServerEntity
from ..entity.dynamic import async_add_as_they_appear
from ..inventory import as_title, person_unique_id
from ..runtime import FrigateConfigEntry
from .descriptions import (
    CAMERA_SENSORS,
    FACES_SENSORS,
    PART_SENSORS,
    PERSON_SENSOR,
    SERVER_SENSORS,
    CameraSensorDescription,
    FacesSensorDescription,
    PartSensorDescription,
    ServerSensorDescription,
)
from .downloads import DOWNLOAD_SENSORS, FrigateDownloadSensor
from .exports import EXPORTS_SENSORS, ExportsSensorDescription, FrigateExportsSensor
from .live import async_add_live_sensors
from .reviews import REVIEWS_SENSORS, FrigateReviewsSensor

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of everything there is, and of what comes later."""
    runtime = entry.runtime_data
    coordinator = runtime.server
    add = partial(async_add_as_they_appear, coordinator, async_add_entities)
    add(_server_sensors, FrigateServerSensor)
    add(_part_sensors, FrigatePartSensor)
    add(_faces_sensors, FrigateFacesSensor)
    add(_people, FrigatePersonSensor)
    add(_camera_sensors, FrigateCameraSensor)
    add(
        _exports_sensors,
        lambda _server, one: FrigateExportsSensor(runtime.exports, one),
    )
    async_add_entities(
        FrigateDownloadSensor(runtime.downloads, coordinator, one)
        for one in DOWNLOAD_SENSORS
    )
    async_add_entities(
        FrigateReviewsSensor(runtime.reviews, one) for one in REVIEWS_SENSORS
    )
    async_add_live_sensors(coordinator, runtime.live, async_add_entities)


def _part_name(part: str) -> str:
    """Return how a part is called: a mount by its last folder, all others in full."""
    return (PurePosixPath(part).name or part) if part.startswith("/") else part


type Keys[*Ts] = Iterator[tuple[*Ts]]


def _server_sensors(coordinator: ServerCoordinator) -> Keys[ServerSensorDescription]:
    if (stats := coordinator.data.stats) is not None:
        yield from ((one,) for one in SERVER_SENSORS if one.exists_fn(stats))


def _part_sensors(
    coordinator: ServerCoordinator,
) -> Keys[PartSensorDescription, str]:
    if (stats := coordinator.data.stats) is None:
        return
    for one in PART_SENSORS:
        for part in one.parts_fn(stats):
            if one.exists_fn(part):
                yield one, part


def _faces_sensors(coordinator: ServerCoordinator) -> Keys[FacesSensorDescription]:
    if coordinator.data.faces is not None:
        yield from ((one,) for one in FACES_SENSORS)


def _people(coordinator: ServerCoordinator) -> Keys[str]:
    if (faces := coordinator.data.faces) is not None:
        yield from ((person,) for person in faces.people)


def _camera_sensors(
    coordinator: ServerCoordinator,
) -> Keys[CameraSensorDescription, str]:
    if coordinator.data.stats is None:
        return
    for name, camera in coordinator.data.cameras.items():
        for one in CAMERA_SENSORS:
            if one.exists_fn(camera, coordinator.client.capabilities):
                yield one, name


def _exports_sensors(
    coordinator: ServerCoordinator,
) -> Keys[ExportsSensorDescription]:
    capabilities = coordinator.client.capabilities
    yield from ((one,) for one in EXPORTS_SENSORS if one.exists_fn(capabilities))


class FrigateServerSensor(ServerEntity, SensorEntity):
    """A figure of the server as a whole."""

    entity_description: ServerSensorDescription
    # The value of the uptime drifts by a second now and then, its state does not.
    _state_attrs = ("state",)

    @override
    def _async_update_attrs(self) -> bool:
        if (stats := self.coordinator.data.stats) is None:
            return False
        self._attr_native_value = self.entity_description.value_fn(stats)
        return True


class FrigatePartSensor(ServerEntity, SensorEntity):
    """A figure of one detector, GPU, NPU, file system or thermometer."""

    entity_description: PartSensorDescription
    _state_attrs = ("_attr_native_value",)

    def __init__(
        self,
        coordinator: ServerCoordinator,
        description: PartSensorDescription,
        part: str,
    ) -> None:
        """Show what the description says of a part."""
        super().__init__(coordinator, description)
        self._attr_unique_id = f"{self._attr_unique_id}:{part}"
        self._part = part
        self._subject = (_part_name(part),)
        self._attr_translation_placeholders = {"part": as_title(_part_name(part))}
        if part in description.on_for:
            self._attr_entity_registry_enabled_default = True

    @override
    def _async_update_attrs(self) -> bool:
        if (stats := self.coordinator.data.stats) is None:
            return False
        part = self.entity_description.parts_fn(stats).get(self._part)
        self._attr_native_value = (
            None if part is None else self.entity_description.value_fn(part)
        )
        return True


class FrigateFacesSensor(ServerEntity, SensorEntity):
    """A figure of the library of faces."""

    entity_description: FacesSensorDescription
    _state_attrs = ("_attr_native_value",)

    @override
    def _async_update_attrs(self) -> bool:
        if (faces := self.coordinator.data.faces) is None:
            return False
        self._attr_native_value = self.entity_description.value_fn(faces)
        return True


class FrigatePersonSensor(ServerEntity, SensorEntity):
    """How many images of a person there are."""

    _state_attrs = ("_attr_native_value",)

    def __init__(self, coordinator: ServerCoordinator, person: str) -> None:
        """Count the images of a person."""
        super().__init__(coordinator, PERSON_SENSOR)
        self._person = person
        self._attr_unique_id = person_unique_id(coordinator.config_entry, person)
        self._subject = (person,)
        self._attr_translation_placeholders = {"person": person.replace("_", " ")}

    @override
    def _async_update_attrs(self) -> bool:
        faces = self.coordinator.data.faces
        if faces is None or (images := faces.people.get(self._person)) is None:
            return False
        self._attr_native_value = len(images)
        return True


class FrigateCameraSensor(CameraEntity, SensorEntity):
    """A figure of a camera."""

    entity_description: CameraSensorDescription
    _state_attrs = ("_attr_native_value",)

    def __init__(
        self,
        coordinator: ServerCoordinator,
        description: CameraSensorDescription,
        camera: str,
    ) -> None:
        """Show what the description says of a camera."""
        super().__init__(coordinator, description, camera)
        if description.choices:
            self._attr_options = list(description.choices)

    @override
    def _async_update_attrs(self) -> bool:
        if not self.is_told_of:
            return False
        stats = self.camera_stats
        self._attr_native_value = (
            self.entity_description.value_fn(stats)
            if stats is not None and self._is_told_still
            else None
        )
        return True

    @property
    def _is_told_still(self) -> bool:
        """Return whether the figure means something, as sound without audio does not."""
        camera, capabilities = self.camera_config, self.coordinator.client.capabilities
        return camera is not None and bool(
            self.entity_description.exists_fn(camera, capabilities)
        )
