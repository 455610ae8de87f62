"""Setting up the downloads of a config entry."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.event import async_track_time_interval

from ..const import CONF_KEEP_DAYS, DEFAULT_KEEP_DAYS
from .journal import journal_of
from .manager import DownloadManager
from .paths import DownloadPaths

SWEEP_INTERVAL = timedelta(hours=6)


async def async_set_up_downloads(
    hass: HomeAssistant,
    entry: ConfigEntry,
    managers: Callable[[], Iterable[DownloadManager]],
) -> DownloadManager:
    """Create the download manager, and sweep the journal now and every six hours.

    `managers` returns those of all servers, as two downloads must not have one target.
    """
    journal = journal_of(hass, entry.entry_id)
    await journal.async_load()

    async def sweep(_now: datetime | None = None) -> None:
        days = int(entry.options.get(CONF_KEEP_DAYS, DEFAULT_KEEP_DAYS))
        await journal.async_sweep(days, DownloadPaths(hass).own_folders())

    entry.async_on_unload(async_track_time_interval(hass, sweep, SWEEP_INTERVAL))
    await sweep()
    return DownloadManager(hass, entry, journal, managers)
