"""The server a test starts: two ports and a state to change."""

from collections.abc import Iterable, Mapping
from pathlib import Path
import secrets
import ssl
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from aiohttp import web

from . import certificates
from .activity import objects_in_sight
from .auth import mint
from .controls import KEPT
from .faces import image_name, train_name
from .footage_controls import FootageControls
from .journal import frigate_line
from .listeners import Listener
from .live_controls import LiveControls
from .notifications import survives
from .requests import Port
from .settings import Profile, Zone
from .state import SESSION_LENGTH, Camera, Clock, ServerState, User, Version, wall_clock
from .understanding_controls import UnderstandingControls


class FakeFrigate(FootageControls, UnderstandingControls, LiveControls):
    """A simulated Frigate server, and what a test may change about it."""

    def __init__(
        self,
        version: Version = "0.17.2",
        cameras: Iterable[str] | int = ("front_door", "Portones"),
        faces: Mapping[str, int] | None = None,
        train: int = 0,
        *,
        restreamed: bool = True,
        auth: bool = True,
        tls: bool = True,
        prefix: str = "",
        cookie_name: str = "frigate_token",
        login_rate_limit: int | str | None = None,
        certificate_names: tuple[str, ...] = certificates.DEFAULT_NAMES,
        clock: Clock = wall_clock,
    ) -> None:
        """Set up a server that does not listen yet."""
        state = ServerState(
            version,
            clock,
            auth=auth,
            tls=tls,
            cookie_name=cookie_name,
            login_rate_limit=login_rate_limit,
        )
        super().__init__(state, prefix)
        self._restreamed = restreamed
        if isinstance(cameras, int):
            cameras = [f"cam_{number:02}" for number in range(1, cameras + 1)]
        for camera in cameras:
            self.add_camera(camera)
        for face, images in (faces or {}).items():
            self.add_face(face, images)
        self.state.train = [train_name(self.state, each) for each in range(train)]
        self.state.train_folder = train > 0
        self.certificate_names = certificate_names
        self._listeners: dict[Port, Listener] = {}
        self._host = "127.0.0.1"

    # Running

    async def start(
        self, host: str = "127.0.0.1", internal_port: int = 0, external_port: int = 0
    ) -> None:
        """Listen on both ports; 0 takes any free one."""
        self._host = host
        names = self.certificate_names
        tls = certificates.server_context(names) if self.state.tls else None
        self._listeners = {
            "internal": self._listener("internal", None),
            "external": self._listener("external", tls),
        }
        try:
            self._listeners["internal"].open(host, internal_port)
            self._listeners["external"].open(host, external_port)
        except OSError:
            await self.refuse()
            raise

    def _listener(self, port: Port, tls: ssl.SSLContext | None) -> Listener:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return await self.handle(request, port)

        server = web.Server(handle, handler_cancellation=True, access_log=None)
        return Listener(server, tls)

    async def stop(self) -> None:
        """End every connection, task and thread."""
        self.go2rtc.stop()
        await self.refuse()
        self._timer.close()
        self._workers.close()

    async def __aenter__(self) -> Self:
        """Start on free ports."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    async def refuse(self) -> None:
        """Close the sockets, so that connections are refused."""
        for listener in self._listeners.values():
            await listener.close()

    async def resume(self) -> None:
        """Listen again on the same ports."""
        for listener in self._listeners.values():
            listener.open(self._host, listener.port)

    # Addresses

    @property
    def internal_port(self) -> int:
        """Return the port that asks for no login."""
        return self._listeners["internal"].port

    @property
    def external_port(self) -> int:
        """Return the port that asks for a login."""
        return self._listeners["external"].port

    @property
    def internal_url(self) -> str:
        """Return the address of the internal port."""
        return f"http://{self._host}:{self.internal_port}{quote(self.prefix)}"

    @property
    def external_url(self) -> str:
        """Return the address of the external port."""
        scheme = "https" if self.state.tls else "http"
        return f"{scheme}://{self._host}:{self.external_port}{quote(self.prefix)}"

    @property
    def certificate_path(self) -> Path:
        """Return the PEM file with the certificate of the external port."""
        return certificates.certificate_for(self.certificate_names)

    # Changing the world

    def add_camera(
        self, name: str, *, restreamed: bool | None = None, **settings: Any
    ) -> Camera:
        """Configure a camera, and a stream of go2rtc with its name.

        Whether it has that is the server's own setting, unless `restreamed` says otherwise.
        """
        camera = Camera(**{"clock": self.state.clock, **settings})
        self.state.cameras[name] = camera
        if self._restreamed if restreamed is None else restreamed:
            self.go2rtc.add(name)
        return camera

    def remove_camera(self, name: str) -> None:
        """Remove a camera from the configuration."""
        del self.state.cameras[name]
        if name in self.go2rtc.streams:
            self.go2rtc.remove(name)

    def add_zone(
        self,
        camera: str,
        name: str,
        friendly_name: str | None = None,
        labels: Iterable[str] = ("person",),
    ) -> Zone:
        """Configure a zone of a camera; several cameras may have one of the same name."""
        zone = Zone(friendly_name, tuple(labels))
        self.state.cameras[camera].zones[name] = zone
        return zone

    def add_profile(
        self,
        name: str,
        friendly_name: str,
        changes: Mapping[str, dict[str, Any]] | None = None,
    ) -> Profile:
        """Configure a profile: by camera, the settings that it changes."""
        profile = Profile(friendly_name, dict(changes or {}))
        self.state.profiles.known[name] = profile
        return profile

    def add_classification(self, model: str, *cameras: str) -> None:
        """Configure a model that classifies the state of something in front of cameras."""
        self.state.classification[model] = list(cameras)

    @property
    def ptz_commands(self) -> list[tuple[str, str]]:
        """Return the commands that PTZ cameras have received."""
        return self.state.ptz_commands

    def add_face(self, name: str, images: int = 1) -> None:
        """Add a face with that many pictures, or more pictures to a known one."""
        files = self.state.faces.setdefault(name, [])
        start = len(files)
        files += [
            image_name(self.state, name, each) for each in range(start, start + images)
        ]

    def remove_face(self, name: str) -> None:
        """Remove a face with its pictures."""
        del self.state.faces[name]

    def add_training_image(
        self,
        event: str = "1795451690.505339-k5o8yi",
        frame_time: float = 1795451693.146546,
        name: str = "unknown",
        score: float = 0.0,
    ) -> str:
        """Add a picture that waits for training, and return the name of its file."""
        file = f"{event}-{frame_time}-{name}-{score}.webp"
        self.state.train.append(file)
        return file

    def expect_face(self, file: str, name: str, score: float = 1.0) -> None:
        """Let the next look at a waiting picture find this person."""
        self.state.recognition.results[file] = (name, score)

    def add_event_with_face(self, event_id: str) -> None:
        """Let there be an event whose snapshot shows a face."""
        self.state.recognition.events.add(event_id)

    def add_user(self, name: str, password: str, role: str = "viewer") -> User:
        """Create an account."""
        self.state.users[name] = User(password, role)
        return self.state.users[name]

    def restart(self) -> None:
        """Begin again: the uptime falls, the memory is empty, sessions stay valid.

        With a malformed push subscription the backend crashes instead, and the server
        goes on starting.
        """
        self.state.starting = not survives(self.state)
        self.state.restarts += 1
        self.state.started_at = self.state.clock()
        self.state.exporter.restart()
        self.state.live.restart()
        self.go2rtc.drop()
        for camera in self.state.cameras.values():
            camera.forget(*(KEPT if self.state.is_018 else ()))
            camera.moving = camera.motion_boxes = False
        for event in objects_in_sight(self.state):
            event.end_time = self.state.clock()
        self._limiter.windows.clear()
        self._nginx.forget()

    def log(
        self, message: str, level: str = "INFO", module: str = "frigate.app"
    ) -> None:
        """Write a line into Frigate's own log."""
        lines = self.state.journal.frigate
        assert lines is not None
        lines.append(frigate_line(self.state.clock(), module, level, message))

    def token(
        self,
        user: str,
        role: str | None = None,
        expires_in: int = SESSION_LENGTH,
        issued_ago: int = 0,
    ) -> str:
        """Return a token; the role is the user's own unless another is given."""
        now = int(self.state.clock())
        if role is None:
            known = self.state.users.get(user)
            role = known.role if known else "viewer"
        return mint(self.state, user, role, now + expires_in, now - issued_ago)

    def revoke_sessions(self) -> None:
        """Change the secret, so that no token given out so far is accepted."""
        self.state.jwt_secret = secrets.token_hex(64)
