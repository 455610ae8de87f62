"""The select that says when the birdseye view shows a camera."""

from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..aiofrigate import BIRDSEYE_MODE, BIRDSEYE_MODES, FeatureValue
from ..commands import Commands
from ..coordinator.server import ServerCoordinator
from ..entity.control import ControlEntity, async_add_controls


@dataclass(frozen=True, kw_only=True)
class FeatureSelectDescription(SelectEntityDescription):
    """A feature of a camera that is one of several words."""

    choices: tuple[str, ...]
    """The options, as a tuple: the list in `options` would make this unhashable."""


FEATURE_SELECTS: tuple[FeatureSelectDescription, ...] = (
    FeatureSelectDescription(
        key=BIRDSEYE_MODE,
        choices=BIRDSEYE_MODES,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
    ),
)


@callback
def async_add_birdseye_selects(
    coordinator: ServerCoordinator,
    commands: Commands,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the select of every camera, if there is a birdseye view."""
    async_add_controls(
        coordinator,
        async_add_entities,
        FEATURE_SELECTS,
        partial(FrigateFeatureSelect, commands),
    )


class FrigateFeatureSelect(ControlEntity, SelectEntity):
    """A feature of a camera."""

    entity_description: FeatureSelectDescription
    _state_attrs = ("_attr_current_option",)

    @property
    @override
    def options(self) -> list[str]:
        """Return the words that Frigate takes."""
        return [*self.entity_description.choices]

    @override
    def _set_value_attrs(self, value: FeatureValue | None) -> None:
        self._attr_current_option = str(value) if value in self.options else None

    @override
    async def async_select_option(self, option: str) -> None:
        """Set the feature."""
        await self._async_set(option)
