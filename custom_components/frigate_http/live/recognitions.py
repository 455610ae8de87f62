"""What Frigate recognizes of the tracked objects: faces, plates, and what models say."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
import time

from ..aiofrigate import (
    Classified,
    Event,
    ObjectClassified,
    ObjectDescribed,
    Recognized,
    TrackedObject,
    Triggered,
)
from .camera_state import has_room
from .cameras import Cameras
from .object_log import ObjectLog
from .recognition_log import RecognitionLog, is_certain, name_of, recognition_of
from .sightings import Sighting, Sightings
from .topics import Change, DescribedObject, Kind, Topic

_MAX_EARLY = 100

type Recognition = (
    Recognized | Classified | ObjectClassified | ObjectDescribed | Triggered
)


class Recognitions:
    """Sets what the cameras have recognized last, and tells what is news.

    Like those of `LiveState`, each `apply_*` method yields the changes.
    """

    def __init__(self, cameras: Cameras) -> None:
        """Start without a recognition."""
        self._cameras = cameras
        self._log = RecognitionLog()
        self._objects = ObjectLog()
        self.sightings = Sightings()
        # Pushed before it is known which objects were recognized earlier; None from then on.
        self._early: deque[Recognized | ObjectClassified] | None = deque(
            maxlen=_MAX_EARLY
        )
        self.people: Collection[str] | None = None
        """The names in the face library; None if it cannot be read."""

    def apply_initial(self, ongoing: Iterable[Event]) -> Iterator[Change]:
        """Apply events that started before Home Assistant did, without firing any.

        What was pushed meanwhile is applied afterwards: Frigate repeats recognitions, and
        a door must not open because Home Assistant was restarted.
        """
        for event in ongoing:
            if event.camera in self._cameras.states:
                self._objects.add_known(event.camera, event)
            if (found := self._recognition_of(event)) is not None:
                # Remembered only: a later visitor may have been recognized and left since.
                self._log.is_new(found)
                yield from self._objects.apply_face(found, is_sure=True)
        early, self._early = self._early or (), None
        for one in early:
            if isinstance(one, Recognized):
                yield from self._recognize_once(one)
            elif self._objects.is_new_result(one):
                yield one

    def apply_event(self, event: Event) -> Iterator[Change]:
        """Apply a polled event."""
        if (found := self._recognition_of(event)) is not None:
            yield from self._recognize_once(found)

    def apply_end(self, tracked: TrackedObject) -> Iterator[Change]:
        """Apply the end of an object."""
        name = name_of(tracked.sub_label, self._cameras.config)
        yield from self._objects.apply_end(tracked, name)

    def apply(self, update: Recognition) -> Iterator[Change]:
        """Apply a pushed message, be the object there or gone."""
        match update:
            case Recognized():
                yield from self._apply_attempt(update)
            case Classified():
                yield from self._apply_classification(update)
            case ObjectClassified():
                yield from self._apply_result(update)
            case ObjectDescribed(camera, event_id):
                label = self._cameras.of(camera).label_of(event_id)
                label = label or self._objects.label_of(camera, event_id)
                yield DescribedObject(update, label)
            case Triggered():
                yield update

    def _apply_attempt(self, update: Recognized) -> Iterator[Change]:
        """Apply an attempt to recognize a face or a plate."""
        is_sure = is_certain(update, self._cameras.config)
        if not update.is_plate:
            yield from self._objects.apply_face(update, is_sure=is_sure)
        if not is_sure:
            return
        if self._early is not None:
            self._early.append(update)
            return
        yield from self._set_last(update)
        if self._log.is_new(update):
            yield update

    def _apply_classification(self, update: Classified) -> Iterator[Change]:
        """Apply a state, which Frigate tells again only when it changes."""
        states = self._cameras.of(update.camera).states
        known = self._cameras.config.classifiers.get(update.camera, ())
        if has_room(states, known, update.model):
            states[update.model] = update.state
            yield Topic(Kind.STATES, update.camera, update.model)

    def _apply_result(self, update: ObjectClassified) -> Iterator[Change]:
        results = self._cameras.of(update.camera).results
        known = self._cameras.configs[update.camera].object_classifiers
        if has_room(results, known, update.model):
            results[update.model] = update
            yield Topic(Kind.RESULTS, update.camera, update.model)
        if self._early is not None:
            self._early.append(update)
        elif self._objects.is_new_result(update):
            yield update

    def _recognize_once(self, found: Recognized) -> Iterator[Change]:
        # Only new ones: several people at once would replace each other with every poll.
        if not found.is_plate:
            yield from self._objects.apply_face(found, is_sure=True)
        if self._log.is_new(found):
            yield from self._set_last(found)
            yield found

    def _set_last(self, found: Recognized) -> Iterator[Change]:
        """Set the last recognized face or plate."""
        state = self._cameras.of(found.camera)
        if found.is_plate:
            state.plate = found
            yield Topic(Kind.PLATES, found.camera)
            return
        state.face = found
        yield Topic(Kind.FACES, found.camera)
        if found.name is not None:
            # Now: that is right whatever the clock of the server says.
            self.sightings.add(
                found.name, Sighting(camera=found.camera, seen_at=time.time())
            )
            yield Topic(Kind.PEOPLE, "", found.name)

    def _recognition_of(self, event: Event) -> Recognized | None:
        if (camera := self._cameras.configs.get(event.camera or "")) is None:
            return None
        found = recognition_of(event, self._cameras.config)
        if found is None or found.is_plate or not camera.object_classifiers:
            return found
        # A model may have said what the sub label is; a face has the name of somebody.
        is_somebody = self.people is None or found.name in self.people
        return found if is_somebody else None
