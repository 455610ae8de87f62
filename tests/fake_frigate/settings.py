"""The parts of a camera's configuration that are more than a value."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass
class Zone:
    """A part of a camera's picture; 0.18 can switch it off."""

    friendly_name: str | None = None
    labels: Sequence[str] = ("person",)
    enabled: bool = True


@dataclass
class Ptz:
    """What a camera that can turn is able to do."""

    features: Sequence[str] = ("pt", "zoom")
    presets: Sequence[str] = ("home",)
