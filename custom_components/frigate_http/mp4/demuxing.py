"""Demuxing: reading the packets of an MP4 file one at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import DamagedError, JoinCancelledError, NoVideoError

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream

type AnyPacket = Packet[Stream]
type Cancelled = Callable[[], bool]

# To probe a track, FFmpeg decodes frames and buffers packets, which takes memory by the
# resolution of the video. All that is needed here is in the header. Edit lists are ignored,
# as they hide packets from players that were recorded all the same.
_OPTIONS = {"skip_frame": "all", "probesize": "65536", "advanced_editlist": "0"}


def never_cancelled() -> bool:
    """Return False: the default for callers that never cancel."""
    return False


def check_cancelled(cancelled: Cancelled) -> None:
    """Ask whether to go on.

    Raises:
        JoinCancelledError: `cancelled` returned True.
    """
    if cancelled():
        raise JoinCancelledError("Cancelled")


def seconds_per_tick(track: VideoStream | AudioStream) -> float:
    """Return the time base of a track in seconds."""
    base = track.time_base
    return base.numerator / base.denominator


class Demuxer:
    """An open file with its first video track and its first audio track."""

    def __init__(self, container: InputContainer) -> None:
        """Find the tracks that FFmpeg can read."""
        self._container = container
        # A track whose codec FFmpeg does not know has no codec context.
        video = [each for each in container.streams.video if each.codec_context]
        audio = [each for each in container.streams.audio if each.codec_context]
        if not video:
            raise NoVideoError("The file has no video track that can be read")
        self.video = video[0]
        self.audio = audio[0] if audio else None

    @property
    def tracks(self) -> list[VideoStream | AudioStream]:
        """The video track, and the audio track if there is one."""
        return [self.video] if self.audio is None else [self.video, self.audio]

    def packets(
        self, cancelled: Cancelled = never_cancelled
    ) -> Iterator[tuple[AnyPacket, int]]:
        """Yield the packets of both tracks, each with its DTS in units of its time base.

        Raises:
            JoinCancelledError: `cancelled` returned True.
            DamagedError: a packet is corrupt.
        """
        for packet in self._container.demux(self.tracks):
            check_cancelled(cancelled)
            if packet.is_corrupt:
                raise DamagedError("A packet of the file is not whole")
            # PyAV ends each track with an empty packet without timestamps.
            if packet.dts is not None:
                yield packet, packet.dts


@contextmanager
def open_mp4(path: Path) -> Iterator[Demuxer]:
    """Open a file as MP4, and as no other format.

    The path is made absolute, as FFmpeg takes a word and a colon for a protocol. The
    format is given, as a playlist could make FFmpeg open other files and URLs.

    Raises:
        DamagedError: the file cannot be read; also raised later, while reading packets.
        NoVideoError: the file has no video track.
        OSError: the disk failed.
    """
    import av

    try:
        with av.open(str(path.absolute()), format="mp4", options=_OPTIONS) as container:
            yield Demuxer(container)
    except av.FFmpegError as err:
        if isinstance(err, OSError):
            raise
        raise DamagedError(f"The file cannot be read: {err.strerror}") from err
