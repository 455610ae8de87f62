"""Passes video of Frigate on to a browser or a player, as it arrives."""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import aclosing, contextmanager, suppress
from typing import Final

from aiohttp import hdrs, web

from ..aiofrigate import FrigateDataError, FrigateError, Stream
from ..const import LOGGER
from ..runtime import FrigateConfigEntry
from .base import NOT_KEPT

MP4: Final = "video/mp4"
VIEWER_SILENCE: Final = 60.0
"""Seconds after which somebody who takes nothing is disconnected.

A paused player would otherwise keep its place at Frigate; it asks again for what it lacks.
"""
_RENEWAL: Final = 1.0
"""Seconds after which this time begins anew for somebody who has taken something."""


async def async_pass_on(
    request: web.Request,
    entry: FrigateConfigEntry,
    stream: Stream,
    content_type: str,
    *,
    headers: Mapping[str, str] = NOT_KEPT,
) -> web.StreamResponse:
    """Answer a request with a stream, of which only the length and the part are kept.

    Home Assistant cancels this when the viewer leaves, which closes the stream.

    Args:
        request: the request, for a part of a file if the stream is one.
        entry: the server; when it is unloaded, the connection of the viewer is closed.
        stream: the stream, as opened with the method and the part of the request.
        content_type: that of the answer, whatever Frigate says.
        headers: further headers of the answer, the safe ones included.

    Raises:
        FrigateDataError: the stream is not what was asked for.
    """
    length = _length_of(stream)
    response = web.StreamResponse(status=stream.status, headers=headers)
    response.content_type = content_type
    response.content_length = length
    if (part := stream.content_range) is not None and stream.status == 206:
        response.headers[hdrs.CONTENT_RANGE] = part.header
    if stream.status == 206 or stream.headers.get(hdrs.ACCEPT_RANGES) == "bytes":
        response.headers[hdrs.ACCEPT_RANGES] = "bytes"
    await response.prepare(request)
    if request.method == hdrs.METH_HEAD:
        return response
    # A viewer who leaves is no error.
    with suppress(ConnectionError), disconnected_on_unload(request, entry):
        if not await _write_all(response, stream, length):
            disconnect(request)
    return response


def _length_of(stream: Stream) -> int | None:
    part, length = stream.content_range, stream.content_length
    if stream.status == 200:
        return length
    if stream.status == 206 and part is not None and length in {None, part.length}:
        return part.length
    raise FrigateDataError("The answer is not the part asked for", stream.status)


async def _write_all(
    response: web.StreamResponse, stream: Stream, length: int | None
) -> bool:
    """Write the body; return whether that was all of it.

    The answer has begun, so that it is too late for another status.
    """
    written, clock = 0, asyncio.get_running_loop().time
    try:
        async with (
            asyncio.timeout(VIEWER_SILENCE) as limit,
            aclosing(stream.chunks()) as chunks,
        ):
            renewed = clock()
            async for chunk in chunks:
                await response.write(chunk)
                written += len(chunk)
                # A timer for each chunk would cost a fifth of what writing it does.
                if (now := clock()) >= renewed + _RENEWAL:
                    limit.reschedule(now + VIEWER_SILENCE)
                    renewed = now
    except (FrigateError, TimeoutError) as err:
        LOGGER.debug("A video ended early: %s", err)
        return False
    return length in {None, written}


@contextmanager
def disconnected_on_unload(
    request: web.BaseRequest, entry: FrigateConfigEntry
) -> Generator[None]:
    """Disconnect a viewer when the config entry is unloaded, however slow they read."""
    if (task := asyncio.current_task()) is None:
        raise RuntimeError("A request is answered in a task")

    def end() -> None:
        # A transport in the middle of a file does not bear being aborted alone.
        task.cancel()
        disconnect(request)

    remove = entry.async_on_state_change(end)
    try:
        yield
    finally:
        remove()


def disconnect(request: web.BaseRequest) -> None:
    """Close a connection at once: what was sent must not look as if it were all."""
    if request.transport is not None:
        request.transport.abort()
