"""The select that says when the birdseye view shows a camera."""

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

BIRDSEYE_SELECT = SelectEntityDescription(
    key=BIRDSEYE_MODE,
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
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
        (BIRDSEYE_SELECT,),
        partial(BirdseyeSelect, commands),
    )


class BirdseyeSelect(ControlEntity, SelectEntity):
    """When the birdseye view shows a camera."""

    _attr_options = list(BIRDSEYE_MODES)
    _state_attrs = ("_attr_current_option",)

    @override
    def _set_value_attrs(self, value: FeatureValue | None) -> None:
        self._attr_current_option = str(value) if value in self.options else None

    @override
    async def async_select_option(self, option: str) -> None:
        """Set the mode."""
        await self._async_set(option)
