"""Joining clips: one ordinary MP4 file, every packet once, and nothing encoded anew."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .demuxing import AnyPacket, Cancelled, Source, never, opened, seconds_per_tick
from .errors import NotJoinableError
from .plan import Part
from .seams import Seam, find_seam

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.video.stream import VideoStream

# Packets wait for those of the other track; in a clip without sound for a while, not long.
_OPTIONS = {"movflags": "faststart", "max_interleave_delta": "1000000"}


@dataclass(frozen=True, slots=True)
class Joined:
    """A file that was joined."""

    path: Path
    bytes: int
    seconds: float
    """From the first packet of any track to the end of the last, in decoding order."""
    video_packets: int
    audio_packets: int


@dataclass(frozen=True, slots=True)
class _Take:
    """What of a clip goes into the file: a range of packets each, and where to."""

    part: Part
    video: range
    audio: range
    shift: float
    late: tuple[float, float]
    """Seconds by which its first picture and its first sound are later than they say."""


def join(
    parts: Sequence[Part],
    target: Path,
    *,
    follower: Part | None = None,
    cancelled: Cancelled = never,
) -> Joined:
    """Write clips that follow each other in time into one file, and return what it holds.

    What two clips both hold stands in the file once. Where they have nothing in common,
    as nothing was recorded in between, the second follows the first without a pause: so
    does Frigate's own clip.

    Args:
        parts: clips of equal codecs, in the order of time; see `plan`.
        target: a file to write, whose folder exists. On any failure it is removed.
        follower: the clip that the next file begins with, if there is one. What it holds
            is left to it.
        cancelled: asked before each packet.

    Raises:
        NotJoinableError: the codecs differ.
        JoinCancelledError: `cancelled` said so.
        DamagedError: a clip cannot be read.
        OSError: the disk is full, or failed.
    """
    codecs = {part.clip.codecs for part in parts}
    if len(codecs) != 1:
        raise NotJoinableError(f"The clips are encoded in {len(codecs)} ways")
    with _written(target) as output, opened(parts[0].clip.path) as source:
        writer = _Writer(output, source)
        for take in _takes(parts, follower, cancelled):
            writer.write(take, cancelled)
    begin = min(track.begin for track in writer.tracks)
    return Joined(
        path=target,
        bytes=target.stat().st_size,
        seconds=max(track.end for track in writer.tracks) - begin,
        video_packets=writer.tracks[0].packets,
        audio_packets=sum(track.packets for track in writer.tracks[1:]),
    )


@contextmanager
def _written(target: Path) -> Iterator[OutputContainer]:
    """Open a file to write to, and leave a complete one or none."""
    import av

    path = target.absolute()
    output = av.open(str(path), "w", format="mp4", options=_OPTIONS)
    try:
        yield output
        output.close()
    except BaseException:
        # In this order: of a file without a name, the end is not written for nothing.
        path.unlink(missing_ok=True)
        with suppress(av.FFmpegError):
            output.close()
        raise


def _takes(
    parts: Sequence[Part], follower: Part | None, cancelled: Cancelled
) -> Iterator[_Take]:
    """Decide for each clip what of it is needed, one seam ahead of the writing."""
    part, before, shift = parts[0], Seam(), 0.0
    for following in parts[1:]:
        seam = find_seam(part, following, cancelled)
        if seam.video_skip == following.clip.video_packets:
            # The clip lies wholly inside the one before it.
            continue
        yield _take(part, before, seam, shift)
        part, before, shift = following, seam, shift + seam.shift
    after = Seam()
    if follower is not None:
        seam = find_seam(part, follower, cancelled)
        if seam.video_skip < follower.clip.video_packets:
            after = Seam(
                video_drop=seam.video_drop + seam.video_skip,
                audio_drop=seam.audio_drop + seam.audio_skip,
            )
    yield _take(part, before, after, shift)


def _take(part: Part, before: Seam, after: Seam, shift: float) -> _Take:
    return _Take(
        part,
        range(before.video_skip, part.clip.video_packets - after.video_drop),
        range(before.audio_skip, part.clip.audio_packets - after.audio_drop),
        shift,
        before.late,
    )


class _Track:
    """A track of the file that is written."""

    def __init__(self, stream: VideoStream | AudioStream) -> None:
        self.packets = 0
        self.begin = self.end = 0.0
        self._latest: int | None = None
        self._stream = stream

    def put(self, packet: AnyPacket, at: int, scale: float, shift: float) -> None:
        """Give a packet its place in the file; decoding times always rise."""
        unit = seconds_per_tick(self._stream)
        ratio = scale / unit
        delay = round(((at if packet.pts is None else packet.pts) - at) * ratio)
        dts = round(at * ratio + shift / unit)
        if self._latest is None:
            self.begin = dts * unit
        else:
            dts = max(dts, self._latest + 1)
        packet.stream = self._stream
        packet.time_base = self._stream.time_base
        packet.dts, packet.pts = dts, dts + delay
        packet.duration = round((packet.duration or 0) * ratio)
        self.packets += 1
        self._latest = dts
        self.end = (dts + packet.duration) * unit


class _Writer:
    """Copies packets into the file that is written."""

    def __init__(self, output: OutputContainer, source: Source) -> None:
        """Begin a file with tracks like those of a first clip."""
        self._output = output
        self.tracks = [_Track(_like(track, output)) for track in source.tracks]
        # The muxer settles here in which units it counts time.
        output.start_encoding()

    def write(self, take: _Take, cancelled: Cancelled) -> None:
        """Copy what is taken of a clip."""
        with opened(take.part.clip.path) as source:
            scales = [seconds_per_tick(track) for track in source.tracks]
            places = {track.index: at for at, track in enumerate(source.tracks)}
            read = [0, 0]
            for packet, at in source.packets(cancelled):
                place = places[packet.stream_index]
                if read[place] in (take.video, take.audio)[place]:
                    late = 0.0 if read[place] else take.late[place]
                    shift = take.shift + late
                    self.tracks[place].put(packet, at, scales[place], shift)
                    self._output.mux(packet)
                read[place] += 1


def _like(
    track: VideoStream | AudioStream, output: OutputContainer
) -> VideoStream | AudioStream:
    """Add a track that holds what another one does.

    The name of the codec is kept, as some players know HEVC under one of its two names
    only, and so are the shape of the pixels and the units in which time is counted.
    """
    from av.video.stream import VideoStream

    stream = output.add_stream_from_template(track, opaque=True)
    stream.time_base = track.time_base
    stream.codec_context.codec_tag = track.codec_context.codec_tag
    if isinstance(stream, VideoStream) and isinstance(track, VideoStream):
        stream.sample_aspect_ratio = track.sample_aspect_ratio
    return stream
