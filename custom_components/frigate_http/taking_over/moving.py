"""Moves entities between the official integration and this one, and finishes what was begun."""

from homeassistant.core import HomeAssistant

from ..runtime import FrigateConfigEntry
from .twins import KnownServer


async def async_settle(hass: HomeAssistant, entry: FrigateConfigEntry) -> None:
    """Finish what is begun, or undo it where that was asked for; needs no server."""


async def async_take_over(
    hass: HomeAssistant, entry: FrigateConfigEntry, known: KnownServer
) -> None:
    """Take over the official entry that `CONF_TAKEN_OVER` names, unless that is done."""


async def async_give_back(hass: HomeAssistant, entry: FrigateConfigEntry) -> None:
    """Give everything back, as our entry is removed."""
