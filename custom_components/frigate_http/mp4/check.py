"""Inspecting MP4 files: whether one is complete, and which tracks it has."""

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Self

from .boxes import check_boxes
from .demuxing import AnyPacket, Demuxer, open_mp4, seconds_per_tick
from .errors import DamagedError, NoVideoError
from .tables import TrackTable, read_tables

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.video.stream import VideoStream


@dataclass(frozen=True, slots=True)
class Codec:
    """The encoding of a track; tracks with equal codecs can be joined into one."""

    name: str
    profile: str | None = field(compare=False)
    """FFmpeg's guess, not compared: the extradata holds what it is derived from."""
    tag: str
    width: int
    height: int
    rate: int
    channels: int
    extradata: bytes

    @classmethod
    def from_track(cls, track: VideoStream | AudioStream) -> Codec:
        """Return the codec of a track of an open file."""
        from av.video.stream import VideoStream

        context = track.codec_context
        width = height = rate = channels = 0
        if isinstance(track, VideoStream):
            width, height = track.codec_context.width, track.codec_context.height
        else:
            rate = track.codec_context.sample_rate
            channels = track.codec_context.channels
        extradata = bytes(context.extradata or b"")
        return cls(
            context.name,
            context.profile,
            context.codec_tag,
            width,
            height,
            rate,
            channels,
            extradata,
        )


@dataclass(frozen=True, slots=True)
class VideoFile:
    """A complete MP4 file with video in it."""

    path: Path
    bytes: int
    seconds: float
    """From the first packet of any track to the end of the last, by DTS."""
    video_packets: int
    audio_packets: int
    keyframe_interval: float
    """Longest time between two keyframes (the longest GOP) in seconds."""
    codecs: tuple[Codec, ...]
    """Codec of the video track, then of the audio track if there is one."""
    track_ids: tuple[int, ...] | None = None
    """IDs of the tracks in the same order; None if their packets have to be read."""

    def tables(self) -> list[TrackTable] | None:
        """Return the tables of the tracks; None if the packets have to be read.

        Raises:
            OSError: the disk failed.
        """
        if self.track_ids is None:
            return None
        stat = self.path.stat()
        return _tables(self.path, self.track_ids, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=2)
def _tables(
    path: Path, track_ids: tuple[int, ...], _size: int, _changed_at: int
) -> list[TrackTable] | None:
    """Return the tables of a file, which are needed several times in a row."""
    return read_tables(path, track_ids)


class _TrackSummary:
    """Packet count, duration and longest GOP of one track."""

    def __init__(self, seconds: float) -> None:
        """Start empty; `seconds` is the unit of the times that are added."""
        self.packets = 0
        self.start = self.end = self.longest_gop = 0.0
        self._keyframe = 0
        self._seconds = seconds

    @classmethod
    def of_table(cls, table: TrackTable) -> Self:
        """Return the summary of a track without reading its packets."""
        summary = cls(table.tick)
        summary.packets = len(table.dts)
        if not summary.packets:
            return summary
        summary.start = table.dts[0] * table.tick
        summary.end = (table.dts[-1] + table.durations[-1]) * table.tick
        # A video should begin with a keyframe; it counts as one if it does not.
        begins = [0, *compress(range(1, summary.packets), table.keyframes[1:])]
        for begin, following in pairwise([*begins, summary.packets]):
            last = following - 1
            ticks = table.dts[last] + table.durations[last] - table.dts[begin]
            summary.longest_gop = max(summary.longest_gop, ticks * table.tick)
        return summary

    def add(self, packet: AnyPacket, dts: int) -> None:
        """Count a packet; `dts` is in units of the track's time base."""
        if not self.packets:
            self.start = dts * self._seconds
        if packet.is_keyframe or not self.packets:
            self._keyframe = dts
        self.packets += 1
        end = dts + (packet.duration or 0)
        self.end = end * self._seconds
        self.longest_gop = max(self.longest_gop, (end - self._keyframe) * self._seconds)


def inspect(path: Path) -> VideoFile:
    """Check that every packet of a file is there, and return what is in it.

    The tables of the file tell where its packets are. If they are of a form that is not
    known, each packet is read.

    Raises:
        NotMp4Error: the file is not an MP4 file, or is empty.
        TruncatedError: the end of the file is missing.
        DamagedError: the file has all its boxes, but cannot be read.
        NoVideoError: the file has no video track, or an empty one.
        OSError: the disk failed.
    """
    # FFmpeg reads a truncated file without an error, so the boxes are checked first.
    check_boxes(path)
    with open_mp4(path) as source:
        track_ids = tuple(track.id for track in source.tracks)
        tables = read_tables(path, track_ids)
        if tables is None:
            summaries = _summarize_tracks(source)
        else:
            summaries = {
                track.index: _TrackSummary.of_table(table)
                for track, table in zip(source.tracks, tables, strict=True)
            }
        codecs = tuple(Codec.from_track(track) for track in source.tracks)
        video = summaries[source.video.index]
    if not video.packets:
        raise NoVideoError("The video track of the file is empty")
    not_empty = [summary for summary in summaries.values() if summary.packets]
    seconds = max(summary.end for summary in not_empty) - min(
        summary.start for summary in not_empty
    )
    return VideoFile(
        path=path,
        bytes=path.stat().st_size,
        seconds=seconds,
        video_packets=video.packets,
        audio_packets=sum(summary.packets for summary in not_empty) - video.packets,
        keyframe_interval=video.longest_gop,
        codecs=codecs,
        track_ids=None if tables is None else track_ids,
    )


def _summarize_tracks(source: Demuxer) -> dict[int, _TrackSummary]:
    summaries = {
        track.index: _TrackSummary(seconds_per_tick(track)) for track in source.tracks
    }
    for packet, dts in source.packets():
        summaries[packet.stream_index].add(packet, dts)
    for track in source.tracks:
        # The header of a fragmented file has no packet counts: `frames` is 0 then.
        missing = track.frames - summaries[track.index].packets
        if missing > 0:
            raise DamagedError(f"{missing} packets of the {track.type} are missing")
    return summaries
