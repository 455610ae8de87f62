"""How much there is to review, polled while a sensor shows it."""

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
"""Seconds; a new event and its alert are in Frigate's database some 0.3 of them later."""


class ReviewsCoordinator(OnDemandCoordinator[ReviewSummary]):
    """Polls what this account has not reviewed yet."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: FrigateClient,
        server: ServerCoordinator,
    ) -> None:
        """Prepare; nothing is sent before somebody listens."""
        super().__init__(hass, entry, client, server, "reviews", REVIEWS_INTERVAL)
        self._will_refresh = False

    @callback
    def async_follow_new_event(self) -> None:
        """Show a new event when Frigate has written it down; nobody waits for that."""
        if not self._will_refresh:
            self._will_refresh = True
            self._in_background(self._async_follow(), "follow a new event")

    async def _async_follow(self) -> None:
        await asyncio.sleep(_USUALLY_WRITTEN_AFTER)
        # For what is created from here on, this may be too early.
        self._will_refresh = False
        await self.async_refresh_past_cache()
        await asyncio.sleep(_ALSO_WRITTEN_AFTER - _USUALLY_WRITTEN_AFTER)
        await self.async_refresh_past_cache()

    @override
    async def _async_read(self, *, fresh: bool) -> ReviewSummary:
        return await self.client.reviews.summary(fresh=fresh)
