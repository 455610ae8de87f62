"""The action that snoozes cameras."""

import voluptuous as vol

from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from ..errors import action_error
from .action import CameraAction, CameraCall
from .fields import whole_number

DEFAULT_MINUTES = 30
MAX_MINUTES = 1440


async def _snooze(call: CameraCall) -> JsonObjectType:
    """Snooze a camera, and tell until when."""
    if call.camera not in call.runtime.server.data.cameras:
        raise action_error("entity_unavailable", entity=call.entity_id)
    until = call.runtime.snoozes.async_snooze(call.camera, call.data["minutes"] * 60)
    return {
        "snoozed_until": None if until is None else dt_util.as_local(until).isoformat()
    }


ACTIONS = (
    CameraAction(
        name="snooze",
        handler=_snooze,
        fields={
            vol.Required("minutes", default=DEFAULT_MINUTES): whole_number(
                0, MAX_MINUTES
            )
        },
        changes_server=False,
        needs_server=False,
    ),
)
