"""The first and the last seconds of a clip: what its packets are, without their content."""

from collections.abc import Sequence
from dataclasses import dataclass
import hashlib
import math
from typing import NamedTuple

from .check import Clip
from .demuxing import AnyPacket, Cancelled, opened, seconds_per_tick


class Mark(NamedTuple):
    """What is remembered of a packet; times are seconds of its clip's own timeline."""

    content: bytes
    """A fingerprint, equal where all bytes are."""
    at: float
    """When it is decoded. Not to be trusted in the first packet of a track."""
    end: float
    is_keyframe: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """The packets of both tracks at the beginning or the end of a clip."""

    video: Sequence[Mark]
    audio: Sequence[Mark]


def read_head(clip: Clip, seconds: float, cancelled: Cancelled) -> Edge:
    """Read the packets of the first seconds of a clip."""
    return _read(clip, -math.inf, seconds, cancelled)


def read_tail(clip: Clip, seconds: float, cancelled: Cancelled) -> Edge:
    """Read the packets of the last seconds of a clip."""
    return _read(clip, clip.seconds - seconds, math.inf, cancelled)


def _read(clip: Clip, since: float, until: float, cancelled: Cancelled) -> Edge:
    """Read the packets between two times, counted from the first packet on."""
    video: list[Mark] = []
    audio: list[Mark] = []
    with opened(clip.path) as source:
        scale = {track.index: seconds_per_tick(track) for track in source.tracks}
        begin: float | None = None
        for packet, ticks in source.packets(cancelled):
            index = packet.stream_index
            at = ticks * scale[index]
            begin = at if begin is None else begin
            if at - begin > until:
                break
            if at - begin >= since:
                marks = video if index == source.video.index else audio
                marks.append(_mark(packet, at, scale[index]))
    return Edge(video, audio)


def _mark(packet: AnyPacket, at: float, scale: float) -> Mark:
    content = hashlib.blake2b(packet, digest_size=8).digest()
    end = at + (packet.duration or 0) * scale
    return Mark(content, at, end, packet.is_keyframe)
