"""Which cameras of a server a user of Home Assistant may see and control.

Home Assistant grants permissions on entities, so the permission for a camera is that for its
camera entity, even if it was renamed or disabled. Whatever has no such entity (a camera that
was removed or is not selected in the options, birdseye, no camera at all) is for users who may
see, or control, every entity.
"""

from dataclasses import dataclass

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser

from .inventory import camera_entities, camera_entity_id


async def async_get_caller(hass: HomeAssistant, context: Context) -> User | None:
    """Return the user who calls an action, or None for an automation.

    Raises:
        UnknownUser: the user does not exist any more.
    """
    if context.user_id is None:
        return None
    if (user := await hass.auth.async_get_user(context.user_id)) is None:
        raise UnknownUser(context=context)
    return user


def may_access_entity(user: User | None, entity_id: str, policy: str) -> bool:
    """Return whether a user has a permission for an entity; an automation always has."""
    return (
        user is None
        or user.is_admin
        or user.permissions.check_entity(entity_id, policy)
    )


@dataclass(frozen=True, slots=True)
class CameraPermissions:
    """The permissions of a user for the cameras of a server; an automation has them all."""

    hass: HomeAssistant
    entry: ConfigEntry
    user: User | None
    """None for an automation."""

    def may_read(self, camera: str | None) -> bool:
        """Return whether the user may see a camera; None stands for every camera."""
        return self._may(camera, POLICY_READ)

    def may_control(self, camera: str | None) -> bool:
        """Return whether the user may control a camera; None stands for every camera."""
        return self._may(camera, POLICY_CONTROL)

    def readable_cameras(self) -> list[str] | None:
        """Return the cameras that a list is limited to; None if it is not limited."""
        return None if self.may_read(None) else self._cameras(POLICY_READ)

    def may_control_any(self) -> bool:
        """Return whether there is a camera that the user may control."""
        return self.may_control(None) or bool(self._cameras(POLICY_CONTROL))

    def require_read(self, camera: str | None) -> None:
        """Raise Unauthorized if the user may not see a camera."""
        if not self.may_read(camera):
            raise self.unauthorized(POLICY_READ)

    def require_control(self, camera: str | None) -> None:
        """Raise Unauthorized if the user may not control a camera."""
        if not self.may_control(camera):
            raise self.unauthorized(POLICY_CONTROL)

    def require_every_camera(self) -> None:
        """Raise Unauthorized unless the user may control every camera.

        Called before an error says that an id is unknown: a user who may control only some
        cameras gets the same error for every other id, and cannot find out which exist.
        """
        self.require_control(None)

    def require_entity(self, entity_id: str) -> None:
        """Raise Unauthorized if the user may not see an entity, whether it exists or not."""
        if not may_access_entity(self.user, entity_id, POLICY_READ):
            raise self.unauthorized(POLICY_READ, entity_id)

    def unauthorized(self, policy: str, entity_id: str | None = None) -> Unauthorized:
        """Return the error for a missing permission.

        It names an entity only if the call does, so that an id does not reveal its camera.
        """
        user_id = None if self.user is None else self.user.id
        return Unauthorized(user_id=user_id, entity_id=entity_id, permission=policy)

    def _may(self, camera: str | None, policy: str) -> bool:
        if self.user is None or self.user.is_admin:
            return True
        if self.user.permissions.access_all_entities(policy):
            return True
        if camera is None:
            return False
        entity_id = camera_entity_id(self.hass, self.entry, camera)
        return entity_id is not None and may_access_entity(self.user, entity_id, policy)

    def _cameras(self, policy: str) -> list[str]:
        return [
            camera
            for entity_id, camera in camera_entities(self.hass, self.entry)
            if may_access_entity(self.user, entity_id, policy)
        ]
