"""Keeps the picture of the cameras up to date: by push, or by polling without it."""

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
    Event as FrigateEvent,
    EventFilter,
    FrigateClient,
    FrigateError,
    LiveListener,
    ReviewFilter,
    Update,
)
from ..const import LOGGER
from ..live.state import Change, LiveState
from ..live.topics import CONNECTION, LiveEvent, Topic
from .on_demand import OnDemandCoordinator
from .server import ServerCoordinator

POLL_INTERVAL = timedelta(seconds=5)
_OVERLAP = 60.0
"""Seconds by which a question about the past reaches back before the last answer."""
_LONGEST_MISSED = 300.0
"""Seconds; what came and went longer ago while nothing was pushed is no news."""
EVENT_LIMIT = 1000
SNAPSHOT_LIMIT = 100
FAILURES_UNTIL_WARNED = 3


class LiveCoordinator(OnDemandCoordinator[int]):
    """What happens at the cameras.

    Frigate pushes it over its WebSocket. Where that does not come up, or while it is
    down, the server is asked instead, as long as an entity listens. Data are how often
    the server has answered; what it said is in the picture.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
    ) -> None:
        """Prepare; nothing is sent before somebody listens or `async_connect`."""
        super().__init__(hass, entry, client, server, "live", POLL_INTERVAL)
        self.state = LiveState()
        self.is_pushing = False
        self._by_topic: defaultdict[Topic, set[CALLBACK_TYPE]] = defaultdict(set)
        self._subscribers: defaultdict[str, set[Callable[[LiveEvent], None]]] = (
            defaultdict(set)
        )
        self._known_until: float | None = None
        self._last_message_at = 0.0
        self._answers = 0
        self.failures = 0
        self._was_connected = False
        self._warned = False

    @property
    def is_current(self) -> bool:
        """Return whether what is in the picture is so now."""
        return self.data is not None and (self.is_pushing or self.last_update_success)

    @callback
    def async_connect(self) -> None:
        """Stay connected until told otherwise, or until Home Assistant stops."""
        self.client.live.start(
            LiveListener(
                # One entity's mistake must not end what all the others live on.
                catch_log_exception(
                    self._on_update, lambda update: f"Cannot take in {update}"
                ),
                catch_log_exception(self._on_connect, lambda: "Cannot follow a push"),
                catch_log_exception(
                    self._on_disconnect, lambda error: f"Cannot go on after {error}"
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
        """Listen to all that is polled, and to one topic that is pushed, if given."""
        remove = super().async_add_listener(update_callback, context)
        if not isinstance(context, Topic):
            return remove
        remove_topic = self.async_follow(context, update_callback)

        @callback
        def _remove() -> None:
            remove_topic()
            remove()

        return _remove

    @callback
    def async_follow(
        self, topic: Topic, update_callback: CALLBACK_TYPE
    ) -> Callable[[], None]:
        """Be told when a topic is pushed, without being a reason to poll."""
        followers = self._by_topic[topic]
        followers.add(update_callback)

        @callback
        def _remove() -> None:
            followers.discard(update_callback)

        return _remove

    @callback
    def async_subscribe(
        self, camera: str, handle_event: Callable[[LiveEvent], None]
    ) -> Callable[[], None]:
        """Be told of what happens at a camera, each thing once."""
        self._subscribers[camera].add(handle_event)
        # Also without a push it has to be asked for.
        remove = super().async_add_listener(_nothing_to_show)

        @callback
        def _remove() -> None:
            self._subscribers[camera].discard(handle_event)
            remove()

        return _remove

    @override
    async def _async_read(self, *, fresh: bool) -> int:
        cameras = tuple(self.server.data.cameras)
        asked_at, was_pushing = time.time(), self.is_pushing
        known_until = max(self._known_until or asked_at, asked_at - _LONGEST_MISSED)
        since = known_until - _OVERLAP
        self.state.reviews.ask()
        reviews, events = await asyncio.gather(
            self.client.reviews.list(
                ReviewFilter(after=since, limit=EVENT_LIMIT), fresh=True
            ),
            self.client.events.list(
                EventFilter(in_progress=True, limit=EVENT_LIMIT), fresh=True
            ),
        )
        if self._known_until is None:
            self._dispatch(self.state.before(events))
        if self._known_until is None or was_pushing:
            # What is over is pushed no more, and its picture may be the last.
            self._dispatch(
                self.state.add_past_snapshots(await self._events_with_snapshot())
            )
        if was_pushing or self.is_pushing:
            # What was pushed meanwhile is newer than an answer.
            self._dispatch(self.state.caught_up(events, reviews, cameras))
        else:
            self._dispatch(self.state.polled(events, reviews, cameras))
        self._known_until = asked_at
        is_done = self.is_pushing and not self.state.reviews.is_unsure
        self.update_interval = None if is_done else POLL_INTERVAL
        self._answers += 1
        return self._answers

    async def _events_with_snapshot(self) -> tuple[FrigateEvent, ...]:
        return await self.client.events.list(
            EventFilter(has_snapshot=True, limit=SNAPSHOT_LIMIT), fresh=True
        )

    @callback
    def _on_update(self, update: Update) -> None:
        self._last_message_at = time.time()
        self._dispatch(self.state.apply(update))

    @callback
    def _on_connect(self) -> None:
        """Go over to pushing, and ask for what was missed."""
        is_first, self._was_connected = not self._was_connected, True
        self.is_pushing = True
        self.failures = 0
        if not is_first:
            LOGGER.debug("%s is pushed again", self.name)
            self._in_background(self.server.async_refresh_config(), "catch up")
        self._handle_connection_change()

    @callback
    def _on_disconnect(self, error: FrigateError) -> None:
        """Go over to polling; say so once where pushing never begins."""
        LOGGER.debug("%s is not pushed: %s", self.name, error.message)
        if self.is_pushing:
            self.is_pushing = False
            if self._known_until is not None:
                # It may have been silent for long before that was noticed.
                self._known_until = self._last_message_at
            self._dispatch(self.state.lose_push())
            self.update_interval = POLL_INTERVAL
            self._handle_connection_change()
            return
        self.failures += 1
        is_there = self.server.last_update_success
        if self.failures >= FAILURES_UNTIL_WARNED and is_there and not self._warned:
            self._warned = True
            LOGGER.warning(
                "%s: Frigate's live connection does not come up (%s), so it is asked "
                "every %s seconds instead. A proxy before it may have to pass WebSockets",
                self.name,
                error.message.rstrip("."),
                POLL_INTERVAL.seconds,
            )

    @callback
    def _handle_connection_change(self) -> None:
        """Ask for what may have been missed, and tell which way is in use now."""
        if self._listeners:
            self._poll_soon()
        self._dispatch((CONNECTION,))
        self.async_update_listeners()

    @callback
    def _dispatch(self, changes: Iterable[Change]) -> None:
        """Tell those who listen for what has changed, and of what has happened."""
        # All of it is taken in before anybody is told.
        for change in [*changes]:
            if isinstance(change, Topic):
                for update_callback in tuple(self._by_topic.get(change, ())):
                    update_callback()
            else:
                for handle_event in tuple(self._subscribers.get(change.camera, ())):
                    handle_event(change)


@callback
def _nothing_to_show() -> None:
    """Listen for polling to go on, and for nothing else."""
