"""Images: the last snapshot and the thumbnail of the last review of each camera."""

from abc import abstractmethod
import asyncio
from functools import partial
from typing import override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aiofrigate import CameraConfig, FrigateError, StillImage
from .const import LOGGER
from .coordinator.live import LiveCoordinator
from .coordinator.server import ServerCoordinator
from .dates import as_datetime
from .entity.dynamic import async_add_as_they_appear
from .entity.live import LiveEntity
from .errors import async_handle_lost_login
from .live.camera_state import CameraState, LastReview, Snapshot
from .live.topics import Kind, Topic
from .runtime import FrigateConfigEntry

PARALLEL_UPDATES = 0

SNAPSHOT = ImageEntityDescription(
    key="last_snapshot", entity_registry_enabled_default=False
)
REVIEW = ImageEntityDescription(key="last_review")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the images of every camera."""
    async_add_as_they_appear(
        entry.runtime_data.server,
        async_add_entities,
        lambda coordinator: (
            (camera, image) for camera in coordinator.data.cameras for image in _IMAGES
        ),
        partial(_create, entry.runtime_data.live),
    )


def _create(
    live: LiveCoordinator,
    coordinator: ServerCoordinator,
    camera: str,
    image: type[SnapshotImage | ReviewImage],
) -> ImageEntity:
    return image(live, coordinator, camera)


class LastImage[T](LiveEntity, ImageEntity):
    """The last image of its kind of a camera, fetched when it is viewed."""

    _state_attrs = ("_attr_image_last_updated",)
    _description: ImageEntityDescription
    _kind: Kind

    def __init__(
        self, live: LiveCoordinator, coordinator: ServerCoordinator, camera: str
    ) -> None:
        """Initialize for a camera."""
        ImageEntity.__init__(self, coordinator.hass)
        topic = Topic(self._kind, camera)
        super().__init__(live, coordinator, self._description, camera, topic)
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

    _description = SNAPSHOT
    _kind = Kind.SNAPSHOTS

    @override
    def _newest_of(self, state: CameraState) -> tuple[Snapshot, float] | None:
        found = state.snapshot
        return None if found is None else (found, found.taken_at)

    @override
    async def _async_fetch(self, newest: Snapshot) -> StillImage:
        return await self.coordinator.client.files.snapshot(newest.event_id)


class ReviewImage(LastImage[LastReview]):
    """The thumbnail of the review item of a camera that began last."""

    _description = REVIEW
    _kind = Kind.LAST_REVIEWS

    @override
    def _newest_of(self, state: CameraState) -> tuple[LastReview, float] | None:
        found = state.last_review
        return None if found is None else (found, found.start)

    @override
    async def _async_fetch(self, newest: LastReview) -> StillImage:
        reviews = self.coordinator.client.reviews
        return await reviews.thumbnail(self.camera, newest.review_id)


_IMAGES: tuple[type[SnapshotImage | ReviewImage], ...] = (SnapshotImage, ReviewImage)
