"""Putting a stream into a file, with all work on the disk done in the executor."""

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
    """Run a blocking job, and wait for its end even if the caller is cancelled.

    Threads cannot be stopped: whoever cleans up after one must know that it is done.
    `stop` asks a job that takes long to end early.
    """
    future = hass.async_add_executor_job(job, *args)
    if await wait_for_end(future, stop):
        # Whatever it ended with, nobody wants to know any more.
        future.exception()
        raise asyncio.CancelledError
    return future.result()


async def wait_for_end(
    future: asyncio.Future[Any], stop: Callable[[], None] | None = None
) -> bool:
    """Wait for the end of something, however often that is cancelled; return whether.

    `stop` asks it to end early.
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
    """Add a stream to the end of a file; return how many bytes it brought.

    Raises:
        FrigateConnectionError: it ended before its end, which is in the file.
        OSError: the disk does not take it.
    """
    file = await run_blocking(hass, _open, path)
    saved = 0
    block = bytearray()
    try:
        async for chunk in stream.chunks():
            block += chunk
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
