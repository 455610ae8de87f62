"""The views: what Home Assistant's HTTP server shows of Frigate's recordings."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView

from .exports import ExportVideoView
from .hls import HlsView, PlaylistView
from .tokens import HlsTokens

VIEWS: tuple[type[HomeAssistantView], ...] = (ExportVideoView,)
"""Those that need nothing to be made; the views of HLS share their tokens."""


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Register all views, once for all config entries."""
    tokens = HlsTokens()
    for view in (PlaylistView(tokens), HlsView(tokens), *VIEWS):
        hass.http.register_view(view)
