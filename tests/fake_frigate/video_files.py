"""Videos as files of nginx: of exports and previews, whole or a part of them."""

from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
import re

from . import recording_files
from .answers import Answer, Json, json_answer, nginx_page
from .call import Call
from .exporter import Export
from .faces import picture_file
from .footage import SCENE, previews
from .streams import pieces

# The real file begins so, and has no index yet.
_UNFINISHED = bytes.fromhex(
    "000000206674797069736f6d0000020069736f6d69736f32617663316d703431"
    "00000008667265650000000c6d646174"
)
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


@cache
def _unfinished() -> Path:
    path = recording_files.new_path()
    path.write_bytes(_UNFINISHED)
    return path


async def _export_video(call: Call, export: Export) -> Path:
    """Return the video of an export, which is useless until it is finished.

    A time-lapse has no sound.
    """
    if export.in_progress:
        return _unfinished()
    scene = call.state.footage.scene(export.camera, export.start)
    silent = export.speed > 1
    return await call.workers.run(
        recording_files.video_of, scene, export.seconds, silent
    )


async def export_file(call: Call) -> Answer:
    """Answer for a file of an export, or with the list of them."""
    exporter = call.state.exporter
    name = call.path.removeprefix("/exports/")
    if not name:
        found = [each for each in exporter.exports if exporter.has_file(each)]
        return await _listing(call, found)
    export = exporter.by_file(name)
    if export is None or not exporter.has_file(export):
        return nginx_page(404)
    return part_of(call, await _export_video(call, export))


def _http_date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


async def _listing(call: Call, exports: list[Export]) -> Answer:
    files: list[Json] = []
    for each in sorted(exports, key=lambda each: each.file):
        size = (await _export_video(call, each)).stat().st_size
        mtime = _http_date(each.ended_at or each.end)
        files.append({"name": each.file, "type": "file", "mtime": mtime, "size": size})
    return json_answer(files)


async def preview_file(call: Call) -> Answer:
    """Answer for the video of a preview, which takes a second for each minute."""
    camera, _, name = call.path.removeprefix("/clips/previews/").partition("/")
    for start, end in previews(call.state, camera):
        if name == f"{start:.6f}-{end:.6f}.mp4":
            seconds = max(1, round((end - start) / 60))
            return part_of(
                call,
                await call.workers.run(recording_files.video_of, SCENE, seconds, True),
            )
    return nginx_page(404)


async def export_picture(call: Call) -> Answer:
    """Answer for the picture of an export."""
    name = call.path.removeprefix("/clips/export/")
    if not any(name == f"{each.id}.webp" for each in call.state.exporter.rows()):
        return nginx_page(404)
    return picture_file(await call.workers.face(name))


def part_of(call: Call, path: Path) -> Answer:
    """Answer with a file, or with the range of it that was asked for."""
    wanted = _RANGE.match(call.headers.get("Range", ""))
    size = path.stat().st_size
    if wanted is None or wanted[0] == "bytes=-":
        answer = _video(call, path, 0, size)
        answer.headers.append(("Accept-Ranges", "bytes"))
        return answer
    first, last = wanted[1], wanted[2]
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or start > end:
        page = nginx_page(416)
        page.headers.append(("Content-Range", f"bytes */{size}"))
        return page
    answer = _video(call, path, start, end + 1)
    answer.status = 206
    answer.headers.append(("Content-Range", f"bytes {start}-{end}/{size}"))
    return answer


def _video(call: Call, path: Path, start: int, end: int) -> Answer:
    return Answer(
        content_type="video/mp4",
        stream=lambda: pieces(call.workers, path, start, end),
        length=end - start,
    )


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
