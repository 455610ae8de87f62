"""The growing pauses between two attempts to connect."""

import random

FIRST_BACKOFF = 1.0
MAX_BACKOFF = 60.0
"""Seconds between two attempts to connect: doubled each time, minus a random part.

Without the random part, all clients of a server would come back at the same moment.
"""
_JITTER = random.SystemRandom()


class Backoff:
    """The pauses of one connection."""

    def __init__(self) -> None:
        """Begin with the shortest pause."""
        self._next = FIRST_BACKOFF

    def reset(self) -> None:
        """Begin again with the shortest pause."""
        self._next = FIRST_BACKOFF

    def pause(self, lasted: float = 0.0) -> float:
        """Return the seconds to wait after an attempt, or after a connection.

        Args:
            lasted: seconds for which the connection lasted. A server that accepts it and
                drops it at once is backed off from like one that refuses it.
        """
        if lasted > MAX_BACKOFF:
            self.reset()
        longest, self._next = self._next, min(self._next * 2, MAX_BACKOFF)
        return longest * _JITTER.uniform(0.5, 1)
