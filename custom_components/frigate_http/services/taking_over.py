"""The action that reports what is taken over from the official integration."""

from homeassistant.const import CONF_URL
from homeassistant.util.json import JsonObjectType

from ..taking_over.journal import async_load_plan
from ..taking_over.known import KnownServer
from ..taking_over.official import entries_of_server
from ..taking_over.plan import Direction, make_plan
from ..taking_over.report import async_make_report
from .action import ServerAction, ServerCall


async def _get_take_over_report(call: ServerCall) -> JsonObjectType:
    """Report what was taken over, or else what would be, for each official entry."""
    hass, entry = call.hass, call.entry
    known = KnownServer.from_data(call.runtime.server.data, call.client.capabilities)
    done = await async_load_plan(hass, entry.entry_id)
    is_done = done is not None and done.direction is Direction.TAKE_OVER
    if done is not None and is_done:
        plans = [done]
    else:
        plans = [
            make_plan(hass, official, entry.entry_id, known)
            for official in entries_of_server(
                hass, entry.data[CONF_URL], known.config.cameras, entry.entry_id
            )
        ]
    reports = [await async_make_report(hass, one, known) for one in plans]
    return {"taken_over": is_done, "reports": [one.as_dict() for one in reports]}


ACTIONS = (
    ServerAction(
        name="get_take_over_report",
        handler=_get_take_over_report,
        fields={},
        is_query=True,
    ),
)
