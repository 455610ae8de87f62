"""The base class of all coordinators."""

from abc import abstractmethod
import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from ..aiofrigate import FrigateClient
from ..const import LOGGER


class BaseCoordinator[DataT](DataUpdateCoordinator[DataT]):
    """Polls one thing of a server; polls never overlap."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        name: str,
        interval: timedelta | None,
    ) -> None:
        """Initialize; `name` is what the log calls the polled data."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=name,
            update_interval=interval,
            always_update=False,
        )
        self.client = client
        self._fresh = False
        self._turn = asyncio.Lock()

    @abstractmethod
    async def _async_poll(self, *, fresh: bool) -> DataT:
        """Return new data; `fresh` bypasses Frigate's cache of up to 5 seconds.

        Raises:
            UpdateFailed: the request failed.
            ConfigEntryAuthFailed: the login was lost.
        """

    @override
    async def _async_update_data(self) -> DataT:
        # Serialized, so that an older response never replaces a newer one.
        async with self._turn:
            fresh, self._fresh = self._fresh, False
            return await self._async_poll(fresh=fresh)

    async def async_refresh_past_cache(self) -> None:
        """Refresh now, bypassing Frigate's cache, after something was changed."""
        self._fresh = True
        await self.async_refresh()

    def _in_background(self, work: Coroutine[Any, Any, None], what: str) -> None:
        """Run a background task that is cancelled when the config entry unloads."""
        self.config_entry.async_create_background_task(
            self.hass, work, f"{self.name} {what}"
        )
