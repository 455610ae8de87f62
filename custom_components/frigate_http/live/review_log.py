"""Tracks ongoing review items, and turns what is seen of them into events."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from ..aiofrigate import Review, ReviewTexts
from .topics import ReviewEvent, ReviewEventType

_MAX_REMEMBERED = 2000
_MAX_ONGOING = 20
"""Ongoing items of a camera; Frigate has one or two at a time."""
_MAX_UNDESCRIBED = 20
"""Ended items of a camera whose descriptions may still come."""
_MAX_EARLY = 100
_MAX_DESCRIBING = 600.0
"""Seconds after its end in which an item is asked for, while nothing is pushed."""
_TICK = 1.0
"""Seconds. Frigate lists the items that end later than what is asked for."""
_MAX_LISTED = 200
"""Names in each list of an item."""
_LISTS = ("objects", "zones", "sub_labels", "audio", "event_ids")


class ReviewLog:
    """Turns review items, pushed or polled, into events that fire once each.

    Pushed messages and poll responses repeat the same item and arrive out of order. An
    item that has ended never starts again, so late and stale messages are ignored. Only
    what a language model writes about it may still come, and counts once.
    """

    def __init__(self) -> None:
        """Start with an empty log."""
        self.describing: Collection[str] = ()
        """The cameras whose items a language model describes."""
        self._ongoing: dict[str, Review] = {}
        self._undescribed: dict[str, Review] = {}
        self._early_texts: dict[str, ReviewTexts] = {}
        # A dictionary, because unlike a set it keeps the order of insertion.
        self._ended: dict[str, None] = {}
        self._is_requesting = False
        self._pushed_since_request: dict[str, None] = {}
        self._unconfirmed: set[str] = set()
        self._is_first = True
        self._known_since: float | None = None
        self._since: float | None = None

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
            since: the earliest end of items that are news, in seconds since the epoch.
        """
        if self._known_since is None:
            self._known_since = since
        self._since = since
        self._is_requesting = True
        self._pushed_since_request.clear()
        self._early_texts.clear()

    def earliest_end(self, since: float) -> float:
        """Return the earliest end to ask for: some items are described minutes after it.

        Args:
            since: the earliest end of items that are news, in seconds since the epoch.
        """
        ends = (
            one.end
            for one in self._undescribed.values()
            if one.end is not None and one.camera in self.describing
        )
        recent = (end - _TICK for end in ends if end > since - _MAX_DESCRIBING)
        return min((since, *recent))

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

    def apply_description(
        self, review_id: str, texts: ReviewTexts | None
    ) -> Iterator[ReviewEvent]:
        """Apply what a language model wrote about an item, which is all that is new of it.

        What was over before we knew of it stays so. An item that goes on is described once
        it has ended, however the messages were ordered.
        """
        if texts is None:
            return
        if (ongoing := self._ongoing.get(review_id)) is not None:
            self._ongoing[review_id] = replace(ongoing, texts=texts)
        elif (ended := self._undescribed.pop(review_id, None)) is not None:
            # Frigate may have moved its times, which are not what has happened.
            described = replace(ended, texts=texts)
            yield _review_event(ReviewEventType.DESCRIBED, described)
        elif self._is_requesting and review_id not in self._ended:
            # The response may be older than this, and the first to tell of the item.
            self._early_texts[review_id] = texts
            _drop_oldest(self._early_texts, _MAX_EARLY)

    def apply_response(self, reviews: Iterable[Review]) -> Iterator[ReviewEvent]:
        """Apply a response with all items that are ongoing or ended recently."""
        is_first, self._is_first = self._is_first, False
        rows = {review.review_id: self._as_read(review) for review in reviews}
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

    def _as_read(self, review: Review) -> Review:
        """Return an item of a response, with the texts that were pushed meanwhile."""
        found, early = _shortened(review), self._early_texts.get(review.review_id)
        if found.texts is not None or early is None:
            return found
        return replace(found, texts=early)

    def _is_known(self, review: Review) -> bool:
        return review.review_id in self._ongoing or review.review_id in self._ended

    def _was_over(self, review: Review) -> bool:
        """Return whether an item was over before what is news.

        Frigate writes items late, and may change the times of an item that has ended.
        """
        return (
            review.has_ended
            and not self._is_known(review)
            and (
                _is_before(review.start, self._known_since)
                or _is_before(review.end, self._since)
            )
        )

    def _add_silently(self, review: Review) -> None:
        """Add an item without an event."""
        if not review.has_ended:
            self._set_ongoing(review)
        else:
            _remember(self._ended, review.review_id)

    def _set_ongoing(self, review: Review) -> None:
        """Set an ongoing item, in place of the oldest one if its camera has too many."""
        _keep_newest(self._ongoing, review, _MAX_ONGOING)

    def _apply(self, review: Review) -> Iterator[ReviewEvent]:
        if review.review_id in self._ended:
            yield from self.apply_description(review.review_id, review.texts)
            return
        if review.has_ended:
            yield from self._end(review)
            return
        before = self._ongoing.get(review.review_id)
        if before is not None and review.texts is None:
            review = replace(review, texts=before.texts)
        self._set_ongoing(review)
        if (event_type := _event_type_for(before, review)) is not None:
            yield _review_event(event_type, review)

    def _end(self, review: Review) -> Iterator[ReviewEvent]:
        before = self._ongoing.pop(review.review_id, review)
        texts = review.texts or before.texts
        ended = replace(review, start=before.start, texts=None)
        _remember(self._ended, ended.review_id)
        yield _review_event(ReviewEventType.ENDED, ended)
        _keep_newest(self._undescribed, ended, _MAX_UNDESCRIBED)
        yield from self.apply_description(ended.review_id, texts)


def _remember(ids: dict[str, None], review_id: str) -> None:
    """Add an id, in place of the oldest one if there are too many."""
    ids[review_id] = None
    _drop_oldest(ids, _MAX_REMEMBERED)


def _drop_oldest(items: dict[str, Any], limit: int) -> None:
    if len(items) > limit:
        del items[next(iter(items))]


def _keep_newest(items: dict[str, Review], review: Review, limit: int) -> None:
    """Add an item, in place of the oldest one if its camera has too many."""
    is_known = review.review_id in items
    items[review.review_id] = review
    if is_known:
        return
    here = [key for key, one in items.items() if one.camera == review.camera]
    if len(here) > limit:
        del items[here[0]]


def _is_before(time: float | None, limit: float | None) -> bool:
    return time is not None and limit is not None and time <= limit


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
    # Marking an item as reviewed is not a change of the item itself, nor are its texts.
    is_same = replace(before, reviewed=now.reviewed, texts=now.texts) == now
    return None if is_same else ReviewEventType.UPDATED


def _review_event(event_type: ReviewEventType, review: Review) -> ReviewEvent:
    return ReviewEvent(review.camera or "", event_type, review)
