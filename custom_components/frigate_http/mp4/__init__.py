"""Checking and joining MP4 files with PyAV.

It needs PyAV alone and knows nothing of Home Assistant. Everything waits for the disk, so
an event loop runs it in a thread. PyAV takes 16 MiB of memory and is imported by the first
function that reads or writes a file, which is in that thread too. However large the files are, no more than a few packets
of them are in memory.
"""

from .check import Clip, Codec, inspect
from .errors import (
    DamagedError,
    JoinCancelledError,
    Mp4Error,
    NotJoinableError,
    NotMp4Error,
    NoVideoError,
    TruncatedError,
)
from .join import Joined, join
from .nested import without_nested
from .plan import Part, Recording, plan, recorded_seconds

__all__ = [
    "Clip",
    "Codec",
    "DamagedError",
    "JoinCancelledError",
    "Joined",
    "Mp4Error",
    "NoVideoError",
    "NotJoinableError",
    "NotMp4Error",
    "Part",
    "Recording",
    "TruncatedError",
    "inspect",
    "join",
    "plan",
    "recorded_seconds",
    "without_nested",
]
