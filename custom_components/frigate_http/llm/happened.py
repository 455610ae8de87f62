"""What happened: the newest review items, or the times when a person was recognized."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, override

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType

from .. import periods
from ..aiofrigate import Event, EventFilter, Review, ReviewFilter
from ..const import DOMAIN
from ..runtime import FrigateRuntime
from ..words import is_same
from .cameras import MAX_NAMES, Server, ToolError, async_ask
from .facts import MAX_ITEMS, Fact, fact_of, local_time, names_in, newest
from .people import PERSON, find_person
from .tool import PLACE_FIELD, FrigateTool

LABEL, SINCE, UNTIL, HOURS = "label", "since", "until", "hours"
_DEFAULT_HOURS = 24.0
_MAX_HOURS = timedelta(days=366) / timedelta(hours=1)


class WhatHappened(FrigateTool):
    """What the cameras have seen and heard."""

    name = f"{DOMAIN}__what_happened"
    title = "What happened"
    description = (
        "Lists what the security cameras saw and heard, the newest first: camera, local "
        "time, objects and sounds (labels), recognized people, zones, severity. Use it for "
        "questions about the past, such as who was at the door this morning. A person "
        "without a name was not recognized; what has no end still goes on. "
        f"At most {MAX_ITEMS} items; if more is true, "
        "there are others: ask again for a shorter time."
    )
    parameters = vol.Schema(
        {
            PLACE_FIELD: cv.string,
            vol.Optional(
                LABEL,
                description="Only this object or sound: person, car, dog, bark. In English.",
            ): cv.string,
            vol.Optional(
                PERSON, description="Only this person, who must be known by name."
            ): cv.string,
            vol.Optional(
                SINCE, description="Local start time, such as 2026-01-31T06:00:00."
            ): cv.string,
            vol.Optional(
                UNTIL, description="Local end time. Leave it out for now."
            ): cv.string,
            vol.Optional(
                HOURS,
                description="The last so many hours, in place of since. "
                f"{_DEFAULT_HOURS:.0f} if there is neither.",
            ): vol.All(vol.Coerce(float), vol.Range(min=0.01, max=_MAX_HOURS)),
        }
    )

    @override
    async def _async_answer(
        self, hass: HomeAssistant, servers: Sequence[Server], data: Mapping[str, Any]
    ) -> JsonObjectType:
        times = _times(data)
        since = local_time(periods.open_period_of(times).start)
        labels = _labels(servers, data[LABEL]) if LABEL in data else ()
        names = find_person(servers, data[PERSON]) if PERSON in data else None

        async def query(server: Server, runtime: FrigateRuntime) -> list[Fact]:
            person = None if names is None else names.get(server.entry.entry_id)
            if names is not None and person is None:
                return []
            period = periods.open_period_of(times, runtime.client.clock)
            items = await _async_items(server, runtime, labels, period, person)
            return [fact for one in items if (fact := fact_of(server, one)) is not None]

        found, silent = await async_ask(hass, servers, query)
        return {"since": since, **newest(found, silent)}


async def _async_items(
    server: Server,
    runtime: FrigateRuntime,
    labels: Sequence[str],
    period: periods.OpenPeriod,
    person: str | None,
) -> Sequence[Review | Event]:
    """Return the newest items, one more than an answer may have."""
    wanted: dict[str, Any] = {
        "cameras": [*server.cameras],
        "labels": labels,
        "after": period.start,
        "before": period.end,
        "limit": MAX_ITEMS + 1,
    }
    if person is None:
        return await runtime.client.reviews.list(ReviewFilter(**wanted), fresh=True)
    # Frigate does not look for people in its review items.
    events = EventFilter(**wanted, sub_labels=(person,))
    found = await runtime.client.events.list(events, fresh=True)
    return [one for one in found if person in names_in(one)]


def _times(data: Mapping[str, Any]) -> dict[str, float]:
    """Return the fields of a period; ServiceValidationError for what is not a time."""
    times = {
        field: periods.timestamp(key)(data[key])
        for key, field in ((SINCE, periods.START), (UNTIL, periods.END))
        if key in data
    }
    if SINCE not in data or (HOURS in data and UNTIL not in data):
        hours = timedelta(hours=data.get(HOURS, _DEFAULT_HOURS))
        times[periods.DURATION] = hours.total_seconds()
    return times


def _labels(servers: Sequence[Server], text: str) -> list[str]:
    """Return the labels that a model means; ToolError if no camera looks for them."""
    known = {
        label
        for server in servers
        for camera in server.configs.values()
        for label in (*camera.labels, *camera.sounds)
    }
    logos = {label for server in servers for label in server.logos}
    found = sorted(one for one in known | logos if is_same(one, text))
    if known and not found:
        raise ToolError(
            "No camera there looks or listens for this. Labels: "
            f"{', '.join(sorted(known)[:MAX_NAMES])}."
        )
    return found
