"""Numbers for the motion detection of each camera."""

from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class FeatureNumberDescription(NumberEntityDescription):
    """A feature of a camera that is a number."""

    native_min_value: float
    native_max_value: float


def _number(feature: str, smallest: int, largest: int) -> FeatureNumberDescription:
    return FeatureNumberDescription(
        key=feature,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_min_value=smallest,
        native_max_value=largest,
        native_step=1,
        mode=NumberMode.BOX,
    )


FEATURE_NUMBERS: tuple[FeatureNumberDescription, ...] = (
    # The change of a pixel's brightness that counts as motion, as Frigate's schema has it.
    _number("motion_threshold", 1, 255),
    # The number of changed pixels. Frigate sets no limit, and scales the image to any height
    # (`frame_height`, 100 by default): few scale it so that more would be of use.
    _number("motion_contour_area", 0, 100_000),
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
    """A setting of a camera.

    A command to Frigate may set any number. The range then reaches as far.
    """

    entity_description: FeatureNumberDescription
    _state_attrs = ("_attr_native_value",)

    @override
    def _set_value_attrs(self, value: FeatureValue | None) -> None:
        number = value if isinstance(value, int) else None
        self._attr_native_value = number
        least = self.entity_description.native_min_value
        most = self.entity_description.native_max_value
        self._attr_native_min_value = least if number is None else min(least, number)
        self._attr_native_max_value = most if number is None else max(most, number)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the value."""
        await self._async_set(int(value))
