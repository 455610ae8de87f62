"""What the cameras have seen: the rows of events, reviews and the timeline."""

from dataclasses import dataclass, field
import secrets
import string
from typing import Any

_LETTERS = string.ascii_lowercase + string.digits
# The hash of an empty file.
_NO_MODEL = "d41d8cd98f00b204e9800998ecf8427e"


def new_id(timestamp: float) -> str:
    """Return an id as Frigate makes it: the time, and six random characters."""
    return f"{timestamp}-{''.join(secrets.choice(_LETTERS) for _ in range(6))}"


@dataclass
class Event:
    """A tracked object, or an event somebody created; one that runs has no end."""

    id: str
    camera: str
    label: str
    start_time: float
    end_time: float | None = None
    sub_label: str | None = None
    zones: list[str] = field(default_factory=list)
    has_clip: bool = True
    has_snapshot: bool = True
    retained: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    false_positive: bool | None = None
    box: list[float] | None = None
    # Requests that look for the row before it is in the database.
    looks: int = 0
    # Where an object is now, and how it was shown last; the zones above are all it has
    # ever entered.
    current_zones: list[str] = field(default_factory=list)
    stationary: bool = False
    shown: dict[str, Any] | None = None

    @property
    def tracked(self) -> bool:
        """Whether this is an object that is still in sight."""
        return self.end_time is None and self.data.get("type") == "object"

    def row(self) -> dict[str, Any]:
        """Return the event as a list shows it."""
        return {
            "id": self.id,
            "camera": self.camera,
            "label": self.label,
            "zones": list(self.zones),
            "start_time": self.start_time,
            "end_time": self.end_time,
            "has_clip": self.has_clip,
            "has_snapshot": self.has_snapshot,
            "plus_id": None,
            "retain_indefinitely": self.retained,
            "sub_label": self.sub_label,
            "top_score": None,
            "false_positive": self.false_positive,
            "box": self.box,
            "data": self.data,
        }

    def whole(self) -> dict[str, Any]:
        """Return the event as its own address shows it."""
        row = self.row()
        del row["top_score"], row["box"]
        model: dict[str, str | None] = {"model_hash": _NO_MODEL, "model_type": "ssd"}
        model["detector_type"] = "cpu"
        if self.data.get("type") == "audio":
            model = dict.fromkeys(model)
        return {**row, "thumbnail": None, **model}

    def everything(self) -> dict[str, Any]:
        """Return the event with columns that have had no use for long."""
        old = dict.fromkeys(("top_score", "score", "region", "area"))
        return {**self.whole(), **old, "box": self.box, "ratio": 1.0}


@dataclass
class Review:
    """An alert or a detection to look at."""

    id: str
    camera: str
    severity: str
    start_time: float
    end_time: float | None
    data: dict[str, Any]
    # The item as its end will be pushed, if it was described before that.
    undescribed: dict[str, Any] | None = None

    def whole(self) -> dict[str, Any]:
        """Return the item as its own address shows it."""
        folder = "/media/frigate/clips/review"
        return {
            "id": self.id,
            "camera": self.camera,
            "start_time": self.start_time,
            "end_time": self.end_time,
            "severity": self.severity,
            "thumb_path": f"{folder}/thumb-{self.camera}-{self.id}.webp",
            "data": self.data,
        }


@dataclass
class Database:
    """The tables; who has reviewed what is kept by user."""

    events: dict[str, Event] = field(default_factory=dict)
    pending: list[Event] = field(default_factory=list)
    held: bool = False
    # A new event is written a moment later: as many requests for events see nothing of it.
    looks: int = 1
    reviews: dict[str, Review] = field(default_factory=dict)
    viewed: dict[str, dict[str, bool]] = field(default_factory=dict)
    timeline: list[dict[str, Any]] = field(default_factory=list)
    # Whether an item to review may have texts, which came with 0.17.
    describes: bool = True

    def look(self) -> dict[str, Event]:
        """Return the events in the database, and bring the others nearer to it."""
        if not self.pending:
            return self.events
        seen = dict(self.events)
        if not self.held:
            for event in list(self.pending):
                event.looks -= 1
                if event.looks <= 0:
                    self.write(event)
        return seen

    def write(self, event: Event) -> None:
        """Write a new event, and the alert that it is, into the database."""
        self.pending.remove(event)
        self.events[event.id] = event
        self.add_review(_manual_review(event))

    def add_review(self, review: Review) -> None:
        """Write an item to review, in which the versions without texts keep less."""
        if not self.describes:
            for name in ("verified_objects", "thumb_time", "metadata"):
                del review.data[name]
        self.reviews[review.id] = review

    def has_reviewed(self, user: str, review_id: str) -> bool:
        """Whether a user has marked an item as reviewed."""
        return self.viewed.get(user, {}).get(review_id, False)


def _manual_review(event: Event) -> Review:
    """Return the alert that an event somebody created is."""
    name = (
        event.label if event.sub_label is None else f"{event.label}: {event.sub_label}"
    )
    data = review_data(
        [event.id], [name], thumb_time=event.start_time, sub_labels=[], zones=[]
    )
    return Review(
        event.id, event.camera, "alert", event.start_time, event.end_time, data
    )


def review_data(
    events: list[str],
    objects: list[str],
    *,
    thumb_time: float,
    sub_labels: list[str],
    zones: list[str],
    audio: list[str] | None = None,
) -> dict[str, Any]:
    """Return the details of an item; whoever is recognized counts as verified."""
    shown = [f"{each}-verified" if sub_labels else each for each in objects]
    return {
        "detections": events,
        "objects": shown,
        "verified_objects": shown if sub_labels else [],
        "sub_labels": sub_labels,
        "zones": zones,
        "audio": audio or [],
        "thumb_time": thumb_time,
        "metadata": None,
    }
