"""The folder of exports."""

from homeassistant.components.media_player import MediaClass
from homeassistant.components.media_source import BrowseMediaSource

from ..aiofrigate import Export
from ..media_ids import ExportsFolder, ExportVideo
from ..titles import time_of
from ..view_urls import export_url
from .browsing import Browsing
from .nodes import MP4_TYPE, folder, video


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
    """Return an export; one that Frigate is still making cannot be played.

    The name comes first, as the media browser has room for little more.
    """
    titles, name = browsing.titles, export.name or ""
    if export.in_progress:
        name = f"{name} ({titles.text('in_progress')})".strip()
    names = (name, titles.camera(export.camera), time_of(export.start))
    has_thumbnail = export.thumbnail_path is not None and not export.in_progress
    return video(
        ExportVideo(browsing.entry_id, export.id),
        " · ".join(one for one in names if one),
        export_url(browsing.entry_id, export.id, "thumbnail")
        if has_thumbnail
        else None,
        mime_type=MP4_TYPE,
        can_play=not export.in_progress and export.file is not None,
    )
