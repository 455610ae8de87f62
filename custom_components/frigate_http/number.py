"""Numbers: how easily a camera sees something move."""

from functools import partial
from typing import override

from homeassistant.components.number import (
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .commands import Value
from .entity.control import ControlEntity, async_add_controls
from .runtime import FrigateConfigEntry

# Each command waits until Frigate has followed.
PARALLEL_UPDATES = 4


def _number(feature: str, largest: int) -> NumberEntityDescription:
    # Frigate takes any number, also those with which nothing is found any more.
    return NumberEntityDescription(
        key=feature,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_min_value=1,
        native_max_value=largest,
        native_step=1,
        mode=NumberMode.BOX,
    )


FEATURE_NUMBERS: tuple[NumberEntityDescription, ...] = (
    # How much a pixel has to change, of 255.
    _number("motion_threshold", 255),
    # How many pixels have to, in a picture that Frigate makes 100 of them high.
    _number("motion_contour_area", 1000),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers of every camera, once the account is an administrator's."""
    runtime = entry.runtime_data
    async_add_controls(
        runtime.server,
        async_add_entities,
        FEATURE_NUMBERS,
        partial(FrigateNumber, runtime.commands),
    )


class FrigateNumber(ControlEntity, NumberEntity):
    """A number by which a camera goes."""

    _state_attrs = ("_attr_native_value",)

    @override
    def _set_value_attrs(self, value: Value | None) -> None:
        self._attr_native_value = value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the number."""
        await self._async_set(int(value))
