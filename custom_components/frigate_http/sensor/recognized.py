"""Sensors of the last recognized face and license plate."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.sensor import SensorEntityDescription

from ..aiofrigate import CameraConfig, Recognized
from ..coordinator.live import LiveCoordinator
from ..coordinator.server import ServerCoordinator
from ..live.camera_state import CameraState
from ..live.topics import Kind, Topic
from .resetting import ResettingSensor


@dataclass(frozen=True, kw_only=True)
class RecognizedSensorDescription(SensorEntityDescription):
    """A kind of recognition of a camera."""

    kind: Kind
    exists_fn: Callable[[CameraConfig], bool]
    last_fn: Callable[[CameraState], Recognized | None]


RECOGNIZED_SENSORS: tuple[RecognizedSensorDescription, ...] = (
    RecognizedSensorDescription(
        key="last_recognized_face",
        kind=Kind.FACES,
        exists_fn=lambda camera: camera.recognizes_faces,
        last_fn=lambda state: state.face,
    ),
    RecognizedSensorDescription(
        key="last_recognized_plate",
        entity_registry_enabled_default=False,
        kind=Kind.PLATES,
        exists_fn=lambda camera: camera.reads_plates,
        last_fn=lambda state: state.plate,
    ),
)


def recognizing(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[RecognizedSensorDescription, str]]:
    """Yield the description and camera of each sensor that exists."""
    for name, camera in coordinator.data.cameras.items():
        for description in RECOGNIZED_SENSORS:
            if description.exists_fn(camera):
                yield description, name


class RecognizedSensor(ResettingSensor):
    """The last recognition.

    While it is polled, an object counts as recognized once, and not anew as long as it
    stays.
    """

    entity_description: RecognizedSensorDescription

    def __init__(
        self,
        live: LiveCoordinator,
        coordinator: ServerCoordinator,
        description: RecognizedSensorDescription,
        camera: str,
    ) -> None:
        """Initialize for a camera."""
        topic = Topic(description.kind, camera)
        super().__init__(live, coordinator, description, camera, topic)

    @override
    def _last_of(self, state: CameraState) -> Recognized | None:
        return self.entity_description.last_fn(state)

    @override
    def _is_configured(self, config: CameraConfig) -> bool:
        return self.entity_description.exists_fn(config)
