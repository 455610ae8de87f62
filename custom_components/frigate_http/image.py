"""Images of each camera: the last snapshots, and the thumbnail of the last review."""

from abc import abstractmethod
import asyncio
from collections.abc import Iterator
from functools import partial
from typing import override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aiofrigate import CameraConfig, FrigateError, StillImage
from .const import LOGGER
from .coordinator.live import LiveCoordinator
from .coordinator.server import ServerCoordinator
from .dates import as_datetime
from .entity.dynamic import async_add_and_remove
from .entity.labels import LabelEntity, Subject
from .entity.live import LiveEntity
from .errors import async_handle_lost_login
from .live.camera_state import ALL, CameraState, LastReview, Snapshot
from .live.topics import Kind, Topic
from .runtime import FrigateConfigEntry

PARALLEL_UPDATES = 0

SNAPSHOT = ImageEntityDescription(
    key="last_snapshot", entity_registry_enabled_default=False
)
LABEL_SNAPSHOT = ImageEntityDescription(
    key="last_snapshot",
    translation_key="label_snapshot",
    entity_registry_enabled_default=False,
)
REVIEW = ImageEntityDescription(key="last_review")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the images of every camera."""
    async_add_and_remove(
        entry.runtime_data.server,
        async_add_entities,
        {SNAPSHOT.key, REVIEW.key},
        _images,
        partial(_create, entry.runtime_data.live),
    )


def _images(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[ImageEntityDescription, Subject]]:
    for name, camera in coordinator.data.cameras.items():
        yield SNAPSHOT, Subject(name, ALL)
        yield REVIEW, Subject(name, ALL)
        for label in camera.labels:
            yield LABEL_SNAPSHOT, Subject(name, label)


def _create(
    live: LiveCoordinator,
    coordinator: ServerCoordinator,
    description: ImageEntityDescription,
    subject: Subject,
) -> ImageEntity:
    if description is LABEL_SNAPSHOT:
        return LabelSnapshotImage(
            live, coordinator, description, Kind.SNAPSHOTS, subject
        )
    camera = subject.camera
    if description is REVIEW:
        topic = Topic(Kind.LAST_REVIEWS, camera)
        return ReviewImage(live, coordinator, description, camera, topic)
    topic = Topic(Kind.SNAPSHOTS, camera)
    return SnapshotImage(live, coordinator, description, camera, topic)


class LastImage[T](LiveEntity, ImageEntity):
    """The last image of its kind of a camera, fetched when it is viewed."""

    _state_attrs = ("_attr_image_last_updated",)

    def __init__(
        self,
        live: LiveCoordinator,
        coordinator: ServerCoordinator,
        description: EntityDescription,
        camera: str,
        *topics: Topic,
    ) -> None:
        """Initialize with the topics to subscribe to."""
        ImageEntity.__init__(self, coordinator.hass)
        super().__init__(live, coordinator, description, camera, *topics)
        self._newest: T | None = None
        self._fetched: tuple[T, StillImage] | None = None
        self._turn = asyncio.Lock()

    @abstractmethod
    def _newest_of(self, state: CameraState) -> tuple[T, float] | None:
        """Return what the image is of, and its time in seconds since the epoch."""

    @abstractmethod
    async def _async_fetch(self, newest: T) -> StillImage:
        """Return the image; raises FrigateError."""

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        found = self._newest_of(state)
        self._newest, time = (None, None) if found is None else found
        self._attr_image_last_updated = as_datetime(time)
        return True

    @override
    async def async_image(self) -> bytes | None:
        """Return the image; None if there is none or it could not be fetched.

        Each one is fetched once, also if several people view it at the same time.
        """
        async with self._turn:
            if (newest := self._newest) is None:
                return None
            if self._fetched is None or self._fetched[0] != newest:
                if (image := await self._fetch(newest)) is None:
                    return None
                self._fetched = newest, image
                self._attr_content_type = image.content_type
            return self._fetched[1].content

    async def _fetch(self, newest: T) -> StillImage | None:
        try:
            return await self._async_fetch(newest)
        except FrigateError as err:
            async_handle_lost_login(self.hass, self.coordinator.config_entry, err)
            # Frigate deletes images by their retention, which is no error.
            LOGGER.debug("Cannot fetch the image of %s: %s", self.entity_id, err)
            return None


class SnapshotImage(LastImage[Snapshot]):
    """The last snapshot of a camera."""

    @override
    def _newest_of(self, state: CameraState) -> tuple[Snapshot, float] | None:
        found = state.snapshot
        return None if found is None else (found, found.taken_at)

    @override
    async def _async_fetch(self, newest: Snapshot) -> StillImage:
        return await self.coordinator.client.files.snapshot(newest.event_id)


class LabelSnapshotImage(LabelEntity, SnapshotImage):
    """The last snapshot of a label that a camera tracks."""

    @property
    @override
    def suggested_object_id(self) -> str:
        """Return the label alone, as the official integration does."""
        return self._label

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        super()._async_update_live_attrs(config, state)
        return self._label in config.labels

    @override
    def _newest_of(self, state: CameraState) -> tuple[Snapshot, float] | None:
        found = state.snapshots.get(self._label)
        return None if found is None else (found, found.taken_at)


class ReviewImage(LastImage[LastReview]):
    """The thumbnail of the review item of a camera that began last."""

    @override
    def _newest_of(self, state: CameraState) -> tuple[LastReview, float] | None:
        found = state.last_review
        return None if found is None else (found, found.start)

    @override
    async def _async_fetch(self, newest: LastReview) -> StillImage:
        reviews = self.coordinator.client.reviews
        return await reviews.thumbnail(self.camera, newest.review_id)
