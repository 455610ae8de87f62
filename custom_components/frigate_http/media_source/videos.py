"""Videos of review items, events and recordings, and the entries that some of them have."""

from collections.abc import Generator
from contextlib import contextmanager

from homeassistant.components.media_source import BrowseMediaSource

from ..aiofrigate import (
    MAX_RANGE,
    Event,
    FrigateArgumentError,
    FrigateNotFoundError,
    Review,
)
from ..const import MEDIA_PADDING
from ..downloads.footage import footage_of
from ..media_ids import (
    EventSnapshot,
    EventVideo,
    RecordingVideo,
    ReviewPreview,
    ReviewVideo,
)
from ..titles import time_of
from ..view_urls import event_url, review_url
from .browsing import Browsing, not_found
from .nodes import MP4_TYPE, TYPE_OF, image, video
from .times import parts_of


async def async_get_review(browsing: Browsing, review_id: str) -> Review:
    """Return a review item that may be shown; raises HomeAssistantError otherwise."""
    with _unless_missing():
        review = await browsing.client.reviews.get(review_id)
    browsing.owners.remember_reviews((review,))
    browsing.require(review.camera)
    return review


async def async_get_event(browsing: Browsing, event_id: str) -> Event:
    """Return an event that may be shown; raises HomeAssistantError otherwise."""
    with _unless_missing():
        event = await browsing.client.events.get(event_id)
    browsing.owners.remember_events((event,))
    browsing.require(event.camera)
    return event


def has_several_entries(browsing: Browsing, item: Review | Event) -> bool:
    """Return whether an item is a folder of its own.

    Either it is too long for one video; or its camera records H.265, which not every
    browser plays, so that there is something else to look at. That is known as soon as
    somebody has opened a video of the camera: to ask for it would be a request for each
    camera of a list, for which Frigate reads files. A second item for each would make
    every list twice as long.
    """
    if item.start is None or item.camera is None:
        return False
    end = item.end if item.has_ended else browsing.now
    if end is not None and end - item.start + 2 * MEDIA_PADDING > MAX_RANGE:
        return True
    has_more = item.has_snapshot if isinstance(item, Event) else True
    return bool(has_more) and browsing.owners.records_h265(item.camera)


async def async_open_review(
    browsing: Browsing, where: ReviewVideo
) -> BrowseMediaSource:
    """Return a review item as a folder: its video, and its preview."""
    review = await async_get_review(browsing, where.review_id)
    thumbnail = review_url(where.entry_id, where.review_id, "thumbnail")
    preview = video(
        ReviewPreview(where.entry_id, where.review_id),
        browsing.titles.text("preview"),
        thumbnail,
        mime_type=MP4_TYPE,
    )
    return video(
        where,
        browsing.titles.review(review),
        thumbnail,
        mime_type=TYPE_OF[where.form],
        can_expand=True,
        children=[*_entries(browsing, where, review, thumbnail), preview],
    )


async def async_open_event(browsing: Browsing, where: EventVideo) -> BrowseMediaSource:
    """Return an event as a folder: its video, and its snapshot."""
    event = await async_get_event(browsing, where.event_id)
    thumbnail = event_url(where.entry_id, where.event_id, "thumbnail")
    children = _entries(browsing, where, event, thumbnail)
    if event.has_snapshot:
        snapshot = EventSnapshot(where.entry_id, where.event_id)
        children.append(image(snapshot, browsing.titles.text("snapshot"), thumbnail))
    return video(
        where,
        browsing.titles.event(event),
        thumbnail,
        mime_type=TYPE_OF[where.form],
        can_expand=True,
        children=children,
    )


def _entries(
    browsing: Browsing,
    where: ReviewVideo | EventVideo,
    item: Review | Event,
    thumbnail: str,
) -> list[BrowseMediaSource]:
    """Return the video of an item, or several if it is too long for one."""
    if (footage := footage_of(item)) is None:
        return []
    mime_type = TYPE_OF[where.form]
    parts = parts_of(footage.period(browsing.now))
    if len(parts) == 1:
        text = browsing.titles.text("video")
        return [video(where, text, thumbnail, mime_type=mime_type)]
    return [
        video(
            RecordingVideo(
                where.entry_id, where.form, footage.camera, one.start, one.end
            ),
            f"{time_of(one.start)} - {time_of(one.end, with_date=False)}",
            thumbnail,
            mime_type=mime_type,
        )
        for one in parts
    ]


@contextmanager
def _unless_missing() -> Generator[None]:
    """Raise the same error for what is gone as for what may not be shown."""
    try:
        yield
    except (FrigateArgumentError, FrigateNotFoundError) as err:
        raise not_found() from err
