"""Keeps the live state of the cameras current: by the live connection, else by polling."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
import time
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.util.logging import catch_log_exception

from ..aiofrigate import (
    EventFilter,
    FrigateClient,
    FrigateError,
    LiveListener,
    ReviewFilter,
    Update,
)
from ..const import LOGGER
from ..live.state import LiveState
from ..live.topics import CONNECTION, Change, Kind, LiveEvent, Topic
from .on_demand import OnDemandCoordinator
from .server import ServerCoordinator

POLL_INTERVAL = timedelta(seconds=5)
_OVERLAP = 60.0
"""Seconds by which a poll overlaps the one before it, as Frigate writes items late."""
_MAX_GAP = 300.0
"""Seconds. What started and ended before that during a gap in the connection is skipped."""
EVENT_LIMIT = 1000
SNAPSHOT_LIMIT = 100
FAILURES_UNTIL_WARNED = 3


class LiveCoordinator(OnDemandCoordinator[int]):
    """Motion, objects, reviews and recognitions of all cameras.

    Frigate pushes them over its WebSocket. As a fallback, while that connection is down,
    the coordinator polls as long as entities are subscribed. `data` only counts the
    responses; what they say is in `state`.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
    ) -> None:
        """Initialize; sends nothing before `async_connect` or the first listener."""
        super().__init__(hass, entry, client, server, "live", POLL_INTERVAL)
        self.state = LiveState()
        self._configure()
        self.is_pushing = False
        self._topic_listeners: defaultdict[Topic, set[CALLBACK_TYPE]] = defaultdict(set)
        self._event_handlers: defaultdict[str, set[Callable[[LiveEvent], None]]] = (
            defaultdict(set)
        )
        self._sought: set[Topic] = set()
        """Labels whose last snapshot was asked for."""
        self._polled_until: float | None = None
        self._last_message_at = 0.0
        self._poll_count = 0
        self.failures = 0
        self._was_connected = False
        self._warned = False

    @property
    def is_current(self) -> bool:
        """Return whether the live state is current: pushed, else polled.

        What is pushed stays current whatever the polls do, once one has told what went on
        before.
        """
        if self.is_pushing:
            return self._polled_until is not None
        return self.data is not None and self.last_update_success

    @callback
    def async_connect(self) -> None:
        """Connect and reconnect until `async_disconnect`, or until Home Assistant stops."""
        self.client.live.start(
            LiveListener(
                # An exception in one entity must not end the connection for all others.
                catch_log_exception(
                    self._on_update, lambda update: f"Cannot apply {update!s:.255}"
                ),
                catch_log_exception(
                    self._on_connect,
                    lambda: "Cannot handle the live connection's start",
                ),
                catch_log_exception(
                    self._on_disconnect,
                    lambda error: f"Cannot handle the live connection's end: {error}",
                ),
            )
        )

        async def _stop(_event: Event) -> None:
            await self.async_disconnect()

        self.config_entry.async_on_unload(
            self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, _stop)
        )

    async def async_disconnect(self) -> None:
        """Close the connection for good."""
        await self.client.live.stop()

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> Callable[[], None]:
        """Subscribe to polls, and to the topic in `context` if there is one."""
        remove = super().async_add_listener(update_callback, context)
        if not isinstance(context, Topic):
            return remove
        remove_topic = self.async_subscribe_topic(context, update_callback)

        @callback
        def _remove() -> None:
            remove_topic()
            remove()

        return _remove

    @callback
    def async_subscribe_topic(
        self, topic: Topic, update_callback: CALLBACK_TYPE
    ) -> Callable[[], None]:
        """Subscribe to a pushed topic; unlike a listener, it does not start polling."""
        listeners = self._topic_listeners[topic]
        listeners.add(update_callback)

        @callback
        def _remove() -> None:
            listeners.discard(update_callback)

        return _remove

    @callback
    def async_notify(self, topic: Topic) -> None:
        """Notify the subscribers of a topic that changes by what Home Assistant does."""
        self._dispatch((topic,))

    @callback
    def async_subscribe_events(
        self, camera: str, handle_event: Callable[[LiveEvent], None]
    ) -> Callable[[], None]:
        """Subscribe to the events of a camera, each of which fires once."""
        self._event_handlers[camera].add(handle_event)
        # Without the live connection, events have to be polled.
        remove = super().async_add_listener(_keep_polling)

        @callback
        def _remove() -> None:
            self._event_handlers[camera].discard(handle_event)
            remove()

        return _remove

    @callback
    @override
    def _handle_server_update(self) -> None:
        if self._configure() and self.is_pushing:
            # Frigate told of it before we knew it, and does so again only if it is asked.
            self._in_background(self.client.live.request_state(), "ask for the state")
            if self._listeners:
                self._refresh_in_background()
        super()._handle_server_update()

    def _configure(self) -> bool:
        """Hand on what the server is; return whether it may have told of it already."""
        self.state.max_threat = self.client.capabilities.max_threat
        faces = self.server.data.faces
        self.state.recognitions.people = None if faces is None else faces.people
        return self.state.configure(self.server.data.config, self.server.data.cameras)

    @override
    async def _async_read(self, *, fresh: bool) -> int:
        cameras = tuple(self.server.data.cameras)
        started_at, was_pushing = time.time(), self.is_pushing
        polled_until = max(self._polled_until or started_at, started_at - _MAX_GAP)
        since = self.client.clock.earliest(polled_until - _OVERLAP)
        self.state.reviews.start_request(since)
        reviews, events = await asyncio.gather(
            self.client.reviews.list(
                ReviewFilter(
                    after=self.state.reviews.earliest_end(since), limit=EVENT_LIMIT
                ),
                fresh=True,
            ),
            self.client.events.list(
                EventFilter(in_progress=True, limit=EVENT_LIMIT), fresh=True
            ),
        )
        events = tuple(one for one in events if not one.has_ended)
        if self._polled_until is None:
            self._dispatch(self.state.apply_initial(events))
        if self._polled_until is None or was_pushing:
            # Ended events are not pushed again, but may hold the last snapshot.
            await self._read_past()
        if was_pushing or self.is_pushing:
            # Messages pushed meanwhile are newer than the response.
            self._dispatch(self.state.apply_catch_up(events, reviews, cameras))
            if self.client.capabilities.pushes_current_sounds is False:
                self._dispatch(self.state.apply_sounds(events, cameras))
        else:
            self._dispatch(self.state.apply_poll(events, reviews, cameras))
        has_all = await self._read_missing_snapshots()
        self._polled_until = started_at
        has_unconfirmed = self.state.reviews.has_unconfirmed
        is_done = self.is_pushing and has_all and not has_unconfirmed
        self.update_interval = None if is_done else POLL_INTERVAL
        self._poll_count += 1
        return self._poll_count

    async def _read_past(self) -> None:
        """Read the last snapshot and the last review item of the cameras, of recent ones."""
        # The last item with a description may be older than many without one.
        limit = EVENT_LIMIT if self.state.reviews.describing else SNAPSHOT_LIMIT
        events, reviews = await asyncio.gather(
            self.client.events.list(
                EventFilter(has_snapshot=True, limit=SNAPSHOT_LIMIT), fresh=True
            ),
            self.client.reviews.list(ReviewFilter(limit=limit), fresh=True),
        )
        self._dispatch(self.state.add_past_snapshots(events))
        self._dispatch(self.state.add_past_reviews(reviews))

    async def _read_missing_snapshots(self) -> bool:
        """Read the last snapshot of each label that an entity shows and that has none yet.

        Among the last snapshots of all cameras, that of a rare visitor is not found.

        Returns:
            Whether the server has answered for all of them.
        """
        missing = [
            topic
            for topic, listeners in self._topic_listeners.items()
            if listeners
            and topic.kind is Kind.SNAPSHOTS
            and topic.detail
            and topic not in self._sought
            and topic.detail not in self.state.of(topic.camera).snapshots
        ]
        return all(await asyncio.gather(*map(self._read_snapshot_of_label, missing)))

    async def _read_snapshot_of_label(self, topic: Topic) -> bool:
        last = EventFilter(
            cameras=(topic.camera,), labels=(topic.detail,), has_snapshot=True, limit=1
        )
        try:
            events = await self.client.events.list(last, fresh=True)
        except FrigateError as err:
            # Everything else is known, so that nothing else must suffer from it.
            LOGGER.debug("Cannot find the last snapshot: %s", err.message)
            return False
        self._sought.add(topic)
        self._dispatch(self.state.add_past_snapshots(events))
        return True

    @callback
    def _on_update(self, update: Update) -> None:
        self._last_message_at = time.time()
        self._dispatch(self.state.apply_update(update))

    @callback
    def _on_connect(self) -> None:
        """Switch to pushed messages, and poll once for what was missed."""
        is_first, self._was_connected = not self._was_connected, True
        self.is_pushing = True
        self.failures = 0
        if not is_first:
            LOGGER.debug("%s: the live connection is up again", self.name)
            self._in_background(self.server.async_refresh_config(), "catch up")
        self._handle_connection_change()

    @callback
    def _on_disconnect(self, error: FrigateError) -> None:
        """Fall back to polling; warn once if the connection never comes up."""
        LOGGER.debug("%s: the live connection is down: %s", self.name, error.message)
        was_pushing, self.is_pushing = self.is_pushing, False
        # Also if it never came up: messages may have arrived before the current state.
        self._dispatch(self.state.forget_pushed())
        if was_pushing:
            if self._polled_until is not None:
                # A dead connection is noticed late, so the gap starts at its last message.
                self._polled_until = self._last_message_at
            self.update_interval = POLL_INTERVAL
            self._handle_connection_change()
            return
        self.failures += 1
        is_there = self.server.is_answering
        if self.failures >= FAILURES_UNTIL_WARNED and is_there and not self._warned:
            self._warned = True
            LOGGER.warning(
                "%s: Frigate's live connection cannot be established (%s), so Frigate is "
                "polled every %s seconds instead. A reverse proxy must pass WebSockets",
                self.name,
                error.message.rstrip("."),
                POLL_INTERVAL.seconds,
            )

    @callback
    def _handle_connection_change(self) -> None:
        """Poll for what may have been missed, and notify all subscribers."""
        if self._listeners:
            self._refresh_in_background()
        self._dispatch((CONNECTION,))
        self.async_update_listeners()

    @callback
    def _dispatch(self, changes: Iterable[Change]) -> None:
        """Notify the subscribers of changed topics, and fire events."""
        # The state is complete before the first subscriber reads it.
        for change in [*changes]:
            if isinstance(change, Topic):
                for update_callback in tuple(self._topic_listeners.get(change, ())):
                    update_callback()
            else:
                for handle_event in tuple(self._event_handlers.get(change.camera, ())):
                    handle_event(change)


@callback
def _keep_polling() -> None:
    """Do nothing: this listener only keeps the polling alive."""
