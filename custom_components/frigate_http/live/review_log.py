"""Tracks ongoing review items, and turns what is seen of them into events."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..aiofrigate import Review
from .topics import ReviewEvent, ReviewEventType

_MAX_REMEMBERED = 2000
_MAX_ONGOING = 20
"""Ongoing items of a camera; Frigate has one or two at a time."""
_MAX_LISTED = 200
"""Names in each list of an item."""
_LISTS = ("objects", "zones", "sub_labels", "audio", "event_ids")


class ReviewLog:
    """Turns review items, pushed or polled, into events that fire once each.

    Pushed messages and poll responses repeat the same item and arrive out of order. An
    item that has ended never starts again, so late and stale messages are ignored.
    """

    def __init__(self) -> None:
        """Start with an empty log."""
        self._ongoing: dict[str, Review] = {}
        # A dictionary, because unlike a set it keeps the order of insertion.
        self._ended: dict[str, None] = {}
        self._is_requesting = False
        self._pushed_since_request: dict[str, None] = {}
        self._unconfirmed: set[str] = set()
        self._is_first = True
        self._known_since: float | None = None

    def severity(self, camera: str) -> str | None:
        """Return the highest severity of the ongoing items of a camera; None without any."""
        found = {
            review.severity
            for review in self._ongoing.values()
            if review.camera == camera
        }
        return next((one for one in ("alert", "detection") if one in found), None)

    @property
    def has_unconfirmed(self) -> bool:
        """Return whether an ongoing item was missing from the last response."""
        return bool(self._unconfirmed)

    def start_request(self, since: float | None = None) -> None:
        """Mark the start of a request: items pushed from now on are newer than its response.

        Args:
            since: the earliest end of the requested items, in seconds since the epoch.
        """
        if self._known_since is None:
            self._known_since = since
        self._is_requesting = True
        self._pushed_since_request.clear()

    def apply_pushed(
        self, review: Review, *, is_new: bool = True, is_end: bool = False
    ) -> Iterator[ReviewEvent]:
        """Apply a pushed review item."""
        is_over = review.has_ended and not (is_new or is_end)
        if is_over and not self._is_known(review):
            # Something was added to an item that was over before we knew of it. Should it
            # have come and gone in a gap, then a response tells that.
            return
        review = _shortened(review)
        if self._is_requesting:
            _remember(self._pushed_since_request, review.review_id)
        if self._is_first and not is_new and not self._is_known(review):
            # It started before Home Assistant did; its start must not be replayed.
            self._set_ongoing(review)
            if not review.has_ended:
                yield _review_event(ReviewEventType.UPDATED, review)
                return
        yield from self._apply(review)

    def apply_response(self, reviews: Iterable[Review]) -> Iterator[ReviewEvent]:
        """Apply a response with all items that are ongoing or ended recently."""
        is_first, self._is_first = self._is_first, False
        rows = {review.review_id: _shortened(review) for review in reviews}
        for review in sorted(rows.values(), key=lambda one: one.start or 0.0):
            if review.review_id in self._pushed_since_request:
                continue
            if is_first or self._was_over(review):
                self._add_silently(review)
            elif review.has_ended and not self._is_known(review):
                # It started and ended while the live connection was down.
                yield from self._apply(replace(review, end=None, has_ended=False))
                yield from self._apply(review)
            else:
                yield from self._apply(review)
        missing = self._ongoing.keys() - rows.keys() - self._pushed_since_request.keys()
        # Frigate pushes an item before its database returns it, so one miss proves nothing.
        for gone in missing & self._unconfirmed:
            yield from self._end(self._ongoing[gone])
        self._unconfirmed = missing - self._unconfirmed
        self._is_requesting = False

    def _is_known(self, review: Review) -> bool:
        return review.review_id in self._ongoing or review.review_id in self._ended

    def _was_over(self, review: Review) -> bool:
        """Return whether an item began and ended before the first request.

        Frigate writes items late, and may change the times of an item that has ended.
        """
        return (
            review.has_ended
            and not self._is_known(review)
            and self._known_since is not None
            and review.start is not None
            and review.start <= self._known_since
        )

    def _add_silently(self, review: Review) -> None:
        """Add an item without an event."""
        if not review.has_ended:
            self._set_ongoing(review)
        else:
            _remember(self._ended, review.review_id)

    def _set_ongoing(self, review: Review) -> None:
        """Set an ongoing item, in place of the oldest one if its camera has too many."""
        is_known = review.review_id in self._ongoing
        self._ongoing[review.review_id] = review
        if not is_known:
            here = [
                one.review_id
                for one in self._ongoing.values()
                if one.camera == review.camera
            ]
            if len(here) > _MAX_ONGOING:
                del self._ongoing[here[0]]

    def _apply(self, review: Review) -> Iterator[ReviewEvent]:
        if review.review_id in self._ended:
            return
        if review.has_ended:
            yield from self._end(review)
            return
        before = self._ongoing.get(review.review_id)
        self._set_ongoing(review)
        if (event_type := _event_type_for(before, review)) is not None:
            yield _review_event(event_type, review)

    def _end(self, review: Review) -> Iterator[ReviewEvent]:
        self._ongoing.pop(review.review_id, None)
        _remember(self._ended, review.review_id)
        yield _review_event(ReviewEventType.ENDED, review)


def _remember(ids: dict[str, None], review_id: str) -> None:
    """Add an id, in place of the oldest one if there are too many."""
    ids[review_id] = None
    if len(ids) > _MAX_REMEMBERED:
        del ids[next(iter(ids))]


def _shortened(review: Review) -> Review:
    """Return an item whose lists are not too long to be kept and shown."""
    found = {name: getattr(review, name) for name in _LISTS}
    if all(len(names) <= _MAX_LISTED for names in found.values()):
        return review
    return replace(review, **{name: one[:_MAX_LISTED] for name, one in found.items()})


def _event_type_for(before: Review | None, now: Review) -> ReviewEventType | None:
    """Return the event type for a change of an ongoing item; None without a change."""
    if before is None or before.severity != now.severity:
        if now.severity == "alert":
            return ReviewEventType.ALERT_STARTED
        if before is None:
            return ReviewEventType.DETECTION_STARTED
    # Marking an item as reviewed is not a change of the item itself.
    is_same = replace(before, reviewed=now.reviewed) == now
    return None if is_same else ReviewEventType.UPDATED


def _review_event(event_type: ReviewEventType, review: Review) -> ReviewEvent:
    return ReviewEvent(review.camera or "", event_type, review)
