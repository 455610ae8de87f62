"""The action that asks how Frigate is."""

from homeassistant.util.json import JsonObjectType

from ..aiofrigate import (
    FrigateConnectionError,
    FrigateError,
    FrigateNotFoundError,
    FrigateStartingError,
    Profile,
)
from ..errors import error_key, is_unanswered, placeholders, refusal
from .action import ServerAction, ServerCall


async def _get_status(call: ServerCall) -> JsonObjectType:
    """Return how the server is; that it cannot be reached is an answer too."""
    try:
        try:
            return await _status_of(call)
        except FrigateError as err:
            if not is_unanswered(err):
                raise
            return await _status_of(call)
    except (FrigateConnectionError, FrigateStartingError) as err:
        reason = refusal(error_key(err), **placeholders(err))
        return _status(alive=False, health=str(reason))


async def _status_of(call: ServerCall) -> JsonObjectType:
    system = call.client.system
    health = await system.health()
    version = await system.version()
    config = await system.config(fresh=True)
    profile = await _profile(call)
    cameras = profile.allowed_cameras
    return _status(
        alive=True,
        health=health,
        version=version.raw,
        user=profile.username,
        role=profile.role,
        allowed_cameras=None if cameras is None else list(cameras),
        authentication=config.auth_enabled,
        anonymous=None if profile.username is None else profile.is_anonymous,
    )


async def _profile(call: ServerCall) -> Profile:
    try:
        return await call.client.system.profile(fresh=True)
    except FrigateNotFoundError:
        # Older versions do not tell.
        return Profile(None, None, None)


def _status(
    *,
    alive: bool,
    health: str,
    version: str | None = None,
    user: str | None = None,
    role: str | None = None,
    allowed_cameras: list[str] | None = None,
    authentication: bool | None = None,
    anonymous: bool | None = None,
) -> JsonObjectType:
    return {
        "alive": alive,
        "health": health,
        "version": version,
        "user": user,
        "role": role,
        "allowed_cameras": None if allowed_cameras is None else [*allowed_cameras],
        "authentication": authentication,
        "anonymous": anonymous,
    }


ACTIONS = (
    ServerAction(name="get_status", handler=_get_status, fields={}, is_query=True),
)
