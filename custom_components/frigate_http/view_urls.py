"""The paths of our views, and the patterns under which they are registered.

None of them has a query: Home Assistant signs only paths without one.
"""

from collections.abc import Mapping
from typing import Final, Literal

from .const import DOMAIN
from .media_ids import escaped, written_time

_ENTRY = f"/api/{DOMAIN}/{{entry_id}}"
_RANGE = "{camera}/{start}/{end}"

PLAYLIST = f"{_ENTRY}/vod/{_RANGE}/master.m3u8"
CLIP = f"{_ENTRY}/clip/{_RANGE}/clip.mp4"
PREVIEW = f"{_ENTRY}/preview/{_RANGE}/preview.mp4"
RANGE_PREVIEW = f"{_ENTRY}/recording/{_RANGE}/preview.mp4"
FRAME = f"{_ENTRY}/recording/{{camera}}/{{start}}/snapshot.jpg"
REVIEW_CLIP = f"{_ENTRY}/review/{{item_id}}/clip.mp4"
REVIEW_SNAPSHOT = f"{_ENTRY}/review/{{item_id}}/snapshot.jpg"
REVIEW_THUMBNAIL = f"{_ENTRY}/review/{{item_id}}/thumbnail"
REVIEW_PREVIEW = f"{_ENTRY}/review/{{item_id}}/preview.mp4"
EVENT_CLIP = f"{_ENTRY}/event/{{item_id}}/clip.mp4"
EVENT_THUMBNAIL = f"{_ENTRY}/event/{{item_id}}/thumbnail"
EVENT_SNAPSHOT = f"{_ENTRY}/event/{{item_id}}/snapshot"
EXPORT_THUMBNAIL = f"{_ENTRY}/export/{{item_id}}/thumbnail"
EXPORT_VIDEO = f"{_ENTRY}/export/{{item_id}}/video.mp4"
HLS = f"/api/{DOMAIN}/hls/{{token}}/{{file}}"
"""Needs no login: the token in it stands for one, see `views/tokens.py`."""

type ReviewPart = Literal["thumbnail", "snapshot.jpg", "clip.mp4", "preview.mp4"]
type EventPart = Literal["thumbnail", "snapshot", "clip.mp4"]
type ExportPart = Literal["thumbnail", "video.mp4"]


_REVIEW_PARTS: Final[Mapping[ReviewPart, str]] = {
    "thumbnail": REVIEW_THUMBNAIL,
    "snapshot.jpg": REVIEW_SNAPSHOT,
    "clip.mp4": REVIEW_CLIP,
    "preview.mp4": REVIEW_PREVIEW,
}
_EVENT_PARTS: Final[Mapping[EventPart, str]] = {
    "thumbnail": EVENT_THUMBNAIL,
    "snapshot": EVENT_SNAPSHOT,
    "clip.mp4": EVENT_CLIP,
}


def playlist_url(entry_id: str, camera: str, start: float, end: float) -> str:
    """Return the path of the playlist of a range; seconds since the epoch."""
    return PLAYLIST.format(**_range(entry_id, camera, start, end))


def clip_url(entry_id: str, camera: str, start: float, end: float) -> str:
    """Return the path of a range as one MP4 file; seconds since the epoch."""
    return CLIP.format(**_range(entry_id, camera, start, end))


def preview_url(entry_id: str, camera: str, start: float, end: float) -> str:
    """Return the path of the preview of an hour; its own times, in seconds since the epoch."""
    return PREVIEW.format(**_range(entry_id, camera, start, end))


def range_preview_url(entry_id: str, camera: str, start: float, end: float) -> str:
    """Return the path of a preview of any range; seconds since the epoch."""
    return RANGE_PREVIEW.format(**_range(entry_id, camera, start, end))


def frame_url(entry_id: str, camera: str, timestamp: float) -> str:
    """Return the path of a recorded picture; seconds since the epoch."""
    return FRAME.format(**_range(entry_id, camera, timestamp, timestamp))


def review_url(entry_id: str, review_id: str, part: ReviewPart) -> str:
    """Return the path of a part of a review item."""
    pattern = _REVIEW_PARTS[part]
    return pattern.format(entry_id=entry_id, item_id=escaped(review_id))


def event_url(entry_id: str, event_id: str, part: EventPart) -> str:
    """Return the path of a part of an event."""
    pattern = _EVENT_PARTS[part]
    return pattern.format(entry_id=entry_id, item_id=escaped(event_id))


def export_url(entry_id: str, export_id: str, part: ExportPart) -> str:
    """Return the path of a part of an export."""
    pattern = EXPORT_THUMBNAIL if part == "thumbnail" else EXPORT_VIDEO
    return pattern.format(entry_id=entry_id, item_id=escaped(export_id))


def hls_url(token: str, file: str) -> str:
    """Return the path of a file that a playlist names."""
    return HLS.format(token=token, file=file)


def _range(entry_id: str, camera: str, start: float, end: float) -> dict[str, str]:
    return {
        "entry_id": entry_id,
        "camera": escaped(camera),
        "start": written_time(start),
        "end": written_time(end),
    }
