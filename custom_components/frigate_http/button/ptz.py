"""Buttons that move a camera or send it to a preset."""

from collections.abc import Iterable, Iterator
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
from ..entity.dynamic import Evidence, async_add_and_remove
from ..inventory import camera_and_key


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
    commands: Commands,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the PTZ buttons of cameras once their PTZ features are known."""
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

    def _is_unconfirmed(coordinator: ServerCoordinator, unique_id: str) -> bool:
        camera = _camera_of(coordinator, unique_id)
        return camera is not None and not ptz.has_answered(camera)

    def _confirm(unique_ids: Iterable[str]) -> None:
        for unique_id in unique_ids:
            if (camera := _camera_of(coordinator, unique_id)) is not None:
                ptz.async_read_again(camera)

    add = partial(
        async_add_and_remove,
        coordinator,
        async_add_entities,
        evidence=Evidence(
            read_at=lambda _coordinator: (ptz.finished_at or 0.0,),
            is_conclusive=lambda _coordinator: (
                ptz.finished_at is not None and ptz.may_move
            ),
            is_kept=_is_unconfirmed,
            on_missing=_confirm,
        ),
    )
    moves = {one.key for one in PTZ_MOVES}
    add(moves, _moves, partial(PtzMoveButton, ptz, commands))
    add({PTZ_PRESET.key}, _presets, partial(PtzPresetButton, ptz, commands))
    # The buttons subscribe to the server coordinator, because they go with their camera.
    coordinator.config_entry.async_on_unload(
        ptz.async_add_listener(coordinator.async_update_listeners)
    )


def _camera_of(coordinator: ServerCoordinator, unique_id: str) -> str | None:
    """Return the camera of a button, unless it is gone itself."""
    found = camera_and_key(coordinator.config_entry, unique_id)
    return found[0] if found and found[0] in coordinator.data.cameras else None


class PtzMoveButton(CameraEntity, ButtonEntity):
    """Moves a camera until the stop button is pressed."""

    entity_description: MoveDescription

    def __init__(
        self,
        ptz: PtzCoordinator,
        commands: Commands,
        coordinator: ServerCoordinator,
        description: MoveDescription,
        camera: str,
    ) -> None:
        """Initialize for a movement of a camera."""
        super().__init__(coordinator, description, camera)
        self._ptz = ptz
        self._commands = commands

    @override
    def _async_update_attrs(self) -> bool:
        features = self._ptz.of(self.camera).features
        return not self.entity_description.needs.isdisjoint(features)

    @override
    async def async_press(self) -> None:
        """Start moving."""
        command = self.entity_description.command
        await self._commands.async_move(self.camera, command)


class PtzPresetButton(CameraEntity, ButtonEntity):
    """Sends a camera to a preset."""

    def __init__(
        self,
        ptz: PtzCoordinator,
        commands: Commands,
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
        self._commands = commands
        self._preset = preset

    @override
    def _async_update_attrs(self) -> bool:
        return self._preset in self._ptz.of(self.camera).presets

    @override
    async def async_press(self) -> None:
        """Move to the preset."""
        command = f"preset_{self._preset}"
        await self._commands.async_move(self.camera, command)
