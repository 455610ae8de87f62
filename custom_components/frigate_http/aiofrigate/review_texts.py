"""What a language model wrote about a review item."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from .parsing import MAX_NAME_LENGTH, as_float, as_int, as_text, as_texts

_MAX_SUMMARY = 1000
_MAX_SCENE = 4000
_MAX_REMARKS = 20
_MAX_REMARK = 500
_HIGHEST_THREAT = 3
"""The highest level of any version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTexts:
    """What a language model wrote about a review item, from its pictures.

    A stranger may have held up a sign for it to read: it is text, never markup or a template.
    """

    title: str | None
    """At most 255 characters, so that a state of Home Assistant can hold it."""
    scene: str | None
    """The long description."""
    summary: str | None
    """One or two sentences."""
    threat: int | None
    """0 for nothing unusual, up to 3; see `Capabilities.max_threat`."""
    confidence: float | None
    """How sure the model says it is, from 0 to 1."""
    concerns: tuple[str, ...]
    observations: tuple[str, ...]
    """Since 0.18."""

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self | None:
        """Read `data.metadata` of an item; None if there is nothing in it.

        Frigate keeps what a model answers, even if a key is missing or of another type.
        """
        if not data:
            return None
        threat, confidence = (
            as_int(data.get("potential_threat_level")),
            as_float(data.get("confidence")),
        )
        found = cls(
            title=as_text(data.get("title"), MAX_NAME_LENGTH),
            scene=as_text(data.get("scene"), _MAX_SCENE),
            summary=as_text(data.get("shortSummary"), _MAX_SUMMARY),
            threat=None if threat is None or threat < 0 else threat,
            confidence=(
                None if confidence is None or not 0 <= confidence <= 1 else confidence
            ),
            concerns=as_texts(data.get("other_concerns"), _MAX_REMARK, _MAX_REMARKS),
            observations=as_texts(data.get("observations"), _MAX_REMARK, _MAX_REMARKS),
        ).limited_to(_HIGHEST_THREAT)
        return None if found == NO_TEXTS else found

    def limited_to(self, max_threat: int | None) -> Self:
        """Return the texts with a threat that is not above the highest of a version."""
        if self.threat is None or max_threat is None or self.threat <= max_threat:
            return self
        return replace(self, threat=max_threat)


NO_TEXTS = ReviewTexts(
    title=None,
    scene=None,
    summary=None,
    threat=None,
    confidence=None,
    concerns=(),
    observations=(),
)
"""The texts of an item that nobody has described."""
