"""What is known of all cameras at this moment, and what each message changes of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
import time

from ..aiofrigate import (
    CameraActivity,
    Classified,
    Count,
    Event,
    FeatureState,
    Motion,
    ObjectUpdate,
    ProfileState,
    Recognized,
    Review,
    ReviewStatus,
    ReviewUpdate,
    Sound,
    SoundActivity,
    TrackedObject,
    Update,
)
from .camera_state import ALL, CameraState, Snapshot
from .recognition_log import RecognitionLog
from .review_log import ReviewLog
from .topics import PROFILE, Kind, LiveEvent, ReviewHappened, Topic

_A_LITTLE_LATER = 0.001
"""Seconds; the server does not tell when it took a better picture."""

type Change = Topic | LiveEvent


class LiveState:
    """The cameras as they were told last.

    Each method that takes something in yields what it changes. Nothing is checked for
    whether anybody wants it: what no entity listens for is told to nobody.
    """

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._cameras: defaultdict[str, CameraState] = defaultdict(CameraState)
        self.reviews = ReviewLog()
        self._recognitions = RecognitionLog()
        self.profile: ProfileState | None = None

    def of(self, camera: str) -> CameraState:
        """Return what is known of a camera."""
        return self._cameras[camera]

    def feature(self, camera: str, feature: str, read_at: float) -> bool | int | None:
        """Return what a feature was set to since the configuration was read.

        `read_at` is when that began, by the monotonic clock.
        """
        value, since = self.of(camera).features.get(feature, (None, 0.0))
        return value if since >= read_at else None

    def apply(self, update: Update) -> Iterator[Change]:
        """Take in what was pushed."""
        match update:
            case Count():
                yield from self._counted(update)
            case ObjectUpdate():
                yield from self._object(update)
            case Motion(camera, is_on):
                self.of(camera).motion = is_on
                yield Topic(Kind.MOTION, camera)
            case ReviewUpdate(review, is_new):
                yield from self._reviews(self.reviews.see(review, is_new=is_new))
            case ReviewStatus(camera, severity):
                yield from self._severity(camera, severity)
            case Sound():
                yield from self._sound(update)
            case FeatureState(camera, feature, value):
                self.of(camera).features[feature] = (value, time.monotonic())
                yield Topic(Kind.FEATURES, camera, feature)
            case Recognized():
                yield from self._recognized(update)
            case Classified(camera, model, state):
                self.of(camera).states[model] = state
                yield Topic(Kind.STATES, camera, model)
            case ProfileState():
                self.profile = update
                yield PROFILE
            case CameraActivity() | SoundActivity():
                yield from self._everything(update)

    def polled(
        self, events: Iterable[Event], reviews: Iterable[Review], cameras: Iterable[str]
    ) -> Iterator[Change]:
        """Take in what goes on, as the server answered, for all of these cameras."""
        going_on = [event for event in events if event.camera is not None]
        for camera in cameras:
            here = [event for event in going_on if event.camera == camera]
            yield from self._polled_objects(camera, here)
            yield from self._polled_sounds(camera, here)
        yield from self.caught_up(going_on, reviews, cameras)

    def caught_up(
        self, events: Iterable[Event], reviews: Iterable[Review], cameras: Iterable[str]
    ) -> Iterator[Change]:
        """Take in what may have happened while nothing was pushed.

        Those are the events that go on, and the items that do or have lately ended.
        """
        for event in sorted(events, key=_begin):
            yield from self._polled_event(event)
        yield from self._reviews(self.reviews.answered(reviews))
        for camera in cameras:
            yield from self._severity(camera, self.reviews.severity(camera))

    def before(self, going_on: Iterable[Event]) -> Iterator[Change]:
        """Take in what went on before anybody listened; of that, nothing is told."""
        for event in sorted(going_on, key=_begin):
            yield from self._polled_snapshot(event)
            if (found := _recognized_in(event)) is not None:
                # Whoever was shown last may have come later, and be gone again.
                self._recognitions.is_news(found)

    def add_past_snapshots(self, events: Iterable[Event]) -> Iterator[Change]:
        """Take in events of the past, for the pictures of them."""
        for event in events:
            yield from self._polled_snapshot(event)

    def lose_push(self) -> Iterator[Change]:
        """Forget what only a push can tell."""
        for camera, state in self._cameras.items():
            state.motion = None
            yield Topic(Kind.MOTION, camera)
            # Frigate tells of a state when it changes, and after a gap it may be another.
            for model in [*state.states]:
                del state.states[model]
                yield Topic(Kind.STATES, camera, model)
        self.profile = None
        yield PROFILE

    # What was pushed

    def _everything(self, update: CameraActivity | SoundActivity) -> Iterator[Change]:
        if isinstance(update, SoundActivity):
            for camera in {*update.sounds, *self._cameras}:
                heard = update.sounds.get(camera, frozenset())
                yield from self._set_sounds(camera, heard)
            return
        # A camera that is not mentioned sees nothing.
        for camera in {*update.objects, *self._cameras}:
            self.of(camera).motion = update.motion.get(camera)
            yield Topic(Kind.MOTION, camera)
            objects = update.objects.get(camera, ())
            for label in self.of(camera).see(objects, with_motion=True):
                yield Topic(Kind.OBJECTS, camera, label)

    def _counted(self, update: Count) -> Iterator[Change]:
        # A zone has no picture of its own: nobody has asked for one of that name.
        if (state := self._cameras.get(update.place)) is None:
            return
        known = state.active if update.only_active else state.totals
        if known is not None and known[update.label] != update.count:
            known[update.label] = update.count
            yield Topic(Kind.OBJECTS, update.place, update.label)

    def _object(self, update: ObjectUpdate) -> Iterator[Change]:
        tracked = update.tracked
        state = self.of(tracked.camera)
        if state.update(tracked, is_gone=update.is_gone):
            for label in (tracked.label, ALL):
                yield Topic(Kind.OBJECTS, tracked.camera, label)
        if (taken_at := tracked.snapshot_time) is not None:
            yield from self._snapshot(
                tracked.camera, Snapshot(tracked.object_id, taken_at)
            )

    def _snapshot(self, camera: str, snapshot: Snapshot) -> Iterator[Change]:
        state = self.of(camera)
        known = state.snapshot
        if known is None or snapshot.taken_at > known.taken_at:
            state.snapshot = snapshot
            yield Topic(Kind.SNAPSHOTS, camera)

    def _sound(self, update: Sound) -> Iterator[Change]:
        heard = set(self.of(update.camera).sounds or ())
        (heard.add if update.is_on else heard.discard)(update.label)
        yield from self._set_sounds(update.camera, heard)

    def _set_sounds(self, camera: str, heard: Iterable[str]) -> Iterator[Change]:
        state, now = self.of(camera), frozenset(heard)
        before = frozenset(state.sounds or ())
        state.sounds = now
        for label in before ^ now:
            yield Topic(Kind.SOUNDS, camera, label)

    def _recognized(self, update: Recognized) -> Iterator[Change]:
        if update.shown is None and not update.is_plate:
            # A face that is not known says nothing of the one that was.
            return
        yield self._named(update)
        if self._recognitions.is_news(update):
            yield update

    def _named(self, found: Recognized) -> Topic:
        """Take in who or what was recognized last."""
        state = self.of(found.camera)
        if found.is_plate:
            state.plate = found
            return Topic(Kind.PLATES, found.camera)
        state.face = found
        return Topic(Kind.FACES, found.camera)

    def _reviews(self, happened: Iterable[ReviewHappened]) -> Iterator[Change]:
        for one in happened:
            yield one
            yield from self._severity(one.camera, self.reviews.severity(one.camera))

    def _severity(self, camera: str, severity: str | None) -> Iterator[Change]:
        state = self.of(camera)
        if not state.knows_severity or state.severity != severity:
            state.severity, state.knows_severity = severity, True
            yield Topic(Kind.REVIEWS, camera)

    # What was asked for

    def _polled_objects(self, camera: str, events: Iterable[Event]) -> Iterator[Change]:
        objects = [
            TrackedObject(
                event.event_id,
                camera,
                event.label,
                event.sub_label,
                frozenset(event.zones),
                is_stationary=False,
            )
            for event in events
            if event.label is not None and event.kind not in {"audio", "api"}
        ]
        state = self.of(camera)
        gone = {*(state.objects or ())} - {one.object_id for one in objects}
        for label in state.see(objects, with_motion=False):
            yield Topic(Kind.OBJECTS, camera, label)
        if (last := state.snapshot) is not None and last.event_id in gone:
            # Only now is it the best picture of all there were.
            yield from self._snapshot(
                camera, replace(last, taken_at=last.taken_at + _A_LITTLE_LATER)
            )

    def _polled_sounds(self, camera: str, events: Iterable[Event]) -> Iterator[Change]:
        yield from self._set_sounds(
            camera, {event.label or "" for event in events if event.kind == "audio"}
        )

    def _polled_event(self, event: Event) -> Iterator[Change]:
        yield from self._polled_snapshot(event)
        if (found := _recognized_in(event)) is None:
            return
        # Only what is new: several that are there at once would take turns with each poll.
        if self._recognitions.is_news(found):
            yield self._named(found)
            yield found

    def _polled_snapshot(self, event: Event) -> Iterator[Change]:
        if event.has_snapshot and event.camera is not None and event.start is not None:
            yield from self._snapshot(
                event.camera, Snapshot(event.event_id, event.start)
            )


def _begin(event: Event) -> float:
    return event.start or 0.0


def _recognized_in(event: Event) -> Recognized | None:
    """Return whose face or which plate an event shows."""
    is_plate = event.plate is not None
    # What somebody has called a person by hand has no score.
    is_face = event.label == "person" and event.sub_label_score is not None
    if event.camera is None or not (is_plate or (is_face and event.sub_label)):
        return None
    return Recognized(
        event.camera,
        is_plate,
        event.sub_label,
        event.plate,
        event.event_id,
        event.plate_score if is_plate else event.sub_label_score,
    )
