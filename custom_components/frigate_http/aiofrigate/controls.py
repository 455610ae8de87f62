"""What can be changed while Frigate runs: features of cameras, profiles, positions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .errors import FrigateNotFoundError
from .live import Live
from .parsing import as_dict, as_str, as_strings
from .resource import Resource
from .routes import route
from .system import System
from .transport import Transport

ALL_CAMERAS = "*"
NO_PROFILE = "none"


@dataclass(frozen=True, slots=True)
class ProfileChoice:
    """A set of settings that can be made active."""

    name: str
    friendly_name: str | None


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profiles of a server, and which of them is active."""

    choices: tuple[ProfileChoice, ...]
    active: str | None

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"profiles": [{"name", "friendly_name"}], "active_profile"}`."""
        listed = data.get("profiles")
        choices = [
            ProfileChoice(name, as_str(as_dict(one).get("friendly_name")))
            for one in (listed if isinstance(listed, list) else [])
            if (name := as_str(as_dict(one).get("name"))) is not None
        ]
        return cls(tuple(choices), as_str(data.get("active_profile")))


@dataclass(frozen=True, slots=True)
class PtzInfo:
    """How a camera can be moved."""

    features: tuple[str, ...]
    """Such as `pt` (pan and tilt), `zoom`, `focus`."""
    presets: tuple[str, ...]

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Self:
        """Read `{"name", "features", "presets"}`; without ONVIF that is empty."""
        return cls(as_strings(data.get("features")), as_strings(data.get("presets")))


class Controls(Resource):
    """Features, profiles and positions of the cameras.

    Every method raises `FrigateError` for anything but a good answer.
    """

    def __init__(self, transport: Transport, system: System, live: Live) -> None:
        """Send by HTTP or over the WebSocket, as the version wants it."""
        super().__init__(transport)
        self._system = system
        self._live = live

    async def set(self, camera: str, feature: str, value: str) -> None:
        """Set a feature of a camera.

        Since 0.18 by `PUT /api/camera/<camera>/set/<feature>`, before over the WebSocket
        (`<camera>/<feature>/set`). Frigate claims success whether or not anything has
        changed, or says nothing at all: only its configuration tells.

        Args:
            camera: name of the camera.
            feature: such as `detect`, `recordings`, `motion_threshold`.
            value: `ON`, `OFF`, or a number as text.

        Raises:
            FrigateForbiddenError: the account is no administrator's.
            FrigateNotFoundError: there is no such camera.
            FrigateBadRequestError: there is no such feature.
            FrigateLiveError: it goes over the WebSocket, which is not connected.
            FrigateError: anything else.
        """
        over_http = self._system.capabilities.sets_features_over_http
        if over_http is not False:
            try:
                await self._put(camera, feature, value)
            except FrigateNotFoundError:
                # Of an unknown version that may mean that there is no such route.
                if over_http:
                    raise
            else:
                return
        await self._live.send(f"{camera}/{feature}/set", value)

    async def move(self, camera: str, command: str) -> None:
        """Move a camera, over the WebSocket (`<camera>/ptz`) in all versions.

        Args:
            camera: name of the camera.
            command: such as `MOVE_UP`, `ZOOM_IN`, `STOP` or `preset_<name>`.

        Raises:
            FrigateLiveError: the WebSocket is not connected.
        """
        await self._live.send(f"{camera}/ptz", command)

    async def _put(self, camera: str, feature: str, value: str) -> None:
        target = route(
            "/api/camera/{camera}/set/{feature}", camera=camera, feature=feature
        )
        answer = await self._transport.request("PUT", target, data={"value": value})
        # A page of a proxy's is not a command that was carried out.
        answer.json(dict)

    async def profiles(self, *, fresh: bool = False) -> Profiles:
        """Return the profiles (`GET /api/profiles`, since 0.18)."""
        answer = await self._transport.request("GET", "/api/profiles", fresh=fresh)
        return Profiles.from_api(answer.json(dict))

    async def activate_profile(self, name: str | None) -> None:
        """Make a profile active, or none (`PUT /api/camera/*/set/profile`).

        Frigate says nothing of a name that it does not know. What was switched by hand
        is as the profile has it afterwards.
        """
        await self._put(ALL_CAMERAS, "profile", NO_PROFILE if name is None else name)

    async def ptz_info(self, camera: str) -> PtzInfo:
        """Return how a camera can be moved (`GET /api/<camera>/ptz/info`)."""
        target = route("/api/{camera}/ptz/info", camera=camera)
        answer = await self._transport.request("GET", target)
        return PtzInfo.from_api(answer.json(dict))
