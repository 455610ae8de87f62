"""Pages of a hundred, to the end, without losing or repeating an item."""

from collections import Counter
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.frigate_http.media_ids import (
    MediaId,
    ObjectsOfLabel,
    ReviewsOfCamera,
    ReviewsOfDay,
    Severity,
)
from homeassistant.util import dt as dt_util
from tests.fake_frigate import FakeFrigate
from tests.versions import EVERY_VERSION

from .common import Browser, id_of

DOOR, GATE = "front_door", "Portones"
CLIP: dict[str, Any] = {"has_clip": True, "has_snapshot": True}

pytestmark = [EVERY_VERSION, pytest.mark.usefixtures("fixed_time")]


def starts() -> list[float]:
    """Return how long ago 401 things began, of which 150 began at the same time."""
    return [
        *(60.0 + number for number in range(130)),
        *[200.25] * 150,
        *(300.0 + number for number in range(121)),
    ]


async def pages(browser: Browser, frigate: FakeFrigate, where: MediaId) -> list[int]:
    """Return the sizes of the pages, each of one request, and check that none repeats."""
    found: Counter[str] = Counter()
    sizes: list[int] = []
    following: MediaId | str | None = where
    while following is not None:
        frigate.clear_requests()
        children = await browser.children(following)
        asked = [one.path for one in frigate.requests]
        assert sum(one in ("/api/review", "/api/events") for one in asked) == 1
        following = None
        if children[-1]["can_expand"]:
            assert children[-1]["title"] == "More"
            following = id_of(children.pop())
        sizes.append(len(children))
        found.update(id_of(one) for one in children)
    assert set(found.values()) == {1}
    return sizes


async def test_reviews_of_a_camera(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    for ago in starts():
        frigate.add_review(DOOR, ago=ago, duration=1)
    frigate.add_review(GATE)
    frigate.add_review(DOOR, "detection")
    where = ReviewsOfCamera(entry.entry_id, Severity.ALERT, DOOR)
    assert await pages(browser, frigate, where) == [100, 100, 100, 100, 1]


async def test_reviews_of_a_day(
    frigate: FakeFrigate,
    entry: MockConfigEntry,
    browser: Browser,
    freezer: FrozenDateTimeFactory,
) -> None:
    today = dt_util.now().date()
    since_midnight = (dt_util.now() - dt_util.start_of_local_day()).total_seconds()
    for ago in starts():
        frigate.add_review(DOOR, ago=ago, duration=1)
    frigate.add_review(GATE, ago=since_midnight)
    # It began before midnight, so it is an item of the day before.
    frigate.add_review(GATE, ago=since_midnight + 1, duration=60)
    where = ReviewsOfDay(entry.entry_id, Severity.ALERT, today)
    assert await pages(browser, frigate, where) == [100, 100, 100, 100, 2]
    assert (await browser.titles(where))[0] == "03:59:00 Person · Front door"


async def test_tracked_objects(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    for ago in starts():
        frigate.add_event(DOOR, "car", ago=ago, **CLIP)
    frigate.add_event(DOOR, "dog", **CLIP)
    where = ObjectsOfLabel(entry.entry_id, DOOR, "car")
    assert await pages(browser, frigate, where) == [100, 100, 100, 100, 1]


async def test_a_page_that_is_just_full_is_the_last(
    frigate: FakeFrigate, entry: MockConfigEntry, browser: Browser
) -> None:
    where = ReviewsOfCamera(entry.entry_id, Severity.ALERT, DOOR)
    assert await browser.children(where) == []
    for number in range(100):
        frigate.add_review(DOOR, ago=60 + number)
    assert await pages(browser, frigate, where) == [100]
    frigate.add_review(DOOR, ago=300)
    assert await pages(browser, frigate, where) == [100, 1]
