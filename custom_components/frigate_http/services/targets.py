"""Which cameras an action is meant for.

Home Assistant's own resolution drops unavailable entities without a word; here each of
them gets an error of its own.
"""

from collections.abc import Iterable, Iterator

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
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
from .fields import each, entity

CAMERAS = each(entity(Platform.CAMERA))
"""The field of queries that can be limited to some cameras; see `cameras_to_list`."""


@callback
def async_targeted_cameras(call: ServiceCall, user: User | None) -> list[str]:
    """Return the entity ids that a call's target comes down to, in their order.

    What is named itself stays in the list whatever it is; of a device, an area, a floor
    or a label only Frigate's cameras count.

    Raises:
        ServiceValidationError: there is none.
        Unauthorized: the caller may not control one of them.
    """
    if call.data.get(ATTR_ENTITY_ID) == ENTITY_MATCH_ALL:
        everything = call.hass.states.async_entity_ids(Platform.CAMERA)
        targets = {
            entity_id
            for entity_id in _cameras_among(call.hass, everything)
            if may_access_entity(user, entity_id, POLICY_CONTROL)
        }
    else:
        selected = async_extract_referenced_entity_ids(
            call.hass, TargetSelection(call.data)
        )
        # Of what is named itself, whatever is missing has an error of its own.
        selected.log_missing(set(), LOGGER)
        found = _cameras_among(call.hass, selected.indirectly_referenced)
        targets = {*selected.referenced, *found}
    if not targets:
        raise validation_error("no_camera")
    for entity_id in sorted(targets):
        if not may_access_entity(user, entity_id, POLICY_CONTROL):
            raise Unauthorized(
                context=call.context, entity_id=entity_id, permission=POLICY_CONTROL
            )
    return sorted(targets)


def camera_behind(
    hass: HomeAssistant, entity_id: str
) -> tuple[FrigateConfigEntry, str]:
    """Return the server and Frigate's name of the camera that an entity shows.

    Raises:
        ServiceValidationError: it is no camera of a Frigate.
        HomeAssistantError: it is not available.
    """
    camera = _camera_name(hass, entity_id)
    if camera is None:
        raise validation_error("not_a_camera", entity=entity_id)
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        raise action_error("entity_unavailable", entity=entity_id)
    registered = er.async_get(hass).entities[entity_id]
    entry = hass.config_entries.async_get_entry(registered.config_entry_id or "")
    if entry is None:
        raise action_error("entity_unavailable", entity=entity_id)
    return entry, camera


def cameras_to_list(
    permissions: CameraPermissions, entity_ids: Iterable[str] | None
) -> list[str] | None:
    """Return Frigate's names of the cameras that a list is limited to.

    Those that the caller names, or else those that the caller may see; None means that
    it need not be limited at all.

    Raises:
        Unauthorized: the caller may not see one of them.
        ServiceValidationError: one of them is no camera of this server.
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


def _cameras_among(hass: HomeAssistant, entity_ids: Iterable[str]) -> Iterator[str]:
    """Yield Frigate's cameras, but for those that somebody switched off."""
    for entity_id in entity_ids:
        found = er.async_get(hass).async_get(entity_id)
        if found and not found.disabled and camera_entity_name(found) is not None:
            yield entity_id
