"""The current state of all cameras, updated by pushed messages and by polling."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
import time

from ..aiofrigate import (
    CameraActivity,
    CameraConfig,
    CameraUpdate,
    Config,
    Count,
    Event,
    FeatureState,
    FeatureValue,
    Motion,
    ObjectUpdate,
    ProfileState,
    Review,
    ReviewStatus,
    ReviewUpdate,
    Sound,
    SoundActivity,
    Suspended,
    TrackedObject,
    Update,
)
from .camera_state import ALL, CameraState, Snapshot
from .cameras import Cameras
from .recognitions import Recognitions
from .review_log import ReviewLog
from .topics import PROFILE, Change, Kind, ReviewEvent, Topic

_MIN_TIME_STEP = 0.001
"""Seconds. Polling does not tell when Frigate replaced a snapshot by a better one."""


class LiveState:
    """The state of all cameras.

    Each `apply_*` method updates the state and yields the changes: topics whose
    subscribers have to be notified, and events to fire. It does not know the subscribers.

    Only the cameras of the configuration have a state. What a server says of others, or of
    labels and features that they do not have, is not kept, so that memory is bounded. Of
    models that they do not have, a few are.
    """

    def __init__(self) -> None:
        """Start with an unknown state."""
        self._cameras = Cameras()
        self.reviews = ReviewLog()
        self.recognitions = Recognitions(self._cameras)
        self.profile: ProfileState | None = None
        self.max_threat: int | None = None
        """The highest threat level of the server's version."""

    def configure(self, config: Config, cameras: Mapping[str, CameraConfig]) -> bool:
        """Apply a configuration, and the part of its cameras that have a state.

        Returns:
            Whether there is something new, of which Frigate may have told already.
        """
        self.reviews.describing = frozenset(
            name for name, camera in cameras.items() if camera.describes_reviews
        )
        return self._cameras.configure(config, cameras)

    def of(self, camera: str) -> CameraState:
        """Return the state of a camera; of one that has none, nothing is known."""
        return self._cameras.of(camera)

    def feature(self, camera: str, feature: str, read_at: float) -> FeatureValue | None:
        """Return the value of a feature that was pushed after the configuration was read.

        Args:
            camera: Frigate's name of the camera.
            feature: Frigate's name of the feature, such as `detect`.
            read_at: when the read of the configuration started, by the monotonic clock.
        """
        value, since = self.of(camera).features.get(feature, (None, 0.0))
        return value if since >= read_at else None

    def apply_update(self, update: Update) -> Iterator[Change]:
        """Apply a pushed message, unless it is about a camera that has no state."""
        match update:
            case CameraActivity() | SoundActivity():
                yield from self._apply_activity(update)
            case Count():
                yield from self._apply_count(update)
            case ProfileState():
                self.profile = update
                yield PROFILE
            case _ if update.camera in self._cameras.states:
                yield from self._apply_camera_update(update)

    def apply_poll(
        self, events: Iterable[Event], reviews: Iterable[Review], cameras: Iterable[str]
    ) -> Iterator[Change]:
        """Apply a poll response: the ongoing events and reviews of these cameras."""
        ongoing = [*events]
        for camera in cameras:
            here = [event for event in ongoing if event.camera == camera]
            yield from self._apply_polled_objects(camera, here)
        yield from self.apply_sounds(ongoing, cameras)
        yield from self.apply_catch_up(ongoing, reviews, cameras)

    def apply_sounds(
        self, ongoing: Iterable[Event], cameras: Iterable[str]
    ) -> Iterator[Change]:
        """Apply the sounds among the ongoing events of these cameras."""
        heard = [event for event in ongoing if event.kind == "audio"]
        for camera in cameras:
            labels = {event.label or "" for event in heard if event.camera == camera}
            yield from self._set_sounds(camera, labels)

    def apply_catch_up(
        self, events: Iterable[Event], reviews: Iterable[Review], cameras: Iterable[str]
    ) -> Iterator[Change]:
        """Apply what may have been missed while the live connection was down.

        Args:
            events: ongoing events.
            reviews: review items that are ongoing or ended recently.
            cameras: the cameras that were polled.
        """
        for event in sorted(events, key=_start_of):
            yield from self._apply_polled_snapshot(event)
            yield from self.recognitions.apply_event(event)
        ours = [review for review in reviews if review.camera in self._cameras.states]
        # What has just happened comes first, since it has the times as they were then.
        yield from self._apply_reviews(self.reviews.apply_response(ours))
        yield from self.add_past_reviews(ours)
        for camera in cameras:
            yield from self._set_severity(camera, self.reviews.severity(camera))

    def apply_initial(self, ongoing: Iterable[Event]) -> Iterator[Change]:
        """Apply events that started before Home Assistant did, without firing any."""
        events = sorted(ongoing, key=_start_of)
        yield from self.add_past_snapshots(events)
        yield from self.recognitions.apply_initial(events)

    def add_past_snapshots(self, events: Iterable[Event]) -> Iterator[Change]:
        """Apply past events for the sake of their snapshots."""
        for event in events:
            yield from self._apply_polled_snapshot(event)

    def add_past_reviews(self, reviews: Iterable[Review]) -> Iterator[Change]:
        """Apply review items for the sake of their thumbnails and descriptions."""
        for review in reviews:
            yield from self._set_last_review(review)

    def forget_pushed(self) -> Iterator[Change]:
        """Reset the values that only pushed messages tell, and that Frigate pushes again.

        It pushes a classification only when that changes, so the last one stays.
        """
        for camera, state in self._cameras.states.items():
            state.motion = None
            yield Topic(Kind.MOTION, camera)
        self.profile = None
        yield PROFILE

    # Pushed messages

    def _apply_camera_update(self, update: CameraUpdate) -> Iterator[Change]:
        match update:
            case ObjectUpdate():
                yield from self._apply_object(update)
            case Motion(camera, is_on):
                self.of(camera).motion = is_on
                yield Topic(Kind.MOTION, camera)
            case ReviewUpdate(review, is_description=True):
                yield from self._apply_reviews(
                    self.reviews.apply_description(review.review_id, review.texts)
                )
                yield from self._set_last_review(review)
            case ReviewUpdate(review, is_new, is_end):
                yield from self._apply_reviews(
                    self.reviews.apply_pushed(review, is_new=is_new, is_end=is_end)
                )
            case ReviewStatus(camera, severity):
                yield from self._set_severity(camera, severity)
            case Sound():
                yield from self._apply_sound(update)
            case FeatureState():
                yield from self._apply_feature(update)
            case Suspended(camera, until):
                self.of(camera).suspended_until = until
                yield Topic(Kind.SUSPENSIONS, camera)
            case _:
                yield from self.recognitions.apply(update)

    def _apply_activity(
        self, update: CameraActivity | SoundActivity
    ) -> Iterator[Change]:
        if isinstance(update, SoundActivity):
            for camera in self._cameras.states:
                sounds = update.sounds.get(camera, frozenset())
                yield from self._set_sounds(camera, sounds)
            return
        # A camera that the message leaves out has no motion and no objects.
        for camera in self._cameras.states:
            self.of(camera).apply_frame_motion(update.motion.get(camera))
            yield Topic(Kind.MOTION, camera)
            objects = map(self._as_counted, update.objects.get(camera, ()))
            for label in self.of(camera).replace_objects(objects, with_motion=True):
                yield Topic(Kind.OBJECTS, camera, label)
            if (until := update.suspended.get(camera)) is not None:
                self.of(camera).suspended_until = until
                yield Topic(Kind.SUSPENSIONS, camera)

    def _apply_count(self, update: Count) -> Iterator[Change]:
        # The place may be a zone, which has no state of its own.
        if (state := self._cameras.states.get(update.place)) is None:
            return
        if update.label not in (*self._cameras.configs[update.place].labels, ALL):
            return
        known = state.active if update.only_active else state.totals
        if known is not None and known[update.label] != update.count:
            known[update.label] = update.count
            yield Topic(Kind.OBJECTS, update.place, update.label)

    def _apply_object(self, update: ObjectUpdate) -> Iterator[Change]:
        tracked = self._as_counted(update.tracked)
        state = self.of(tracked.camera)
        if labels := state.update(tracked, is_gone=update.is_gone):
            for label in (*labels, ALL):
                yield Topic(Kind.OBJECTS, tracked.camera, label)
        if (taken_at := tracked.snapshot_time) is not None:
            snapshot = Snapshot(tracked.object_id, taken_at)
            # A car with a logo is a snapshot of both.
            of_both = (update.tracked.label, tracked.label)
            yield from self._snapshot(tracked.camera, snapshot, of_both)
        if update.is_gone:
            yield from self.recognitions.apply_end(update.tracked)

    def _as_counted(self, tracked: TrackedObject) -> TrackedObject:
        """Return an object with the label under which Frigate counts it.

        A car with the logo of a delivery service is counted as that service, which only
        `camera_activity` says.
        """
        if (
            logo := tracked.sub_label
        ) not in self._cameras.config.attributes or logo is None:
            return tracked
        return replace(tracked, label=logo)

    def _snapshot(
        self, camera: str, snapshot: Snapshot, labels: Collection[str | None]
    ) -> Iterator[Change]:
        if (config := self._cameras.configs.get(camera)) is None:
            return
        tracked = [label for label in config.labels if label in labels]
        for label in self.of(camera).set_snapshot(snapshot, tracked):
            yield Topic(Kind.SNAPSHOTS, camera, label)

    def _apply_sound(self, update: Sound) -> Iterator[Change]:
        sounds = set(self.of(update.camera).sounds or ())
        (sounds.add if update.is_on else sounds.discard)(update.label)
        yield from self._set_sounds(update.camera, sounds)

    def _set_sounds(self, camera: str, sounds: Iterable[str]) -> Iterator[Change]:
        state, now = self.of(camera), frozenset(sounds) & self._sounds_of(camera)
        before = frozenset(state.sounds or ())
        state.sounds = now
        for label in before ^ now:
            yield Topic(Kind.SOUNDS, camera, label)

    def _sounds_of(self, camera: str) -> frozenset[str]:
        config = self._cameras.configs.get(camera)
        return frozenset() if config is None else frozenset(config.sounds)

    def _apply_feature(self, update: FeatureState) -> Iterator[Change]:
        state = self.of(update.camera)
        if update.feature not in self._cameras.configs[update.camera].features:
            return
        state.features[update.feature] = (update.value, time.monotonic())
        yield Topic(Kind.FEATURES, update.camera, update.feature)
        if update.feature == "enabled" and not update.value and state.motion:
            # Frigate says nothing about the motion of a camera that is switched off.
            state.motion = False
            yield Topic(Kind.MOTION, update.camera)

    def _apply_reviews(self, review_events: Iterable[ReviewEvent]) -> Iterator[Change]:
        for one in review_events:
            review = one.review
            yield self._limited(one)
            yield from self._set_last_review(review)
            yield from self._set_severity(one.camera, self.reviews.severity(one.camera))

    def _limited(self, event: ReviewEvent) -> ReviewEvent:
        """Return an event whose threat is not above the highest of the server's version."""
        if (texts := event.review.texts) is None:
            return event
        texts = texts.limited_to(self.max_threat)
        return replace(event, review=replace(event.review, texts=texts))

    def _set_last_review(self, review: Review) -> Iterator[Change]:
        camera = review.camera or ""
        if (state := self._cameras.states.get(camera)) is not None:
            for kind in state.set_last_review(review, self.max_threat):
                yield Topic(kind, camera)

    def _set_severity(self, camera: str, severity: str | None) -> Iterator[Change]:
        state = self.of(camera)
        if not state.knows_severity or state.severity != severity:
            state.severity, state.knows_severity = severity, True
            yield Topic(Kind.REVIEWS, camera)

    # Poll responses

    def _apply_polled_objects(
        self, camera: str, events: Iterable[Event]
    ) -> Iterator[Change]:
        objects = [
            self._as_counted(
                TrackedObject(
                    event.event_id,
                    camera,
                    event.label,
                    event.sub_label,
                    frozenset(event.zones),
                    is_stationary=False,
                )
            )
            for event in events
            if event.label is not None and event.kind not in {"audio", "api"}
        ]
        state = self.of(camera)
        gone = {*(state.objects or ())} - {one.object_id for one in objects}
        for label in state.replace_objects(objects, with_motion=False):
            yield Topic(Kind.OBJECTS, camera, label)
        known = {"": state.snapshot, **state.snapshots}
        for last in {one for one in known.values() if one and one.event_id in gone}:
            # The object is gone, so its snapshot is final and may differ from the last one.
            final = replace(last, taken_at=last.taken_at + _MIN_TIME_STEP)
            labels = [label for label, one in known.items() if one == last]
            yield from self._snapshot(camera, final, labels)

    def _apply_polled_snapshot(self, event: Event) -> Iterator[Change]:
        if event.has_snapshot and event.camera is not None and event.start is not None:
            snapshot = Snapshot(event.event_id, event.start)
            labels = {
                event.label,
                *({event.sub_label} & self._cameras.config.attributes),
            }
            yield from self._snapshot(event.camera, snapshot, labels)


def _start_of(event: Event) -> float:
    return event.start or 0.0
