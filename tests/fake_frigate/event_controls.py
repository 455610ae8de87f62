"""What a test may add to the events, the reviews and the timeline."""

from collections.abc import Sequence
from typing import Any

from .database import Event, Review, new_id, review_data
from .state import ServerState

REGION = [0.0, 0.0, 1.0, 1.7777777777777777]


def _numbered_id(start: float, number: int) -> str:
    """Return an id of the form that Frigate's have, without asking for random letters."""
    return f"{start:.6f}-{number:06d}"


class EventControls:
    """Adds what the cameras have seen to the database."""

    state: ServerState

    def add_event(
        self,
        camera: str,
        label: str = "person",
        *,
        ago: float = 60,
        duration: float | None = 20,
        sub_label: str | None = None,
        score: float = 0.86,
        **settings: Any,
    ) -> Event:
        """Let a camera have seen something that many seconds ago; None: it still does."""
        start = self.state.clock() - ago
        event = Event(
            new_id(start),
            camera,
            label,
            start,
            None if duration is None else start + duration,
            sub_label,
            data=self._event_data(start, score, sub_label),
            **settings,
        )
        if self.state.is_018:
            event.false_positive, event.box = False, []
        self.state.database.events[event.id] = event
        self._note(event, "visible", start)
        if event.end_time is not None:
            self._note(event, "gone", event.end_time)
        return event

    def _event_data(
        self, start: float, score: float, sub_label: str | None
    ) -> dict[str, Any]:
        data: dict[str, Any] = {
            "box": [0.0, 0.3, 0.2, 0.6],
            "region": REGION,
            "score": score,
            "top_score": score,
            "attributes": [],
        }
        if self.state.is_018:
            data |= {
                "snapshot_clean": True,
                "snapshot_frame_time": start + 1,
                "snapshot_area": 7424,
                "snapshot_estimated_speed": 0,
            }
        data |= {
            "average_estimated_speed": 0,
            "velocity_angle": 0,
            "type": "object",
            "max_severity": "alert",
            "path_data": [[[0.04, 0.94], start], [[0.09, 0.93], start + 1]],
        }
        if sub_label is not None:
            data["sub_label_score"] = 1.0
        return data

    def _note(self, event: Event, what: str, timestamp: float) -> None:
        score = event.data["score"]
        data: dict[str, Any] = {
            "box": event.data["box"],
            "label": event.label,
            "sub_label": event.sub_label and [event.sub_label, 1.0],
            "region": REGION,
            "attribute": "",
            "score": score,
        }
        if self.state.is_018:
            data |= {"computed_score": score, "top_score": score}
        self.state.database.timeline.append(
            {
                "timestamp": timestamp,
                "camera": event.camera,
                "source": "tracked_object",
                "source_id": event.id,
                "class_type": what,
                "data": data,
            }
        )

    def add_review(
        self,
        camera: str,
        severity: str = "alert",
        *,
        ago: float = 60,
        duration: float | None = 20,
        events: Sequence[str] = (),
        objects: Sequence[str] = ("person",),
        sub_labels: Sequence[str] = (),
        zones: Sequence[str] = (),
        audio: Sequence[str] = (),
    ) -> Review:
        """Let there be something to review, begun that many seconds ago."""
        start = self.state.clock() - ago
        data = review_data(
            list(events),
            list(objects),
            thumb_time=start + 1,
            sub_labels=list(sub_labels),
            zones=list(zones),
            audio=list(audio),
        )
        end = None if duration is None else start + duration
        review = Review(new_id(start), camera, severity, start, end, data)
        self.state.database.add_review(review)
        return review

    def add_events(
        self,
        camera: str,
        count: int,
        label: str = "person",
        *,
        ago: float = 60,
        every: float = 10,
        duration: float = 5,
        **settings: Any,
    ) -> list[Event]:
        """Add many events quickly and without a timeline, the newest first.

        Each began so many seconds before the one before it in the list, for 0 all at once.
        """
        newest, events = self.state.clock() - ago, self.state.database.events
        added = []
        for number in range(count):
            start = newest - number * every
            data = self._event_data(start, 0.86, settings.get("sub_label"))
            event = Event(
                _numbered_id(start, len(events)),
                camera,
                label,
                start,
                start + duration,
                data=data,
                **settings,
            )
            events[event.id] = event
            added.append(event)
        return added

    def add_reviews(
        self,
        camera: str,
        count: int,
        severity: str = "alert",
        *,
        ago: float = 60,
        every: float = 10,
        duration: float = 5,
        **details: Sequence[str],
    ) -> list[Review]:
        """Add many items to review quickly, the newest first, as `add_events` does."""
        newest, database = self.state.clock() - ago, self.state.database
        added = []
        for number in range(count):
            start = newest - number * every
            data = review_data(
                [],
                list(details.get("objects", ("person",))),
                thumb_time=start + 1,
                sub_labels=list(details.get("sub_labels", ())),
                zones=list(details.get("zones", ())),
                audio=list(details.get("audio", ())),
            )
            name = _numbered_id(start, len(database.reviews))
            review = Review(name, camera, severity, start, start + duration, data)
            database.add_review(review)
            added.append(review)
        return added

    def hold_events(self) -> None:
        """Write no new event into the database until `release_events` is called."""
        self.state.database.held = True

    def write_events(self) -> None:
        """Write all new events into the database now."""
        for event in list(self.state.database.pending):
            self.state.database.write(event)

    def release_events(self) -> None:
        """Write new events again, each after the usual moment."""
        self.state.database.held = False
