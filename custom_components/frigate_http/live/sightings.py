"""Remembers when and where each person was seen last."""

from dataclasses import dataclass

_MAX_PEOPLE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A person was recognized at a camera."""

    camera: str
    seen_at: float
    """Seconds since the epoch, by our clock."""


class Sightings:
    """The last sighting of each person; those of old come after new ones at times."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._last: dict[str, Sighting] = {}

    def add(self, person: str, sighting: Sighting) -> None:
        """Add a sighting, unless there is a newer one."""
        known = self._last.pop(person, sighting)
        self._last[person] = max(known, sighting, key=lambda one: one.seen_at)
        if len(self._last) > _MAX_PEOPLE:
            del self._last[next(iter(self._last))]

    def of(self, person: str) -> Sighting | None:
        """Return the last sighting of a person."""
        return self._last.get(person)
