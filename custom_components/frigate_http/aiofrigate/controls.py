"""Controls: features of cameras, profiles, and PTZ."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .errors import FrigateNotFoundError
from .live import Live
from .parsing import MAX_NAMES, as_dict, as_name, as_names
from .resource import Resource
from .routes import route
from .system import System
from .transport import Transport

ALL_CAMERAS = "*"
NO_PROFILE = "none"


@dataclass(frozen=True, slots=True)
class ProfileChoice:
    """A profile, which is a named set of settings."""

    name: str
    friendly_name: str | None


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profiles of a server, and the active one."""

    choices: tuple[ProfileChoice, ...]
    active: str | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"profiles": [{"name", "friendly_name"}], "active_profile"}`."""
        listed = data.get("profiles")
        choices = [
            ProfileChoice(name, as_name(as_dict(one).get("friendly_name")))
            for one in (listed[:MAX_NAMES] if isinstance(listed, list) else [])
            if (name := as_name(as_dict(one).get("name"))) is not None
        ]
        return cls(tuple(choices), as_name(data.get("active_profile")))


@dataclass(frozen=True, slots=True)
class PtzInfo:
    """The PTZ capabilities of a camera."""

    features: tuple[str, ...]
    """Such as `pt` (pan and tilt), `zoom`, `focus`."""
    presets: tuple[str, ...]

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"name", "features", "presets"}`, which is empty without ONVIF."""
        return cls(as_names(data.get("features")), as_names(data.get("presets")))


class Controls(Resource):
    """Commands that change features, profiles, and positions of cameras."""

    def __init__(self, transport: Transport, system: System, live: Live) -> None:
        """Send by HTTP or over the WebSocket, as the version wants it."""
        super().__init__(transport)
        self._system = system
        self._live = live

    async def set(self, camera: str, feature: str, value: str) -> None:
        """Set a feature of a camera.

        Since 0.18 by `PUT /api/camera/{camera}/set/{feature}`, before over the WebSocket
        (topic `<camera>/<feature>/set`). Frigate reports success even if nothing has
        changed, and nothing at all over the WebSocket: only the configuration tells.

        Args:
            camera: name of the camera.
            feature: such as `detect`, `recordings`, `motion_threshold`.
            value: `ON`, `OFF`, or a number as a string.

        Raises:
            FrigateForbiddenError: the account is not an administrator's.
            FrigateNotFoundError: there is no such camera.
            FrigateBadRequestError: there is no such feature.
            FrigateLiveError: the WebSocket is needed and not connected.
        """
        over_http = self._system.capabilities.sets_features_over_http
        if over_http is not False:
            try:
                await self._put(camera, feature, value)
            except FrigateNotFoundError:
                # If the version is unknown, the route itself may be missing.
                if over_http:
                    raise
            else:
                return
        await self._live.send(f"{camera}/{feature}/set", value)

    async def move(self, camera: str, command: str) -> None:
        """Move a camera, over the WebSocket (topic `<camera>/ptz`) in all versions.

        Args:
            camera: name of the camera.
            command: such as `MOVE_UP`, `ZOOM_IN`, `STOP` or `preset_<name>`.

        Raises:
            FrigateLiveError: the WebSocket is not connected.
        """
        await self._live.send(f"{camera}/ptz", command)

    async def suspend_notifications(self, camera: str, minutes: int) -> None:
        """Suspend the notifications of a camera, over the WebSocket in all versions.

        Topic `<camera>/notifications/suspend`. Frigate answers with `Suspended`, or not at
        all if the notifications are off. For an unknown camera, 0.17 closes the WebSocket.

        Args:
            camera: name of the camera.
            minutes: for how long; 0 ends a suspension.

        Raises:
            FrigateLiveError: the WebSocket is not connected.
        """
        await self._live.send(f"{camera}/notifications/suspend", str(minutes))

    async def _put(self, camera: str, feature: str, value: str) -> None:
        target = route(
            "/api/camera/{camera}/set/{feature}", camera=camera, feature=feature
        )
        answer = await self._transport.request("PUT", target, data={"value": value})
        # An HTML page comes from a proxy: Frigate has not carried out the command.
        answer.json(dict)

    async def profiles(self, *, fresh: bool = False) -> Profiles:
        """Return the profiles (`GET /api/profiles`, since 0.18)."""
        answer = await self._transport.request("GET", "/api/profiles", fresh=fresh)
        return Profiles.from_api(answer.json(dict))

    async def activate_profile(self, name: str | None) -> None:
        """Activate a profile, or none (`PUT /api/camera/*/set/profile`; since 0.18).

        Frigate silently ignores an unknown name. A profile overrides what was switched
        before.
        """
        await self._put(ALL_CAMERAS, "profile", NO_PROFILE if name is None else name)

    async def ptz_info(self, camera: str) -> PtzInfo:
        """Return the PTZ capabilities of a camera (`GET /api/{camera}/ptz/info`)."""
        target = route("/api/{camera}/ptz/info", camera=camera)
        answer = await self._transport.request("GET", target)
        return PtzInfo.from_api(answer.json(dict))
