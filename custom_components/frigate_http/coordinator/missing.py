"""Tracks known names that are missing from one response after another."""

from collections.abc import Iterable

MISSES_UNTIL_GONE = 2


class MissingTracker:
    """Counts for each known name how many responses in a row lack it.

    One response may lack a name by accident, such as while Frigate starts. A name that is
    missing twice in a row is stale.
    """

    def __init__(self, expected: Iterable[str]) -> None:
        """Start with the names that are known from earlier runs."""
        self._misses = dict.fromkeys(expected, 0)
        self.stale = set[str]()
        """The names that are missing often enough to be removed."""

    def update(self, present: Iterable[str]) -> None:
        """Apply a response: reset the count of present names, raise that of missing ones."""
        names = set(present)
        for name in self._misses.keys() - names:
            self._misses[name] += 1
            if self._misses[name] >= MISSES_UNTIL_GONE:
                self.stale.add(name)
        self._misses.update(dict.fromkeys(names, 0))
        self.stale -= names

    def reset(self) -> None:
        """Reset all counts."""
        self._misses = dict.fromkeys(self._misses, 0)
        self.stale.clear()

    def discard(self, name: str) -> None:
        """Stop tracking a name."""
        del self._misses[name]
        self.stale.discard(name)
