"""nginx before the backend: locations, the login check, the cache, its own pages."""

from dataclasses import dataclass
import re

from yarl import URL

from . import go2rtc
from .answers import TEXT, Answer, index_page, nginx_page
from .auth import Verdict, sub_request
from .backend import Backend
from .cache import Cache
from .call import Call
from .clip_files import clip_file
from .faces import face_file
from .live import handshake, is_handshake
from .video_files import camera_of_file, export_file, preview_file, recording_file
from .vod import Vod

# An exception closes the connection to the backend, which nginx may not notice before
# it passes on the next request; only of a POST it does not make a second attempt.
_UNNOTICED_SECONDS = 5
MAX_BODY = 20 * 1024 * 1024
_PICTURE = re.compile(r"/api/.*\.(jpg|jpeg|png|webp|gif)$", re.IGNORECASE)
_FILES = re.compile(r"/(clips|recordings|exports|vod|stream)/|/ws|/live/")
# `add_header` adds nothing to other answers than these.
_WITH_HEADERS = (200, 201, 204, 206, 301, 302, 303, 304, 307, 308)


@dataclass(frozen=True)
class Location:
    """How nginx treats the requests of one part of the paths."""

    needs_login: bool = True
    cached: bool = False
    adds_headers: bool = False
    get_only: bool = False


PICTURES = Location()
VOD = Location()
API = Location(cached=True, adds_headers=True)
OPEN = Location(needs_login=False, cached=True, adds_headers=True)
FIRST_TIME = Location(False, True, True, get_only=True)
# These have an `add_header` of their own, which makes nginx forget the outer ones.
PLAIN = Location(cached=True)


class Nginx:
    """Answers everything that reaches one of the two ports."""

    def __init__(self, backend: Backend) -> None:
        """Stand before this backend with an empty cache."""
        self._backend = backend
        self._cache = Cache()
        self._closed: tuple[float, bool] | None = None
        self._vod = Vod(backend.respond)

    def forget(self) -> None:
        """Open new connections; the cache outlives a restart of the backend."""
        self._closed = None

    async def respond(self, call: Call) -> Answer:
        """Answer a call."""
        if call.path == "/api":
            return _moved(call)
        if call.path == "/auth" or call.path.startswith("/auth/"):
            return nginx_page(404)
        if call.path.startswith("/api/"):
            return await self._api(call)
        if call.path == go2rtc.PATH:
            return _live_view(call)
        if _FILES.match(call.path):
            return await self._file(call)
        answer = index_page()
        answer.headers.append(("Cache-Control", "no-store"))
        return answer

    async def _api(self, call: Call) -> Answer:
        location = _location(call)
        if location.get_only and call.method not in ("GET", "HEAD"):
            return nginx_page(403)
        cookie: str | None = None
        if location.needs_login:
            verdict = _login(call)
            if isinstance(verdict, Answer):
                return verdict
            call.user, call.role, cookie = verdict.user, verdict.role, verdict.cookie
            if is_handshake(call):
                # The backend has no socket of its own, whatever the path.
                return Answer(403, content_type="text/plain")
        elif call.state.starting:
            return nginx_page(502)
        answer, outcome = await self._through_cache(call, location)
        answer = answer.copy()
        if answer.status in _WITH_HEADERS:
            if cookie:
                answer.headers.append(("Set-Cookie", cookie))
            if location.adds_headers and not answer.redirected:
                answer.headers.append(("Cache-Control", "no-store"))
                if outcome:
                    answer.headers.append(("X-Cache-Status", outcome))
        return answer

    async def _through_cache(
        self, call: Call, location: Location
    ) -> tuple[Answer, str | None]:
        key = call.target
        if call.state.is_017:
            # Before, what one user was answered is shown to another.
            key = f"{key}|{call.role}|{call.user}"
        call.path = call.path.removeprefix("/api")
        if not location.cached or call.method not in ("GET", "HEAD"):
            return await self._ask(call), None
        # The cache asks the backend with GET even when the client asks with HEAD.
        call.method = "GET"
        now = call.state.clock()
        if call.headers.get("X-Cache-Bypass", "0") not in ("", "0"):
            stored, outcome = None, "BYPASS"
        else:
            is_renewed = call.state.cache_is_renewed_by_others
            stored, outcome = self._cache.look_up(key, now, is_renewed=is_renewed)
        if stored is not None:
            return stored, outcome
        answer = await self._ask(call)
        self._cache.store(key, answer, now)
        return answer, outcome

    async def _ask(self, call: Call) -> Answer:
        state, closed = call.state, self._closed
        if closed is not None and call.method == "POST":
            self._closed = None
            moment, auth = closed
            # Only a restart changes the setting, and opens every connection anew.
            if auth == state.auth and state.clock() - moment <= _UNNOTICED_SECONDS:
                return nginx_page(502)
        answer = await self._backend.respond(call)
        thrown = answer.status == 500 and answer.content_type == TEXT
        if thrown and state.keeps_closed_connections:
            self._closed = (state.clock(), state.auth)
        return answer

    async def _file(self, call: Call) -> Answer:
        verdict = _login(call)
        if isinstance(verdict, Answer):
            return verdict
        if call.path.startswith("/ws"):
            return handshake(call, verdict)
        if call.path.startswith("/vod/"):
            answer = await self._vod.respond(call, verdict)
        elif not _may_see_file(call, verdict.role):
            return nginx_page(403)
        elif call.method not in ("GET", "HEAD"):
            return nginx_page(405)
        elif call.path.startswith("/clips/faces/"):
            answer = await face_file(call)
        elif call.path.startswith("/exports/"):
            answer = await export_file(call)
        elif call.path.startswith("/clips/previews/"):
            answer = await preview_file(call)
        elif call.path.startswith("/clips/"):
            answer = await clip_file(call)
        elif call.path.startswith("/recordings/"):
            answer = await recording_file(call)
        else:
            return nginx_page(404)
        if verdict.cookie and answer.status in (200, 206, 304):
            # The location adds a header of its own after the one of the login check.
            answer.headers.append(("Set-Cookie", verdict.cookie))
        return answer


def _may_see_file(call: Call, role: str) -> bool:
    if not call.state.is_018 or not call.state.restricted(role):
        return True
    return camera_of_file(call) in call.state.allowed_cameras(role)


def _live_view(call: Call) -> Answer:
    if call.method not in ("GET", "HEAD"):
        return nginx_page(403)
    verdict = _login(call)
    if isinstance(verdict, Answer):
        return verdict
    query = URL(call.target, encoded=True)
    state = call.state
    if state.is_018 and state.restricted(verdict.role):
        allowed = [
            stream
            for name in state.allowed_cameras(verdict.role)
            for stream in state.cameras[name].streams(name).values()
        ]
        names = query.query.getall("src", [])
        if not names or any(each not in allowed for each in names):
            return nginx_page(403)
    return state.go2rtc.respond(call, verdict, query)


def _location(call: Call) -> Location:
    path = call.path
    if _PICTURE.match(path):
        return PICTURES
    if path.startswith("/api/vod/"):
        return VOD
    if path.startswith("/api/login"):
        return OPEN
    if path.startswith("/api/auth/first_time_login"):
        return FIRST_TIME
    if path.startswith("/api/logout") and call.state.is_018:
        return OPEN
    if path.startswith(("/api/stats", "/api/version")):
        return PLAIN
    return API


def _login(call: Call) -> Verdict | Answer:
    # A failing sub-request turns into a 500, whatever it failed with.
    if call.state.starting:
        return nginx_page(500)
    return sub_request(call) or nginx_page(401)


def _moved(call: Call) -> Answer:
    answer = nginx_page(301)
    secure = call.port == "external" and call.state.tls
    scheme = "https" if secure else "http"
    answer.headers += [
        ("Location", f"{scheme}://{call.host}/api/"),
        ("Cache-Control", "no-store"),
    ]
    return answer
