"""What an entity can listen for, and what can happen."""

from dataclasses import dataclass
from enum import StrEnum

from ..aiofrigate import Recognized, Review


class Kind(StrEnum):
    """What can change of a camera."""

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
    SNAPSHOTS = "snapshots"
    FEATURES = "features"
    """The detail is the name of a feature."""
    CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class Topic:
    """What has changed, of which camera."""

    kind: Kind
    camera: str
    detail: str = ""


PROFILE = Topic(Kind.FEATURES, "", "profile")
"""The one feature that is not of a camera but of the server."""
CONNECTION = Topic(Kind.CONNECTION, "")
"""Whether anything is pushed at all."""


class ReviewStep(StrEnum):
    """What can happen to a review item; also the types of an event entity."""

    DETECTION_STARTED = "detection_started"
    ALERT_STARTED = "alert_started"
    UPDATED = "updated"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ReviewHappened:
    """A step in the life of a review item."""

    camera: str
    step: ReviewStep
    review: Review


type LiveEvent = ReviewHappened | Recognized
"""What is told once, to those who listen at that moment."""
