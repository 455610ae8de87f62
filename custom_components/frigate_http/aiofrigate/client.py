"""The client of one Frigate server."""

from dataclasses import replace

import aiohttp
from yarl import URL

from .auth import Credentials
from .capabilities import Capabilities
from .clock import ServerClock
from .controls import Controls
from .errors import FrigateAuthError, FrigateClosedError
from .events import Events
from .exports import Exports
from .faces import Faces
from .files import Files
from .live import Live
from .live_video import LiveVideo
from .logs import Logs
from .media import Media
from .notifications import Notifications
from .previews import Previews
from .recordings import Recordings
from .redaction import Mask, SecretMask
from .reviews import Reviews
from .system import System
from .transport import Transport
from .users import Users
from .vod import Vod

_MIN_SECRET_LENGTH = 8
_LOGIN_FAILED = "Login failed"


class FrigateClient:
    """The client of one server, whose routes are grouped by resource."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: URL | str,
        credentials: Credentials | None = None,
    ) -> None:
        """Prepare a client; nothing is sent before the first call.

        Args:
            session: decides about TLS verification and keeps the cookie of the login. It
                must not be shared, and needs `aiohttp.CookieJar(unsafe=True)` to keep
                cookies of bare IP addresses.
            base_url: URL of the server, below which `/api` is found.
            credentials: the credentials, if any are needed.
        """
        self._session = session
        self._credentials = credentials or Credentials()
        self._transport = Transport(session, URL(base_url), self._credentials)
        self.base_url = self._transport.base_url
        self.metrics = self._transport.metrics
        self.system = System(self._transport)
        self.faces = Faces(self._transport)
        self.media = Media(self._transport)
        self.files = Files(self._transport)
        self.users = Users(self._transport, self.system)
        self.logs = Logs(self._transport)
        self.notifications = Notifications(self._transport)
        self.exports = Exports(self._transport, self.system)
        self.previews = Previews(self._transport)
        self.recordings = Recordings(self._transport, self.system)
        self.vod = Vod(self._transport)
        self.events = Events(self._transport)
        self.reviews = Reviews(self._transport, self.system)
        self.live = Live(self._transport)
        self.live_video = LiveVideo(self._transport)
        self.controls = Controls(self._transport, self.system, self.live)

    @property
    def capabilities(self) -> Capabilities:
        """Return what the version of the server can do, as far as it is known."""
        return self.system.capabilities

    @property
    def clock(self) -> ServerClock:
        """Return how the clock of the server differs from ours."""
        return self.system.clock

    def change_password(self, password: str) -> None:
        """Use another password from the next login on."""
        self._transport.change_password(password)

    async def can_log_in(self, username: str, password: str) -> bool:
        """Return whether user name and password are valid (`POST /api/login`).

        The login of this client stays as it is: the new session cookie is not kept.

        Raises:
            FrigateRateLimitError: there were too many logins.
            FrigateError: any other failure, such as if authentication is disabled.
        """
        if self._session.closed:
            raise FrigateClosedError("The client is closed")
        async with aiohttp.ClientSession(
            connector=self._session.connector,
            connector_owner=False,
            # The cookie of this login must not replace that of our own.
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=self._session.headers,
        ) as session:
            without_account = replace(self._credentials, username=None, password=None)
            transport = Transport(session, self.base_url, without_account)
            try:
                answer = await transport.request(
                    "POST",
                    "/api/login",
                    data={"user": username, "password": password},
                )
            except FrigateAuthError as err:
                if err.message == _LOGIN_FAILED:
                    return False
                # This refusal comes from a proxy, and says nothing about the account.
                raise
        answer.refuse_html()
        return True

    @property
    def mask(self) -> Mask:
        """Return a mask for names and other data, should they repeat what is sent.

        It leaves secrets of less than eight characters alone: some headers are words such
        as `admin`, which are no secrets. Messages of errors are masked already.
        """
        secrets = self._transport.mask.secrets
        return SecretMask(one for one in secrets if len(one) >= _MIN_SECRET_LENGTH)

    def close(self) -> None:
        """Close every open stream; closing the session is up to its owner."""
        self._transport.close()
