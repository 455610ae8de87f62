"""Sensors of what custom models say of the objects of a camera."""

from collections.abc import Iterator
from typing import override

from homeassistant.components.sensor import SensorEntityDescription

from ..aiofrigate import CameraConfig, ObjectClassified
from ..coordinator.live import LiveCoordinator
from ..coordinator.server import ServerCoordinator
from ..inventory import as_title
from ..live.camera_state import CameraState
from ..live.topics import Kind, Topic
from .resetting import ResettingSensor

OBJECT_CLASSIFICATION = SensorEntityDescription(key="object_classification")


def object_classifiers(coordinator: ServerCoordinator) -> Iterator[tuple[str, str]]:
    """Yield the camera and the model of each sensor that exists."""
    for name, camera in coordinator.data.cameras.items():
        yield from ((name, model) for model in camera.object_classifiers)


class ObjectClassificationSensor(ResettingSensor):
    """What a model has said last of an object at a camera.

    An object comes and goes, so it resets as a recognized face does: otherwise the second
    courier of a day would change nothing. Unlike the state of a gate, it is only pushed
    while the object is there, and no poll tells it.
    """

    _needs_push = True

    def __init__(
        self,
        live: LiveCoordinator,
        coordinator: ServerCoordinator,
        camera: str,
        model: str,
    ) -> None:
        """Initialize for a model of a camera."""
        topic = Topic(Kind.RESULTS, camera, model)
        super().__init__(live, coordinator, OBJECT_CLASSIFICATION, camera, topic)
        self._model = model
        self._attr_unique_id = f"{self._attr_unique_id}:{model}"
        self._subject = (model,)
        self._attr_translation_placeholders = {"model": as_title(model)}

    @override
    def _last_of(self, state: CameraState) -> ObjectClassified | None:
        return state.results.get(self._model)

    @override
    def _is_configured(self, config: CameraConfig) -> bool:
        return self._model in config.object_classifiers
