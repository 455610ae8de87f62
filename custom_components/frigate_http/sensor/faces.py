"""Sensors of the face library and of each person in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.sensor import (
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.helpers.typing import StateType

from ..aiofrigate import FaceLibrary
from ..coordinator.server import ServerCoordinator
from ..entity.base import ServerEntity
from ..inventory import person_unique_id


@dataclass(frozen=True, kw_only=True)
class FacesSensorDescription(SensorEntityDescription):
    """A sensor of the face library."""

    value_fn: Callable[[FaceLibrary], StateType]


FACES_SENSORS: tuple[FacesSensorDescription, ...] = (
    FacesSensorDescription(
        key="known_faces",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda faces: len(faces.people),
    ),
    FacesSensorDescription(
        key="faces_to_train",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda faces: len(faces.train),
    ),
)

PERSON_SENSOR = SensorEntityDescription(
    key="face_images", state_class=SensorStateClass.MEASUREMENT
)


def faces_sensors(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[FacesSensorDescription]]:
    """Yield the descriptions, if this account may read the face library."""
    if coordinator.data.faces is not None:
        yield from ((one,) for one in FACES_SENSORS)


def people(coordinator: ServerCoordinator) -> Iterator[tuple[str]]:
    """Yield the people in the face library."""
    if (faces := coordinator.data.faces) is not None:
        yield from ((person,) for person in faces.people)


class FrigateFacesSensor(ServerEntity, SensorEntity):
    """A sensor of the face library."""

    entity_description: FacesSensorDescription
    _state_attrs = ("_attr_native_value",)

    @override
    def _async_update_attrs(self) -> bool:
        if (faces := self.coordinator.data.faces) is None:
            return False
        self._attr_native_value = self.entity_description.value_fn(faces)
        return True


class FrigatePersonSensor(ServerEntity, SensorEntity):
    """The number of images of a person."""

    _state_attrs = ("_attr_native_value",)

    def __init__(self, coordinator: ServerCoordinator, person: str) -> None:
        """Initialize for a person."""
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
