"""Actions for Frigate's push notifications."""

from collections.abc import Callable

import voluptuous as vol

from homeassistant.util.json import JsonObjectType

from ..aiofrigate import (
    MAX_ENDPOINT_LENGTH,
    FrigateBadRequestError,
    PushSubscription,
    is_push_endpoint,
    is_push_public_key,
    is_push_secret,
)
from ..dates import as_local_iso
from ..errors import action_error, validation_error
from .action import CameraAction, CameraCall, ServerAction, ServerCall
from .fields import text, whole_number

ENDPOINT, PUBLIC_KEY, SECRET = "endpoint", "p256dh", "auth"
MAX_KEY_LENGTH = 100
MINUTES, NOTIFICATIONS = "minutes", "notifications"
MAX_MINUTES = 7 * 24 * 60


def _subscription_field(
    field: str, limit: int, is_good: Callable[[str], bool]
) -> vol.All:
    """Validate a field of a subscription; a malformed one keeps Frigate from starting."""

    def check(part: str) -> str:
        if not is_good(part):
            raise validation_error("bad_subscription", field=field)
        return part

    return vol.All(text(limit), str.strip, check)


async def _get_push_public_key(call: ServerCall) -> JsonObjectType:
    try:
        return {"public_key": await call.client.notifications.public_key()}
    except FrigateBadRequestError as err:
        raise action_error("push_disabled") from err


async def _register_push_subscription(call: ServerCall) -> JsonObjectType:
    server = call.runtime.server.data
    profile = server.profile
    if profile.is_anonymous:
        # Frigate would report success without storing it.
        raise validation_error("anonymous")
    await call.client.notifications.register(
        PushSubscription(call.data[ENDPOINT], call.data[PUBLIC_KEY], call.data[SECRET])
    )
    if server.config.auth_enabled is False:
        # Without authentication Frigate stores it for the account admin, if there is one.
        return {"username": None}
    return {"username": profile.username}


async def _suspend_notifications(call: CameraCall) -> JsonObjectType:
    """Suspend the notifications of a camera; Frigate says nothing of why it does not."""
    server, commands, camera = call.runtime.server, call.runtime.commands, call.camera
    if (config := server.data.cameras.get(camera)) is None:
        # Frigate 0.17 would close the live connection.
        raise action_error("entity_unavailable", entity=call.entity_id)
    if not server.data.profile.is_admin:
        raise action_error("suspension_needs_admin")
    if NOTIFICATIONS not in config.switchable:
        raise action_error("off_in_configuration", camera=camera)
    if commands.feature_value(camera, NOTIFICATIONS) is False:
        raise action_error("notifications_off", camera=camera)
    until = await commands.async_suspend_notifications(camera, call.data[MINUTES])
    return {"suspended_until": as_local_iso(until)}


ACTIONS = (
    ServerAction(
        name="get_push_public_key",
        handler=_get_push_public_key,
        fields={},
        is_query=True,
    ),
    ServerAction(
        name="register_push_subscription",
        handler=_register_push_subscription,
        fields={
            vol.Required(ENDPOINT): _subscription_field(
                ENDPOINT, MAX_ENDPOINT_LENGTH, is_push_endpoint
            ),
            vol.Required(PUBLIC_KEY): _subscription_field(
                PUBLIC_KEY, MAX_KEY_LENGTH, is_push_public_key
            ),
            vol.Required(SECRET): _subscription_field(
                SECRET, MAX_KEY_LENGTH, is_push_secret
            ),
        },
    ),
    CameraAction(
        name="suspend_notifications",
        handler=_suspend_notifications,
        fields={vol.Required(MINUTES): whole_number(0, MAX_MINUTES)},
    ),
)
