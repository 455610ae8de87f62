"""What was learned of items and cameras, so that no list needs a request for each."""

from collections.abc import Iterable
from dataclasses import dataclass

from .aiofrigate import Event, Export, FrigateClient, Review

_MAX_ITEMS = 20_000
"""How many are remembered, of each of the three: about 4 MB."""


@dataclass(frozen=True, slots=True)
class MediaOwner:
    """The camera of an item, and whether the item may still change."""

    camera: str | None
    has_ended: bool


class MediaOwners:
    """Remembers the cameras of what was listed; an item never changes its camera."""

    def __init__(self, client: FrigateClient) -> None:
        """Begin with nothing; what is not remembered is asked for."""
        self._client = client
        self._reviews: dict[str, MediaOwner] = {}
        self._events: dict[str, MediaOwner] = {}
        self._exports: dict[str, Export] = {}
        self._h265: dict[str, bool] = {}

    def remember_codec(self, camera: str, *, is_h265: bool) -> None:
        """Remember how a camera recorded what was played last."""
        self._h265[camera] = is_h265

    def records_h265(self, camera: str) -> bool:
        """Return whether a camera is known to record H.265, which not every browser plays."""
        return self._h265.get(camera, False)

    def remember_reviews(self, reviews: Iterable[Review]) -> None:
        """Remember the cameras of review items."""
        for one in reviews:
            _remember(self._reviews, one.review_id, _owner_of(one))

    def remember_events(self, events: Iterable[Event]) -> None:
        """Remember the cameras of events."""
        for one in events:
            _remember(self._events, one.event_id, _owner_of(one))

    def remember_exports(self, exports: Iterable[Export]) -> None:
        """Remember exports, except those in progress."""
        for one in exports:
            if not one.in_progress:
                _remember(self._exports, one.id, one)

    async def async_review(self, review_id: str) -> MediaOwner:
        """Return the camera of a review item.

        Raises:
            FrigateNotFoundError: there is no such item.
            FrigateError: any other failure.
        """
        if (owner := self._reviews.get(review_id)) is None:
            owner = _owner_of(await self._client.reviews.get(review_id))
        _remember(self._reviews, review_id, owner)
        return owner

    async def async_event(self, event_id: str) -> MediaOwner:
        """Return the camera of an event.

        Raises:
            FrigateNotFoundError: there is no such event.
            FrigateError: any other failure.
        """
        if (owner := self._events.get(event_id)) is None:
            owner = _owner_of(await self._client.events.get(event_id))
        _remember(self._events, event_id, owner)
        return owner

    async def async_export(self, export_id: str) -> Export:
        """Return an export; it may have been deleted since it was listed.

        Raises:
            FrigateNotFoundError: there is no such export.
            FrigateError: any other failure.
        """
        if (export := self._exports.get(export_id)) is None:
            export = await self._client.exports.find(export_id)
        self.remember_exports((export,))
        return export


def _owner_of(item: Review | Event) -> MediaOwner:
    return MediaOwner(item.camera, item.has_ended)


def _remember[T](known: dict[str, T], item_id: str, value: T) -> None:
    # What was used last is at the end, what is given up at the beginning.
    known.pop(item_id, None)
    known[item_id] = value
    if len(known) > _MAX_ITEMS:
        del known[next(iter(known))]
