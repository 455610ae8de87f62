"""Sensors of when and where each person of the face library was seen last."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.helpers.restore_state import ExtraStoredData, RestoreEntity
from homeassistant.util import dt as dt_util

from ..aiofrigate import as_timestamp
from ..coordinator.live import LiveCoordinator
from ..coordinator.people import PeopleCoordinator
from ..coordinator.server import ServerCoordinator
from ..dates import as_datetime
from ..entity.base import ServerEntity
from ..inventory import camera_fields, camera_labels, person_unique_id
from ..live.sightings import Sighting
from ..live.topics import Kind, Topic
from .faces import people

LAST_SEEN = SensorEntityDescription(
    key="last_seen",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_registry_enabled_default=False,
)
LAST_CAMERA = SensorEntityDescription(
    key="last_camera", entity_registry_enabled_default=False
)


def sightings(
    coordinator: ServerCoordinator,
) -> Iterator[tuple[SensorEntityDescription, str]]:
    """Yield the description and the person of each sensor that exists."""
    for description, (person,) in product(
        (LAST_SEEN, LAST_CAMERA), people(coordinator)
    ):
        yield description, person


@dataclass(frozen=True, slots=True)
class _Stored(ExtraStoredData):
    """What is restored after a restart."""

    sighting: Sighting | None

    @override
    def as_dict(self) -> dict[str, Any]:
        return {} if self.sighting is None else asdict(self.sighting)


class SightingSensor(ServerEntity, SensorEntity, RestoreEntity):
    """When or where a person was recognized last.

    Only a new recognition changes it, so that it is restored.
    """

    _state_attrs = ("_attr_native_value", "_attr_extra_state_attributes")

    def __init__(
        self,
        live: LiveCoordinator,
        asked: PeopleCoordinator,
        coordinator: ServerCoordinator,
        description: SensorEntityDescription,
        person: str,
    ) -> None:
        """Initialize for a person."""
        super().__init__(coordinator, description)
        self._live, self._asked, self._person = live, asked, person
        self._attr_unique_id = person_unique_id(
            coordinator.config_entry, person, description.key
        )
        self._subject = (person,)
        self._attr_translation_placeholders = {"person": person.replace("_", " ")}
        self._attr_extra_state_attributes = {}

    @property
    def _last(self) -> Sighting | None:
        return self._live.state.recognitions.sightings.of(self._person)

    @property
    @override
    def extra_restore_state_data(self) -> _Stored:
        """Return what to restore after a restart."""
        return _Stored(self._last)

    @override
    async def async_added_to_hass(self) -> None:
        """Restore what was known, and ask for what came after that."""
        if (stored := await self.async_get_last_extra_data()) is not None:
            self._restore(stored.as_dict())
        self.async_on_remove(
            self._live.async_add_listener(
                self._handle_coordinator_update, Topic(Kind.PEOPLE, "", self._person)
            )
        )
        self.async_on_remove(
            self._asked.async_add_listener(
                self._handle_coordinator_update, self._person
            )
        )
        await super().async_added_to_hass()

    def _restore(self, stored: Mapping[str, Any]) -> None:
        camera, seen_at = stored.get("camera"), as_timestamp(stored.get("seen_at"))
        if not isinstance(camera, str) or seen_at is None:
            return
        # A clock that was wrong once must not hide what is seen from now on.
        if seen_at <= dt_util.utcnow().timestamp():
            sighting = Sighting(camera=camera, seen_at=seen_at)
            self._live.state.recognitions.sightings.add(self._person, sighting)

    @override
    def _async_update_attrs(self) -> bool:
        faces = self.coordinator.data.faces
        if faces is None or self._person not in faces.people:
            return False
        if (last := self._last) is not None:
            self._show(last)
        return True

    def _show(self, last: Sighting) -> None:
        if self.entity_description is LAST_SEEN:
            self._attr_native_value = as_datetime(last.seen_at)
            return
        entry = self.coordinator.config_entry
        names = camera_labels(self.hass, entry, (last.camera,))
        self._attr_native_value = names[last.camera]
        self._attr_extra_state_attributes = {
            **camera_fields(self.hass, entry, last.camera)
        }
