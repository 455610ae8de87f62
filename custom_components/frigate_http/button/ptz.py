"""Buttons: move a camera, or send it where it has been before."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..commands import Commands
from ..coordinator.ptz import PtzCoordinator
from ..coordinator.server import ServerCoordinator
from ..entity.base import CameraEntity
from ..entity.dynamic import async_add_as_they_appear


@dataclass(frozen=True, kw_only=True)
class MoveDescription(ButtonEntityDescription):
    """A way to move a camera."""

    command: str
    needs: frozenset[str]
    """Any of these is what a camera has to be able to do."""


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
    # It goes on moving until it is told to stop.
    _move("ptz_stop", "STOP", "pt", "zoom"),
)
PTZ_PRESET = ButtonEntityDescription(
    key="ptz_preset", entity_registry_enabled_default=False
)


@callback
def async_add_ptz_buttons(
    ptz: PtzCoordinator,
    commands: Commands,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of the cameras that can be moved, once that is known."""
    coordinator = ptz.server

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

    add = partial(async_add_as_they_appear, coordinator, async_add_entities)
    add(_moves, partial(PtzMoveButton, ptz, commands))
    add(_presets, partial(PtzPresetButton, ptz, commands))
    # Buttons follow the server, as they are gone with their camera.
    coordinator.config_entry.async_on_unload(
        ptz.async_add_listener(coordinator.async_update_listeners)
    )


class PtzMoveButton(CameraEntity, ButtonEntity):
    """Moves a camera until it is told to stop."""

    entity_description: MoveDescription

    def __init__(
        self,
        ptz: PtzCoordinator,
        commands: Commands,
        coordinator: ServerCoordinator,
        description: MoveDescription,
        camera: str,
    ) -> None:
        """Move a camera as the description says."""
        super().__init__(coordinator, description, camera)
        self._ptz = ptz
        self._commands = commands

    @override
    def _async_update_attrs(self) -> bool:
        features = self._ptz.of(self.camera).features
        return not self.entity_description.needs.isdisjoint(features)

    @override
    async def async_press(self) -> None:
        """Begin to move."""
        command = self.entity_description.command
        await self._commands.async_move(self.camera, command)


class PtzPresetButton(CameraEntity, ButtonEntity):
    """Sends a camera where it looks at what was stored under a name."""

    def __init__(
        self,
        ptz: PtzCoordinator,
        commands: Commands,
        coordinator: ServerCoordinator,
        camera: str,
        preset: str,
    ) -> None:
        """Send a camera to a preset."""
        super().__init__(coordinator, PTZ_PRESET, camera)
        self._attr_unique_id = f"{self._attr_unique_id}:{preset}"
        self._subject = (preset,)
        self._attr_translation_placeholders = {"preset": preset}
        self._ptz = ptz
        self._commands = commands
        self._preset = preset

    @override
    def _async_update_attrs(self) -> bool:
        return self._preset in self._ptz.of(self.camera).presets

    @override
    async def async_press(self) -> None:
        """Go there."""
        command = f"preset_{self._preset}"
        await self._commands.async_move(self.camera, command)
