"""The cameras of the stand-in."""

from typing import Any

from homeassistant.components.camera import Camera
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import OfficialEntity, add_entities


class OfficialCamera(OfficialEntity, Camera):
    """A camera that shows nothing."""

    _attr_is_streaming = True


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the cameras."""
    add_entities(hass, entry, async_add_entities, "camera", OfficialCamera)
