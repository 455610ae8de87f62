"""Commands to a camera, and the proof that Frigate has carried them out."""

import asyncio
from collections.abc import Awaitable, Callable
import contextlib
import time

from ..aiofrigate import FrigateError, FrigateNotFoundError
from ..coordinator_profiles import ProfilesCoordinator
from ..errors import action_errors, refusal
from ..runtime import FrigateConfigEntry
from .topics import PROFILE, Kind, Topic

FOLLOWS_WITHIN = 3.0
"""Seconds in which a command shows its effect."""
_PUSHED_WITHIN = 1.0
_SINCE_018 = (0, 18)

type Value = bool | int


def feature_value(entry: FrigateConfigEntry, camera: str, feature: str) -> Value | None:
    """Return what a feature is set to: as it was pushed, else as it is configured."""
    server = entry.runtime_data.server
    pushed = entry.runtime_data.live.picture.feature(
        camera, feature, server.config_read_at
    )
    if pushed is not None or (config := server.data.cameras.get(camera)) is None:
        return pushed
    return config.features.get(feature)


async def async_set_feature(
    entry: FrigateConfigEntry, camera: str, feature: str, value: Value
) -> None:
    """Set a feature of a camera, and see that it is so.

    Frigate claims success whether or not anything has changed, and says nothing at all
    over the live connection.

    Raises:
        HomeAssistantError: it could not be sent, or Frigate did not follow.
    """
    text = str(value) if not isinstance(value, bool) else ("ON" if value else "OFF")
    with action_errors(lambda: _ask_for_login(entry)):
        await _send(entry, camera, feature, text)
    has_followed = await _follows(
        entry,
        Topic(Kind.FEATURES, camera, feature),
        lambda: feature_value(entry, camera, feature) == value,
        entry.runtime_data.server.async_refresh_config,
    )
    if has_followed:
        return
    if feature == "motion" and feature_value(entry, camera, "detect") is True:
        raise refusal("detection_needs_motion", camera=camera)
    raise refusal("not_followed", camera=camera)


async def async_activate_profile(
    entry: FrigateConfigEntry, profiles: ProfilesCoordinator, name: str | None
) -> None:
    """Make a profile active, or none, and see that it is so.

    Raises:
        HomeAssistantError: it could not be sent, or Frigate did not follow.
    """
    with action_errors(lambda: _ask_for_login(entry)):
        await entry.runtime_data.client.controls.activate_profile(name)

    def _is_so() -> bool:
        return (active := profiles.active) is not None and active.name == name

    if not await _follows(entry, PROFILE, _is_so, profiles.async_refresh_past_cache):
        raise refusal("profile_not_followed")


async def async_move(entry: FrigateConfigEntry, camera: str, command: str) -> None:
    """Move a camera, such as by `MOVE_UP`, `STOP` or `preset_home`; nothing proves it.

    Raises:
        HomeAssistantError: it could not be sent.
    """
    await _send_live(entry, f"{camera}/ptz", command)


def _ask_for_login(entry: FrigateConfigEntry) -> None:
    entry.async_start_reauth(entry.runtime_data.server.hass)


async def _send(
    entry: FrigateConfigEntry, camera: str, feature: str, text: str
) -> None:
    """Send a command the way this version of Frigate takes it."""
    runtime = entry.runtime_data
    version = runtime.server.version
    if version is None or version.at_least(*_SINCE_018):
        try:
            await runtime.client.controls.set(camera, feature, text)
        except FrigateNotFoundError:
            if version is not None:
                raise
        else:
            return
    await _send_live(entry, f"{camera}/{feature}/set", text)


async def _send_live(entry: FrigateConfigEntry, topic: str, text: str) -> None:
    try:
        await entry.runtime_data.client.live.send(topic, text)
    except FrigateError as err:
        raise refusal("needs_live", message=err.message.rstrip(".")) from err


async def _follows(
    entry: FrigateConfigEntry,
    topic: Topic,
    is_so: Callable[[], bool],
    ask: Callable[[], Awaitable[None]],
) -> bool:
    """Return whether something becomes so: as it is pushed, else as Frigate answers."""
    ends_at = time.monotonic() + FOLLOWS_WITHIN
    live = entry.runtime_data.live
    told = asyncio.Event()
    remove = live.async_follow(topic, told.set)
    may_wait = live.is_pushing
    try:
        while not is_so() and time.monotonic() < ends_at:
            if may_wait:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_PUSHED_WITHIN):
                        await told.wait()
                told.clear()
            if not is_so():
                await ask()
            may_wait = True
    finally:
        remove()
    return is_so()
