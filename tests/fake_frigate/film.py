"""Films as files of nginx: plausible bytes, and the answer to a request for a part."""

from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
import re

from .answers import Answer, Json, json_answer, nginx_page
from .call import Call
from .exporter import Export
from .faces import picture_file
from .footage import previews

_START = bytes.fromhex(
    "000000206674797069736f6d0000020069736f6d69736f32617663316d703431"
)
_UNFINISHED = _START + bytes.fromhex("00000008667265650000000c6d646174")
_BYTES_A_SECOND = 1390
_INDEX_BYTES = 200
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


def _box(name: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4) + name + content


@lru_cache(maxsize=8)
def film(seconds: int) -> bytes:
    """Return a film of that length, as large as the real ones are."""
    pictures = bytes(range(256)) * (seconds * _BYTES_A_SECOND // 256 + 1)
    return _START + _box(b"moov", bytes(_INDEX_BYTES)) + _box(b"mdat", pictures)


def export_film(export: Export) -> bytes:
    """Return the file of an export, which is useless until it is finished."""
    if export.in_progress:
        return _UNFINISHED
    return film(round(export.seconds))


def export_file(call: Call) -> Answer:
    """Answer for a file of an export, or with the list of them."""
    exporter = call.state.exporter
    exporter.advance(call.state.clock())
    name = call.path.removeprefix("/exports/")
    if not name:
        return _listing([each for each in exporter.exports if exporter.has_file(each)])
    export = exporter.by_file(name)
    if export is None or not exporter.has_file(export):
        return nginx_page(404)
    return part_of(call, export_film(export))


def _http_date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


def _listing(exports: list[Export]) -> Answer:
    files: list[Json] = [
        {
            "name": each.file,
            "type": "file",
            "mtime": _http_date(each.ended_at or each.end),
            "size": len(export_film(each)),
        }
        for each in sorted(exports, key=lambda each: each.file)
    ]
    return json_answer(files)


def preview_file(call: Call) -> Answer:
    """Answer for the film of a preview."""
    camera, _, name = call.path.removeprefix("/clips/previews/").partition("/")
    for start, end in previews(call.state, camera):
        if name == f"{start:.6f}-{end:.6f}.mp4":
            return part_of(call, film(round((end - start) / 60)))
    return nginx_page(404)


async def export_picture(call: Call) -> Answer:
    """Answer for the picture of an export."""
    name = call.path.removeprefix("/clips/export/")
    if not any(name == f"{each.id}.webp" for each in call.state.exporter.rows()):
        return nginx_page(404)
    return picture_file(await call.studio.face(name))


def part_of(call: Call, content: bytes) -> Answer:
    """Answer with a file, or with the range of it that was asked for."""
    wanted = _RANGE.match(call.headers.get("Range", ""))
    if wanted is None or wanted[0] == "bytes=-":
        return Answer(200, content, "video/mp4", [("Accept-Ranges", "bytes")])
    size = len(content)
    first, last = wanted[1], wanted[2]
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or start > end:
        page = nginx_page(416)
        page.headers.append(("Content-Range", f"bytes */{size}"))
        return page
    header = ("Content-Range", f"bytes {start}-{end}/{size}")
    return Answer(206, content[start : end + 1], "video/mp4", [header])


def camera_of_file(call: Call) -> str | None:
    """Return the camera whose file is asked for, None for files of no camera."""
    parts = call.path.split("/")[1:]
    if parts[0] == "exports":
        export = call.state.exporter.by_file(parts[-1])
        return export.camera if export and len(parts) == 2 else None
    if parts[:2] == ["clips", "previews"] and len(parts) == 4:
        return parts[2]
    if parts[0] == "recordings" and len(parts) > 4:
        return parts[3]
    return None
