"""The backend behind nginx: its routes and who may use them."""

import re
from urllib.parse import quote

from . import (
    accounts,
    administration,
    auth,
    cases,
    clips,
    config,
    controls,
    event_commands,
    event_pictures,
    event_search,
    events,
    export_jobs,
    exports,
    face_training,
    faces,
    logs,
    notifications,
    previews,
    profiles,
    ptz,
    recordings,
    reviews,
    stats,
    timeline,
    triggers,
    vod_mapping,
)
from .accounts import admins_only
from .answers import (
    ADMIN_ONLY,
    Answer,
    detail,
    failure,
    method_not_allowed,
    text_answer,
)
from .call import Call
from .cameras import Streams, latest_route
from .rights import camera_refusal
from .route import Route, route

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
# Routes of the real server that this one does not have yet: better a clear refusal than
# the answer that a camera of that name does not exist.
_MISSING = re.compile(
    r"/(events/[^/]+/plus|review/activity|review_ids|"
    r"metrics|go2rtc)(/|$)|/(stats|config)/.|"
    r"/preview/.*/(frames|thumbnail\.[^/]+)$"
)
_MISSING_018 = re.compile(
    r"/audio_labels(/|$)|/exports/batch$|/cases/[^/]+/download$|"
    r"/jobs/(?!export(/|$))"
)


class Backend:
    """Finds the route of a call, checks the rights and answers."""

    def __init__(self, streams: Streams) -> None:
        """Set up the routes in the order in which they are tried."""
        self._routes = (
            route("GET", "/", lambda _: text_answer(HEALTHY)),
            route("GET", "/version", lambda call: text_answer(_version(call))),
            *auth.ROUTES,
            *accounts.ROUTES,
            *stats.ROUTES,
            *config.ROUTES,
            *administration.ROUTES,
            *logs.ROUTES,
            *notifications.ROUTES,
            *faces.ROUTES,
            *face_training.ROUTES,
            *recordings.ROUTES,
            *clips.ROUTES,
            *previews.ROUTES,
            *exports.ROUTES,
            *export_jobs.ROUTES,
            *cases.ROUTES,
            *events.ROUTES,
            *event_pictures.ROUTES,
            *event_search.ROUTES,
            *event_commands.ROUTES,
            *reviews.ROUTES,
            *timeline.ROUTES,
            *triggers.ROUTES,
            *vod_mapping.ROUTES,
            *controls.ROUTES,
            *profiles.ROUTES,
            *ptz.ROUTES,
            route("GET", r"/([^/]+)/latest\.([^/]+)", latest_route, camera=True),
            route("GET", "/([^/]+)", streams.route, camera=True),
        )

    async def respond(self, call: Call) -> Answer:
        """Answer a call that nginx has let through."""
        if (
            call.method not in _SAFE_METHODS
            and "Origin" in call.headers
            and "X-CSRF-TOKEN" not in call.headers
        ):
            return failure("Missing CSRF header", 401)
        fitting = self._fitting(call, call.path)
        if not fitting:
            return self._unmatched(call)
        found = next((each for each in fitting if each.method == call.method), None)
        if _is_missing(call) and (found is None or found.camera):
            return _refused(call)
        if found is None:
            return method_not_allowed(fitting[0].method)
        match = found.pattern.fullmatch(call.path)
        arguments = match.groups() if match else ()
        if (refusal := _check_rights(call, found, *arguments[:1])) is not None:
            return refusal
        answer = found.handler(call, *arguments)
        return answer if isinstance(answer, Answer) else await answer

    def _fitting(self, call: Call, path: str) -> list[Route]:
        version = call.state.version
        return [each for each in self._routes if each.fits(path, version)]

    def _unmatched(self, call: Call) -> Answer:
        if _is_missing(call):
            return _refused(call)
        bare = call.path.rstrip("/")
        if bare != call.path and self._fitting(call, bare):
            # The backend knows neither the port nor the `/api` it stands behind.
            name = re.sub(r":\d+$", "", call.host)
            query = call.target.partition("?")[2]
            location = f"http://{name}{quote(bare)}{query and '?'}{query}"
            return Answer(307, headers=[("Location", location)])
        return detail("Not Found", 404)


HEALTHY = "Frigate is running. Alive and healthy!"


def _version(call: Call) -> str:
    return call.state.version_string


def _is_missing(call: Call) -> bool:
    first = call.path.split("/")[1]
    if first in call.state.cameras:
        return False
    if _MISSING.match(call.path):
        return True
    return call.state.is_018 and _MISSING_018.match(call.path) is not None


def _refused(call: Call) -> Answer:
    return text_answer(f"The fake Frigate does not have {call.path}", 501)


def _check_rights(call: Call, route: Route, *arguments: str) -> Answer | None:
    state = call.state
    if call.role != "admin":
        unknown = route.camera and arguments[0] not in state.cameras
        # GET /api/login is taken for a camera, but exempt from the check for admins.
        if unknown and arguments[0] == "login":
            unknown = False
        if not state.is_017:
            # Only the routes themselves check the role, and those of faces do not.
            if route.admin and not call.path.startswith("/faces"):
                return admins_only(call)
        elif route.admin or unknown:
            return detail(ADMIN_ONLY, 403)
    if not route.camera:
        return None
    if not call.role:
        return detail("No authorization headers.", 401)
    return camera_refusal(call, arguments[0])
