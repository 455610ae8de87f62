"""The current state of one camera."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..aiofrigate import (
    MAX_NAME_LENGTH,
    FeatureValue,
    ObjectClassified,
    Recognized,
    Review,
    ReviewTexts,
    TrackedObject,
)
from .topics import Kind

ALL = "all"
"""The label under which Frigate counts objects of every label."""
_MAX_OBJECTS = 1000
"""Objects of a camera that are remembered: the end of one of them could get lost."""
_MAX_NEW_MODELS = 10
"""Models of a camera of which something is kept before the configuration has them."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The best snapshot of a tracked object so far; Frigate may replace it by a better one."""

    event_id: str
    taken_at: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class LastReview:
    """The review item that began last; until it ends, its thumbnail may become another one."""

    review_id: str
    start: float
    """Seconds since the epoch."""
    has_ended: bool


@dataclass(frozen=True, slots=True)
class DescribedReview:
    """The review item that began last of those that a language model has described."""

    review_id: str
    start: float
    """Seconds since the epoch."""
    texts: ReviewTexts


@dataclass(slots=True)
class CameraState:
    """The last known values of a camera; None means unknown."""

    motion: bool | None = None
    objects: dict[str, TrackedObject] | None = None
    totals: Counter[str] | None = None
    active: Counter[str] | None = None
    """Moving objects by label. Only pushed messages tell which objects move."""
    sounds: Collection[str] | None = None
    severity: str | None = None
    knows_severity: bool = False
    snapshot: Snapshot | None = None
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    """The last snapshot of each tracked label."""
    last_review: LastReview | None = None
    described: DescribedReview | None = None
    face: Recognized | None = None
    plate: Recognized | None = None
    states: dict[str, str] = field(default_factory=dict)
    results: dict[str, ObjectClassified] = field(default_factory=dict)
    """What each model has said of an object last."""
    suspended_until: float | None = None
    """Until when Frigate sends no notifications, by its clock; 0 if it does."""
    features: dict[str, tuple[FeatureValue, float]] = field(default_factory=dict)
    """Value of each feature, and when it was pushed by the monotonic clock."""

    def label_of(self, object_id: str) -> str | None:
        """Return the label of an object that is tracked now."""
        tracked = (self.objects or {}).get(object_id)
        return None if tracked is None else tracked.label

    def set_snapshot(self, snapshot: Snapshot, labels: Iterable[str]) -> Iterator[str]:
        """Set the last snapshots; yield the labels whose is new, and `` for any label."""
        if self.snapshot is None or snapshot.taken_at > self.snapshot.taken_at:
            self.snapshot = snapshot
            yield ""
        for label in labels:
            known = self.snapshots.get(label)
            if known is None or snapshot.taken_at > known.taken_at:
                self.snapshots[label] = snapshot
                yield label

    def set_last_review(self, review: Review, max_threat: int | None) -> Iterator[Kind]:
        """Set the review items that began last; yield which of them have changed.

        An item with a description counts, also if it was over before we listened.
        """
        known, start = self.last_review, _start_of_newest(self.last_review, review)
        is_final = (
            known is not None
            and known.has_ended
            and known.review_id == review.review_id
        )
        if start is not None and not is_final:
            self.last_review = LastReview(review.review_id, start, review.has_ended)
            if self.last_review != known:
                yield Kind.LAST_REVIEWS
        before, start = self.described, _start_of_newest(self.described, review)
        if start is not None and review.texts is not None:
            texts = review.texts.limited_to(max_threat)
            self.described = DescribedReview(review.review_id, start, texts)
            if self.described != before:
                yield Kind.DESCRIBED

    def apply_frame_motion(self, has_motion: bool | None) -> None:
        """Apply whether the last frame showed motion, which never ends a known motion.

        Only `<camera>/motion` does, because a single still frame is just a pause.
        """
        if self.motion is None or has_motion:
            self.motion = has_motion

    def replace_objects(
        self, objects: Iterable[TrackedObject], *, with_motion: bool
    ) -> set[str]:
        """Replace all tracked objects; return the labels whose counts may have changed.

        Args:
            objects: all objects that the camera tracks now.
            with_motion: whether the source tells which of them are stationary.
        """
        before = {**(self.totals or {}), **(self.active or {})}
        self.objects = {one.object_id: one for one in objects}
        self.totals = _count(self.objects.values())
        self.active = (
            _count(one for one in self.objects.values() if not one.is_stationary)
            if with_motion
            else None
        )
        # A label without objects before and after has no subscriber to notify.
        return {*before, *self.totals}

    def update(self, tracked: TrackedObject, *, is_gone: bool) -> set[str]:
        """Update one tracked object; return the labels whose zones may count another number."""
        if self.objects is None:
            return set()
        before = self.objects.pop(tracked.object_id, None)
        if is_gone:
            return set() if before is None else {before.label}
        self.objects[tracked.object_id] = tracked
        if before is None:
            return {tracked.label, *self._drop_oldest()}
        is_same = (before.label, before.zones, before.is_stationary) == (
            tracked.label,
            tracked.zones,
            tracked.is_stationary,
        )
        return set() if is_same else {before.label, tracked.label}

    def _drop_oldest(self) -> set[str]:
        """Forget an object if there are too many; return its label."""
        if self.objects is None or len(self.objects) <= _MAX_OBJECTS:
            return set()
        return {self.objects.pop(next(iter(self.objects))).label}

    def count(
        self, label: str, zone: str | None = None, *, only_active: bool = False
    ) -> int | None:
        """Return the number of objects of a label, or None if it is unknown.

        The count of a camera is Frigate's own. The count of a zone is computed from the
        tracked objects, because Frigate adds up zones of the same name on all cameras.
        """
        if zone is not None:
            return self._count_in(zone, label, only_active=only_active)
        known = self.active if only_active else self.totals
        return None if known is None else known[label]

    def _count_in(self, zone: str, label: str, *, only_active: bool) -> int | None:
        if self.objects is None or (only_active and self.active is None):
            return None
        return sum(
            zone in one.zones
            and label in (one.label, ALL)
            and not (only_active and one.is_stationary)
            for one in self.objects.values()
        )


def _start_of_newest(
    known: LastReview | DescribedReview | None, review: Review
) -> float | None:
    """Return the start of an item that is the newest one now; None if it is older."""
    if review.start is None or known is None:
        return review.start
    if known.review_id == review.review_id:
        # Frigate moves the times of an item, which must not look like another one.
        return known.start
    return review.start if review.start > known.start else None


def has_room[T](values: Mapping[str, T], known: Collection[str], model: str) -> bool:
    """Return whether what a model says is kept, also before the configuration has it.

    Frigate uses a new model at once.
    """
    if model in known or model in values:
        return True
    is_short = len(model) <= MAX_NAME_LENGTH
    return is_short and len(values.keys() - {*known}) < _MAX_NEW_MODELS


def _count(objects: Iterable[TrackedObject]) -> Counter[str]:
    counted = Counter(one.label for one in objects)
    counted[ALL] = counted.total()
    return counted
