"""Saving streams to files, with blocking work in the executor."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant

from ..aiofrigate import Stream
from .limits import check_size, check_space

BLOCK = 512 * 2**10


async def run_blocking[*ArgsT, ResultT](
    hass: HomeAssistant,
    job: Callable[[*ArgsT], ResultT],
    *args: *ArgsT,
    stop: Callable[[], None] | None = None,
) -> ResultT:
    """Run a blocking job in the executor, and wait for its end even when cancelled.

    Threads cannot be cancelled, and their files must not be removed while they run.
    `stop` is called on a cancellation, to end a long job early.
    """
    future = hass.async_add_executor_job(job, *args)
    if await wait_for_end(future, stop):
        # Retrieve the exception, or asyncio logs that nobody did.
        future.exception()
        raise asyncio.CancelledError
    return future.result()


async def wait_for_end(
    future: asyncio.Future[Any], stop: Callable[[], None] | None = None
) -> bool:
    """Wait until a future is done; return whether the caller was cancelled meanwhile.

    `stop` is called on each cancellation, to end the work early.
    """
    was_cancelled = False
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError:
            was_cancelled = True
            if stop is not None:
                stop()
    return was_cancelled


async def async_append_stream(
    hass: HomeAssistant,
    stream: Stream,
    path: Path,
    limit: int,
    on_bytes: Callable[[int], None] | None = None,
) -> int:
    """Append a stream to a file; return the number of bytes written.

    Args:
        hass: Home Assistant.
        stream: what to save.
        path: the file, which may have the beginning already.
        limit: the most bytes that the file may have; see `max_bytes`.
        on_bytes: called with the number of bytes that are written so far.

    Raises:
        FrigateConnectionError: the connection dropped; the file has all bytes so far.
        HomeAssistantError: the file would be too large, or would fill the disk.
        OSError: the file cannot be written.
    """
    expected = stream.content_length or 0
    file = await run_blocking(hass, _GuardedFile, path, limit, expected)
    saved = size = 0
    block: list[bytes] = []
    try:
        async for chunk in stream.chunks():
            block.append(chunk)
            size += len(chunk)
            # Each call of the executor costs more than writing a few KiB.
            if size >= BLOCK:
                saved += await run_blocking(hass, file.write, block)
                block, size = [], 0
                if on_bytes is not None:
                    on_bytes(saved)
    finally:
        saved += await run_blocking(hass, file.close, block)
    return saved


class _GuardedFile:
    """A file that is appended to, as far as its limit and the disk allow."""

    def __init__(self, path: Path, limit: int, expected: int) -> None:
        """Open a file, unless what is expected does not fit."""
        self._folder = path.parent
        self._limit = limit
        self._size = path.stat().st_size if path.exists() else 0
        self._check(expected)
        self._file = path.open("ab")

    def write(self, block: Sequence[bytes]) -> int:
        """Append the pieces of a block; return how many bytes that are."""
        size = sum(map(len, block))
        self._check(size)
        self._size += size
        self._file.writelines(block)
        return size

    def close(self, rest: Sequence[bytes]) -> int:
        """Append the rest and close the file; return how many bytes that are."""
        try:
            return self.write(rest)
        finally:
            self._file.close()

    def _check(self, size: int) -> None:
        check_size(self._size + size, self._limit)
        check_space(self._folder, size)
