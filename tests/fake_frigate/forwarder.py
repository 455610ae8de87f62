"""A forwarder of a port, as ssh and Docker have: it accepts also while nothing is behind it."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self


class Forwarder:
    """Forwards connections to a port, or closes them."""

    def __init__(self, target: int) -> None:
        """Forward to a port of this machine."""
        self._target = target
        self._server: asyncio.Server | None = None
        self.closes_at: str | None = None
        """When to close a connection: at `once`, or at the `hello` of the client."""

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End every connection."""
        assert self._server is not None
        self._server.close()
        self._server.close_clients()
        await self._server.wait_closed()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self.closes_at == "hello":
            await reader.read(64 * 1024)
        if self.closes_at is not None:
            writer.close()
            return
        inner = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(_pass_on(reader, inner[1]), _pass_on(inner[0], writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while content := await reader.read(64 * 1024):
            writer.write(content)
            await writer.drain()
    writer.close()
