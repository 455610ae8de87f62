"""Sensors of the live state: object counts, review status and classification."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..aiofrigate import CameraConfig
from ..coordinator.live import LiveCoordinator
from ..coordinator.server import ServerCoordinator
from ..entity.described import describing
from ..entity.dynamic import async_add_and_remove
from ..entity.labels import LabelEntity, Subject, objects, objects_of
from ..entity.live import LiveEntity
from ..inventory import as_title
from ..live.camera_state import CameraState
from ..live.topics import Kind, Topic
from .base import has_official_unit
from .described import LAST_REVIEW, LastReviewSensor
from .object_classification import (
    OBJECT_CLASSIFICATION,
    ObjectClassificationSensor,
    object_classifiers,
)
from .recognized import RECOGNIZED_SENSORS, RecognizedSensor, recognizing
from .suspended import SUSPENDED_UNTIL, SuspendedSensor, notifying

_NOTHING = "none"
_OFFICIAL_UNIT = "objects"


@dataclass(frozen=True, kw_only=True)
class CountSensorDescription(SensorEntityDescription):
    """A count of objects of a label."""

    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT
    entity_registry_enabled_default: bool = False
    only_active: bool


COUNT_SENSORS: tuple[CountSensorDescription, ...] = (
    CountSensorDescription(key="count", only_active=False),
    CountSensorDescription(key="active_count", only_active=True),
)
REVIEW_STATUS = SensorEntityDescription(
    key="review_status",
    device_class=SensorDeviceClass.ENUM,
    options=[_NOTHING, "detection", "alert"],
)
CLASSIFICATION = SensorEntityDescription(key="classification")


@callback
def async_add_live_sensors(
    coordinator: ServerCoordinator,
    live: LiveCoordinator,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the live sensors of every camera."""
    add = partial(async_add_and_remove, coordinator, async_add_entities)
    add({one.key for one in COUNT_SENSORS}, _counted, partial(CountSensor, live))
    add(
        {one.key for one in RECOGNIZED_SENSORS},
        recognizing,
        partial(RecognizedSensor, live),
    )
    add({CLASSIFICATION.key}, _classified, partial(ClassificationSensor, live))
    add({LAST_REVIEW.key}, describing, partial(LastReviewSensor, live))
    add(
        {OBJECT_CLASSIFICATION.key},
        object_classifiers,
        partial(ObjectClassificationSensor, live),
    )
    add({REVIEW_STATUS.key}, _cameras, partial(ReviewStatusSensor, live))
    add({SUSPENDED_UNTIL.key}, notifying, partial(SuspendedSensor, live))


def _counted(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[CountSensorDescription, Subject]]:
    for description, (subject,) in product(COUNT_SENSORS, objects(coordinator)):
        yield description, subject


def _classified(coordinator: ServerCoordinator) -> Iterator[tuple[str, str]]:
    for camera, models in coordinator.data.config.classifiers.items():
        if camera in coordinator.data.cameras:
            yield from product((camera,), models)


def _cameras(coordinator: ServerCoordinator) -> Iterator[tuple[str]]:
    yield from ((camera,) for camera in coordinator.data.cameras)


class CountSensor(LabelEntity, SensorEntity):
    """The number of objects of a label at a camera or in one of its zones.

    While it is polled, an object is in every zone that it has entered, and how many of
    them move is unknown: Frigate tells neither when it is asked.
    """

    entity_description: CountSensorDescription
    _state_attrs = ("_attr_native_value",)

    def __init__(
        self,
        live: LiveCoordinator,
        coordinator: ServerCoordinator,
        description: CountSensorDescription,
        subject: Subject,
    ) -> None:
        """Initialize for a label of a camera or zone."""
        super().__init__(live, coordinator, description, Kind.OBJECTS, subject)
        if has_official_unit(coordinator, str(self.unique_id), None):
            self._attr_native_unit_of_measurement = _OFFICIAL_UNIT

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        self._attr_native_value = state.count(
            self._label, self._zone, only_active=self.entity_description.only_active
        )
        return self._label in objects_of(config, self._zone)


class ReviewStatusSensor(LiveEntity, SensorEntity):
    """The highest severity of the ongoing review items of a camera."""

    _state_attrs = ("_attr_native_value",)

    def __init__(
        self, live: LiveCoordinator, coordinator: ServerCoordinator, camera: str
    ) -> None:
        """Initialize for a camera."""
        topic = Topic(Kind.REVIEWS, camera)
        super().__init__(live, coordinator, REVIEW_STATUS, camera, topic)

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        known = state.severity or _NOTHING
        self._attr_native_value = known if state.knows_severity else None
        return True


class ClassificationSensor(LiveEntity, RestoreSensor):
    """The state that a custom classification model finds for a camera.

    Frigate tells that when it changes, and only by a push. A gate may not move for days, so
    the last state is kept over gaps in the connection, and over restarts.
    """

    _state_attrs = ("_attr_native_value",)

    def __init__(
        self,
        live: LiveCoordinator,
        coordinator: ServerCoordinator,
        camera: str,
        model: str,
    ) -> None:
        """Initialize for a model of a camera."""
        topic = Topic(Kind.STATES, camera, model)
        super().__init__(live, coordinator, CLASSIFICATION, camera, topic)
        self._model = model
        self._attr_unique_id = f"{self._attr_unique_id}:{model}"
        self._subject = (model,)
        self._attr_translation_placeholders = {"model": as_title(model)}

    @override
    async def async_added_to_hass(self) -> None:
        """Restore the last state."""
        if (stored := await self.async_get_last_sensor_data()) is not None:
            self._attr_native_value = stored.native_value
        await super().async_added_to_hass()

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        if (pushed := state.states.get(self._model)) is not None:
            self._attr_native_value = pushed
        models = self.coordinator.data.config.classifiers.get(self.camera, ())
        return self._model in models
