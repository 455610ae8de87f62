"""Each step in the life of a review item is told once, however often it is seen."""

from dataclasses import replace

import pytest

from custom_components.frigate_http.aiofrigate import (
    NO_TEXTS,
    Config,
    Review,
    ReviewTexts,
    ReviewUpdate,
)
from custom_components.frigate_http.live.review_log import ReviewLog
from custom_components.frigate_http.live.state import LiveState
from custom_components.frigate_http.live.topics import Kind, ReviewEvent, Topic


def item(
    review_id: str = "1.0-a",
    severity: str = "detection",
    *,
    end: float | None = None,
    objects: tuple[str, ...] = ("person",),
    start: float = 1.0,
    texts: ReviewTexts | None = None,
) -> Review:
    """Return a review item at the door."""
    return Review(
        review_id=review_id,
        camera="door",
        severity=severity,
        start=start,
        end=end,
        has_ended=end is not None,
        reviewed=False,
        objects=objects,
        zones=(),
        sub_labels=(),
        audio=(),
        event_ids=(),
        texts=texts,
    )


def steps(happened: object) -> list[tuple[str, str]]:
    """Return what has happened, and to which item."""
    assert hasattr(happened, "__iter__")
    return [
        (one.event_type.value, one.review.review_id)
        for one in happened
        if isinstance(one, ReviewEvent)
    ]


@pytest.fixture
def log() -> ReviewLog:
    """Return a log that was told that nothing goes on."""
    log = ReviewLog()
    log.describing = {"door"}
    assert steps(log.apply_response([])) == []
    return log


def test_the_life_of_an_item(log: ReviewLog) -> None:
    assert log.severity("door") is None
    assert steps(log.apply_pushed(item())) == [("detection_started", "1.0-a")]
    assert log.severity("door") == "detection"
    assert steps(log.apply_pushed(item())) == []
    assert steps(log.apply_pushed(item(objects=("person", "car")))) == [
        ("updated", "1.0-a")
    ]
    assert steps(log.apply_pushed(item(severity="alert"))) == [
        ("alert_started", "1.0-a")
    ]
    assert log.severity("door") == "alert"
    assert log.severity("yard") is None
    assert steps(log.apply_pushed(item(severity="alert", end=9.0))) == [
        ("ended", "1.0-a")
    ]
    assert log.severity("door") is None


def test_an_alert_from_the_start(log: ReviewLog) -> None:
    assert steps(log.apply_pushed(item(severity="alert"))) == [
        ("alert_started", "1.0-a")
    ]
    # It does not become less; if it did, that would be a change like any other.
    assert steps(log.apply_pushed(item())) == [("updated", "1.0-a")]


def test_what_went_on_before_is_no_news() -> None:
    log = ReviewLog()
    assert steps(log.apply_response([item(), item("2.0-b", end=3.0)])) == []
    assert log.severity("door") == "detection"
    assert steps(log.apply_response([item(end=9.0), item("2.0-b", end=3.0)])) == [
        ("ended", "1.0-a")
    ]


def test_push_and_polling_together_fire_each_event_once(log: ReviewLog) -> None:
    assert steps(log.apply_pushed(item())) == [("detection_started", "1.0-a")]
    log.start_request()
    assert steps(log.apply_response([item()])) == []
    log.start_request()
    # The answer was under way when this came.
    assert steps(log.apply_pushed(item(end=5.0))) == [("ended", "1.0-a")]
    assert steps(log.apply_response([item()])) == []
    log.start_request()
    assert steps(log.apply_response([item(), item(end=5.0)])) == []
    assert log.severity("door") is None


def test_what_begins_while_it_is_asked_does_not_end_by_the_answer(
    log: ReviewLog,
) -> None:
    log.start_request()
    assert steps(log.apply_pushed(item())) == [("detection_started", "1.0-a")]
    assert steps(log.apply_response([])) == []
    # Frigate may have pushed it before it can be asked for.
    log.start_request()
    assert steps(log.apply_response([])) == []
    assert log.has_unconfirmed
    log.start_request()
    assert steps(log.apply_response([])) == [("ended", "1.0-a")]
    assert not log.has_unconfirmed


def test_what_is_missing_once_goes_on(log: ReviewLog) -> None:
    assert steps(log.apply_pushed(item())) == [("detection_started", "1.0-a")]
    for answer in ([], [item()], [], [item()]):
        log.start_request()
        assert steps(log.apply_response(answer)) == []
    assert steps(log.apply_pushed(item(end=3.0))) == [("ended", "1.0-a")]


def test_an_item_that_started_and_ended_in_a_gap_fires(log: ReviewLog) -> None:
    assert steps(log.apply_response([item(end=4.0)])) == [
        ("detection_started", "1.0-a"),
        ("ended", "1.0-a"),
    ]
    assert steps(log.apply_response([item(end=4.0)])) == []


def test_what_ended_without_having_begun_for_us_has_ended(log: ReviewLog) -> None:
    assert steps(log.apply_pushed(item(end=4.0))) == [("ended", "1.0-a")]
    assert steps(log.apply_pushed(item(end=4.0))) == []


def test_only_so_many_are_remembered(log: ReviewLog) -> None:
    for number in range(2500):
        steps(log.apply_pushed(item(f"{number}.0-x", end=1.0)))
    assert steps(log.apply_pushed(item("0.0-x", end=1.0))) == [("ended", "0.0-x")]
    assert steps(log.apply_pushed(item("2499.0-x", end=1.0))) == []


def test_an_item_without_a_severity_fires_as_a_detection(log: ReviewLog) -> None:
    assert steps(log.apply_pushed(replace(item(), severity=None))) == [
        ("detection_started", "1.0-a")
    ]


# What a language model writes about an item

TEXTS = replace(NO_TEXTS, title="A parcel")
OTHER = replace(NO_TEXTS, title="A dog")
BEGAN, OVER, DESCRIBED = (
    (step, "1.0-a") for step in ("detection_started", "ended", "described")
)


def test_an_item_is_described_once_after_its_end(log: ReviewLog) -> None:
    assert steps(log.apply_pushed(item())) == [BEGAN]
    assert steps(log.apply_pushed(item(end=9.0), is_end=True)) == [OVER]
    assert steps(log.apply_description("1.0-a", None)) == []
    (told,) = log.apply_description("1.0-a", TEXTS)
    # Whatever times came with it, these are the ones at which it happened.
    assert told.review == item(end=9.0, texts=TEXTS)
    assert steps(log.apply_description("1.0-a", TEXTS)) == []
    assert steps(log.apply_description("1.0-a", OTHER)) == []
    assert steps(log.apply_response([item(start=0.0, end=14.0, texts=OTHER)])) == []
    assert log.severity("door") is None


def test_a_description_that_overtakes_the_end_waits_for_it(log: ReviewLog) -> None:
    assert steps(log.apply_pushed(item())) == [BEGAN]
    assert steps(log.apply_description("1.0-a", TEXTS)) == []
    assert log.severity("door") == "detection"
    # Not even a change that does not know of it takes it away.
    assert steps(log.apply_pushed(item(), is_new=False)) == []
    ended, described = log.apply_pushed(item(end=9.0), is_end=True)
    assert steps([ended, described]) == [OVER, DESCRIBED]
    assert ended.review == item(end=9.0)
    assert described.review == item(end=9.0, texts=TEXTS)


def test_polling_tells_the_same_of_moved_times(log: ReviewLog) -> None:
    assert steps(log.apply_response([item()])) == [BEGAN]
    ended, described = log.apply_response([item(start=0.0, end=14.0, texts=TEXTS)])
    assert steps([ended, described]) == [OVER, DESCRIBED]
    assert ended.review.start == described.review.start == 1.0
    assert ended.review.texts is None
    assert steps(log.apply_response([item(start=0.0, end=14.0, texts=TEXTS)])) == []


def test_all_of_an_item_may_lie_in_a_gap(log: ReviewLog) -> None:
    assert steps(log.apply_response([item(end=4.0, texts=TEXTS)])) == [
        BEGAN,
        OVER,
        DESCRIBED,
    ]


def test_what_was_over_before_is_not_described(log: ReviewLog) -> None:
    fresh = ReviewLog()
    fresh.describing = {"door"}
    fresh.start_request(0.0)
    assert steps(fresh.apply_description("1.0-a", TEXTS)) == []
    assert steps(fresh.apply_response([item(end=4.0), item("2.0-b")])) == []
    assert steps(fresh.apply_description("1.0-a", TEXTS)) == []
    assert (
        steps(fresh.apply_response([item(end=4.0, texts=TEXTS), item("2.0-b")])) == []
    )
    assert steps(log.apply_description("unknown", TEXTS)) == []
    # The end of what went on at that time is news, and so is its description.
    assert steps(fresh.apply_pushed(item("2.0-b", end=5.0), is_end=True)) == [
        ("ended", "2.0-b")
    ]
    assert steps(fresh.apply_description("2.0-b", TEXTS)) == [("described", "2.0-b")]


def test_a_description_may_arrive_before_the_answer_that_tells_of_its_item(
    log: ReviewLog,
) -> None:
    log.start_request(0.0)
    assert steps(log.apply_description("1.0-a", TEXTS)) == []
    # The answer is older: Frigate had not stored the texts yet.
    assert steps(log.apply_response([item(end=4.0)])) == [BEGAN, OVER, DESCRIBED]
    assert steps(log.apply_pushed(item("2.0-b", end=5.0))) == [("ended", "2.0-b")]
    log.start_request(0.0)
    assert steps(log.apply_description("2.0-b", TEXTS)) == [("described", "2.0-b")]
    assert steps(log.apply_response([item(end=4.0), item("2.0-b", end=5.0)])) == []


def test_what_ended_lately_is_asked_for_until_it_is_described(log: ReviewLog) -> None:
    assert log.earliest_end(1000.0) == 1000.0
    assert steps(log.apply_pushed(item(end=900.0))) == [OVER]
    assert log.earliest_end(800.0) == 800.0
    assert log.earliest_end(1000.0) == 899.0
    assert log.earliest_end(1499.0) == 899.0
    # It is no longer waited for, unless it is pushed.
    assert log.earliest_end(1501.0) == 1501.0
    assert steps(log.apply_description("1.0-a", TEXTS)) == [DESCRIBED]
    assert log.earliest_end(1000.0) == 1000.0
    # An item that is gone has no end, and nobody describes it.
    assert steps(log.apply_pushed(item("2.0-b"))) == [("detection_started", "2.0-b")]
    for _ in range(2):
        log.start_request(1000.0)
        gone = steps(log.apply_response([]))
    assert gone == [("ended", "2.0-b")]
    assert log.earliest_end(1000.0) == 1000.0


def test_asking_for_longer_does_not_tell_of_what_is_no_news(log: ReviewLog) -> None:
    assert steps(log.apply_pushed(item(end=900.0))) == [OVER]
    log.start_request(1000.0)
    skipped = item("2.0-b", start=880.0, end=950.0, texts=TEXTS)
    assert steps(log.apply_response([item(end=900.0, texts=TEXTS), skipped])) == [
        DESCRIBED
    ]


def test_only_so_many_wait_for_a_description(log: ReviewLog) -> None:
    for number in range(30):
        steps(log.apply_pushed(item(f"{number}.0-x", end=float(number + 1))))
    told = [steps(log.apply_description(f"{one}.0-x", TEXTS)) for one in range(30)]
    assert told == [[]] * 10 + [[("described", f"{one}.0-x")] for one in range(10, 30)]


def test_where_nothing_is_described_nothing_is_asked_for(log: ReviewLog) -> None:
    log.describing = ()
    assert steps(log.apply_pushed(item(end=9.0))) == [OVER]
    assert log.earliest_end(10.0) == 10.0
    # The configuration may be older than the description.
    assert steps(log.apply_description("1.0-a", TEXTS)) == [DESCRIBED]


def test_the_last_description_is_that_of_the_item_that_began_last() -> None:
    state, config = LiveState(), Config.from_api({"cameras": {"door": {}}})
    state.configure(config, config.cameras)
    shown = [Topic(Kind.DESCRIBED, "door")]

    def describe(review: Review) -> list[object]:
        update = ReviewUpdate(review, is_new=False, is_description=True)
        return [one for one in state.apply_update(update) if one in shown]

    [*_began] = state.apply_update(ReviewUpdate(item(start=100.0)))
    [*_ended] = state.apply_update(ReviewUpdate(item(start=100.0, end=110.0)))
    assert shown[0] in describe(item(start=95.0, end=115.0, texts=TEXTS))
    # It began before that one did, if not before the time to which that has been moved.
    assert describe(item("2.0-b", start=97.0, end=99.0, texts=OTHER)) == []
    assert describe(item("2.0-b", start=97.0, end=99.0)) == []
    described = state.of("door").described
    assert described is not None
    assert (described.review_id, described.start) == ("1.0-a", 100.0)
    assert describe(item("3.0-c", start=101.0, end=102.0, texts=OTHER)) == shown
    # A camera that is gone has no state.
    state.configure(Config.from_api({}), {})
    assert describe(item("4.0-d", start=120.0, end=130.0, texts=TEXTS)) == []
    assert state.of("door").described is None
