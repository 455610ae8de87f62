"""Pages of a list of which the server only tells what began before a time.

The time itself is excluded, so a page that began where the one before it ended would lose
the items that began at that very time. It therefore asks a little later, for more items,
and leaves out those that were shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Self

TICK = 0.000001
"""In seconds, the resolution of the times of Frigate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where a page begins, the most recent items first; the first page without values."""

    before: float | None = None
    """Seconds since the epoch: where the last item of the page before began."""
    skip: int = 0
    """How many items that began at that very time were on the pages before."""

    @property
    def asked_before(self) -> float | None:
        """Return the time to ask for, which the server excludes."""
        return None if self.before is None else self.before + TICK

    def limit(self, size: int) -> int:
        """Return how many items to ask for: one more than shown tells whether there is more."""
        return size + self.skip + 1

    def of[T](
        self, items: Sequence[T], size: int, start_of: Callable[[T], float | None]
    ) -> tuple[tuple[T, ...], Self | None]:
        """Return the items of this page, and the next page; None if there is none.

        Args:
            items: what the server returned for `asked_before` and `limit`.
            size: items of a page.
            start_of: returns when an item began, in seconds since the epoch.
        """
        rest = items[self._shown_before([start_of(one) for one in items]) :]
        shown = tuple(rest[:size])
        last = start_of(shown[-1]) if shown else None
        has_more = len(rest) > size or len(items) >= self.limit(size)
        if last is None or not has_more:
            return shown, None
        skip = sum(1 for one in shown if start_of(one) == last)
        if last == self.before:
            skip += self.skip
        return shown, type(self)(before=last, skip=skip)

    def _shown_before(self, starts: Sequence[float | None]) -> int:
        """Return how many of the first items were on pages before this one."""
        before = self.before
        if before is None:
            return 0
        # A server may have times of a higher resolution.
        later = takewhile(lambda one: one is not None and one > before, starts)
        first = sum(1 for _ in later)
        same = takewhile(lambda one: one == before, starts[first : first + self.skip])
        return first + sum(1 for _ in same)
