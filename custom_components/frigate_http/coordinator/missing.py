"""Which of the known names are missing from answer after answer."""

from collections import Counter
from collections.abc import Iterable

MISSES_UNTIL_GONE = 2


class MissingTracker:
    """Who was expected and did not answer, call after call.

    One miss may be a moment of the server's; whoever is missing twice in a row is gone.
    """

    def __init__(self, expected: Iterable[str]) -> None:
        """Begin with the names that were there before."""
        self._misses = Counter(dict.fromkeys(expected, 0))

    def update(self, present: Iterable[str]) -> None:
        """Note who is there, and count who is not."""
        here = set(present)
        for name in self._misses.keys() - here:
            self._misses[name] += 1
        for name in here:
            self._misses[name] = 0

    def reset(self) -> None:
        """Begin to count anew."""
        for name in self._misses:
            self._misses[name] = 0

    def discard(self, name: str) -> None:
        """Expect a name no longer."""
        del self._misses[name]

    @property
    def stale(self) -> set[str]:
        """Return who has been missing often enough."""
        return {
            name for name, misses in self._misses.items() if misses >= MISSES_UNTIL_GONE
        }
