"""Files as nginx serves them from the disk: validators, conditions, ranges."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
import re

from .answers import Answer, nginx_page
from .call import Call
from .open_files import DiskFile
from .streams import pieces

_WEEK = 7 * 24 * 60 * 60
_PART = re.compile(r" *(?:(\d+) *- *(\d*)|- *(\d+)) *")
_BOUNDARY = "00000000000000000042"


def http_date(seconds: float) -> str:
    """Return a time as headers write it."""
    return format_datetime(datetime.fromtimestamp(int(seconds), UTC), usegmt=True)


async def serve(
    call: Call,
    find: Callable[[], Awaitable[DiskFile | None]],
    *,
    path: str = "",
    expires: bool = False,
) -> Answer:
    """Answer with a file or with a part of it; `expires` says that it is kept for a week.

    The path of the file is the one asked for unless another is given.
    """
    now = call.state.clock()
    file = await call.state.open_files.look(path or call.path, now, find)
    if file is None:
        return nginx_page(404)
    answer = _part_of(call, file)
    if answer.status == 416:
        return answer
    answer.headers += [("Last-Modified", http_date(file.modified)), ("ETag", file.etag)]
    if expires:
        answer.headers += [
            ("Expires", http_date(now + _WEEK)),
            ("Cache-Control", f"max-age={_WEEK}"),
            ("Cache-Control", "public"),
        ]
    return answer


def _part_of(call: Call, file: DiskFile) -> Answer:
    if _is_not_modified(call, file):
        return Answer(304)
    size, ranges = file.size, None
    if _range_counts(call, file):
        ranges = _ranges(call.headers["Range"], size)
    if ranges is None:
        answer = _content(call, file, 0, size)
        answer.headers.append(("Accept-Ranges", "bytes"))
        return answer
    if not ranges:
        page = nginx_page(416)
        page.headers.append(("Content-Range", f"bytes */{size}"))
        return page
    if len(ranges) > 1:
        return _several(call, file, ranges)
    ((start, end),) = ranges
    answer = _content(call, file, start, end)
    answer.status = 206
    answer.headers.append(("Content-Range", f"bytes {start}-{end - 1}/{size}"))
    return answer


def _is_not_modified(call: Call, file: DiskFile) -> bool:
    since = call.headers.get("If-Modified-Since")
    if (known := call.headers.get("If-None-Match")) is not None:
        names = [each.strip().removeprefix("W/") for each in known.split(",")]
        if file.etag not in names and known != "*":
            return False
        return since is None or since == http_date(file.modified)
    return since == http_date(file.modified)


def _range_counts(call: Call, file: DiskFile) -> bool:
    """Return whether a part is asked for, and of the file as it still is."""
    validator = call.headers.get("If-Range")
    return call.headers.get("Range", "").startswith("bytes=") and (
        validator in (None, file.etag, http_date(file.modified))
    )


def _ranges(text: str, size: int) -> list[tuple[int, int]] | None:
    """Return the parts asked for as nginx reads them.

    None is the whole file, and no part at all is none that can be served.
    """
    ranges: list[tuple[int, int]] = []
    for part in text.removeprefix("bytes=").split(","):
        if (found := _PART.fullmatch(part)) is None:
            return []
        first, last, suffix = found.groups()
        start = max(0, size - int(suffix)) if first is None else int(first)
        end = min(int(last) + 1, size) if last else size
        if start < end:
            ranges.append((start, end))
        elif start == 0:
            return None
    return None if sum(end - start for start, end in ranges) > size else ranges


def _content(call: Call, file: DiskFile, start: int, end: int) -> Answer:
    if isinstance(file.content, bytes):
        return Answer(body=file.content[start:end], content_type=file.content_type)
    path = file.content
    return Answer(
        content_type=file.content_type,
        stream=lambda: pieces(call.workers, path, start, end),
        length=end - start,
    )


def _several(call: Call, file: DiskFile, ranges: list[tuple[int, int]]) -> Answer:
    async def stream() -> AsyncGenerator[bytes]:
        for start, end in ranges:
            yield (
                f"\r\n--{_BOUNDARY}\r\nContent-Type: {file.content_type}\r\n"
                f"Content-Range: bytes {start}-{end - 1}/{file.size}\r\n\r\n"
            ).encode()
            part = _content(call, file, start, end)
            yield part.body
            if part.stream is not None:
                async for piece in part.stream():
                    yield piece
        yield f"\r\n--{_BOUNDARY}--\r\n".encode()

    kind = f"multipart/byteranges; boundary={_BOUNDARY}"
    return Answer(206, content_type=kind, stream=stream)
