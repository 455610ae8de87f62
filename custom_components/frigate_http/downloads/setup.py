"""The downloads of a server, from the setup of its config entry to its removal."""

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
    """Clean up after a crash, delete what is old, now and again, and begin.

    `managers` are those of all servers, as two of them must not write to one path.
    """
    journal = journal_of(hass, entry.entry_id)
    await journal.async_load()

    async def sweep(_now: datetime | None = None) -> None:
        days = int(entry.options.get(CONF_KEEP_DAYS, DEFAULT_KEEP_DAYS))
        await journal.async_sweep(days, DownloadPaths(hass).own_folders())

    entry.async_on_unload(async_track_time_interval(hass, sweep, SWEEP_INTERVAL))
    await sweep()
    return DownloadManager(hass, entry, journal, managers)
