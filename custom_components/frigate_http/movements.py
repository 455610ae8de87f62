"""Moving cameras, and stopping them in time, whatever becomes of the caller."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
import contextlib
from dataclasses import dataclass, field

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .const import LOGGER
from .coordinator.live import LiveCoordinator
from .errors import action_error
from .live.topics import CONNECTION, Kind, Topic

STOP = "STOP"
RELATIVE = "MOVE_RELATIVE"
PRESET = "preset"
_FOCUS = "FOCUS"
_CONTINUOUS = ("MOVE_", "ZOOM_", _FOCUS)
_STOP_TIMEOUT = 5.0
"""Seconds that all stops may take while the config entry is unloaded."""

type Send = Callable[[str, str], Awaitable[None]]


@dataclass(eq=False, slots=True)
class _Movement:
    """A movement that goes on until it is stopped, or another command replaces it."""

    is_timed: bool
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    is_overdue: bool = False


class Movements:
    """Sends PTZ commands: of those to one camera, the last one wins.

    A camera moves until it is told to stop. So a stop that is due is sent when the caller is
    cancelled and before the config entry is unloaded, and when the connection is back if it
    was down at that moment.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, live: LiveCoordinator, send: Send
    ) -> None:
        """Initialize; `send` sends a command to a camera or raises a HomeAssistantError."""
        self._hass = hass
        self._entry = entry
        self._live = live
        self._send = send
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._moving: dict[str, _Movement] = {}
        self._presets: dict[str, str] = {}
        entry.async_on_unload(
            live.async_subscribe_topic(CONNECTION, self._async_stop_overdue)
        )
        # When Home Assistant has begun to stop, the connection is closed.
        entry.async_on_unload(
            hass.async_add_shutdown_job(HassJob(self.async_stop_timed))
        )

    def preset(self, camera: str) -> str | None:
        """Return the preset that a camera was sent to, unless it was moved since."""
        return self._presets.get(camera)

    def forget_preset(self, camera: str) -> None:
        """Forget where a camera was sent to, as it may have left by itself."""
        self._presets.pop(camera, None)

    async def async_move(
        self, camera: str, command: str, seconds: float | None = None
    ) -> bool:
        """Send a command such as `MOVE_UP`, and stop the camera after so many seconds.

        Returns:
            Whether another command has replaced it before it was over.

        Raises:
            HomeAssistantError: it, or the stop, could not be sent.
        """
        work = self._async_move(camera, command, seconds)
        task = self._entry.async_create_background_task(
            self._hass, work, f"Move {camera}"
        )
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError as err:
            if not task.cancelled():
                raise
            # Unloading the config entry ends the task, and must not end who waits for it.
            if camera in self._moving:
                raise action_error("ptz_unloaded", camera=camera) from err
            return True

    async def async_stop_timed(self) -> None:
        """Stop the cameras that are to be stopped some time, as there is no time left."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_TIMEOUT):
                for camera, turn in tuple(self._turns.items()):
                    async with turn:
                        movement = self._moving.get(camera)
                    if movement is not None and movement.is_timed:
                        await self._async_try_to_stop(camera, movement)

    async def _async_move(
        self, camera: str, command: str, seconds: float | None
    ) -> bool:
        async with self._turns[camera]:
            if command.startswith(RELATIVE) and camera in self._moving:
                # Frigate refuses it, without a word, while another movement goes on.
                await self._send(camera, STOP)
            await self._send(camera, command)
            self._replace(camera, command, is_timed=seconds is not None)
            movement = self._moving.get(camera)
        if movement is None or seconds is None:
            return False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await movement.ended.wait()
        return not await self._async_stop(camera, movement)

    def _replace(self, camera: str, command: str, *, is_timed: bool) -> None:
        """Note what a camera does now, and wake whoever waits to stop what it did before."""
        if (former := self._moving.pop(camera, None)) is not None:
            former.ended.set()
        if command.startswith(_CONTINUOUS) and not command.startswith(RELATIVE):
            self._moving[camera] = _Movement(is_timed)
        if command.startswith(_FOCUS):
            return
        kind, _, name = command.partition("_")
        self._presets.pop(camera, None)
        if kind == PRESET:
            self._presets[camera] = name
        self._live.async_notify(Topic(Kind.FEATURES, camera, PRESET))

    async def _async_stop(self, camera: str, movement: _Movement) -> bool:
        """Stop a movement, and return whether it was still going on."""
        async with self._turns[camera]:
            if self._moving.get(camera) is not movement:
                return False
            try:
                await self._send(camera, STOP)
            except HomeAssistantError as err:
                movement.is_overdue = True
                LOGGER.warning("%s was not stopped and goes on moving: %s", camera, err)
                raise action_error("ptz_not_stopped", camera=camera) from err
            self._replace(camera, STOP, is_timed=False)
        return True

    async def _async_try_to_stop(self, camera: str, movement: _Movement) -> None:
        with contextlib.suppress(HomeAssistantError):
            await self._async_stop(camera, movement)

    @callback
    def _async_stop_overdue(self) -> None:
        """Stop the cameras that could not be stopped in time."""
        if not self._live.is_pushing:
            return
        for camera, movement in tuple(self._moving.items()):
            if movement.is_overdue:
                work = self._async_try_to_stop(camera, movement)
                self._entry.async_create_background_task(
                    self._hass, work, f"Stop {camera}"
                )
