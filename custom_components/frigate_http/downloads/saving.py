"""Saving streams to files, with blocking work in the executor."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from homeassistant.core import HomeAssistant

from ..aiofrigate import Stream

BLOCK = 256 * 2**10


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
    on_bytes: Callable[[int], None] | None = None,
) -> int:
    """Append a stream to a file; return the number of bytes written.

    Raises:
        FrigateConnectionError: the connection dropped; the file has all bytes so far.
        OSError: the file cannot be written.
    """
    file = await run_blocking(hass, _open, path)
    saved = 0
    block = bytearray()
    try:
        async for chunk in stream.chunks():
            block += chunk
            # Each call of the executor costs more than writing a few KiB.
            if len(block) >= BLOCK:
                saved += await run_blocking(hass, file.write, bytes(block))
                block.clear()
                if on_bytes is not None:
                    on_bytes(saved)
    finally:
        saved += await run_blocking(hass, _close, file, bytes(block))
    return saved


def _open(path: Path) -> BinaryIO:
    return path.open("ab")


def _close(file: BinaryIO, rest: bytes) -> int:
    try:
        return file.write(rest)
    finally:
        file.close()
