"""Event entities: what happens at a camera, each thing told once."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aiofrigate import CameraConfig, Recognized
from .coordinator.live import LiveCoordinator
from .coordinator.server import FrigateCoordinator
from .dates import iso
from .entity.dynamic import async_add_live
from .entity.live import HappeningEntity
from .live.camera_state import CameraPicture
from .live.topics import Happening, Kind, ReviewHappened, ReviewStep, Topic
from .runtime import FrigateConfigEntry

PARALLEL_UPDATES = 0

_MOST_UNTOLD = 100

RECOGNIZED = "recognized"

type Told = tuple[str, Mapping[str, Any]]
"""The type of an event, and its attributes."""


@dataclass(frozen=True, kw_only=True)
class HappeningDescription(EventEntityDescription):
    """A kind of happening at a camera."""

    types: tuple[str, ...]
    kind: Kind
    exists_fn: Callable[[CameraConfig], bool] = lambda _config: True
    told_fn: Callable[[Happening], Told | None]
    """Return what to tell of a happening; None if it is of another kind."""


def _review(happening: Happening) -> Told | None:
    if not isinstance(happening, ReviewHappened):
        return None
    review = happening.review
    attributes = {
        "review_id": review.review_id,
        "camera": happening.camera,
        "severity": review.severity,
        "objects": [*review.labels],
        "zones": [*review.zones],
        "sub_labels": [*review.sub_labels],
        "audio": [*review.audio],
        "event_ids": [*review.event_ids],
        "start": iso(review.start),
    }
    if review.end is not None:
        attributes["end"] = iso(review.end)
    return happening.step.value, attributes


def _face(happening: Happening) -> Told | None:
    if not isinstance(happening, Recognized) or happening.is_plate:
        return None
    return RECOGNIZED, _recognized(happening)


def _plate(happening: Happening) -> Told | None:
    if not isinstance(happening, Recognized) or not happening.is_plate:
        return None
    return RECOGNIZED, {"plate": happening.plate, **_recognized(happening)}


def _recognized(found: Recognized) -> dict[str, Any]:
    return {
        "name": found.name,
        "score": found.score,
        "event_id": found.event_id,
        "camera": found.camera,
    }


HAPPENINGS: tuple[HappeningDescription, ...] = (
    HappeningDescription(
        key="review",
        types=tuple(step.value for step in ReviewStep),
        kind=Kind.REVIEWS,
        told_fn=_review,
    ),
    HappeningDescription(
        key="face",
        types=(RECOGNIZED,),
        kind=Kind.FACES,
        exists_fn=lambda config: config.recognises_faces,
        told_fn=_face,
    ),
    HappeningDescription(
        key="plate",
        types=(RECOGNIZED,),
        kind=Kind.PLATES,
        exists_fn=lambda config: config.reads_plates,
        told_fn=_plate,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add what every camera has to tell of."""
    async_add_live(
        entry.runtime_data.server,
        async_add_entities,
        {description.key for description in HAPPENINGS},
        lambda coordinator: (
            (camera, description)
            for camera, config in coordinator.data.cameras.items()
            for description in HAPPENINGS
            if description.exists_fn(config)
        ),
        partial(FrigateEvent, entry.runtime_data.live),
    )


class FrigateEvent(HappeningEntity, EventEntity):
    """Tells of each happening at once, however many there are at a moment."""

    entity_description: HappeningDescription

    def __init__(
        self,
        live: LiveCoordinator,
        coordinator: FrigateCoordinator,
        camera: str,
        description: HappeningDescription,
    ) -> None:
        """Tell of one kind of happening at a camera."""
        topic = Topic(description.kind, camera)
        super().__init__(live, coordinator, description, camera, topic)
        self._attr_event_types = [*description.types]
        # What has waited for longest is told least.
        self._untold: deque[Told] = deque(maxlen=_MOST_UNTOLD)

    @override
    def _read_live(self, config: CameraConfig, picture: CameraPicture) -> bool:
        return self.entity_description.exists_fn(config)

    @callback
    @override
    def _hear(self, happening: Happening) -> None:
        if (told := self.entity_description.told_fn(happening)) is not None:
            self._untold.append(told)
            self._tell()

    @override
    def _show_change(self) -> bool:
        has_changed = super()._show_change()
        self._tell()
        return has_changed

    def _tell(self) -> None:
        """Write each happening as a state of its own.

        What the first answer after an outage brings has to wait until the entity is
        available again: automations take no notice of what follows that it is not.
        """
        while self._untold and self._attr_available:
            event_type, attributes = self._untold.popleft()
            self._trigger_event(event_type, dict(attributes))
            self.async_write_ha_state()
