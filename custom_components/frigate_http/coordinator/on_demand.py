"""Polling on demand: only while an entity is subscribed."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import timedelta
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import UpdateFailed

from ..aiofrigate import FrigateClient
from ..errors import coordinator_errors, is_refusal
from .base import BaseCoordinator
from .misses import MissTolerance
from .server import ServerCoordinator


class OnDemandCoordinator[DataT](BaseCoordinator[DataT | None]):
    """Polls one thing, and only while it has listeners.

    `data` is None until the first response, and while the server coordinator's poll
    fails: an outage is logged once. A poll that failed before the server's own did goes on
    at its own interval, so that it finds out by itself when it works again. One missed poll
    leaves the data in place, and so does the server's first one.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
        subject: str,
        interval: timedelta | None,
    ) -> None:
        """Initialize; `subject` is what the log calls the polled data."""
        super().__init__(hass, entry, client, f"{entry.title} {subject}", interval)
        self.server = server
        self._tolerance = MissTolerance()
        self._is_due = False
        """Whether a poll is due as soon as the server is back and there are listeners."""
        entry.async_on_unload(server.async_add_listener(self._handle_server_update))

    @abstractmethod
    async def _async_read(self, *, fresh: bool) -> DataT:
        """Return new data; `fresh` bypasses Frigate's cache.

        Raises:
            FrigateError: the request failed.
        """

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> Callable[[], None]:
        """Add a listener; the first one starts a poll at once."""
        is_first = not self._listeners
        remove = super().async_add_listener(update_callback, context)
        if is_first:
            self._refresh_in_background()
        return remove

    @callback
    def _handle_server_update(self) -> None:
        """Poll when the server is back, if a poll was skipped meanwhile."""
        if self._is_due and self._listeners and self.server.last_update_success:
            # Frigate's cache may still hold what was before a restart.
            self._fresh = True
            self._refresh_in_background()

    def _refresh_in_background(self) -> None:
        self._is_due = False
        self._in_background(self.async_refresh(), "poll out of turn")

    @override
    async def async_refresh_past_cache(self) -> None:
        """Refresh now, bypassing the cache, if there are listeners."""
        if self._listeners:
            await super().async_refresh_past_cache()

    @override
    async def _async_poll(self, *, fresh: bool) -> DataT | None:
        if self.last_update_success and not self.server.last_update_success:
            self._is_due = True
            return None
        try:
            with coordinator_errors():
                past_cache = fresh or self._tolerance.has_missed
                data = await self._async_read(fresh=past_cache)
        except (UpdateFailed, ConfigEntryAuthFailed) as err:
            if not self.last_update_success:
                raise
            # The server coordinator finds out whether the whole server is down.
            await self.server.async_find_outage()
            if not self.server.last_update_success:
                self._is_due = True
                return None
            if not is_refusal(err.__cause__) and self._may_miss(fresh=fresh):
                return self.data
            raise
        self._tolerance.reset()
        return data

    def _may_miss(self, *, fresh: bool) -> bool:
        """Return whether the data outlives this failed poll."""
        is_allowed = self._tolerance.allows(out_of_turn=fresh)
        return self.data is not None and (is_allowed or self.server.has_missed_poll)
