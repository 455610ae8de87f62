"""Images: the last snapshot of each camera."""

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
from .live.camera_state import CameraState, Snapshot
from .live.topics import Kind, Topic
from .runtime import FrigateConfigEntry

PARALLEL_UPDATES = 0

SNAPSHOT = ImageEntityDescription(key="last_snapshot")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the last snapshot of every camera."""
    async_add_as_they_appear(
        entry.runtime_data.server,
        async_add_entities,
        lambda coordinator: ((camera,) for camera in coordinator.data.cameras),
        partial(SnapshotImage, entry.runtime_data.live),
    )


class SnapshotImage(LiveEntity, ImageEntity):
    """The last snapshot of a camera, fetched when it is viewed."""

    _state_attrs = ("_attr_image_last_updated",)

    def __init__(
        self, live: LiveCoordinator, coordinator: ServerCoordinator, camera: str
    ) -> None:
        """Initialize for a camera."""
        ImageEntity.__init__(self, coordinator.hass)
        topic = Topic(Kind.SNAPSHOTS, camera)
        super().__init__(live, coordinator, SNAPSHOT, camera, topic)
        self._newest: Snapshot | None = None
        self._fetched: tuple[Snapshot, StillImage] | None = None
        self._turn = asyncio.Lock()

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        self._newest = state.snapshot
        self._attr_image_last_updated = (
            None if state.snapshot is None else as_datetime(state.snapshot.taken_at)
        )
        return True

    @override
    async def async_image(self) -> bytes | None:
        """Return the snapshot; None if there is none or it could not be fetched.

        Each snapshot is fetched once, also if several people view it at the same time.
        """
        async with self._turn:
            if (snapshot := self._newest) is None:
                return None
            if self._fetched is None or self._fetched[0] != snapshot:
                if (image := await self._fetch(snapshot)) is None:
                    return None
                self._fetched = snapshot, image
                self._attr_content_type = image.content_type
            return self._fetched[1].content

    async def _fetch(self, snapshot: Snapshot) -> StillImage | None:
        try:
            return await self.coordinator.client.files.snapshot(snapshot.event_id)
        except FrigateError as err:
            async_handle_lost_login(self.hass, self.coordinator.config_entry, err)
            # Frigate deletes snapshots by their retention, which is no error.
            LOGGER.debug("Cannot fetch the snapshot of %s: %s", self.entity_id, err)
            return None
