"""What lives as long as a config entry is loaded."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .aiofrigate import FrigateClient
from .coordinator import FrigateCoordinator
from .coordinator_exports import ExportsCoordinator
from .coordinator_profiles import ProfilesCoordinator
from .coordinator_ptz import PtzCoordinator
from .coordinator_reviews import ReviewsCoordinator
from .downloads.manager import DownloadManager
from .live.commands import Commands
from .live.coordinator import LiveCoordinator

type FrigateConfigEntry = ConfigEntry[FrigateRuntime]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrigateRuntime:
    """The client of a server, and what is polled through it."""

    client: FrigateClient
    server: FrigateCoordinator
    exports: ExportsCoordinator
    reviews: ReviewsCoordinator
    live: LiveCoordinator
    profiles: ProfilesCoordinator
    ptz: PtzCoordinator
    commands: Commands
    downloads: DownloadManager
