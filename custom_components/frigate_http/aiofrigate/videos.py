"""Recorded video, streamed to somebody who watches it and jumps around in it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Literal

from aiohttp import hdrs

from .byte_ranges import ByteRange
from .error_mapping import shown
from .errors import FrigateDataError
from .lanes import Lane
from .messages import Stream
from .routes import Query, Route
from .transport import Transport

VIEWER_SILENCE = 15.0
"""Seconds without any data after which a video ends for somebody who watches it."""

type Method = Literal["GET", "HEAD"]


@asynccontextmanager
async def open_video(
    transport: Transport,
    target: Route,
    *,
    query: Query | None = None,
    byte_range: ByteRange | None = None,
    method: Method = "GET",
    kinds: tuple[str, ...] = ("video/",),
) -> AsyncGenerator[Stream]:
    """Open a video or a part of it; the status is 206 for a part, and 200 for all of it.

    Args:
        transport: the transport of the client.
        target: the route.
        query: parameters of the address.
        byte_range: the part; a server may send the whole file in spite of it.
        method: `HEAD` for the headers alone.
        kinds: beginnings of the media types that are taken.

    Raises:
        FrigateRangeError: on entering: the file ends before the range.
        FrigateDataError: on entering: the answer is not a video, or another part of it.
        FrigateError: on entering, for any other failure.
    """
    # What is passed on must have the length that the server tells.
    headers: dict[str, str] = {hdrs.ACCEPT_ENCODING: "identity"}
    if byte_range is not None:
        headers[hdrs.RANGE] = byte_range.header
    async with transport.stream(
        target,
        query=query,
        headers=headers,
        lane=Lane.FOOTAGE,
        method=method,
        silence=VIEWER_SILENCE,
    ) as stream:
        require_type(stream, *kinds)
        if stream.status == 206:
            _require_part(stream, byte_range)
        yield stream


def require_type(stream: Stream, *kinds: str) -> Stream:
    """Return a stream whose media type begins as given.

    Raises:
        FrigateDataError: it has another one.
    """
    if not stream.content_type.lower().startswith(kinds):
        raise FrigateDataError(
            f"The answer is {shown(stream.content_type, stream.mask) or 'nothing known'}",
            stream.status,
        )
    return stream


def _require_part(stream: Stream, asked: ByteRange | None) -> None:
    part = stream.content_range
    if (
        asked is None
        or part is None
        or stream.is_encoded
        or not asked.is_answered_by(part)
        or stream.content_length not in {None, part.length}
    ):
        raise FrigateDataError("The answer is not the part asked for", stream.status)
