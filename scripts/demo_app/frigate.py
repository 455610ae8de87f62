"""The Frigate that is shown: a simulated one, or the person's own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from getpass import getpass
import os
import sys

from tests.fake_frigate import FakeFrigate
from tests.fake_frigate.state import VERSION_STRINGS

from .live_video import add_live_video
from .past import add_past
from .sandbox import LOOPBACK, Ports
from .visits import configure_cameras, visits

CAMERAS = ("front_door", "driveway", "garden", "garage")
RESTREAMED, NOT_RESTREAMED = "front_door", "garage"
FACES = {"Eileen": 3, "Tom": 2}
WAITING_FACES = 3
VERSIONS = tuple(VERSION_STRINGS)
LATEST_RELEASE = "0.18.1"
_RECORDINGS = "/media/frigate/recordings"
# What a server shows from the start.
_SERVER_KEYS = (
    "detection_fps",
    "inference_speed:cpu1",
    "faces_to_train",
    "known_faces",
    "live_connection",
    "stats_stale",
    f"storage_free:{_RECORDINGS}",
    f"storage_usage:{_RECORDINGS}",
    "unreviewed_alerts",
    "unreviewed_detections",
    "update",
    "uptime",
)
INTERNAL_PORT = 5000
EXTERNAL_PORT = 8971


@dataclass(frozen=True, kw_only=True)
class Target:
    """A Frigate that Home Assistant shall add, and how to get in."""

    title: str
    url: str
    verify_ssl: bool = True
    username: str | None = None
    password: str | None = None
    token: str | None = None
    expected: frozenset[str] = frozenset()
    """What must appear: unique ids without the entry. Nothing, if it is not simulated."""
    visit: Callable[[], None] | None = None
    """Let somebody come to its door; None where people come by themselves."""
    server: FakeFrigate | None = None
    """The simulated server itself."""


@asynccontextmanager
async def simulated_frigate(
    version: str, ports: Ports, *, auth: bool, visits_on_request: bool
) -> AsyncIterator[Target]:
    """Run a simulated Frigate; `auth` chooses its port with TLS and a login."""
    server = FakeFrigate(
        version=version, cameras=CAMERAS, faces=FACES, train=WAITING_FACES
    )
    server.state.latest_version = LATEST_RELEASE
    configure_cameras(server)
    add_past(server)
    add_live_video(server, without=NOT_RESTREAMED)
    for file in server.state.train[1:]:
        server.expect_face(file, "Tom", score=0.93)
    async with (
        running(server, ports, INTERNAL_PORT, EXTERNAL_PORT),
        visits(server, on_request=visits_on_request) as visit,
    ):
        plain = Target(
            title=f"Frigate {version}",
            url=server.internal_url,
            expected=_expected(),
            visit=visit if visits_on_request else None,
            server=server,
        )
        yield plain if not auth else _with_login(plain, server)


@asynccontextmanager
async def running(
    server: FakeFrigate, ports: Ports, internal_port: int, external_port: int
) -> AsyncIterator[FakeFrigate]:
    """Run a simulated Frigate on these ports, or on the next ones that are free."""
    await server.start(
        host=LOOPBACK,
        internal_port=ports.take(internal_port),
        external_port=ports.take(external_port),
    )
    try:
        yield server
    finally:
        await server.stop()


def _with_login(plain: Target, server: FakeFrigate) -> Target:
    return replace(
        plain,
        title=f"{plain.title} with login",
        url=server.external_url,
        # The certificate is self-signed, as the one that Frigate makes itself.
        verify_ssl=False,
        username="admin",
        password=server.state.users["admin"].password,
    )


def _expected() -> frozenset[str]:
    camera_keys = ["", ":stream", ":motion", ":review", ":detect", ":last_review"]
    return frozenset(
        {f"camera:{camera}{key}" for camera in CAMERAS for key in camera_keys}
        | {"camera:front_door:face", "camera:driveway:plate"}
        | {f"server:face_images:{person}" for person in FACES}
        | {f"server:{key}" for key in _SERVER_KEYS}
    )


def real_frigate(url: str, *, insecure: bool) -> Target:
    """Describe the person's own Frigate; the environment or the terminal has the login."""
    token = os.environ.get("FRIGATE_TOKEN")
    username = os.environ.get("FRIGATE_USERNAME")
    password = os.environ.get("FRIGATE_PASSWORD")
    if not token and not (username and password) and sys.stdin.isatty():
        username = input(f"User name at {url} (empty if it wants none): ")
        password = getpass("Password: ") if username else None
    return Target(
        title="Frigate",
        url=url,
        verify_ssl=not insecure,
        username=username,
        password=password,
        token=token,
    )
