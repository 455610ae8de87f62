"""The packets in the first and the last seconds of a file, as digests and timestamps."""

from collections.abc import Sequence
from dataclasses import dataclass
import math
from pathlib import Path
from typing import NamedTuple

from .check import VideoFile
from .demuxing import AnyPacket, Cancelled, check_cancelled, open_mp4, seconds_per_tick
from .tables import TrackTable


class PacketInfo(NamedTuple):
    """A packet without its content; times are seconds on the timeline of its file."""

    digest: int
    """Hash of the content; equal packets have equal digests."""
    dts: float
    """Decoding timestamp (DTS); unreliable for the first packet of a track."""
    end: float
    is_keyframe: bool


@dataclass(frozen=True, slots=True)
class PacketWindow:
    """The packets of both tracks at the start or the end of a file."""

    video: Sequence[PacketInfo]
    audio: Sequence[PacketInfo]


def read_head(file: VideoFile, seconds: float, cancelled: Cancelled) -> PacketWindow:
    """Read the packets of the first seconds of a file."""
    return _read(file, -math.inf, seconds, cancelled)


def read_tail(file: VideoFile, seconds: float, cancelled: Cancelled) -> PacketWindow:
    """Read the packets of the last seconds of a file."""
    return _read(file, file.seconds - seconds, math.inf, cancelled)


def _read(
    file: VideoFile, start: float, end: float, cancelled: Cancelled
) -> PacketWindow:
    """Read the packets between two times, in seconds from the first packet on."""
    if (tables := file.tables()) is not None:
        return _read_ranges(file.path, tables, start, end, cancelled)
    video: list[PacketInfo] = []
    audio: list[PacketInfo] = []
    with open_mp4(file.path) as source:
        tick = {track.index: seconds_per_tick(track) for track in source.tracks}
        first: float | None = None
        for packet, ticks in source.packets(cancelled):
            index = packet.stream_index
            dts = ticks * tick[index]
            first = dts if first is None else first
            if dts - first > end:
                break
            if dts - first >= start:
                packets = video if index == source.video.index else audio
                packets.append(_packet_info(packet, dts, tick[index]))
    return PacketWindow(video, audio)


def _read_ranges(
    path: Path,
    tables: Sequence[TrackTable],
    start: float,
    end: float,
    cancelled: Cancelled,
) -> PacketWindow:
    """Read only the packets between two times, which the tables find."""
    first = min((each.dts[0] * each.tick for each in tables if each.dts), default=0.0)
    tracks: list[list[PacketInfo]] = [[], []]
    with path.open("rb", buffering=0) as file:
        for found, table in zip(tracks, tables, strict=False):
            for index, ticks in enumerate(table.dts):
                dts = ticks * table.tick
                if not start <= dts - first <= end:
                    continue
                check_cancelled(cancelled)
                file.seek(table.offsets[index])
                digest = hash(file.read(table.sizes[index]))
                after = dts + table.durations[index] * table.tick
                is_keyframe = bool(table.keyframes[index])
                found.append(PacketInfo(digest, dts, after, is_keyframe))
    return PacketWindow(tracks[0], tracks[1])


def _packet_info(packet: AnyPacket, dts: float, tick: float) -> PacketInfo:
    # Python's own hash has 64 bits, a secret key, and four times the speed of others.
    digest = hash(bytes(packet))
    end = dts + (packet.duration or 0) * tick
    return PacketInfo(digest, dts, end, packet.is_keyframe)
