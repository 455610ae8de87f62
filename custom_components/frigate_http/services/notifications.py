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
from ..errors import action_error, validation_error
from .action import ServerAction, ServerCall
from .fields import text

ENDPOINT, PUBLIC_KEY, SECRET = "endpoint", "p256dh", "auth"
MAX_KEY_LENGTH = 100


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
)
