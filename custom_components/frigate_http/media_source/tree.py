"""Which function opens which folder."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from homeassistant.components.media_source import BrowseMediaSource

from ..media_ids import (
    EventVideo,
    ExportsFolder,
    MediaId,
    ObjectsFolder,
    ObjectsOfCamera,
    ObjectsOfLabel,
    RecordingsFolder,
    RecordingsOfCamera,
    RecordingsOfDay,
    ReviewsFolder,
    ReviewsGrouped,
    ReviewsOfCamera,
    ReviewsOfDay,
    ReviewVideo,
)
from . import exports, objects, recordings, reviews, servers, videos
from .browsing import Browsing, not_found

_FOLDERS: Final[
    Mapping[type[MediaId], Callable[[Browsing, Any], Awaitable[BrowseMediaSource]]]
] = {
    MediaId: servers.async_open_server,
    ReviewsFolder: reviews.async_open_newest,
    ReviewsGrouped: reviews.async_open_groups,
    ReviewsOfCamera: reviews.async_open_camera,
    ReviewsOfDay: reviews.async_open_day,
    ObjectsFolder: objects.async_open_cameras,
    ObjectsOfCamera: objects.async_open_camera,
    ObjectsOfLabel: objects.async_open_label,
    RecordingsFolder: recordings.async_open_cameras,
    RecordingsOfCamera: recordings.async_open_camera,
    RecordingsOfDay: recordings.async_open_day,
    ExportsFolder: exports.async_open_exports,
    ReviewVideo: videos.async_open_review,
    EventVideo: videos.async_open_event,
}


async def async_open(browsing: Browsing, media_id: MediaId) -> BrowseMediaSource:
    """Return a folder with what is in it.

    Raises:
        HomeAssistantError: it is no folder, or does not exist, or may not be shown.
        FrigateError: the server does not tell what is in it.
    """
    if (opening := _FOLDERS.get(type(media_id))) is None:
        raise not_found()
    return await opening(browsing, media_id)
