"""Checking and joining MP4 files with PyAV.

It needs PyAV alone and knows nothing of Home Assistant. Every function blocks on the disk,
so call it in an executor thread. PyAV takes 16 MiB of memory and is imported by the first
function that reads or writes a file. However large the files are, only a few packets
and the tables that describe them are in memory at a time.

Live streams have no files: `fragments` reads their messages in memory, without PyAV.
"""

from .check import Codec, VideoFile, inspect
from .chunks import Chunk, SegmentIndex, group_chunks, recorded_seconds
from .errors import (
    DamagedError,
    JoinCancelledError,
    Mp4Error,
    NotJoinableError,
    NotMp4Error,
    NoVideoError,
    TruncatedError,
)
from .join import JoinedFile, join
from .nested import without_nested

__all__ = [
    "Chunk",
    "Codec",
    "DamagedError",
    "JoinCancelledError",
    "JoinedFile",
    "Mp4Error",
    "NoVideoError",
    "NotJoinableError",
    "NotMp4Error",
    "SegmentIndex",
    "TruncatedError",
    "VideoFile",
    "group_chunks",
    "inspect",
    "join",
    "recorded_seconds",
    "without_nested",
]
