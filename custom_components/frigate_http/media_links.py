"""What answers and events carry, so that an automation can play or show what they name."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from .aiofrigate import Event, Export, Preview, Review, ServerClock
from .const import MAX_MEDIA_FILE, MEDIA_PADDING
from .media_ids import EventSnapshot, EventVideo, ExportVideo, Form, ReviewVideo
from .periods import probable_now
from .view_urls import event_url, export_url, preview_url, review_url

type Links = dict[str, str | None]

MEDIA_CONTENT_ID: Final = "media_content_id"
THUMBNAIL: Final = "thumbnail"
SNAPSHOT: Final = "snapshot"
CLIP: Final = "clip"
NO_PATHS: Final[Mapping[str, None]] = {THUMBNAIL: None, SNAPSHOT: None, CLIP: None}
"""The paths to an item of no known camera."""
NO_EXPORT: Final[Mapping[str, None]] = {MEDIA_CONTENT_ID: None, "video": None}
"""The links to an export that is not finished."""


@dataclass(frozen=True, slots=True)
class MediaLinks:
    """Links to what a server has recorded; None to what it has not.

    A path works in notifications and dashboards, where the request carries the login.
    """

    entry_id: str
    clock: ServerClock

    def to_review(self, review: Review) -> Links:
        """Return the links to a review item."""
        if review.camera is None:
            return {MEDIA_CONTENT_ID: None, **NO_PATHS}
        form = self._form(review.start, review.end)
        video = ReviewVideo(self.entry_id, form, review.review_id)
        url = partial(review_url, self.entry_id, review.review_id)
        return {
            MEDIA_CONTENT_ID: video.media_content_id,
            THUMBNAIL: url("thumbnail"),
            SNAPSHOT: url("snapshot.jpg"),
            CLIP: url("clip.mp4"),
        }

    def to_event(self, event: Event) -> Links:
        """Return the links to an event, and to its snapshot."""
        known = event.event_id if event.camera is not None else None
        video = snapshot = None
        if known is not None and event.has_clip:
            form = self._form(event.start, event.end)
            video = EventVideo(self.entry_id, form, known).media_content_id
        if known is not None and event.has_snapshot:
            snapshot = EventSnapshot(self.entry_id, known).media_content_id
        paths = self.links_of_event_id(known)
        return {
            MEDIA_CONTENT_ID: video,
            "snapshot_media_content_id": snapshot,
            THUMBNAIL: paths[THUMBNAIL],
            SNAPSHOT: paths[SNAPSHOT] if snapshot else None,
            CLIP: paths[CLIP] if video else None,
        }

    def links_of_event_id(self, event_id: str | None) -> Links:
        """Return the paths to an event of which only the id is known.

        It may have no snapshot or no recording; its camera must be known to us.
        """
        if event_id is None:
            return {**NO_PATHS}
        url = partial(event_url, self.entry_id, event_id)
        return {
            THUMBNAIL: url("thumbnail"),
            SNAPSHOT: url("snapshot"),
            CLIP: url("clip.mp4"),
        }

    def to_export(self, export: Export) -> Links:
        """Return the links to an export."""
        if export.in_progress is not False or export.camera is None:
            return {**NO_EXPORT}
        return {
            MEDIA_CONTENT_ID: ExportVideo(self.entry_id, export.id).media_content_id,
            "video": export_url(self.entry_id, export.id, "video.mp4"),
        }

    def to_preview(self, camera: str, preview: Preview) -> str | None:
        """Return the path of the preview of an hour."""
        if preview.start is None or preview.end is None or preview.end <= preview.start:
            return None
        return preview_url(self.entry_id, camera, preview.start, preview.end)

    def _form(self, start: float | None, end: float | None) -> Form:
        """Return the form that most players take: one file, unless the video is too long."""
        if end is None:
            end = probable_now(self.clock)
        longest = MAX_MEDIA_FILE - 2 * MEDIA_PADDING
        is_long = start is not None and end - start > longest
        return Form.HLS if is_long else Form.MP4
