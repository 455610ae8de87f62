"""The client of one Frigate server."""

import aiohttp
from yarl import URL

from .auth import Credentials
from .events import Events
from .exports import Exports
from .faces import Faces
from .logs import Logs
from .media import Media
from .notifications import Notifications
from .previews import Previews
from .recordings import Recordings
from .reviews import Reviews
from .system import System
from .transport import Transport
from .users import Users


class FrigateClient:
    """One server, with its routes grouped by resource."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: URL | str,
        credentials: Credentials | None = None,
    ) -> None:
        """Prepare a client; nothing is sent before the first call.

        Args:
            session: decides about TLS verification and keeps the login's cookie. It
                must be this client's own: `aiohttp.CookieJar(unsafe=True)`.
            base_url: address of the server, below which `/api` is found.
            credentials: how to prove who we are, if at all.
        """
        self._transport = Transport(
            session, URL(base_url), credentials or Credentials()
        )
        self.base_url = self._transport.base_url
        self.system = System(self._transport)
        self.faces = Faces(self._transport)
        self.media = Media(self._transport)
        self.users = Users(self._transport)
        self.logs = Logs(self._transport)
        self.notifications = Notifications(self._transport)
        self.exports = Exports(self._transport)
        self.previews = Previews(self._transport)
        self.recordings = Recordings(self._transport)
        self.events = Events(self._transport)
        self.reviews = Reviews(self._transport)

    def change_password(self, password: str) -> None:
        """Log in with another password from now on."""
        self._transport.change_password(password)

    def close(self) -> None:
        """End every open stream; the session stays its owner's to close."""
        self._transport.close()
