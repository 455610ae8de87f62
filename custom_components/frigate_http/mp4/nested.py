"""Clips of which another one holds everything."""

from collections.abc import Iterable

from .demuxing import Cancelled, never
from .plan import Part
from .seams import find_seam, longest_overlap


def without_nested(parts: Iterable[Part], cancelled: Cancelled = never) -> list[Part]:
    """Leave out the clips that lie wholly inside the one before them.

    So does a chunk at whose beginning the recording stopped. `join` adds nothing of them
    either, but a file must not begin with one: its neighbour may be in the file before.

    Raises:
        JoinCancelledError: `cancelled` said so.
        DamagedError: a clip cannot be read.
        OSError: the disk failed.
    """
    kept: list[Part] = []
    for part in parts:
        if not (kept and _is_inside(kept[-1], part, cancelled)):
            kept.append(part)
    return kept


def _is_inside(outer: Part, part: Part, cancelled: Cancelled) -> bool:
    """Compare what the clips hold, but only where there is little to compare."""
    if part.clip.codecs != outer.clip.codecs:
        return False
    if part.clip.seconds > longest_overlap(outer, part):
        return False
    return find_seam(outer, part, cancelled).video_skip == part.clip.video_packets
