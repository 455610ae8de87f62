"""Buttons that move a camera or send it to a preset."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator.ptz import PtzCoordinator
from ..coordinator.server import ServerCoordinator
from ..entity.base import CameraEntity
from ..entity.movable import async_add_movable
from ..movements import Movements


@dataclass(frozen=True, kw_only=True)
class MoveDescription(ButtonEntityDescription):
    """A PTZ movement."""

    command: str
    needs: frozenset[str]
    """PTZ features of which the camera must have at least one."""


def _move(key: str, command: str, *needs: str) -> MoveDescription:
    return MoveDescription(
        key=key,
        command=command,
        needs=frozenset(needs),
        entity_registry_enabled_default=False,
    )


PTZ_MOVES: tuple[MoveDescription, ...] = (
    _move("ptz_up", "MOVE_UP", "pt"),
    _move("ptz_down", "MOVE_DOWN", "pt"),
    _move("ptz_left", "MOVE_LEFT", "pt"),
    _move("ptz_right", "MOVE_RIGHT", "pt"),
    _move("ptz_zoom_in", "ZOOM_IN", "zoom"),
    _move("ptz_zoom_out", "ZOOM_OUT", "zoom"),
    # A camera keeps moving until it gets this command.
    _move("ptz_stop", "STOP", "pt", "zoom"),
)
PTZ_PRESET = ButtonEntityDescription(
    key="ptz_preset", entity_registry_enabled_default=False
)


@callback
def async_add_ptz_buttons(
    ptz: PtzCoordinator,
    movements: Movements,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the PTZ buttons of cameras once their PTZ features are known."""

    def _moves(
        coordinator: ServerCoordinator,
    ) -> Iterator[tuple[MoveDescription, str]]:
        for camera in coordinator.data.cameras:
            features = ptz.of(camera).features
            for one in PTZ_MOVES:
                if not one.needs.isdisjoint(features):
                    yield one, camera

    def _presets(coordinator: ServerCoordinator) -> Iterator[tuple[str, str]]:
        for camera in coordinator.data.cameras:
            for preset in ptz.of(camera).presets:
                yield camera, preset

    add = partial(async_add_movable, ptz, async_add_entities)
    moves = {one.key for one in PTZ_MOVES}
    add(moves, _moves, partial(PtzMoveButton, ptz, movements))
    add({PTZ_PRESET.key}, _presets, partial(PtzPresetButton, ptz, movements))


class PtzMoveButton(CameraEntity, ButtonEntity):
    """Moves a camera until the stop button is pressed."""

    entity_description: MoveDescription

    def __init__(
        self,
        ptz: PtzCoordinator,
        movements: Movements,
        coordinator: ServerCoordinator,
        description: MoveDescription,
        camera: str,
    ) -> None:
        """Initialize for a movement of a camera."""
        super().__init__(coordinator, description, camera)
        self._ptz = ptz
        self._movements = movements

    @override
    def _async_update_attrs(self) -> bool:
        features = self._ptz.of(self.camera).features
        return not self.entity_description.needs.isdisjoint(features)

    @override
    async def async_press(self) -> None:
        """Start moving."""
        command = self.entity_description.command
        await self._movements.async_move(self.camera, command)


class PtzPresetButton(CameraEntity, ButtonEntity):
    """Sends a camera to a preset."""

    def __init__(
        self,
        ptz: PtzCoordinator,
        movements: Movements,
        coordinator: ServerCoordinator,
        camera: str,
        preset: str,
    ) -> None:
        """Initialize for a preset of a camera."""
        super().__init__(coordinator, PTZ_PRESET, camera)
        self._attr_unique_id = f"{self._attr_unique_id}:{preset}"
        self._subject = (preset,)
        self._attr_translation_placeholders = {"preset": preset}
        self._ptz = ptz
        self._movements = movements
        self._preset = preset

    @override
    def _async_update_attrs(self) -> bool:
        return self._preset in self._ptz.of(self.camera).presets

    @override
    async def async_press(self) -> None:
        """Move to the preset."""
        command = f"preset_{self._preset}"
        await self._movements.async_move(self.camera, command)
