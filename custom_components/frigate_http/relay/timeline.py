"""The times of a stream over all its connections.

Frigate's go2rtc counts each track of a connection from zero, and adds up how long its packets
last. It leaves out a pause of a track of over a second, and counts 1024 samples for each packet
of AAC, however many were lost. A track that paused is then behind the other one for ever.
"""

from collections.abc import Callable, Iterator
import time

from ..mp4.fragments import Sample, TrackKind

TICKS = 90_000
"""Units of all times in a second, those of MPEG-TS."""
# A longer jump is no pause of a camera, and Home Assistant's players fail at 30 seconds.
_MAX_JUMP = TICKS
# Both tracks come in one sequence, and no camera sends one of them so much later.
_MAX_BEHIND, _MAX_STEP = TICKS, 20 * TICKS
# Audio without video is left out after that.
_MAX_AHEAD = 10 * TICKS
# How long nothing is heard until that is taken for silence, at first and later, and how far
# behind the video it ends. A player waits for audio that was announced.
_FIRST_WAIT, _WAIT = TICKS // 4, TICKS
# How far out of step the tracks may be.
_MAX_DIFFERENCE = TICKS // 20
# How long the times of arrival are compared, in seconds, and how many packets it takes.
_PERIOD, _MIN_PACKETS = 2.0, 20


class _Track:
    """Where a track is."""

    def __init__(self) -> None:
        """Begin at no time."""
        self.has_begun = False
        """Whether the connection has had a packet of it."""
        self.offset = 0
        """What is added to the times of the connection."""
        self.following = 0
        """Where the connection should go on."""
        self.last = self.end = TICKS
        """Start and end of the last packet, which may be silence."""
        self.heard = TICKS
        """End of the last packet that has come."""
        self.arrival = 0.0
        self.forget()

    def forget(self) -> None:
        """Begin a new period of arrivals."""
        self.begin = self.last
        self.packets = 0
        self.delay = float("inf")


class Timeline:
    """Gives the packets of a stream their times: monotonic, and audio and video in step.

    A new connection goes on right behind the last packet. Within a connection, a jump over
    a second or backwards is left out, of each track alone. Which track is behind the other
    is known from the order and the times in which they arrive: that one is moved forward,
    at once if it is behind over a second, and otherwise when the least delayed of at least
    20 packets is over 50 ms behind.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Initialize; the clock is in seconds."""
        self._clock = clock
        self._video, self._audio = _Track(), _Track()
        self._period_start = clock()

    def restart(self) -> None:
        """Begin a new connection, whose first packet is one of video."""
        start = max(self._video.end, self._audio.end)
        for track in (self._video, self._audio):
            track.has_begun = False
            track.end = track.heard = start
        self._start_period(self._clock())

    def place(self, sample: Sample) -> int | None:
        """Return the DTS of a packet in ticks; None if it has to be left out."""
        now = self._clock()
        is_video = sample.track.kind is TrackKind.H264
        track, other = self._video, self._audio
        if not is_video:
            track, other = other, track
            if not other.has_begun:
                return None
        timescale = sample.track.timescale
        dts = sample.dts * TICKS // timescale
        duration = min(sample.duration * TICKS // timescale, _MAX_JUMP)
        self._move(track, other, sample, dts, now)
        placed = dts + track.offset
        track.following = dts + duration
        if not is_video and placed > other.end + _MAX_AHEAD:
            track.offset -= duration
            return None
        track.last = placed
        track.end = track.heard = placed + max(duration, 1)
        track.arrival = now
        self._compare(track, now)
        return placed

    def _move(
        self, track: _Track, other: _Track, sample: Sample, dts: int, now: float
    ) -> None:
        """Find the offset of a track, with which its packet comes where it belongs."""
        is_video = track is self._video
        if not track.has_begun:
            track.has_begun = True
            # Audio begins where it belongs, next to the video.
            begin = track.end if is_video else dts + other.offset
            if not is_video and abs(begin - other.last) > _MAX_JUMP:
                begin = other.last
            track.offset = max(begin, track.end) - dts
        elif abs(dts - track.following) > _MAX_JUMP or dts + track.offset <= track.last:
            track.offset = track.end - dts
        elif is_video and sample.duration == sample.track.timescale // 1000 + 1:
            # So long lasts a packet of go2rtc after a pause. The real one has been seen.
            pause = round((now - track.arrival) * TICKS)
            if pause > _MAX_JUMP:
                track.offset += min(pause, _MAX_AHEAD)
        if other.has_begun:
            behind = other.last - (dts + track.offset)
            if behind > _MAX_BEHIND:
                track.offset += min(behind, _MAX_STEP)

    def silence(self, duration: int) -> Iterator[int]:
        """Yield the DTS of packets of silence, of a duration in ticks, for missing audio."""
        video, audio = self._video, self._audio
        if video.last - audio.heard < (_WAIT if audio.has_begun else _FIRST_WAIT):
            return
        while audio.end + duration <= video.last - _FIRST_WAIT // 2:
            audio.last = audio.end
            audio.end += duration
            yield audio.last

    def _compare(self, track: _Track, now: float) -> None:
        """Move the track forward that arrives later than the other one."""
        track.packets += 1
        track.delay = min(track.delay, now * TICKS - track.last)
        elapsed = (now - self._period_start) * TICKS
        video, audio = self._video, self._audio
        if track is video or elapsed < _PERIOD * TICKS:
            return
        if min(video.packets, audio.packets) < _MIN_PACKETS:
            return
        behind = round(video.delay - audio.delay)
        # Packets that had to wait come all at once, which says nothing.
        is_live = abs(audio.last - audio.begin - elapsed) < elapsed / 5
        if is_live and abs(behind) > _MAX_DIFFERENCE:
            late = video if behind > 0 else audio
            late.offset += min(abs(behind), _MAX_STEP)
        self._start_period(now)

    def _start_period(self, now: float) -> None:
        self._period_start = now
        self._video.forget()
        self._audio.forget()
