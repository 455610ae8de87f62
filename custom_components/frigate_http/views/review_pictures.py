"""The best picture of a review item that is certainly its own."""

import asyncio
from contextlib import suppress
from typing import Final

from ..aiofrigate import (
    Event,
    FrigateArgumentError,
    FrigateClient,
    FrigateContentError,
    FrigateForbiddenError,
    FrigateNotFoundError,
    FrigateServerError,
    Review,
    StillImage,
)
from ..periods import probable_now

MAX_EVENTS: Final = 8
"""How many objects of an item are looked at."""
_EARLIER: Final = 10.0
"""Seconds before an item in which an object of it may have appeared."""
_NO_PICTURE: Final = (
    FrigateArgumentError,
    FrigateContentError,
    FrigateForbiddenError,
    FrigateNotFoundError,
    FrigateServerError,
)


async def async_picture_of(client: FrigateClient, review: Review) -> StillImage:
    """Return the snapshot of one of the objects; else the thumbnail; else a frame.

    All of them are found by the id of the item or of its objects, or by its time: the latest
    snapshot of its camera may show whoever came before.

    Raises:
        FrigateError: there is none.
    """
    found = await asyncio.gather(
        *(_async_event(client, one) for one in review.event_ids[:MAX_EVENTS])
    )
    own = [one for one in found if one is not None and one.camera == review.camera]
    for event in sorted(own, key=lambda one: _rank(review, one), reverse=True):
        if event.has_snapshot:
            with suppress(*_NO_PICTURE):
                return await client.files.snapshot(event.event_id)
    camera = review.camera or ""
    with suppress(*_NO_PICTURE):
        return await client.reviews.thumbnail(camera, review.review_id)
    return await client.files.frame(camera, _moment_of(client, review))


async def _async_event(client: FrigateClient, event_id: str) -> Event | None:
    with suppress(*_NO_PICTURE):
        return await client.events.get(event_id)
    return None


def _rank(review: Review, event: Event) -> tuple[bool, float]:
    """Return how well an object stands for an item: what came with it, and is certain."""
    came_with_it = (event.start or 0.0) >= (review.start or 0.0) - _EARLIER
    return came_with_it, event.score or 0.0


def _moment_of(client: FrigateClient, review: Review) -> float:
    """Return a time within an item, in seconds since the epoch; raises FrigateError."""
    if review.start is None:
        raise FrigateNotFoundError("The item has no start", 404)
    now = probable_now(client.clock)
    end = now if review.end is None else review.end
    return review.start + min(1.0, max(0.0, end - review.start) / 2)
