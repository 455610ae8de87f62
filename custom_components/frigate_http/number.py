"""Numbers for the motion detection of each camera."""

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

from .aiofrigate import FeatureValue
from .entity.control import ControlEntity, async_add_controls
from .runtime import FrigateConfigEntry

# Each command waits until Frigate has applied it.
PARALLEL_UPDATES = 4


def _number(feature: str, largest: int) -> NumberEntityDescription:
    # Frigate accepts any number, even one that ends all motion detection.
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
    # The change of a pixel's brightness, of 255, that counts as motion.
    _number("motion_threshold", 255),
    # The number of changed pixels, in an image scaled to a height of 100 pixels.
    _number("motion_contour_area", 1000),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FrigateConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers of every camera, if the account is an administrator."""
    runtime = entry.runtime_data
    async_add_controls(
        runtime.server,
        async_add_entities,
        FEATURE_NUMBERS,
        partial(FrigateNumber, runtime.commands),
    )


class FrigateNumber(ControlEntity, NumberEntity):
    """A setting of a camera."""

    _state_attrs = ("_attr_native_value",)

    @override
    def _set_value_attrs(self, value: FeatureValue | None) -> None:
        self._attr_native_value = value if isinstance(value, int) else None

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the value."""
        await self._async_set(int(value))
