"""What the language model says of an item to review, as each version keeps it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .database import Review
    from .state import ServerState

HIGHEST_THREAT = {"0.17.2": 3, "0.18": 2}
_SCENE = (
    "A person in a blue jacket comes up the path, puts a parcel down in front of the "
    "door, rings the bell and leaves the way they came, without looking back once."
)
_SUMMARY = "Somebody left a parcel at the door. They rang the bell and went away."
_OBSERVATIONS = (
    "A person in a blue jacket comes up the path.",
    "The person puts a parcel down in front of the door.",
    "The person rings the bell and leaves.",
)
# The frames come from recordings that begin before an item and end after it.
_LONGEST_MARGIN = 5.0
_SHORTEST = 10.0
_MARGIN = 0.1


def metadata_of(
    state: ServerState, review: Review, title: str, changes: dict[str, Any]
) -> dict[str, Any]:
    """Return what the model says of an item, with some of it changed.

    Whoever is recognized is no threat; the time is a text in the server's own zone.
    """
    observations = {"observations": list(_OBSERVATIONS)} if state.is_018 else {}
    metadata = {
        **observations,
        "title": title,
        "scene": _SCENE,
        "shortSummary": _SUMMARY,
        "confidence": 0.9,
        "potential_threat_level": 0,
        "other_concerns": None,
        "time": None,
    }
    assert changes.keys() <= metadata.keys(), f"{[*changes]} are no texts of an item"
    metadata |= changes
    metadata["time"] = f"{datetime.fromtimestamp(review.start_time):%A, %I:%M %p}"
    if review.data["verified_objects"]:
        metadata["potential_threat_level"] = 0
    return metadata


def is_valid_017(metadata: Any) -> bool:
    """Whether 0.17 keeps an answer of the model; 0.18 keeps whatever it is."""
    if not isinstance(metadata, dict):
        return False
    texts = [metadata.get(name) for name in ("title", "scene", "shortSummary")]
    confidence, threat = (
        metadata.get(name) for name in ("confidence", "potential_threat_level")
    )
    concerns = metadata.get("other_concerns") or []
    return (
        all(isinstance(each, str) for each in texts)
        and isinstance(confidence, int | float)
        and 0 <= confidence <= 1
        and isinstance(threat, int)
        and 0 <= threat <= HIGHEST_THREAT["0.17.2"]
        and isinstance(concerns, list)
        and all(isinstance(each, str) for each in concerns)
    )


def margin(review: Review) -> float:
    """Return the seconds by which the frames begin before an item and end after it."""
    assert review.end_time is not None
    duration = review.end_time - review.start_time
    each_side = min(_LONGEST_MARGIN, duration * _MARGIN)
    if duration + 2 * each_side < _SHORTEST:
        each_side = min(_LONGEST_MARGIN, (_SHORTEST - duration) / 2)
    return each_side
