"""What lives as long as a config entry is loaded."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .aiofrigate import FrigateClient
from .coordinator import FrigateCoordinator
from .coordinator_exports import ExportsCoordinator
from .coordinator_reviews import ReviewsCoordinator
from .downloads.manager import DownloadManager
from .live.coordinator import LiveCoordinator

type FrigateConfigEntry = ConfigEntry[FrigateRuntime]


@dataclass(frozen=True, slots=True)
class FrigateRuntime:
    """The client of a server, and what is polled through it."""

    client: FrigateClient
    server: FrigateCoordinator
    exports: ExportsCoordinator
    reviews: ReviewsCoordinator
    downloads: DownloadManager
    live: LiveCoordinator
