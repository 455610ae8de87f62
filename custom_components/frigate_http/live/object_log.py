"""Remembers tracked objects, so that what is pushed about each of them fires once."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..aiofrigate import Event, ObjectClassified, Recognized, TrackedObject
from .topics import UnknownFace

_MAX_OBJECTS = 500
_MAX_RESULTS = 50
"""Results of an object that are remembered: Frigate tries 16 times a model."""


@dataclass(slots=True)
class _Remembered:
    """What was pushed about an object."""

    label: str | None = None
    has_unknown_face: bool = False
    is_named: bool = False
    has_ended: bool = False
    has_fired: bool = False
    results: set[tuple[str, str]] = field(default_factory=set)
    sub_label: str | None = None
    """The one it had before we listened, which a model may have said."""


class ObjectLog:
    """What was pushed about recent objects, of which nothing fires again after a poll.

    The end of an object can get lost in a gap of the connection. Then nothing
    fires for its unknown face, as nobody knows whether it was recognized meanwhile.
    """

    def __init__(self) -> None:
        """Start with an empty log."""
        # A dictionary, because unlike a set it keeps the order of insertion.
        self._objects: dict[tuple[str, str], _Remembered] = {}

    def apply_face(self, found: Recognized, *, is_sure: bool) -> Iterator[UnknownFace]:
        """Apply an attempt to recognize a face, which may come after the object has ended."""
        if found.event_id is None or (found.score is None and not is_sure):
            return
        seen = self._of(found.camera, found.event_id)
        if is_sure:
            seen.is_named = True
        else:
            seen.has_unknown_face = True
        yield from self._unknown_face(found.camera, found.event_id, seen)

    def apply_end(
        self, tracked: TrackedObject, name: str | None
    ) -> Iterator[UnknownFace]:
        """Apply the end of an object; `name` is its sub label if that is no logo."""
        seen = self._of(tracked.camera, tracked.object_id)
        seen.label, seen.has_ended = tracked.label, True
        if name is not None and name not in {result for _model, result in seen.results}:
            # Whoever recognized it, be it somebody who named it by hand.
            seen.is_named = True
        yield from self._unknown_face(tracked.camera, tracked.object_id, seen)

    def add_known(self, camera: str, event: Event) -> None:
        """Add what was known of an object before we listened, which is no news."""
        if event.sub_label is not None or event.attributes:
            seen = self._of(camera, event.event_id)
            seen.sub_label = event.sub_label
            seen.results.update(event.attributes)

    def is_new_result(self, found: ObjectClassified) -> bool:
        """Return whether a model has not said this of the object before, and remember it."""
        seen = self._of(found.camera, found.event_id)
        result = (found.model, found.result)
        if result in seen.results or len(seen.results) >= _MAX_RESULTS:
            return False
        seen.results.add(result)
        return found.is_attribute or found.result != seen.sub_label

    def label_of(self, camera: str, event_id: str) -> str | None:
        """Return the label of an object that has ended, if it is remembered."""
        seen = self._objects.get((camera, event_id))
        return None if seen is None else seen.label

    def _of(self, camera: str, event_id: str) -> _Remembered:
        """Return what is remembered of an object, in place of the oldest one if need be."""
        key = (camera, event_id)
        self._objects[key] = seen = self._objects.pop(key, None) or _Remembered()
        if len(self._objects) > _MAX_OBJECTS:
            del self._objects[next(iter(self._objects))]
        return seen

    @staticmethod
    def _unknown_face(
        camera: str, event_id: str, seen: _Remembered
    ) -> Iterator[UnknownFace]:
        is_unknown = seen.has_unknown_face and not seen.is_named
        if seen.has_ended and is_unknown and not seen.has_fired:
            seen.has_fired = True
            yield UnknownFace(camera, event_id)
