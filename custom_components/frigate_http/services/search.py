"""The action that searches events: by a description, by likeness, or by names."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import voluptuous as vol

from homeassistant.util.json import JsonObjectType

from .. import periods
from ..aiofrigate import (
    Event,
    EventFilter,
    FoundEvent,
    FrigateForbiddenError,
    FrigateNotFoundError,
    FrigateSearchDisabledError,
)
from ..errors import action_error
from ..event_search import EventNames, names_of_event, narrowed
from ..matching import Facet, Meaning
from ..titles import async_get_titles
from ..words import words_of
from . import fields
from .action import ServerAction, ServerCall
from .events import FILTER_NAMES, as_json, filter_names
from .images import exactly_one_field
from .targets import CAMERAS, cameras_to_list

TEXT, SIMILAR_TO = "text", "similar_to"
MAX_TEXT_LENGTH = 200
_SHOWN_AS = {
    Facet.CAMERA: "cameras",
    Facet.LABEL: "labels",
    Facet.SUB_LABEL: "names",
    Facet.PLATE: "plates",
    Facet.ZONE: "zones",
}
_NONE = "None"
"""Frigate's word for events without a name or a zone."""


async def _search_events(call: ServerCall) -> JsonObjectType:
    """Search by semantic search, or else by the names that a text contains."""
    data, period = call.data, periods.open_period_of(call.data, call.client.clock)
    how = exactly_one_field(data, TEXT, SIMILAR_TO)
    cameras = cameras_to_list(call.permissions, data.get("cameras"))
    is_semantic = call.runtime.server.data.config.semantic_search
    if how == SIMILAR_TO and not is_semantic:
        raise action_error("search_off")
    if cameras == []:
        # An empty filter would find the events of all cameras.
        return _answer(call, [], is_semantic=is_semantic)
    wanted = EventFilter(
        cameras=cameras or (),
        labels=filter_names(data, "labels"),
        zones=filter_names(data, "zones"),
        sub_labels=filter_names(data, "names"),
        after=period.start,
        before=period.end,
        limit=data["limit"],
    )
    if how == SIMILAR_TO:
        return _answer(call, await _similar(call, wanted), is_semantic=True)
    if is_semantic:
        # It may have been switched off after the configuration was read.
        with suppress(FrigateSearchDisabledError):
            found = await call.client.events.search(data[TEXT], wanted)
            return _answer(call, _visible(call, found, wanted), is_semantic=True)
    return await _by_names(call, wanted)


async def _similar(call: ServerCall, wanted: EventFilter) -> list[FoundEvent]:
    """Return the events that are like another, which the caller must be allowed to see.

    For a caller who may not see all cameras, an unknown id raises the same error as that of
    another camera, so that the caller cannot find out which exist.
    """
    event_id = call.data[SIMILAR_TO]
    try:
        event = await call.client.events.get(event_id)
        call.permissions.require_read(event.camera)
        found = await call.client.events.similar(event_id, wanted)
    except (FrigateNotFoundError, FrigateForbiddenError) as err:
        call.permissions.require_read(None)
        raise action_error("not_known", name=event_id) from err
    except FrigateSearchDisabledError as err:
        raise action_error("search_off") from err
    return _visible(call, found, wanted)


async def _by_names(call: ServerCall, wanted: EventFilter) -> JsonObjectType:
    """Return the newest events with the names that a text contains, and those names."""
    configs = call.runtime.server.data.cameras
    titles = await async_get_titles(call.hass, call.entry, configs)
    names = EventNames(
        client=call.client,
        configs=configs,
        cameras=[
            one
            for one in call.media.cameras
            if not wanted.cameras or one in wanted.cameras
        ],
        camera_title=titles.camera,
        label_title=titles.label,
    )
    meanings = await names.async_meanings(call.hass, words_of(call.data[TEXT]))
    lists = await asyncio.gather(
        *(
            call.client.events.list(narrowed(wanted, one), fresh=True)
            for one in meanings
        )
    )
    found = {
        event.event_id: FoundEvent(event=event, distance=None)
        for meaning, events in zip(meanings, lists, strict=True)
        for event in events
        if meaning.fits(names_of_event(event))
    }
    visible = _visible(call, found.values(), wanted)
    visible.sort(key=lambda one: one.event.start or 0.0, reverse=True)
    return _answer(call, visible[: wanted.limit], is_semantic=False, meanings=meanings)


def _visible(
    call: ServerCall, found: Iterable[FoundEvent], wanted: EventFilter
) -> list[FoundEvent]:
    """Return what the caller may see, and was asked for: Frigate may know fewer filters."""
    return [
        one
        for one in found
        if call.media.may_see(one.event.camera) and _fits(one.event, wanted)
    ]


def _fits(event: Event, wanted: EventFilter) -> bool:
    start, names = event.start or 0.0, (event.sub_label or "").split(",")
    return (
        _has(wanted.cameras, [event.camera])
        and _has(wanted.labels, [event.label])
        and _has(wanted.sub_labels, [one.strip() for one in names])
        and _has(wanted.zones, event.zones)
        and (wanted.after is None or start > wanted.after)
        and (wanted.before is None or start < wanted.before)
    )


def _has(wanted: Sequence[str], names: Iterable[str | None]) -> bool:
    """Return whether one of the names is wanted; Frigate 0.18 ignores their case."""
    found = {one.casefold() for one in names if one}
    return (
        not wanted
        or any(one.casefold() in found for one in wanted)
        or (not found and _NONE in wanted)
    )


def _answer(
    call: ServerCall,
    found: Sequence[FoundEvent],
    *,
    is_semantic: bool,
    meanings: Iterable[Meaning] = (),
) -> JsonObjectType:
    filters = [_shown(call, one, found) for one in meanings]
    return {
        "semantic": is_semantic,
        "filters": [one for one in filters if one],
        "events": [
            {**as_json(call, one.event), "distance": one.distance} for one in found
        ],
    }


def _shown(
    call: ServerCall, meaning: Meaning, found: Iterable[FoundEvent]
) -> dict[str, Any]:
    """Return the names that were searched, as far as the caller may know of them.

    Frigate 0.17 lists the persons and plates of all cameras to everybody.
    """
    profile = call.runtime.server.profile
    may_know_all = call.permissions.may_read(None) and not profile.is_restricted
    shown = {facet: meaning.names(facet) for facet in _SHOWN_AS}
    if not may_know_all:
        seen = [names_of_event(one.event) for one in found]
        shown = {
            facet: tuple(
                one for one in names if any(one in each[facet] for each in seen)
            )
            for facet, names in shown.items()
        }
    return {_SHOWN_AS[facet]: [*names] for facet, names in shown.items() if names}


ACTIONS = (
    ServerAction(
        name="search_events",
        handler=_search_events,
        fields={
            vol.Optional(TEXT): fields.text(MAX_TEXT_LENGTH),
            vol.Optional(SIMILAR_TO): fields.IDENTIFIER,
            vol.Optional("cameras"): CAMERAS,
            vol.Optional("labels"): FILTER_NAMES,
            vol.Optional("names"): FILTER_NAMES,
            vol.Optional("zones"): FILTER_NAMES,
            **periods.PERIOD_FIELDS,
            vol.Optional("limit", default=20): fields.whole_number(1, 200),
        },
        is_query=True,
    ),
)
