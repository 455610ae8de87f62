"""In what entities of ours differ from the official ones that they continue."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Aspect(StrEnum):
    """In what an entity of ours differs from the official one."""

    STATES = "states"
    ATTRIBUTES = "attributes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a user of an entity has to know that moves."""

    aspect: Aspect
    theirs: str
    """What the official integration says, such as `NONE`; empty for nothing."""
    ours: str


def _states(theirs: str, ours: str) -> Difference:
    return Difference(aspect=Aspect.STATES, theirs=theirs, ours=ours)


_NOTHING_YET = _states("Unknown", "unknown")
_NOTHING_NOW = _states("None", "unknown")
_CAMERA_ATTRIBUTES = "client_id, camera_name, restream_type"

DIFFERENCES: Mapping[str, tuple[Difference, ...]] = {
    "camera": (
        Difference(aspect=Aspect.ATTRIBUTES, theirs=_CAMERA_ATTRIBUTES, ours=""),
    ),
    "sensor_review_status": (
        _states("NONE, DETECTION, ALERT", "none, detection, alert"),
    ),
    "sensor_recognized_face": (
        _NOTHING_YET,
        _NOTHING_NOW,
        _states("Jane Doe", "jane_doe"),
    ),
    "sensor_recognized_plate": (
        _NOTHING_YET,
        _NOTHING_NOW,
        _states("My Car", "my_car"),
    ),
    "sensor_classification": (_NOTHING_YET,),
    "sensor_object_classification": (
        _NOTHING_NOW,
        _states("Delivery Van", "delivery_van"),
    ),
    "sensor_global_face": (_NOTHING_YET,),
    "select": (_states("", "none"),),
}
"""By the kinds of the official integration; all others are the same."""
