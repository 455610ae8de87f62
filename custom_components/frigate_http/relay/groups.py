"""The last seconds of a stream, from which each of its readers takes what comes next."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from .remux import Chunk

MAX_BYTES: Final = 8 * 2**20
"""Bytes that are kept of a stream; a single chunk may be larger."""
KEPT: Final = 5.0
"""Seconds for which data is kept, and the rest of the group of pictures.

They count from its arrival: what a bad connection brings all at once is kept as long.
"""
BURST: Final = 1.0
"""Seconds that a newcomer gets at once, so that a player needs not wait to know the codecs."""
BURST_PICTURES: Final = 24
"""Pictures that a newcomer gets at once: FFmpeg opens a stream when it has seen 22."""
_BATCH: Final = 256 * 2**10
"""Bytes that a reader takes at once, unless a single chunk is larger."""


class _Start(NamedTuple):
    """A chunk with which a group begins."""

    number: int
    time: float
    """When it is shown, in seconds of the stream."""
    arrival: float
    pictures: int
    """How many pictures there were before."""


class Groups:
    """The last groups of pictures; a group begins with all that a player needs to begin.

    Readers have nothing but the number of the next chunk, so that twenty of them cost no
    more memory than one. Whoever is too slow goes on with a later group.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._clock = asyncio.get_running_loop().time
        self._chunks: deque[Chunk] = deque()
        self._size = 0
        self._first = 0
        """The number of the oldest chunk; they are counted from the beginning."""
        self._starts: deque[_Start] = deque()
        self._pictures = 0
        self.readers: set[Reader] = set()
        self._news = asyncio.Event()
        self.has_ended = False

    def __bool__(self) -> bool:
        """Return whether there is anything to read."""
        return bool(self._chunks)

    @property
    def size(self) -> int:
        """Return how many bytes are kept."""
        return self._size

    def append(self, chunks: Iterable[Chunk]) -> None:
        """Add what has arrived, and let the readers have it."""
        now = self._clock()
        for chunk in chunks:
            if chunk.starts_group:
                number = self._first + len(self._chunks)
                self._starts.append(_Start(number, chunk.time, now, self._pictures))
            self._pictures += chunk.is_picture
            self._chunks.append(chunk)
            self._size += len(chunk.data)
        self._drop_old(now)
        self._wake()

    def read(self, position: int | None) -> tuple[bytes, int | None]:
        """Return what follows a position, and the position behind it.

        A newcomer has no position yet. Whoever was too slow for theirs gets a new one.
        """
        if position is None or position < self._first:
            position = self._beginning()
        if position is None:
            return b"", None
        batch: list[bytes] = []
        size = 0
        for index in range(position - self._first, len(self._chunks)):
            data = self._chunks[index].data
            size += len(data)
            if batch and size > _BATCH:
                break
            batch.append(data)
        # A large picture is not copied.
        return batch[0] if len(batch) == 1 else b"".join(batch), position + len(batch)

    async def wait(self) -> None:
        """Wait until there is more, or until the end."""
        await self._news.wait()

    def end(self) -> None:
        """End all readers at once, also those who take nothing."""
        self.has_ended = True
        self._wake()
        readers, self.readers = self.readers, set()
        for reader in readers:
            reader.end()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _beginning(self) -> int | None:
        """Return the newest group that began long enough ago, else the oldest one."""
        if not self._starts:
            return None
        found = self._starts[0]
        for start in self._starts:
            if self._is_enough(start):
                found = start
        return found.number

    def _is_enough(self, start: _Start) -> bool:
        """Return whether a newcomer who begins with this group gets a burst."""
        seconds = self._chunks[-1].time - start.time
        return seconds >= BURST and self._pictures - start.pictures >= BURST_PICTURES

    def _drop_old(self, now: float) -> None:
        """Drop groups that are too old, and whatever is too much."""
        while len(self._starts) > 1:
            start = self._starts[1]
            if start.arrival > now - KEPT or not self._is_enough(start):
                break
            self._drop(start.number)
        while self._size > MAX_BYTES and len(self._chunks) > 1:
            self._drop(self._first + 1)

    def _drop(self, number: int) -> None:
        """Drop all chunks before this number."""
        while self._first < number:
            self._size -= len(self._chunks.popleft().data)
            self._first += 1
        while self._starts and self._starts[0].number < number:
            self._starts.popleft()


class Reader:
    """Somebody who reads a stream."""

    def __init__(self, groups: Groups, abort: Callable[[], None]) -> None:
        """Initialize; `abort` closes a connection that takes nothing."""
        self._groups = groups
        self._abort = abort
        self._position: int | None = None
        self._is_waiting = False
        groups.readers.add(self)

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
        """Close the connection, unless the reader is about to see that this is the end."""
        if not self._is_waiting:
            self._abort()

    def leave(self) -> None:
        """Be ended no more."""
        self._groups.readers.discard(self)
