"""Commands to cameras and profiles, and the check that Frigate has applied them."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Generator
import contextlib
import time

from .aiofrigate import BIRDSEYE, BIRDSEYE_MODE, FeatureValue, FrigateLiveError
from .coordinator.live import LiveCoordinator
from .coordinator.profiles import ProfilesCoordinator
from .coordinator.server import ServerCoordinator
from .errors import action_error, action_errors
from .live.topics import PROFILE, Kind, Topic

APPLY_TIMEOUT = 3.0
"""Seconds within which Frigate applies a command."""
_PUSH_TIMEOUT = 1.0
_CLOCK_TOLERANCE = 60.0
"""Seconds by which the end of a suspension may seem wrong, as clocks differ."""


class Commands:
    """Sends commands, and waits until their effect is pushed or read back."""

    def __init__(
        self,
        server: ServerCoordinator,
        live: LiveCoordinator,
        profiles: ProfilesCoordinator,
    ) -> None:
        """Initialize with the coordinators in which the effect of a command appears."""
        self._server = server
        self._profiles = profiles
        self._locks: defaultdict[Topic, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.live = live

    def feature_value(self, camera: str, feature: str) -> FeatureValue | None:
        """Return the value of a feature as pushed, else as configured."""
        server = self._server
        pushed = self.live.state.feature(camera, feature, server.config_read_at)
        if pushed is not None or (config := server.data.cameras.get(camera)) is None:
            return pushed
        return config.features.get(feature)

    async def async_set_feature(
        self, camera: str, feature: str, value: FeatureValue
    ) -> None:
        """Set a feature of a camera, and wait until Frigate has applied it.

        Frigate's response reports success even if nothing changed, and over the live
        connection there is no response at all.

        Raises:
            HomeAssistantError: it could not be sent, or Frigate did not apply it.
        """
        topic = Topic(Kind.FEATURES, camera, feature)
        # Otherwise, a second command would look like a failure of the first.
        async with self._locks[topic]:
            with self._errors(), _live_errors():
                await self._server.client.controls.set(camera, feature, _as_text(value))
            was_applied = await self._async_wait_until_applied(
                topic,
                lambda: self.feature_value(camera, feature) == value,
                self._server.async_refresh_config,
            )
        if was_applied:
            return
        if feature == "motion" and self.feature_value(camera, "detect") is True:
            raise action_error("detection_needs_motion", camera=camera)
        if feature == BIRDSEYE_MODE and self.feature_value(camera, BIRDSEYE) is False:
            raise action_error("birdseye_is_off", camera=camera)
        raise action_error("not_applied")

    async def async_activate_profile(self, name: str | None) -> None:
        """Activate a profile, or none, and wait until Frigate has applied it.

        Raises:
            HomeAssistantError: it could not be sent, or Frigate did not apply it.
        """
        with self._errors():
            await self._server.client.controls.activate_profile(name)

        def _is_applied() -> bool:
            return (active := self._profiles.active) is not None and active.name == name

        refresh = self._profiles.async_refresh_past_cache
        if not await self._async_wait_until_applied(PROFILE, _is_applied, refresh):
            raise action_error("not_applied")

    async def async_suspend_notifications(
        self, camera: str, minutes: int
    ) -> float | None:
        """Suspend Frigate's notifications of a camera, and return until when.

        0 minutes end a suspension: then there is no end. It is in seconds since the epoch,
        by our clock.

        Raises:
            HomeAssistantError: it could not be sent, or Frigate did not confirm it.
        """
        client, topic = self._server.client, Topic(Kind.SUSPENSIONS, camera)
        answered = asyncio.Event()

        def _is_applied() -> bool:
            until = self.live.state.of(camera).suspended_until
            # The end of a suspension before may be about the same.
            if until is None or not answered.is_set():
                return False
            return abs(until - wanted) <= _CLOCK_TOLERANCE if minutes else until == 0

        async with self._locks[topic]:
            remove = self.live.async_subscribe_topic(topic, answered.set)
            wanted = client.clock.estimate(time.time()) + minutes * 60
            try:
                with self._errors(), _live_errors():
                    await client.controls.suspend_notifications(camera, minutes)
                refresh = client.live.request_state
                if not await self._async_wait_until_applied(
                    topic, _is_applied, refresh
                ):
                    raise action_error("not_applied")
            finally:
                remove()
        until = self.live.state.of(camera).suspended_until
        return client.clock.ours(until) if until else None

    async def async_move(self, camera: str, command: str) -> None:
        """Send a PTZ command such as `MOVE_UP`, `STOP` or `preset_home`; it is not verified.

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
        """Wait until a command is applied, by push or by polling; return whether it was."""
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


def _as_text(value: FeatureValue) -> str:
    if isinstance(value, bool):
        return "ON" if value else "OFF"
    # Frigate ignores words in lower case.
    return str(value).upper()


@contextlib.contextmanager
def _live_errors() -> Generator[None]:
    """Explain that a command needs the live connection, if that is down."""
    try:
        yield
    except FrigateLiveError as err:
        raise action_error("needs_live", message=err.message.rstrip(".")) from err
