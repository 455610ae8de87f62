"""Entities of what a language model wrote about the last review item of a camera."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import override

from homeassistant.helpers.entity import EntityDescription

from ..aiofrigate import CameraConfig
from ..coordinator.live import LiveCoordinator
from ..coordinator.server import ServerCoordinator
from ..live.camera_state import CameraState, DescribedReview
from ..live.topics import Kind, Topic
from .live import LiveEntity


def describing(coordinator: ServerCoordinator) -> Iterator[tuple[str]]:
    """Yield the cameras whose review items a language model describes."""
    for name, camera in coordinator.data.cameras.items():
        if camera.describes_reviews:
            yield (name,)


class DescribedEntity(LiveEntity):
    """An entity of the review item that began last of those with a description."""

    _description: EntityDescription

    def __init__(
        self, live: LiveCoordinator, coordinator: ServerCoordinator, camera: str
    ) -> None:
        """Initialize for a camera."""
        topic = Topic(Kind.DESCRIBED, camera)
        super().__init__(live, coordinator, self._description, camera, topic)
        self._attr_extra_state_attributes = {}

    @abstractmethod
    def _async_update_described(self, described: DescribedReview | None) -> None:
        """Update attributes from the described item; None if there is none."""

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        self._async_update_described(state.described)
        return config.describes_reviews
