"""Commands to a camera, and the proof that Frigate has carried them out."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
import contextlib
import time

from .aiofrigate import FrigateLiveError
from .coordinator.live import LiveCoordinator
from .coordinator.profiles import ProfilesCoordinator
from .coordinator.server import ServerCoordinator
from .errors import action_error, action_errors
from .live.topics import PROFILE, Kind, Topic

APPLY_TIMEOUT = 3.0
"""Seconds in which a command shows its effect."""
_PUSH_TIMEOUT = 1.0

type Value = bool | int


class Commands:
    """What can be set at a server, each with the proof that it is so."""

    def __init__(
        self,
        server: ServerCoordinator,
        live: LiveCoordinator,
        profiles: ProfilesCoordinator,
    ) -> None:
        """Take what a command is sent through, and what its effect shows in."""
        self._server = server
        self._profiles = profiles
        self.live = live

    def feature_value(self, camera: str, feature: str) -> Value | None:
        """Return what a feature is set to: as it was pushed, else as it is configured."""
        server = self._server
        pushed = self.live.state.feature(camera, feature, server.config_read_at)
        if pushed is not None or (config := server.data.cameras.get(camera)) is None:
            return pushed
        return config.features.get(feature)

    async def async_set_feature(self, camera: str, feature: str, value: Value) -> None:
        """Set a feature of a camera, and see that it is so.

        Frigate claims success whether or not anything has changed, and says nothing at
        all over the live connection.

        Raises:
            HomeAssistantError: it could not be sent, or Frigate did not follow.
        """
        text = str(value) if not isinstance(value, bool) else ("ON" if value else "OFF")
        with self._errors(), _live_errors():
            await self._server.client.controls.set(camera, feature, text)
        was_applied = await self._async_wait_until_applied(
            Topic(Kind.FEATURES, camera, feature),
            lambda: self.feature_value(camera, feature) == value,
            self._server.async_refresh_config,
        )
        if was_applied:
            return
        if feature == "motion" and self.feature_value(camera, "detect") is True:
            raise action_error("detection_needs_motion", camera=camera)
        raise action_error("not_applied")

    async def async_activate_profile(self, name: str | None) -> None:
        """Make a profile active, or none, and see that it is so.

        Raises:
            HomeAssistantError: it could not be sent, or Frigate did not follow.
        """
        with self._errors():
            await self._server.client.controls.activate_profile(name)

        def _is_applied() -> bool:
            return (active := self._profiles.active) is not None and active.name == name

        refresh = self._profiles.async_refresh_past_cache
        if not await self._async_wait_until_applied(PROFILE, _is_applied, refresh):
            raise action_error("not_applied")

    async def async_move(self, camera: str, command: str) -> None:
        """Move a camera, such as by `MOVE_UP`, `STOP` or `preset_home`; nothing proves it.

        Raises:
            HomeAssistantError: it could not be sent.
        """
        with self._errors(), _live_errors():
            await self._server.client.controls.move(camera, command)

    def _errors(self) -> contextlib.AbstractContextManager[None]:
        return action_errors(self._server.hass, self._server.config_entry)

    async def _async_wait_until_applied(
        self,
        topic: Topic,
        is_applied: Callable[[], bool],
        refresh: Callable[[], Awaitable[None]],
    ) -> bool:
        """Return whether something becomes so: as it is pushed, else as Frigate answers."""
        ends_at = time.monotonic() + APPLY_TIMEOUT
        pushed_event = asyncio.Event()
        remove = self.live.async_subscribe_topic(topic, pushed_event.set)
        may_wait = self.live.is_pushing
        try:
            while not is_applied() and time.monotonic() < ends_at:
                if may_wait:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_PUSH_TIMEOUT):
                            await pushed_event.wait()
                    pushed_event.clear()
                if not is_applied():
                    await refresh()
                may_wait = True
        finally:
            remove()
        return is_applied()


@contextlib.contextmanager
def _live_errors() -> Generator[None]:
    """Say what to do where a command needs the live connection, and there is none."""
    try:
        yield
    except FrigateLiveError as err:
        raise action_error("needs_live", message=err.message.rstrip(".")) from err
