"""Event entities: reviews, recognitions, and what is understood of objects."""

from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..entity.dynamic import async_add_and_remove
from ..runtime import FrigateConfigEntry
from .base import FrigateEvent
from .objects import OBJECT_EVENTS
from .recognized import RECOGNIZED_EVENTS
from .reviews import REVIEW_EVENTS

PARALLEL_UPDATES = 0

LIVE_EVENTS = (*REVIEW_EVENTS, *RECOGNIZED_EVENTS, *OBJECT_EVENTS)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entities of every camera."""
    async_add_and_remove(
        entry.runtime_data.server,
        async_add_entities,
        {description.key for description in LIVE_EVENTS},
        lambda coordinator: (
            (camera, description)
            for camera, config in coordinator.data.cameras.items()
            for description in LIVE_EVENTS
            if description.exists_fn(config)
        ),
        partial(FrigateEvent, entry.runtime_data.live),
    )
