"""Putting an answer on the wire, whole or as a fault demands."""

import asyncio
import contextlib
from email.utils import formatdate
import gzip
from typing import NoReturn, override

from aiohttp import web

from .answers import NGINX, Answer, Body
from .faults import Fault, Faults

_GZIP_TYPES = (
    "text/plain",
    "text/html",
    "text/css",
    "application/json",
    "application/vnd.apple.mpegurl",
)
_GZIP_STATUSES = (200, 403, 404)
_GZIP_FROM = 20
_CHUNK = 64 * 1024
_IN_THE_MIDDLE = ("stall_body", "drop_body", "truncate")


class _Response(web.StreamResponse):
    """A response without the Content-Type that aiohttp would make up."""

    @override
    async def _prepare_headers(self) -> None:
        typed = "Content-Type" in self.headers
        await super()._prepare_headers()
        if not typed:
            self.headers.popall("Content-Type", None)


def _response(answer: Answer, now: float) -> _Response:
    response = _Response(status=answer.status)
    response.headers["Server"] = NGINX
    response.headers["Date"] = formatdate(now, usegmt=True)
    if answer.content_type is not None:
        response.headers["Content-Type"] = answer.content_type
    for name, value in answer.headers:
        response.headers.add(name, value)
    return response


def _compressible(request: web.BaseRequest, answer: Answer) -> bool:
    return (
        answer.status in _GZIP_STATUSES
        and len(answer.body) >= _GZIP_FROM
        and (answer.content_type or "").split(";")[0] in _GZIP_TYPES
        and "gzip" in request.headers.get("Accept-Encoding", "")
        and request.method != "HEAD"
    )


async def hang_up(request: web.BaseRequest, *, at_once: bool) -> NoReturn:
    """Close the connection; its loss then cancels this task."""
    if request.transport is not None:
        if at_once:
            request.transport.abort()
        else:
            request.transport.close()
    await asyncio.Event().wait()
    raise AssertionError


async def send(
    request: web.BaseRequest,
    answer: Answer,
    now: float,
    fault: Fault | None,
    faults: Faults,
) -> web.StreamResponse:
    """Send an answer at a time of the server, unless the client leaves before its end."""
    try:
        return await _send(request, answer, now, fault, faults)
    except ConnectionResetError:
        # The connection is closing, and its loss is about to cancel this task.
        await hang_up(request, at_once=True)


async def _send(
    request: web.BaseRequest,
    answer: Answer,
    now: float,
    fault: Fault | None,
    faults: Faults,
) -> web.StreamResponse:
    if fault is not None and fault.kind == "huge":
        return await _send_huge(request, fault.size, now)
    if fault is not None and fault.kind == "endless":
        return await _send_endless(request, answer, now)
    if answer.stream is not None:
        return await _send_stream(request, answer, now, fault, faults)
    body = answer.body
    response = _response(answer, now)
    if fault is None and _compressible(request, answer):
        body = gzip.compress(body, compresslevel=1)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        # nginx compresses while it sends and cannot tell the length beforehand.
        response.enable_chunked_encoding()
    elif answer.chunked and request.method != "HEAD":
        response.enable_chunked_encoding()
    if fault is not None and fault.kind == "truncate":
        body = body[: fault.place(len(body))]
    if response.chunked is False and not answer.chunked:
        response.content_length = len(body)
    await response.prepare(request)
    if request.method == "HEAD":
        body = b""
    if fault is not None:
        body = await _falter(request, response, body, fault, faults)
    if body:
        await response.write(body)
    await response.write_eof()
    return response


async def _falter(
    request: web.BaseRequest,
    response: web.StreamResponse,
    body: bytes,
    fault: Fault,
    faults: Faults,
) -> bytes:
    """Send a body up to where a fault strikes, and return what is left of it."""
    if fault.kind in ("stall_body", "drop_body"):
        place = fault.place(len(body))
        await response.write(body[:place])
        await _interrupt(request, fault, faults)
        return body[place:]
    if fault.kind == "slow":
        step = max(1, -(-len(body) // fault.size))
        for place in range(0, len(body), step):
            await response.write(body[place : place + step])
            await faults.sleep(fault.pause)
        return b""
    return body


async def _interrupt(request: web.BaseRequest, fault: Fault, faults: Faults) -> None:
    if fault.kind == "drop_body":
        await hang_up(request, at_once=False)
    if any(rule.fault is fault for rule in faults.rules):
        await faults.cleared.wait()


async def _send_stream(
    request: web.BaseRequest,
    answer: Answer,
    now: float,
    fault: Fault | None,
    faults: Faults,
) -> web.StreamResponse:
    assert answer.stream is not None
    response, length = _response(answer, now), answer.length
    if fault is not None and fault.kind not in _IN_THE_MIDDLE:
        fault = None
    if length is None:
        response.enable_chunked_encoding()
    elif fault is not None and fault.kind == "truncate":
        response.content_length = fault.place(length)
    else:
        response.content_length = length
    await response.prepare(request)
    if request.method != "HEAD":
        async with contextlib.aclosing(answer.stream()) as pieces:
            await _write(request, response, pieces, length, fault, faults)
    await response.write_eof()
    return response


async def _write(
    request: web.BaseRequest,
    response: web.StreamResponse,
    pieces: Body,
    length: int | None,
    fault: Fault | None,
    faults: Faults,
) -> None:
    """Write a body piece by piece, up to the place where a fault strikes and beyond."""
    place = None if fault is None else fault.after
    if fault is not None and length is not None:
        place = fault.place(length)
    written = 0
    async for piece in pieces:
        left = len(piece) if place is None else place - written
        if fault is None or left > len(piece):
            await response.write(piece)
            written += len(piece)
            continue
        await response.write(piece[:left])
        if fault.kind == "truncate":
            break
        await _interrupt(request, fault, faults)
        fault = None
        await response.write(piece[left:])


async def _send_endless(
    request: web.BaseRequest, answer: Answer, now: float
) -> NoReturn:
    response = _response(answer, now)
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(answer.body)
    if answer.stream is not None:
        async with contextlib.aclosing(answer.stream()) as pieces:
            async for piece in pieces:
                await response.write(piece)
    zeros = bytes(_CHUNK)
    while True:
        await response.write(zeros)


async def _send_huge(
    request: web.BaseRequest, size: int, now: float
) -> web.StreamResponse:
    response = _response(Answer(200, content_type="application/json"), now)
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(b'{"filler":"')
    left = size
    while left > 0:
        piece = min(left, _CHUNK)
        await response.write(b"x" * piece)
        left -= piece
    await response.write(b'"}')
    await response.write_eof()
    return response
