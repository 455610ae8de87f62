"""Each step in the life of a review item is told once, however often it is seen."""

from dataclasses import replace

import pytest

from custom_components.frigate_http.aiofrigate import Review
from custom_components.frigate_http.live.review_log import ReviewLog
from custom_components.frigate_http.live.topics import ReviewEvent


def item(
    review_id: str = "1.0-a",
    severity: str = "detection",
    *,
    end: float | None = None,
    objects: tuple[str, ...] = ("person",),
) -> Review:
    """Return a review item at the door."""
    return Review(
        review_id=review_id,
        camera="door",
        severity=severity,
        start=1.0,
        end=end,
        has_ended=end is not None,
        reviewed=False,
        objects=objects,
        zones=(),
        sub_labels=(),
        audio=(),
        event_ids=(),
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
