"""The folders of review items: alerts and detections."""

from dataclasses import replace
from typing import Final

from homeassistant.components.media_player import MediaClass
from homeassistant.components.media_source import BrowseMediaSource

from ..aiofrigate import Page, Review, ReviewFilter
from ..media_ids import (
    Form,
    Grouping,
    ReviewsFolder,
    ReviewsGrouped,
    ReviewsOfCamera,
    ReviewsOfDay,
    ReviewVideo,
    Severity,
)
from ..view_urls import review_url
from .browsing import Browsing
from .nodes import PAGE_SIZE, folder, more, video
from .times import day_period
from .videos import has_several_entries

NEWEST = 50
"""Items of the folder of all cameras."""
_ALL_TIME = 0.0
"""Without a start, Frigate lists the items of the last 24 hours."""
_TEXTS: Final = {Severity.ALERT: "alerts", Severity.DETECTION: "detections"}
_GROUPS: Final = {Grouping.CAMERAS: "by_camera", Grouping.DAYS: "by_day"}


async def async_open_newest(
    browsing: Browsing, where: ReviewsFolder
) -> BrowseMediaSource:
    """Return the newest items of all cameras, below the folders of older ones."""
    text = browsing.titles.text
    groups = [
        folder(ReviewsGrouped(where.entry_id, where.severity, one), text(key))
        for one, key in _GROUPS.items()
    ]
    wanted = ReviewFilter(
        cameras=browsing.access.cameras, severity=where.severity, after=_ALL_TIME
    )
    reviews, _following = await _async_page(browsing, wanted, Page(), NEWEST)
    items = [review_node(browsing, one) for one in reviews]
    title = text(_TEXTS[where.severity])
    return folder(where, title, [*groups, *items], holds=MediaClass.VIDEO)


async def async_open_groups(
    browsing: Browsing, where: ReviewsGrouped
) -> BrowseMediaSource:
    """Return a folder for each camera, or for each day with items."""
    if where.grouping is Grouping.CAMERAS:
        children = [
            folder(
                ReviewsOfCamera(where.entry_id, where.severity, one),
                browsing.titles.camera(one),
            )
            for one in browsing.access.cameras
        ]
    else:
        children = await _async_days(browsing, where)
    return folder(where, browsing.titles.text(_GROUPS[where.grouping]), children)


async def async_open_camera(
    browsing: Browsing, where: ReviewsOfCamera
) -> BrowseMediaSource:
    """Return a page of the items of a camera."""
    camera = browsing.require(where.camera)
    wanted = ReviewFilter(cameras=(camera,), severity=where.severity, after=_ALL_TIME)
    page = Page(before=where.before, skip=where.skip)
    reviews, following = await _async_page(browsing, wanted, page)
    items = [review_node(browsing, one) for one in reviews]
    items += more(where, following, browsing.titles.text("more"))
    title = browsing.titles.camera(camera)
    return folder(where, title, items, holds=MediaClass.VIDEO)


async def async_open_day(browsing: Browsing, where: ReviewsOfDay) -> BrowseMediaSource:
    """Return a page of the items that began on a day."""
    period = day_period(where.day)
    wanted = ReviewFilter(
        cameras=browsing.access.cameras,
        severity=where.severity,
        after=period.start,
        before=period.end,
    )
    page = Page(before=where.before, skip=where.skip)
    reviews, following = await _async_page(browsing, wanted, page)
    items = [review_node(browsing, one, with_date=False) for one in reviews]
    items += more(where, following, browsing.titles.text("more"))
    return folder(where, where.day.isoformat(), items, holds=MediaClass.VIDEO)


def review_node(
    browsing: Browsing, review: Review, *, with_date: bool = True
) -> BrowseMediaSource:
    """Return a review item, which plays its recording."""
    return video(
        ReviewVideo(browsing.entry_id, Form.HLS, review.review_id),
        browsing.titles.review(review, with_date=with_date),
        review_url(browsing.entry_id, review.review_id, "thumbnail"),
        can_expand=has_several_entries(browsing, review),
    )


async def _async_page(
    browsing: Browsing, wanted: ReviewFilter, page: Page, size: int = PAGE_SIZE
) -> tuple[list[Review], Page | None]:
    """Return the items of a page as far as they may be shown, and the page that follows."""
    if not wanted.cameras:
        # It would stand for all of them.
        return [], None
    before = [one for one in (wanted.before, page.asked_before) if one is not None]
    found = await browsing.client.reviews.list(
        replace(wanted, before=min(before, default=None), limit=page.limit(size)),
        fresh=True,
    )
    # Frigate also lists what began before a day, and went on.
    since = wanted.after or 0.0
    began = [one for one in found if (one.start or 0.0) >= since]
    reviews, following = page.of(began, size, lambda one: one.start)
    browsing.owners.remember_reviews(reviews)
    return [one for one in reviews if one.camera in wanted.cameras], following


async def _async_days(
    browsing: Browsing, where: ReviewsGrouped
) -> list[BrowseMediaSource]:
    cameras = browsing.access.cameras
    if not cameras:
        return []
    days = await browsing.client.reviews.days(browsing.time_zone, cameras)
    is_alert = where.severity is Severity.ALERT
    counted = ((one.day, one.alerts if is_alert else one.detections) for one in days)
    return [
        folder(
            ReviewsOfDay(where.entry_id, where.severity, day),
            browsing.titles.counted(day.isoformat(), _TEXTS[where.severity], count),
        )
        for day, count in counted
        if count != 0
    ]
