"""Resolving the cameras of an action.

Home Assistant's own resolution silently drops unavailable entities; here each of them gets
an error.
"""

from collections.abc import Iterable, Iterator

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ENTITY_MATCH_ALL,
    STATE_UNAVAILABLE,
    Platform,
)
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from ..const import LOGGER
from ..errors import action_error, validation_error
from ..inventory import camera_entity_name
from ..permissions import CameraPermissions, may_access_entity
from ..runtime import FrigateConfigEntry
from .fields import entity_of, list_of

CAMERAS = list_of(entity_of(Platform.CAMERA))
"""The field of queries that can be limited to cameras; see `cameras_to_list`."""


@callback
def async_resolve_targets(call: ServiceCall, user: User | None) -> list[str]:
    """Return the sorted entity ids of the target of a call.

    Entities that the target names are kept whatever they are; of devices, areas, floors
    and labels, only the cameras of Frigate are used.

    Raises:
        ServiceValidationError: the target has no camera.
        Unauthorized: the caller may not control one of the cameras.
    """
    if call.data.get(ATTR_ENTITY_ID) == ENTITY_MATCH_ALL:
        everything = call.hass.states.async_entity_ids(Platform.CAMERA)
        targets = {
            entity_id
            for entity_id in _enabled_cameras(call.hass, everything)
            if may_access_entity(user, entity_id, POLICY_CONTROL)
        }
    else:
        selected = async_extract_referenced_entity_ids(
            call.hass, TargetSelection(call.data)
        )
        # Entities that are named and missing get an error of their own later.
        selected.log_missing(set(), LOGGER)
        found = _enabled_cameras(call.hass, selected.indirectly_referenced)
        targets = {*selected.referenced, *found}
    if not targets:
        raise validation_error("no_camera")
    for entity_id in sorted(targets):
        if not may_access_entity(user, entity_id, POLICY_CONTROL):
            raise Unauthorized(
                context=call.context, entity_id=entity_id, permission=POLICY_CONTROL
            )
    return sorted(targets)


def resolve_camera(
    hass: HomeAssistant, entity_id: str, *, needs_server: bool = True
) -> tuple[FrigateConfigEntry, str]:
    """Return the loaded config entry and the Frigate name of a camera entity.

    Raises:
        ServiceValidationError: the entity is not a camera of Frigate.
        HomeAssistantError: the entity is not available.
    """
    camera = _camera_name(hass, entity_id)
    if camera is None:
        raise validation_error("not_a_camera", entity=entity_id)
    state = hass.states.get(entity_id)
    if needs_server and (state is None or state.state == STATE_UNAVAILABLE):
        raise action_error("entity_unavailable", entity=entity_id)
    registered = er.async_get(hass).entities[entity_id]
    entry = hass.config_entries.async_get_entry(registered.config_entry_id or "")
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        raise action_error("entity_unavailable", entity=entity_id)
    return entry, camera


def cameras_to_list(
    permissions: CameraPermissions, entity_ids: Iterable[str] | None
) -> list[str] | None:
    """Return the Frigate names of the cameras that a list is limited to.

    These are the cameras that the caller names, or else those that the caller may see.
    None means that the list is not limited.

    Raises:
        Unauthorized: the caller may not see one of the cameras.
        ServiceValidationError: one of the entities is not a camera of this server.
    """
    if entity_ids is None:
        return permissions.readable_cameras()
    names: dict[str, None] = {}
    for entity_id in entity_ids:
        permissions.require_entity(entity_id)
        registered = er.async_get(permissions.hass).async_get(entity_id)
        camera = None if registered is None else camera_entity_name(registered)
        if registered is None or camera is None:
            raise validation_error("not_a_camera", entity=entity_id)
        if registered.config_entry_id != permissions.entry.entry_id:
            raise validation_error("not_a_camera", entity=entity_id)
        names[camera] = None
    return list(names)


def _camera_name(hass: HomeAssistant, entity_id: str) -> str | None:
    registered = er.async_get(hass).async_get(entity_id)
    return None if registered is None else camera_entity_name(registered)


def _enabled_cameras(hass: HomeAssistant, entity_ids: Iterable[str]) -> Iterator[str]:
    """Yield the camera entities of Frigate that are not disabled."""
    for entity_id in entity_ids:
        found = er.async_get(hass).async_get(entity_id)
        if found and not found.disabled and camera_entity_name(found) is not None:
            yield entity_id
