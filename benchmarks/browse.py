"""What a page of the media browser costs: beside its request alone, and as lists grow."""

from collections.abc import Awaitable, Callable
import gc
from time import perf_counter, process_time

import aiohttp

from custom_components.frigate_http.media_ids import (
    MediaId,
    ObjectsOfLabel,
    ReviewsOfCamera,
    Severity,
)
from custom_components.frigate_http.media_source.nodes import PAGE_SIZE
from homeassistant.components.media_source import async_browse_media
from homeassistant.core import HomeAssistant
from tests.fake_frigate import FakeFrigate

from .home import VERSION, Worker, home_assistant
from .table import Row

REVIEWS = 10_000
EVENTS = (10, 100, 100_000)
FULL_PAGE = EVENTS[1]
"""With so many, the first page is full, and shows as much as that of any longer list."""
REPEATS = 30
LIMIT = 3.0
LIMIT_GROWN = 1.5
"""A server that took longer leaves colder caches behind, which costs a fifth."""
CAMERA = "cam_01"
LABEL = "person"


async def work(url: str, what: str) -> dict[str, float]:
    """Return what a page takes and costs in milliseconds, and its request alone.

    Args:
        url: the server.
        what: `reviews` or `events`.
    """
    async with (
        home_assistant(url, with_all=False) as (hass, entry),
        aiohttp.ClientSession() as session,
    ):
        page: MediaId = ObjectsOfLabel(entry.entry_id, CAMERA, LABEL)
        target = f"/api/events?include_thumbnails=0&labels={LABEL}"
        if what == "reviews":
            page = ReviewsOfCamera(entry.entry_id, Severity.ALERT, CAMERA)
            target = "/api/review?reviewed=2&severity=alert&after=1"
        target = f"{url}{target}&cameras={CAMERA}&limit={PAGE_SIZE + 1}"

        async def ours() -> int:
            return await _open(hass, page)

        async def bare() -> int:
            # Past the cache of Frigate's nginx, as the page is.
            bypass = {"X-Cache-Bypass": "1"}
            async with session.get(target, headers=bypass) as response:
                return len(await response.json())

        shown, listed = await ours(), await bare()
        gc.collect()
        gc.freeze()
        took, alone = await _measured(ours, bare)
        return {
            "shown": shown,
            "listed": listed,
            "took": took[0],
            "cpu": took[1],
            "took_alone": alone[0],
            "cpu_alone": alone[1],
        }


async def _open(hass: HomeAssistant, page: MediaId) -> int:
    """Open a page as Home Assistant's frontend does; return how many items it has."""
    found = await async_browse_media(hass, page.media_content_id)
    children = found.as_dict()["children"]
    return sum(not one["can_expand"] for one in children)


async def _measured(*calls: Callable[[], Awaitable[int]]) -> list[tuple[float, float]]:
    """Return the milliseconds of time and of CPU of each call, the least of many by turns."""
    costs: list[list[tuple[float, float]]] = [[] for _ in calls]
    for _ in range(REPEATS):
        for call, found in zip(calls, costs, strict=True):
            began, used = perf_counter(), process_time()
            await call()
            found.append((perf_counter() - began, process_time() - used))
    return [
        (min(one for one, _ in found) * 1000, min(one for _, one in found) * 1000)
        for found in costs
    ]


async def _page_of(what: str, number: int) -> dict[str, float]:
    """Return what a page costs of so many items, and how often the server was asked."""
    async with FakeFrigate(VERSION, 1) as frigate:
        if what == "reviews":
            frigate.add_reviews(CAMERA, number)
        else:
            frigate.add_events(CAMERA, number, LABEL)
        worker = await Worker.start("browse", frigate.internal_url, what)
        result = await worker.result()
        if result["listed"] != min(number, PAGE_SIZE + 1):
            raise RuntimeError("The request alone asks for something else")
        limit = str(PAGE_SIZE + 1)
        asked = [one for one in frigate.requests if one.query.get("limit") == limit]
        # Each page was opened once more before, and each time its request was sent alone.
        return {**result, "requests": len(asked) / (REPEATS + 1) - 1}


async def measure() -> list[Row]:
    """Measure pages of review items and of tracked objects."""
    reviews = await _page_of("reviews", REVIEWS)
    pages = {number: await _page_of("events", number) for number in EVENTS}
    many = _scale(reviews, REVIEWS, "reviews")
    asked = Row(
        what="requests for a page",
        scale=many,
        value=reviews["requests"],
        unit="requests",
        reference=1,
        against="at most",
        limit=1.0,
    )
    scales = {
        number: _scale(page, number, "tracked objects")
        for number, page in pages.items()
    }
    grown = [
        Row(
            what="work for a page",
            scale=scales[number],
            value=page["cpu"],
            unit="ms of CPU",
            reference=pages[FULL_PAGE]["cpu"],
            against=f"of {FULL_PAGE}",
            limit=LIMIT_GROWN if number > FULL_PAGE else None,
        )
        for number, page in pages.items()
    ]
    beside = [_beside(scales[number], page) for number, page in pages.items()]
    return [asked, _beside(many, reviews), *beside, *grown]


def _scale(page: dict[str, float], number: int, what: str) -> str:
    return f"{page['shown']:.0f} of {number} {what}"


def _beside(scale: str, page: dict[str, float]) -> Row:
    """Return what opening a page takes, beside what the server takes for it."""
    return Row(
        what="opening a page",
        scale=scale,
        value=page["took"],
        unit="ms",
        reference=page["took_alone"],
        against="for its request alone",
        limit=LIMIT,
    )
