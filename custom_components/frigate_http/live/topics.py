"""Topics that entities subscribe to, and events that fire once."""

from dataclasses import dataclass
from enum import StrEnum

from ..aiofrigate import (
    ObjectClassified,
    ObjectDescribed,
    Recognized,
    Review,
    Triggered,
)


class Kind(StrEnum):
    """The part of a camera's state that a topic stands for."""

    MOTION = "motion"
    OBJECTS = "objects"
    """The detail is a label."""
    SOUNDS = "sounds"
    """The detail is a label."""
    REVIEWS = "reviews"
    FACES = "faces"
    PLATES = "plates"
    STATES = "states"
    """The detail is the name of a model."""
    RESULTS = "results"
    """What models say of objects; the detail is the name of a model."""
    DESCRIPTIONS = "descriptions"
    TRIGGERS = "triggers"
    PEOPLE = "people"
    """When a person was seen, without a camera; the detail is the name."""
    SNAPSHOTS = "snapshots"
    """The detail is a label; without one, of any label."""
    SUSPENSIONS = "suspensions"
    """Until when Frigate sends no notifications."""
    LAST_REVIEWS = "last_reviews"
    DESCRIBED = "described"
    FEATURES = "features"
    """The detail is the name of a feature."""
    CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of the state of one camera; its subscribers are called when it changes."""

    kind: Kind
    camera: str
    detail: str = ""


PROFILE = Topic(Kind.FEATURES, "", "profile")
"""The active profile: the only feature of the server instead of a camera."""
CONNECTION = Topic(Kind.CONNECTION, "")
"""Whether the live connection is up."""


class ReviewEventType(StrEnum):
    """The events of a review item; also the event types of the event entity."""

    DETECTION_STARTED = "detection_started"
    ALERT_STARTED = "alert_started"
    UPDATED = "updated"
    ENDED = "ended"
    DESCRIBED = "described"
    """A language model has described it, which it does some time after the end."""


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """A review item started, changed, ended, or was described."""

    camera: str
    event_type: ReviewEventType
    review: Review


@dataclass(frozen=True, slots=True)
class UnknownFace:
    """An object is gone whose face was seen, but not recognized."""

    camera: str
    event_id: str


@dataclass(frozen=True, slots=True)
class DescribedObject:
    """A language model has described an event."""

    described: ObjectDescribed
    label: str | None
    """The label of the object; None if it is not remembered."""

    @property
    def camera(self) -> str:
        """Return the camera of the event."""
        return self.described.camera


type LiveEvent = (
    ReviewEvent
    | Recognized
    | UnknownFace
    | ObjectClassified
    | DescribedObject
    | Triggered
)
"""Fires once, for those who are subscribed at that moment; it is never replayed."""

type Change = Topic | LiveEvent
