"""The search of the media browser: by person, object, license plate, zone and camera.

The words of a search are looked up among the names that are known, so that Frigate can be
asked for exactly that. Where that finds nothing, Frigate's semantic search may.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
import math
from typing import Any, Final

from homeassistant.components.media_player import (
    MediaClass,
    SearchMedia,
    SearchMediaQuery,
)
from homeassistant.components.media_source import BrowseMediaSource
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..aiofrigate import (
    TICK,
    Event,
    EventFilter,
    FrigateSearchDisabledError,
    Review,
    ReviewFilter,
)
from ..errors import action_errors, validation_error
from ..event_search import EventNames, given, names_of_event, narrowed
from ..matching import Facet, Meaning
from ..media_ids import (
    ExportsFolder,
    MediaId,
    ObjectsFolder,
    ObjectsOfCamera,
    ObjectsOfLabel,
    ReviewsFolder,
    ReviewsGrouped,
    ReviewsOfCamera,
    ReviewsOfDay,
    Severity,
)
from ..periods import Period
from ..words import has_all, words_of
from .browsing import Browsing, async_begin
from .exports import export_node
from .objects import asked_labels, event_node
from .reviews import review_node
from .times import day_period

MAX_RESULTS = 100
MAX_LENGTH = 200
"""Characters of a search."""
_PAGE = 1000
"""Review items of a request, among which those with the events that were found are looked for."""
_MAX_PAGES = 5
_ALL_TIME = 0.0
"""Without a start, Frigate lists the items of the last 24 hours."""
_CLASSES: Final = frozenset({MediaClass.VIDEO, MediaClass.IMAGE})

type Found = list[tuple[float, BrowseMediaSource]]
"""When each result began, in seconds since the epoch, and the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a search is limited to by the folder in which somebody searches."""

    cameras: Sequence[str]
    severity: Severity | None = None
    """The severity of the review items that are searched; None for events."""
    label: str | None = None
    period: Period | None = None
    only_exports: bool = False

    def covers(self, item: Event | Review) -> bool:
        """Return whether something is in the scope."""
        start, period = item.start, self.period
        return (
            item.camera in self.cameras
            and (
                self.label is None
                or (isinstance(item, Event) and item.label == self.label)
            )
            and start is not None
            and (period is None or period.start <= start < period.end)
        )


async def async_search(
    hass: HomeAssistant, folders: Iterable[MediaId], query: SearchMediaQuery
) -> SearchMedia:
    """Return what fits a search in some folders, the newest first.

    A server that does not answer is left out if another one does.

    Raises:
        NotImplementedError: a folder cannot be searched.
        HomeAssistantError: the search is too long, a folder may not be shown, or no
            server answers.
    """
    text = query.search_query.strip()
    if len(text) > MAX_LENGTH:
        raise validation_error("media_search_too_long", limit=str(MAX_LENGTH))
    answers = await asyncio.gather(
        *(_async_search_folder(hass, one, text) for one in folders),
        return_exceptions=True,
    )
    errors = [one for one in answers if isinstance(one, BaseException)]
    for err in errors:
        if len(errors) == len(answers) or not isinstance(err, HomeAssistantError):
            raise err
    classes = _CLASSES.intersection(query.media_filter_classes or _CLASSES)
    found = [
        (time, node)
        for answer in answers
        if not isinstance(answer, BaseException)
        for time, node in answer
        if node.can_play and node.media_class in classes
    ]
    found.sort(key=lambda one: one[0], reverse=True)
    return SearchMedia(result=[node for _time, node in found[:MAX_RESULTS]])


async def _async_search_folder(hass: HomeAssistant, where: MediaId, text: str) -> Found:
    browsing = await async_begin(hass, where.entry_id)
    scope, words = _scope_of(browsing, where), words_of(text)
    if not words or not scope.cameras:
        return []
    with action_errors(hass, browsing.access.entry):
        if scope.only_exports:
            return await _async_exports(browsing, words)
        return await _async_items(browsing, scope, text, words)


def _scope_of(browsing: Browsing, where: MediaId) -> Scope:
    """Return what a search in a folder is limited to.

    Raises:
        NotImplementedError: the folder cannot be searched.
        HomeAssistantError: it may not be shown.
    """
    every = browsing.access.cameras
    match where:
        case ReviewsFolder() | ReviewsGrouped():
            return Scope(cameras=every, severity=where.severity)
        case ReviewsOfCamera():
            camera = browsing.require(where.camera)
            return Scope(cameras=[camera], severity=where.severity)
        case ReviewsOfDay():
            period = day_period(where.day)
            return Scope(cameras=every, severity=where.severity, period=period)
        case ObjectsOfCamera():
            return Scope(cameras=[browsing.require(where.camera)])
        case ObjectsOfLabel():
            camera = browsing.require(where.camera)
            return Scope(cameras=[camera], label=where.label)
        case ExportsFolder():
            return Scope(cameras=every, only_exports=True)
        case ObjectsFolder() | MediaId(kind=""):
            return Scope(cameras=every)
    raise NotImplementedError


async def _async_exports(browsing: Browsing, words: Sequence[str]) -> Found:
    """Return the exports whose name or camera has all words."""
    cameras = browsing.access.cameras
    exports = await browsing.client.exports.list(fresh=True)
    browsing.owners.remember_exports(exports)
    return [
        (one.start or 0.0, export_node(browsing, one))
        for one in exports
        if one.camera in cameras
        and has_all(
            words, one.name or "", one.camera or "", browsing.titles.camera(one.camera)
        )
    ]


async def _async_items(
    browsing: Browsing, scope: Scope, text: str, words: Sequence[str]
) -> Found:
    """Return review items or events: by known names, else by a description."""
    names = EventNames(
        client=browsing.client,
        configs=browsing.access.runtime.server.data.cameras,
        cameras=scope.cameras,
        camera_title=browsing.titles.camera,
        label_title=browsing.titles.label,
    )
    meanings = await names.async_meanings(browsing.hass, words)
    if scope.severity is None:
        events = await _gathered(
            _async_events(browsing, scope, one) for one in meanings
        )
        events = events or await _async_described(browsing, scope, text)
        nodes = {
            one.event_id: (one.start or 0.0, event_node(browsing, one))
            for one in events
        }
        return [*nodes.values()]
    reviews = await _gathered(_async_reviews(browsing, scope, one) for one in meanings)
    reviews = reviews or await _async_reviews_with(
        browsing, scope, await _async_described(browsing, scope, text)
    )
    found = {
        one.review_id: (one.start or 0.0, review_node(browsing, one)) for one in reviews
    }
    return [*found.values()]


async def _gathered[T](
    searches: Iterable[Coroutine[Any, Any, list[T]]],
) -> list[T]:
    return [item for found in await asyncio.gather(*searches) for item in found]


async def _async_events(
    browsing: Browsing, scope: Scope, meaning: Meaning
) -> list[Event]:
    """Return the newest events that a search may mean."""
    period = scope.period
    wanted = EventFilter(
        cameras=scope.cameras,
        labels=() if scope.label is None else asked_labels(scope.label),
        after=None if period is None else period.start,
        before=None if period is None else period.end,
        limit=MAX_RESULTS,
    )
    wanted = narrowed(wanted, meaning)
    events = await browsing.client.events.list(wanted, fresh=True)
    browsing.owners.remember_events(events)
    return [
        one for one in events if scope.covers(one) and meaning.fits(names_of_event(one))
    ]


async def _async_reviews(
    browsing: Browsing, scope: Scope, meaning: Meaning
) -> list[Review]:
    """Return the newest review items that a search may mean."""
    if meaning.is_about(Facet.SUB_LABEL, Facet.PLATE):
        # Frigate does not look for persons and plates in its review items.
        events = await _async_events(browsing, scope, meaning)
        return await _async_reviews_with(browsing, scope, events)
    wanted = ReviewFilter(
        cameras=meaning.names(Facet.CAMERA) or scope.cameras,
        labels=meaning.names(Facet.LABEL),
        zones=meaning.names(Facet.ZONE),
        severity=scope.severity,
        after=_ALL_TIME if scope.period is None else scope.period.start,
        before=None if scope.period is None else scope.period.end,
        limit=MAX_RESULTS,
    )
    reviews = await browsing.client.reviews.list(wanted, fresh=True)
    browsing.owners.remember_reviews(reviews)
    return [
        one
        for one in reviews
        if scope.covers(one) and meaning.fits(_names_of_review(one))
    ]


async def _async_reviews_with(
    browsing: Browsing, scope: Scope, events: Sequence[Event]
) -> list[Review]:
    """Return the review items that are about some events, of which there may be few a year."""
    event_ids = {one.event_id for one in events}
    found: dict[str, Review] = {}
    before = math.inf
    for _number in range(_MAX_PAGES):
        events = [one for one in events if (one.start or 0.0) < before]
        if not events:
            break
        last = max(one.end or browsing.now for one in events)
        wanted = ReviewFilter(
            cameras=sorted({one.camera for one in events if one.camera is not None}),
            severity=scope.severity,
            after=min(one.start or 0.0 for one in events),
            before=min(last, before),
            limit=_PAGE,
        )
        reviews = await browsing.client.reviews.list(wanted, fresh=True)
        found |= {
            one.review_id: one
            for one in reviews
            if scope.covers(one) and not event_ids.isdisjoint(one.event_ids)
        }
        if len(reviews) < _PAGE or (start := reviews[-1].start) is None:
            break
        before = start + TICK
    browsing.owners.remember_reviews(found.values())
    return [*found.values()]


async def _async_described(browsing: Browsing, scope: Scope, text: str) -> list[Event]:
    """Return the events that fit a description best, if Frigate can tell."""
    if not browsing.access.runtime.server.data.config.semantic_search:
        return []
    try:
        wanted = EventFilter(
            cameras=scope.cameras,
            labels=() if scope.label is None else asked_labels(scope.label),
            limit=MAX_RESULTS,
        )
        found = await browsing.client.events.search(text, wanted)
    except FrigateSearchDisabledError:
        # It was switched off after the configuration was read.
        return []
    events = [one.event for one in found]
    browsing.owners.remember_events(events)
    return [one for one in events if scope.covers(one)]


def _names_of_review(review: Review) -> Mapping[Facet, Iterable[str]]:
    return {
        Facet.CAMERA: given(review.camera),
        Facet.LABEL: (*review.labels, *review.audio),
        Facet.ZONE: review.zones,
    }
