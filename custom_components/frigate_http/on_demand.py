"""Polling that begins with the first entity that shows its result, and ends with the last."""

from abc import abstractmethod
import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .aiofrigate import FrigateClient
from .const import LOGGER
from .errors import coordinator_errors

if TYPE_CHECKING:
    from .runtime import FrigateConfigEntry


class OnDemandCoordinator[DataT](DataUpdateCoordinator[DataT | None]):
    """Polls one thing, and only while somebody listens.

    Until the first answer has come, and while the server's own poll fails, `data` is
    None: an outage is told of once, and a server that is down, or wants a pause or a
    login, is not asked for more.
    """

    config_entry: FrigateConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: FrigateConfigEntry,
        client: FrigateClient,
        subject: str,
        interval: timedelta,
    ) -> None:
        """Prepare; `subject` says in the log what is polled."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{entry.title} {subject}",
            update_interval=interval,
            always_update=False,
        )
        self.client = client
        self._follows_server = False
        self._waits_for_server = False
        self._fresh = False
        self._turn = asyncio.Lock()

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
        if not self._follows_server:
            self._follows_server = True
            server = self.config_entry.runtime_data.server
            self.config_entry.async_on_unload(server.async_add_listener(self._catch_up))
        remove = super().async_add_listener(update_callback, context)
        if is_first:
            self._poll_soon()
        return remove

    @callback
    def _catch_up(self) -> None:
        """Poll as soon as the server is back, if that was waited for."""
        is_back = self.config_entry.runtime_data.server.last_update_success
        if is_back and self._waits_for_server and self._listeners:
            self._waits_for_server = False
            self._poll_soon()

    def _poll_soon(self) -> None:
        self.config_entry.async_create_background_task(
            self.hass, self.async_refresh(), f"{self.name} poll out of turn"
        )

    async def async_refresh_past_cache(self) -> None:
        """Show at once what has just been changed, if anybody looks at it."""
        if self._listeners:
            self._fresh = True
            await self.async_refresh()

    @override
    async def _async_update_data(self) -> DataT | None:
        server = self.config_entry.runtime_data.server
        # One after the other, so that an older answer never replaces a newer one.
        async with self._turn:
            fresh, self._fresh = self._fresh, False
            if self.last_update_success and not server.last_update_success:
                self._waits_for_server = True
                return None
            try:
                with coordinator_errors():
                    return await self._async_read(fresh=fresh)
            except UpdateFailed, ConfigEntryAuthFailed:
                if self.last_update_success:
                    # Only the server's own poll tells whether it is the server.
                    await server.async_refresh()
                if server.last_update_success or not self.last_update_success:
                    raise
                self._waits_for_server = True
                return None
