"""The offset of a server's clock, from stats that it computes at moments of its own."""

from collections.abc import Iterator

import pytest

from custom_components.frigate_http.aiofrigate import ServerClock

NOW = 1795435200.0
DAY = 86400.0
DIFFERENT = (-13 * DAY, -600.0, -106.0, -40.0, 40.0, 106.0, 600.0, 13 * DAY)


def _answers(
    offset: float, start: float = NOW, interval: float = 15.7, poll: float = 15.02
) -> Iterator[tuple[float, float, float]]:
    """Yield times as Frigate's stats tell them, cut to whole seconds, and those of the polls.

    It begins `start` seconds after the epoch by our clock, and computes once an interval.
    """
    for number in range(10_000):
        sent_at = start + number * poll
        made_at = start - 9.3 + (sent_at + 9.3 - start) // interval * interval
        yield float(int(made_at + offset)), sent_at, sent_at + 0.3


def _clock(offset: float, polls: int, **pace: float) -> ServerClock:
    clock = ServerClock()
    for answer, _number in zip(_answers(offset, **pace), range(polls), strict=False):
        clock.add(*answer)
    return clock


@pytest.mark.parametrize("offset", DIFFERENT)
@pytest.mark.parametrize("interval", [15.1, 15.7, 18.0, 24.0])
def test_the_offset_is_within_bounds_that_become_tight(
    offset: float, interval: float
) -> None:
    clock = ServerClock()
    for answer, number in zip(
        _answers(offset, interval=interval), range(200), strict=False
    ):
        clock.add(*answer)
        if abs(offset) > 60:
            # From the first answer on.
            assert clock.lowest <= offset <= clock.highest
            assert abs(clock.offset - offset) < 20
            assert clock.differs_by(30) is not False
        if number and abs(offset) > 60:
            assert clock.differs_by(30)
    assert abs(clock.offset - offset) < 5
    assert clock.highest - clock.lowest < 10
    assert clock.differs_by(30)
    assert clock.earliest(NOW) <= NOW + offset <= clock.latest(NOW)
    assert clock.earliest(NOW) < clock.estimate(NOW) < clock.latest(NOW)


@pytest.mark.parametrize("offset", [-1.5, -0.5, 0.0, 0.5])
def test_what_is_below_the_noise_is_no_offset(offset: float) -> None:
    clock = ServerClock()
    for answer, _number in zip(_answers(offset), range(80), strict=False):
        clock.add(*answer)
        assert (clock.lowest, clock.offset, clock.highest) == (0, 0, 0)
        assert not clock.differs_by(30)
    assert clock.differs_by(30) is False
    assert clock.earliest(NOW) == clock.estimate(NOW) == clock.latest(NOW) == NOW


def test_without_stats_nothing_is_known() -> None:
    clock = ServerClock()
    assert clock.differs_by(30) is None
    assert clock.estimate(NOW) == NOW


@pytest.mark.parametrize("before", [*DIFFERENT, 0.0])
@pytest.mark.parametrize("after", [*DIFFERENT, 0.0])
@pytest.mark.parametrize("is_ours", [True, False])
def test_a_clock_that_is_set(before: float, after: float, is_ours: bool) -> None:
    """Whose clock was set does not matter: a few answers later, it is as from the start."""
    clock = _clock(before, 20)
    start = NOW + 300 + (before - after if is_ours else 0)
    for answer, _number in zip(_answers(after, start), range(6), strict=False):
        clock.add(*answer)
    assert clock.lowest <= after <= clock.highest or abs(after) < 5
    assert clock.differs_by(30) is (True if abs(after) > 60 else clock.differs_by(30))
    for answer, _number in zip(_answers(after, start + 90), range(60), strict=False):
        clock.add(*answer)
    assert clock.differs_by(30) is (after != 0)
    assert abs(clock.offset - after) < 5


def test_frozen_stats_are_no_clock() -> None:
    clock = ServerClock()
    for number in range(10):
        clock.add(NOW - 9000, NOW + number * 15, NOW + number * 15)
    assert clock.differs_by(30) is None
    assert clock.offset == 0
    # What was known before they froze stays known.
    clock = _clock(-106, 40)
    known = clock.offset
    for number in range(10):
        clock.add(NOW + 480 - 106, NOW + 600 + number * 15, NOW + 601 + number * 15)
    assert clock.offset == pytest.approx(known, abs=5)


def test_when_they_were_compared() -> None:
    clock = ServerClock()
    clock.add(NOW - 106, NOW, NOW + 1)
    assert clock.measured_at == NOW + 1
    clock.add(NOW - 106, NOW + 15, NOW + 16)
    assert clock.measured_at == NOW + 1
