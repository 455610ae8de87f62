"""Constants that several modules share."""

from datetime import timedelta
import logging
from typing import Final

from homeassistant.const import CONF_PASSWORD, CONF_TOKEN, CONF_USERNAME

DOMAIN: Final = "frigate_http"
LOGGER: Final = logging.getLogger(__package__)

EVENT_ACTIVITY: Final = f"{DOMAIN}_activity"
"""Fires with every event of an event entity, so that the activity can describe it."""

POLL_INTERVAL: Final = timedelta(seconds=15)
"""Frigate updates its statistics at the same interval, so faster polling is useless."""

MEDIA_PADDING: Final = 5.0
"""Seconds that the media browser shows before and after an item."""
MAX_MEDIA_FILE: Final = 600.0
"""Seconds of the longest video that is made into one file for media players."""

CONF_TAKEN_OVER: Final = "taken_over"
"""The id of the official integration's entry whose entities are, or become, ours."""
CONF_LEAVE: Final = "leave"
"""Entity ids that stay with the official integration; only until it is taken over."""
CONF_UNDO: Final = "undo_take_over"
"""Whether the official integration gets its entities back with the next set-up."""
CONF_PROXY_USERNAME: Final = "proxy_username"
CONF_PROXY_PASSWORD: Final = "proxy_password"  # noqa: S105 - a field's name
CONF_HEADERS: Final = "headers"
CREDENTIAL_KEYS: Final = frozenset(
    {
        CONF_USERNAME,
        CONF_PASSWORD,
        CONF_TOKEN,
        CONF_PROXY_USERNAME,
        CONF_PROXY_PASSWORD,
        CONF_HEADERS,
    }
)

CONF_LIVE_VIEW: Final = "live_view"
CONF_MJPEG_FPS: Final = "mjpeg_fps"
CONF_MJPEG_HEIGHT: Final = "mjpeg_height"
CONF_OVERLAYS: Final = "overlays"
CONF_CAMERAS: Final = "cameras"
CONF_BROWSER_URL: Final = "browser_url"
CONF_KEEP_DAYS: Final = "keep_days"
CONF_RECOGNITION_SECONDS: Final = "recognition_seconds"

LIVE_VIEW_AUTOMATIC: Final = "automatic"
LIVE_VIEW_PICTURES: Final = "pictures"
LIVE_VIEWS: Final = (LIVE_VIEW_AUTOMATIC, LIVE_VIEW_PICTURES)

DEFAULT_MJPEG_FPS: Final = 5
DEFAULT_MJPEG_HEIGHT: Final = 720
DEFAULT_KEEP_DAYS: Final = 0
DEFAULT_RECOGNITION_SECONDS: Final = 60
OVERLAYS: Final = (
    "bounding_boxes",
    "timestamp",
    "zones",
    "motion",
    "regions",
    "mask",
)
