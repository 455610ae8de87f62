"""Reading the packets of a file, which never holds more than one of them."""

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

# To learn about a track FFmpeg decodes pictures and keeps packets, which takes memory by
# the size of the picture. What matters here stands in the header of the file. Packets
# that players are told not to show were recorded all the same.
_OPTIONS = {"skip_frame": "all", "probesize": "65536", "advanced_editlist": "0"}


def never_cancelled() -> bool:
    """Answer a caller who never cancels."""
    return False


def seconds_per_tick(track: VideoStream | AudioStream) -> float:
    """Return what one unit of a track's times means."""
    base = track.time_base
    return base.numerator / base.denominator


class Demuxer:
    """An open file, of which one video and one audio track count."""

    def __init__(self, container: InputContainer) -> None:
        """Find the tracks."""
        self._container = container
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
        """Read the packets of both tracks, and when each is decoded, in its ticks.

        Raises:
            JoinCancelledError: `cancelled` said so.
            DamagedError: a packet is not whole.
        """
        for packet in self._container.demux(self.tracks):
            if cancelled():
                raise JoinCancelledError("Cancelled")
            if packet.is_corrupt:
                raise DamagedError("A packet of the file is not whole")
            if packet.dts is not None:
                yield packet, packet.dts


@contextmanager
def open_mp4(path: Path) -> Iterator[Demuxer]:
    """Open a file as MP4, and nothing else, for as long as it is needed.

    The name is made absolute, as FFmpeg takes a word and a colon for a protocol. The
    format is given, as others (playlists) could lead to other files and servers.

    Raises:
        DamagedError: it cannot be read; also later, while its packets are read.
        NoVideoError: it has no video track.
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
