"""The actions of the integration."""

from homeassistant.core import HomeAssistant, callback

from . import (
    descriptions,
    downloads,
    events,
    exports,
    faces,
    media_urls,
    notifications,
    previews,
    ptz,
    reviews,
    search,
    snooze,
    status,
    system,
    taking_over,
    users,
)
from .action import async_register

ACTIONS = (
    *status.ACTIONS,
    *users.ACTIONS,
    *faces.ACTIONS,
    *exports.ACTIONS,
    *previews.ACTIONS,
    *media_urls.ACTIONS,
    *downloads.ACTIONS,
    *events.ACTIONS,
    *search.ACTIONS,
    *reviews.ACTIONS,
    *ptz.ACTIONS,
    *snooze.ACTIONS,
    *descriptions.ACTIONS,
    *system.ACTIONS,
    *notifications.ACTIONS,
    *taking_over.ACTIONS,
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register every action, once, whether or not a server is set up."""
    for action in ACTIONS:
        async_register(hass, action)
