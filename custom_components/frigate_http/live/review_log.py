"""Which review items go on, and what happens to them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..aiofrigate import Review
from .topics import ReviewHappened, ReviewStep

_REMEMBERED = 2000


class ReviewLog:
    """Turns what is seen of review items, pushed or polled, into each step once.

    The same item is seen many times, by two ways, and the two are not in step: an
    item that was told to have ended never begins again.
    """

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._going_on: dict[str, Review] = {}
        # A dictionary, because it remembers the order.
        self._ended: dict[str, None] = {}
        self._seen_since_asked: set[str] = set()
        self._missed: set[str] = set()
        self._is_first = True

    def severity(self, camera: str) -> str | None:
        """Return the greatest severity of what goes on at a camera; None for nothing."""
        found = {
            review.severity
            for review in self._going_on.values()
            if review.camera == camera
        }
        return next((one for one in ("alert", "detection") if one in found), None)

    @property
    def is_unsure(self) -> bool:
        """Return whether something that should go on was missing in the last answer."""
        return bool(self._missed)

    def ask(self) -> None:
        """Note that the server is asked now: what is pushed from here on is newer."""
        self._seen_since_asked.clear()

    def see(self, review: Review, *, is_new: bool = True) -> Iterator[ReviewHappened]:
        """Take in what was pushed of an item."""
        self._seen_since_asked.add(review.review_id)
        if self._is_first and not is_new and not self._knows(review):
            # It has begun before we have, so that its beginning is no news.
            self._going_on[review.review_id] = review
            if review.end is None:
                yield _happened(ReviewStep.UPDATED, review)
                return
        yield from self._see(review)

    def answered(self, reviews: Iterable[Review]) -> Iterator[ReviewHappened]:
        """Take in all that goes on or has lately ended, as the server answered."""
        is_first, self._is_first = self._is_first, False
        rows = {review.review_id: review for review in reviews}
        for review in sorted(rows.values(), key=lambda one: one.start or 0.0):
            if review.review_id in self._seen_since_asked:
                continue
            if is_first:
                self._note(review)
            elif review.end is not None and not self._knows(review):
                # It came and went while nobody told us.
                yield from self._see(replace(review, end=None))
                yield from self._see(review)
            else:
                yield from self._see(review)
        missing = self._going_on.keys() - rows.keys() - self._seen_since_asked
        # Frigate may push of an item before a question for it finds it.
        for gone in missing & self._missed:
            yield from self._end(self._going_on[gone])
        self._missed = missing - self._missed

    def _knows(self, review: Review) -> bool:
        return review.review_id in self._going_on or review.review_id in self._ended

    def _note(self, review: Review) -> None:
        """Take an item for known without a word."""
        if review.end is None:
            self._going_on[review.review_id] = review
        else:
            self._remember(review.review_id)

    def _see(self, review: Review) -> Iterator[ReviewHappened]:
        if review.review_id in self._ended:
            return
        if review.end is not None:
            yield from self._end(review)
            return
        before = self._going_on.get(review.review_id)
        self._going_on[review.review_id] = review
        if (step := _step(before, review)) is not None:
            yield _happened(step, review)

    def _end(self, review: Review) -> Iterator[ReviewHappened]:
        self._going_on.pop(review.review_id, None)
        self._remember(review.review_id)
        yield _happened(ReviewStep.ENDED, review)

    def _remember(self, review_id: str) -> None:
        self._ended[review_id] = None
        if len(self._ended) > _REMEMBERED:
            del self._ended[next(iter(self._ended))]


def _step(before: Review | None, now: Review) -> ReviewStep | None:
    """Return what has happened to an item that goes on."""
    if before is None or before.severity != now.severity:
        if now.severity == "alert":
            return ReviewStep.ALERT_STARTED
        if before is None:
            return ReviewStep.DETECTION_STARTED
    # Whether a person has looked at it meanwhile is no news of the camera's.
    is_same = replace(before, reviewed=now.reviewed) == now
    return None if is_same else ReviewStep.UPDATED


def _happened(step: ReviewStep, review: Review) -> ReviewHappened:
    return ReviewHappened(review.camera or "", step, review)
