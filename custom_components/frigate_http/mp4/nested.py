"""Clips of which another one holds everything."""

from collections.abc import Iterable

from .chunks import Chunk
from .demuxing import Cancelled, never_cancelled
from .overlap import find_overlap, max_overlap_seconds


def without_nested(
    chunks: Iterable[Chunk], cancelled: Cancelled = never_cancelled
) -> list[Chunk]:
    """Leave out the clips that lie wholly inside the one before them.

    So does a chunk at whose beginning the recording stopped. `join` adds nothing of them
    either, but a file must not begin with one: its neighbour may be in the file before.

    Raises:
        JoinCancelledError: `cancelled` said so.
        DamagedError: a clip cannot be read.
        OSError: the disk failed.
    """
    kept: list[Chunk] = []
    for chunk in chunks:
        if not (kept and _is_contained(kept[-1], chunk, cancelled)):
            kept.append(chunk)
    return kept


def _is_contained(outer: Chunk, chunk: Chunk, cancelled: Cancelled) -> bool:
    """Compare what the clips hold, but only where there is little to compare."""
    if chunk.file.codecs != outer.file.codecs:
        return False
    if chunk.file.seconds > max_overlap_seconds(outer, chunk):
        return False
    return (
        find_overlap(outer, chunk, cancelled).video_trim_start
        == chunk.file.video_packets
    )
