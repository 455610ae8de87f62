"""What everything in the media browser needs: who asks for what of which server."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..aiofrigate import FrigateClient
from ..errors import action_error
from ..media_access import (
    MediaAccess,
    NotLoadedError,
    UnknownServerError,
    async_get_access,
    async_get_requester,
)
from ..media_ids import MediaId, MediaIdError, read_media_id
from ..media_owners import MediaOwners
from ..periods import probable_now
from ..titles import Titles, async_get_titles


@dataclass(frozen=True, slots=True, kw_only=True)
class Browsing:
    """A look at a server, by somebody."""

    hass: HomeAssistant
    access: MediaAccess
    titles: Titles

    @property
    def client(self) -> FrigateClient:
        """Return the client of the server."""
        return self.access.runtime.client

    @property
    def owners(self) -> MediaOwners:
        """Return what is known of the cameras of items."""
        return self.access.runtime.owners

    @property
    def entry_id(self) -> str:
        """Return the id of the config entry, with which identifiers begin."""
        return self.access.entry.entry_id

    @property
    def time_zone(self) -> str:
        """Return the IANA name of the time zone by which days are told."""
        return self.hass.config.time_zone

    @property
    def now(self) -> float:
        """Return the present by the clock of the server, in seconds since the epoch."""
        return probable_now(self.client.clock)

    def require(self, camera: str | None) -> str:
        """Return the camera; raises HomeAssistantError if it may not be shown."""
        if camera is None or not self.access.may_see(camera):
            raise not_found()
        return camera


async def async_begin(hass: HomeAssistant, entry_id: str) -> Browsing:
    """Return a look at a server by whoever asks now.

    Raises:
        HomeAssistantError: there is no such server, or it is not loaded.
    """
    try:
        access = async_get_access(hass, entry_id, async_get_requester(hass))
    except UnknownServerError as err:
        raise not_found() from err
    except NotLoadedError as err:
        raise not_loaded() from err
    configs = access.runtime.server.data.cameras
    titles = await async_get_titles(hass, access.entry, configs)
    return Browsing(hass=hass, access=access, titles=titles)


def read_identifier(identifier: str) -> MediaId:
    """Return what an identifier stands for; raises HomeAssistantError for any other text."""
    try:
        return read_media_id(identifier)
    except MediaIdError as err:
        raise not_found() from err


def not_found() -> HomeAssistantError:
    """Return the error for what does not exist, or may not be shown to whoever asks."""
    return action_error("media_not_found")


def not_loaded() -> HomeAssistantError:
    """Return the error for a server that is not loaded, or for none that is."""
    return action_error("media_not_loaded")
