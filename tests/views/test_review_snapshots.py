"""The picture of a review item, which is always its own."""

import asyncio
from io import BytesIO

from freezegun.api import FrozenDateTimeFactory
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.frigate_http.view_urls import event_url, review_url
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate, Fault
from tests.fake_frigate.database import Event, Review
from tests.versions import EVERY_VERSION

from .common import Watcher, guest_of, watcher_of

pytestmark = pytest.mark.usefixtures("fixed_time")

DOOR, GATE = "front_door", "Portones"
SNAPSHOTS = "/api/events/[^/]+/snapshot"
THUMBNAILS = "/clips/review/"
PICTURES = ("/clips/", "snapshot", "thumbnail", "latest", ".jpg")
KEPT, CHECKED = "private, max-age=86400", "private, no-cache"


def url_of(entry: MockConfigEntry, review: Review) -> str:
    """Return the path of the picture of an item."""
    return review_url(entry.entry_id, review.id, "snapshot.jpg")


async def snapshot_of(watcher: Watcher, entry: MockConfigEntry, event: Event) -> bytes:
    """Return the snapshot of an event."""
    seen = await watcher.see(event_url(entry.entry_id, event.id, "snapshot"))
    assert seen.status == 200
    return seen.body


async def thumbnail_of(
    watcher: Watcher, entry: MockConfigEntry, review: Review
) -> bytes:
    """Return the thumbnail of an item."""
    seen = await watcher.see(review_url(entry.entry_id, review.id, "thumbnail"))
    assert seen.status == 200
    return seen.body


def visit(
    frigate: FakeFrigate,
    ago: float,
    duration: float | None,
    *,
    has_snapshot: bool = True,
) -> tuple[Event, Review]:
    """Let somebody come to the door."""
    event = frigate.add_event(
        DOOR, ago=ago, duration=duration, has_snapshot=has_snapshot
    )
    return event, frigate.add_review(
        DOOR, ago=ago, duration=duration, events=[event.id]
    )


async def test_it_is_the_snapshot_of_an_object_as_soon_as_there_is_one(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    freezer: FrozenDateTimeFactory,
) -> None:
    visitor, review = visit(frigate, 30, None, has_snapshot=False)
    url = url_of(entry, review)
    first = await watcher.see(url)
    assert first.status == 200
    assert first.headers["Content-Type"] == "image/jpeg"
    assert first.body == await thumbnail_of(watcher, entry, review)
    with Image.open(BytesIO(first.body)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (320, 180))
    tag = first.headers["ETag"]
    assert (await watcher.see(url, If_None_Match=tag)).status == 304

    visitor.has_snapshot = True
    # Until then, Frigate's cache answers.
    freezer.tick(6)
    better = await watcher.see(url, If_None_Match=tag)
    assert better.status == 200
    assert better.body == await snapshot_of(watcher, entry, visitor)
    assert better.headers["Cache-Control"] == CHECKED
    head = await watcher.see(url, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["ETag"] == better.headers["ETag"]


@EVERY_VERSION
async def test_nobody_sees_whoever_came_before(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Whatever the order is in which Frigate has what, each picture is of the item."""
    earlier, _review = visit(frigate, 300, 20)
    foreign = {earlier.id, _review.id}
    now = frigate.state.clock

    def snapshot_is_there(visitor: Event, _review: Review) -> None:
        visitor.has_snapshot = True

    def another_one_passes(_visitor: Event, _review: Review) -> None:
        foreign.add(frigate.add_event(DOOR, ago=1, duration=None).id)

    def item_ends(_visitor: Event, review: Review) -> None:
        review.end_time = now()

    steps = (snapshot_is_there, another_one_passes, item_ends)
    # Of any two of them, either one comes first.
    for first in range(3):
        order = steps[first:] + steps[:first]
        visitor, review = visit(frigate, 5, None, has_snapshot=False)
        frigate.clear_requests()
        for step in (None, *order):
            if step is not None:
                step(visitor, review)
            freezer.tick(6)
            seen = await watcher.see(url_of(entry, review))
            own = thumbnail_of(watcher, entry, review)
            if visitor.has_snapshot:
                own.close()
                own = snapshot_of(watcher, entry, visitor)
            assert (seen.status, seen.body) == (200, await own)
        asked = [one.path for one in frigate.requests]
        pictures = [one for one in asked if any(part in one for part in PICTURES)]
        assert pictures
        # It is not even looked at who else there was.
        assert all(visitor.id in one or review.id in one for one in pictures)
        assert not [one for one in asked for item in foreign if item in one]
        foreign |= {visitor.id, review.id}


async def test_two_items_never_share_a_picture(
    frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    (earlier, first), (visitor, second) = (
        visit(frigate, 90, 20),
        visit(frigate, 5, None),
    )
    frigate.fail(SNAPSHOTS, Fault.stall())
    tasks = [
        asyncio.create_task(watcher.see(url_of(entry, one)))
        for one in (first, second, first)
    ]
    await frigate.wait_for_open(SNAPSHOTS, 2)
    frigate.clear_faults()
    seen = [one.body for one in await asyncio.gather(*tasks)]
    own = [await snapshot_of(watcher, entry, one) for one in (earlier, visitor)]
    assert own[0] != own[1]
    assert seen == [*own, own[0]]


async def test_the_best_object_that_came_with_the_item(
    frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    parked = frigate.add_event(DOOR, "car", ago=9000, duration=None, score=0.99)
    dog = frigate.add_event(DOOR, "dog", ago=60, score=0.7)
    person = frigate.add_event(DOOR, ago=62, score=0.8)
    better = frigate.add_event(DOOR, ago=61, score=0.9, has_snapshot=False)
    other = frigate.add_event(GATE, ago=60, score=0.95)
    ids = [one.id for one in (parked, dog, other, better, person)]
    review = frigate.add_review(DOOR, ago=60, events=["1.5-gone", *ids])
    seen = await watcher.see(url_of(entry, review))
    assert seen.body == await snapshot_of(watcher, entry, person)
    # An object that was there before is still one of its own.
    alone = frigate.add_review(DOOR, ago=60, events=[parked.id, other.id])
    seen = await watcher.see(url_of(entry, alone))
    assert seen.body == await snapshot_of(watcher, entry, parked)


async def test_what_cannot_be_had_gives_way_to_the_next_best(
    frigate: FakeFrigate, entry: MockConfigEntry, watcher: Watcher
) -> None:
    visitor, review = visit(frigate, 60, 20)
    url = url_of(entry, review)
    for fault in (Fault.status(404), Fault.status(500), Fault.html()):
        frigate.fail(SNAPSHOTS, fault)
        seen = await watcher.see(url)
        assert seen.body == await thumbnail_of(watcher, entry, review)
        frigate.fail(THUMBNAILS, fault)
        frigate.clear_requests()
        assert (await watcher.see(url)).status == 200
        (frame,) = [one.path for one in frigate.requests if "/recordings/" in one.path]
        assert review.start_time <= float(frame.split("/")[4]) <= review.start_time + 1
        frigate.record_only(DOOR)
        assert (await watcher.see(url)).status == 404
        frigate.record_only(DOOR, (review.start_time - 60, review.start_time + 60))
        frigate.clear_faults()
    assert (await watcher.see(url)).body == await snapshot_of(watcher, entry, visitor)


async def test_a_picture_is_kept_a_minute_after_the_end(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    watcher: Watcher,
    freezer: FrozenDateTimeFactory,
) -> None:
    _visitor, review = visit(frigate, 30, 20)
    url = url_of(entry, review)
    assert (await watcher.see(url)).headers["Cache-Control"] == CHECKED
    freezer.tick(52)
    assert (await watcher.see(url)).headers["Cache-Control"] == KEPT


@EVERY_VERSION
async def test_who_may_not_see_the_camera_learns_nothing(
    hass: HomeAssistant,
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    guest = await watcher_of(hass, hass_client, guest_of(hass, entry, GATE))
    _visitor, review = visit(frigate, 60, 20)
    frigate.clear_requests()
    seen = await guest.see(url_of(entry, review))
    unknown = await guest.see(review_url(entry.entry_id, "1.5-gone", "snapshot.jpg"))
    assert (seen.status, seen.body) == (404, unknown.body)
    assert set(seen.headers) == set(unknown.headers)
    # How long it takes must not tell either.
    assert len(frigate.requests) == 2
