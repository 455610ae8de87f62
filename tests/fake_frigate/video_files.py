"""Videos as files of nginx: of exports, previews and recordings, whole or a part of them."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
import re

from . import recording_files
from .answers import Answer, Json, json_answer
from .call import Call
from .clip_files import camera_of_clip
from .disk_files import http_date, serve
from .exporter import Export
from .footage import SCENE, previews, segments
from .open_files import DiskFile
from .vod_mapping import path_of

# The real file begins so, and has no index yet.
_UNFINISHED = bytes.fromhex(
    "000000206674797069736f6d0000020069736f6d69736f32617663316d703431"
    "00000008667265650000000c6d646174"
)

_RECORDING = re.compile(r"/recordings/([\d-]+/\d\d)/([^/]+)/(\d\d\.\d\d)\.mp4")


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
        recording_files.video_of, scene, export.start, export.seconds, silent
    )


async def export_file(call: Call) -> Answer:
    """Answer for a file of an export, or with the list of them."""
    exporter = call.state.exporter
    name = call.path.removeprefix("/exports/")
    if not name:
        found = [each for each in exporter.exports if exporter.has_file(each)]
        return await _listing(call, found)
    return await serve(call, lambda: _find_export(call, name))


async def _find_export(call: Call, name: str) -> DiskFile | None:
    exporter = call.state.exporter
    export = exporter.by_file(name)
    if export is None or not exporter.has_file(export):
        return None
    path = await _export_video(call, export)
    return DiskFile(content=path, modified=_written(export), content_type="video/mp4")


def _written(export: Export) -> float:
    return export.ended_at or export.end


async def _listing(call: Call, exports: list[Export]) -> Answer:
    files: list[Json] = []
    for each in sorted(exports, key=lambda each: each.file):
        size = (await _export_video(call, each)).stat().st_size
        mtime = http_date(_written(each))
        files.append({"name": each.file, "type": "file", "mtime": mtime, "size": size})
    return json_answer(files)


async def preview_file(call: Call) -> Answer:
    """Answer for the video of a preview, which takes a second for each minute."""
    return await serve(call, lambda: _find_preview(call), expires=True)


async def _find_preview(call: Call) -> DiskFile | None:
    camera, _, name = call.path.removeprefix("/clips/previews/").partition("/")
    for start, end in previews(call.state, camera):
        if name == f"{start:.6f}-{end:.6f}.mp4":
            length = max(1, round((end - start) / 60))
            path = await call.workers.run(
                recording_files.video_of, SCENE, start, length, True
            )
            return DiskFile(content=path, modified=end, content_type="video/mp4")
    return None


async def recording_file(call: Call) -> Answer:
    """Answer for a file of the recordings."""
    return await serve(call, lambda: _find_recording(call))


async def _find_recording(call: Call) -> DiskFile | None:
    if (found := _RECORDING.fullmatch(call.path)) is None:
        return None
    camera, begin = found[2], f"{found[1]} {found[3]}"
    try:
        start = datetime.strptime(begin, "%Y-%m-%d/%H %M.%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    moment = start.timestamp()
    for each in segments(call.state, camera, moment, moment):
        if path_of(each) == f"/media/frigate{call.path}":
            path = await call.workers.run(recording_files.file_of, each)
            return DiskFile(content=path, modified=each.end, content_type="video/mp4")
    return None


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
    return camera_of_clip(call.path)
