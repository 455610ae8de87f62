"""The select that sends a camera to a PTZ preset, and shows where it was sent."""

from collections.abc import Iterator
from functools import partial
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..commands import Commands
from ..coordinator.ptz import PtzCoordinator
from ..coordinator.server import ServerCoordinator
from ..entity.control import FeatureEntity
from ..entity.movable import async_add_movable
from ..movements import PRESET, Movements

PRESET_SELECT = SelectEntityDescription(
    key="ptz_preset", entity_registry_enabled_default=False
)
_AUTOTRACKER = "ptz_autotracker"


@callback
def async_add_preset_selects(
    ptz: PtzCoordinator,
    commands: Commands,
    movements: Movements,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a select for each camera with presets, once they are known."""

    def _cameras(coordinator: ServerCoordinator) -> Iterator[tuple[str]]:
        for camera in coordinator.data.cameras:
            if ptz.of(camera).presets:
                yield (camera,)

    async_add_movable(
        ptz,
        async_add_entities,
        {PRESET_SELECT.key},
        _cameras,
        partial(PtzPresetSelect, ptz, commands, movements),
    )


class PtzPresetSelect(FeatureEntity, SelectEntity):
    """The preset that a camera was sent to from here.

    Frigate does not tell where a camera is. So it is unknown at the start, as soon as the
    camera is moved in another way, and once it has followed objects by itself.
    """

    _features = (_AUTOTRACKER, PRESET)
    _state_attrs = ("_attr_options", "_attr_current_option")

    def __init__(
        self,
        ptz: PtzCoordinator,
        commands: Commands,
        movements: Movements,
        coordinator: ServerCoordinator,
        camera: str,
    ) -> None:
        """Initialize for a camera."""
        super().__init__(commands, coordinator, PRESET_SELECT, camera)
        self._attr_options = []
        self._ptz = ptz
        self._movements = movements

    @override
    def _async_update_attrs(self) -> bool:
        self._attr_options = [*self._ptz.of(self.camera).presets]
        if self.feature_value(_AUTOTRACKER):
            # Where it has left the camera, nobody knows either.
            self._movements.forget_preset(self.camera)
        preset = self._movements.preset(self.camera)
        is_known = preset in self._attr_options
        self._attr_current_option = preset if is_known else None
        return bool(self._attr_options)

    @override
    async def async_select_option(self, option: str) -> None:
        """Move to a preset."""
        await self._movements.async_move(self.camera, f"{PRESET}_{option}")
