"""Putting an answer on the wire, whole or as a fault demands."""

import asyncio
import contextlib
import gzip
from typing import NoReturn, override

from aiohttp import web

from .answers import NGINX, Answer
from .faults import Fault, Faults

_GZIP_TYPES = ("text/plain", "text/html", "text/css", "application/json")
_GZIP_STATUSES = (200, 403, 404)
_GZIP_FROM = 20
_CHUNK = 64 * 1024


class _Response(web.StreamResponse):
    """A response without the Content-Type that aiohttp would make up."""

    @override
    async def _prepare_headers(self) -> None:
        typed = "Content-Type" in self.headers
        await super()._prepare_headers()
        if not typed:
            self.headers.popall("Content-Type", None)


def _response(answer: Answer) -> _Response:
    response = _Response(status=answer.status)
    response.headers["Server"] = NGINX
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
    request: web.BaseRequest, answer: Answer, fault: Fault | None, faults: Faults
) -> web.StreamResponse:
    """Send an answer."""
    if fault is not None and fault.kind == "huge":
        return await _send_huge(request, fault.size)
    if answer.stream is not None:
        return await _send_stream(request, answer, fault, faults)
    body = answer.body
    response = _response(answer)
    if fault is None and _compressible(request, answer):
        body = gzip.compress(body, compresslevel=1)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        # nginx compresses while it sends and cannot tell the length beforehand.
        response.enable_chunked_encoding()
    if fault is not None and fault.kind == "truncate":
        body = answer.body[: len(answer.body) // 2]
        response = _response(answer)
    if response.chunked is False:
        response.content_length = len(body)
    await response.prepare(request)
    if request.method == "HEAD":
        body = b""
    if fault is not None and fault.kind in ("stall_body", "drop_body"):
        await response.write(body[: len(body) // 2])
        await _interrupt(request, fault, faults)
        body = body[len(body) // 2 :]
    if body:
        await response.write(body)
    await response.write_eof()
    return response


async def _interrupt(request: web.BaseRequest, fault: Fault, faults: Faults) -> None:
    if fault.kind == "drop_body":
        await hang_up(request, at_once=False)
    await faults.cleared.wait()


async def _send_stream(
    request: web.BaseRequest, answer: Answer, fault: Fault | None, faults: Faults
) -> web.StreamResponse:
    assert answer.stream is not None
    response = _response(answer)
    response.enable_chunked_encoding()
    await response.prepare(request)
    async with contextlib.aclosing(answer.stream()) as frames:
        async for frame in frames:
            await response.write(frame)
            if fault is not None and fault.kind == "truncate":
                break
            if fault is not None:
                await _interrupt(request, fault, faults)
                fault = None
    await response.write_eof()
    return response


async def _send_huge(request: web.BaseRequest, size: int) -> web.StreamResponse:
    response = _response(Answer(200, content_type="application/json"))
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
