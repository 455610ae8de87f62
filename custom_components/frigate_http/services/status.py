"""The action that returns the status of the server."""

from collections.abc import Iterable, Sequence
from typing import override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall
from homeassistant.util.json import JsonObjectType

from ..aiofrigate import FrigateConnectionError, FrigateError, FrigateStartingError
from ..const import DOMAIN
from ..errors import action_error_from, is_retryable
from ..inventory import camera_entity_id
from .action import ServerAction, ServerCall


async def _get_status(call: ServerCall) -> JsonObjectType:
    """Return the status; a server that cannot be reached is not an error."""
    try:
        try:
            return await _read_status(call)
        except FrigateError as err:
            if not is_retryable(err):
                raise
            return await _read_status(call)
    except (FrigateConnectionError, FrigateStartingError) as err:
        reason = action_error_from(err)
        return _status(alive=False, health=str(reason))


async def _read_status(call: ServerCall) -> JsonObjectType:
    system = call.client.system
    health = await system.health()
    version = await system.version()
    config = await system.config(fresh=True)
    profile = await system.profile(fresh=True)
    cameras = profile.allowed_cameras
    if call.client.capabilities.has_camera_roles is False:
        cameras = tuple(config.cameras)
    if cameras is not None:
        cameras = tuple(one for one in cameras if call.permissions.may_read(one))
    mask = call.client.mask
    return _status(
        alive=True,
        health=health,
        version=mask(version.raw),
        user=profile.username and mask(profile.username),
        role=profile.role and mask(profile.role),
        allowed_cameras=cameras,
        allowed_entity_ids=None if cameras is None else _entity_ids(call, cameras),
        authentication=config.auth_enabled,
        anonymous=None if profile.username is None else profile.is_anonymous,
    )


def _entity_ids(call: ServerCall, cameras: Iterable[str]) -> list[str]:
    """Return the camera entities of cameras; one without an entity is left out."""
    found = (camera_entity_id(call.hass, call.entry, camera) for camera in cameras)
    return [entity_id for entity_id in found if entity_id is not None]


def _status(
    *,
    alive: bool,
    health: str,
    version: str | None = None,
    user: str | None = None,
    role: str | None = None,
    allowed_cameras: Sequence[str] | None = None,
    allowed_entity_ids: Sequence[str] | None = None,
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
        "allowed_entity_ids": None
        if allowed_entity_ids is None
        else [*allowed_entity_ids],
        "authentication": authentication,
        "anonymous": anonymous,
    }


class _StatusAction(ServerAction):
    """The action, which also works while the setup of the server is retried."""

    @override
    async def async_run(self, call: ServiceCall) -> JsonObjectType:
        """Return the status of the server, or the reason why its setup is retried."""
        if (entry := _retrying_entry(call)) is not None:
            return _status(alive=False, health=entry.reason or entry.state.value)
        return await super().async_run(call)


def _retrying_entry(call: ServiceCall) -> ConfigEntry | None:
    """Return the selected config entry if its setup is retried."""
    entry_id = call.data.get(ATTR_CONFIG_ENTRY_ID)
    meant = [
        entry
        for entry in call.hass.config_entries.async_entries(
            DOMAIN, include_ignore=False, include_disabled=False
        )
        if entry_id in {None, entry.entry_id}
    ]
    if len(meant) == 1 and meant[0].state is ConfigEntryState.SETUP_RETRY:
        return meant[0]
    return None


ACTIONS = (
    _StatusAction(name="get_status", handler=_get_status, fields={}, is_query=True),
)
