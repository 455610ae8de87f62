"""What the event entities of a camera have in common."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import callback

from ..aiofrigate import CameraConfig
from ..const import EVENT_ACTIVITY
from ..coordinator.live import LiveCoordinator
from ..coordinator.server import ServerCoordinator
from ..entity.live import LiveEventEntity
from ..inventory import as_title, camera_fields
from ..live.camera_state import CameraState
from ..live.topics import Kind, LiveEvent, Topic
from ..media_links import CLIP, MEDIA_CONTENT_ID, SNAPSHOT, THUMBNAIL, MediaLinks

MAX_PENDING_EVENTS = 100

LINKS = frozenset({MEDIA_CONTENT_ID, THUMBNAIL, SNAPSHOT, CLIP})
"""Attributes that lead to something; kept in no history, which has the id of the item."""

DESCRIPTION: Final = "description"
TEXTS = frozenset({"title", "summary", DESCRIPTION})
"""Attributes that a language model wrote, about people who may not want it to be kept."""
UNRECORDED = LINKS | TEXTS

type EventPayload = tuple[str, Mapping[str, Any]]
"""An event type and its attributes."""


@dataclass(frozen=True, kw_only=True)
class LiveEventDescription(EventEntityDescription):
    """An event entity of a camera."""

    types: tuple[str, ...]
    kind: Kind
    exists_fn: Callable[[CameraConfig], bool] = lambda _config: True
    needs_push: bool = False
    """Whether no poll tells of these events."""
    payload_fn: Callable[[LiveEvent, MediaLinks], EventPayload | None]
    """Return the event to fire; None if the live event belongs to another entity."""


class FrigateEvent(LiveEventEntity, EventEntity):
    """Fires each event at once, without throttling."""

    entity_description: LiveEventDescription
    _unrecorded_attributes = UNRECORDED

    def __init__(
        self,
        live: LiveCoordinator,
        coordinator: ServerCoordinator,
        camera: str,
        description: LiveEventDescription,
    ) -> None:
        """Initialize for one kind of event of a camera."""
        topic = Topic(description.kind, camera)
        super().__init__(live, coordinator, description, camera, topic)
        self._attr_event_types = [*description.types]
        self._needs_push = description.needs_push
        entry_id = coordinator.config_entry.entry_id
        self._links = MediaLinks(entry_id, coordinator.client.clock)
        # If too many are pending, the oldest ones are dropped.
        self._pending: deque[EventPayload] = deque(maxlen=MAX_PENDING_EVENTS)

    @override
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        return self.entity_description.exists_fn(config)

    @callback
    @override
    def _handle_event(self, live_event: LiveEvent) -> None:
        payload = self.entity_description.payload_fn(live_event, self._links)
        if payload is not None:
            self._pending.append(payload)
            self._fire_pending()

    @override
    def _async_write_if_changed(self) -> bool:
        has_changed = super()._async_write_if_changed()
        self._fire_pending()
        return has_changed

    def _fire_pending(self) -> None:
        """Fire pending events, each as a state of its own.

        Events from the first poll after an outage stay pending until the entity is available:
        automations ignore a change from unavailable.
        """
        while self._pending and self._attr_available:
            event_type, attributes = self._pending.popleft()
            camera = camera_fields(
                self.hass, self.coordinator.config_entry, self.camera
            )
            payload = {**attributes, **camera}
            self._trigger_event(event_type, payload)
            self.async_write_ha_state()
            self._fire_activity(event_type, payload)

    def _fire_activity(self, event_type: str, attributes: Mapping[str, Any]) -> None:
        """Let the activity say more than the type, which is all that it shows of a state."""
        zones = {} if self.camera_config is None else self.camera_config.zones
        names = {zone: found.friendly_name for zone, found in zones.items()}
        data = {
            **{key: one for key, one in attributes.items() if key not in UNRECORDED},
            # That of the event entity is what the activity is listed under.
            "entity_id": self.entity_id,
            "camera_entity_id": attributes["entity_id"],
            "kind": self.entity_description.key,
            "event_type": event_type,
            "zone_names": [
                names.get(zone) or as_title(zone)
                for zone in attributes.get("zones", ())
            ],
        }
        self.hass.bus.async_fire(EVENT_ACTIVITY, data)
