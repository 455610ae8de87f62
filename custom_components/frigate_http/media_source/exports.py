"""The folder of exports."""

from homeassistant.components.media_player import MediaClass
from homeassistant.components.media_source import BrowseMediaSource

from ..aiofrigate import Export
from ..media_ids import ExportsFolder, ExportVideo
from ..view_urls import export_url
from .browsing import Browsing
from .nodes import MP4_TYPE, folder, video
from .titles import time_of


async def async_open_exports(
    browsing: Browsing, where: ExportsFolder
) -> BrowseMediaSource:
    """Return the exports, the newest first."""
    found = await browsing.client.exports.list(fresh=True)
    browsing.owners.remember_exports(found)
    cameras = browsing.access.cameras
    exports = [
        export_node(browsing, one)
        for one in sorted(found, key=lambda one: one.start or 0.0, reverse=True)
        if one.camera in cameras
    ]
    title = browsing.titles.text("exports")
    return folder(where, title, exports, holds=MediaClass.VIDEO)


def export_node(browsing: Browsing, export: Export) -> BrowseMediaSource:
    """Return an export; one that Frigate is still making cannot be played."""
    titles = browsing.titles
    names = (
        " ".join(one for one in (time_of(export.start), export.name) if one),
        titles.camera(export.camera),
        titles.text("in_progress") if export.in_progress else "",
    )
    return video(
        ExportVideo(browsing.entry_id, export.id),
        " · ".join(one for one in names if one),
        None
        if export.thumbnail_path is None
        else export_url(browsing.entry_id, export.id, "thumbnail"),
        mime_type=MP4_TYPE,
        can_play=not export.in_progress and export.file is not None,
    )
