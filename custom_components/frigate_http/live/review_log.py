"""Tracks ongoing review items, and turns what is seen of them into events."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..aiofrigate import Review
from .topics import ReviewEvent, ReviewEventType

_MAX_REMEMBERED = 2000


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
        self._pushed_since_request: set[str] = set()
        self._unconfirmed: set[str] = set()
        self._is_first = True

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

    def start_request(self) -> None:
        """Mark the start of a request: items pushed from now on are newer than its response."""
        self._pushed_since_request.clear()

    def apply_pushed(
        self, review: Review, *, is_new: bool = True
    ) -> Iterator[ReviewEvent]:
        """Apply a pushed review item."""
        self._pushed_since_request.add(review.review_id)
        if self._is_first and not is_new and not self._is_known(review):
            # It started before Home Assistant did; its start must not be replayed.
            self._ongoing[review.review_id] = review
            if review.end is None:
                yield _review_event(ReviewEventType.UPDATED, review)
                return
        yield from self._apply(review)

    def apply_response(self, reviews: Iterable[Review]) -> Iterator[ReviewEvent]:
        """Apply a response with all items that are ongoing or ended recently."""
        is_first, self._is_first = self._is_first, False
        rows = {review.review_id: review for review in reviews}
        for review in sorted(rows.values(), key=lambda one: one.start or 0.0):
            if review.review_id in self._pushed_since_request:
                continue
            if is_first:
                self._add_silently(review)
            elif review.end is not None and not self._is_known(review):
                # It started and ended while the live connection was down.
                yield from self._apply(replace(review, end=None))
                yield from self._apply(review)
            else:
                yield from self._apply(review)
        missing = self._ongoing.keys() - rows.keys() - self._pushed_since_request
        # Frigate pushes an item before its database returns it, so one miss proves nothing.
        for gone in missing & self._unconfirmed:
            yield from self._end(self._ongoing[gone])
        self._unconfirmed = missing - self._unconfirmed

    def _is_known(self, review: Review) -> bool:
        return review.review_id in self._ongoing or review.review_id in self._ended

    def _add_silently(self, review: Review) -> None:
        """Add an item without an event."""
        if review.end is None:
            self._ongoing[review.review_id] = review
        else:
            self._add_ended(review.review_id)

    def _apply(self, review: Review) -> Iterator[ReviewEvent]:
        if review.review_id in self._ended:
            return
        if review.end is not None:
            yield from self._end(review)
            return
        before = self._ongoing.get(review.review_id)
        self._ongoing[review.review_id] = review
        if (event_type := _event_type_for(before, review)) is not None:
            yield _review_event(event_type, review)

    def _end(self, review: Review) -> Iterator[ReviewEvent]:
        self._ongoing.pop(review.review_id, None)
        self._add_ended(review.review_id)
        yield _review_event(ReviewEventType.ENDED, review)

    def _add_ended(self, review_id: str) -> None:
        self._ended[review_id] = None
        if len(self._ended) > _MAX_REMEMBERED:
            del self._ended[next(iter(self._ended))]


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
