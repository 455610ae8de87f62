"""The views: what Home Assistant's HTTP server shows of Frigate's recordings."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView

from .clips import ClipView
from .exports import ExportVideoView
from .frames import FrameView
from .hls import HlsView, PlaylistView
from .items import EventClipView, ReviewClipView
from .pictures import (
    EventSnapshotView,
    EventThumbnailView,
    ExportThumbnailView,
    ReviewSnapshotView,
    ReviewThumbnailView,
)
from .previews import PreviewView, RangePreviewView, ReviewPreviewView
from .tokens import HlsTokens

VIEWS: tuple[type[HomeAssistantView], ...] = (
    ClipView,
    EventClipView,
    EventSnapshotView,
    EventThumbnailView,
    ExportThumbnailView,
    ExportVideoView,
    FrameView,
    PreviewView,
    RangePreviewView,
    ReviewClipView,
    ReviewPreviewView,
    ReviewSnapshotView,
    ReviewThumbnailView,
)
"""Those that need nothing to be made; the views of HLS share their tokens."""


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Register all views, once for all config entries."""
    tokens = HlsTokens()
    views: tuple[HomeAssistantView, ...] = (
        PlaylistView(tokens),
        HlsView(tokens),
        *(view() for view in VIEWS),
    )
    for view in views:
        hass.http.register_view(view)
