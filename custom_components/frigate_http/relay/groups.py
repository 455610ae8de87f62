"""The last seconds of a stream, from which each of its readers takes what comes next."""

import asyncio
from collections.abc import Callable


class Groups:
    """The last groups of pictures; each begins with a keyframe."""

    def __init__(self) -> None:
        """Begin with none."""
        self._readers: set[Reader] = set()
        self._news = asyncio.Event()
        self.has_ended = False

    def add(self, reader: Reader) -> None:
        """Add a reader."""
        self._readers.add(reader)

    def discard(self, reader: Reader) -> None:
        """Forget a reader who has left."""
        self._readers.discard(reader)

    async def wait(self) -> None:
        """Wait until there is more, or until the end."""
        await self._news.wait()

    def read(self, position: int | None) -> tuple[bytes, int | None]:
        """Return what follows a position, and the position behind it."""
        return b"", position

    def end(self) -> None:
        """End all readers at once, also those who take nothing."""
        self.has_ended = True
        self._news.set()
        for reader in tuple(self._readers):
            reader.end()


class Reader:
    """Somebody who reads a stream. It has a position, and no queue of its own."""

    def __init__(self, groups: Groups, abort: Callable[[], None]) -> None:
        """Initialize; `abort` closes a connection that takes nothing."""
        self._groups = groups
        self._abort = abort
        self._position: int | None = None
        self._is_waiting = False

    async def read(self) -> bytes:
        """Return what comes next, or nothing at the end of the stream."""
        while not self._groups.has_ended:
            data, self._position = self._groups.read(self._position)
            if data:
                return data
            self._is_waiting = True
            await self._groups.wait()
            self._is_waiting = False
        return b""

    def end(self) -> None:
        """Close the connection, unless the reader sees by itself that this is the end."""
        if not self._is_waiting:
            self._abort()
