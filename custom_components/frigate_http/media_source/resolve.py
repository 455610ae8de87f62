"""Where videos and images can be fetched, once it is known that they are there."""

from pathlib import Path

from homeassistant.components.media_source import PlayMedia
from homeassistant.exceptions import HomeAssistantError

from ..aiofrigate import MAX_RANGE, FrigateError, FrigateNotFoundError
from ..downloads.clip_cache import clip_cache
from ..downloads.footage import Footage, async_wait_until_playable, footage_of
from ..errors import action_error
from ..media_ids import (
    EventSnapshot,
    EventVideo,
    ExportVideo,
    Form,
    MediaId,
    RecordingVideo,
    ReviewPreview,
    ReviewVideo,
)
from ..view_urls import clip_url, event_url, export_url, playlist_url, review_url
from .browsing import Browsing, not_found
from .nodes import HLS_TYPE, JPEG_TYPE, MP4_TYPE
from .videos import async_get_event, async_get_review


async def async_resolve(browsing: Browsing, media_id: MediaId) -> PlayMedia:
    """Return where a video or an image can be fetched.

    Raises:
        HomeAssistantError: it does not exist, or may not be shown, or cannot be made.
        FrigateError: the server cannot be asked.
    """
    entry_id = media_id.entry_id
    match media_id:
        case ReviewVideo() | EventVideo() | RecordingVideo():
            return await _async_resolve_video(browsing, media_id)
        case ReviewPreview(review_id=review_id):
            await async_get_review(browsing, review_id)
            url = review_url(entry_id, review_id, "preview.mp4")
            return PlayMedia(url, MP4_TYPE)
        case EventSnapshot(event_id=event_id):
            return await _async_resolve_snapshot(browsing, event_id)
        case ExportVideo(export_id=export_id):
            return await _async_resolve_export(browsing, export_id)
    raise not_found()


async def _async_resolve_video(
    browsing: Browsing, media_id: ReviewVideo | EventVideo | RecordingVideo
) -> PlayMedia:
    footage = await _async_find_footage(browsing, media_id)
    entry_id, camera = browsing.entry_id, footage.camera
    if media_id.form is Form.MP4:
        whole = footage.period(browsing.now)
        times = whole.start, whole.end
        path = await clip_cache(browsing.hass).async_get_clip(
            browsing.client, entry_id, camera, *times
        )
        return PlayMedia(clip_url(entry_id, camera, *times), MP4_TYPE, path=path)
    period = await async_wait_until_playable(browsing.client, footage)
    if period is None:
        name = browsing.titles.camera(camera)
        raise action_error("nothing_recorded", camera=name)
    url = playlist_url(entry_id, camera, period.start, period.end)
    return PlayMedia(url, HLS_TYPE)


async def _async_find_footage(
    browsing: Browsing, media_id: ReviewVideo | EventVideo | RecordingVideo
) -> Footage:
    """Return the recording of what an identifier stands for."""
    if isinstance(media_id, RecordingVideo):
        start, end = media_id.start, media_id.end
        camera = browsing.require(media_id.camera)
        if start >= end:
            raise not_found()
        if end - start > MAX_RANGE:
            raise action_error("clip_too_long", hours=f"{MAX_RANGE / 3600:g}")
        return Footage(camera=camera, began=start, start=start, end=end)
    if isinstance(media_id, ReviewVideo):
        found = footage_of(await async_get_review(browsing, media_id.review_id))
    else:
        found = footage_of(await async_get_event(browsing, media_id.event_id))
    if found is None:
        raise not_found()
    return found


async def _async_resolve_snapshot(browsing: Browsing, event_id: str) -> PlayMedia:
    event = await async_get_event(browsing, event_id)
    path: Path | None = None
    try:
        path = await clip_cache(browsing.hass).async_get_snapshot(
            browsing.client,
            browsing.entry_id,
            event_id,
            version=0 if event.has_ended else int(browsing.now),
        )
    except HomeAssistantError as err:
        if isinstance(err.__cause__, FrigateNotFoundError):
            raise not_found() from err
        # A browser needs no file, so a full disk does not matter to it.
        if isinstance(err.__cause__, FrigateError):
            raise
    url = event_url(browsing.entry_id, event_id, "snapshot")
    return PlayMedia(url, JPEG_TYPE, path=path)


async def _async_resolve_export(browsing: Browsing, export_id: str) -> PlayMedia:
    exports = await browsing.client.exports.list(fresh=True)
    export = next((one for one in exports if one.id == export_id), None)
    if export is None:
        raise not_found()
    browsing.require(export.camera)
    if export.in_progress or export.file is None:
        raise action_error("in_progress", id=export.name or export.id)
    return PlayMedia(export_url(browsing.entry_id, export.id, "video.mp4"), MP4_TYPE)
