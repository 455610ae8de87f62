"""The profiles of 0.18: sets of changes to the cameras that are switched on together."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Profile:
    """A profile: by camera, what its settings are while it is active."""

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
