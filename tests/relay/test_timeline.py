"""The times of a stream, which go on over reconnects and keep audio and video in step.

A simulated camera has its own time, which is the truth: how far audio and video are out of
step is how much longer one of them took to the player than the other.
"""

from collections.abc import Callable, Iterator
import itertools
from typing import NamedTuple

import pytest

from custom_components.frigate_http.mp4.fragments import Sample, Track, TrackKind
from custom_components.frigate_http.relay.timeline import TICKS, Timeline

from .messages import Clock

RATE = 16000
SECONDS_OF_AUDIO = 1024 / RATE


def _track(kind: TrackKind, timescale: int) -> Track:
    return Track(id=1, timescale=timescale, kind=kind, config=b"", defaults=(0, 0, 0))


VIDEO, AUDIO = _track(TrackKind.H264, TICKS), _track(TrackKind.AAC, RATE)


class Placed(NamedTuple):
    """A packet: when it was recorded and when it is shown, in seconds."""

    track: Track
    truth: float
    time: float


class Connection:
    """The times of go2rtc for a connection: see its muxer in `tests/fake_frigate`."""

    def __init__(self) -> None:
        """Begin each track at zero."""
        self._dts = {VIDEO.kind: 0, AUDIO.kind: 0}
        self._last = -TICKS * 100

    def sample(self, track: Track, truth: float) -> Sample:
        """Return a packet that was recorded at a time."""
        duration = 1024
        if track is VIDEO:
            ticks = round(truth * TICKS)
            duration = ticks - self._last
            self._last = ticks
            if not 0 < duration <= TICKS:
                duration = TICKS // 1000 + 1
                self._last += duration
        dts = self._dts[track.kind]
        self._dts[track.kind] += duration
        return Sample(track, dts, 0, duration, True, memoryview(b""))


class Stream:
    """A camera, its connection, and the timeline that is tested."""

    def __init__(self, fps: float = 20) -> None:
        """Initialize a camera; each of its pictures and packets of audio comes at once."""
        self.clock = Clock()
        self.timeline = Timeline(self.clock)
        self.fps = fps
        self.time = 0.0
        self.placed: list[Placed] = []
        self.left_out = 0
        self.connect()

    def connect(self) -> None:
        """Connect again."""
        self.connection = Connection()
        self.timeline.restart()
        self._start = self.time
        self._next = {VIDEO.kind: self.time, AUDIO.kind: self.time}

    def packets(self, seconds: float) -> Iterator[tuple[Track, float]]:
        """Yield what is recorded in the next seconds, in its order."""
        end = self.time + seconds
        lasts = {VIDEO.kind: 1 / self.fps, AUDIO.kind: SECONDS_OF_AUDIO}
        while True:
            track = min(VIDEO, AUDIO, key=lambda each: self._next[each.kind])
            self.time = self._next[track.kind]
            if self.time >= end - 1e-6:
                self.time = end
                return
            self._next[track.kind] += lasts[track.kind]
            yield track, self.time

    def run(
        self,
        seconds: float,
        came: Callable[[Track, float], bool] = lambda track, time: True,
        late: Callable[[float], float] = lambda time: 0.0,
    ) -> list[Placed]:
        """Record and place; `came` tells what was not lost, `late` how much later it came."""
        begin = len(self.placed)
        for track, truth in self.packets(seconds):
            if not came(track, truth):
                continue
            self.clock.now = max(self.clock.now, 1000 + truth + late(truth))
            self.place(self.connection.sample(track, truth), truth)
        return self.placed[begin:]

    def place(self, sample: Sample, truth: float = 0) -> None:
        """Place a packet."""
        if (dts := self.timeline.place(sample)) is None:
            self.left_out += 1
        else:
            self.placed.append(Placed(sample.track, truth, dts / TICKS))

    def difference(self, last: int = 40) -> float:
        """Return how much later than the video the audio is shown, at the end."""
        shift = {
            track.kind: [
                each.time - each.truth for each in self.placed if each.track is track
            ][-last:]
            for track in (VIDEO, AUDIO)
        }
        video, audio = (sorted(each)[len(each) // 2] for each in shift.values())
        return audio - video

    def check(self) -> None:
        """Check that the times of each track grow, by less than a player bears."""
        for track in (VIDEO, AUDIO):
            times = [each.time for each in self.placed if each.track is track]
            steps = [later - time for time, later in itertools.pairwise(times)]
            assert min(steps) > 0
            assert max(steps) < 21


# go2rtc gives a picture the time of the one before, which is a twentieth of a second.
IN_STEP = 0.05 + 0.05


def test_an_undisturbed_stream_is_left_as_it_is() -> None:
    stream = Stream()
    stream.run(120)
    samples = Connection()
    for placed, (track, truth) in zip(
        stream.placed, Stream().packets(120), strict=True
    ):
        dts = samples.sample(track, truth).dts / track.timescale
        assert placed.track is track
        assert abs(placed.time - 1 - dts) < 1e-4


def test_two_hours_do_not_drift() -> None:
    stream = Stream(fps=2)

    def shifts(seconds: float) -> list[float]:
        last = {each.track.kind: each for each in stream.run(seconds)}
        return [last[kind].time - last[kind].truth for kind in (VIDEO.kind, AUDIO.kind)]

    before = shifts(60)
    assert abs(before[0] - before[1]) <= 0.05
    assert shifts(7200) == pytest.approx(before, abs=0.001)
    stream.check()


@pytest.mark.parametrize("gap", [0.2, 40, 4000])
def test_a_new_connection_goes_on_behind_the_last_packet(gap: float) -> None:
    stream = Stream()
    for seconds in (0.5, 3, 20, 1):
        before = stream.run(seconds)
        stream.time += gap
        stream.connect()
        after = stream.run(1)
        first = {each.track.kind: each.time for each in reversed(after)}
        last = max(each.time for each in before)
        assert all(0 < each - last < 0.07 for each in first.values())
        assert first[VIDEO.kind] == pytest.approx(first[AUDIO.kind])
    stream.check()
    assert abs(stream.difference()) <= IN_STEP


def test_after_many_connections_in_a_day() -> None:
    stream = Stream(fps=5)
    for number in range(200):
        stream.run(0.3 + number % 7 / 3)
        stream.time += 430
        stream.connect()
    stream.run(10)
    stream.check()
    assert abs(stream.difference()) <= 0.05 + 1 / 5


@pytest.mark.parametrize("jump", [1.5, 1e6, -0.5, -5])
@pytest.mark.parametrize("jumping", ["both", "h264", "aac"])
def test_a_jump_within_a_connection_is_left_out(jump: float, jumping: str) -> None:
    stream = Stream()
    stream.run(100)
    connection = stream.connection
    for track in (VIDEO, AUDIO):
        if jumping in ("both", track.kind.value):
            connection._dts[track.kind] += round(jump * track.timescale)
    after = stream.run(20)
    assert max(each.time for each in after) < 122
    stream.check()
    assert abs(stream.difference()) <= IN_STEP


@pytest.mark.parametrize("pause", [1.5, 9])
def test_a_pause_of_the_video_alone(pause: float) -> None:
    stream = Stream()
    stream.run(30)
    stream.run(pause, came=lambda track, _: track is AUDIO)
    after = stream.run(10)
    # go2rtc leaves it out, but the audio went on.
    assert after[-1].time == pytest.approx(1 + 40 + pause, abs=0.2)
    stream.check()
    assert abs(stream.difference()) <= IN_STEP


def test_a_long_pause_of_the_video_alone() -> None:
    stream = Stream()
    stream.run(30)
    stream.run(300, came=lambda track, _: track is AUDIO)
    # Nobody hears so much without a picture.
    assert stream.left_out == pytest.approx((300 - 10) / SECONDS_OF_AUDIO, abs=3)
    after = stream.run(10)
    assert after[-1].time == pytest.approx(1 + 30 + 10 + 10, abs=0.3)
    stream.check()
    assert abs(stream.difference()) <= IN_STEP


@pytest.mark.parametrize("pause", [0.5, 5, 100])
def test_a_pause_of_the_audio_alone(pause: float) -> None:
    stream = Stream()
    stream.run(30)
    stream.run(pause, came=lambda track, _: track is VIDEO)
    stream.run(10)
    stream.check()
    assert abs(stream.difference()) <= IN_STEP
    assert stream.placed[-1].time == pytest.approx(1 + 40 + pause, abs=0.2)


def test_audio_that_begins_late() -> None:
    stream = Stream()
    stream.run(8, came=lambda track, _: track is VIDEO)
    stream.run(10)
    stream.check()
    assert abs(stream.difference()) <= IN_STEP


def test_audio_before_any_video_is_left_out() -> None:
    stream = Stream()
    stream.run(0.5, came=lambda track, _: track is AUDIO)
    assert not stream.placed
    assert stream.left_out == 8


def test_lost_packets_of_audio_do_not_add_up() -> None:
    stream = Stream()
    # One in ten seconds, which is over three seconds in the end.
    lost = {round(number * SECONDS_OF_AUDIO, 3) for number in range(99, 9000, 157)}
    for _ in range(60):
        stream.run(10, came=lambda _, time: round(time, 3) not in lost)
        # It takes some seconds to see that one is missing.
        assert abs(stream.difference()) <= IN_STEP + SECONDS_OF_AUDIO
    stream.check()


def test_a_clock_of_the_camera_that_goes_wrong() -> None:
    stream = Stream()
    # A thousandth, which is twenty times worse than any.
    rate = SECONDS_OF_AUDIO * 1.001
    for _ in range(20):
        end = stream.time + 30
        video, audio = stream.time, stream.time
        while min(video, audio) < end:
            track, stream.time = (VIDEO, video) if video <= audio else (AUDIO, audio)
            if track is VIDEO:
                video += 1 / 20
            else:
                audio += rate
            stream.clock.now = 1000 + stream.time
            stream.place(stream.connection.sample(track, stream.time), stream.time)
        assert abs(stream.difference()) <= IN_STEP
    stream.check()


def test_a_network_that_stalls_changes_nothing() -> None:
    stream, undisturbed = Stream(), Stream()
    undisturbed.run(300)
    # Every 15 seconds, all that belongs to five seconds comes at once.
    stream.run(300, late=lambda time: 5 - time % 5 if time % 15 > 10 else 0.0)
    assert stream.placed == undisturbed.placed
    # And so does all at once.
    hurried = Stream()
    hurried.run(300, late=lambda time: 300 - time)
    assert hurried.placed == undisturbed.placed


@pytest.mark.parametrize("fps", [0.4, 0.9, 1.0, 5, 60])
def test_whatever_number_of_pictures_a_second(fps: float) -> None:
    stream = Stream(fps=fps)
    stream.run(120)
    stream.check()
    assert abs(stream.difference()) <= 0.05 + min(1 / fps, 1)
    alone = Stream(fps=fps)
    alone.run(120, came=lambda track, _: track is VIDEO)
    last = alone.placed[-1]
    assert last.time == pytest.approx(1 + last.truth, abs=1 / fps + 0.1)


def test_packets_without_durations_and_impossible_ones() -> None:
    stream = Stream()
    for duration in (0, 2**32 - 1, 0, 1):
        for track in (VIDEO, AUDIO):
            for dts in (0, 0, 2**64 - 1, 5, 2**63, 5):
                sample = Sample(track, dts, 0, duration, True, memoryview(b""))
                stream.place(sample)
    # They would make a player wait for hours.
    for dts, duration in ((9000, 2**32 - 1), (9000 + 2**32 - 1, 9000)):
        sample = Sample(VIDEO, dts, 0, duration, True, memoryview(b""))
        stream.place(sample)
    assert len(stream.placed) == 50
    assert max(each.time for each in stream.placed) < 60
    stream.check()
