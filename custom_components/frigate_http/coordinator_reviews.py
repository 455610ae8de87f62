"""How much there is to review, polled while a sensor shows it."""

from datetime import timedelta
from typing import TYPE_CHECKING, override

from homeassistant.core import HomeAssistant

from .aiofrigate import FrigateClient, ReviewSummary
from .on_demand import OnDemandCoordinator

if TYPE_CHECKING:
    from .runtime import FrigateConfigEntry

REVIEWS_INTERVAL = timedelta(seconds=30)


class ReviewsCoordinator(OnDemandCoordinator[ReviewSummary]):
    """Polls what this account has not reviewed yet."""

    def __init__(
        self, hass: HomeAssistant, entry: FrigateConfigEntry, client: FrigateClient
    ) -> None:
        """Prepare; nothing is sent before somebody listens."""
        super().__init__(hass, entry, client, "reviews", REVIEWS_INTERVAL)

    @override
    async def _async_read(self, *, fresh: bool) -> ReviewSummary:
        return await self.client.reviews.summary(fresh=fresh)
