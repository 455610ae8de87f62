"""Actions for what a language model has written, or writes."""

import voluptuous as vol

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.json import JsonObjectType

from .. import periods
from ..aiofrigate import (
    FrigateForbiddenError,
    FrigateGenAiDisabledError,
    FrigateTimeoutError,
)
from ..dates import as_local_iso
from ..errors import action_error
from . import fields
from .action import ServerAction, ServerCall
from .events import EVENT, EVENT_ID, send_with_retries

MAX_DESCRIPTION_LENGTH = 4000
SOURCES = ("thumbnails", "snapshot")


async def _summarize_reviews(call: ServerCall) -> JsonObjectType:
    """Let a language model summarize the review items of a period, of all cameras."""
    period = periods.period_of(call.data, call.client.clock)
    if (error := _error_for_account(call)) is not None:
        raise error
    try:
        summary = await call.client.reviews.summarize(period.start, period.end)
    except FrigateGenAiDisabledError as err:
        raise action_error("summaries_off") from err
    except FrigateForbiddenError as err:
        # The role was changed after it was last read.
        raise action_error("summary_needs_admin") from err
    except FrigateTimeoutError as err:
        raise action_error("summary_unfinished") from err
    return {
        "summary": summary,
        "start": as_local_iso(period.start),
        "end": as_local_iso(period.end),
    }


def _error_for_account(call: ServerCall) -> HomeAssistantError | None:
    """Return why Frigate has no summary for this account; asking would only fail later."""
    capabilities, profile = call.client.capabilities, call.runtime.server.profile
    if capabilities.summarizes_reviews is False:
        version = str(capabilities.version)
        return action_error("frigate_too_old", version=version, needed="0.17")
    if capabilities.summarizes_for_administrators_only is not False:
        if profile.role is not None and not profile.is_admin:
            return action_error("summary_needs_admin")
    elif profile.is_restricted:
        # Frigate would tell it of the cameras that it may not see.
        return action_error("summary_needs_all_cameras")
    return None


async def _set_event_description(call: ServerCall) -> JsonObjectType:
    event_id, description = call.data[EVENT_ID], call.data["description"]
    await send_with_retries(
        call, lambda: call.client.events.set_description(event_id, description)
    )
    return {EVENT_ID: event_id, "description": description or None}


async def _regenerate_event_description(call: ServerCall) -> JsonObjectType:
    """Ask for another description, which Frigate pushes when it is written."""
    event_id, source = call.data[EVENT_ID], call.data["source"]
    force: bool = call.data["force"]
    if force and not call.runtime.server.data.config.has_language_model:
        # Frigate would accept it, and do nothing.
        raise action_error("descriptions_off")
    try:
        await send_with_retries(
            call,
            lambda: call.client.events.regenerate_description(
                event_id, source, force=force
            ),
        )
    except FrigateGenAiDisabledError as err:
        raise action_error("descriptions_off") from err
    return {EVENT_ID: event_id, "source": source}


ACTIONS = (
    ServerAction(
        name="summarize_reviews",
        handler=_summarize_reviews,
        fields=periods.PERIOD_FIELDS,
        is_query=True,
        is_costly=True,
    ),
    ServerAction(
        name="set_event_description",
        handler=_set_event_description,
        fields={
            **EVENT,
            vol.Required("description"): fields.text_of_lines(MAX_DESCRIPTION_LENGTH),
        },
    ),
    ServerAction(
        name="regenerate_event_description",
        handler=_regenerate_event_description,
        fields={
            **EVENT,
            vol.Optional("source", default=SOURCES[0]): vol.In(SOURCES),
            vol.Optional("force", default=False): fields.BOOLEAN,
        },
    ),
)
