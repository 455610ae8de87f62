"""Entities of an object or sound label: which ones exist, and their names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from homeassistant.helpers.entity import EntityDescription

from ..aiofrigate import CameraConfig
from ..coordinator.live import LiveCoordinator
from ..coordinator.server import ServerCoordinator
from ..inventory import as_title, camera_unique_id
from ..live.camera_state import ALL
from ..live.topics import Kind, Topic
from .live import LiveEntity

OBJECT_LABELS = (
    "person",
    "car",
    "dog",
    "cat",
    "bird",
    "bicycle",
    "motorcycle",
    "bus",
    "truck",
    "package",
)
SOUND_LABELS = ("bark", "fire_alarm", "scream", "speech", "yell")
_OBJECTS = (ALL, *OBJECT_LABELS)
NAMED: Mapping[str, tuple[str, ...]] = {
    "occupancy": _OBJECTS,
    "count": _OBJECTS,
    "active_count": _OBJECTS,
    "sound": SOUND_LABELS,
    "label_snapshot": OBJECT_LABELS,
}
"""The labels that have texts of their own, by what they are texts of."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A label at a camera, or in a zone of it."""

    camera: str
    label: str
    zone: str | None = None


def objects(coordinator: ServerCoordinator) -> Iterator[tuple[Subject]]:
    """Yield all tracked object labels of cameras and zones, as keys of entities."""
    for name, camera in coordinator.data.cameras.items():
        for zone in (None, *camera.zones):
            for label in objects_of(camera, zone):
                yield (Subject(name, label, zone),)


def objects_of(camera: CameraConfig, zone: str | None) -> tuple[str, ...]:
    """Return the object labels of a camera or zone, and `all`; none for an unknown zone."""
    labels = camera.labels
    if zone is not None:
        if (found := camera.zones.get(zone)) is None:
            return ()
        labels = found.labels or labels
    return (*labels, ALL)


def sounds(coordinator: ServerCoordinator) -> Iterator[tuple[Subject]]:
    """Yield all sound labels of cameras, as keys of entities."""
    for name, camera in coordinator.data.cameras.items():
        for label in sounds_of(camera):
            yield (Subject(name, label),)


def sounds_of(camera: CameraConfig) -> tuple[str, ...]:
    """Return the sound labels of a camera whose audio detection is or can be turned on."""
    return camera.sounds if "audio" in camera.switchable else ()


def translation_key(what: str, label: str, *, in_zone: bool) -> str:
    """Return the translation key; labels without a translation share a generic one."""
    key = f"{what}_{label}" if label in NAMED[what] else what
    return f"zone_{key}" if in_zone else key


class LabelEntity(LiveEntity):
    """An entity of one label at a camera, or in a zone of it."""

    def __init__(
        self,
        live: LiveCoordinator,
        coordinator: ServerCoordinator,
        description: EntityDescription,
        kind: Kind,
        subject: Subject,
    ) -> None:
        """Initialize for a label of a camera or zone."""
        camera, label, zone = subject.camera, subject.label, subject.zone
        topic = Topic(kind, camera, label)
        super().__init__(live, coordinator, description, camera, topic)
        self._label, self._zone = label, zone
        self._attr_unique_id = camera_unique_id(
            coordinator.config_entry, camera, description.key, label, zone=zone
        )
        what = description.translation_key or description.key
        self._attr_translation_key = translation_key(
            what, label, in_zone=zone is not None
        )
        words = {}
        self._subject = (label,)
        if label not in NAMED[what]:
            # In front, it begins the name.
            words["label"] = (
                as_title(label) if zone is None else label.replace("_", " ")
            )
        if zone is not None:
            found = coordinator.data.cameras[camera].zones[zone]
            words["zone"] = found.friendly_name or as_title(zone)
            self._subject = (words["zone"], label)
        self._attr_translation_placeholders = words
