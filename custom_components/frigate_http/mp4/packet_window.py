"""The first and the last seconds of a clip: what its packets are, without their content."""

from collections.abc import Sequence
from dataclasses import dataclass
import hashlib
import math
from typing import NamedTuple

from .check import VideoFile
from .demuxing import AnyPacket, Cancelled, open_mp4, seconds_per_tick


class PacketInfo(NamedTuple):
    """What is remembered of a packet; times are seconds of its clip's own timeline."""

    digest: bytes
    """A fingerprint, equal where all bytes are."""
    dts: float
    """When it is decoded. Not to be trusted in the first packet of a track."""
    end: float
    is_keyframe: bool


@dataclass(frozen=True, slots=True)
class PacketWindow:
    """The packets of both tracks at the beginning or the end of a clip."""

    video: Sequence[PacketInfo]
    audio: Sequence[PacketInfo]


def read_head(file: VideoFile, seconds: float, cancelled: Cancelled) -> PacketWindow:
    """Read the packets of the first seconds of a clip."""
    return _read(file, -math.inf, seconds, cancelled)


def read_tail(file: VideoFile, seconds: float, cancelled: Cancelled) -> PacketWindow:
    """Read the packets of the last seconds of a clip."""
    return _read(file, file.seconds - seconds, math.inf, cancelled)


def _read(
    file: VideoFile, start: float, end_time: float, cancelled: Cancelled
) -> PacketWindow:
    """Read the packets between two times, counted from the first packet on."""
    video: list[PacketInfo] = []
    audio: list[PacketInfo] = []
    with open_mp4(file.path) as source:
        tick = {track.index: seconds_per_tick(track) for track in source.tracks}
        first: float | None = None
        for packet, ticks in source.packets(cancelled):
            index = packet.stream_index
            dts = ticks * tick[index]
            first = dts if first is None else first
            if dts - first > end_time:
                break
            if dts - first >= start:
                packets = video if index == source.video.index else audio
                packets.append(_packet_info(packet, dts, tick[index]))
    return PacketWindow(video, audio)


def _packet_info(packet: AnyPacket, dts: float, tick: float) -> PacketInfo:
    digest = hashlib.blake2b(packet, digest_size=8).digest()
    end = dts + (packet.duration or 0) * tick
    return PacketInfo(digest, dts, end, packet.is_keyframe)
