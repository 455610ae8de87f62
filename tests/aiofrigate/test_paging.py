"""Pages: nothing is lost and nothing comes twice, whatever began at the same time."""

from collections.abc import Sequence

import pytest

from custom_components.frigate_http.aiofrigate import (
    EventFilter,
    FrigateClient,
    Page,
    ReviewFilter,
)
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION

SIZE = 100
NOW = 1795703423.198033

type Item = tuple[float | None, int]


def server(starts: Sequence[float | None]) -> Sequence[Item]:
    """Return items that began at the given times, the most recent first."""
    return sorted(
        zip(starts, range(len(starts)), strict=True), key=lambda one: -(one[0] or 0)
    )


def ask(items: Sequence[Item], page: Page, size: int) -> Sequence[Item]:
    """Return what a server has before a time."""
    before = page.asked_before
    return [one for one in items if before is None or (one[0] or 0) < before][
        : page.limit(size)
    ]


def pages(items: Sequence[Item], size: int = SIZE) -> list[tuple[Item, ...]]:
    """Return the items page by page, up to the end."""
    page: Page | None = Page()
    found: list[tuple[Item, ...]] = []
    while page is not None:
        assert len(found) < 1000
        shown, page = page.of(ask(items, page, size), size, lambda one: one[0])
        found.append(shown)
    return found


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ([], [0]),
        ([NOW], [1]),
        ([NOW - each for each in range(99)], [99]),
        # The end is exactly at the border of a page: no empty page follows.
        ([NOW - each for each in range(100)], [100]),
        ([NOW - each for each in range(101)], [100, 1]),
        ([NOW - each for each in range(200)], [100, 100]),
        ([NOW - each for each in range(250)], [100, 100, 50]),
        ([NOW] * 150, [100, 50]),
        ([NOW] * 200, [100, 100]),
        ([NOW] * 201, [100, 100, 1]),
        ([NOW] * 350, [100, 100, 100, 50]),
        ([*[NOW] * 90, *[NOW - 1] * 150, *[NOW - 2] * 20], [100, 100, 60]),
        ([*(NOW - each for each in range(95)), *[NOW - 95] * 10, NOW - 96], [100, 6]),
        ([NOW - each * 0.000001 for each in range(250)], [100, 100, 50]),
        # Of a higher resolution than Frigate has.
        ([NOW - each * 0.0000003 for each in range(150)], [100, 50]),
    ],
)
def test_every_item_is_on_one_page(
    starts: Sequence[float], expected: Sequence[int]
) -> None:
    items = server(starts)
    found = pages(items)
    assert [len(each) for each in found] == expected
    assert [one for each in found for one in each] == items


def test_every_size_of_a_page_shows_everything() -> None:
    items = server([NOW - each // 7 for each in range(60)])
    for size in range(1, 62):
        assert [one for each in pages(items, size) for one in each] == items


def test_new_and_deleted_items_repeat_nothing() -> None:
    items = server([NOW] * 30 + [NOW - 1 - each for each in range(30)])
    shown, page = Page().of(ask(items, Page(), 10), 10, lambda one: one[0])
    assert page is not None
    # Something new came to the front, and something that was shown is gone.
    later = [(NOW + 5, 100), *items[1:]]
    second, _next = page.of(ask(later, page, 10), 10, lambda one: one[0])
    assert len(second) == 10
    assert not set(shown) & set(second)


def test_a_server_without_times_or_an_end_stops() -> None:
    nameless: list[Item] = [(None, each) for each in range(300)]
    shown, page = Page().of(nameless[:101], SIZE, lambda one: one[0])
    assert (len(shown), page) == (100, None)
    # It ignores the time, and answers the same again.
    newest = server([NOW - each for each in range(101)])
    old = Page(before=NOW - 1000, skip=1)
    assert old.of(newest, SIZE, lambda one: one[0]) == ((), None)


@EVERY_VERSION
async def test_reviews_and_events_are_paged_to_the_end(
    frigate: FakeFrigate, client: FrigateClient
) -> None:
    reviews = [frigate.add_review("front_door", ago=60) for _ in range(150)]
    events = [frigate.add_event("front_door", ago=60) for _ in range(150)]
    began = reviews[0].start_time
    for review, event in zip(reviews, events, strict=True):
        review.start_time = event.start_time = began
    asked = []
    page: Page | None = Page()
    seen: list[str] = []
    while page is not None:
        wanted = ReviewFilter(after=0, before=page.asked_before, limit=page.limit(SIZE))
        items, page = page.of(
            await client.reviews.list(wanted), SIZE, lambda one: one.start
        )
        seen += [one.review_id for one in items]
        asked.append(len(items))
    assert asked == [100, 50]
    assert sorted(seen) == sorted(one.id for one in reviews)

    page, seen = Page(), []
    while page is not None:
        filtered = EventFilter(before=page.asked_before, limit=page.limit(SIZE))
        found, page = page.of(
            await client.events.list(filtered), SIZE, lambda one: one.start
        )
        seen += [one.event_id for one in found]
    assert sorted(seen) == sorted(one.id for one in events)
