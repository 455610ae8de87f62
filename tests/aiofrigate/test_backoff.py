"""The pauses between two attempts to connect."""

from custom_components.frigate_http.aiofrigate import (
    FIRST_BACKOFF,
    MAX_BACKOFF,
    Backoff,
)


def test_pauses_grow_up_to_a_limit_and_are_not_all_the_same() -> None:
    backoffs = [Backoff() for _number in range(50)]
    longest = FIRST_BACKOFF
    for _attempt in range(10):
        pauses = [one.pause() for one in backoffs]
        assert min(pauses) >= longest / 2
        assert max(pauses) <= longest
        assert len(set(pauses)) > 1
        longest = min(2 * longest, MAX_BACKOFF)
    assert longest == MAX_BACKOFF


def test_pauses_begin_anew_after_a_connection_that_lasted() -> None:
    backoff = Backoff()
    for _attempt in range(10):
        backoff.pause(lasted=MAX_BACKOFF)
    assert backoff.pause() >= MAX_BACKOFF / 2
    assert backoff.pause(lasted=MAX_BACKOFF + 1) <= FIRST_BACKOFF
    assert backoff.pause() > FIRST_BACKOFF / 2

    for _attempt in range(10):
        backoff.pause()
    backoff.reset()
    assert backoff.pause() <= FIRST_BACKOFF
