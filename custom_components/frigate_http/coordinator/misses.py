"""Tolerates one missed poll: what is known stays, and the second in a row is an outage."""


class MissTolerance:
    """Tells a single missed poll from an outage."""

    def __init__(self) -> None:
        """Start without a missed poll."""
        self.has_missed = False
        """Whether the last poll failed."""

    def reset(self) -> None:
        """Apply a poll that succeeded."""
        self.has_missed = False

    def allows(self, *, out_of_turn: bool) -> bool:
        """Apply a poll that failed; return whether what is known stays for now.

        Polls out of turn may follow each other within a moment, so that none of them is the
        second of two: that is left to the next regular one.
        """
        is_first, self.has_missed = not self.has_missed, True
        return is_first or out_of_turn
