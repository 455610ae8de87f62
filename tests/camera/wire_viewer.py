"""Somebody who watches an MJPEG stream through a socket of their own."""

import asyncio
from asyncio import StreamReader, StreamWriter
import socket
from typing import Self

from aiohttp.web import BaseRunner
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.core import HomeAssistant

HEAD = b"--frame\r\nContent-Type: image/jpeg\r\n\r\n"
TAIL = b"\xff\xd9\r\n\r\n"


class WireViewer:
    """One viewer, who takes frames only when asked to."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Wrap a connection over which the request was sent."""
        self._reader = reader
        self._writer = writer
        self.status = 0
        self.head = ""
        self.taken = 0
        """Bytes of all frames so far."""

    @classmethod
    async def open(cls, host: str, port: int, path: str) -> Self:
        """Send the request and read the head of the answer."""
        connection = socket.socket()
        # What waits at the viewer is not what waits in Home Assistant.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, (host, port))
        viewer = cls(*await asyncio.open_connection(sock=connection))
        viewer._writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        head = await viewer._reader.readuntil(b"\r\n\r\n")
        viewer.status, viewer.head = int(head.split()[1]), head.decode()
        return viewer

    async def frame(self) -> bytes:
        """Return the next frame, which comes as one chunk.

        Raises:
            asyncio.IncompleteReadError: the connection was closed.
        """
        length = int(await self._reader.readuntil(b"\r\n"), 16)
        if not length:
            raise AssertionError("After a proper end, a browser shows the last frame")
        chunk = (await self._reader.readexactly(length + 2))[:-2]
        self.taken += length
        assert chunk.startswith(HEAD)
        assert chunk.endswith(TAIL)
        return chunk

    async def rest(self) -> list[bytes]:
        """Return all frames that still come; waits until the connection is closed."""
        frames: list[bytes] = []
        try:
            while True:
                frames.append(await self.frame())
        except asyncio.IncompleteReadError, ConnectionError:
            self.close()
        return frames

    def close(self) -> None:
        """Leave."""
        self._writer.close()


class Door:
    """Where viewers come in: Home Assistant's HTTP server."""

    def __init__(
        self, hass: HomeAssistant, host: str, port: int, runner: BaseRunner
    ) -> None:
        """Remember where it is."""
        self._hass = hass
        self._address = host, port
        self._runner = runner
        self._viewers: list[WireViewer] = []

    @classmethod
    async def open(cls, hass: HomeAssistant, generator: ClientSessionGenerator) -> Self:
        """Start the server."""
        client = await generator()
        url, runner = client.make_url("/"), client.server.runner
        assert url.host is not None
        assert url.port is not None
        assert runner is not None
        return cls(hass, url.host, url.port, runner)

    @property
    def connections(self) -> int:
        """Return how many viewers the server has not given up."""
        assert self._runner.server is not None
        return len(self._runner.server.connections)

    async def viewer(self, entity: str = "camera.front_door") -> WireViewer:
        """Let somebody in, as a browser does it: by the token of the camera."""
        state = self._hass.states.get(entity)
        assert state is not None
        path = f"/api/camera_proxy_stream/{entity}"
        token = state.attributes["access_token"]
        viewer = await WireViewer.open(*self._address, f"{path}?token={token}")
        self._viewers.append(viewer)
        return viewer

    def close(self) -> None:
        """Let all viewers leave, for whom the server would wait until it stops."""
        for viewer in self._viewers:
            viewer.close()
