"""The base classes of entities that show the live state of a camera."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import override

from homeassistant.core import HassJob, callback
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.event import async_call_later

from ..aiofrigate import CameraConfig
from ..coordinator.live import LiveCoordinator
from ..coordinator.server import ServerCoordinator
from ..live.camera_state import CameraState
from ..live.topics import LiveEvent, Topic
from .base import CameraEntity

MIN_WRITE_INTERVAL = 0.2
"""Seconds between two writes of an entity's state, which throttles pushed messages."""


class LiveEntity(CameraEntity):
    """An entity that subscribes to topics of the live state.

    While Frigate pushes, it is available whatever the polls do. It writes at most five
    states a second. An update that comes sooner is delayed, and only the last one is written.
    """

    _needs_push = False
    """Whether no poll tells what the entity shows: then it is unavailable without pushes."""

    def __init__(
        self,
        live: LiveCoordinator,
        coordinator: ServerCoordinator,
        description: EntityDescription,
        camera: str,
        *topics: Topic,
    ) -> None:
        """Initialize with the topics to subscribe to."""
        super().__init__(coordinator, description, camera)
        self.live = live
        self._topics = topics
        self._next_write_at = 0.0
        self._cancel_delayed_write: Callable[[], None] | None = None

    @abstractmethod
    def _async_update_live_attrs(
        self, config: CameraConfig, state: CameraState
    ) -> bool:
        """Update attributes from the live state; return whether the entity is available."""

    @property
    @override
    def is_reachable(self) -> bool:
        """Return whether Frigate pushes, or the server answers polls."""
        if self.live.is_pushing or self._needs_push:
            return self.live.is_pushing
        return super().is_reachable

    @override
    def _async_update_attrs(self) -> bool:
        if (config := self.camera_config) is None or not self.live.is_current:
            return False
        return self._async_update_live_attrs(config, self.live.state.of(self.camera))

    @property
    @override
    def unavailable_reason(self) -> str:
        """Return why the entity is unavailable, for the log."""
        if self._needs_push and not self.live.is_pushing:
            return "the live connection is down"
        if self.is_reachable and not self.live.is_current:
            return f"the live state is unknown ({self.live.last_exception})"
        return super().unavailable_reason

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the topics."""
        for topic in self._topics:
            self.async_on_remove(
                self.live.async_add_listener(self._handle_coordinator_update, topic)
            )
        self.async_on_remove(self._drop_delayed_write)
        await super().async_added_to_hass()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        if self._cancel_delayed_write is not None:
            return
        if (now := self.hass.loop.time()) < self._next_write_at:
            self._cancel_delayed_write = async_call_later(
                self.hass,
                self._next_write_at - now,
                HassJob(self._write_delayed, cancel_on_shutdown=True),
            )
        elif self._async_write_if_changed():
            self._next_write_at = now + MIN_WRITE_INTERVAL

    @callback
    def _write_delayed(self, _now: datetime) -> None:
        self._cancel_delayed_write = None
        self._handle_coordinator_update()

    @callback
    def _drop_delayed_write(self) -> None:
        if self._cancel_delayed_write is not None:
            self._cancel_delayed_write()
            self._cancel_delayed_write = None


class LiveEventEntity(LiveEntity):
    """An entity that handles the events of a camera."""

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the events of the camera."""
        self.async_on_remove(
            self.live.async_subscribe_events(self.camera, self._handle_event)
        )
        await super().async_added_to_hass()

    @callback
    @abstractmethod
    def _handle_event(self, live_event: LiveEvent) -> None:
        """Handle an event."""
