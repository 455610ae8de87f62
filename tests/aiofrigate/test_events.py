"""Events and reviews, with every version of Frigate."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from custom_components.frigate_http.aiofrigate import (
    Event,
    EventFilter,
    FrigateArgumentError,
    FrigateClient,
    FrigateDataError,
    FrigateForbiddenError,
    FrigateHTMLError,
    FrigateNotFoundError,
    FrigateValidationError,
    NewEvent,
    Review,
    ReviewFilter,
    ReviewSummary,
)
from tests.fake_frigate import FakeFrigate, Fault
from tests.versions import EVERY_VERSION, WITH_016

from .conftest import GATE, VIEWER, Connect, recorded, sent
from .test_junk import JUNK

RING = NewEvent(camera="front_door", label="doorbell")


@EVERY_VERSION
async def test_events_are_listed(frigate: FakeFrigate, client: FrigateClient) -> None:
    assert await client.events.list() == ()
    old = frigate.add_event("Portones", "car", ago=500, zones=["yard"], score=0.5)
    new = frigate.add_event("front_door", sub_label="Ana", duration=None)
    newest, oldest = await client.events.list(fresh=True)
    assert newest == Event(
        event_id=new.id,
        camera="front_door",
        label="person",
        sub_label="Ana",
        zones=(),
        start=new.start_time,
        end=None,
        has_ended=False,
        has_clip=True,
        has_snapshot=True,
        score=0.86,
        retained=False,
        kind="object",
        plate=None,
        sub_label_score=1.0,
        plate_score=None,
    )
    assert (oldest.event_id, oldest.zones, oldest.end) == (
        old.id,
        ("yard",),
        old.end_time,
    )


@EVERY_VERSION
async def test_event_filters_are_sent_in_the_query(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    event = frigate.add_event("front_door", sub_label="Ana", zones=["a", "b"])
    frigate.add_event("front_door", "dog")
    found = await client.events.list(
        EventFilter(
            cameras=["front_door", "Portones"],
            labels=["person", "car"],
            zones=["b"],
            sub_labels=["Ana"],
            after=event.start_time - 1,
            before=event.start_time + 1,
            in_progress=False,
            has_clip=True,
            has_snapshot=True,
            limit=5,
        )
    )
    assert [one.event_id for one in found] == [event.id]
    query = sent(frigate, "/api/events")[-1].query
    assert query["cameras"] == "front_door,Portones"
    assert (query["in_progress"], query["has_clip"], query["limit"]) == ("0", "1", "5")
    await client.events.list()
    assert sent(frigate, "/api/events")[-1].query == {
        "limit": "100",
        "include_thumbnails": "0",
    }


@EVERY_VERSION
async def test_an_event_is_created_changed_ended_and_deleted(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    events = client.events
    event_id = await events.create(
        NewEvent(
            camera="front_door",
            label="Klingel am Tor",
            sub_label="Ring",
            duration=None,
            include_recording=False,
            score=0.75,
        )
    )
    with pytest.raises(FrigateNotFoundError, match="not found"):
        await events.end(event_id)
    (event,) = await events.list()
    assert (event.event_id, event.label) == (event_id, "Klingel am Tor")
    assert (event.sub_label, event.score) == ("Ring", 0.75)
    assert (event.end, event.has_clip) == (None, False)

    row = frigate.state.database.events[event_id]
    await events.retain(event_id)
    assert row.retained
    await events.retain(event_id, retain=False)
    assert not row.retained
    await events.set_sub_label(event_id, "Ana", 0.5)
    assert (row.sub_label, row.data["sub_label_score"]) == ("Ana", 0.5)
    await events.set_sub_label(event_id, "")
    assert row.sub_label is None
    await events.end(event_id, 1795456937.5)
    assert row.end_time == 1795456937.5
    await events.end(event_id)
    assert row.end_time != 1795456937.5
    await events.delete(event_id)
    assert await events.list(fresh=True) == ()
    with pytest.raises(FrigateNotFoundError):
        await events.delete(event_id)


@EVERY_VERSION
async def test_refused_event_commands_are_errors(
    frigate: FakeFrigate, client: FrigateClient, connect: Connect
) -> None:
    event = frigate.add_event("front_door")
    viewer = connect(frigate.external_url, **VIEWER)
    for command in (
        lambda: viewer.events.create(RING),
        lambda: viewer.events.end(event.id),
        lambda: viewer.events.delete(event.id),
        lambda: viewer.events.retain(event.id),
        lambda: viewer.events.set_sub_label(event.id, "Ana"),
    ):
        with pytest.raises(FrigateForbiddenError, match="Required: admin"):
            await command()
    assert [one.event_id for one in await viewer.events.list()] == [event.id]
    with pytest.raises(FrigateNotFoundError, match="not a valid camera"):
        await client.events.create(NewEvent(camera="nobody", label="doorbell"))
    with pytest.raises(FrigateValidationError) as caught:
        await client.events.set_sub_label(event.id, "x" * 101)
    assert caught.value.fields == ("body.subLabel",)
    frigate.clear_requests()
    with pytest.raises(FrigateArgumentError):
        await client.events.create(NewEvent(camera="front_door", label=".."))
    assert frigate.requests == []


@WITH_016
async def test_reviews_are_listed_summarized_and_marked(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    reviews = client.reviews
    await client.system.stats()
    assert await reviews.list() == ()
    assert await reviews.summary() == ReviewSummary(0, 0)
    alert = frigate.add_review(
        "front_door",
        zones=["yard"],
        sub_labels=["Ana"],
        audio=["bark"],
        events=["1.0-a"],
        duration=None,
    )
    bark = frigate.add_review("Portones", "detection", ago=300)
    first, second = await reviews.list(fresh=True)
    assert first == Review(
        review_id=alert.id,
        camera="front_door",
        severity="alert",
        start=alert.start_time,
        end=None,
        has_ended=False,
        reviewed=False,
        objects=("person-verified",),
        zones=("yard",),
        sub_labels=("Ana",),
        audio=("bark",),
        event_ids=("1.0-a",),
    )
    assert (second.review_id, second.end) == (bark.id, bark.end_time)
    # By itself an item does not say whether it has been reviewed.
    assert await reviews.get(alert.id) == replace(first, reviewed=None)
    with pytest.raises(FrigateNotFoundError):
        await reviews.get("1.0-unknown")
    assert await reviews.summary(fresh=True) == ReviewSummary(1, 1)

    await reviews.mark([alert.id, "1.0-unknown"])
    assert await reviews.summary(fresh=True) == ReviewSummary(0, 1)
    (left,) = await reviews.list(ReviewFilter(reviewed=False), fresh=True)
    assert left.review_id == bark.id
    (seen,) = await reviews.list(ReviewFilter(reviewed=True), fresh=True)
    assert seen == replace(first, reviewed=True)
    assert len(await reviews.list(fresh=True)) == 2
    await reviews.mark([alert.id, "1.0-unknown"], reviewed=False)
    assert await reviews.summary(fresh=True) == ReviewSummary(1, 1)
    assert await reviews.list(ReviewFilter(reviewed=True), fresh=True) == ()


@WITH_016
async def test_reviews_are_filtered_by_what_was_reviewed_up_to_the_limit(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    items = [frigate.add_review("front_door", ago=60 + each) for each in range(230)]
    # Some began at the same time, where one answer ends and the next one begins.
    for one in items[95:105]:
        one.start_time = items[100].start_time
    seen = {one.id for one in items[::50]}
    await client.reviews.mark(seen)
    for limit, expected in ((1, 1), (3, 3), (100, len(seen))):
        found = await client.reviews.list(
            ReviewFilter(reviewed=True, limit=limit), fresh=True
        )
        assert len(found) == expected
        assert {one.review_id for one in found} <= seen
    found = await client.reviews.list(
        ReviewFilter(reviewed=False, limit=1000), fresh=True
    )
    assert len(found) == len(items) - len(seen)
    found = await client.reviews.list(
        ReviewFilter(reviewed=False, limit=120), fresh=True
    )
    assert len(found) == 120
    assert not {one.review_id for one in found} & seen


async def test_reviews_are_not_read_for_ever(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    for each in range(5100):
        frigate.add_review("front_door", ago=60 + each)
    assert await client.reviews.list(ReviewFilter(reviewed=True), fresh=True) == ()
    assert len(sent(frigate, "/api/review")) == 50


@WITH_016
async def test_a_summary_is_that_of_the_own_account(
    frigate: FakeFrigate, client: FrigateClient, connect: Connect
) -> None:
    frigate.add_review("front_door")
    viewer = connect(frigate.external_url, **VIEWER)
    await client.system.stats()
    await viewer.system.stats()
    await client.reviews.mark([one.review_id for one in await client.reviews.list()])
    assert await client.reviews.summary() == ReviewSummary(0, 0)
    assert await viewer.reviews.summary() == ReviewSummary(1, 0)


@EVERY_VERSION
async def test_a_restricted_account_marks_reviews_of_its_cameras_only(
    frigate: FakeFrigate, connect: Connect
) -> None:
    alert = frigate.add_review("front_door")
    bark = frigate.add_review("Portones", "detection", ago=300)
    gate = connect(frigate.external_url, **GATE)
    assert await gate.reviews.summary() == ReviewSummary(0, 1)
    with pytest.raises(FrigateForbiddenError, match="Access denied to camera"):
        await gate.reviews.mark([bark.id, alert.id])
    with pytest.raises(FrigateForbiddenError, match="Access denied to camera"):
        await gate.reviews.get(alert.id)
    assert await gate.reviews.summary(fresh=True) == ReviewSummary(0, 0)


@EVERY_VERSION
async def test_review_filters_are_sent_in_the_query(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    review = frigate.add_review("front_door", ago=90000)
    frigate.add_review("Portones", "detection", ago=90000)
    found = await client.reviews.list(
        ReviewFilter(
            cameras=["front_door"],
            severity="alert",
            after=0.0,
            before=review.start_time + 1,
            limit=7,
        )
    )
    assert [one.review_id for one in found] == [review.id]
    assert sent(frigate, "/api/review")[-1].query == {
        "limit": "7",
        "cameras": "front_door",
        "severity": "alert",
        "after": "1.0",
        "before": str(review.start_time + 1),
        "reviewed": "2",
    }


@pytest.mark.parametrize(
    ("path", "answer", "call"),
    [
        ("/api/events", [{"id": 5}], lambda client: client.events.list()),
        ("/api/events", ["x"], lambda client: client.events.list()),
        ("/api/events/", {"success": True}, lambda client: client.events.create(RING)),
        ("/api/events/", [], lambda client: client.events.end("1.0-a")),
        ("/api/review", [{}], lambda client: client.reviews.list()),
        ("/api/review/", {}, lambda client: client.reviews.get("1.0-a")),
        ("/api/review", {}, lambda client: client.reviews.summary()),
        ("/api/review", {"last24Hours": 1}, lambda client: client.reviews.summary()),
        ("/api/reviews", "ok", lambda client: client.reviews.mark(["1.0-a"])),
    ],
)
async def test_event_and_review_answers_of_another_shape_are_refused(
    frigate: FakeFrigate,
    client: FrigateClient,
    path: str,
    answer: Any,
    call: Callable[[FrigateClient], Awaitable[object]],
) -> None:
    frigate.fail(path, Fault.json(answer))
    with pytest.raises(FrigateDataError):
        await call(client)
    frigate.clear_faults()
    frigate.fail(path, Fault.html())
    with pytest.raises(FrigateHTMLError):
        await call(client)
    frigate.clear_faults()
    assert await client.events.list(fresh=True) == ()


@pytest.mark.parametrize(
    ("data", "sub_label", "score"),
    [
        ({"sub_label": "Ana", "top_score": 0.5}, "Ana", 0.5),
        ({"sub_label": None, "data": {"score": 0.25}}, None, 0.25),
        ({"sub_label": "", "data": {"top_score": 0.5, "score": 0.25}}, None, 0.5),
    ],
)
def test_events_that_were_stored_by_older_versions_are_read(
    data: dict[str, Any], sub_label: str | None, score: float
) -> None:
    event = Event.from_api({"id": "1.0-a", **data})
    assert event is not None
    assert (event.sub_label, event.score) == (sub_label, score)


@pytest.mark.parametrize(
    ("data", "alerts", "detections"),
    [
        ({}, None, None),
        ({"total_alert": None, "reviewed_alert": None}, 0, None),
        ({"total_alert": 1, "reviewed_alert": 2}, 0, None),
        ({"total_detection": "x", "reviewed_detection": 0}, None, None),
        ({"total_detection": 5, "reviewed_detection": 2}, None, 3),
    ],
)
def test_the_review_summary_is_read(
    data: dict[str, Any], alerts: int | None, detections: int | None
) -> None:
    assert ReviewSummary.from_api(data) == ReviewSummary(alerts, detections)


@pytest.mark.parametrize("junk", JUNK, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize(
    ("read", "recording"),
    [
        (Event.from_api, "events.id.5000"),
        (Review.from_api, "review.id.5000"),
        (ReviewSummary.from_api, "review.summary.5000"),
    ],
)
def test_invalid_values_of_events_and_reviews_are_unknown(
    read: Callable[[Mapping[str, Any]], object], recording: str, junk: Any
) -> None:
    good = recorded("0.18", recording)
    good = good.get("last24Hours", good)
    for key in good:
        read({**good, key: junk})
    for key in good.get("data", {}):
        read({**good, "data": {**good["data"], key: junk}})
