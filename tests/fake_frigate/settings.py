"""The parts of a camera's configuration that are more than a value."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

SINCE_017 = ("audio_transcription", "object_descriptions", "review_descriptions")
"""The features of cameras that came with 0.17."""


@dataclass
class Zone:
    """A part of a camera's picture; 0.18 can switch it off."""

    friendly_name: str | None = None
    labels: Sequence[str] = ("person",)
    enabled: bool = True


@dataclass
class Trigger:
    """A trigger of semantic search, and what it has found last.

    `kind` is `description` (the words of `data`) or `thumbnail` (the event of this id).
    """

    data: str
    kind: str = "description"
    threshold: float = 0.8
    enabled: bool = True
    friendly_name: str | None = None
    actions: Sequence[str] = ()
    last_triggered: float | None = None
    event_id: str | None = None


@dataclass
class ObjectClassifier:
    """A model of the user's own that looks at objects with these labels.

    What it says becomes a `sub_label` or an `attribute`.
    """

    labels: Sequence[str]
    kind: str = "sub_label"
    threshold: float = 0.8


@dataclass
class Ptz:
    """What a camera that can turn is able to do."""

    features: Sequence[str] = ("pt", "zoom")
    presets: Sequence[str] = ("home",)
    # Whether it was told to move and not to stop; it moves by no part of the picture then.
    is_moving: bool = False


@dataclass
class Profile:
    """A profile of 0.18: by camera, what its settings are while it is active."""

    friendly_name: str
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Profiles:
    """All profiles, the active one, and when each was activated last.

    `base` holds the settings that the active one has replaced.
    """

    known: dict[str, Profile] = field(default_factory=dict)
    active: str | None = None
    activated: dict[str, float] = field(default_factory=dict)
    base: dict[str, dict[str, Any]] = field(default_factory=dict)
