"""Actions to find, create, end, delete, retain and label events."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
import math
import re
from typing import Any

import voluptuous as vol

from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType

from .. import periods
from ..aiofrigate import (
    Event,
    EventFilter,
    FrigateNotFoundError,
    NewEvent,
    ServerClock,
    as_timestamp,
)
from ..dates import as_local_iso
from ..errors import action_error, validation_error
from . import fields
from .action import CameraAction, CameraCall, ServerAction, ServerCall
from .targets import CAMERAS, cameras_to_list

EVENT_ID = "event_id"
MAX_FILTER_NAMES = 50
_NO_COMMA = re.compile(r"[^,]*\Z")
_RETRY_DELAYS = (0.25, 0.5, 1.0)
"""In seconds; Frigate writes a new event to its database after about 0.3 seconds."""
_EVENT_PRE_CAPTURE = 5.0
"""Seconds by which a created event starts before the time in its id."""
_NEW_EVENT_AGE = timedelta(hours=1).total_seconds()
"""Seconds within which an event is new, with room for clocks that differ."""


FILTER_NAMES = fields.list_of(
    vol.All(
        fields.text(),
        str.strip,
        vol.Match(_NO_COMMA, msg="expected a list instead of a text with commas"),
    ),
    MAX_FILTER_NAMES,
)
"""The names that a list is limited to; Frigate splits them at commas."""


def _event_duration(value: Any) -> int | None:
    """Validate a duration in whole seconds; 0 means until the event is ended."""
    if not isinstance(value, bool):
        with suppress(vol.Invalid, ValueError, TypeError, OverflowError):
            if cv.time_period(value) == timedelta():
                return None
    return math.ceil(periods.duration(periods.DURATION)(value))


def as_json(call: ServerCall, event: Event) -> JsonObjectType:
    """Return an event as answers have it."""
    return {
        EVENT_ID: event.event_id,
        **call.camera_fields(event.camera),
        "label": event.label,
        "sub_label": event.sub_label,
        "zones": list(event.zones),
        "start": as_local_iso(event.start),
        "end": as_local_iso(event.end),
        "has_clip": event.has_clip,
        "has_snapshot": event.has_snapshot,
        "score": event.score,
        "retained": event.retained,
        "in_progress": not event.has_ended,
        "description": event.description,
        **call.links.to_event(event),
    }


def filter_names(data: Mapping[str, Any], field: str) -> Sequence[str]:
    """Return the names of a filter; `all` alone stands for no filter, as at Frigate."""
    names: Sequence[str] = data.get(field, ())
    return () if [*names] == ["all"] else names


async def _get_events(call: ServerCall) -> JsonObjectType:
    """List the current events without waiting for an end in the future."""
    data, period = call.data, periods.open_period_of(call.data, call.client.clock)
    cameras = cameras_to_list(call.permissions, data.get("cameras"))
    if cameras == []:
        # An empty filter would list the events of all cameras.
        return {"events": []}
    wanted = EventFilter(
        cameras=cameras or (),
        labels=filter_names(data, "labels"),
        zones=filter_names(data, "zones"),
        sub_labels=filter_names(data, "sub_labels"),
        after=period.start,
        before=period.end,
        in_progress=data.get("in_progress"),
        has_clip=data.get("has_clip"),
        has_snapshot=data.get("has_snapshot"),
        limit=data["limit"],
    )
    events = await call.client.events.list(wanted, fresh=True)
    return {
        "events": [
            as_json(call, event)
            for event in events
            if cameras is None or event.camera in cameras
        ]
    }


async def _create_event(call: CameraCall) -> JsonObjectType:
    data = call.data
    new = NewEvent(
        camera=call.camera,
        label=data["label"],
        sub_label=data.get("sub_label"),
        duration=data[periods.DURATION],
        include_recording=data["include_recording"],
        score=data["score"],
    )
    try:
        return {EVENT_ID: await call.client.events.create(new)}
    finally:
        call.runtime.reviews.async_refresh_after_new_event()


async def _end_event(call: ServerCall) -> JsonObjectType:
    event_id: str = call.data[EVENT_ID]
    end: float | None = call.data.get(periods.END)
    began = _start_from_id(event_id)
    if end is not None:
        if began is not None and end < began - _EVENT_PRE_CAPTURE:
            raise validation_error("bad_times")
        periods.require_soon(end, periods.latest_now(call.client.clock))
    await _send_and_refresh(call, lambda: call.client.events.end(event_id, end))
    return {EVENT_ID: event_id}


async def _delete_event(call: ServerCall) -> JsonObjectType:
    event_id = call.data[EVENT_ID]
    await _send_and_refresh(call, lambda: call.client.events.delete(event_id))
    return {EVENT_ID: event_id}


async def _retain_event(call: ServerCall) -> JsonObjectType:
    event_id, retain = call.data[EVENT_ID], call.data["retain"]
    await send_with_retries(
        call, lambda: call.client.events.retain(event_id, retain=retain)
    )
    return {EVENT_ID: event_id, "retained": retain}


async def _set_event_sub_label(call: ServerCall) -> JsonObjectType:
    event_id, sub_label = call.data[EVENT_ID], call.data["sub_label"].strip()
    score = call.data.get("score") if sub_label else None
    await _send_and_refresh(
        call, lambda: call.client.events.set_sub_label(event_id, sub_label, score)
    )
    return {EVENT_ID: event_id, "sub_label": sub_label or None, "score": score}


async def _send_and_refresh(
    call: ServerCall, send: Callable[[], Awaitable[None]]
) -> None:
    """Send a command, and refresh the sensors whatever its result is."""
    try:
        await send_with_retries(call, send)
    finally:
        await call.runtime.reviews.async_refresh_past_cache()


async def send_with_retries(
    call: ServerCall, send: Callable[[], Awaitable[None]]
) -> None:
    """Send a command, with retries while a new event is not in the database yet.

    Raises:
        HomeAssistantError: there is no such event.
        FrigateError: the command failed.
    """
    event_id: str = call.data[EVENT_ID]
    for wait in _RETRY_DELAYS if _is_recent(call.client.clock, event_id) else ():
        with suppress(FrigateNotFoundError):
            return await send()
        await asyncio.sleep(wait)
    try:
        await send()
    except FrigateNotFoundError as err:
        raise action_error("not_known", name=event_id) from err


def _is_recent(clock: ServerClock, event_id: str) -> bool:
    """Return whether an event was created recently."""
    began, now = _start_from_id(event_id), periods.probable_now(clock)
    return began is not None and abs(now - began) < _NEW_EVENT_AGE


def _start_from_id(event_id: str) -> float | None:
    """Return the start time in the id of an event, in seconds since the epoch."""
    return as_timestamp(event_id.partition("-")[0])


EVENT = {vol.Required(EVENT_ID): fields.IDENTIFIER}

ACTIONS = (
    ServerAction(
        name="get_events",
        handler=_get_events,
        fields={
            vol.Optional("cameras"): CAMERAS,
            vol.Optional("labels"): FILTER_NAMES,
            vol.Optional("zones"): FILTER_NAMES,
            vol.Optional("sub_labels"): FILTER_NAMES,
            **periods.PERIOD_FIELDS,
            vol.Optional("limit", default=100): fields.whole_number(1, 1000),
            vol.Optional("in_progress"): fields.BOOLEAN,
            vol.Optional("has_clip"): fields.BOOLEAN,
            vol.Optional("has_snapshot"): fields.BOOLEAN,
        },
        is_query=True,
    ),
    CameraAction(
        name="create_event",
        handler=_create_event,
        fields={
            vol.Required("label"): fields.path_segment(),
            vol.Optional("sub_label"): fields.text(),
            vol.Optional(periods.DURATION, default=30): _event_duration,
            vol.Optional("include_recording", default=True): fields.BOOLEAN,
            vol.Optional("score", default=0): fields.number(0, 1),
        },
    ),
    ServerAction(
        name="end_event",
        handler=_end_event,
        fields={**EVENT, vol.Optional(periods.END): periods.timestamp(periods.END)},
    ),
    ServerAction(name="delete_event", handler=_delete_event, fields=EVENT),
    ServerAction(
        name="retain_event",
        handler=_retain_event,
        fields={
            **EVENT,
            vol.Optional("retain", default=True): fields.BOOLEAN,
        },
    ),
    ServerAction(
        name="set_event_sub_label",
        handler=_set_event_sub_label,
        fields={
            **EVENT,
            vol.Required("sub_label"): fields.text(may_be_empty=True),
            vol.Optional("score"): fields.number(0.01, 1),
        },
    ),
)
