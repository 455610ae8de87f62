"""The downloads of a server, from the setup of its config entry to its removal."""

from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers.event import async_track_time_interval

from ..const import CONF_KEEP_DAYS, DEFAULT_KEEP_DAYS
from ..runtime import FrigateConfigEntry
from .journal import journal_of
from .manager import DownloadManager
from .places import Places

SWEEP_INTERVAL = timedelta(hours=6)


async def async_set_up_downloads(
    hass: HomeAssistant, entry: FrigateConfigEntry
) -> DownloadManager:
    """Clean up after a crash, delete what is old, now and again, and begin."""
    journal = journal_of(hass, entry.entry_id)
    await journal.async_load()

    async def sweep(_now: datetime | None = None) -> None:
        days = int(entry.options.get(CONF_KEEP_DAYS, DEFAULT_KEEP_DAYS))
        await journal.async_sweep(days, Places(hass).own_folders())

    entry.async_on_unload(async_track_time_interval(hass, sweep, SWEEP_INTERVAL))
    await sweep()
    return DownloadManager(hass, entry, journal)
