"""HLS: the recordings of a period in segments, as browsers and apps play them."""

import math
import re
from typing import Final

from aiohttp import web

from homeassistant.auth.jwt_wrapper import unverified_hs256_token_decode
from homeassistant.auth.models import User
from homeassistant.components.http import KEY_HASS_REFRESH_TOKEN_ID, KEY_HASS_USER
from homeassistant.components.http.auth import SIGN_QUERY_PARAM
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.util import dt as dt_util

from ..aiofrigate import MAX_RANGE, FrigateDataError, Playlist
from ..const import DOMAIN
from ..media_access import MediaAccess
from ..view_urls import HLS, PLAYLIST, hls_url
from .base import (
    NOT_KEPT,
    access_to,
    hass_of,
    method_of,
    read_name,
    read_range,
    require_camera,
    too_long,
    view_errors,
)
from .conditions import asked_range
from .proxy import MP4, async_pass_on
from .tokens import HlsGrant, HlsTokens, async_get_viewer

PLAYLIST_TYPE: Final = "application/vnd.apple.mpegurl"
# Names are taken from what Frigate says, so only their form is known.
_TRACKS = r"(?:-[a-z]\d{1,4}){1,4}"
_PLAYLIST_NAME = re.compile(rf"index{_TRACKS}\.m3u8", re.ASCII)
_MEDIA_NAME = re.compile(rf"init{_TRACKS}\.mp4|seg-\d{{1,6}}{_TRACKS}\.m4s", re.ASCII)


class PlaylistView(HomeAssistantView):
    """The master playlist of a period, which a signed path leads to.

    All that it names is found below a new token.
    """

    url = PLAYLIST
    name = f"api:{DOMAIN}:vod"
    cors_allowed = True

    def __init__(self, tokens: HlsTokens) -> None:
        """Issue such tokens."""
        self._tokens = tokens

    async def get(
        self, request: web.Request, entry_id: str, camera: str, start: str, end: str
    ) -> web.Response:
        """Answer with the playlist."""
        access = access_to(request, entry_id)
        name = read_name(camera)
        require_camera(access, name)
        first, last = read_range(start, end)
        if last - first > MAX_RANGE:
            raise too_long()
        with view_errors(hass_of(request), access):
            playlist = await access.runtime.client.vod.playlist(name, first, last)
            access.runtime.owners.remember_codec(name, is_h265=playlist.is_h265)
            _require_names(playlist, _PLAYLIST_NAME)
        token = self._tokens.issue(
            HlsGrant(
                entry_id=entry_id,
                camera=name,
                start=first,
                end=last,
                user_id=request[KEY_HASS_USER].id,
                refresh_token_id=request.get(KEY_HASS_REFRESH_TOKEN_ID),
            ),
            _seconds_left(request),
        )
        # The path is whole: a player that was redirected may resolve it against another.
        # In front of it is an empty line, which players skip. Without one, the frontend would
        # find the path and resolve it against a relative URL, which fails; so it leaves that
        # to the player.
        lines = (
            line if line.startswith("#") else f"\n{hls_url(token, line)}"
            for line in playlist.text.splitlines()
        )
        return _answer("".join(f"{line}\n" for line in lines))

    head = get


class HlsView(HomeAssistantView):
    """The files that a playlist names: who has its token may read them.

    A login is not sent along, so every request looks whether the one behind the token is
    still valid, and whether its user may still see the camera.
    """

    url = HLS
    name = f"api:{DOMAIN}:hls"
    requires_auth = False
    cors_allowed = True

    def __init__(self, tokens: HlsTokens) -> None:
        """Accept such tokens."""
        self._tokens = tokens

    async def get(
        self, request: web.Request, token: str, file: str
    ) -> web.StreamResponse:
        """Answer with a playlist of segments, or with one of its files."""
        grant, access = await self._async_granted(request, token)
        period = grant.camera, grant.start, grant.end
        vod = access.runtime.client.vod
        with view_errors(hass_of(request), access):
            if _PLAYLIST_NAME.fullmatch(file):
                playlist = await vod.playlist(*period, file)
                _require_names(playlist, _MEDIA_NAME)
                self._tokens.renew(token)
                return _answer(playlist.text)
            if not _MEDIA_NAME.fullmatch(file):
                raise web.HTTPNotFound(headers=NOT_KEPT)
            async with vod.file(
                *period,
                file,
                byte_range=asked_range(request),
                method=method_of(request),
            ) as stream:
                return await async_pass_on(request, access.entry, stream, MP4)

    head = get

    async def _async_granted(
        self, request: web.Request, token: str
    ) -> tuple[HlsGrant, MediaAccess]:
        """Return what a token stands for; raises HTTPNotFound if for nothing any more.

        Home Assistant would count a 401 as a failed login of whoever watches.
        """
        if (grant := self._tokens.find(token)) is None:
            raise web.HTTPNotFound(headers=NOT_KEPT)
        user = await async_get_viewer(hass_of(request), request, grant)
        if user is None:
            self._tokens.revoke(token)
            raise web.HTTPNotFound(headers=NOT_KEPT)
        access = access_to(request, grant.entry_id, user)
        require_camera(access, grant.camera)
        return grant, access


def _seconds_left(request: web.Request) -> float:
    """Return for how many seconds a link may be watched that stands for no person.

    What a person watches ends with their login. Home Assistant has verified the signature.
    """
    signature = request.query.get(SIGN_QUERY_PARAM)
    user: User = request[KEY_HASS_USER]
    if signature is None or not user.system_generated:
        return math.inf
    end: float = unverified_hs256_token_decode(signature)["exp"]
    return end - dt_util.utcnow().timestamp()


def _require_names(playlist: Playlist, form: re.Pattern[str]) -> None:
    """Raise FrigateDataError if a playlist names what we would not hand out."""
    if not all(form.fullmatch(one) for one in playlist.files):
        raise FrigateDataError("The playlist names files of another kind", 200)


def _answer(playlist: str) -> web.Response:
    return web.Response(
        body=playlist.encode(), content_type=PLAYLIST_TYPE, headers=NOT_KEPT
    )
