"""Views of pictures: thumbnails, and snapshots of tracked objects."""

from abc import abstractmethod
from dataclasses import dataclass
from functools import partial
from typing import override

from aiohttp import hdrs, web

from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import HomeAssistantView

from ..aiofrigate import FrigateNotFoundError, Review, StillImage
from ..const import DOMAIN
from ..media_owners import MediaOwner
from ..periods import probable_now
from ..runtime import FrigateRuntime
from ..shared_images import SharedImages
from ..view_urls import (
    EVENT_SNAPSHOT,
    EVENT_THUMBNAIL,
    EXPORT_THUMBNAIL,
    REVIEW_SNAPSHOT,
    REVIEW_THUMBNAIL,
)
from .base import (
    CHECKED,
    KEPT,
    access_to,
    hass_of,
    read_name,
    require_camera,
    view_errors,
)
from .conditions import not_modified, tag_of
from .jpeg import async_as_jpeg
from .review_pictures import async_picture_of

SETTLE_TIME = 60.0
"""Seconds after the end of a review item until its picture is kept."""


class PictureView[Owner: MediaOwner = MediaOwner](HomeAssistantView):
    """The base of all pictures; those who ask at the same time share one request."""

    name: str

    def __init__(self) -> None:
        """Begin with no request."""
        self._images = SharedImages[tuple[str, str]](f"picture of {self.name}")

    async def get(
        self, request: web.Request, entry_id: str, item_id: str
    ) -> web.Response:
        """Return the picture."""
        hass, access = hass_of(request), access_to(request, entry_id)
        item_id = read_name(item_id)
        with view_errors(hass, access):
            owner = await self._async_owner(access.runtime, item_id)
            require_camera(access, owner.camera)
            ask = partial(self._async_ask, hass, access.runtime, owner, item_id)
            image = await self._images.async_fetch(
                hass, access.entry, (entry_id, item_id), ask
            )
        # While an item goes on, Frigate replaces its picture with better ones.
        headers = KEPT if owner.has_ended else CHECKED
        tag = tag_of(image.content)
        return not_modified(request, tag, headers) or web.Response(
            body=image.content,
            content_type=image.content_type,
            headers={**headers, hdrs.ETAG: tag},
        )

    head = get

    async def _async_ask(
        self,
        hass: HomeAssistant,
        runtime: FrigateRuntime,
        owner: Owner,
        item_id: str,
    ) -> StillImage:
        image = await self._async_fetch(runtime, owner, item_id)
        return await async_as_jpeg(hass, image)

    @abstractmethod
    async def _async_owner(self, runtime: FrigateRuntime, item_id: str) -> Owner:
        """Return whose picture it is; raises FrigateError if there is none."""

    @abstractmethod
    async def _async_fetch(
        self, runtime: FrigateRuntime, owner: Owner, item_id: str
    ) -> StillImage:
        """Return the picture; raises FrigateError."""


class ReviewThumbnailView(PictureView):
    """The thumbnail of a review item."""

    url = REVIEW_THUMBNAIL
    name = f"api:{DOMAIN}:review:thumbnail"

    @override
    async def _async_owner(self, runtime: FrigateRuntime, item_id: str) -> MediaOwner:
        return await runtime.owners.async_review(item_id)

    @override
    async def _async_fetch(
        self, runtime: FrigateRuntime, owner: MediaOwner, item_id: str
    ) -> StillImage:
        return await runtime.client.reviews.thumbnail(owner.camera or "", item_id)


@dataclass(frozen=True, slots=True)
class _ReviewOwner(MediaOwner):
    """The camera of a review item, and the item as it is now."""

    review: Review


class ReviewSnapshotView(PictureView[_ReviewOwner]):
    """The picture of a review item: as good as there is one, and never of another item."""

    url = REVIEW_SNAPSHOT
    name = f"api:{DOMAIN}:review:snapshot"

    @override
    async def _async_owner(self, runtime: FrigateRuntime, item_id: str) -> _ReviewOwner:
        review = await runtime.client.reviews.get(item_id)
        now = probable_now(runtime.client.clock)
        # Frigate may still write the snapshot of an object that has just left.
        is_final = review.end is not None and review.end + SETTLE_TIME < now
        return _ReviewOwner(review.camera, is_final, review)

    @override
    async def _async_fetch(
        self, runtime: FrigateRuntime, owner: _ReviewOwner, item_id: str
    ) -> StillImage:
        return await async_picture_of(runtime.client, owner.review)


class EventThumbnailView(PictureView):
    """The thumbnail of an event."""

    url = EVENT_THUMBNAIL
    name = f"api:{DOMAIN}:event:thumbnail"

    @override
    async def _async_owner(self, runtime: FrigateRuntime, item_id: str) -> MediaOwner:
        return await runtime.owners.async_event(item_id)

    @override
    async def _async_fetch(
        self, runtime: FrigateRuntime, owner: MediaOwner, item_id: str
    ) -> StillImage:
        return await runtime.client.events.thumbnail(item_id)


class EventSnapshotView(EventThumbnailView):
    """The snapshot of an event."""

    url = EVENT_SNAPSHOT
    name = f"api:{DOMAIN}:event:snapshot"

    @override
    async def _async_fetch(
        self, runtime: FrigateRuntime, owner: MediaOwner, item_id: str
    ) -> StillImage:
        return await runtime.client.files.snapshot(item_id)


class ExportThumbnailView(PictureView):
    """The thumbnail of an export."""

    url = EXPORT_THUMBNAIL
    name = f"api:{DOMAIN}:export:thumbnail"

    @override
    async def _async_owner(self, runtime: FrigateRuntime, item_id: str) -> MediaOwner:
        export = await runtime.owners.async_export(item_id)
        if export.in_progress or export.thumbnail_path is None:
            # Frigate would remember for two minutes that there is no file.
            raise FrigateNotFoundError("The export has no thumbnail", 404)
        return MediaOwner(export.camera, has_ended=True)

    @override
    async def _async_fetch(
        self, runtime: FrigateRuntime, owner: MediaOwner, item_id: str
    ) -> StillImage:
        export = await runtime.owners.async_export(item_id)
        return await runtime.client.exports.thumbnail(export)
