"""Who asks for what the cameras have recorded, and which cameras may be shown to them.

What somebody may not see is treated as what does not exist.
"""

from dataclasses import dataclass

from homeassistant.auth.models import User
from homeassistant.components import websocket_api
from homeassistant.components.http import KEY_HASS_USER
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import current_request

from .const import DOMAIN
from .permissions import CameraPermissions
from .runtime import FrigateConfigEntry, FrigateRuntime


class UnknownServerError(Exception):
    """There is no such config entry."""


class NotLoadedError(Exception):
    """The config entry is not loaded, which may be over in a moment."""


@dataclass(frozen=True, slots=True)
class MediaAccess:
    """What a user may see of a server."""

    entry: FrigateConfigEntry
    runtime: FrigateRuntime
    """That of when the access was granted: an entry that is unloaded has none."""
    permissions: CameraPermissions

    @property
    def cameras(self) -> list[str]:
        """Return the cameras that are listed, in Frigate's order."""
        selected = self.runtime.server.data.cameras
        return [one for one in selected if self.permissions.may_read(one)]

    def may_see(self, camera: str | None) -> bool:
        """Return whether recordings of a camera may be shown.

        Frigate is not asked: from its cache of recordings, it shows every account what one
        of them was allowed to see.
        """
        profile = self.runtime.server.profile
        return (
            camera is not None
            and profile.may_see(camera)
            and self.permissions.may_read(camera)
        )


def async_get_access(
    hass: HomeAssistant, entry_id: str, user: User | None
) -> MediaAccess:
    """Return what a user, or an automation, may see of a server.

    Raises:
        UnknownServerError: it has no config entry.
        NotLoadedError: its config entry is not loaded.
    """
    entry: FrigateConfigEntry | None = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != DOMAIN:
        raise UnknownServerError(entry_id)
    if entry.state is not ConfigEntryState.LOADED:
        raise NotLoadedError(entry_id)
    return MediaAccess(entry, entry.runtime_data, CameraPermissions(hass, entry, user))


def async_get_requester(hass: HomeAssistant) -> User | None:
    """Return the user who browses or plays something; None for an automation.

    Media sources are not told who asks. A task inherits the connection of the one that has
    started it, so shared work must begin in a context of its own.
    """
    if (connection := websocket_api.current_connection.get()) is not None:
        return connection.user
    if (request := current_request.get()) is not None:
        user: User | None = request.get(KEY_HASS_USER)
        return user
    return None
