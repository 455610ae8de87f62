"""Helpers for the tests of the MP4 library."""

from collections.abc import Sequence
import hashlib
import itertools
from pathlib import Path
from typing import NamedTuple

import av

from custom_components.frigate_http.mp4 import Chunk, inspect, recorded_seconds

from .material import Segment, cut

CLIPS = Path(__file__).parent.parent / "fixtures" / "clips"


class Packet(NamedTuple):
    """A packet of a file: the digest of its content, and its timestamps in seconds."""

    content: str
    dts: float
    pts: float


def packets(path: Path) -> tuple[list[Packet], list[Packet]]:
    """Return all packets of the video track and of the audio track."""
    found: dict[str, list[Packet]] = {"video": [], "audio": []}
    with av.open(str(path)) as container:
        for packet in container.demux():
            if packet.dts is None or packet.pts is None:
                continue
            base = packet.time_base.numerator / packet.time_base.denominator
            content = hashlib.sha256(packet).hexdigest()[:16]
            times = (packet.dts * base, packet.pts * base)
            found[packet.stream.type].append(Packet(content, *times))
    return found["video"], found["audio"]


def contents(path: Path) -> tuple[list[str], list[str]]:
    """Return the digests of all video packets and all audio packets."""
    video, audio = packets(path)
    return [each.content for each in video], [each.content for each in audio]


def chunk(
    segments: Sequence[Segment],
    start: float,
    end: float,
    folder: Path,
    *,
    is_known: bool = True,
) -> Chunk:
    """Cut a chunk as Frigate does."""
    path = cut(segments, start, end, folder / f"{start:.2f}-{end:.2f}.mp4")
    assert path is not None
    bounds = [(segment.start, segment.end) for segment in segments]
    recorded = recorded_seconds(bounds, start, end) if is_known else None
    return Chunk(inspect(path), start, end, recorded)


def cut_chunks(
    segments: Sequence[Segment],
    times: Sequence[float],
    folder: Path,
    *,
    is_known: bool = True,
) -> list[Chunk]:
    """Cut consecutive chunks."""
    return [
        chunk(segments, start, end, folder, is_known=is_known)
        for start, end in itertools.pairwise(times)
    ]
