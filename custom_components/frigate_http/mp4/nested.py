"""Dropping chunks that the chunk before wholly contains."""

from collections.abc import Iterable

from .chunks import Chunk
from .demuxing import Cancelled, never_cancelled
from .overlap import find_overlap, max_overlap_seconds


def without_nested(
    chunks: Iterable[Chunk], cancelled: Cancelled = never_cancelled
) -> list[Chunk]:
    """Return the chunks without those that the chunk before wholly contains.

    Where a recording stops right after the start of a chunk, that chunk holds nothing but
    the overlap. `join` skips it too, but an output file must not start with it: the chunk
    that contains it may be in the file before.

    Raises:
        JoinCancelledError: `cancelled` returned True.
        DamagedError: a chunk cannot be read.
        OSError: the disk failed.
    """
    kept: list[Chunk] = []
    for chunk in chunks:
        if not (kept and _is_contained(kept[-1], chunk, cancelled)):
            kept.append(chunk)
    return kept


def _is_contained(outer: Chunk, chunk: Chunk, cancelled: Cancelled) -> bool:
    """Return whether the outer chunk contains all video packets of the other one."""
    if chunk.file.codecs != outer.file.codecs:
        return False
    # Only a file as short as an overlap is worth reading.
    if chunk.file.seconds > max_overlap_seconds(outer, chunk):
        return False
    return (
        find_overlap(outer, chunk, cancelled).video_trim_start
        == chunk.file.video_packets
    )
