"""Polling that begins with the first entity that shows its result, and ends with the last."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import timedelta
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import UpdateFailed

from ..aiofrigate import FrigateClient
from ..errors import coordinator_errors
from .base import BaseCoordinator
from .server import ServerCoordinator


class OnDemandCoordinator[DataT](BaseCoordinator[DataT | None]):
    """Polls one thing, and only while somebody listens.

    Until the first answer has come, and while the server's own poll fails, `data` is
    None: an outage is told of once, and a server that is down, or wants a pause or a
    login, is not asked for more.
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
        """Prepare; `subject` says in the log what is polled."""
        super().__init__(hass, entry, client, f"{entry.title} {subject}", interval)
        self.server = server
        self._is_due = False
        """Whether to poll as soon as the server is there, and somebody listens."""
        entry.async_on_unload(server.async_add_listener(self._catch_up))

    @abstractmethod
    async def _async_read(self, *, fresh: bool) -> DataT:
        """Return what the server says; `fresh` asks past its cache.

        Raises:
            FrigateError: it says nothing good.
        """

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> Callable[[], None]:
        """Listen; the first who does so need not wait for the next poll."""
        is_first = not self._listeners
        remove = super().async_add_listener(update_callback, context)
        if is_first:
            self._poll_soon()
        return remove

    @callback
    def _catch_up(self) -> None:
        """Poll as soon as the server is back, if that was waited for."""
        if self._is_due and self._listeners and self.server.last_update_success:
            self._poll_soon()

    def _poll_soon(self) -> None:
        self._is_due = False
        self._in_background(self.async_refresh(), "poll out of turn")

    @override
    async def async_refresh_past_cache(self) -> None:
        """Show at once what has just been changed, if anybody looks at it."""
        if self._listeners:
            await super().async_refresh_past_cache()

    @override
    async def _async_poll(self, *, fresh: bool) -> DataT | None:
        if self.last_update_success and not self.server.last_update_success:
            self._is_due = True
            return None
        try:
            with coordinator_errors():
                return await self._async_read(fresh=fresh)
        except UpdateFailed, ConfigEntryAuthFailed:
            if self.last_update_success:
                # Only the server's own poll tells whether it is the server.
                await self.server.async_refresh()
            if self.server.last_update_success or not self.last_update_success:
                raise
            self._is_due = True
            return None
