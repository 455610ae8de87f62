"""What is known of one camera at this moment."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from ..aiofrigate import Recognized, TrackedObject

ALL = "all"
"""The label that stands for objects of any."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The best picture of an event, of which there may be a better one later."""

    event_id: str
    taken_at: float
    """Seconds since the epoch."""


@dataclass(slots=True)
class CameraState:
    """A camera as it was told last; None is what nobody has told yet."""

    motion: bool | None = None
    objects: dict[str, TrackedObject] | None = None
    totals: Counter[str] | None = None
    active: Counter[str] | None = None
    """Those of the totals that move; only Frigate itself can tell."""
    sounds: Collection[str] | None = None
    severity: str | None = None
    knows_severity: bool = False
    snapshot: Snapshot | None = None
    face: Recognized | None = None
    plate: Recognized | None = None
    states: dict[str, str] = field(default_factory=dict)
    features: dict[str, tuple[bool | int, float]] = field(default_factory=dict)
    """Values, and since when by the monotonic clock."""

    def see(self, objects: Iterable[TrackedObject], *, with_motion: bool) -> set[str]:
        """Take these for all there is; return the labels of which that tells anything.

        `with_motion` says whether it is known which of them move.
        """
        before = {**(self.totals or {}), **(self.active or {})}
        self.objects = {one.object_id: one for one in objects}
        self.totals = _count(self.objects.values())
        self.active = (
            _count(one for one in self.objects.values() if not one.is_stationary)
            if with_motion
            else None
        )
        # Of a label that there was none of, and is none of, there is nothing to tell.
        return {*before, *self.totals}

    def update(self, tracked: TrackedObject, *, is_gone: bool) -> bool:
        """Take in what has become of one object; return whether zones may care."""
        if self.objects is None:
            return False
        before = self.objects.get(tracked.object_id)
        if is_gone:
            return self.objects.pop(tracked.object_id, None) is not None
        self.objects[tracked.object_id] = tracked
        return before is None or (before.zones, before.is_stationary) != (
            tracked.zones,
            tracked.is_stationary,
        )

    def count(
        self, label: str, zone: str | None = None, *, only_active: bool = False
    ) -> int | None:
        """Return how many objects of a label there are, or None if nobody knows.

        Frigate's own numbers count for a camera. For a zone of it they do not, as those
        of zones with the same name are one number there.
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


def _count(objects: Iterable[TrackedObject]) -> Counter[str]:
    counted = Counter(one.label for one in objects)
    counted[ALL] = counted.total()
    return counted
