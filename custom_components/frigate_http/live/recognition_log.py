"""Remembers recognized faces and plates, so that each fires once."""

from ..aiofrigate import Recognized

_MAX_REMEMBERED = 500


class RecognitionLog:
    """Tells new recognitions from repeated ones of the same tracked object.

    Frigate repeats a recognition with every frame, also for several people in turn, and
    every poll returns all of them again.
    """

    def __init__(self) -> None:
        """Start with an empty log."""
        # A dictionary, because unlike a set it keeps the order of insertion.
        self._seen: dict[tuple[str, bool, str], None] = {}

    def is_new(self, found: Recognized) -> bool:
        """Return whether a recognition is new, and remember it."""
        if found.shown is None:
            return False
        if found.event_id is None:
            # Without an event id, a repetition cannot be recognized as one.
            return True
        key = (found.event_id, found.is_plate, found.shown)
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > _MAX_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return True
