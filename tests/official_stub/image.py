"""The images of the stand-in."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from homeassistant.components.image import ImageEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import OfficialEntity, add_entities


class OfficialImage(OfficialEntity, ImageEntity):
    """An image that was taken once."""

    _attr_image_last_updated = datetime(2026, 11, 1, tzinfo=UTC)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the images."""
    make = partial(OfficialImage, hass)
    add_entities(hass, entry, async_add_entities, "image", make)
