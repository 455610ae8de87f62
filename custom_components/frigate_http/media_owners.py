"""Which camera a review item or an event is of, without a request for each thumbnail."""

from collections.abc import Awaitable, Callable, Iterable

from .aiofrigate import Event, FrigateClient, Review

_MAX_ITEMS = 20_000
"""How many are remembered, of each of the two: about 3 MB."""


class MediaOwners:
    """Remembers the cameras of what was listed; an item never changes its camera."""

    def __init__(self, client: FrigateClient) -> None:
        """Begin with nothing; what is not remembered is asked for."""
        self._client = client
        self._reviews: dict[str, str | None] = {}
        self._events: dict[str, str | None] = {}

    def remember_reviews(self, reviews: Iterable[Review]) -> None:
        """Remember the cameras of review items."""
        for one in reviews:
            _remember(self._reviews, one.review_id, one.camera)

    def remember_events(self, events: Iterable[Event]) -> None:
        """Remember the cameras of events."""
        for one in events:
            _remember(self._events, one.event_id, one.camera)

    async def async_camera_of_review(self, review_id: str) -> str | None:
        """Return the camera of a review item; None if it names none.

        Raises:
            FrigateNotFoundError: there is no such item.
            FrigateError: any other failure.
        """

        async def ask() -> str | None:
            return (await self._client.reviews.get(review_id)).camera

        return await _known_or_asked(self._reviews, review_id, ask)

    async def async_camera_of_event(self, event_id: str) -> str | None:
        """Return the camera of an event; None if it names none.

        Raises:
            FrigateNotFoundError: there is no such event.
            FrigateError: any other failure.
        """

        async def ask() -> str | None:
            return (await self._client.events.get(event_id)).camera

        return await _known_or_asked(self._events, event_id, ask)


async def _known_or_asked(
    known: dict[str, str | None], item_id: str, ask: Callable[[], Awaitable[str | None]]
) -> str | None:
    camera = known[item_id] if item_id in known else await ask()
    _remember(known, item_id, camera)
    return camera


def _remember(known: dict[str, str | None], item_id: str, camera: str | None) -> None:
    # What was used last is at the end, what is given up at the beginning.
    known.pop(item_id, None)
    known[item_id] = camera
    if len(known) > _MAX_ITEMS:
        del known[next(iter(known))]
