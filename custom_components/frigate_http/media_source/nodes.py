"""What the media browser shows: folders, videos and images."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from homeassistant.components.media_player import MediaClass
from homeassistant.components.media_source import BrowseMediaSource

from ..aiofrigate import Page
from ..const import DOMAIN
from ..media_ids import (
    Form,
    MediaId,
    ObjectsOfLabel,
    RecordingsFolder,
    RecordingsOfCamera,
    RecordingsOfDay,
    ReviewsOfCamera,
    ReviewsOfDay,
)

PAGE_SIZE = 100
"""Items of a page."""
MAX_TITLE = 250
"""Characters. A server can name as many objects as it likes."""

HLS_TYPE = "application/x-mpegURL"
"""In this very spelling, as the frontend opens its HLS player for no other."""
MP4_TYPE = "video/mp4"
JPEG_TYPE = "image/jpeg"
NOT_SEARCHED: Final = (RecordingsFolder, RecordingsOfCamera, RecordingsOfDay)
"""Folders of hours, in which there is nothing to look for."""
TYPE_OF: Final = {Form.HLS: HLS_TYPE, Form.MP4: MP4_TYPE}


def folder(
    media_id: MediaId | None,
    title: str,
    children: Sequence[BrowseMediaSource] | None = None,
    *,
    holds: MediaClass = MediaClass.DIRECTORY,
) -> BrowseMediaSource:
    """Return a folder; with `children` only where it is opened itself.

    The folder of all servers has no identifier.
    """
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=None if media_id is None else media_id.written,
        media_class=MediaClass.DIRECTORY,
        media_content_type="",
        title=_fit(title),
        can_play=False,
        can_expand=True,
        can_search=not isinstance(media_id, NOT_SEARCHED),
        children=children,
        children_media_class=holds,
    )


def video(
    media_id: MediaId,
    title: str,
    thumbnail: str | None = None,
    *,
    mime_type: str = HLS_TYPE,
    can_play: bool = True,
    can_expand: bool = False,
    children: Sequence[BrowseMediaSource] | None = None,
) -> BrowseMediaSource:
    """Return a video. One that can be expanded has entries of its own."""
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=media_id.written,
        media_class=MediaClass.VIDEO,
        media_content_type=mime_type,
        title=_fit(title),
        can_play=can_play,
        can_expand=can_expand,
        thumbnail=thumbnail,
        children=children,
        children_media_class=MediaClass.VIDEO if can_expand else None,
    )


def image(
    media_id: MediaId, title: str, thumbnail: str | None = None
) -> BrowseMediaSource:
    """Return an image."""
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=media_id.written,
        media_class=MediaClass.IMAGE,
        media_content_type=JPEG_TYPE,
        title=_fit(title),
        can_play=True,
        can_expand=False,
        thumbnail=thumbnail,
    )


def more(
    where: ReviewsOfCamera | ReviewsOfDay | ObjectsOfLabel,
    following: Page | None,
    title: str,
) -> list[BrowseMediaSource]:
    """Return the folder of the page that follows one, if there is one."""
    if following is None:
        return []
    return [folder(replace(where, before=following.before, skip=following.skip), title)]


def _fit(title: str) -> str:
    """Return a title on one line, as names from the server may have any character."""
    if not title.isprintable():
        title = "".join(one if one.isprintable() else " " for one in title)
    line = " ".join(title.split())
    return line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 1]}…"
