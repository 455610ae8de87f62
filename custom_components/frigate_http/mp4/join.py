"""Joining chunks into one ordinary MP4 file by remuxing: nothing is re-encoded."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .chunks import Chunk
from .demuxing import (
    AnyPacket,
    Cancelled,
    Demuxer,
    check_cancelled,
    never_cancelled,
    open_mp4,
    seconds_per_tick,
)
from .errors import NotJoinableError
from .output import OutputFile, OutputTrack, Run, possible_numbers
from .overlap import Overlap, find_overlap

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.video.stream import VideoStream

# The muxer buffers packets until the other track catches up: for one second at most, as a
# recording may have no audio for a while.
_OPTIONS = {"movflags": "faststart", "max_interleave_delta": "1000000"}


@dataclass(frozen=True, slots=True)
class JoinedFile:
    """The file that `join` has written."""

    path: Path
    bytes: int
    seconds: float
    """From the first packet of any track to the end of the last, in decoding order."""
    video_packets: int
    audio_packets: int


@dataclass(frozen=True, slots=True)
class _TrimmedChunk:
    """A chunk with the packets of both tracks to write, and its timestamp offset."""

    chunk: Chunk
    video: range
    audio: range
    offset: float
    start_delays: tuple[float, float]
    """Seconds to add to the timestamps of its first video packet and first audio packet."""


def join(
    chunks: Sequence[Chunk],
    target: Path,
    *,
    next_chunk: Chunk | None = None,
    cancelled: Cancelled = never_cancelled,
) -> JoinedFile:
    """Join consecutive chunks into one file, and return a description of it.

    The overlap of two chunks is written once. If chunks don't overlap because nothing was
    recorded in between, the gap is closed, as in Frigate's own clips.

    Args:
        chunks: chunks with equal codecs in the order of time; see `group_chunks`.
        target: the file to write. Its folder must exist. On any failure it is removed.
        next_chunk: the first chunk of the next file, if there is one. Its overlap with
            the last chunk is left to the next file.
        cancelled: called before each packet; True cancels the join.

    Raises:
        NotJoinableError: the codecs differ.
        JoinCancelledError: `cancelled` returned True.
        DamagedError: a chunk cannot be read.
        OSError: the disk is full or failed.
    """
    codecs = {chunk.file.codecs for chunk in chunks}
    if len(codecs) != 1:
        raise NotJoinableError(f"The clips are encoded in {len(codecs)} ways")
    tracks: Sequence[_Track | OutputTrack]
    with _removed_on_failure(target):
        output_file = _lay_out(_trim_chunks(chunks, next_chunk, cancelled), cancelled)
        if output_file is not None:
            with possible_numbers():
                output_file.write(target, cancelled)
            tracks = [track for track in output_file.tracks if track.packets]
        else:
            trimmed = _trim_chunks(chunks, next_chunk, cancelled)
            tracks = _write_packets(trimmed, target, chunks[0], cancelled)
    start = min(track.start for track in tracks)
    return JoinedFile(
        path=target,
        bytes=target.stat().st_size,
        seconds=max(track.end for track in tracks) - start,
        video_packets=tracks[0].packets,
        audio_packets=sum(track.packets for track in tracks[1:]),
    )


def _lay_out(
    chunks: Iterable[_TrimmedChunk], cancelled: Cancelled
) -> OutputFile | None:
    """Return the layout of the output file; None if packets have to be read for it."""
    output_file: OutputFile | None = None
    for trimmed in chunks:
        if (tables := trimmed.chunk.file.tables()) is None:
            return None
        if output_file is None:
            output_file = OutputFile(tables)
        runs: list[Run] = []
        wanted = (trimmed.video, trimmed.audio)
        for number, table in enumerate(tables):
            for _ in table.dts:
                check_cancelled(cancelled)
            track, delay = output_file.tracks[number], trimmed.start_delays[number]
            with possible_numbers():
                runs += track.add(table, wanted[number], trimmed.offset, delay)
        output_file.add(trimmed.chunk.file.path, runs)
    if output_file is None or not output_file.tracks[0].packets:
        return None
    return output_file


def _write_packets(
    chunks: Iterable[_TrimmedChunk], target: Path, first: Chunk, cancelled: Cancelled
) -> Sequence[_Track]:
    """Write the output file packet by packet, and return its tracks."""
    with _open_output(target) as output, open_mp4(first.file.path) as source:
        writer = _Writer(output, source)
        for trimmed in chunks:
            writer.write(trimmed, cancelled)
    return writer.tracks


@contextmanager
def _removed_on_failure(target: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        target.unlink(missing_ok=True)
        raise


@contextmanager
def _open_output(target: Path) -> Iterator[OutputContainer]:
    """Open a file for writing; on any failure, remove it."""
    import av

    path = target.absolute()
    output = av.open(str(path), "w", format="mp4", options=_OPTIONS)
    try:
        yield output
        output.close()
    except BaseException:
        # Unlink first, as closing rewrites the whole file to put the moov box in front.
        path.unlink(missing_ok=True)
        with suppress(av.FFmpegError):
            output.close()
        raise


def _trim_chunks(
    chunks: Sequence[Chunk], next_chunk: Chunk | None, cancelled: Cancelled
) -> Iterator[_TrimmedChunk]:
    """Yield each chunk with the packets to write, one overlap ahead of the writing."""
    chunk, before, offset = chunks[0], Overlap(), 0.0
    for following in chunks[1:]:
        overlap = find_overlap(chunk, following, cancelled)
        if overlap.video_trim_start == following.file.video_packets:
            # The chunk before holds every packet of this one.
            continue
        yield _trim(chunk, before, overlap, offset)
        chunk, before, offset = following, overlap, offset + overlap.offset
    after = Overlap()
    if next_chunk is not None:
        overlap = find_overlap(chunk, next_chunk, cancelled)
        if overlap.video_trim_start < next_chunk.file.video_packets:
            # The next file starts with the whole overlap, so that it ends here.
            after = Overlap(
                video_trim_end=overlap.video_trim_end + overlap.video_trim_start,
                audio_trim_end=overlap.audio_trim_end + overlap.audio_trim_start,
            )
    yield _trim(chunk, before, after, offset)


def _trim(
    chunk: Chunk, before: Overlap, after: Overlap, offset: float
) -> _TrimmedChunk:
    return _TrimmedChunk(
        chunk,
        range(before.video_trim_start, chunk.file.video_packets - after.video_trim_end),
        range(before.audio_trim_start, chunk.file.audio_packets - after.audio_trim_end),
        offset,
        before.start_delays,
    )


class _Track:
    """A track of the output file."""

    def __init__(self, stream: VideoStream | AudioStream) -> None:
        self.packets = 0
        self.start = self.end = 0.0
        self._last_dts: int | None = None
        self._stream = stream

    def retime(self, packet: AnyPacket, dts: int, tick: float, offset: float) -> None:
        """Move a packet to this track's timeline; DTS always rises, as MP4 requires."""
        unit = seconds_per_tick(self._stream)
        ratio = tick / unit
        pts_offset = round(((dts if packet.pts is None else packet.pts) - dts) * ratio)
        dts = round(dts * ratio + offset / unit)
        if self._last_dts is None:
            self.start = dts * unit
        else:
            dts = max(dts, self._last_dts + 1)
        packet.stream = self._stream
        packet.time_base = self._stream.time_base
        packet.dts, packet.pts = dts, dts + pts_offset
        packet.duration = round((packet.duration or 0) * ratio)
        self.packets += 1
        self._last_dts = dts
        self.end = (dts + packet.duration) * unit


class _Writer:
    """Copies the packets of chunks into the output file."""

    def __init__(self, output: OutputContainer, source: Demuxer) -> None:
        """Add the tracks of the first chunk to the output file."""
        self._output = output
        self.tracks = [
            _Track(_add_track_like(track, output)) for track in source.tracks
        ]
        # Writes the header, with which the muxer fixes the time base of each track.
        output.start_encoding()

    def write(self, trimmed: _TrimmedChunk, cancelled: Cancelled) -> None:
        """Write the packets of a trimmed chunk."""
        with open_mp4(trimmed.chunk.file.path) as source:
            ticks = [seconds_per_tick(track) for track in source.tracks]
            numbers = {track.index: at for at, track in enumerate(source.tracks)}
            read = [0, 0]
            for packet, dts in source.packets(cancelled):
                number = numbers[packet.stream_index]
                if read[number] in (trimmed.video, trimmed.audio)[number]:
                    delay = 0.0 if read[number] else trimmed.start_delays[number]
                    offset = trimmed.offset + delay
                    self.tracks[number].retime(packet, dts, ticks[number], offset)
                    self._output.mux(packet)
                read[number] += 1


def _add_track_like(
    track: VideoStream | AudioStream, output: OutputContainer
) -> VideoStream | AudioStream:
    """Add a track with the same parameters as another one.

    The codec tag is kept, as some players know only one of HEVC's two (`hvc1`, `hev1`), and
    so are the sample aspect ratio and the time base.
    """
    from av.video.stream import VideoStream

    stream = output.add_stream_from_template(track, opaque=True)
    stream.time_base = track.time_base
    stream.codec_context.codec_tag = track.codec_context.codec_tag
    if isinstance(stream, VideoStream) and isinstance(track, VideoStream):
        stream.sample_aspect_ratio = track.sample_aspect_ratio
    return stream
