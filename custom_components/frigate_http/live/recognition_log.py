"""Which faces and plates have been told of."""

from ..aiofrigate import Recognized

_REMEMBERED = 500


class RecognitionLog:
    """Knows a face or plate again that is seen once more at the same visit.

    Frigate says it anew with every frame that shows it, also of several people in turn,
    and every poll finds all of them.
    """

    def __init__(self) -> None:
        """Begin with nothing known."""
        # A dictionary, because it remembers the order.
        self._seen: dict[tuple[str, bool, str], None] = {}

    def is_news(self, found: Recognized) -> bool:
        """Return whether this has not been seen, and take it for seen from now on."""
        if found.shown is None:
            return False
        if found.event_id is None:
            # Nothing tells one visit from another.
            return True
        key = (found.event_id, found.is_plate, found.shown)
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return True
