"""The views: what Home Assistant's HTTP server shows of Frigate's recordings."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView

from .exports import ExportVideoView

VIEWS: tuple[type[HomeAssistantView], ...] = (ExportVideoView,)


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Register all views, once for all config entries."""
    for view in VIEWS:
        hass.http.register_view(view)
