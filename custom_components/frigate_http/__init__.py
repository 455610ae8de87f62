"""The Frigate HTTP integration: Frigate over its HTTP API only."""

from functools import partial

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from .aiofrigate import FrigateClient
from .commands import Commands
from .connection import async_create_client
from .const import DOMAIN
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
from .downloads.clip_cache import async_set_up_clip_cache, clip_cache
from .downloads.journal import async_forget_journal
from .downloads.manager import DownloadManager
from .downloads.setup import async_set_up_downloads
from .inventory import async_is_in_use, async_keep_in_step, known_cameras, known_people
from .issues import (
    async_close_issues_on_unload,
    async_delete_issues,
    async_update_issues,
)
from .media_owners import MediaOwners
from .movements import Movements
from .relay.relay import Relay
from .runtime import FrigateConfigEntry, FrigateRuntime
from .services import async_setup_services
from .snoozes import Snoozes
from .taking_over.known import KnownServer
from .taking_over.moving import async_give_back, async_settle, async_take_over
from .views import async_register_views

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CAMERA,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.UPDATE,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions and views, which exist without a loaded config entry too."""
    async_setup_services(hass)
    async_register_views(hass)
    async_close_issues_on_unload(hass)
    await async_set_up_clip_cache(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: FrigateConfigEntry) -> bool:
    """Set up a Frigate server."""
    # First, because cleaning up after a crash does not need the server.
    downloads = await async_set_up_downloads(
        hass, entry, partial(_download_managers, hass)
    )
    # As little does finishing what was begun with the official integration's entities.
    await async_settle(hass, entry)
    client = async_create_client(hass, entry.data)
    entry.async_on_unload(client.close)
    entry.async_on_unload(partial(clip_cache(hass).async_close_entry, entry.entry_id))
    coordinator = ServerCoordinator(
        hass, entry, client, known_cameras(hass, entry), known_people(hass, entry)
    )
    try:
        await coordinator.async_config_entry_first_refresh()
    except ConfigEntryAuthFailed:
        # This is the only failure that skips `_async_refresh_finished`.
        async_update_issues(coordinator)
        raise
    known = KnownServer.from_data(coordinator.data, client.capabilities)
    await async_take_over(hass, entry, known)
    relay = await _async_start_relay(hass, entry, client)
    video = VideoCoordinator(hass, entry, coordinator, relay)
    live = LiveCoordinator(hass, entry, client, coordinator)
    snoozes = Snoozes(hass)
    entry.async_on_unload(snoozes.async_close)
    profiles = ProfilesCoordinator(hass, entry, client, coordinator, live)
    commands = Commands(coordinator, live, profiles)
    entry.runtime_data = FrigateRuntime(
        client=client,
        server=coordinator,
        exports=ExportsCoordinator(hass, entry, client, coordinator),
        reviews=ReviewsCoordinator(hass, entry, client, coordinator),
        gaps=GapsCoordinator(hass, entry, client, coordinator, commands.feature_value),
        storage=StorageCoordinator(hass, entry, client, coordinator),
        live=live,
        people=PeopleCoordinator(hass, entry, client, coordinator, live),
        profiles=profiles,
        ptz=PtzCoordinator(hass, entry, client, coordinator),
        video=video,
        commands=commands,
        movements=Movements(hass, entry, live, commands.async_move),
        downloads=downloads,
        owners=MediaOwners(client),
        relay=relay,
        snoozes=snoozes,
    )

    async_keep_in_step(hass, coordinator)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    live.async_connect()
    video.async_start()
    return True


async def _async_start_relay(
    hass: HomeAssistant, entry: FrigateConfigEntry, client: FrigateClient
) -> Relay:
    """Start the relay, which ends with the config entry or with Home Assistant."""
    relay = Relay(hass, entry, client)

    async def _close(_event: Event | None = None) -> None:
        await relay.async_close()

    entry.async_on_unload(_close)
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, _close))
    try:
        await relay.async_start()
    except OSError as err:
        # A system with too many open files has a port again some time.
        raise ConfigEntryNotReady from err
    return relay


def _download_managers(hass: HomeAssistant) -> list[DownloadManager]:
    entries: list[FrigateConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return [entry.runtime_data.downloads for entry in entries]


async def async_unload_entry(hass: HomeAssistant, entry: FrigateConfigEntry) -> bool:
    """Unload a Frigate server."""
    # First, because a player that waits for data cannot be stopped at once.
    await entry.runtime_data.relay.async_close()
    if is_unloaded := await hass.config_entries.async_unload_platforms(
        entry, PLATFORMS
    ):
        # Nothing could stop a camera once the connection is closed.
        await entry.runtime_data.movements.async_stop_timed()
        await entry.runtime_data.live.async_disconnect()
    return is_unloaded


async def async_remove_entry(hass: HomeAssistant, entry: FrigateConfigEntry) -> None:
    """Delete what belongs to a server; downloaded files stay.

    The official integration gets its entities back, which would be removed otherwise.
    """
    await async_give_back(hass, entry)
    async_delete_issues(hass, entry)
    await async_forget_journal(hass, entry.entry_id)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: FrigateConfigEntry, device: DeviceEntry
) -> bool:
    """Allow to delete the device of a camera that no longer exists."""
    is_loaded = entry.state is ConfigEntryState.LOADED
    return is_loaded and not async_is_in_use(entry.runtime_data.server, device)
