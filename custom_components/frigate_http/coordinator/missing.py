"""Tracks known names that are missing from one response after another."""

from collections import Counter
from collections.abc import Iterable

MISSES_UNTIL_GONE = 2


class MissingTracker:
    """Counts for each known name how many responses in a row lack it.

    One response may lack a name by accident, such as while Frigate starts. A name that is
    missing twice in a row is stale.
    """

    def __init__(self, expected: Iterable[str]) -> None:
        """Start with the names that are known from earlier runs."""
        self._misses = Counter(dict.fromkeys(expected, 0))

    def update(self, present: Iterable[str]) -> None:
        """Apply a response: reset the count of present names, raise that of missing ones."""
        names = set(present)
        for name in self._misses.keys() - names:
            self._misses[name] += 1
        for name in names:
            self._misses[name] = 0

    def reset(self) -> None:
        """Reset all counts."""
        for name in self._misses:
            self._misses[name] = 0

    def discard(self, name: str) -> None:
        """Stop tracking a name."""
        del self._misses[name]

    @property
    def stale(self) -> set[str]:
        """Return the names that are missing often enough to be removed."""
        return {
            name for name, misses in self._misses.items() if misses >= MISSES_UNTIL_GONE
        }
