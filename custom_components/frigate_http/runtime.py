"""The runtime data of a loaded config entry."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .aiofrigate import FrigateClient
from .commands import Commands
from .coordinator.exports import ExportsCoordinator
from .coordinator.gaps import GapsCoordinator
from .coordinator.live import LiveCoordinator
from .coordinator.people import PeopleCoordinator
from .coordinator.profiles import ProfilesCoordinator
from .coordinator.ptz import PtzCoordinator
from .coordinator.reviews import ReviewsCoordinator
from .coordinator.server import ServerCoordinator
from .coordinator.storage import StorageCoordinator
from .coordinator.video import VideoCoordinator
from .downloads.manager import DownloadManager
from .media_owners import MediaOwners
from .movements import Movements
from .relay.relay import Relay
from .snoozes import Snoozes

type FrigateConfigEntry = ConfigEntry[FrigateRuntime]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrigateRuntime:
    """The client, the coordinators, the download manager and the relay of a server."""

    client: FrigateClient
    server: ServerCoordinator
    exports: ExportsCoordinator
    reviews: ReviewsCoordinator
    gaps: GapsCoordinator
    storage: StorageCoordinator
    live: LiveCoordinator
    people: PeopleCoordinator
    profiles: ProfilesCoordinator
    ptz: PtzCoordinator
    video: VideoCoordinator
    commands: Commands
    movements: Movements
    downloads: DownloadManager
    owners: MediaOwners
    relay: Relay
    snoozes: Snoozes
