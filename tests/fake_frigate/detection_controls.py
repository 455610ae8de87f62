"""What happens in front of the cameras: it is stored, and pushed as Frigate would."""

from collections.abc import Sequence
from typing import Any

from .activity import audio_detections, publish_counts
from .database import Event, Review, new_id
from .event_controls import EventControls
from .live import Live
from .tracked import FRAME, not_yet, show

_STEP = 0.1


class DetectionControls(EventControls):
    """Lets objects, sounds and reviews appear, change and end now."""

    @property
    def _live(self) -> Live:
        return self.state.live

    # Objects

    def object_appears(
        self,
        camera: str,
        label: str = "person",
        *,
        zones: Sequence[str] = (),
        sub_label: str | None = None,
        stationary: bool = False,
        snapshot: bool = True,
        score: float = 0.86,
    ) -> Event:
        """Let an object come into sight, which the camera has to be looking for."""
        settings = self.state.cameras[camera]
        assert label in settings.labels, f"{camera} does not track {label}"
        assert set(zones) <= settings.zones.keys(), f"{camera} lacks one of {zones}"
        event = self.add_event(
            camera,
            label,
            ago=0,
            duration=None,
            sub_label=sub_label,
            score=score,
            zones=list(zones),
            has_snapshot=snapshot,
            has_clip=settings.recording,
            current_zones=list(zones),
            stationary=stationary,
        )
        event.data["path_data"] = [[[0.1, 0.9], event.start_time + FRAME]]
        before = not_yet(self.state, event)
        event.shown = show(self.state, event, event.start_time + FRAME)
        self._live.publish_json(
            "events", {"before": before, "after": event.shown, "type": "new"}
        )
        publish_counts(self.state, camera)
        return event

    def object_moves(
        self,
        event: Event,
        *,
        zones: Sequence[str] | None = None,
        stationary: bool | None = None,
    ) -> None:
        """Let an object go elsewhere, or come to rest; None leaves as it is."""
        now = self.state.clock()
        if zones is not None:
            known = self.state.cameras[event.camera].zones
            assert set(zones) <= known.keys(), f"{event.camera} lacks one of {zones}"
            event.current_zones = list(zones)
            if new := [each for each in zones if each not in event.zones]:
                event.zones += new
                self._note(event, "entered_zone", now)
        if stationary is not None and stationary != event.stationary:
            event.stationary = stationary
            self._note(event, "stationary" if stationary else "active", now)
        if not event.stationary:
            self._step(event, now)
        self._publish_event(event, "update")

    def _step(self, event: Event, now: float) -> None:
        left, top, width, height = event.data["box"]
        left = (left + _STEP) % (1 - width)
        event.data["box"] = [left, top, width, height]
        foot = [round(left + width / 2, 4), round(top + height, 4)]
        event.data["path_data"].append([foot, now])

    def logo_is_seen(self, event: Event, logo: str, score: float = 0.83) -> None:
        """Let an object turn out to be of a delivery service, as its sub label says."""
        assert logo in self.state.attributes, f"the model does not know {logo}"
        self._name(event, logo, score)
        self._publish_event(event, "update")

    def snapshot_is_taken(self, event: Event) -> None:
        """Let a snapshot be kept of an object that had none so far.

        Begin with `object_appears(snapshot=False)`; what leaves without one has none.
        """
        event.has_snapshot = True
        self._publish_event(event, "update")

    def object_leaves(self, event: Event) -> None:
        """Let an object be gone."""
        event.end_time = self.state.clock()
        self._note(event, "gone", event.end_time)
        self._publish_event(event, "end")

    def _publish_event(self, event: Event, what: str) -> None:
        before = event.shown or not_yet(self.state, event)
        event.shown = show(self.state, event, self.state.clock())
        message = {"before": before, "after": event.shown, "type": what}
        self._live.publish_json("events", message)
        publish_counts(self.state, event.camera)

    # Motion and sounds

    def motion(self, camera: str, on: bool) -> None:
        """Let something move, or everything be still for long enough."""
        settings = self.state.cameras[camera]
        settings.moving = settings.motion_boxes = on
        self._live.publish(f"{camera}/motion", "ON" if on else "OFF")

    def motion_pauses(self, camera: str) -> None:
        """Let the last frame be still, which is too short a time to end the motion."""
        self.state.cameras[camera].motion_boxes = False

    def set_sound(self, camera: str, label: str, on: bool, score: float = 0.8) -> None:
        """Let a sound begin or end; it is an event for as long as it lasts."""
        sounds = self._live.activity.sounds.setdefault(camera, {})
        now = self.state.clock()
        if on:
            event = Event(new_id(now), camera, label, now, has_snapshot=False)
            event.data = {"type": "audio", "score": score, "top_score": score}
            self.state.database.events[event.id] = event
            sounds[label] = {"id": event.id, "score": score, "last_detection": now}
        else:
            self.state.database.events[sounds.pop(label)["id"]].end_time = now
        self._live.publish(f"{camera}/audio/{label}", "ON" if on else "OFF")
        if self.state.is_017:
            self._live.publish_json("audio_detections", audio_detections(self.state))

    # Things to review

    def review_starts(
        self,
        camera: str,
        severity: str = "alert",
        *,
        objects: Sequence[str] = ("person",),
        zones: Sequence[str] = (),
        events: Sequence[Event] = (),
        audio: Sequence[str] = (),
    ) -> Review:
        """Let an alert or a detection begin."""
        review = self.add_review(
            camera,
            severity,
            ago=0,
            duration=None,
            events=[each.id for each in events],
            objects=objects,
            sub_labels=[each.sub_label for each in events if each.sub_label],
            zones=zones,
            audio=audio,
        )
        self._publish_review(review, "new", review.whole())
        return review

    def review_changes(
        self,
        review: Review,
        *,
        severity: str | None = None,
        objects: Sequence[str] | None = None,
        zones: Sequence[str] | None = None,
    ) -> None:
        """Let an item become an alert, or something else be part of it."""
        before = review.whole()
        review.severity = severity or review.severity
        changes = {"objects": objects, "zones": zones}
        # What was shown before must stay as it was.
        review.data = review.data | {
            name: list(value) for name, value in changes.items() if value is not None
        }
        self._publish_review(review, "update", before)

    def review_ends(self, review: Review) -> None:
        """Let an item be over; one that was described already is pushed without the texts."""
        before = review.whole()
        after = review.undescribed
        if after is None:
            review.end_time = self.state.clock()
        self._publish_review(review, "end", before, after)

    def _publish_review(
        self,
        review: Review,
        what: str,
        before: dict[str, Any],
        after: dict[str, Any] | None = None,
    ) -> None:
        message = {"type": what, "before": before, "after": after or review.whole()}
        self._live.publish_json("reviews", message)
        status = "NONE" if review.end_time is not None else review.severity.upper()
        self._live.publish(f"{review.camera}/review_status", status)

    # What is recognized

    def face_recognized(
        self, event: Event, name: str | None, score: float = 0.95
    ) -> None:
        """Let a face be looked at, which is told whatever comes of it.

        Only a score that is high enough names the person, as the next change will show.
        """
        if name is not None and score >= self.state.face_threshold:
            self._name(event, name, score)
        self._publish_recognition(event, "face", {"name": name, "score": score})

    def face_unknown(self, event: Event) -> None:
        """Let a face be looked at that nobody in the library has."""
        self.face_recognized(event, None, 0.0)

    def plate_recognized(
        self, event: Event, plate: str, name: str | None = None, score: float = 0.93
    ) -> None:
        """Let a license plate be read; a known one has a name.

        Of a plate that is hard to read nothing is told.
        """
        if score < self.state.plate_threshold:
            return
        event.data |= {
            "recognized_license_plate": plate,
            "recognized_license_plate_score": score,
        }
        if name is not None:
            self._name(event, name, score)
        details = {"name": name, "plate": plate, "score": score}
        self._publish_recognition(event, "lpr", details)

    def _name(self, event: Event, name: str, score: float) -> None:
        event.sub_label = name
        event.data["sub_label_score"] = score

    def _publish_recognition(
        self, event: Event, kind: str, details: dict[str, Any]
    ) -> None:
        place = {"id": event.id, "camera": event.camera}
        message = {"type": kind, **details, **place, "timestamp": self.state.clock()}
        self._live.publish_json("tracked_object_update", message)

    def classified(self, camera: str, model: str, state: str) -> None:
        """Let a model of the user's own see something in another state."""
        self._live.publish(f"{camera}/classification/{model}", state)
