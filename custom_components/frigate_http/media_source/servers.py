"""The folders above all others: the servers, and what there is of each."""

from homeassistant.components.media_source import BrowseMediaSource
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..media_ids import (
    ExportsFolder,
    MediaId,
    ObjectsFolder,
    RecordingsFolder,
    ReviewsFolder,
    Severity,
)
from .browsing import Browsing, async_begin, not_loaded
from .nodes import folder


async def async_open_root(hass: HomeAssistant) -> BrowseMediaSource:
    """Return the folder of all servers; where only one is loaded, that of it.

    Raises:
        HomeAssistantError: none is loaded.
    """
    entries = _loaded(hass)
    if len(entries) == 1:
        server = MediaId(entries[0].entry_id)
        return await async_open_server(await async_begin(hass, server.entry_id), server)
    folders = [folder(MediaId(one.entry_id), one.title) for one in entries]
    return folder(None, "Frigate", folders)


def loaded_servers(hass: HomeAssistant) -> list[MediaId]:
    """Return the folders of the servers that are loaded.

    Raises:
        HomeAssistantError: none is.
    """
    return [MediaId(one.entry_id) for one in _loaded(hass)]


def _loaded(hass: HomeAssistant) -> list[ConfigEntry]:
    if entries := hass.config_entries.async_loaded_entries(DOMAIN):
        return entries
    raise not_loaded()


async def async_open_server(browsing: Browsing, where: MediaId) -> BrowseMediaSource:
    """Return the folder of a server."""
    text, entry_id = browsing.titles.text, where.entry_id
    return folder(
        where,
        browsing.access.entry.title,
        [
            folder(ReviewsFolder(entry_id, Severity.ALERT), text("alerts")),
            folder(ReviewsFolder(entry_id, Severity.DETECTION), text("detections")),
            folder(ObjectsFolder(entry_id), text("tracked_objects")),
            folder(RecordingsFolder(entry_id), text("recordings")),
            folder(ExportsFolder(entry_id), text("exports")),
        ],
    )
