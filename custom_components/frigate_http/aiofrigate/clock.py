"""How the server's clock differs from ours, as far as its stats tell."""

import math

_LONGEST_AGE = 30.0
"""Seconds. Frigate computes its stats every 15 seconds, which takes it a few more."""
_FROZEN_AFTER = 60.0
"""Seconds after which unchanged stats tell nothing, as Frigate does not compute them."""
_ROUNDING = 1.0
"""Seconds. Frigate cuts off the fraction of the time at which it computed the stats."""
_PUBLISHING = 2.0
"""Seconds within which Frigate answers with stats that it has computed."""


class ServerClock:
    """The clock of a server: its offset from ours, known within bounds.

    Stats tell when they were computed, which may have been their whole interval ago. So
    each answer only bounds the offset: they were computed before it arrived, and if they
    are newer than those of the answer before, then after that one. Answers at other moments
    of the interval bound it more tightly. All times are in seconds since the epoch.
    """

    def __init__(self) -> None:
        """Start without knowing more than that both clocks may agree."""
        self._lowest, self._highest = -math.inf, math.inf
        self._updated: float | None = None
        self._sent_at = self._first_sent_at = 0.0
        self._is_frozen = False
        self.measured_at = 0.0
        """When the bounds changed last, by our clock."""

    def add(self, updated: float, sent_at: float, received_at: float) -> None:
        """Take in an answer that no cache has delayed.

        Args:
            updated: when the server computed its stats, by its clock.
            sent_at: when they were requested, by our clock.
            received_at: when they arrived, by our clock.
        """
        lowest, highest = updated - received_at, math.inf
        if self._updated is not None and updated > self._updated:
            highest = updated - self._sent_at + _ROUNDING + _PUBLISHING
        if updated != self._updated:
            self._first_sent_at = sent_at
        self._is_frozen = sent_at - self._first_sent_at > _FROZEN_AFTER
        self._updated, self._sent_at = updated, sent_at
        before = self._lowest, self._highest
        self._narrow(lowest, highest if highest >= lowest else math.inf)
        if (self._lowest, self._highest) != before:
            self.measured_at = received_at

    def _narrow(self, lowest: float, highest: float) -> None:
        both = max(lowest, self._lowest), min(highest, self._highest)
        # Bounds that exclude each other show that one of the clocks was set.
        self._lowest, self._highest = both if both[0] <= both[1] else (lowest, highest)

    @property
    def is_known(self) -> bool:
        """Return whether the offset is bounded on both sides."""
        return math.isfinite(self._highest)

    @property
    def lowest(self) -> float:
        """Return the lowest offset in seconds; 0 if the clocks may agree."""
        return 0.0 if self._may_agree else self._lowest

    @property
    def highest(self) -> float:
        """Return the highest offset in seconds; 0 if the clocks may agree."""
        return 0.0 if self._may_agree else self._assumed_highest

    @property
    def offset(self) -> float:
        """Return the seconds by which the server is ahead; 0 if the clocks may agree."""
        return (self.lowest + self.highest) / 2

    @property
    def _may_agree(self) -> bool:
        return self._lowest <= 0 <= self._assumed_highest

    @property
    def _assumed_highest(self) -> float:
        """Return the upper bound; before there are newer stats, by their usual age."""
        is_guess = not self.is_known and self._updated is not None
        if is_guess and not (self._is_frozen and self._lowest <= 0):
            return self._lowest + _LONGEST_AGE
        return self._highest

    def differs_by(self, seconds: float) -> bool | None:
        """Return whether the clocks differ by more than this; None if that is unknown."""
        if self._lowest > seconds or self._highest < -seconds:
            return True
        is_less = self._lowest >= -seconds and self._highest <= seconds
        return False if is_less else None

    def earliest(self, at: float) -> float:
        """Return the earliest time that the server's clock may show when ours shows `at`."""
        return at + self.lowest

    def latest(self, at: float) -> float:
        """Return the latest time that the server's clock may show when ours shows `at`."""
        return at + self.highest

    def estimate(self, at: float) -> float:
        """Return the time that the server's clock probably shows when ours shows `at`."""
        return at + self.offset

    def ours(self, at: float) -> float:
        """Return the time that our clock probably shows when the server's shows `at`."""
        return at - self.offset
