"""A player of HLS, which has a signed path and then goes by what playlists name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
import re

from pytest_homeassistant_custom_component.common import CLIENT_ID, MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.frigate_http.view_urls import playlist_url
from homeassistant.auth.models import RefreshToken, User
from homeassistant.components.http.auth import async_sign_path
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant

from .common import Seen, Watcher

GATE = {CONF_USERNAME: "gate1", CONF_PASSWORD: "gate-password-1!"}
"""An account that may see one camera only, `Portones`."""
NOW = 1_795_435_200
"""The time of `fixed_time`."""
PLAYLIST = "application/vnd.apple.mpegurl"
RECENT = (NOW - 600.0, NOW - 570.0)
OLD = (NOW - 7000.0, NOW - 6970.0)
"""Frigate remembers what is in a period that began more than an hour ago."""
_URI = re.compile(r'URI="(.+)"')
# What the frontend looks for in a playlist. It resolves what it has found against the path
# of the playlist, for which no browser has a URL, and plays nothing.
_FOUND_BY_FRONTEND = re.compile(r"#EXT-X-STREAM-INF:.*?(?:\n|\r\n)(.+)")


@dataclass(frozen=True)
class Video:
    """A video that has been opened: where its playlist and its files are."""

    url: str
    files: Mapping[str, str]

    @property
    def token(self) -> str:
        """Return what stands for the login."""
        return self.url.split("/")[-2]

    def file(self, beginning: str) -> str:
        """Return the path of the first file with such a name."""
        return next(
            url for name, url in self.files.items() if name.startswith(beginning)
        )


class Player(Watcher):
    """Plays without a login: what it asks for must be in the path."""

    def __init__(self, hass: HomeAssistant, client: ClientSessionGenerator) -> None:
        """Begin with nothing."""
        super().__init__(client)
        self._hass = hass

    async def log_in(self, user: User) -> RefreshToken:
        """Return a login of a user."""
        return await self._hass.auth.async_create_refresh_token(user, CLIENT_ID)

    def sign(self, url: str, login: RefreshToken) -> str:
        """Return a path that is valid for five minutes."""
        valid = timedelta(minutes=5)
        return async_sign_path(self._hass, url, valid, refresh_token_id=login.id)

    def signed(
        self,
        entry: MockConfigEntry,
        login: RefreshToken,
        camera: str = "front_door",
        period: tuple[float, float] = RECENT,
    ) -> str:
        """Return the signed path of a period."""
        return self.sign(playlist_url(entry.entry_id, camera, *period), login)

    async def play(self, url: str) -> Video:
        """Open the playlist, and the only one that it names, as Home Assistant does."""
        master = await self.see(url)
        assert master.status == 200
        assert not _FOUND_BY_FRONTEND.search(master.body.decode())
        (name,) = _names(master)
        variant = str(URL(url).with_query(None).join(URL(name)))
        playlist = await self.see(variant)
        assert playlist.status == 200
        names = _names(playlist)
        assert all("/" not in one and "?" not in one for one in names)
        return Video(variant, {one: str(URL(variant).join(URL(one))) for one in names})


def _names(playlist: Seen) -> list[str]:
    """Return what a playlist names."""
    assert playlist.headers["Content-Type"] == PLAYLIST
    lines = playlist.body.decode().splitlines()
    assert lines[0] == "#EXTM3U"
    uris = [found[1] for one in lines if (found := _URI.search(one))]
    return uris + [one for one in lines if one and not one.startswith("#")]
