"""The number of unreviewed items, polled while a sensor shows it."""

import asyncio
from datetime import timedelta
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..aiofrigate import FrigateClient, ReviewSummary
from .on_demand import OnDemandCoordinator
from .server import ServerCoordinator

REVIEWS_INTERVAL = timedelta(seconds=30)
_USUALLY_WRITTEN_AFTER = 0.5
_ALSO_WRITTEN_AFTER = 2.0
"""Seconds. Frigate writes a new event and its alert to the database after about 0.3 s."""


class ReviewsCoordinator(OnDemandCoordinator[ReviewSummary]):
    """Polls the counts of items that this account has not reviewed."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
    ) -> None:
        """Initialize; sends nothing before the first listener."""
        super().__init__(hass, entry, client, server, "reviews", REVIEWS_INTERVAL)
        self._is_scheduled = False

    @callback
    def async_refresh_after_new_event(self) -> None:
        """Refresh in the background once Frigate has stored a new event."""
        if not self._is_scheduled:
            self._is_scheduled = True
            self._in_background(self._async_refresh_twice(), "follow a new event")

    async def _async_refresh_twice(self) -> None:
        await asyncio.sleep(_USUALLY_WRITTEN_AFTER)
        # An event created from now on needs another refresh.
        self._is_scheduled = False
        await self.async_refresh_past_cache()
        await asyncio.sleep(_ALSO_WRITTEN_AFTER - _USUALLY_WRITTEN_AFTER)
        await self.async_refresh_past_cache()

    @override
    async def _async_read(self, *, fresh: bool) -> ReviewSummary:
        return await self.client.reviews.summary(fresh=fresh)
